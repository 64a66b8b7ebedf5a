//! Where a documented fact stands in the contract: JSON pointers, through `$ref`s and compositions.

use serde_json::Value;
use webex_precheck_contract::OperationId;

/// A JSON pointer from the root of the contract.
pub(super) type Pointer = String;

/// Where a field stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The object schema, or the parameter, that has it.
    pub(super) holder: Pointer,
    /// Its own schema, as it is written there.
    pub(super) site: Pointer,
}

/// The places where fields of a request stand that are not in its body.
pub(super) const PARAMETERS: [&str; 4] = ["path", "query", "header", "cookie"];

/// The operation itself.
pub(super) fn operation(contract: &Value, id: OperationId) -> Option<Pointer> {
    let paths = contract.get("paths")?.as_object()?;
    paths.iter().find_map(|(path, item)| {
        let post = OperationId::of_path(path) == Some(id) && item.get("post").is_some();
        post.then(|| format!("/paths/{}/post", escape(path)))
    })
}

/// Where the `$ref` at a pointer leads, or the pointer itself.
pub(super) fn follow(contract: &Value, pointer: &str) -> Pointer {
    let mut at = pointer.to_owned();
    // A reference that leads back to itself has no end.
    for _ in 0..16 {
        let reference = contract.pointer(&at).and_then(|value| value.get("$ref"));
        match reference.and_then(Value::as_str) {
            Some(reference) => at = reference.trim_start_matches('#').to_owned(),
            None => break,
        }
    }
    at
}

/// The media type of a body that is read: JSON, or the first.
pub(super) fn media_type(contract: &Value, holder: &str) -> Option<Pointer> {
    let content = contract
        .pointer(&format!("{holder}/content"))?
        .as_object()?;
    let json = content.keys().find(|media| *media == "application/json");
    let media = json.or_else(|| content.keys().next())?;
    Some(format!("{holder}/content/{}", escape(media)))
}

/// The request body of an operation.
pub(super) fn request_body(contract: &Value, id: OperationId) -> Option<Pointer> {
    let body = format!("{}/requestBody", operation(contract, id)?);
    Some(follow(contract, &body))
}

/// The response for a status.
pub(super) fn response(contract: &Value, id: OperationId, status: &str) -> Option<Pointer> {
    let at = format!("{}/responses/{}", operation(contract, id)?, escape(status));
    contract.pointer(&at)?;
    Some(follow(contract, &at))
}

/// A parameter of an operation.
pub(super) fn parameter(
    contract: &Value,
    id: OperationId,
    kind: &str,
    name: &str,
) -> Option<Pointer> {
    let list = format!("{}/parameters", operation(contract, id)?);
    let count = contract.pointer(&list)?.as_array()?.len();
    (0..count)
        .map(|index| follow(contract, &format!("{list}/{index}")))
        .find(|at| {
            let is = |key: &str, wanted: &str| {
                let found = contract.pointer(&format!("{at}/{key}"));
                found.and_then(Value::as_str) == Some(wanted)
            };
            is("in", kind) && is("name", name)
        })
}

/// The schema of a body, with the rest of the path of a field in it.
fn root<'a>(contract: &Value, id: OperationId, at: &'a str) -> Option<(Pointer, &'a str)> {
    let (first, rest) = at.split_once('.').unwrap_or((at, ""));
    let (holder, rest) = match first {
        "body" => (request_body(contract, id)?, rest),
        "responses" => {
            let (status, rest) = rest.split_once('.').unwrap_or((rest, ""));
            (response(contract, id, status)?, rest)
        }
        kind if PARAMETERS.contains(&kind) => {
            let (name, rest) = rest.split_once('.').unwrap_or((rest, ""));
            let parameter = parameter(contract, id, kind, &plain(name))?;
            return Some((format!("{parameter}/schema"), rest));
        }
        _ => return None,
    };
    let schema = format!("{}/schema", media_type(contract, &holder)?);
    contract.pointer(&schema)?;
    Some((schema, rest))
}

/// The schema as it is written for a field, or for a body.
pub(super) fn site(contract: &Value, id: OperationId, at: &str) -> Option<Pointer> {
    let (mut site, rest) = root(contract, id, at)?;
    for name in rest.split('.').filter(|name| !name.is_empty()) {
        site = property(contract, &site, name)?;
    }
    Some(site)
}

/// Where a field stands.
pub(super) fn find(contract: &Value, id: OperationId, at: &str) -> Option<Place> {
    let site = site(contract, id, at)?;
    let marker = site
        .rfind("/properties/")
        .or_else(|| site.rfind("/schema"))?;
    let holder = site[..marker].to_owned();
    Some(Place { holder, site })
}

fn property(contract: &Value, site: &str, name: &str) -> Option<Pointer> {
    let name = escape(&plain(name));
    below(contract, site, &mut |contract, pointer| {
        let at = format!("{pointer}/properties/{name}");
        contract.pointer(&at).map(|_| at)
    })
}

/// The object schema that has the fields of a value, or of its elements.
pub(super) fn object(contract: &Value, site: &str) -> Option<Pointer> {
    below(contract, site, &mut |contract, pointer| {
        let properties = contract.pointer(&format!("{pointer}/properties"));
        properties.map(|_| pointer.to_owned())
    })
}

/// The object schema that has the fields of the value at a place.
pub(super) fn object_at(contract: &Value, id: OperationId, at: &str) -> Option<Pointer> {
    object(contract, &site(contract, id, at)?)
}

/// The schema that lists the values of a field, or of its elements.
pub(super) fn enumeration(contract: &Value, site: &str) -> Option<Pointer> {
    below(contract, site, &mut |contract, pointer| {
        let values = contract.pointer(&format!("{pointer}/enum"));
        values.map(|_| pointer.to_owned())
    })
}

/// Searches a schema, what it refers to, what it is made of and its elements.
fn below(
    contract: &Value,
    site: &str,
    found: &mut dyn FnMut(&Value, &str) -> Option<Pointer>,
) -> Option<Pointer> {
    fn search(
        contract: &Value,
        site: &str,
        depth: usize,
        found: &mut dyn FnMut(&Value, &str) -> Option<Pointer>,
    ) -> Option<Pointer> {
        if depth > 32 {
            return None;
        }
        let at = follow(contract, site);
        if let Some(pointer) = found(contract, &at) {
            return Some(pointer);
        }
        let schema = contract.pointer(&at)?;
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let parts = schema.get(keyword).and_then(Value::as_array);
            for index in 0..parts.map_or(0, Vec::len) {
                let part = format!("{at}/{keyword}/{index}");
                if let Some(pointer) = search(contract, &part, depth + 1, found) {
                    return Some(pointer);
                }
            }
        }
        schema.get("items")?;
        search(contract, &format!("{at}/items"), depth + 1, found)
    }
    search(contract, site, 0, found)
}

/// A name as part of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A part of a field's path as the name that it stands for.
pub(super) fn plain(part: &str) -> String {
    part.replace("%2E", ".")
}
