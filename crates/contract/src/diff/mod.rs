//! What differs between two inventories, and what that means for those who call the API.
//!
//! `operation.rs` and `fields.rs` walk both sides once, with the means of `walk.rs`, and emit a
//! [`Change`] for each fact that differs. `impact.rs` judges changes, `wording.rs` quotes them.

mod change;
mod difference;
mod examples;
mod fields;
mod impact;
mod kind;
mod lists;
mod operation;
mod rule_hints;
mod value;
mod walk;
mod wording;

use crate::inventory::Inventory;

pub use change::{Both, Change, Part};
pub use difference::{Comparison, Difference};
pub use impact::{Impact, Release};
pub use kind::Kind;
pub use rule_hints::RuleHint;
pub(crate) use rule_hints::rule_hints;
pub use value::Value;

/// Compares what two inventories both document.
pub fn diff(before: &Inventory, after: &Inventory) -> Comparison {
    compare(before, after, false)
}

/// Compares a source with what it documented before. Facts that are no longer documented also count
/// as differences.
///
/// A lost requirement is not reported: the reader notes the contradiction that caused it.
pub fn drift(before: &Inventory, after: &Inventory) -> Comparison {
    compare(before, after, true)
}

fn compare(before: &Inventory, after: &Inventory, with_undocumented: bool) -> Comparison {
    let mut comparison = Comparison::default();
    for operation in &before.operations {
        if let Some(other) = after.operation(&operation.id) {
            let walk = operation::compare(operation, other);
            comparison.add(&operation.id, walk, with_undocumented);
        }
    }
    comparison
}

#[cfg(test)]
mod tests {
    //! What a source documents no longer.
    use super::*;
    use crate::inventory::{Field, Operation, OperationId, SourceKind};
    use crate::location::Section;
    use crate::text_digest::TextDigest;

    #[test]
    fn what_is_documented_no_longer_of_one_field_is_one_difference() {
        let inventory = |field: Field| Inventory {
            kind: SourceKind::Page,
            source: "made up".to_owned(),
            date: None,
            operations: vec![Operation {
                fields: vec![field],
                ..Operation::unknown(OperationId::new("customer"))
            }],
        };
        let unknown = Field::unknown(Section::Query.field("colour"));
        let known = Field {
            deprecated: Some(false),
            required: Some(true),
            text: Some(TextDigest::new("Its colour.")),
            ..unknown.clone()
        };
        let comparison = drift(&inventory(known), &inventory(unknown));
        let [lost] = &comparison.differences[..] else {
            panic!("{comparison:#?}");
        };
        assert_eq!(lost.id(), "customer:query.colour:undocumented");
        let before = lost.before();
        assert_eq!(before.as_deref(), Some("documented (deprecation, wording)"));
    }
}
