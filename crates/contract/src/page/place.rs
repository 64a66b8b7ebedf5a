//! Where a field stands.

use crate::inventory::{Field, Operation, Unplaced};
use crate::location::FieldPath;

use super::field;
use super::tree;

/// Where a field stands.
pub(super) enum Place {
    Certain(FieldPath),
    /// It may stand in any of these.
    Among(Vec<FieldPath>),
}

impl Place {
    /// Whether nothing stands between the field and its section.
    pub(super) fn is_top_level(&self, scope: &FieldPath) -> bool {
        matches!(self, Self::Certain(at) if scope.is_parent_of(at))
    }
}

/// The fields under `parent` where the tree knows what each of them holds, at their places.
pub(super) fn nested(parent: &FieldPath, shown: &[&tree::Field]) -> Vec<(Field, Place)> {
    let mut placed = Vec::new();
    for shown in shown {
        if let Some(field) = field::named(parent, shown) {
            let at = parent.child(field.name());
            placed.push((field, Place::Certain(at.clone())));
            placed.extend(nested(&at, &shown.fields.iter().collect::<Vec<_>>()));
        }
    }
    placed
}

/// Adds the field to the operation at its place.
pub(super) fn add(operation: &mut Operation, mut field: Field, place: Place) {
    match place {
        Place::Certain(at) => {
            field.at = at;
            operation.fields.push(field);
        }
        Place::Among(places) => operation.unplaced.push(Unplaced { places, field }),
    }
}

#[cfg(test)]
mod tests {
    //! Fields in fields have their places without any alignment.
    use super::*;

    #[test]
    fn nested_fields_are_placed_under_their_parents() {
        let field = |name: Option<&str>, fields| tree::Field {
            name: name.map(str::to_owned),
            ty: "object".to_owned(),
            fields,
            ..tree::Field::default()
        };
        let door = field(Some("door"), vec![field(Some("handle"), Vec::new())]);
        let roof = field(Some("roof"), vec![field(None, Vec::new())]);
        let house = field(Some("house"), vec![door, roof]);
        let body = FieldPath::body();
        let placed = nested(&body, &[&house]);
        let places: Vec<String> = placed
            .iter()
            .filter_map(|(_, place)| match place {
                Place::Certain(at) => Some(at.to_string()),
                Place::Among(_) => None,
            })
            .collect();
        let expected = [
            "body.house",
            "body.house.door",
            "body.house.door.handle",
            "body.house.roof",
        ];
        assert_eq!(places, expected);
        let top_level = placed.iter().filter(|(_, place)| place.is_top_level(&body));
        assert_eq!(top_level.count(), 1);
    }
}
