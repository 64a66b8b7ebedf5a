//! What the answers mean for the run: whether it goes on.

use webex_precheck::{Error, Report};

use super::plan::Plan;
use super::queue::Mail;
use super::rows::Key;
use super::scribe::Message;

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
    messages: Mail<Message>,
    pub(super) stop: Option<Stop>,
    has_verdict: bool,
    failures_in_a_row: u32,
    most_failures: u32,
}

impl Course {
    pub(super) fn new(plan: &Plan, messages: Mail<Message>) -> Self {
        Self {
            messages,
            stop: None,
            has_verdict: false,
            failures_in_a_row: 0,
            most_failures: plan.stop_after,
        }
    }

    /// Hands an answer to the scribe, unless it is not one of the row but one of the run.
    pub(super) fn answered(&mut self, key: Key, result: Result<Report, Error>) -> Option<Stop> {
        match &result {
            Ok(_) => {
                self.has_verdict = true;
                self.failures_in_a_row = 0;
            }
            Err(error) if error.is_stopped() => return None,
            // Whom Webex does not know, it answers no row; once it has, a 403 is the row's.
            Err(error)
                if error.is_unauthorized()
                    || error.is_builder()
                    || error.is_forbidden() && !self.has_verdict =>
            {
                return result.err().map(|error| Stop::Refused(Box::new(error)));
            }
            Err(_) => self.failures_in_a_row += 1,
        }
        self.messages.send(Message::Answered(key, Box::new(result)));
        let is_failing = self.most_failures > 0 && self.failures_in_a_row >= self.most_failures;
        is_failing.then_some(Stop::Failing(self.failures_in_a_row))
    }
}
