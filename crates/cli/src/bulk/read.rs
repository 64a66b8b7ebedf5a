//! The thread that reads rows, and decides what becomes of each.

use std::sync::{Arc, Mutex, PoisonError};

use webex_precheck::PreparedRequest;

use super::desk::{Admission, Desk, Waiting};
use super::queue::{Asks, Mail};
use super::rows::{Key, Rows};
use super::scribe::{Message, Messages};
use super::tally::Tally;

pub(crate) struct Reader {
    pub(crate) rows: Rows,
    pub(crate) desk: Arc<Desk>,
    pub(crate) tally: Arc<Mutex<Tally>>,
    /// Results that need no asking.
    pub(crate) scribe: Mail<Messages>,
    /// Requests to ask.
    pub(crate) asks: Asks<(Key, PreparedRequest)>,
}

impl Reader {
    /// Reads until the end, or until nobody wants more. The error is why it cannot go on.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        let mut number = 0;
        while self.enter() {
            let Some(row) = self.rows.next()? else {
                break;
            };
            let waiting = Waiting {
                number,
                shown: row.shown,
            };
            number += 1;
            let Some((key, request)) = row.request else {
                let refused = Message::Refused(waiting, row.problems);
                self.scribe.send(|messages| messages.add(refused));
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
                    let known = Message::Known(offset, waiting);
                    self.scribe.send(|messages| messages.add(known));
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

    /// Waits until there is room for another row; says whether any is wanted. What is to be asked
    /// does not wait with it, nor for an input that takes its time.
    fn enter(&mut self) -> bool {
        if !self.rows.is_at_hand() && self.asks.flush().is_err() {
            return false;
        }
        match self.desk.try_enter() {
            Some(is_wanted) => is_wanted,
            None => self.asks.flush().is_ok() && self.desk.enter(),
        }
    }
}
