//! The fields of the program: for every field of a request a flag, which is a column of a
//! spreadsheet as well.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::outcome::Failure;

use super::contract::{self, Contract, Operation, members, text, texts};
pub(crate) use super::names::kebab;

/// Flags of `webex-precheck customer` and `subscriber` that are not fields. A field of that name
/// needs another one for its flag.
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

/// What a flag takes, as the program knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Text,
    Number,
    List,
    Json,
}

struct Flag {
    name: String,
    field: String,
    help: String,
    value: String,
    example: Option<String>,
    shape: Shape,
}

/// The generated part of the program.
pub(super) fn flags(contract: &Contract<'_>) -> Result<TokenStream, Failure> {
    let mut tables = Vec::new();
    for operation in &contract.operations {
        let id = operation.text("operationId")?;
        let subject = id.strip_prefix("precheck").ok_or_else(|| {
            operation.wrong(&format!("the `operationId` `{id}` must be `precheck…`"))
        })?;
        let name = format_ident!("{}", subject.to_ascii_uppercase());
        let subject = subject.to_ascii_lowercase();
        let doc = format!(" Flags of `webex-precheck {subject}`.");
        let flags = walk(contract.document, operation);
        check(&flags, operation)?;
        let rows = flags.iter().map(row);
        tables.push(quote! {
            #[doc = #doc]
            pub(crate) const #name: &[Flag] = &[#(#rows),*];
        });
    }
    let reserved = RESERVED;
    Ok(quote! {
        use super::{Flag, Shape};
        #(#tables)*
        /// What no field may be called, for the program has flags of these names.
        #[cfg(test)]
        pub(crate) const RESERVED: &[&str] = &[#(#reserved),*];
    })
}

fn row(flag: &Flag) -> TokenStream {
    let (name, field) = (&flag.name, &flag.field);
    let (help, value) = (&flag.help, &flag.value);
    let example = match &flag.example {
        Some(example) => quote!(Some(#example)),
        None => quote!(None),
    };
    let shape = format!("{:?}", flag.shape);
    let shape = format_ident!("{shape}");
    quote!(Flag {
        name: #name,
        field: #field,
        help: #help,
        value: #value,
        example: #example,
        shape: Shape::#shape,
    })
}

/// The fields of a request, and the names of their flags.
pub(crate) fn names(document: &Value, item: &Value) -> Vec<(String, String)> {
    let flags = walk(document, &Operation::read(document, "", item));
    let named = flags.into_iter().map(|flag| (flag.field, flag.name));
    named.collect()
}

/// Refuses a flag that is not the only one of its name, and names for fields that are not there.
fn check(flags: &[Flag], operation: &Operation<'_>) -> Result<(), Failure> {
    let is_field = |name: &str| flags.iter().any(|flag| flag.field == name);
    let mut names = members(operation.value, FLAG_NAMES);
    if let Some((field, _)) = names.find(|(field, _)| !is_field(field)) {
        return Err(operation.wrong(&format!(
            "`{FLAG_NAMES}` names `{field}`, which the request does not have; remove it"
        )));
    }
    let of_program = RESERVED.iter().map(|name| (*name, None));
    let mut taken: BTreeMap<&str, Option<&str>> = of_program.collect();
    for Flag { name, field, .. } in flags {
        if let Some(other) = taken.insert(name, Some(field)) {
            let whose = match other {
                Some(other) => format!("`{other}` has"),
                None => "the program itself has".to_owned(),
            };
            return Err(operation.wrong(&format!(
                "`{field}` would get the flag --{name}, which {whose}; \
                 give it another one in `{FLAG_NAMES}` of the operation"
            )));
        }
    }
    Ok(())
}

/// Of an operation: names of flags that do not follow from the names of their fields.
const FLAG_NAMES: &str = "x-flag-names";

fn walk(document: &Value, operation: &Operation<'_>) -> Vec<Flag> {
    let mut walk = Walk {
        document,
        template: operation.value.get("x-template"),
        names: operation.value.get(FLAG_NAMES),
        flags: Vec::new(),
    };
    if let Some(body) = operation.body {
        walk.object(contract::schema(document, body), "", Presence::Required, 0);
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
    document: &'a Value,
    /// A request that a spreadsheet may begin with.
    template: Option<&'a Value>,
    names: Option<&'a Value>,
    flags: Vec<Flag>,
}

impl Walk<'_> {
    fn object(&mut self, schema: &Value, path: &str, presence: Presence<'_>, depth: usize) {
        // A schema that holds itself has no end.
        if depth > 16 {
            return;
        }
        let required = texts(schema, "required");
        for (name, property) in members(schema, "properties") {
            let field = join(path, name);
            let presence = match presence {
                _ if !required.contains(&name) => Presence::Optional,
                Presence::Optional => Presence::RequiredWith(last(path)),
                presence => presence,
            };
            let target = contract::target(self.document, property);
            if target.get("properties").is_some() {
                self.object(target, &field, presence, depth + 1);
                continue;
            }
            let (shape, value) = self.shape(property);
            let is_rival = self.is_rival(schema, path, name);
            let given = self.names.and_then(|names| text(names, &field));
            self.flags.push(Flag {
                name: given.map_or_else(|| kebab(name), str::to_owned),
                help: help(property, target, presence),
                example: (!is_rival).then(|| self.example(&field, shape)),
                value,
                shape,
                field,
            });
        }
    }

    /// What the flag takes, and what that is called.
    fn shape(&self, property: &Value) -> (Shape, String) {
        let called = |property: &Value, otherwise: &str| {
            let name = contract::reference(property).map(last_word);
            name.unwrap_or_else(|| otherwise.to_owned())
        };
        let target = contract::target(self.document, property);
        let is_text =
            |items: &&Value| text(contract::target(self.document, items), "type") == Some("string");
        match (text(target, "type"), target.get("items").filter(is_text)) {
            (Some("string"), _) => (Shape::Text, called(property, "TEXT")),
            (Some("number" | "integer"), _) => (Shape::Number, called(property, "NUMBER")),
            (Some("boolean"), _) => (Shape::Json, "BOOLEAN".to_owned()),
            (_, Some(items)) => (Shape::List, format!("{},…", called(items, "TEXT"))),
            _ => (Shape::Json, "JSON".to_owned()),
        }
    }

    /// Whether the template has another field that excludes this one.
    fn is_rival(&self, schema: &Value, path: &str, name: &str) -> bool {
        let excluded = contract::exclusive(schema);
        let others = excluded.iter().filter(|other| **other != name);
        let mut in_template = others.filter_map(|other| self.in_template(&join(path, other)));
        excluded.contains(&name) && in_template.next().is_some()
    }

    fn in_template(&self, field: &str) -> Option<&Value> {
        let mut names = field.split('.');
        names.try_fold(self.template?, |value, name| value.get(name))
    }

    fn example(&self, field: &str, shape: Shape) -> String {
        match (self.in_template(field), shape) {
            (Some(Value::String(text)), _) => text.clone(),
            (Some(Value::Array(values)), Shape::List) => {
                let texts = values.iter().filter_map(Value::as_str);
                texts.collect::<Vec<_>>().join(",")
            }
            (Some(value), _) => value.to_string(),
            (None, _) => String::new(),
        }
    }
}

fn help(property: &Value, target: &Value, presence: Presence<'_>) -> String {
    let text = text(property, "description").or(text(target, "description"));
    let text = text.unwrap_or_default().trim_end_matches('.');
    match presence {
        Presence::Required => format!("Required. {text}"),
        Presence::RequiredWith(object) => format!("Required with `{object}`. {text}"),
        Presence::Optional => text.to_owned(),
    }
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
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

    /// The code for a request with these properties, or why there is none.
    fn generated(properties: &Value, names: &Value) -> String {
        let contract = contract(properties, names);
        let generated = flags(&Contract::read(&contract));
        generated.map_or_else(|failure| failure.to_string(), |code| code.to_string())
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
            (&twice, given, "name : \"owner-name\""),
            (&reserved, json!({}), "which the program itself has"),
            (&json!({}), gone, "does not have; remove it"),
        ] {
            let generated = generated(properties, &names);
            assert!(generated.contains(expected), "{generated}");
        }
    }
}
