//! Lists: what was added, removed, or put in the place of something else.

use std::collections::HashSet;

/// One change of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change<'a, T> {
    Added(&'a T),
    Removed(&'a T),
    /// Stands exactly where the first one stood.
    Replaced(&'a T, &'a T),
}

/// Compares two lists of names as sets; order matters only to tell a replacement.
pub(super) fn changes<'a>(before: &'a [String], after: &'a [String]) -> Vec<Change<'a, String>> {
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
                Change::Replaced(item, other)
            }
            None => Change::Removed(item),
        });
    }
    let added = after.iter().enumerate();
    let added = added.filter(|(index, item)| !old.contains(item) && !replaced.contains(index));
    found.extend(added.map(|(_, item)| Change::Added(item)));
    found
}

/// Compares two sequences in order: what stands between the same neighbours on both sides, in
/// equal number, is replaced. The index is that of the item in its own sequence.
pub(super) fn edits<'a, T: PartialEq>(
    before: &'a [T],
    after: &'a [T],
) -> Vec<(usize, Change<'a, T>)> {
    let common = longest_common(before, after);
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (same_i, same_j) in common.into_iter().chain([(before.len(), after.len())]) {
        let paired = match same_i - i == same_j - j {
            true => same_i - i,
            false => 0,
        };
        for step in 0..paired {
            found.push((
                i + step,
                Change::Replaced(&before[i + step], &after[j + step]),
            ));
        }
        for (index, item) in before.iter().enumerate().take(same_i).skip(i + paired) {
            found.push((index, Change::Removed(item)));
        }
        for (index, item) in after.iter().enumerate().take(same_j).skip(j + paired) {
            found.push((index, Change::Added(item)));
        }
        (i, j) = (same_i + 1, same_j + 1);
    }
    found
}

fn longest_common<T: PartialEq>(before: &[T], after: &[T]) -> Vec<(usize, usize)> {
    let mut length = vec![vec![0_u32; after.len() + 1]; before.len() + 1];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            length[i][j] = match before[i] == after[j] {
                true => length[i + 1][j + 1] + 1,
                false => length[i + 1][j].max(length[i][j + 1]),
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
            let changes = changes(&before, &after);
            changes.iter().map(|change| format!("{change:?}")).collect()
        };
        assert_eq!(shown("abc", "cab"), [] as [&str; 0]);
        assert_eq!(shown("abc", "axc"), [r#"Replaced("b", "x")"#]);
        assert_eq!(shown("abc", "ac"), [r#"Removed("b")"#]);
        assert_eq!(shown("ab", "axb"), [r#"Added("x")"#]);
    }

    #[test]
    fn sequences() {
        assert_eq!(
            edits(&[1, 2, 3], &[1, 9, 3]),
            [(1, Change::Replaced(&2, &9))]
        );
        assert_eq!(edits(&[1, 2, 3], &[1, 3]), [(1, Change::Removed(&2))]);
        assert_eq!(edits(&[1, 2], &[1, 9, 2]), [(1, Change::Added(&9))]);
        assert_eq!(
            edits(&[1, 2], &[2, 1]),
            [(0, Change::Removed(&1)), (1, Change::Added(&1))]
        );
    }
}
