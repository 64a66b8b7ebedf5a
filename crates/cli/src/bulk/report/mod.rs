//! The report for people: one page of HTML that needs nothing else.

mod chart;
mod escape;
mod html;
mod rows;
mod timeline;

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use self::rows::Spool;
use self::timeline::{Share, Timeline};
use super::done::{Done, Origin, Outcome};
use super::tally::Tally;
use crate::files::folder_of;

/// Codes that are counted by themselves; more of them are a flood.
const MOST_CODES: usize = 1000;

/// What a run was about.
pub(crate) struct Subject {
    /// `customers` or `subscribers`.
    pub(crate) of: String,
    /// Name of the input.
    pub(crate) input: String,
    /// Who was asked.
    pub(crate) asked: String,
    pub(crate) on_behalf_of: Option<String>,
    /// Names of the columns that identify a row.
    pub(crate) names: Vec<String>,
    /// What the number of a row is called.
    pub(crate) unit: &'static str,
}

/// How a run ended.
pub(crate) struct End {
    pub(crate) tally: Tally,
    /// Why it ended before all rows had a result.
    pub(crate) stopped: Option<String>,
    /// When Webex was waited for, since the start.
    pub(crate) waits: Vec<(Duration, Duration)>,
}

/// A code, and how often it came.
struct Counted {
    kind: &'static str,
    code: String,
    words: String,
    rows: u64,
}

/// A report that is being made.
pub(crate) struct Report {
    path: PathBuf,
    /// Takes the place of the file at the end.
    file: NamedTempFile,
    subject: Subject,
    started: Timestamp,
    start: Instant,
    codes: HashMap<(&'static str, String), Counted>,
    timeline: Timeline,
    rows: Spool,
    /// Why the rows cannot be kept until the end.
    fault: Option<io::Error>,
}

impl Report {
    /// Begins a report.
    pub(crate) fn new(path: &Path, subject: Subject) -> io::Result<Self> {
        // What a link leads to is replaced, and not the link.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if std::fs::metadata(path).is_ok_and(|data| !data.is_file()) {
            return Err(io::Error::other("it is no file that can be replaced"));
        }
        let folder = folder_of(path);
        let rows = Spool::new(folder, &subject.names)?;
        Ok(Self {
            path: path.to_owned(),
            // Readable by its owner alone: answers name people.
            file: NamedTempFile::new_in(folder)?,
            subject,
            started: Timestamp::now(),
            start: Instant::now(),
            codes: HashMap::new(),
            timeline: Timeline::new(),
            rows,
            fault: None,
        })
    }

    /// Adds the result of a row.
    pub(crate) fn add(&mut self, done: &Done) {
        if done.origin == Origin::Asked {
            self.timeline
                .add(self.start.elapsed(), Share::of(done.verdict()));
        }
        self.count(done);
        if self.fault.is_none()
            && let Err(error) = self.rows.add(done)
        {
            self.fault = Some(error);
        }
    }

    fn count(&mut self, done: &Done) {
        let mut count = |kind, code: String, words: &str| {
            let is_known = self.codes.contains_key(&(kind, code.clone()));
            let code = if is_known || self.codes.len() < MOST_CODES {
                code
            } else {
                "others".to_owned()
            };
            let counted = self.codes.entry((kind, code.clone()));
            let counted = counted.or_insert_with(|| Counted {
                kind,
                code,
                words: words.to_owned(),
                rows: 0,
            });
            counted.rows += 1;
        };
        match &done.outcome {
            Outcome::Refused(problems) => {
                // A row counts once for each rule that it breaks.
                let mut rules: Vec<&str> = Vec::new();
                for problem in problems.iter().filter(|problem| problem.is_hard()) {
                    if !rules.contains(&problem.rule) {
                        rules.push(problem.rule);
                        count("rule", problem.rule.to_owned(), &problem.reason);
                    }
                }
            }
            Outcome::Answer(answer) => {
                let codes = done.codes();
                let kind = if answer.errors.is_empty() {
                    "infoCode"
                } else {
                    "errorCode"
                };
                for code in codes {
                    let words = code.description.as_deref().unwrap_or_default();
                    let number = code.code.map_or("none".to_owned(), |code| code.to_string());
                    count(kind, number, words);
                }
                if codes.is_empty() {
                    match answer.http_status {
                        Some(status) => count("HTTP", status.to_string(), &done.words()),
                        None => count("no answer", String::new(), &done.words()),
                    }
                }
            }
        }
    }

    /// Writes the page.
    pub(crate) fn finish(mut self, end: &End) -> io::Result<()> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let duration = self.start.elapsed();
        let mut codes: Vec<Counted> = self.codes.into_values().collect();
        codes.sort_by(|one, other| {
            let by_count = other.rows.cmp(&one.rows);
            by_count.then_with(|| (one.kind, &one.code).cmp(&(other.kind, &other.code)))
        });
        let page = html::Page {
            subject: &self.subject,
            started: self.started,
            duration,
            codes: &codes,
            timeline: &self.timeline,
            end,
        };
        let mut out = BufWriter::new(self.file.as_file());
        page.write(&mut out, &mut self.rows)?;
        out.flush()?;
        drop(out);
        self.file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}
