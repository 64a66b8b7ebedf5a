//! The fields of the program: for every field of a request a flag, which is a column of a
//! spreadsheet as well.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Map, Value};

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

use super::contract;

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
#[derive(Clone, Copy, PartialEq)]
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
pub(super) fn flags(contract: &Value) -> Result<TokenStream, Failure> {
    let mut tables = Vec::new();
    for (path, item) in contract::paths(contract)? {
        let id = item.pointer("/post/operationId").and_then(Value::as_str);
        let subject = id.and_then(|id| id.strip_prefix("precheck"));
        let subject = subject.ok_or_else(|| {
            contract::missing(&format!("`operationId` of `{path}`, `precheck…`,"))
        })?;
        let name = format_ident!("{}", subject.to_ascii_uppercase());
        let doc = format!(
            " Flags of `webex-precheck {}`.",
            subject.to_ascii_lowercase()
        );
        let flags = of_operation(contract, path, item)?;
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
    let Flag {
        name,
        field,
        help,
        value,
        example,
        shape,
    } = flag;
    let shape = match shape {
        Shape::Text => quote!(Shape::Text),
        Shape::Number => quote!(Shape::Number),
        Shape::List => quote!(Shape::List),
        Shape::Json => quote!(Shape::Json),
    };
    let example = match example {
        Some(example) => quote!(Some(#example)),
        None => quote!(None),
    };
    quote!(Flag {
        name: #name,
        field: #field,
        help: #help,
        value: #value,
        example: #example,
        shape: #shape,
    })
}

/// The fields of a request, and the names of their flags.
pub(crate) fn names(contract: &Value, item: &Value) -> Vec<(String, String)> {
    let flags = walked(contract, item);
    let named = flags.into_iter().map(|flag| (flag.field, flag.name));
    named.collect()
}

fn walked(contract: &Value, item: &Value) -> Vec<Flag> {
    let body = contract::body_schema(item)
        .and_then(|name| contract.pointer(&format!("/components/schemas/{name}")));
    let mut walk = Walk {
        contract,
        template: item.pointer("/post/x-template"),
        names: item
            .pointer("/post/x-flag-names")
            .and_then(Value::as_object),
        flags: Vec::new(),
    };
    if let Some(body) = body {
        walk.object(body, "", &Presence::Required, 0);
    }
    walk.flags
}

fn of_operation(contract: &Value, path: &str, item: &Value) -> Result<Vec<Flag>, Failure> {
    let flags = walked(contract, item);
    let names = item.pointer("/post/x-flag-names");
    let names = names.and_then(Value::as_object);
    let unknown = names
        .into_iter()
        .flat_map(Map::keys)
        .find(|field| !flags.iter().any(|flag| flag.field == **field));
    if let Some(field) = unknown {
        return Err(Failure::new(format!(
            "{CONTRACT}: {path}: `x-flag-names` names `{field}`, which the request does not have; remove it"
        )));
    }
    let mut taken: BTreeMap<&str, &str> = RESERVED.iter().map(|name| (*name, "")).collect();
    for flag in &flags {
        if let Some(other) = taken.insert(&flag.name, &flag.field) {
            let whose = match other {
                "" => "the program itself has".to_owned(),
                other => format!("`{other}` has"),
            };
            return Err(Failure::new(format!(
                "{CONTRACT}: {path}: `{}` would get the flag --{}, which {whose}; \
                 give it another one in `x-flag-names` of the operation",
                flag.field, flag.name
            )));
        }
    }
    Ok(flags)
}

/// Whether a field must be there.
enum Presence {
    Required,
    /// Where the object of this name is.
    RequiredWith(String),
    Optional,
}

struct Walk<'a> {
    contract: &'a Value,
    /// A request that a spreadsheet may begin with.
    template: Option<&'a Value>,
    names: Option<&'a Map<String, Value>>,
    flags: Vec<Flag>,
}

impl Walk<'_> {
    fn object(&mut self, schema: &Value, path: &str, presence: &Presence, depth: usize) {
        // A schema that holds itself has no end.
        if depth > 16 {
            return;
        }
        let required = |name: &str| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|other| other == name))
        };
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let field = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            let inside = match (required(name), presence) {
                (false, _) => Presence::Optional,
                (true, Presence::Required) => Presence::Required,
                (true, Presence::RequiredWith(other)) => Presence::RequiredWith(other.clone()),
                (true, Presence::Optional) => Presence::RequiredWith(last(path).to_owned()),
            };
            let target = contract::target(self.contract, property);
            if target.get("properties").is_some() {
                self.object(target, &field, &inside, depth + 1);
                continue;
            }
            let (shape, value) = self.shape(property);
            let rival = self.is_rival(schema, path, name);
            let flag = Flag {
                name: self.name(&field),
                help: help(property, target, &inside),
                example: (!rival).then(|| self.example(&field, shape)),
                value,
                shape,
                field,
            };
            self.flags.push(flag);
        }
    }

    fn name(&self, field: &str) -> String {
        let given = self.names.and_then(|names| names.get(field)?.as_str());
        given.map_or_else(|| kebab(last(field)), str::to_owned)
    }

    /// What the flag takes, and what that is called.
    fn shape(&self, property: &Value) -> (Shape, String) {
        let target = contract::target(self.contract, property);
        let called = |property: &Value, otherwise: &str| {
            let name = contract::reference(property).map(last_word);
            name.unwrap_or_else(|| otherwise.to_owned())
        };
        let ty = |schema: &Value| {
            schema
                .get("type")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let items = target.get("items");
        let of_items = items.and_then(|items| ty(contract::target(self.contract, items)));
        match (ty(target).as_deref(), items, of_items.as_deref()) {
            (Some("string"), ..) => (Shape::Text, called(property, "TEXT")),
            (Some("number" | "integer"), ..) => (Shape::Number, called(property, "NUMBER")),
            (Some("boolean"), ..) => (Shape::Json, "BOOLEAN".to_owned()),
            (_, Some(items), Some("string")) => {
                (Shape::List, format!("{},…", called(items, "TEXT")))
            }
            _ => (Shape::Json, "JSON".to_owned()),
        }
    }

    /// Whether the template has another field that excludes this one.
    fn is_rival(&self, schema: &Value, path: &str, name: &str) -> bool {
        let set = schema.pointer("/not/required").and_then(Value::as_array);
        let set: Vec<&str> = set
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let in_template = |name: &&str| {
            let field = match path {
                "" => (*name).to_owned(),
                path => format!("{path}.{name}"),
            };
            self.in_template(&field).is_some()
        };
        set.contains(&name) && set.iter().any(|other| *other != name && in_template(other))
    }

    fn in_template(&self, field: &str) -> Option<&Value> {
        field
            .split('.')
            .try_fold(self.template?, |value, name| value.get(name))
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

fn help(property: &Value, target: &Value, presence: &Presence) -> String {
    let text = |schema: &Value| Some(schema.get("description")?.as_str()?.to_owned());
    let text = text(property).or_else(|| text(target)).unwrap_or_default();
    let text = text.trim_end_matches('.');
    match presence {
        Presence::Required => format!("Required. {text}"),
        Presence::RequiredWith(object) => format!("Required with `{object}`. {text}"),
        Presence::Optional => text.to_owned(),
    }
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// `stateOrProvince` -> `state-or-province`
pub(crate) fn kebab(name: &str) -> String {
    let mut flag = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_uppercase() && !flag.is_empty() && !flag.ends_with('-') => {
                flag.push('-');
                flag.push(c.to_ascii_lowercase());
            }
            c if c.is_ascii_alphanumeric() => flag.push(c.to_ascii_lowercase()),
            _ if flag.is_empty() || flag.ends_with('-') => {}
            _ => flag.push('-'),
        }
    }
    flag.trim_end_matches('-').to_owned()
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
    fn names_of_fields_make_names_of_flags() {
        for (field, expected) in [
            ("addressLine1", "address-line1"),
            ("provisioningId", "provisioning-id"),
            ("email", "email"),
            ("SIPAddress", "s-i-p-address"),
            ("a_b.c", "a-b-c"),
            ("_x_", "x"),
        ] {
            assert_eq!(kebab(field), expected, "{field}");
        }
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

    #[test]
    fn two_fields_never_share_a_flag() {
        let named = json!({"properties": {"name": {"type": "string"}}});
        let twice = json!({"name": {"type": "string"}, "owner": named});
        let error = flags(&contract(&twice, &json!({})))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`owner.name` would get the flag --name, which `name` has"),
            "{error}"
        );
        let given = json!({"owner.name": "owner-name"});
        let code = flags(&contract(&twice, &given)).unwrap().to_string();
        assert!(code.contains("\"owner-name\""), "{code}");
        let reserved = json!({"output": {"type": "string"}});
        let error = flags(&contract(&reserved, &json!({})))
            .unwrap_err()
            .to_string();
        assert!(error.contains("which the program itself has"), "{error}");
        let gone = json!({"owner.name": "x"});
        let error = flags(&contract(&json!({}), &gone)).unwrap_err().to_string();
        assert!(error.contains("does not have; remove it"), "{error}");
    }
}
