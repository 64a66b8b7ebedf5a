//! What is wrong with a row, found without asking.

use std::fmt;

use webex_precheck::{Finding, Severity};

/// Something that is wrong with a row, or looks like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Line of the file, or row of the sheet.
    pub(crate) line: u64,
    pub(crate) column: Option<Column>,
    /// Dotted path of the field, where it is known.
    pub(crate) field: Option<String>,
    /// A name that stays the same.
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    pub(crate) reason: String,
    pub(crate) remedy: String,
}

/// A column of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// As spreadsheets call it; empty where the input has no columns.
    pub(crate) letters: String,
    /// As the header calls it.
    pub(crate) name: String,
}

impl Column {
    /// The column with this number, from 0.
    pub(crate) fn new(index: usize, name: &str) -> Self {
        let mut letters = String::new();
        let mut left = index + 1;
        while left > 0 {
            let digit = ((left - 1) % 26) as u8;
            letters.insert(0, char::from(b'A' + digit));
            left = (left - 1) / 26;
        }
        Self {
            letters,
            name: name.trim().to_owned(),
        }
    }

    /// A member of a JSON object.
    pub(crate) fn member(path: &str) -> Self {
        Self {
            letters: String::new(),
            name: path.to_owned(),
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.letters.as_str(), self.name.as_str()) {
            ("", name) => write!(f, "`{name}`"),
            (letters, "") => write!(f, "column {letters}"),
            (letters, name) => write!(f, "column {letters} `{name}`"),
        }
    }
}

impl Problem {
    /// A row that cannot be read.
    pub(crate) fn of_row(
        line: u64,
        rule: &'static str,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            line,
            column: None,
            field: None,
            rule,
            severity: Severity::Error,
            reason: reason.into(),
            remedy: remedy.into(),
        }
    }

    /// What the library finds.
    pub(crate) fn of_finding(line: u64, finding: &Finding) -> Self {
        Self {
            line,
            column: None,
            field: Some(finding.field().to_owned()),
            rule: finding.rule().id(),
            severity: finding.severity(),
            reason: format!("{} ({})", finding.reason(), finding.source()),
            remedy: finding.rule().remedy().to_owned(),
        }
    }

    /// The same, in a column.
    pub(crate) fn at(mut self, column: Column) -> Self {
        self.column = Some(column);
        self
    }

    /// The same, in a field.
    pub(crate) fn in_field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    pub(crate) fn is_hard(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Where it is within the row, and what it is.
    pub(crate) fn words(&self) -> String {
        match (&self.column, &self.field) {
            (Some(column), Some(field)) if column.name != *field => {
                format!("{column} ({field}): {}", self.reason)
            }
            (Some(column), _) => format!("{column}: {}", self.reason),
            (None, Some(field)) => format!("{field}: {}", self.reason),
            (None, None) => self.reason.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    //! Columns as spreadsheets call them.
    use super::*;

    #[test]
    fn letters() {
        for (index, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (702, "AAA")] {
            assert_eq!(Column::new(index, "").letters, letters);
        }
    }
}
