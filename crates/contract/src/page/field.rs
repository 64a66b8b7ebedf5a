//! A field of the tree as a documented field: type, requirement, values and description.

use crate::inventory::Field;
use crate::location::FieldPath;
use crate::text_digest::TextDigest;
use crate::types::{Type, Values};

use super::tree;

/// Reads a field of a section, somewhere in it; `None` if it has no name.
pub(super) fn named(scope: &FieldPath, shown: &tree::Field) -> Option<Field> {
    let (ty, is_enum) = match shown.ty.as_str() {
        "enum" => ("string", true),
        "array[enum]" => ("array[string]", true),
        other => (other, false),
    };
    let values = match &shown.values {
        Some(values) if !values.is_empty() => Some(Values::Listed(values.clone())),
        _ if is_enum => Some(Values::UNKNOWN),
        // Only where values would be shown does their absence mean that there are none.
        None if ty.starts_with("array") => None,
        _ => Some(Values::any()),
    };
    let at = scope.unplaced(shown.name.as_ref()?);
    Some(Field {
        ty: Some(Type::new(ty)),
        required: Some(shown.required),
        values,
        text: Some(TextDigest::new(&shown.description)),
        ..Field::unknown(at)
    })
}
