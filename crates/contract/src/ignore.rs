//! Differences that someone reviewed and wants to ignore: each with a reason, and the last day on
//! which it is ignored, if there is one.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::diff::Difference;
use crate::pattern::Pattern;
use crate::toml_file::{self, FileError, line_at};

/// A rule that ignores differences.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignore {
    /// The identifier of a difference; `*` stands for any characters.
    pub id: Pattern,
    /// Why.
    pub reason: String,
    /// The last day on which it applies.
    pub until: Option<Date>,
    /// Where the rule was given.
    pub origin: Origin,
}

/// Where it was said that a difference does not count.
#[derive(Clone, Debug, PartialEq, Eq, strum::Display)]
#[non_exhaustive]
pub enum Origin {
    /// On the command line, as this text.
    #[strum(to_string = "--ignore '{0}'")]
    Flag(String),
    /// In a file.
    #[strum(to_string = "{name}:{line}")]
    File {
        /// Name of the file.
        name: String,
        /// Line that the entry begins on.
        line: usize,
    },
}

/// The ignore rules, evaluated on a given day.
#[derive(Clone, Debug, Default)]
pub struct Ignores {
    ignores: Vec<Ignore>,
    today: Date,
}

/// Something wrong with an [`Ignore`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Where it was said.
    pub origin: Origin,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
}

/// What may be wrong with an [`Ignore`]. The descriptions are those of the rules in SARIF reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum FindingKind {
    /// An ignored difference is not there
    Unused,
    /// An ignored difference counts again
    Expired,
}

impl FindingKind {
    /// `unused` or `expired`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    ignore: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    reason: String,
    until: Option<String>,
}

/// Why an [`Ignore`] cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IgnoreError {
    /// It has no identifier.
    #[error("there is no id")]
    NoId,
    /// Its identifier has no reason.
    #[error("there is no reason to ignore `{0}`")]
    NoReason(String),
    /// This is no date.
    #[error("`{0}` is no date")]
    NoDate(String),
}

/// Reads `ID; REASON` or `ID; REASON; until YYYY-MM-DD`.
pub fn read_flag(text: &str) -> Result<Ignore, IgnoreError> {
    let (id, rest) = text.split_once(';').unwrap_or((text, ""));
    let last = rest.rsplit_once(';').unwrap_or(("", rest));
    let (reason, until) = match last.1.trim().split_once(' ') {
        Some((until, date)) if until.eq_ignore_ascii_case("until") => (last.0, Some(date)),
        _ => (rest, None),
    };
    Ignore::new(id, reason, until, Origin::Flag(text.to_owned()))
}

/// Reads a file of `[[ignore]]` tables with `id`, `reason` and, perhaps, `until`.
pub fn read_file(name: &str, text: &str) -> Result<Vec<Ignore>, FileError> {
    let file: File = toml_file::read(text)?;
    let entries = file.ignore.into_iter().map(|entry| {
        let (name, line) = (name.to_owned(), line_at(text, entry.span().start));
        let Entry { id, reason, until } = entry.into_inner();
        Ignore::new(&id, &reason, until.as_deref(), Origin::File { name, line })
            .map_err(|error| FileError::new(line, error.to_string()))
    });
    entries.collect()
}

impl Ignore {
    fn new(
        id: &str,
        reason: &str,
        until: Option<&str>,
        origin: Origin,
    ) -> Result<Self, IgnoreError> {
        let (id, reason) = (id.trim(), reason.trim());
        if id.is_empty() {
            return Err(IgnoreError::NoId);
        }
        if reason.is_empty() {
            return Err(IgnoreError::NoReason(id.to_owned()));
        }
        let until = until.map(str::trim).map(|text| {
            let no_date = |_| IgnoreError::NoDate(text.to_owned());
            text.parse().map_err(no_date)
        });
        Ok(Self {
            id: Pattern::new(id),
            reason: reason.to_owned(),
            until: until.transpose()?,
            origin,
        })
    }

    fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }
}

impl Ignores {
    /// Creates the set, evaluated on `today`.
    pub fn new(ignores: Vec<Ignore>, today: Date) -> Self {
        Self { ignores, today }
    }

    /// The ignore rule that matches a difference and has not expired.
    pub fn of(&self, difference: &Difference) -> Option<&Ignore> {
        let mut valid = self.ignores.iter().filter(|it| !it.is_expired(self.today));
        valid.find(|it| it.id.matches(&difference.id()))
    }

    /// What is wrong with them, given all differences.
    pub fn findings<'d>(
        &self,
        differences: impl IntoIterator<Item = &'d Difference>,
    ) -> Vec<Finding> {
        let ids: Vec<String> = differences.into_iter().map(Difference::id).collect();
        let findings = self.ignores.iter().filter_map(|ignore| {
            let (id, origin) = (&ignore.id, ignore.origin.clone());
            let (kind, message) = match ignore.until {
                _ if !ids.iter().any(|it| id.matches(it)) => {
                    let message = format!("no difference is called `{id}`; correct or remove it");
                    (FindingKind::Unused, message)
                }
                Some(until) if ignore.is_expired(self.today) => {
                    let what = format!("`{id}` was ignored until {until} and counts again");
                    let message = format!("{what}; mend it, or give a later date");
                    (FindingKind::Expired, message)
                }
                _ => return None,
            };
            Some(Finding {
                kind,
                origin,
                message,
            })
        });
        findings.collect()
    }
}

#[cfg(test)]
mod tests {
    //! How flags and files are read, and what they do to a comparison.
    use jiff::civil::date;

    use super::*;
    use crate::diff::{Comparison, Impact, drift};
    use crate::inventory::{Inventory, Operation, OperationId, SourceKind};

    fn ignores(words: &[&str]) -> Vec<Ignore> {
        words
            .iter()
            .map(|words| read_flag(words).unwrap())
            .collect()
    }

    /// The path (breaking) and the title (wording) differ.
    fn comparison() -> Comparison {
        let inventory = |path: &str, title: &str| Inventory {
            kind: SourceKind::Page,
            source: "made up".to_owned(),
            date: None,
            operations: vec![Operation {
                path: Some(path.to_owned()),
                title: Some(crate::TextDigest::new(title)),
                ..Operation::unknown(OperationId::new("customer"))
            }],
        };
        drift(&inventory("/a", "One."), &inventory("/b", "Two."))
    }

    #[test]
    fn flag_has_an_id_a_reason_and_an_optional_date() {
        let ignore = read_flag("customer:path:path; moved; we know").unwrap();
        assert_eq!(ignore.id, Pattern::new("customer:path:path"));
        assert_eq!(ignore.reason, "moved; we know");
        assert_eq!(ignore.until, None);
        let ignore = read_flag("*:wording; later ; until 2026-12-31").unwrap();
        assert_eq!(
            (ignore.id.to_string().as_str(), &*ignore.reason),
            ("*:wording", "later")
        );
        assert_eq!(ignore.until, Some(date(2026, 12, 31)));
        let ignore = read_flag("*:wording; later; Until  2026-12-31").unwrap();
        assert_eq!(ignore.until, Some(date(2026, 12, 31)));
        for (words, expected) in [
            ("x", "no reason"),
            ("x;  ", "no reason"),
            ("x; until 2026-12-31", "no reason"),
            ("; y", "no id"),
            ("x; y; until 2026-02-30", "`2026-02-30` is no date"),
            ("x; y; until then", "`then` is no date"),
        ] {
            let error = read_flag(words).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn file_errors_name_their_line() {
        let text = "# ours\n\n[[ignore]]\nid = \"a\"\nreason = \"b\"\nuntil = \"2026-01-31\"\n";
        let read = read_file("f.toml", text).unwrap();
        assert_eq!(read[0].until, Some(date(2026, 1, 31)));
        assert_eq!(read[0].origin.to_string(), "f.toml:3");
        assert_eq!(read_file("f.toml", "").unwrap(), []);
        for (text, expected) in [
            ("[[ignore]]\nid = \"a\"\n", "line 1: missing field `reason`"),
            (
                "\n[[ignore]]\nid = \"a\"\nreason = \" \"\n",
                "line 2: there is no reason",
            ),
            (
                "\n[[ignore]]\nid = \"\"\nreason = \"b\"\n",
                "line 2: there is no id",
            ),
            (
                "[[ignore]]\nid = \"a\"\nreason = \"b\"\nuntil = \"soon\"\n",
                "line 1: `soon` is no date",
            ),
            (
                "[[ignore]]\nid = \"a\"\nraison = \"b\"\n",
                "line 3: unknown field `raison`",
            ),
            ("[[ignored]]\n", "line 1: unknown field `ignored`"),
            ("nonsense", "line 1: "),
        ] {
            let error = read_file("f.toml", text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    /// The gravest impact of what counts, and what is wrong.
    fn judged(words: &[&str], today: Date) -> (Option<Impact>, Vec<Finding>) {
        let comparison = comparison();
        let ignores = Ignores::new(ignores(words), today);
        let counted = comparison
            .differences
            .iter()
            .filter(|it| ignores.of(it).is_none());
        let impact = counted.map(|it| it.impact).max();
        (impact, ignores.findings(&comparison.differences))
    }

    #[test]
    fn ignored_differences_do_not_count() {
        let today = date(2026, 1, 1);
        assert_eq!(judged(&[], today), (Some(Impact::Breaking), Vec::new()));
        let moved = judged(&["*:path; moved"], today);
        assert_eq!(moved, (Some(Impact::Wording), Vec::new()));
        assert_eq!(judged(&["*; all"], today), (None, Vec::new()));
    }

    #[test]
    fn until_is_the_last_day() {
        for (today, impact, expired) in [
            (date(2026, 6, 30), Impact::Wording, 0),
            (date(2026, 7, 1), Impact::Breaking, 1),
        ] {
            let words = ["customer:path:path; moved; until 2026-06-30"];
            let (found, findings) = judged(&words, today);
            assert_eq!((found, findings.len()), (Some(impact), expired), "{today}");
            for finding in findings {
                assert_eq!(finding.kind, FindingKind::Expired);
                let message = finding.message;
                assert!(message.contains("until 2026-06-30"), "{message}");
            }
        }
    }

    #[test]
    fn unused_wins_over_expired() {
        let words = ["customer:paht:path; typo", "x; gone; until 2020-01-01"];
        let (_, findings) = judged(&words, date(2026, 1, 1));
        let kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [FindingKind::Unused; 2]);
        let origin = findings[0].origin.to_string();
        assert_eq!(origin, format!("--ignore '{}'", words[0]));
        assert!(findings[0].message.contains("`customer:paht:path`"));
    }
}
