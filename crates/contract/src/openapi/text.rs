//! The text of an OpenAPI file, JSON or YAML, as a value.

use serde_json::Value;
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{budget, options};
use webex_precheck_escape::{escape, escape_lines, is_hidden};

use crate::endpoints::Endpoints;
use crate::problem::Problem;

use super::abridged;

/// Deeper than any OpenAPI file nests.
const MOST_LEVELS: usize = 128;
/// More aliases than any OpenAPI file has; each can repeat whatever it stands for.
const MOST_ALIASES: usize = 1_000;
/// More values than a published file has, all aliases written out.
const MOST_VALUES: usize = 250_000;

/// Whether a text is JSON, or YAML with the version of an OpenAPI description at its top level.
pub(crate) fn is_description(text: &str) -> bool {
    let is_version = |line: &str| {
        let key = line.split(':').next().unwrap_or_default();
        line.contains(':') && matches!(key.trim_end(), "openapi" | "\"openapi\"" | "swagger")
    };
    is_json(text) || text.lines().any(is_version)
}

/// Whether a text is a mapping or a sequence in YAML, and so no page.
pub(crate) fn is_other_yaml(text: &str) -> bool {
    !is_json(text) && matches!(yaml(text), Ok(Value::Object(_) | Value::Array(_)))
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// The OpenAPI description that a text is, maybe without what these operations do not refer to; all of
/// it if they are `None`.
pub(super) fn parse(text: &str, endpoints: Option<&Endpoints>) -> Result<Value, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    let is_json = is_json(text);
    let mut root = if is_json {
        json(text, endpoints)?
    } else {
        yaml(text)?
    };
    make_harmless(&mut root);
    let format = if is_json { "JSON" } else { "YAML" };
    let fault = match root.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.") => return Ok(root),
        Some(version) => {
            let message = format!("OpenAPI {version}; only OpenAPI 3 is read: convert it first");
            return Err(Problem::broken("/openapi", message));
        }
        None if root.is_object() => "no OpenAPI description: it has no `openapi` version",
        None => "not an object: no OpenAPI description",
    };
    let message = format!("{format}, but {fault}; check what was fetched");
    Err(Problem::broken("", message))
}

fn json(text: &str, endpoints: Option<&Endpoints>) -> Result<Value, Problem> {
    if let Some(value) = endpoints.and_then(|endpoints| abridged::parse(text, endpoints)) {
        return Ok(value);
    }
    serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let message = error.to_string();
        let what = message.split(" at line ").next();
        incomplete("JSON", place, what)
    })
}

fn yaml(text: &str) -> Result<Value, Problem> {
    let options = options! {
        duplicate_keys: DuplicateKeyPolicy::Error,
        budget: budget! {
            max_depth: MOST_LEVELS,
            max_aliases: MOST_ALIASES,
            max_nodes: MOST_VALUES,
        },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location();
        let place = place.map(|at| format!("line {}, column {}", at.line(), at.column()));
        let message = error.to_string();
        incomplete("YAML", place.unwrap_or_default(), message.lines().next())
    })
}

fn incomplete(format: &str, place: String, what: Option<&str>) -> Problem {
    let what = what.unwrap_or_default();
    let message = format!("not complete {format} ({what}); fetch the file again");
    Problem::broken(place, message)
}

/// Writes characters that steer a terminal, or the direction of writing, as their numbers, so that no
/// name or value carries them into a file or a report. Line breaks stay: descriptions have them.
fn make_harmless(value: &mut Value) {
    // A whole file is nearly always free of them, and nearly all of it is ASCII.
    let is_plain = |c: u8| matches!(c, b' '..=b'~' | b'\n');
    let steers =
        |text: &str| !text.bytes().all(is_plain) && text.contains(|c| is_hidden(c) && c != '\n');
    match value {
        Value::String(text) if steers(text) => *text = escape_lines(text).into_owned(),
        Value::Array(values) => values.iter_mut().for_each(make_harmless),
        Value::Object(object) => {
            object.values_mut().for_each(make_harmless);
            let mut names = object.keys();
            if names.any(|name| steers(name) || name.contains('\n')) {
                let members = std::mem::take(object).into_iter();
                *object = members
                    .map(|(name, it)| (escape(&name).into_owned(), it))
                    .collect();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    //! What is read as YAML, what bounds it, and what no text carries further.
    use super::*;

    #[test]
    fn yaml_and_json_are_the_same_value() {
        let yaml =
            "# Our own.\nopenapi: 3.0.3\npaths:\n  /a: &a {x: [1, 0.5, true, null]}\n  /b: *a\n";
        let json = r#"{"openapi": "3.0.3", "paths": {"/a": {"x": [1, 0.5, true, null]}, "/b": {"x": [1, 0.5, true, null]}}}"#;
        assert!(is_description(yaml) && is_description(json));
        assert_eq!(parse(yaml, None).unwrap(), parse(json, None).unwrap());
    }

    #[test]
    fn aliases_and_nesting_are_bounded() {
        let mut bomb = "openapi: 3.0.3\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        let deep = format!("openapi: 3.0.3\nx: {}{}", "[".repeat(500), "]".repeat(500));
        let endless = "openapi: 3.0.3\nx: &x [*x]\n";
        let twice = "openapi: 3.0.3\nopenapi: 3.0.3\n";
        for text in [bomb.as_str(), &deep, endless, twice] {
            let problem = parse(text, None).unwrap_err();
            assert!(
                problem.message.starts_with("not complete YAML"),
                "{problem}"
            );
        }
    }

    #[test]
    fn a_page_is_neither() {
        for page in ["Precheck\n\nPOST/v1/x\nopen: the door\n", "Only prose.", ""] {
            assert!(!is_description(page), "{page}");
            assert!(!is_other_yaml(page), "{page}");
        }
        assert!(is_other_yaml("message: Not Found\n"));
        assert!(is_other_yaml("- a\n- b\n"));
    }

    #[test]
    fn what_steers_is_written_as_its_number() {
        let mut value = json("{\"a\\u202eb\": \"c\\u001b[2J\\nd\"}", None).unwrap();
        make_harmless(&mut value);
        assert_eq!(value, serde_json::json!({"a\\u{202e}b": "c\\u{1b}[2J\nd"}));
    }
}
