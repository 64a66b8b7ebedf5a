//! Descriptions without names: each is a second showing of a named field's text, or left over.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::prose::Prose;

/// Two texts with at least this share of words in common are two versions of one.
const SIMILAR: f64 = 0.4;

/// Gives each description to the field whose text it repeats, in order; returns those left over.
///
/// A text may be spread over several descriptions. Where the two showings differ, the description
/// in the gap that looks most like the field's text is taken for its second showing.
pub(super) fn attach(descriptions: Vec<Prose>, texts: Vec<&mut Prose>) -> Vec<Prose> {
    let mut taken = vec![false; descriptions.len()];
    let mut matched: Vec<Option<Range<usize>>> = Vec::with_capacity(texts.len());
    let mut from = 0;
    for text in &texts {
        let range = exact(&descriptions, from, text);
        if let Some(range) = &range {
            from = range.end;
            taken[range.clone()].fill(true);
        }
        matched.push(range);
    }
    let mut texts = texts;
    for index in 0..texts.len() {
        if texts[index].is_empty() {
            continue;
        }
        let run = match &matched[index] {
            Some(run) => run.clone(),
            None => {
                let after = matched[..index].iter().flatten().last();
                let before = matched[index + 1..].iter().flatten().next();
                let gap = after.map_or(0, |run| run.end)
                    ..before.map_or(descriptions.len(), |run| run.start);
                match most_alike(&descriptions, gap, texts[index]) {
                    Some(found) => {
                        taken[found] = true;
                        matched[index] = Some(found..found + 1);
                        found..found + 1
                    }
                    None => continue,
                }
            }
        };
        let mut copy = Prose::default();
        for description in &descriptions[run] {
            copy.extend(description.clone());
        }
        texts[index].merge_copy(&copy);
    }
    let left = descriptions.into_iter().zip(taken);
    left.filter(|(_, taken)| !taken)
        .map(|(description, _)| description)
        .collect()
}

/// The first run of descriptions that together say what `text` says.
fn exact(descriptions: &[Prose], from: usize, text: &Prose) -> Option<Range<usize>> {
    if text.is_empty() {
        return None;
    }
    (from..descriptions.len()).find_map(|start| {
        let mut together = Prose::default();
        for (index, description) in descriptions.iter().enumerate().skip(start) {
            together.extend(description.clone());
            if together.fingerprints().eq(text.fingerprints()) {
                return Some(start..index + 1);
            }
            if !together.is_within(text) {
                return None;
            }
        }
        None
    })
}

fn most_alike(descriptions: &[Prose], gap: Range<usize>, text: &Prose) -> Option<usize> {
    let words: BTreeSet<String> = text.words().collect();
    let likeness = |index: &usize| {
        let other: BTreeSet<String> = descriptions[*index].words().collect();
        let common = words.intersection(&other).count();
        // Small counts: no precision is lost.
        2.0 * common as f64 / (words.len() + other.len()).max(1) as f64
    };
    gap.map(|index| (likeness(&index), index))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    //! Second showings find their fields, whole or changed.
    use super::*;

    fn run(descriptions: &[&str], texts: &[&str]) -> (Vec<u32>, Vec<Prose>) {
        let mut texts: Vec<Prose> = texts.iter().map(|t| Prose::new(t)).collect();
        let descriptions = descriptions.iter().map(|d| Prose::new(d)).collect();
        let left = attach(descriptions, texts.iter_mut().collect());
        (texts.iter().map(Prose::copies).collect(), left)
    }

    #[test]
    fn a_text_over_two_descriptions_is_found_and_the_rest_is_left() {
        let (copies, left) = run(
            &["The roof.", "It leaks.", "Another thing.", "The door."],
            &["The roof. It leaks.", "", "The door."],
        );
        assert_eq!(copies, [2, 1, 2]);
        assert_eq!(left, [Prose::new("Another thing.")]);
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
        assert_eq!(copies, [2, 2, 2]);
        assert!(left.is_empty());
    }

    #[test]
    fn a_stranger_is_left_over() {
        let (copies, left) = run(&["Nothing alike here."], &["The roof."]);
        assert_eq!(copies, [1]);
        assert_eq!(left.len(), 1);
    }
}
