//! Descriptions without names: each is a second showing of a named field's text, or left over.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::text_digest::TextDigest;

/// Two texts with at least this share of words in common are two versions of one.
const SIMILAR: f64 = 0.4;

/// Gives each description to the field whose text it repeats, in order; returns those left over.
///
/// A text may be spread over several descriptions. Where the two showings differ, the second one
/// stands in the gap between those of its neighbours: it is all that stands there besides the
/// descriptions that had no name before (`nameless`), or where those are not known, the one that
/// looks most like the field's text.
pub(super) fn attach(
    descriptions: Vec<TextDigest>,
    mut texts: Vec<&mut TextDigest>,
    nameless: Option<&[TextDigest]>,
) -> Vec<TextDigest> {
    let mut runs: Vec<Vec<usize>> = Vec::with_capacity(texts.len());
    for text in &texts {
        let from = runs.iter().flatten().last().map_or(0, |last| last + 1);
        let run = exact(&descriptions, from, text);
        runs.push(run.into_iter().flatten().collect());
    }
    for (index, text) in texts.iter().enumerate() {
        if text.is_empty() || !runs[index].is_empty() {
            continue;
        }
        let before = runs[..index].iter().flatten().last();
        let after = runs[index + 1..].iter().flatten().next();
        let gap = before.map_or(0, |last| last + 1)..after.copied().unwrap_or(descriptions.len());
        let others = texts.iter().zip(&runs).skip(index + 1);
        let mut others = others.take_while(|(_, run)| run.is_empty());
        let alone = others.all(|(other, _)| other.is_empty());
        runs[index] = match nameless {
            Some(nameless) if alone => {
                let is_named = |d: &usize| !nameless.contains(&descriptions[*d]);
                let candidates: Vec<usize> = gap.filter(is_named).collect();
                // One that had no name may have changed as well: there are as many as before.
                let taken = runs.iter().flatten().count();
                let surplus = descriptions.len().saturating_sub(taken + nameless.len());
                likest(&descriptions, candidates, text, surplus)
            }
            _ => Vec::from_iter(most_alike(&descriptions, gap, text)),
        };
    }
    for (text, run) in texts.iter_mut().zip(&runs) {
        for index in run {
            text.merge_copy(&descriptions[*index]);
        }
    }
    let is_left =
        |(index, _): &(usize, TextDigest)| !runs.iter().flatten().any(|taken| taken == index);
    let left = descriptions.into_iter().enumerate().filter(is_left);
    left.map(|(_, description)| description).collect()
}

/// The first run of descriptions that together say what `text` says.
fn exact(descriptions: &[TextDigest], from: usize, text: &TextDigest) -> Option<Range<usize>> {
    let sentences: Vec<&str> = text.fingerprints().collect();
    let run = |start: usize| {
        let mut rest = &sentences[..];
        for (index, description) in descriptions.iter().enumerate().skip(start) {
            let next: Vec<&str> = description.fingerprints().collect();
            rest = rest.strip_prefix(&next[..])?;
            if rest.is_empty() {
                return Some(start..index + 1);
            }
        }
        None
    };
    (from..descriptions.len())
        .find_map(run)
        .filter(|_| !text.is_empty())
}

/// How many words two texts have in common, from 0 to 1.
fn likeness(one: &TextDigest, other: &TextDigest) -> f64 {
    let one: BTreeSet<String> = one.words().collect();
    let other: BTreeSet<String> = other.words().collect();
    let common = one.intersection(&other).count();
    // Small counts: no precision is lost.
    2.0 * common as f64 / (one.len() + other.len()).max(1) as f64
}

/// As many of the candidates as there are too many descriptions, the likest to a text first; and
/// any that is like it. In their order.
fn likest(
    descriptions: &[TextDigest],
    mut candidates: Vec<usize>,
    text: &TextDigest,
    surplus: usize,
) -> Vec<usize> {
    let like = |index: &usize| likeness(text, &descriptions[*index]);
    candidates.sort_by(|a, b| like(b).total_cmp(&like(a)));
    let alike = candidates.iter().filter(|c| like(c) >= SIMILAR).count();
    candidates.truncate(surplus.max(alike));
    candidates.sort_unstable();
    candidates
}

fn most_alike(descriptions: &[TextDigest], gap: Range<usize>, text: &TextDigest) -> Option<usize> {
    gap.map(|index| (likeness(text, &descriptions[index]), index))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    //! Second showings find their fields, whole or changed.
    use super::*;

    /// Which texts got a second showing, and what is left over.
    fn run(descriptions: &[&str], texts: &[&str]) -> (Vec<bool>, Vec<TextDigest>) {
        let before: Vec<TextDigest> = texts.iter().map(|t| TextDigest::new(t)).collect();
        let mut texts = before.clone();
        let descriptions = descriptions.iter().map(|d| TextDigest::new(d)).collect();
        let left = attach(descriptions, texts.iter_mut().collect(), None);
        let shown = texts.iter().zip(&before).map(|(a, b)| a != b);
        (shown.collect(), left)
    }

    #[test]
    fn a_text_over_two_descriptions_is_found_and_the_rest_is_left() {
        let (copies, left) = run(
            &["The roof.", "It leaks.", "Another thing.", "The door."],
            &["The roof. It leaks.", "", "The door."],
        );
        assert_eq!(copies, [true, false, true]);
        assert_eq!(left, [TextDigest::new("Another thing.")]);
    }

    #[test]
    fn a_changed_showing_goes_to_the_field_in_its_gap() {
        let (copies, left) = run(
            &[
                "The roof of the house.",
                "The door of the yard.",
                "A window.",
            ],
            &[
                "The roof of the house.",
                "The door of the house.",
                "A window.",
            ],
        );
        assert_eq!(copies, [true, true, true]);
        assert!(left.is_empty());
    }

    #[test]
    fn a_nameless_one_that_changed_stays_nameless() {
        let nameless = [TextDigest::new("The tile.")];
        let attached = |descriptions: &[&str], text: &str| {
            let mut text = TextDigest::new(text);
            let descriptions = descriptions.iter().map(|d| TextDigest::new(d)).collect();
            attach(descriptions, vec![&mut text], Some(&nameless))
        };
        // The field is new, or its form alone changed: the tile is the one that changed.
        let left = attached(&["A tile of clay."], "Something new.");
        assert_eq!(left, [TextDigest::new("A tile of clay.")]);
        let left = attached(&["The roof.", "A tile of clay."], "The roof leaks.");
        assert_eq!(left, [TextDigest::new("A tile of clay.")]);
        // One too many belongs to the field, whatever it says.
        let left = attached(&["Nothing alike.", "The tile."], "The roof leaks.");
        assert_eq!(left, nameless);
    }

    #[test]
    fn a_stranger_is_left_over() {
        let (copies, left) = run(&["Nothing alike here."], &["The roof."]);
        assert_eq!(copies, [false]);
        assert_eq!(left.len(), 1);
    }
}
