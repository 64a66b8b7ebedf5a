//! Lists: what was added, removed, or put in the place of something else.

use std::collections::HashSet;

use super::change::{Change, Part};
use super::walk::Walk;

/// One edit of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edit<'a, T> {
    Added(&'a T),
    Removed(&'a T),
    /// Stands exactly where the first one stood.
    Replaced(&'a T, &'a T),
}

impl Walk<'_> {
    /// Compares lists of names, each of which is a fact of its own.
    pub(super) fn list(
        &mut self,
        before: &[String],
        after: &[String],
        part: impl Fn(String) -> Part,
    ) {
        self.compared += before.len();
        let edits = set_edits(before, after).into_iter();
        self.changes.extend(edits.map(|edit| match edit {
            Edit::Added(name) => Change::Added(part(name.clone())),
            Edit::Removed(name) => Change::Removed(part(name.clone())),
            Edit::Replaced(name, other) => Change::Renamed(part(name.clone()), other.clone()),
        }));
    }
}

/// Pairs each item that went with the only one that came and is like it.
pub(super) fn renames<T: Copy + PartialEq>(
    went: &[T],
    came: &[T],
    is_like: impl Fn(T, T) -> bool,
) -> Vec<(T, T)> {
    let mut pairs: Vec<(T, T)> = Vec::new();
    for &old in went {
        let mut candidates = came.iter().copied().filter(|new| is_like(old, *new));
        if let (Some(new), None) = (candidates.next(), candidates.next())
            && !pairs.iter().any(|(_, taken)| *taken == new)
        {
            pairs.push((old, new));
        }
    }
    pairs
}

/// Compares two lists of names as sets; order matters only to tell a replacement.
pub(super) fn set_edits<'a>(before: &'a [String], after: &'a [String]) -> Vec<Edit<'a, String>> {
    let old: HashSet<&String> = before.iter().collect();
    let new: HashSet<&String> = after.iter().collect();
    let replacement = |index: usize| {
        let other = after.get(index).filter(|other| !old.contains(other));
        other.filter(|_| before.len() == after.len())
    };
    let mut replaced: HashSet<usize> = HashSet::new();
    let mut found = Vec::new();
    for (index, item) in before.iter().enumerate() {
        if new.contains(item) {
            continue;
        }
        found.push(match replacement(index) {
            Some(other) => {
                replaced.insert(index);
                Edit::Replaced(item, other)
            }
            None => Edit::Removed(item),
        });
    }
    let added = after.iter().enumerate();
    let added = added.filter(|(index, item)| !old.contains(item) && !replaced.contains(index));
    found.extend(added.map(|(_, item)| Edit::Added(item)));
    found
}

/// Compares two sequences in order: what stands between the same neighbours on both sides, in
/// equal number, is replaced. The index is that of the item in its own sequence.
pub(super) fn sequence_edits<'a, T: PartialEq>(
    before: &'a [T],
    after: &'a [T],
) -> Vec<(usize, Edit<'a, T>)> {
    let common = longest_common(before, after);
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (same_i, same_j) in common.into_iter().chain([(before.len(), after.len())]) {
        let paired = if same_i - i == same_j - j {
            same_i - i
        } else {
            0
        };
        let (old, new) = (i..same_i, j..same_j);
        let pairs = old.clone().zip(new.clone()).take(paired);
        found.extend(pairs.map(|(i, j)| (i, Edit::Replaced(&before[i], &after[j]))));
        found.extend(old.skip(paired).map(|i| (i, Edit::Removed(&before[i]))));
        found.extend(new.skip(paired).map(|j| (j, Edit::Added(&after[j]))));
        (i, j) = (same_i + 1, same_j + 1);
    }
    found
}

fn longest_common<T: PartialEq>(before: &[T], after: &[T]) -> Vec<(usize, usize)> {
    let mut length = vec![vec![0_u32; after.len() + 1]; before.len() + 1];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            length[i][j] = if before[i] == after[j] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let mut common = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < before.len() && j < after.len() {
        if before[i] == after[j] {
            common.push((i, j));
            i += 1;
            j += 1;
        } else if length[i + 1][j] >= length[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    //! Replacements are told from additions and removals.
    use super::*;

    #[test]
    fn sets() {
        let list = |text: &str| -> Vec<String> { text.chars().map(String::from).collect() };
        let shown = |before: &str, after: &str| -> Vec<String> {
            let (before, after) = (list(before), list(after));
            let edits = set_edits(&before, &after);
            edits.iter().map(|edit| format!("{edit:?}")).collect()
        };
        assert_eq!(shown("abc", "cab"), [] as [&str; 0]);
        assert_eq!(shown("abc", "axc"), [r#"Replaced("b", "x")"#]);
        assert_eq!(shown("abc", "ac"), [r#"Removed("b")"#]);
        assert_eq!(shown("ab", "axb"), [r#"Added("x")"#]);
    }

    #[test]
    fn sequences() {
        let edits = sequence_edits;
        assert_eq!(edits(&[1, 2, 3], &[1, 9, 3]), [(1, Edit::Replaced(&2, &9))]);
        assert_eq!(edits(&[1, 2, 3], &[1, 3]), [(1, Edit::Removed(&2))]);
        assert_eq!(edits(&[1, 2], &[1, 9, 2]), [(1, Edit::Added(&9))]);
        assert_eq!(
            edits(&[1, 2], &[2, 1]),
            [(0, Edit::Removed(&1)), (1, Edit::Added(&1))]
        );
    }

    #[test]
    fn what_went_is_paired_with_the_only_one_like_it() {
        let alike = |a: i32, b: i32| a % 10 == b % 10;
        assert_eq!(renames(&[1, 2], &[12, 23], alike), [(2, 12)]);
        assert_eq!(renames(&[1], &[11, 21], alike), []);
        assert_eq!(renames(&[1, 11], &[21], alike), [(1, 21)]);
    }
}
