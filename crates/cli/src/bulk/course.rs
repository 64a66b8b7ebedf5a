//! What the answers mean for the run: whether it goes on.

use webex_precheck::{Error, Report};

use super::queue::Mail;
use super::rows::Key;
use super::scribe::Messages;

/// Why a run ends before all rows have a result.
pub(super) enum Stop {
    Interrupted,
    /// Webex does not accept the token, or the client cannot ask.
    Refused(Box<Error>),
    /// So many rows in a row have failed.
    Failing(u32),
    /// The journal or the results cannot be written.
    Fault,
}

/// What answers mean for the run.
pub(super) struct Course {
    messages: Mail<Messages>,
    pub(super) stop: Option<Stop>,
    /// Whether this run has had a verdict.
    has_verdict: bool,
    /// Whether an earlier run had one.
    had_verdict: bool,
    /// Rows that the token may not ask for, while it is not known whether it may ask for any.
    forbidden: Vec<(Key, Error)>,
    failures_in_a_row: u32,
    /// 0 is any number.
    most_failures: u32,
}

/// Rows that are held back at most, where any number may fail.
const MOST_FORBIDDEN: usize = 50;

impl Course {
    pub(super) fn new(stop_after: u32, had_verdict: bool, messages: Mail<Messages>) -> Self {
        Self {
            messages,
            stop: None,
            has_verdict: false,
            had_verdict,
            forbidden: Vec::new(),
            failures_in_a_row: 0,
            most_failures: stop_after,
        }
    }

    /// Hands an answer to the scribe, unless it is not one of the row but one of the run.
    pub(super) fn answered(&mut self, key: Key, result: Result<Report, Error>) -> Option<Stop> {
        match &result {
            Ok(_) => {
                self.has_verdict = true;
                self.failures_in_a_row = 0;
                self.let_go();
            }
            Err(error) if error.is_cancelled() => return None,
            Err(error) if error.is_unauthorized() || error.is_builder() => {
                return result.err().map(|error| Stop::Refused(Box::new(error)));
            }
            // Before any verdict it may be the token's fault, and after one it is the row's.
            Err(error) if error.is_forbidden() && !self.has_verdict => {
                self.forbidden
                    .extend(result.err().map(|error| (key, error)));
                let most = match self.most_failures {
                    0 => MOST_FORBIDDEN,
                    most => most as usize,
                };
                return if self.forbidden.len() < most {
                    None
                } else {
                    self.refused()
                };
            }
            Err(_) => self.failures_in_a_row += 1,
        }
        self.messages
            .send(|messages| messages.answered(key, result.as_ref()));
        let is_failing = self.most_failures > 0 && self.failures_in_a_row >= self.most_failures;
        is_failing.then_some(Stop::Failing(self.failures_in_a_row))
    }

    /// There are no more answers: decides on what was held back.
    pub(super) fn finish(&mut self) {
        match self.had_verdict {
            true => self.let_go(),
            false if self.stop.is_none() => self.stop = self.refused(),
            false => {}
        }
    }

    /// What was held back is the rows' own.
    fn let_go(&mut self) {
        for (key, error) in self.forbidden.drain(..) {
            self.messages
                .send(|messages| messages.answered(key, Err(&error)));
        }
    }

    /// What was held back is the token's fault.
    fn refused(&mut self) -> Option<Stop> {
        let (_, error) = self.forbidden.pop()?;
        self.forbidden.clear();
        Some(Stop::Refused(Box::new(error)))
    }
}
