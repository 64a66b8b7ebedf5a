//! Depths for the fields of a flat page, by aligning them with a tree that is known.
//!
//! Both are sequences in document order. The alignment pairs as many fields as it can; a field
//! that stands in no known place gets the place that its neighbours leave open, if there is only
//! one, and else all that there are.

use crate::inventory::{Field, Operation};
use crate::location::FieldPath;
use crate::problem::Problem;
use crate::text_digest::TextDigest;
use crate::types::Type;

use super::field;
use super::place::Place;
use super::tree;

/// Finds the places of the named fields among `shown`, those of the section `scope`.
pub(super) fn place(
    scope: &FieldPath,
    shown: &[&tree::Field],
    tree: Option<&Operation>,
    problems: &mut Vec<Problem>,
) -> Vec<(Field, Place)> {
    let found = shown.iter().filter_map(|shown| field::named(scope, shown));
    let found: Vec<Field> = found.collect();
    let fields = tree.into_iter().flat_map(|tree| &tree.fields);
    let known: Vec<&Field> = fields.filter(|field| scope.is_above(&field.at)).collect();
    let partners = pair(&found, &known);
    for (field, partner) in found.iter().zip(&partners) {
        if let Some(partner) = partner.filter(|partner| partner.name() != field.name()) {
            let (name, at) = (field.name(), &partner.at);
            let message = format!("`{name}` stands where `{at}` stood");
            let message = format!("{message}; it is taken for the same field");
            problems.push(Problem::note(scope.to_string(), message));
        }
    }
    let certain = certain_places(&found, &partners);
    let mut places: Vec<Place> = Vec::with_capacity(found.len());
    for (index, field) in found.iter().enumerate() {
        places.push(match &certain[index] {
            Some(at) => Place::Certain(at.clone()),
            None => {
                let previous = found[..index].last().zip(places.last());
                let scopes = open_scopes(scope, previous, &certain[index + 1..]);
                free_place(field.name(), &scopes, &certain)
            }
        });
    }
    found.into_iter().zip(places).collect()
}

/// Places of the fields that the alignment paired: those of their partners, under the names that
/// the page has now.
fn certain_places(found: &[Field], partners: &[Option<&Field>]) -> Vec<Option<FieldPath>> {
    let mut certain: Vec<Option<FieldPath>> = Vec::with_capacity(found.len());
    for (field, partner) in found.iter().zip(partners) {
        let at = partner.and_then(|partner| {
            let parent = partner.at.parent()?;
            let is_parent = |other: &Option<&Field>| other.is_some_and(|other| other.at == parent);
            let renamed = partners.iter().position(is_parent);
            let renamed = renamed.and_then(|index| certain.get(index)?.as_ref());
            Some(renamed.unwrap_or(&parent).child(field.name()))
        });
        certain.push(at);
    }
    certain
}

/// The locations that a field without a partner may stand in, given those around it.
fn open_scopes(
    scope: &FieldPath,
    previous: Option<(&Field, &Place)>,
    certain_after: &[Option<FieldPath>],
) -> Vec<FieldPath> {
    let mut scopes: Vec<FieldPath> = Vec::new();
    if let Some((field, place)) = previous {
        let opens = field.ty.iter().any(Type::has_fields);
        let places = match place {
            Place::Certain(at) => std::slice::from_ref(at),
            Place::Among(places) => places,
        };
        for at in places {
            scopes.extend(at.with_parents().skip(usize::from(!opens)));
        }
    }
    scopes.push(scope.clone());
    // In document order, the next field closes every object that it does not stand in.
    let next = certain_after.iter().flatten().next();
    if let Some(parent) = next.and_then(FieldPath::parent) {
        scopes.retain(|open| *open == parent || parent.is_above(open));
    }
    scopes
}

/// The only place in one of these locations that is not taken, or all of them.
fn free_place(name: &str, scopes: &[FieldPath], certain: &[Option<FieldPath>]) -> Place {
    let is_first = |(index, scope): &(usize, &FieldPath)| !scopes[..*index].contains(scope);
    let scopes = scopes.iter().enumerate().filter(is_first);
    let places: Vec<FieldPath> = scopes.map(|(_, at)| at.child(name)).collect();
    let is_free = |at: &&FieldPath| !certain.iter().flatten().any(|taken| taken == *at);
    let free: Vec<FieldPath> = places.iter().filter(is_free).cloned().collect();
    match &free[..] {
        // It repeats a field that stands there already.
        [] => Place::Among(places),
        [only] => Place::Certain(only.clone()),
        _ => Place::Among(free),
    }
}

/// Pairs the two sequences so that the sum of the likenesses is greatest (Needleman and Wunsch).
fn pair<'k>(found: &[Field], known: &[&'k Field]) -> Vec<Option<&'k Field>> {
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
            pairs[i] = Some(known[j]);
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
fn likeness(field: &Field, known: &Field) -> u32 {
    let agree = |(known, found): (&Type, &Type)| known.agrees_with(found);
    let same_type = known.ty.as_ref().zip(field.ty.as_ref()).is_none_or(agree);
    let same_requirement = known.required.is_none() || known.required == field.required;
    let not_empty = |text: &&TextDigest| !text.is_empty();
    let known_text = known.text.as_ref().filter(not_empty);
    let text = field.text.as_ref().filter(not_empty);
    let mut both = text.zip(known_text).into_iter();
    let same_text = both.any(|(text, known)| text.is_within(known));
    // Neither side says anything of the field that the other does not.
    let silent = known.text.is_none() || (known_text.is_none() && text.is_none());
    let evidence = u32::from(same_type) + u32::from(same_requirement) + 3 * u32::from(same_text);
    if field.name() == known.name() {
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
