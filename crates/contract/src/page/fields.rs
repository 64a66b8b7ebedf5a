//! A field of the tree as a documented field: type, requirement, values and description.

use crate::inventory::Field;
use crate::prose::Prose;
use crate::types::{Type, Values};

use super::tree;

/// A field with its name and without its place.
pub(super) struct NamedField {
    pub(super) name: String,
    pub(super) field: Field,
}

/// Reads a field; `None` if it has no name.
pub(super) fn named(shown: &tree::Field) -> Option<NamedField> {
    let (ty, is_enum) = match shown.ty.as_str() {
        "enum" => ("string", true),
        "array[enum]" => ("array[string]", true),
        other => (other, false),
    };
    let values = match &shown.values {
        Some(values) if !values.is_empty() => Some(Values::Listed(values.clone())),
        _ if is_enum => Some(Values::UNTOLD),
        // Only where values would be shown does their absence mean that there are none.
        None if ty.starts_with("array") => None,
        _ => Some(Values::any()),
    };
    Some(NamedField {
        name: shown.name.clone()?,
        field: Field {
            ty: Some(Type::new(ty)),
            required: Some(shown.required),
            values,
            text: Some(Prose::new(&shown.description)),
            ..Field::default()
        },
    })
}
