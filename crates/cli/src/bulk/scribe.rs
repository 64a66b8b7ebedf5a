//! Puts answers on disk, and then hands them to the rows that wait for them.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio::sync::oneshot;
use webex_precheck::{Error, Report};

use super::answer::Answer;
use super::desk::{Desk, Waiting};
use super::done::{Done, Origin, Outcome};
use super::journal::{Journal, JournalReader};
use super::problem::Problem;
use super::queue::Mail;
use super::report;
use super::results::Results;
use super::rows::Key;
use super::tally::Tally;
use super::writer::Written;

/// What happened to rows.
pub(crate) enum Message {
    /// Webex has answered, or failed to.
    Answered(Key, Box<Result<Report, Error>>),
    /// The journal has the answer, there.
    Known(u64, Waiting),
    /// The row is not asked for.
    Refused(Waiting, Vec<Problem>),
    /// All that came before is in the journal when this is gone.
    Settle(oneshot::Sender<()>),
    /// There is no more to come.
    End,
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
    pub(crate) writer: Mail<Written>,
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
    pub(crate) fn run(mut self, messages: &Mail<Message>, failed: impl Fn()) -> Ended {
        let mut fault = None;
        let mut note = |found: Fault| {
            failed();
            fault.get_or_insert(found);
        };
        self.writer.send(Written::Rows(self.results.header(), 0));
        let mut is_over = false;
        while !is_over {
            let mut answers = Vec::new();
            let mut settled_for = None;
            let mut done = Vec::new();
            for message in messages.take() {
                match message {
                    Message::Answered(key, answer) => answers.push((
                        key,
                        match &*answer {
                            Ok(report) => Answer::from(report),
                            Err(error) => Answer::from(error),
                        },
                    )),
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
            match self.settle(answers) {
                Ok(settled) => done.extend(settled),
                Err(error) => note(Fault::Journal(error)),
            }
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
        self.writer.send(Written::End);
        Ended {
            report: self.report,
            fault,
        }
    }

    fn known(&self, offset: u64, row: Waiting, answer: Answer) -> (u64, Done) {
        let origin = match offset < self.earlier {
            true => Origin::Journal,
            false => Origin::Duplicate,
        };
        let outcome = Outcome::Answer(answer);
        let Waiting { number, shown } = row;
        let done = Done {
            shown,
            origin,
            outcome,
        };
        (number, done)
    }

    /// Puts answers on disk; gives the results of the rows that waited for them.
    fn settle(&mut self, answers: Vec<(Key, Answer)>) -> io::Result<Vec<(u64, Done)>> {
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let offsets = self.journal.answers(&answers, now)?;
        let mut settled = Vec::with_capacity(answers.len());
        for ((key, answer), offset) in answers.into_iter().zip(offsets) {
            let mut rows = self.desk.settle(key, offset)?.into_iter().peekable();
            let mut origin = Origin::Asked;
            let mut answer = Some(answer);
            while let Some(Waiting { number, shown }) = rows.next() {
                let its = match rows.peek() {
                    Some(_) => answer.clone(),
                    None => answer.take(),
                };
                let Some(its) = its else {
                    break;
                };
                let done = Done {
                    shown,
                    origin,
                    outcome: Outcome::Answer(its),
                };
                settled.push((number, done));
                origin = Origin::Duplicate;
            }
        }
        Ok(settled)
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
        self.writer.send(Written::Rows(bytes, done.len()));
    }
}
