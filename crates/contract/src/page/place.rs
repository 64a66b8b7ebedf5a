//! Where a field stands.

use crate::inventory::{Operation, Unplaced};

use super::fields::{self, NamedField};
use super::tree;

/// Where a field stands.
pub(super) enum Place {
    Certain(String),
    /// It may stand in any of these.
    Among(Vec<String>),
}

/// The location of a field under its parent.
pub(super) fn child(parent: &str, name: &str) -> String {
    format!("{parent}.{name}")
}

/// The locations around `at`, innermost first, up to `scope`.
pub(super) fn around<'a>(at: &'a str, scope: &str) -> impl Iterator<Item = &'a str> {
    let parent = |at: &&'a str| at.rsplit_once('.').map(|(parent, _)| parent);
    std::iter::successors(parent(&at), parent).take_while(|at| at.len() >= scope.len())
}

/// Whether `at` is `parent` or stands in it.
pub(super) fn is_within(at: &str, parent: &str) -> bool {
    let rest = at.strip_prefix(parent);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Place {
    /// Whether nothing stands between the field and its section.
    pub(super) fn is_top_level(&self, scope: &str) -> bool {
        matches!(self, Self::Certain(at) if around(at, scope).count() == 1)
    }
}

/// The fields under `parent` where the tree knows what each of them holds, at their places.
pub(super) fn nested(parent: &str, shown: &[&tree::Field]) -> Vec<(NamedField, Place)> {
    let mut placed = Vec::new();
    for shown in shown {
        if let Some(named) = fields::named(shown) {
            let at = child(parent, &named.name);
            placed.push((named, Place::Certain(at.clone())));
            placed.extend(nested(&at, &shown.fields.iter().collect::<Vec<_>>()));
        }
    }
    placed
}

/// Adds the field to the operation at its place.
pub(super) fn add(operation: &mut Operation, scope: &str, named: NamedField, place: Place) {
    let NamedField { name, mut field } = named;
    match place {
        Place::Certain(at) => {
            field.at = at;
            operation.fields.push(field);
        }
        Place::Among(places) => {
            field.at = format!("{scope}.?.{name}");
            operation.unplaced.push(Unplaced { places, field });
        }
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
        let placed = nested("body", &[&house]);
        let places: Vec<&str> = placed
            .iter()
            .filter_map(|(_, place)| match place {
                Place::Certain(at) => Some(at.as_str()),
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
        let top_level = placed
            .iter()
            .filter(|(_, place)| place.is_top_level("body"));
        assert_eq!(top_level.count(), 1);
    }
}
