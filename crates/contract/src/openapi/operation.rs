//! One operation of an OpenAPI file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::dependencies;
use crate::endpoints::Endpoint;
use crate::inventory::{Example, Field, NO_SECURITY, Operation, Response};
use crate::location::{ExampleId, FieldPath, Section};
use crate::text_digest::TextDigest;

use super::gathered::{bare, constraint};
use super::node::{Node, elements, escape};
use super::schema;

/// The one that is read of several is the first.
pub(super) const METHODS: [&str; 8] = [
    "post", "get", "put", "delete", "options", "head", "patch", "trace",
];

/// Reads the operation of a path item, or `None` where the item holds none.
pub(super) fn read(endpoint: &Endpoint, path: &str, item: &Node<'_>) -> Option<Operation> {
    let item = item.resolve()?;
    let has = |method: &&str| item.value.get(method).is_some();
    let mut known = METHODS
        .into_iter()
        .filter(|it| endpoint.method.eq_ignore_ascii_case(it));
    // A source may change the method.
    let Some(method) = known.find(has).or_else(|| METHODS.into_iter().find(has)) else {
        item.broken("the path has no operation");
        return None;
    };
    let node = item.at(method).resolve()?;
    let title = prose(node.text("summary"));
    let description = node.text("description").unwrap_or_default();
    let (stated, description) = dependencies::split(description);
    let table = node.value.get("x-package-dependencies");
    let mut operation = Operation {
        method: Some(method.to_uppercase()),
        path: Some(path.to_owned()),
        servers: Some(servers([node.value, item.value, node.root])),
        security: Some(security(&node)),
        deprecated: Some(node.is_true("deprecated")),
        title: Some(title),
        description: Some(TextDigest::new(&description)),
        status_note: Some(TextDigest::default()),
        dependencies: Some(table.map_or(stated, dependency_table)),
        unnamed: Some(Vec::new()),
        ..Operation::unknown(endpoint.id.clone())
    };
    for holder in [&item, &node] {
        let parameters = holder.expect("parameters", Value::is_array, "a list");
        for parameter in parameters.elements().filter_map(|it| it.resolve()) {
            read_parameter(&parameter, &mut operation);
        }
    }
    read_request(&node, &mut operation);
    read_responses(&node, &mut operation);
    Some(operation)
}

/// Names the ways to authenticate by what they are and not by what the file calls them.
fn security(operation: &Node<'_>) -> Vec<String> {
    let own = operation.value.get("security");
    let mut alternatives = BTreeSet::new();
    for requirement in elements(own.or(operation.root.get("security"))) {
        let schemes = requirement.as_object().into_iter().flatten();
        let schemes: Vec<String> = schemes.map(|it| security_scheme(operation, it)).collect();
        alternatives.insert(if schemes.is_empty() {
            NO_SECURITY.to_owned()
        } else {
            schemes.join(" and ")
        });
    }
    // That nothing is needed, and nothing else, is to say no security at all.
    if alternatives.iter().all(|it| it == NO_SECURITY) {
        alternatives.clear();
    }
    alternatives.into_iter().collect()
}

fn security_scheme(operation: &Node<'_>, (name, scopes): (&String, &Value)) -> String {
    let path = format!("/components/securitySchemes/{}", escape(name));
    let scheme = operation.root.pointer(&path);
    let kind = scheme.and_then(|scheme| scheme.get("type")?.as_str());
    let mut words = vec![kind.unwrap_or(name).to_owned()];
    if kind.is_none() {
        let message = format!("the security scheme `{name}` is not defined");
        operation.at("security").note(message);
    } else if let Some(scheme) = scheme.and_then(|scheme| scheme.get("scheme")?.as_str()) {
        words.push(scheme.to_lowercase());
    }
    words.extend(elements(Some(scopes)).map(bare));
    words.join(" ")
}

fn read_parameter(parameter: &Node<'_>, operation: &mut Operation) {
    let name = parameter.text("name");
    let place = parameter.text("in").and_then(|place| place.parse().ok());
    let section = place.filter(Section::is_parameter);
    let (Some(name), Some(section)) = (name, section) else {
        parameter.broken(
            "a parameter needs `name`, and `in` with one of path, query, header and cookie",
        );
        return;
    };
    let content = parameter.object("content").value.as_object();
    let content = content.and_then(|content| content.values().next());
    let own = parameter.value.get("schema");
    let Some(schema) = own.or(content.and_then(|content| content.get("schema"))) else {
        parameter.broken(&format!("the parameter `{name}` has no schema"));
        return;
    };
    let required = Some(parameter.is_true("required"));
    let mut fields = schema::read(parameter, schema, &section.field(name), required);
    if let Some(field) = fields.first_mut() {
        begin_text(field, parameter);
        if parameter.is_true("deprecated") {
            field.deprecated = Some(true);
        }
        // What stands in an address is told of with the examples of requests.
        let example = parameter.value.get("example").map(Value::to_string);
        let example = example.or(field.example.replace(String::new()));
        let shown = example.filter(|json| !json.is_empty());
        let name = Some(name.to_owned());
        let at = ExampleId { section, name };
        let examples = shown.map(|json| Example { at, json });
        operation.examples.extend(examples);
        let keywords = ["style", "explode", "allowEmptyValue", "allowReserved"];
        let constraints = keywords
            .iter()
            .filter_map(|keyword| Some(constraint(keyword, parameter.value.get(keyword)?)));
        field
            .constraints
            .get_or_insert_default()
            .extend(constraints);
    }
    operation.fields.extend(fields);
}

fn read_request(node: &Node<'_>, operation: &mut Operation) {
    let place = node.at("requestBody");
    if node.value.get("requestBody").is_none() {
        place.broken("the operation has no request body");
        return;
    }
    let Some(body) = place.resolve() else {
        return;
    };
    operation.media_types = Some(read_content(&body, &Section::Body, operation));
    let mut fields = operation.fields.iter_mut();
    if let Some(field) = fields.find(|field| field.at == FieldPath::body()) {
        field.required = Some(body.is_true("required"));
        begin_text(field, &body);
    }
    if operation.children(&FieldPath::body()).next().is_none() {
        place.broken("the request body has no fields");
    }
}

fn read_responses(node: &Node<'_>, operation: &mut Operation) {
    let responses = node.at("responses");
    if responses.members().next().is_none() {
        responses.broken("the operation has no responses");
    }
    for (status, response) in responses.members() {
        let Some(response) = response.resolve() else {
            continue;
        };
        let text = response.text("description").unwrap_or_default();
        let (reason, text) = split_reason(text);
        let mut text = TextDigest::new(text);
        let mut headers = Vec::new();
        for (name, header) in response.object("headers").members() {
            headers.push(name.to_owned());
            if let Some(header) = header.resolve() {
                text.extend(description(&header));
            }
        }
        let section = Section::Response(status.to_owned());
        let media_types = read_content(&response, &section, operation);
        operation.responses.push(Response {
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            text: Some(text),
            media_types: Some(media_types),
            headers: Some(headers),
        });
    }
}

/// Reads what `content` of a request body or a response says; returns its media types.
fn read_content(holder: &Node<'_>, section: &Section, operation: &mut Operation) -> Vec<String> {
    let content = holder.object("content");
    let mut members = content.members();
    let json = members.find(|(name, _)| *name == "application/json");
    if let Some((_, media_type)) = json.or_else(|| content.members().next()) {
        if let Some(schema) = media_type.value.get("schema") {
            let body = FieldPath::from(section.clone());
            let fields = schema::read(&media_type, schema, &body, None);
            operation.fields.extend(fields);
        }
        read_examples(&media_type, section, operation);
    }
    content.members().map(|(name, _)| name.to_owned()).collect()
}

fn read_examples(media_type: &Node<'_>, section: &Section, operation: &mut Operation) {
    let whole = media_type.value.get("example").map(|value| (None, value));
    let examples = media_type.at("examples");
    let named = examples.members().filter_map(|(name, example)| {
        let value = example.resolve()?.value.get("value")?;
        Some((Some(name.to_owned()), value))
    });
    for (name, value) in whole.into_iter().chain(named) {
        let section = section.clone();
        let at = ExampleId { section, name };
        let json = value.to_string();
        operation.examples.push(Example { at, json });
    }
}

/// Puts the description of what holds a field before its own.
fn begin_text(field: &mut Field, holder: &Node<'_>) {
    let mut text = description(holder);
    text.extend(field.text.take().unwrap_or_default());
    field.text = Some(text);
}

fn description(node: &Node<'_>) -> TextDigest {
    prose(node.value.get("description").and_then(Value::as_str))
}

fn prose(text: Option<&str>) -> TextDigest {
    text.map(TextDigest::new).unwrap_or_default()
}

/// The servers of the innermost of these that has some.
fn servers(holders: [&Value; 3]) -> Vec<String> {
    let servers = holders.iter().find_map(|holder| holder.get("servers"));
    elements(servers)
        .filter_map(|server| server.get("url")?.as_str())
        .map(|url| url.trim_end_matches('/').to_owned())
        .collect()
}

fn dependency_table(table: &Value) -> BTreeMap<String, Vec<String>> {
    let names = |value| {
        let names = elements(Some(value)).filter_map(Value::as_str);
        names.map(str::to_owned).collect()
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
