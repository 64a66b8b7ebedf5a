//! The log as JSON, put together while it is sent.

use std::sync::{Arc, Mutex};

use crate::log::Log;
use crate::webex::lock;

/// The last requests as a list of JSON, one after the other, so that who reads slowly or not at all
/// costs no more than one of them.
#[derive(Clone)]
pub(crate) struct Telling {
    log: Arc<Mutex<Log>>,
    /// Numbers of the next request and of the last one.
    next: u64,
    last: u64,
    has_begun: bool,
    has_ended: bool,
}

impl Telling {
    /// The last requests of a log, at most so many.
    pub(crate) fn new(log: &Arc<Mutex<Log>>, most: usize) -> Self {
        let last = lock(log).last_number();
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        Self {
            log: Arc::clone(log),
            next: last.saturating_sub(most) + 1,
            last,
            has_begun: false,
            has_ended: false,
        }
    }
}

impl Iterator for Telling {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.has_ended {
            return None;
        }
        let request = lock(&self.log).from(self.next);
        let request = request.filter(|request| request.number <= self.last);
        let begin = if self.has_begun { "," } else { "[" };
        self.has_begun = true;
        let Some(request) = request else {
            self.has_ended = true;
            // Of a list without a request, the beginning is to come.
            let end = begin.replace(',', "") + "]";
            return Some(end);
        };
        self.next = request.number + 1;
        Some(format!("{begin}{}", request.to_json()))
    }
}
