//! Depths for the fields of a flat page, by aligning them with a tree that is known.
//!
//! Both are sequences in document order. The alignment pairs as many fields as it can; a field
//! that stands in no known place gets the place that its neighbours leave open, if there is only
//! one, and else all that there are.

use crate::inventory::{Field, Operation, Unplaced};
use crate::location::FieldPath;
use crate::problem::Problem;

use super::fields::NamedField;

/// Where a field stands.
pub(super) enum Place {
    Certain(FieldPath),
    /// It may stand in any of these.
    Among(Vec<FieldPath>),
}

/// Finds the place of each field of the section `scope`.
pub(super) fn place(
    scope: &FieldPath,
    found: &[NamedField],
    tree: Option<&Operation>,
    problems: &mut Vec<Problem>,
) -> Vec<Place> {
    let known: Vec<&Field> = tree
        .into_iter()
        .flat_map(|tree| &tree.fields)
        .filter(|field| scope.is_above(&field.at))
        .collect();
    let pairs = pair(found, &known);
    let certain = certain_places(scope, found, &known, &pairs, problems);
    let mut places: Vec<Place> = Vec::with_capacity(found.len());
    for (index, field) in found.iter().enumerate() {
        places.push(match &certain[index] {
            Some(at) => Place::Certain(at.clone()),
            None => {
                let next = certain[index + 1..].iter().flatten().next();
                open_places(scope, field, found, &places, next, &certain)
            }
        });
    }
    places
}

/// Places of the fields that the alignment paired: those of their partners, under the names that
/// the page has now.
fn certain_places(
    scope: &FieldPath,
    found: &[NamedField],
    known: &[&Field],
    pairs: &[Option<usize>],
    problems: &mut Vec<Problem>,
) -> Vec<Option<FieldPath>> {
    let mut certain: Vec<Option<FieldPath>> = vec![None; found.len()];
    for (index, partner) in pairs.iter().enumerate() {
        let Some(partner) = partner.map(|p| known[p]) else {
            continue;
        };
        let parent = partner.at.parent().unwrap_or_else(|| scope.clone());
        let renamed = pairs[..index]
            .iter()
            .position(|p| p.is_some_and(|p| known[p].at == parent))
            .and_then(|p| certain[p].clone());
        let parent = renamed.unwrap_or(parent);
        let name = &found[index].name;
        if name != partner.name() {
            problems.push(Problem::note(
                scope.to_string(),
                format!(
                    "`{name}` stands where `{}` stood; it is taken for the same field",
                    partner.at
                ),
            ));
        }
        certain[index] = Some(parent.child(name));
    }
    certain
}

/// The places that a field without a partner may have, given those around it.
fn open_places(
    scope: &FieldPath,
    field: &NamedField,
    found: &[NamedField],
    before: &[Place],
    next: Option<&FieldPath>,
    certain: &[Option<FieldPath>],
) -> Place {
    let mut scopes: Vec<FieldPath> = Vec::new();
    let previous: &[FieldPath] = match before.last() {
        Some(Place::Certain(at)) => std::slice::from_ref(at),
        Some(Place::Among(places)) => places,
        None => &[],
    };
    let opens = before
        .len()
        .checked_sub(1)
        .is_some_and(|index| found[index].ty.has_fields());
    for at in previous {
        if opens {
            scopes.push(at.clone());
        }
        scopes.extend(at.with_parents().skip(1));
    }
    scopes.push(scope.clone());
    // In document order, the next field closes every object that it does not stand in.
    if let Some(parent) = next.and_then(FieldPath::parent) {
        scopes.retain(|open| *open == parent || parent.is_above(open));
    }
    let mut places: Vec<FieldPath> = Vec::new();
    for open in scopes {
        let at = open.child(&field.name);
        if !places.contains(&at) {
            places.push(at);
        }
    }
    let is_free = |at: &&FieldPath| !certain.iter().flatten().any(|taken| taken == *at);
    let free: Vec<FieldPath> = places.iter().filter(is_free).cloned().collect();
    match &free[..] {
        // It repeats a field that stands there already.
        [] => Place::Among(places),
        [only] => Place::Certain(only.clone()),
        _ => Place::Among(free),
    }
}

/// Adds the field to the operation at its place.
pub(super) fn add(
    operation: &mut Operation,
    scope: &FieldPath,
    field: NamedField,
    shows_values: bool,
    place: Place,
) {
    match place {
        Place::Certain(at) => operation.fields.push(field.into_field(at, shows_values)),
        Place::Among(places) => {
            let at = scope.unplaced(&field.name);
            let field = field.into_field(at, shows_values);
            operation.unplaced.push(Unplaced { places, field });
        }
    }
}

/// Pairs the two sequences so that the sum of the likenesses is greatest (Needleman and Wunsch).
fn pair(found: &[NamedField], known: &[&Field]) -> Vec<Option<usize>> {
    let (rows, columns) = (found.len(), known.len());
    let mut best = vec![vec![0_u32; columns + 1]; rows + 1];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            let together = match likeness(&found[i], known[j]) {
                0 => 0,
                likeness => likeness + best[i + 1][j + 1],
            };
            best[i][j] = together.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let mut pairs = vec![None; rows];
    let (mut i, mut j) = (0, 0);
    while i < rows && j < columns {
        let likeness = likeness(&found[i], known[j]);
        if likeness > 0 && best[i][j] == likeness + best[i + 1][j + 1] {
            pairs[i] = Some(j);
            i += 1;
            j += 1;
        } else if best[i][j] == best[i][j + 1] {
            j += 1;
        } else {
            i += 1;
        }
    }
    pairs
}

/// How much a field looks like a known one; 0 means that they are not the same.
fn likeness(found: &NamedField, known: &Field) -> u32 {
    let same_type = known.ty.as_ref().is_none_or(|ty| ty.agrees_with(&found.ty));
    let same_requirement = known
        .required
        .is_none_or(|required| required == found.required);
    let known_text = known.text.as_ref().filter(|text| !text.is_empty());
    let same_text =
        known_text.is_some_and(|text| found.text.is_within(text) && !found.text.is_empty());
    // Neither side says anything of the field that the other does not.
    let silent = known.text.is_none() || (known_text.is_none() && found.text.is_empty());
    let evidence = u32::from(same_type) + u32::from(same_requirement) + 3 * u32::from(same_text);
    if found.name == known.name() {
        10 + evidence
    } else if same_text && same_type {
        // Renamed: the description stayed.
        8
    } else if same_type && same_requirement && silent {
        // Renamed, perhaps: nothing speaks against it.
        1
    } else {
        0
    }
}
