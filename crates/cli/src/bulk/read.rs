//! The thread that reads rows, and decides what becomes of each.

use std::sync::{Arc, Mutex, PoisonError};

use webex_precheck::Prepared;

use super::desk::{Admission, Desk, Waiting};
use super::queue::{Asks, Mail};
use super::rows::{Key, Rows};
use super::scribe::Message;
use super::subject::Subject;
use super::tally::Tally;

pub(crate) struct Reader<S> {
    pub(crate) rows: Rows<S>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) tally: Arc<Mutex<Tally>>,
    /// Results that need no asking.
    pub(crate) scribe: Mail<Message>,
    /// Requests to ask.
    pub(crate) asks: Asks<(Key, Prepared<S>)>,
}

impl<S: Subject> Reader<S> {
    /// Reads until the end, or until nobody wants more. The error is why it cannot go on.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        let mut number = 0;
        while self.desk.enter() {
            let Some(row) = self.rows.next()? else {
                break;
            };
            let waiting = Waiting {
                number,
                shown: row.shown,
            };
            number += 1;
            let Some((key, request)) = row.request else {
                self.scribe.send(Message::Refused(waiting, row.problems));
                continue;
            };
            if !row.problems.is_empty() {
                let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
                tally.odd += 1;
            }
            match self
                .desk
                .admit(key, waiting)
                .map_err(|error| error.to_string())?
            {
                Admission::Waits => {}
                Admission::Known(offset, waiting) => {
                    self.scribe.send(Message::Known(offset, waiting));
                }
                Admission::Ask => {
                    if self.asks.push((key, request)).is_err() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}
