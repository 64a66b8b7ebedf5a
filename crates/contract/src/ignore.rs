//! Differences that someone has looked at and does not want to hear of: each with a reason, and
//! with the day on which it counts again, if there is one.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::capture::{line_at, toml_error};
use crate::diff::Comparison;
use crate::pattern::matches;

/// Says of differences that they do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The identifier of a difference; `*` stands for any characters.
    pub id: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where that was said.
    pub origin: Origin,
}

/// Where it was said that a difference does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line, in these words.
    Flag(String),
    /// In a file.
    File {
        /// Name of the file.
        name: String,
        /// Line that the entry begins on.
        line: usize,
    },
}

/// Why a difference does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// Why.
    pub reason: String,
    /// The last day on which it does not count, `YYYY-MM-DD`.
    pub until: Option<String>,
}

/// Something wrong with an [`Ignore`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Where it was said.
    pub origin: Origin,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
}

/// What may be wrong with an [`Ignore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum FindingKind {
    /// It matches no difference: a mistake, or the difference is gone.
    Unused,
    /// Its day has passed, so that what it ignored counts again.
    Expired,
}

impl FindingKind {
    /// `unused` or `expired`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(words) => write!(f, "--ignore '{words}'"),
            Self::File { name, line } => write!(f, "{name}:{line}"),
        }
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

/// Reads `ID; REASON` or `ID; REASON; until YYYY-MM-DD`. The error says what to do.
pub fn read_flag(words: &str) -> Result<Ignore, String> {
    let (id, rest) = words.split_once(';').unwrap_or((words, ""));
    let last = rest.rsplit_once(';').unwrap_or(("", rest));
    let (reason, until) = match last.1.trim().split_once(' ') {
        Some((until, date)) if until.eq_ignore_ascii_case("until") => (last.0, Some(date.trim())),
        _ => (rest, None),
    };
    let origin = Origin::Flag(words.to_owned());
    checked(id, reason, until, origin).map_err(|error| {
        format!("--ignore '{words}': {error}; write 'ID; REASON' or 'ID; REASON; until YYYY-MM-DD'")
    })
}

/// Reads a file of `[[ignore]]` tables with `id`, `reason` and, perhaps, `until`. The error says
/// on which line what is wrong, and what to do.
pub fn read_file(name: &str, text: &str) -> Result<Vec<Ignore>, String> {
    let file: File = toml::from_str(text).map_err(|error| {
        let error = toml_error(text, &error);
        format!("{name}: {error}; an [[ignore]] has an id, a reason and, perhaps, until = \"YYYY-MM-DD\"")
    })?;
    let entries = file.ignore.into_iter().map(|spanned| {
        let line = line_at(text, spanned.span().start);
        let Entry { id, reason, until } = spanned.into_inner();
        let origin = Origin::File {
            name: name.to_owned(),
            line,
        };
        checked(&id, &reason, until.as_deref(), origin)
            .map_err(|error| format!("{name}: line {line}: {error}; correct this [[ignore]]"))
    });
    entries.collect()
}

fn checked(id: &str, reason: &str, until: Option<&str>, origin: Origin) -> Result<Ignore, String> {
    let (id, reason) = (id.trim(), reason.trim());
    if id.is_empty() {
        return Err("there is no id".to_owned());
    }
    if reason.is_empty() {
        return Err(format!("there is no reason to ignore `{id}`"));
    }
    let date = |text: &str| {
        let date = text.trim().parse();
        date.map_err(|_| format!("`{text}` is no date"))
    };
    Ok(Ignore {
        id: id.to_owned(),
        reason: reason.to_owned(),
        until: until.map(date).transpose()?,
        origin,
    })
}

/// Marks the differences of some comparisons that are ignored, and tells what is wrong with what should
/// ignore them.
pub fn apply(ignores: &[Ignore], comparisons: &mut [&mut Comparison], today: Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ignore in ignores {
        let expired = ignore.until.filter(|until| *until < today);
        let mut used = false;
        let differences = comparisons.iter_mut().flat_map(|it| &mut it.differences);
        for difference in differences {
            if !matches(&ignore.id, &difference.id()) {
                continue;
            }
            used = true;
            if expired.is_none() && difference.ignored.is_none() {
                difference.ignored = Some(Ignored {
                    reason: ignore.reason.clone(),
                    until: ignore.until.map(|until| until.to_string()),
                });
            }
        }
        let (kind, message) = match (used, expired) {
            (false, _) => (
                FindingKind::Unused,
                format!(
                    "no difference is called `{}`; correct or remove it",
                    ignore.id
                ),
            ),
            (true, Some(until)) => (
                FindingKind::Expired,
                format!(
                    "`{}` was ignored until {until} and counts again; mend it, or give a later date",
                    ignore.id
                ),
            ),
            (true, None) => continue,
        };
        findings.push(Finding {
            kind,
            origin: ignore.origin.clone(),
            message,
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    //! What is read, and what it does to a comparison.
    use jiff::civil::date;

    use super::*;
    use crate::diff::{Impact, drift};
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
                title: Some(crate::Prose::new(title)),
                ..Operation::unknown(OperationId::Customer)
            }],
        };
        drift(&inventory("/a", "One."), &inventory("/b", "Two."))
    }

    #[test]
    fn a_flag_has_an_id_a_reason_and_perhaps_a_date() {
        let ignore = read_flag("customer:path:path; moved; we know").unwrap();
        assert_eq!(ignore.id, "customer:path:path");
        assert_eq!(ignore.reason, "moved; we know");
        assert_eq!(ignore.until, None);
        let ignore = read_flag("*:wording; later ; until 2026-12-31").unwrap();
        assert_eq!((&*ignore.id, &*ignore.reason), ("*:wording", "later"));
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
            let error = read_flag(words).unwrap_err();
            let starts = format!("--ignore '{words}': ");
            assert!(error.starts_with(&starts), "{error}");
            assert!(error.contains(expected), "{error}");
            assert!(error.contains("'ID; REASON'"), "{error}");
        }
    }

    #[test]
    fn a_file_names_the_line_of_a_mistake() {
        let text = "# ours\n\n[[ignore]]\nid = \"a\"\nreason = \"b\"\nuntil = \"2026-01-31\"\n";
        let read = read_file("f.toml", text).unwrap();
        assert_eq!(read[0].until, Some(date(2026, 1, 31)));
        assert_eq!(read[0].origin.to_string(), "f.toml:3");
        assert_eq!(read_file("f.toml", "").unwrap(), []);
        for (text, expected) in [
            (
                "[[ignore]]\nid = \"a\"\n",
                "f.toml: line 1: missing field `reason`",
            ),
            (
                "\n[[ignore]]\nid = \"a\"\nreason = \" \"\n",
                "f.toml: line 2: there is no reason",
            ),
            (
                "\n[[ignore]]\nid = \"\"\nreason = \"b\"\n",
                "f.toml: line 2: there is no id",
            ),
            (
                "[[ignore]]\nid = \"a\"\nreason = \"b\"\nuntil = \"soon\"\n",
                "f.toml: line 1: `soon` is no date",
            ),
            (
                "[[ignore]]\nid = \"a\"\nraison = \"b\"\n",
                "f.toml: line 3: unknown field `raison`",
            ),
            ("[[ignored]]\n", "f.toml: line 1: unknown field `ignored`"),
            ("nonsense", "f.toml: line 1: "),
        ] {
            let error = read_file("f.toml", text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
            assert!(error.contains("[[ignore]]"), "{error}");
        }
    }

    #[test]
    fn what_is_ignored_stays_and_does_not_count() {
        let mut comparison = comparison();
        assert_eq!(comparison.impact(), Some(Impact::Breaking));
        let findings = apply(
            &ignores(&["*:path; moved"]),
            &mut [&mut comparison],
            date(2026, 1, 1),
        );
        assert_eq!(findings, []);
        assert_eq!(comparison.differences.len(), 2);
        let ignored = comparison.differences[0].ignored.as_ref().unwrap();
        assert_eq!(ignored.reason, "moved");
        assert_eq!(comparison.impact(), Some(Impact::Wording));
        apply(
            &ignores(&["*; all"]),
            &mut [&mut comparison],
            date(2026, 1, 1),
        );
        assert_eq!(comparison.impact(), None);
    }

    #[test]
    fn a_date_is_the_last_day() {
        for (today, impact, told) in [
            (date(2026, 6, 30), Impact::Wording, 0),
            (date(2026, 7, 1), Impact::Breaking, 1),
        ] {
            let mut comparison = comparison();
            let ignores = ignores(&["customer:path:path; moved; until 2026-06-30"]);
            let findings = apply(&ignores, &mut [&mut comparison], today);
            assert_eq!(comparison.impact(), Some(impact), "{today}");
            assert_eq!(findings.len(), told, "{today}");
            for finding in findings {
                assert_eq!(finding.kind, FindingKind::Expired);
                assert!(
                    finding.message.contains("until 2026-06-30"),
                    "{}",
                    finding.message
                );
            }
        }
    }

    #[test]
    fn what_ignores_nothing_is_told_even_when_it_has_expired() {
        let words = ["customer:paht:path; typo", "x; gone; until 2020-01-01"];
        let findings = apply(&ignores(&words), &mut [&mut comparison()], date(2026, 1, 1));
        let kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [FindingKind::Unused; 2]);
        assert_eq!(
            findings[0].origin.to_string(),
            format!("--ignore '{}'", words[0])
        );
        assert!(findings[0].message.contains("`customer:paht:path`"));
    }
}
