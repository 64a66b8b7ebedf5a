//! The day on which a source was published or captured.

use std::fmt;
use std::str::FromStr;

use serde_with::{DeserializeFromStr, SerializeDisplay};

/// A date of ISO 8601, to the day or less precise: `2026-04-17`, `2026-04`, `2026`.
#[derive(Clone, Debug, PartialEq, Eq, DeserializeFromStr, SerializeDisplay)]
pub struct Date(String);

impl Date {
    /// Whether every day that this date may mean lies before every day that the other may mean.
    pub fn is_before(&self, other: &Self) -> bool {
        let common = self.0.len().min(other.0.len());
        self.0[..common] < other.0[..common]
    }

    /// The date in the name of a file, such as `webex-wholesale-2026-04-17.json`.
    pub fn in_name(name: &str) -> Option<Self> {
        let starts = name.char_indices().map(|(index, _)| index);
        starts
            .filter(|start| !name[..*start].ends_with(|c: char| c.is_ascii_digit()))
            .filter_map(|start| name.get(start..start + 10))
            .find_map(|text| text.parse().ok())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date; write YYYY-MM-DD, YYYY-MM or YYYY")]
pub struct DateError(String);

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let whole = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.to_owned(),
        };
        // jiff reads other forms as well, such as `20260417`.
        let day = whole.parse::<jiff::civil::Date>();
        let is_plain = whole.len() == 10 && day.is_ok_and(|day| day.to_string() == whole);
        let date = is_plain.then(|| Self(text.to_owned()));
        date.ok_or_else(|| DateError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    //! What is a date, and which of two is the earlier.
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn date_is_before_another_only_if_each_of_its_days_is() {
        assert!(date("2025").is_before(&date("2026-04-17")));
        assert!(date("2026-03").is_before(&date("2026-04-17")));
        assert!(date("2026-04-16").is_before(&date("2026-04-17")));
        for later in ["2026-04-17", "2026-04", "2026", "2025-12-31"] {
            assert!(!date("2026-04-17").is_before(&date(later)), "{later}");
        }
        assert!(!date("2026").is_before(&date("2026-12-31")));
    }

    #[test]
    fn only_iso_dates_are_dates() {
        for text in [
            "",
            "26",
            "2026-13",
            "2026-02-30",
            "2026/04/17",
            "20260417",
            "2026-4-1",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn date_is_found_in_a_file_name() {
        for (name, expected) in [
            ("webex-wholesale-2026-04-17.json", Some("2026-04-17")),
            ("webex-wholesale-2026-04-01-b.json", Some("2026-04-01")),
            ("2025-10-16", Some("2025-10-16")),
            ("x12025-10-16.json", None),
            ("webex-wholesale.json", None),
            ("é-2025-99-16.json", None),
        ] {
            let found = Date::in_name(name);
            assert_eq!(found.as_ref().map(Date::as_str), expected, "{name}");
        }
    }
}
