//! A schema as fields: what `$ref`, `allOf`, `anyOf`, `oneOf` and `items` say is gathered first.

use serde_json::Value;

use crate::inventory::Field;
use crate::location::FieldPath;
use crate::problem::Problem;
use crate::text_digest::TextDigest;
use crate::types::Values;

use super::gathered::{Gathered, Properties};
use super::node::Node;

/// More schemas than any operation has: beyond them the schema multiplies itself.
const MOST_SCHEMAS: usize = 5_000;
/// Deeper than any body nests.
const DEEPEST: usize = 64;

/// Reads the schema of `holder`, a parameter or media type, into the field at a path and those in it.
pub(super) fn read<'a>(
    holder: &Node<'a>,
    schema: &'a Value,
    at: &FieldPath,
    required: Option<bool>,
) -> Vec<Field> {
    let mut reader = SchemaReader::default();
    // The schema of a parameter may be in its `content`; it is reported as if it were its own.
    reader.read(&holder.child("schema", schema), at, required);
    if reader.quoted_examples > 0 {
        holder.note(format!(
            "{} examples hold literal quotes, which are left out",
            reader.quoted_examples
        ));
    }
    reader.fields
}

#[derive(Default)]
struct SchemaReader {
    fields: Vec<Field>,
    quoted_examples: usize,
    /// The references that led to the schema at hand.
    trail: Vec<String>,
    /// How many schemas were gathered so far.
    gathered: usize,
    exceeded: bool,
}

impl SchemaReader {
    fn read(&mut self, schema: &Node<'_>, at: &FieldPath, required: Option<bool>) {
        let known = self.trail.len();
        if let Some(gathered) = self.gather(schema) {
            self.trail.extend(gathered.references.clone());
            let properties = self.push_field(gathered, at, required);
            let unknown = properties.required.iter();
            let unknown: Vec<_> = unknown.filter(|name| !properties.has(name)).collect();
            for name in &unknown {
                schema.report(Problem::note(
                    at.to_string(),
                    format!("`required` names `{name}`, which is not among the properties"),
                ));
            }
            for (name, schema) in &properties.schemas {
                // The name that stands nowhere may be meant for any of them.
                let is_required = properties.required.contains(name);
                let required = (is_required || unknown.is_empty()).then_some(is_required);
                self.read(schema, &at.child(*name), required);
            }
        }
        self.trail.truncate(known);
    }

    /// Adds the field of which this was gathered; returns the properties of it or its elements.
    fn push_field<'a>(
        &mut self,
        mut gathered: Gathered<'a>,
        at: &FieldPath,
        required: Option<bool>,
    ) -> Properties<'a> {
        let ty = gathered.ty();
        if let Some(elements) = gathered.elements {
            gathered.values.extend(elements.values);
            gathered.labels.extend(elements.labels);
            gathered.text.extend(elements.text);
            for (mut keyword, value) in elements.constraints {
                keyword.of_elements = true;
                gathered.constraints.insert(keyword, value);
            }
            if !elements.object.schemas.is_empty() {
                gathered.object = elements.object;
            }
        }
        let example = gathered.example.map(|example| self.example(example));
        self.fields.push(Field {
            at: at.clone(),
            ty,
            required,
            values: Some(Values::Listed(gathered.values)),
            constraints: Some(gathered.constraints),
            deprecated: Some(gathered.deprecated),
            text: Some(gathered.text),
            labels: Some(gathered.labels),
            example: Some(example.unwrap_or_default()),
        });
        gathered.object
    }

    /// An example value as JSON. Some published strings hold literal quotes around their text.
    fn example(&mut self, example: &Value) -> String {
        if let Value::String(text) = example
            && let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'))
        {
            self.quoted_examples += 1;
            return Value::from(inner).to_string();
        }
        example.to_string()
    }

    /// Gathers what is said of a value, or `None` where a reference is recursive or broken.
    fn gather<'a>(&mut self, schema: &Node<'a>) -> Option<Gathered<'a>> {
        self.gathered += 1;
        if self.gathered >= MOST_SCHEMAS || self.trail.len() >= DEEPEST {
            if !std::mem::replace(&mut self.exceeded, true) {
                schema.broken(&format!(
                    "over {MOST_SCHEMAS} schemas or {DEEPEST} references deep: the schema repeats itself, or is none"
                ));
            }
            return None;
        }
        let target = schema.follow()?;
        let mut gathered = Gathered::default();
        let known = self.trail.len();
        if schema.value.get("$ref").is_some() {
            if self.trail.contains(&target.pointer) {
                schema.note(format!("recursive: `{}` contains itself", target.pointer));
                return None;
            }
            gathered.references.push(target.pointer.clone());
            self.trail.push(target.pointer.clone());
            // OpenAPI 3.0 ignores what stands beside `$ref`, but people read it.
            let text = schema.value.get("description").and_then(Value::as_str);
            gathered.text = text.map(TextDigest::new).unwrap_or_default();
        }
        if target.value.is_object() {
            gathered.read_keywords(&target);
            self.gather_parts(&target, &mut gathered);
        } else {
            target.broken("expected a schema, which is an object");
        }
        self.trail.truncate(known);
        target.value.is_object().then_some(gathered)
    }

    fn gather_parts<'a>(&mut self, schema: &Node<'a>, gathered: &mut Gathered<'a>) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema.at(keyword).elements() {
                if let Some(part) = self.gather(&part) {
                    gathered.absorb(part);
                }
            }
        }
        if schema.value.get("items").is_some()
            && let Some(elements) = self.gather(&schema.at("items"))
        {
            gathered.references.extend(elements.references.clone());
            gathered.elements = Some(Box::new(elements));
        }
    }
}
