//! The cells of a row, in one piece of memory.

use super::cell::{Damage, trimmed};

/// Texts, of which some may not be what their author meant.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Cells {
    text: String,
    /// Where each cell ends.
    ends: Vec<usize>,
    /// By number of the cell; few or none.
    damages: Vec<(usize, Damage)>,
}

impl Cells {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a cell; empty where there is none.
    pub(crate) fn get(&self, index: usize) -> &str {
        let start = match index.checked_sub(1) {
            None => Some(&0),
            Some(before) => self.ends.get(before),
        };
        match (start, self.ends.get(index)) {
            (Some(start), Some(end)) => &self.text[*start..*end],
            _ => "",
        }
    }

    /// Why a cell is not what was meant, if that is known already.
    pub(crate) fn damage(&self, index: usize) -> Option<Damage> {
        let found = self.damages.iter().find(|(damaged, _)| *damaged == index);
        found.map(|(_, damage)| *damage)
    }

    /// Whether a cell has neither text nor damage.
    pub(crate) fn is_empty_at(&self, index: usize) -> bool {
        trimmed(self.get(index)).is_empty() && self.damage(index).is_none()
    }

    /// Whether all are empty.
    pub(crate) fn is_empty(&self) -> bool {
        trimmed(&self.text).is_empty() && self.damages.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    pub(crate) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    pub(crate) fn push_damaged(&mut self, damage: Damage) {
        self.damages.push((self.ends.len(), damage));
        self.ends.push(self.text.len());
    }

    /// Adds to a cell that has not ended.
    pub(crate) fn extend_last(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(crate) fn end_last(&mut self) {
        self.ends.push(self.text.len());
    }

    #[cfg(test)]
    pub(crate) fn of(cells: &[&str]) -> Self {
        let mut all = Self::default();
        cells.iter().for_each(|cell| all.push(cell));
        all
    }
}
