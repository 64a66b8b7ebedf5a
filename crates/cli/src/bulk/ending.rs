//! How a run ended: what is said, and the exit code.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::connect::{self, Connection};
use webex_precheck_escape::escape_lines;

use crate::exit::{Exit, Failure};

use super::course::Stop;
use super::plan::Plan;
use super::scribe::Fault;
use super::tally::Tally;

fn rows_look(count: u64) -> String {
    match count {
        1 => "1 row looks".to_owned(),
        count => format!("{count} rows look"),
    }
}

pub(super) fn say(plan: &Plan, message: &str) {
    if !plan.is_quiet {
        let _ = writeln!(io::stderr(), "{}", escape_lines(message));
    }
}

/// How a run ended.
pub(super) struct End<'a> {
    pub(super) plan: &'a Plan,
    pub(super) tally: Tally,
    /// Rows of the input, where that is known.
    pub(super) total: Option<u64>,
    /// Why the input could not be read to its end.
    pub(super) unread: Option<String>,
    pub(super) stop: Option<Stop>,
    pub(super) fault: Option<Fault>,
    pub(super) journal: Option<PathBuf>,
    pub(super) connection: &'a Connection,
}

impl End<'_> {
    /// Why not all rows have a result, if they have not.
    pub(super) fn stopped(&self) -> Option<String> {
        match (&self.stop, &self.fault, &self.unread) {
            (Some(Stop::Interrupted), ..) => Some("the run was interrupted".to_owned()),
            (_, Some(Fault::Journal(error)), _) => {
                Some(format!("the journal cannot be written: {error}"))
            }
            (_, Some(Fault::Results(error)), _) => {
                Some(format!("the results cannot be written: {error}"))
            }
            (Some(Stop::Refused(error)), ..) => Some(error.to_string()),
            (Some(Stop::Failing(rows)), ..) => Some(format!(
                "{rows} rows in a row failed, and the run was stopped"
            )),
            (_, _, Some(error)) => Some(format!("the input cannot be read to its end: {error}")),
            (Some(Stop::Fault), ..) | (None, None, None) => None,
        }
    }

    /// Tells what the run came to.
    pub(super) fn summary(&self) {
        let Tally {
            likely,
            unlikely,
            failed,
            refused,
            asked,
            earlier,
            odd,
            ..
        } = self.tally;
        let rows = self.tally.done();
        let mut text = format!(
            "{rows} rows: {likely} likely, {unlikely} unlikely, {failed} failed, {refused} refused\n\
             {asked} asked, {}, {earlier} from the journal",
            self.tally.duplicates_told()
        );
        if let Some(total) = self.total
            && total > rows
        {
            let _ = write!(text, "\n{} of {total} rows have no result", total - rows);
        }
        if rows == 0 && self.stopped().is_none() {
            text.push_str("\nThe input has no rows.");
        }
        if odd > 0 {
            let _ = write!(text, "\n{} odd; --dry-run tells why", rows_look(odd));
        }
        if let Some(path) = &self.journal {
            let _ = write!(text, "\nJournal: {}", path.display());
            if !path.exists() {
                text.push_str(", which somebody has removed meanwhile");
            }
        }
        if failed > 0 && self.journal.is_some() && self.stop.is_none() {
            let _ = write!(text, "; --retry-failed asks again for what failed");
        }
        say(self.plan, &text);
    }

    pub(super) fn exit(self) -> Result<Exit, Failure> {
        let go_on = if self.journal.is_some() {
            "; --resume goes on from there"
        } else {
            ""
        };
        match (self.stop, self.fault, self.unread) {
            (Some(Stop::Interrupted), ..) => Err(Failure::new(
                Exit::Interrupted,
                format!("interrupted; what was answered counts{go_on}"),
            )),
            (_, Some(Fault::Journal(error)), _) => Err(Failure::usage(format!(
                "the journal cannot be written: {error}\n  No answer counts that is not in it. Make room, and --resume goes on."
            ))),
            (_, Some(Fault::Results(error)), _) => Err(Failure::usage(format!(
                "the results cannot be written: {error}\n  What was answered counts{go_on}."
            ))),
            (Some(Stop::Refused(error)), ..) => {
                let failure = connect::with_target(*error, &self.connection.asked);
                Err(failure.with(&format!("What was answered before counts{go_on}.")))
            }
            (Some(Stop::Failing(rows)), ..) => Err(Failure::new(
                Exit::Unavailable,
                format!(
                    "{rows} rows in a row failed, so the run was stopped (--stop-after)\n  \
                     Look at their results, or at `webex-precheck doctor`; --retry-failed goes on and asks for them again."
                ),
            )),
            (_, _, Some(error)) => Err(Failure::usage(format!(
                "{}: it cannot be read to its end: {error}\n  What was read before has its results.",
                self.plan.input_name()
            ))),
            (Some(Stop::Fault), None, None) => Err(Failure::usage("something cannot be written")),
            (None, None, None) => Ok(match self.tally {
                Tally { failed: 1.., .. } => Exit::Unavailable,
                Tally { refused: 1.., .. } => Exit::Usage,
                Tally { unlikely: 1.., .. } => Exit::Unlikely,
                _ => Exit::Likely,
            }),
        }
    }
}
