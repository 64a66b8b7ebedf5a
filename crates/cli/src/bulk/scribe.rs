//! Puts answers on disk, and then hands them to the rows that wait for them.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio::sync::oneshot;
use webex_precheck::{Error, Report};

use super::answer::{self, Answer};
use super::desk::{Asking, Desk, Waiting};
use super::done::{Done, Origin, Outcome};
use super::journal::{Journal, JournalReader};
use super::problem::Problem;
use super::queue::{Letters, Mail};
use super::report;
use super::results::Results;
use super::rows::Key;
use super::tally::Tally;
use super::writer::Written;

/// What happened to rows.
pub(crate) enum Message {
    /// Webex has answered, or failed to; so many bytes of JSON say how.
    Answered(Key, usize),
    /// The journal has the answer, there.
    Known(u64, Waiting),
    /// The row is not asked for.
    Refused(Waiting, Vec<Problem>),
    /// All that came before is in the journal when this is gone.
    Settle(oneshot::Sender<()>),
    /// There is no more to come.
    End,
}

/// Messages, and the answers that they tell of.
///
/// Answers come as JSON, since the journal takes it as it is: of an answer in parts, each part would
/// be memory of the thread that asks, which waits where another one frees it.
#[derive(Default)]
pub(crate) struct Messages {
    all: Vec<Message>,
    /// One behind the other.
    answers: Vec<u8>,
}

impl Messages {
    pub(crate) fn add(&mut self, message: Message) {
        self.all.push(message);
    }

    /// Adds an answer.
    pub(crate) fn answered(&mut self, key: Key, answer: Result<&Report, &Error>) {
        let start = self.answers.len();
        answer::write(answer, &mut self.answers);
        self.all
            .push(Message::Answered(key, self.answers.len() - start));
    }
}

impl Letters for Messages {
    fn count(&self) -> usize {
        self.all.len()
    }
}

/// What stopped the scribe.
#[derive(Debug)]
pub(crate) enum Fault {
    Journal(io::Error),
    Results(io::Error),
}

pub(crate) struct Scribe {
    pub(crate) journal: Journal,
    pub(crate) reader: JournalReader,
    /// Up to here the journal is of earlier runs.
    pub(crate) earlier: u64,
    pub(crate) desk: Arc<Desk>,
    pub(crate) results: Results,
    pub(crate) writer: Mail<Vec<Written>>,
    pub(crate) tally: Arc<Mutex<Tally>>,
    pub(crate) report: Option<report::Report>,
    /// Results that wait for those of the rows before them, where they come in order.
    pub(crate) ordered: Option<Ordered>,
}

/// Brings results into the order of their rows.
#[derive(Default)]
pub(crate) struct Ordered {
    next: u64,
    early: BTreeMap<u64, Done>,
}

impl Ordered {
    /// Takes results; gives back those whose turn it is.
    fn take(&mut self, done: Vec<(u64, Done)>) -> Vec<Done> {
        self.early.extend(done);
        let mut turn = Vec::new();
        while let Some(done) = self.early.remove(&self.next) {
            self.next += 1;
            turn.push(done);
        }
        turn
    }

    /// The rest, where rows between have no result.
    fn rest(&mut self) -> Vec<Done> {
        std::mem::take(&mut self.early).into_values().collect()
    }
}

/// What is left when all is written.
pub(crate) struct Ended {
    pub(crate) report: Option<report::Report>,
    pub(crate) fault: Option<Fault>,
}

impl Scribe {
    /// Handles messages until the last, or until something cannot be written; `failed` is called at
    /// once then, and what is answered meanwhile still goes into the journal if it can.
    pub(crate) fn run(mut self, messages: &Mail<Messages>, failed: impl Fn()) -> Ended {
        let mut fault = None;
        let mut note = |found: Fault| {
            failed();
            fault.get_or_insert(found);
        };
        self.write(self.results.header(), 0);
        let mut is_over = false;
        let mut taken = Messages::default();
        while !is_over {
            let mut answers = Vec::new();
            let mut settled_for = None;
            let mut done = Vec::new();
            messages.take(&mut taken);
            let mut json = &taken.answers[..];
            for message in taken.all.drain(..) {
                match message {
                    Message::Answered(key, length) => {
                        let answer;
                        (answer, json) = json.split_at(length);
                        answers.push((key, answer));
                    }
                    Message::Known(offset, row) => match self.reader.answer(offset) {
                        Ok(answer) => done.push(self.known(offset, row, answer)),
                        Err(error) => note(Fault::Journal(error)),
                    },
                    Message::Refused(row, problems) => done.push((
                        row.number,
                        Done {
                            shown: row.shown,
                            origin: Origin::Local,
                            outcome: Outcome::Refused(problems),
                        },
                    )),
                    Message::Settle(done) => settled_for = Some(done),
                    Message::End => is_over = true,
                }
            }
            match self.settle(&answers) {
                Ok(settled) => done.extend(settled),
                Err(error) => note(Fault::Journal(error)),
            }
            taken.answers.clear();
            // Whoever waits for it hears that it is gone.
            drop(settled_for);
            let mut turn = match &mut self.ordered {
                Some(ordered) => ordered.take(done),
                None => done.into_iter().map(|(_, done)| done).collect(),
            };
            if let (Some(ordered), true) = (&mut self.ordered, is_over) {
                turn.extend(ordered.rest());
            }
            self.emit(&turn);
        }
        self.writer.send(|written| written.push(Written::End));
        Ended {
            report: self.report,
            fault,
        }
    }

    fn known(&self, offset: u64, row: Waiting, answer: Answer) -> (u64, Done) {
        let origin = if offset < self.earlier {
            Origin::Journal
        } else {
            Origin::Duplicate
        };
        done(row, origin, answer)
    }

    /// Puts answers on disk; gives the results of the rows that waited for them.
    fn settle(&mut self, answers: &[(Key, &[u8])]) -> io::Result<Vec<(u64, Done)>> {
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let offsets = self.journal.answers(answers, now)?;
        let keys = answers.iter().map(|(key, _)| *key);
        let settled: Vec<(Key, u64)> = keys.zip(offsets).collect();
        let rows = self.desk.settle(&settled)?;
        let mut settled = Vec::with_capacity(answers.len());
        for ((_, json), rows) in answers.iter().zip(rows) {
            let Some(Asking { first, others }) = rows else {
                continue;
            };
            let answer: Answer = serde_json::from_slice(json)?;
            let copies: Vec<Answer> = others.iter().map(|_| answer.clone()).collect();
            settled.push(done(first, Origin::Asked, answer));
            let others = others.into_iter().zip(copies);
            settled.extend(others.map(|(row, copy)| done(row, Origin::Duplicate, copy)));
        }
        Ok(settled)
    }

    fn write(&self, bytes: Vec<u8>, rows: usize) {
        self.writer
            .send(|written| written.push(Written::Rows(bytes, rows)));
    }

    /// Counts results, and hands them to the writer.
    fn emit(&mut self, done: &[Done]) {
        if done.is_empty() {
            return;
        }
        {
            let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
            for done in done {
                tally.add(done.verdict(), done.origin);
            }
        }
        if let Some(report) = &mut self.report {
            for done in done {
                report.add(done);
            }
        }
        let bytes = self.results.write(done);
        self.write(bytes, done.len());
    }
}

/// The result of a row, with its number.
fn done(row: Waiting, origin: Origin, answer: Answer) -> (u64, Done) {
    let Waiting { number, shown } = row;
    let done = Done {
        shown,
        origin,
        outcome: Outcome::Answer(answer),
    };
    (number, done)
}
