//! The operations: where they are served, what a token needs, and what all sources together document.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hyper::body::Bytes;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// All operations, from the facts that `cargo xtask codegen` writes: addresses and scopes are those of the
/// contract, requests and answers are as documented, whatever the contract makes of them.
static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    // A test holds that they can be read.
    serde_json::from_str(include_str!("../documented.json")).unwrap_or_default()
});

/// A precheck.
#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) name: String,
    /// Name of several.
    plural: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The scope that a token needs.
    pub(crate) scope: Option<String>,
    pub(crate) fields: Vec<Field>,
    /// Packages, each with those of which it needs one.
    pub(crate) dependencies: BTreeMap<String, Vec<String>>,
    /// The documented answer to a successful precheck.
    #[serde(deserialize_with = "json_text")]
    pub(crate) success: Bytes,
    /// The documented requests.
    #[cfg(test)]
    pub(crate) examples: Vec<Value>,
}

/// A field of a request.
#[derive(Debug, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Its type, such as `array[string]`; `None` if the sources document no single one.
    #[serde(rename = "type")]
    pub(crate) ty: Option<String>,
    pub(crate) required: bool,
    /// Listed values; empty if any value is fine.
    #[serde(default)]
    pub(crate) values: Vec<String>,
    /// The fields directly below.
    #[serde(default)]
    pub(crate) fields: Vec<Field>,
}

pub(crate) fn all() -> &'static [Operation] {
    &ALL
}

/// The operation of this name.
pub(crate) fn named(name: &str) -> Option<&'static Operation> {
    ALL.iter().find(|operation| operation.name == name)
}

/// The operation that is served under a path, by its method if there are several.
pub(crate) fn at(path: &str, method: &str) -> Option<&'static Operation> {
    let mut served = ALL.iter().filter(|operation| operation.path == path);
    let first = served.clone().next();
    served
        .find(|operation| operation.method == method)
        .or(first)
}

/// The operation that a token with this suffix has the scope of, and no other.
pub(crate) fn of_token_suffix(suffix: &str) -> Option<&'static Operation> {
    let plural = suffix.strip_prefix('-')?.strip_suffix("-only")?;
    ALL.iter().find(|operation| operation.plural == plural)
}

impl Operation {
    /// Whether a request takes one package only, in `packages` or, as before, in `package`.
    pub(crate) fn takes_one_package(&self) -> bool {
        let has = |name: &str| self.fields.iter().any(|field| field.name == name);
        has("package") && has("packages")
    }

    /// The dotted paths of the fields that are no objects, in document order.
    pub(crate) fn leaves(&self) -> Vec<String> {
        fn add(fields: &[Field], above: &str, leaves: &mut Vec<String>) {
            for field in fields {
                let path = format!("{above}{}", field.name);
                if field.fields.is_empty() {
                    leaves.push(path);
                } else {
                    add(&field.fields, &format!("{path}."), leaves);
                }
            }
        }
        let mut leaves = Vec::new();
        add(&self.fields, "", &mut leaves);
        leaves
    }
}

fn json_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(Bytes::from(value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_operations_can_be_read() {
        assert!(!all().is_empty());
        for operation in all() {
            assert!(!operation.fields.is_empty(), "{}", operation.name);
            assert_ne!(&operation.success[..], b"null", "{}", operation.name);
            assert!(at(&operation.path, "GET").is_some());
        }
    }
}
