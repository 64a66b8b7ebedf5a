//! The fields of requests: each is a flag of the program, and a column of a spreadsheet as well.

use serde_json::Value;

use crate::outcome::Failure;

use super::contract::{self, Contract, Operation, members, string, strings};
use super::names::kebab;

/// Flags of a precheck that are not fields. A field of that name needs another one for its flag.
pub(crate) const RESERVED: &[&str] = &[
    "base-url",
    "config",
    "from",
    "help",
    "on-behalf-of",
    "output",
    "profile",
    "sandbox",
];

/// Type of a field's value: the enumeration `FieldType` of the api crate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FieldType {
    String,
    Number,
    StringArray,
    Json,
}

/// The path of a field in a request, from the outermost object inwards, and the name of its flag.
pub(crate) struct FlagName {
    pub(crate) path: Vec<String>,
    pub(crate) flag: String,
}

/// A field of a request.
pub(super) struct Flag {
    pub(super) name: String,
    path: Vec<String>,
    pub(super) help: String,
    /// Placeholder of the value in the help.
    pub(super) value: String,
    pub(super) example: Option<String>,
    pub(super) ty: FieldType,
    /// Whether it must be there in every request.
    pub(super) is_required: bool,
}

/// The fields of an operation's request.
pub(super) fn of(contract: &Contract<'_>, operation: &Operation<'_>) -> Result<Vec<Flag>, Failure> {
    let flags = walk(contract, operation);
    check(&flags, operation)?;
    Ok(flags)
}

/// The fields of an operation's request with the names of their flags.
pub(crate) fn names(document: &Value, operation: &Value) -> Vec<FlagName> {
    let operation = Operation::read(document, ("", ""), operation);
    let flags = walk(&Contract::read(document), &operation).into_iter();
    let names = flags.map(|Flag { path, name, .. }| FlagName { path, flag: name });
    names.collect()
}

impl Flag {
    /// Its field, as files and messages name it.
    pub(super) fn field(&self) -> String {
        self.path.join(".")
    }
}

/// Refuses two flags of one name, and names for fields that do not exist.
fn check(flags: &[Flag], operation: &Operation<'_>) -> Result<(), Failure> {
    let is_field = |name: &str| flags.iter().any(|flag| flag.field() == name);
    let mut names = members(operation.value.get(FLAG_NAMES));
    if let Some((field, _)) = names.find(|(field, _)| !is_field(field)) {
        return Err(operation.invalid(&format!(
            "`{FLAG_NAMES}` names `{field}`, which the request does not have; remove it"
        )));
    }
    for (place, flag) in flags.iter().enumerate() {
        let (name, field) = (&flag.name, flag.field());
        let mut others = flags[..place].iter();
        let whose = match others.find(|other| other.name == *name) {
            Some(other) => format!("`{}` has", other.field()),
            None if RESERVED.contains(&name.as_str()) => "the program itself has".to_owned(),
            None => continue,
        };
        return Err(operation.invalid(&format!(
            "`{field}` would get the flag --{name}, which {whose}; \
             give it another one in `{FLAG_NAMES}` of the operation"
        )));
    }
    Ok(())
}

/// Of an operation: names of flags that do not follow from the names of their fields.
const FLAG_NAMES: &str = "x-flag-names";

fn walk(contract: &Contract<'_>, operation: &Operation<'_>) -> Vec<Flag> {
    let mut walk = Walk {
        contract,
        operation,
        flags: Vec::new(),
    };
    if let Some(body) = operation.body {
        walk.object(contract.schema(body), &[], Presence::Required, 0);
    }
    walk.flags
}

/// Whether a field must be there.
#[derive(Clone, Copy)]
enum Presence<'a> {
    Required,
    /// Where the object of this name is.
    RequiredWith(&'a str),
    Optional,
}

struct Walk<'a> {
    contract: &'a Contract<'a>,
    operation: &'a Operation<'a>,
    flags: Vec<Flag>,
}

impl<'a> Walk<'a> {
    /// Adds the flags for the fields of an object.
    fn object(&mut self, schema: &'a Value, path: &[String], presence: Presence<'_>, depth: usize) {
        // Stops at recursive schemas.
        if depth > 16 {
            return;
        }
        for (name, property) in members(schema.get("properties")) {
            let inner = [path, &[name.to_owned()]].concat();
            let is_required = strings(schema.get("required")).any(|other| other == name);
            let presence = match presence {
                _ if !is_required => Presence::Optional,
                Presence::Optional => {
                    Presence::RequiredWith(path.last().map_or("", String::as_str))
                }
                presence => presence,
            };
            let target = self.contract.target(property);
            if target.get("properties").is_some() {
                self.object(target, &inner, presence, depth + 1);
                continue;
            }
            let (ty, value) = self.ty(property);
            let is_rival = self.is_rival(schema, path, name);
            let names = self.operation.value.get(FLAG_NAMES);
            let given = names.and_then(|names| string(names, &inner.join(".")));
            self.flags.push(Flag {
                name: given.map_or_else(|| kebab(name), str::to_owned),
                help: help(property, target, presence),
                example: (!is_rival).then(|| self.example(&inner, ty)),
                value,
                ty,
                is_required: matches!(presence, Presence::Required),
                path: inner,
            });
        }
    }

    /// Type and placeholder of the flag's value.
    fn ty(&self, property: &'a Value) -> (FieldType, String) {
        let called = |property: &Value, otherwise: &str| {
            contract::reference(property).map_or(otherwise.to_owned(), last_word)
        };
        let target = self.contract.target(property);
        let items = target.get("items").unwrap_or(&Value::Null);
        let ty_of_items = string(self.contract.target(items), "type");
        match (string(target, "type"), ty_of_items) {
            (Some("string"), _) => (FieldType::String, called(property, "TEXT")),
            (Some("number" | "integer"), _) => (FieldType::Number, called(property, "NUMBER")),
            (Some("boolean"), _) => (FieldType::Json, "BOOLEAN".to_owned()),
            (_, Some("string")) => (
                FieldType::StringArray,
                format!("{},…", called(items, "TEXT")),
            ),
            _ => (FieldType::Json, "JSON".to_owned()),
        }
    }

    /// Whether the template has another field that excludes this one.
    fn is_rival(&self, schema: &Value, path: &[String], name: &str) -> bool {
        let excluded = contract::exclusive(schema);
        let in_template = |other: &str| {
            let other = [path, &[other.to_owned()]].concat();
            self.in_template(&other).is_some()
        };
        let mut others = excluded.iter().filter(|other| **other != name);
        excluded.contains(&name) && others.any(|other| in_template(other))
    }

    fn in_template(&self, path: &[String]) -> Option<&Value> {
        let template = self.operation.value.get("x-template")?;
        path.iter()
            .try_fold(template, |value, name| value.get(name))
    }

    fn example(&self, path: &[String], ty: FieldType) -> String {
        match self.in_template(path) {
            Some(Value::String(text)) => text.clone(),
            list @ Some(Value::Array(_)) if ty == FieldType::StringArray => {
                strings(list).collect::<Vec<_>>().join(",")
            }
            Some(value) => value.to_string(),
            None => String::new(),
        }
    }
}

fn help(property: &Value, target: &Value, presence: Presence<'_>) -> String {
    let text = string(property, "description").or(string(target, "description"));
    let text = text.unwrap_or_default().trim_end_matches('.');
    match presence {
        Presence::Required => format!("Required. {text}"),
        Presence::RequiredWith(object) => format!("Required with `{object}`. {text}"),
        Presence::Optional => text.to_owned(),
    }
}

/// `CustomerPackage` -> `PACKAGE`
fn last_word(name: &str) -> String {
    let start = name.rfind(|c: char| c.is_ascii_uppercase()).unwrap_or(0);
    name[start..].to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    //! Names of flags, and what is refused.
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_word_of_a_schema_names_its_values() {
        assert_eq!(last_word("SubscriberSinglePackage"), "PACKAGE");
    }

    fn contract(properties: &Value, names: &Value) -> Value {
        json!({
            "paths": {"/x": {"post": {
                "operationId": "precheckCustomer",
                "x-flag-names": names,
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
            }}},
            "components": {"schemas": {"A": {"properties": properties}}},
        })
    }

    /// The flags of a request with these properties, or why there are none.
    fn generated(properties: &Value, names: &Value) -> String {
        let contract = contract(properties, names);
        let contract = Contract::read(&contract);
        let flags = of(&contract, &contract.operations[0]);
        let names = |flags: Vec<Flag>| flags.into_iter().map(|flag| flag.name + " ").collect();
        flags.map_or_else(|failure| failure.to_string(), names)
    }

    #[test]
    fn two_fields_never_share_a_flag() {
        let named = json!({"properties": {"name": {"type": "string"}}});
        let twice = json!({"name": {"type": "string"}, "owner": named});
        let reserved = json!({"output": {"type": "string"}});
        let given = json!({"owner.name": "owner-name"});
        let gone = json!({"owner.name": "x"});
        for (properties, names, expected) in [
            (
                &twice,
                json!({}),
                "`owner.name` would get the flag --name, which `name` has",
            ),
            (&twice, given, "owner-name "),
            (&reserved, json!({}), "which the program itself has"),
            (&json!({}), gone, "does not have; remove it"),
        ] {
            let generated = generated(properties, &names);
            assert!(generated.contains(expected), "{generated}");
        }
    }
}
