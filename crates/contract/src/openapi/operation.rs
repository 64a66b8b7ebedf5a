//! One operation of an OpenAPI file.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::dependencies;
use crate::inventory::{Example, Field, NO_SECURITY, Operation, OperationId, Response};
use crate::location::{ExampleId, FieldPath, Keyword, Section};
use crate::problem::Problem;
use crate::prose::Prose;

use super::FETCH_AGAIN;
use super::resolve::{Document, escape};
use super::schema::{SchemaReader, constraint};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

type Object = Map<String, Value>;

/// Reads the operation at the path item at `pointer`, or `None` where the item holds none.
pub(super) fn read<'a>(
    id: OperationId,
    path: &str,
    item: &'a Value,
    document: &Document<'a>,
    problems: &mut Vec<Problem>,
) -> Option<Operation> {
    let pointer = format!("/paths/{}", escape(path));
    let mut reader = OperationReader {
        document,
        problems,
        operation: Operation::unknown(id),
    };
    let item = reader.object(item, &pointer)?;
    let methods = || METHODS.into_iter().filter(|m| item.contains_key(*m));
    let Some(method) = methods().find(|m| *m == "post").or(methods().next()) else {
        reader.broken(&pointer, "the path has no operation");
        return None;
    };
    let at = format!("{pointer}/{method}");
    let object = reader.object(item.get(method)?, &at)?;
    reader.operation.method = Some(method.to_uppercase());
    reader.operation.path = Some(path.to_owned());
    reader.read_words(object, &at);
    reader.operation.servers = Some(servers(document.root(), item, object));
    reader.operation.security = Some(reader.security(object, &at));
    reader.operation.deprecated = Some(is_true(object.get("deprecated")));
    reader.read_parameters(item, &pointer);
    reader.read_parameters(object, &at);
    reader.read_request(object, &at);
    reader.read_responses(object, &at);
    Some(reader.operation)
}

struct OperationReader<'a, 'p> {
    document: &'p Document<'a>,
    problems: &'p mut Vec<Problem>,
    operation: Operation,
}

impl<'a> OperationReader<'a, '_> {
    fn object(&mut self, value: &'a Value, pointer: &str) -> Option<&'a Object> {
        match self.document.resolve(value, pointer) {
            Ok(resolved) => match resolved.value.as_object() {
                Some(object) => return Some(object),
                None => self.broken(&resolved.pointer, "expected an object"),
            },
            Err(message) => self.broken(pointer, &message),
        }
        None
    }

    fn broken(&mut self, pointer: &str, what: &str) {
        let message = format!("{what}; {FETCH_AGAIN}");
        self.problems.push(Problem::broken(pointer, message));
    }

    /// The object at `key`; what is there and is none is told of.
    fn member(&mut self, holder: &'a Object, key: &str, pointer: &str) -> Option<&'a Object> {
        let value = holder.get(key)?;
        if !value.is_object() {
            self.broken(&format!("{pointer}/{key}"), "expected an object");
        }
        value.as_object()
    }

    /// The text at `key`; what is there and is none is told of.
    fn text(&mut self, holder: &'a Object, key: &str, pointer: &str) -> Option<&'a str> {
        let value = holder.get(key)?;
        if !value.is_string() {
            self.broken(&format!("{pointer}/{key}"), "expected text");
        }
        value.as_str()
    }

    fn read_words(&mut self, object: &'a Object, pointer: &str) {
        let title = self.text(object, "summary", pointer);
        let text = self.text(object, "description", pointer);
        let operation = &mut self.operation;
        operation.title = Some(title.map(Prose::new).unwrap_or_default());
        operation.status_note = Some(Prose::default());
        operation.unnamed = Some(Vec::new());
        let (found, rest) = dependencies::split(text.unwrap_or_default());
        operation.description = Some(Prose::new(&rest));
        operation.dependencies = Some(match object.get("x-package-dependencies") {
            Some(table) => dependency_table(table),
            None => found,
        });
    }

    /// Names the ways to authenticate by what they are and not by what the file calls them.
    fn security(&mut self, object: &Object, pointer: &str) -> Vec<String> {
        let root = self.document.root();
        let requirements = object.get("security").or(root.get("security"));
        let mut alternatives: Vec<String> = Vec::new();
        for requirement in requirements.and_then(Value::as_array).into_iter().flatten() {
            let mut schemes: Vec<String> = Vec::new();
            for (name, scopes) in requirement.as_object().into_iter().flatten() {
                let path = format!("/components/securitySchemes/{}", escape(name));
                let kind = root.pointer(&path).and_then(scheme_kind);
                let mut scheme = kind.unwrap_or_else(|| {
                    self.problems.push(Problem::note(
                        format!("{pointer}/security"),
                        format!("the security scheme `{name}` is not defined"),
                    ));
                    name.clone()
                });
                for scope in scopes.as_array().into_iter().flatten() {
                    scheme.push_str(&format!(" {}", constraint(scope)));
                }
                schemes.push(scheme);
            }
            if schemes.is_empty() {
                schemes.push(NO_SECURITY.to_owned());
            }
            alternatives.push(schemes.join(" and "));
        }
        alternatives.sort();
        alternatives.dedup();
        // That nothing is needed, and nothing else, is to say no security at all.
        if alternatives.iter().all(|it| it == NO_SECURITY) {
            alternatives.clear();
        }
        alternatives
    }

    fn read_parameters(&mut self, holder: &'a Object, pointer: &str) {
        let parameters = match holder.get("parameters") {
            Some(Value::Array(parameters)) => &parameters[..],
            None => &[],
            Some(_) => {
                self.broken(&format!("{pointer}/parameters"), "expected a list");
                &[]
            }
        };
        for (index, parameter) in parameters.iter().enumerate() {
            let at = format!("{pointer}/parameters/{index}");
            if let Some(parameter) = self.object(parameter, &at) {
                self.read_parameter(parameter, &at);
            }
        }
    }

    fn read_parameter(&mut self, parameter: &'a Object, at: &str) {
        let name = self.text(parameter, "name", at);
        let place = self.text(parameter, "in", at);
        let section = place
            .and_then(|place| place.parse().ok())
            .filter(Section::is_parameter);
        let (Some(name), Some(section)) = (name, section) else {
            self.broken(
                at,
                "a parameter needs `name`, and `in` with one of path, query, header and cookie",
            );
            return;
        };
        let content = self.member(parameter, "content", at);
        let content = content.and_then(|content| content.values().next());
        let schema = parameter
            .get("schema")
            .or(content.and_then(|content| content.get("schema")));
        let Some(schema) = schema else {
            self.broken(at, &format!("the parameter `{name}` has no schema"));
            return;
        };
        let mut reader = SchemaReader::new(self.document, self.problems);
        let required = Some(is_true(parameter.get("required")));
        reader.read_field(
            &section.field(name),
            schema,
            &format!("{at}/schema"),
            required,
        );
        let mut fields = reader.finish(at);
        if let Some(field) = fields.first_mut() {
            begin_text(field, parameter);
            if is_true(parameter.get("deprecated")) {
                field.deprecated = Some(true);
            }
            // What stands in an address is told of with the examples of requests.
            let example = parameter.get("example").map(Value::to_string);
            let example = example.or(field.example.replace(String::new()));
            let shown = example.filter(|json| !json.is_empty());
            self.operation.examples.extend(shown.map(|json| Example {
                at: ExampleId {
                    section,
                    name: Some(name.to_owned()),
                },
                json,
            }));
            for keyword in ["style", "explode", "allowEmptyValue", "allowReserved"] {
                if let (Some(value), Some(constraints)) =
                    (parameter.get(keyword), &mut field.constraints)
                {
                    let name = keyword.to_owned();
                    let of_elements = false;
                    constraints.insert(Keyword { of_elements, name }, constraint(value));
                }
            }
        }
        self.operation.fields.extend(fields);
    }

    fn read_request(&mut self, object: &'a Object, pointer: &str) {
        let at = format!("{pointer}/requestBody");
        let Some(body) = object.get("requestBody") else {
            self.broken(&at, "the operation has no request body");
            return;
        };
        let Some(body) = self.object(body, &at) else {
            return;
        };
        self.operation.media_types = Some(self.content(Section::Body, body, &at));
        let mut fields = self.operation.fields.iter_mut();
        if let Some(field) = fields.find(|field| field.at == FieldPath::body()) {
            field.required = Some(is_true(body.get("required")));
            begin_text(field, body);
        }
        if self.operation.children(&FieldPath::body()).next().is_none() {
            self.broken(&at, "the request body has no fields");
        }
    }

    fn read_responses(&mut self, object: &'a Object, pointer: &str) {
        let at = format!("{pointer}/responses");
        let responses = object.get("responses").and_then(Value::as_object);
        let Some(responses) = responses.filter(|responses| !responses.is_empty()) else {
            self.broken(&at, "the operation has no responses");
            return;
        };
        for (status, response) in responses {
            let at = format!("{at}/{}", escape(status));
            let Some(response) = self.object(response, &at) else {
                continue;
            };
            let text = self.text(response, "description", &at);
            let (reason, text) = split_reason(text.unwrap_or_default());
            let mut text = Prose::new(text);
            let headers = self.member(response, "headers", &at);
            let mut names = Vec::new();
            for (name, header) in headers.into_iter().flatten() {
                names.push(name.clone());
                if let Some(header) = self.object(header, &format!("{at}/headers/{name}")) {
                    text.extend(prose(header.get("description")));
                }
            }
            let section = Section::Response(status.clone());
            let media_types = self.content(section, response, &at);
            self.operation.responses.push(Response {
                status: status.clone(),
                reason: reason.map(str::to_owned),
                text: Some(text),
                media_types: Some(media_types),
                headers: Some(names),
            });
        }
    }

    /// Reads what `content` of a request body or a response says; returns its media types.
    fn content(&mut self, section: Section, holder: &'a Object, pointer: &str) -> Vec<String> {
        let Some(content) = self.member(holder, "content", pointer) else {
            return Vec::new();
        };
        let json = content
            .iter()
            .find(|(media, _)| *media == "application/json");
        if let Some((media, media_type)) = json.or_else(|| content.iter().next()) {
            let at = format!("{pointer}/content/{}", escape(media));
            if let Some(schema) = media_type.get("schema") {
                let mut reader = SchemaReader::new(self.document, self.problems);
                let body = FieldPath::from(section.clone());
                reader.read_field(&body, schema, &format!("{at}/schema"), None);
                self.operation.fields.extend(reader.finish(&at));
            }
            self.read_examples(media_type, &section, &at);
        }
        content.keys().cloned().collect()
    }

    fn read_examples(&mut self, media_type: &'a Value, section: &Section, pointer: &str) {
        let mut found = Vec::new();
        if let Some(example) = media_type.get("example") {
            found.push((None, example));
        }
        let named = media_type.get("examples").and_then(Value::as_object);
        for (name, example) in named.into_iter().flatten() {
            let at = format!("{pointer}/examples/{}", escape(name));
            let example = self.object(example, &at);
            if let Some(value) = example.and_then(|example| example.get("value")) {
                found.push((Some(name.clone()), value));
            }
        }
        let examples = found.into_iter().map(|(name, value)| Example {
            at: ExampleId {
                section: section.clone(),
                name,
            },
            json: value.to_string(),
        });
        self.operation.examples.extend(examples);
    }
}

fn is_true(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

/// Puts the description of what holds a field before its own.
fn begin_text(field: &mut Field, holder: &Object) {
    let mut text = prose(holder.get("description"));
    text.extend(field.text.take().unwrap_or_default());
    field.text = Some(text);
}

fn prose(value: Option<&Value>) -> Prose {
    value
        .and_then(Value::as_str)
        .map(Prose::new)
        .unwrap_or_default()
}

fn servers(root: &Value, item: &Object, operation: &Object) -> Vec<String> {
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

fn scheme_kind(scheme: &Value) -> Option<String> {
    let kind = scheme.get("type")?.as_str()?;
    Some(match scheme.get("scheme").and_then(Value::as_str) {
        Some(scheme) => format!("{kind} {}", scheme.to_lowercase()),
        None => kind.to_owned(),
    })
}

fn dependency_table(table: &Value) -> BTreeMap<String, Vec<String>> {
    let names = |value: &Value| {
        let names = value.as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let table = table.as_object().into_iter().flatten();
    table
        .map(|(package, needed)| (package.clone(), names(needed)))
        .collect()
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
