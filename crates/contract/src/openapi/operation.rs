//! One operation of an OpenAPI file.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::dependencies;
use crate::inventory::{Example, Operation, OperationId, Response};
use crate::problem::Problem;
use crate::prose::Prose;

use super::resolve::{Document, escape};
use super::schema::SchemaReader;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Reads the operation at a path item, or `None` where the item holds none.
pub(super) fn read<'a>(
    id: OperationId,
    path: &str,
    item: &'a Value,
    pointer: &str,
    document: &Document<'a>,
    problems: &mut Vec<Problem>,
) -> Option<Operation> {
    let item = resolved_object(document, item, pointer, problems)?;
    let methods: Vec<&str> = METHODS
        .into_iter()
        .filter(|method| item.contains_key(*method))
        .collect();
    let Some(method) = methods
        .iter()
        .find(|m| **m == "post")
        .or(methods.first())
        .copied()
    else {
        problems.push(Problem::broken(pointer, "the path has no operation"));
        return None;
    };
    let at = format!("{pointer}/{method}");
    let object = resolved_object(document, item.get(method)?, &at, problems)?;

    let mut operation = Operation::unknown(id);
    operation.method = Some(method.to_uppercase());
    operation.path = Some(path.to_owned());
    operation.servers = Some(servers(document.root(), item, object));
    operation.security = Some(security(document, object, &at, problems));
    operation.title = Some(prose(object.get("summary")));
    operation.status_note = Some(Prose::default());
    operation.unnamed = Some(Vec::new());
    let description = object.get("description").and_then(Value::as_str);
    let (found, rest) = dependencies::split(description.unwrap_or_default());
    operation.description = Some(Prose::new(&rest));
    operation.dependencies = Some(match object.get("x-package-dependencies") {
        Some(table) => dependency_table(table),
        None => found,
    });
    read_parameters(
        &mut operation,
        item,
        object,
        pointer,
        &at,
        document,
        problems,
    );
    read_request(&mut operation, object, &at, document, problems);
    read_responses(&mut operation, object, &at, document, problems);
    Some(operation)
}

fn resolved_object<'a>(
    document: &Document<'a>,
    value: &'a Value,
    pointer: &str,
    problems: &mut Vec<Problem>,
) -> Option<&'a Map<String, Value>> {
    match document.resolve(value, pointer) {
        Ok(resolved) => match resolved.value.as_object() {
            Some(object) => Some(object),
            None => {
                problems.push(Problem::broken(resolved.pointer, "expected an object"));
                None
            }
        },
        Err(message) => {
            problems.push(Problem::broken(pointer, message));
            None
        }
    }
}

fn prose(value: Option<&Value>) -> Prose {
    value
        .and_then(Value::as_str)
        .map(Prose::new)
        .unwrap_or_default()
}

fn servers(root: &Value, item: &Map<String, Value>, operation: &Map<String, Value>) -> Vec<String> {
    operation
        .get("servers")
        .or(item.get("servers"))
        .or(root.get("servers"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|server| server.get("url")?.as_str())
        .map(|url| url.trim_end_matches('/').to_owned())
        .collect()
}

/// Names the ways to authenticate by what they are and not by what the file calls them.
fn security(
    document: &Document<'_>,
    operation: &Map<String, Value>,
    pointer: &str,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let root = document.root();
    let requirements = operation.get("security").or(root.get("security"));
    let mut alternatives = Vec::new();
    for requirement in requirements.and_then(Value::as_array).into_iter().flatten() {
        let schemes: Vec<String> = requirement
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| {
                let path = format!("/components/securitySchemes/{}", escape(name));
                match root.pointer(&path).and_then(scheme_kind) {
                    Some(kind) => kind,
                    None => {
                        problems.push(Problem::note(
                            format!("{pointer}/security"),
                            format!("the security scheme `{name}` is not defined"),
                        ));
                        name.clone()
                    }
                }
            })
            .collect();
        alternatives.push(match schemes.is_empty() {
            true => "none".to_owned(),
            false => schemes.join(" and "),
        });
    }
    alternatives.sort();
    alternatives
}

fn scheme_kind(scheme: &Value) -> Option<String> {
    let kind = scheme.get("type")?.as_str()?;
    Some(match scheme.get("scheme").and_then(Value::as_str) {
        Some(scheme) => format!("{kind} {}", scheme.to_lowercase()),
        None => kind.to_owned(),
    })
}

fn dependency_table(table: &Value) -> BTreeMap<String, Vec<String>> {
    let names = |value: &Value| {
        value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    table
        .as_object()
        .into_iter()
        .flatten()
        .map(|(package, needed)| (package.clone(), names(needed)))
        .collect()
}

fn read_parameters<'a>(
    operation: &mut Operation,
    item: &'a Map<String, Value>,
    object: &'a Map<String, Value>,
    item_pointer: &str,
    pointer: &str,
    document: &Document<'a>,
    problems: &mut Vec<Problem>,
) {
    for (holder, pointer) in [(item, item_pointer), (object, pointer)] {
        let parameters = holder.get("parameters").and_then(Value::as_array);
        for (index, parameter) in parameters.into_iter().flatten().enumerate() {
            let at = format!("{pointer}/parameters/{index}");
            let Some(parameter) = resolved_object(document, parameter, &at, problems) else {
                continue;
            };
            let text = |key: &str| parameter.get(key).and_then(Value::as_str);
            let (Some(name), Some(place)) = (text("name"), text("in")) else {
                problems.push(Problem::note(at, "a parameter needs `name` and `in`"));
                continue;
            };
            let Some(schema) = parameter.get("schema") else {
                problems.push(Problem::note(at, format!("`{name}` has no schema")));
                continue;
            };
            let required = parameter.get("required") == Some(&Value::Bool(true));
            let mut reader = SchemaReader::new(document, problems);
            reader.read_field(
                &format!("{place}.{name}"),
                schema,
                &format!("{at}/schema"),
                Some(required),
            );
            let mut fields = reader.finish(&at);
            if let Some(field) = fields.first_mut() {
                let mut said = prose(parameter.get("description"));
                said.extend(field.text.take().unwrap_or_default());
                field.text = Some(said);
                if parameter.get("deprecated") == Some(&Value::Bool(true)) {
                    field.deprecated = Some(true);
                }
                if let Some(example) = parameter.get("example") {
                    field.example = Some(example.to_string());
                }
            }
            operation.fields.extend(fields);
        }
    }
}

fn read_request<'a>(
    operation: &mut Operation,
    object: &'a Map<String, Value>,
    pointer: &str,
    document: &Document<'a>,
    problems: &mut Vec<Problem>,
) {
    let at = format!("{pointer}/requestBody");
    let Some(body) = object.get("requestBody") else {
        problems.push(Problem::broken(at, "the operation has no request body"));
        return;
    };
    let Some(body) = resolved_object(document, body, &at, problems) else {
        return;
    };
    operation.body_required = Some(body.get("required") == Some(&Value::Bool(true)));
    let mut examples = Vec::new();
    operation.media_types = Some(read_content(
        operation,
        "body",
        "request",
        body,
        &at,
        document,
        problems,
        &mut examples,
    ));
    operation.examples.extend(examples);
    if operation.children("body").is_empty() {
        problems.push(Problem::broken(at, "the request body has no fields"));
    }
}

fn read_responses<'a>(
    operation: &mut Operation,
    object: &'a Map<String, Value>,
    pointer: &str,
    document: &Document<'a>,
    problems: &mut Vec<Problem>,
) {
    let at = format!("{pointer}/responses");
    let Some(responses) = object.get("responses").and_then(Value::as_object) else {
        problems.push(Problem::broken(at, "the operation has no responses"));
        return;
    };
    if responses.is_empty() {
        problems.push(Problem::broken(&*at, "the operation has no responses"));
    }
    for (status, response) in responses {
        let at = format!("{at}/{status}");
        let Some(response) = resolved_object(document, response, &at, problems) else {
            continue;
        };
        let (reason, text) = split_reason(
            response
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        let scope = format!("responses.{status}");
        let mut examples = Vec::new();
        let media_types = read_content(
            operation,
            &scope,
            &scope,
            response,
            &at,
            document,
            problems,
            &mut examples,
        );
        operation.examples.extend(examples);
        let headers = response.get("headers").and_then(Value::as_object);
        operation.responses.push(Response {
            status: status.clone(),
            reason: reason.map(str::to_owned),
            text: Some(Prose::new(text)),
            media_types: Some(media_types),
            headers: Some(
                headers
                    .into_iter()
                    .flatten()
                    .map(|(n, _)| n.clone())
                    .collect(),
            ),
        });
    }
}

/// Reads what `content` of a request body or a response says; returns its media types.
#[expect(
    clippy::too_many_arguments,
    reason = "one caller each for requests and responses"
)]
fn read_content<'a>(
    operation: &mut Operation,
    scope: &str,
    example_scope: &str,
    holder: &'a Map<String, Value>,
    pointer: &str,
    document: &Document<'a>,
    problems: &mut Vec<Problem>,
    examples: &mut Vec<Example>,
) -> Vec<String> {
    let Some(content) = holder.get("content").and_then(Value::as_object) else {
        return Vec::new();
    };
    let json = content
        .iter()
        .find(|(media, _)| media.as_str() == "application/json")
        .or_else(|| content.iter().next());
    if let Some((media, media_type)) = json {
        let at = format!("{pointer}/content/{}", escape(media));
        if let Some(schema) = media_type.get("schema") {
            let mut reader = SchemaReader::new(document, problems);
            reader.read_body(scope, schema, &format!("{at}/schema"));
            operation.fields.extend(reader.finish(&at));
        }
        if let Some(example) = media_type.get("example") {
            examples.push(Example {
                at: example_scope.to_owned(),
                json: example.to_string(),
            });
        }
        let named = media_type.get("examples").and_then(Value::as_object);
        for (name, example) in named.into_iter().flatten() {
            let at = format!("{at}/examples/{}", escape(name));
            let example = resolved_object(document, example, &at, problems);
            if let Some(value) = example.and_then(|example| example.get("value")) {
                examples.push(Example {
                    at: format!("{example_scope}.{name}"),
                    json: value.to_string(),
                });
            }
        }
    }
    content.keys().cloned().collect()
}

/// Splits `Not Found: words` into the reason phrase and the words.
fn split_reason(description: &str) -> (Option<&str>, &str) {
    let is_phrase = |text: &str| text.split_whitespace().count() <= 5 && !text.contains('.');
    match description.split_once(':') {
        Some((reason, text)) if is_phrase(reason) => (Some(reason.trim()), text),
        None if is_phrase(description) && !description.is_empty() => (Some(description.trim()), ""),
        _ => (None, description),
    }
}
