//! A run: rows in, answers on disk, results out.

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Interval, MissedTickBehavior};
use webex_precheck::{BulkOptions, PrecheckStream, PreparedRequest};

use crate::exit::{Exit, Failure, warn};
use crate::files::folder_of;
use crate::profile::Output;
use crate::signals::Signals;

use super::course::{Course, Stop};
use super::desk::Desk;
use super::ending::{End, say};
use super::index::Index;
use super::journal::{Found, Journal, Question};
use super::plan::Plan;
use super::queue::{self, Asked, Mail};
use super::read::Reader;
use super::report::{self, Report};
use super::results::Results;
use super::rows::{Key, Rows};
use super::screen::{self, Screen};
use super::scribe::{Ended, Fault, Message, Messages, Ordered, Scribe};
use super::tally::Tally;
use super::threads::spawn;
use super::watch::{TICK, Watch, count_rows};
use super::writer::Writer;

/// Runs, and says how it went.
pub(crate) async fn run(plan: &Plan) -> Result<Exit, Failure> {
    let rows = plan.rows()?;
    let unit = rows.unit();
    let signals = Signals::new().map_err(|error| Failure::usage(format!("signals: {error}")))?;
    let connection = plan.destination.connect().await?;
    let question = Question {
        of: plan.operation.plural.to_owned(),
        asked: plan.destination.name(),
        on_behalf_of: plan.destination.on_behalf_of().map(str::to_owned),
    };
    let names: Vec<String> = plan
        .operation
        .keys
        .iter()
        .map(|key| (*key).to_owned())
        .chain(plan.mapping.keep.iter().cloned())
        .collect();
    // Before the journal: what cannot be written must not cost what was.
    let report = begin_report(plan, &question, &names, unit)?;
    let (journal, found, index) = journal(plan, &question)?;
    tell_found(&journal, &found);
    let path = journal.path().map(Path::to_owned);
    let (mut run, requests) = Run::start(plan, rows, journal, index, names, report, signals)?;
    let total = match run.screen.progress() {
        screen::Progress::None => Arc::default(),
        screen::Progress::Line | screen::Progress::Lines => count_rows(plan),
    };
    let (screen, tally) = (run.screen.clone(), run.tally.clone());
    let mut watch = Watch::new(&screen, &tally, &total, &connection, plan.operation);
    let mut course = Course::new(plan.stop_after, found.verdicts > 0, run.messages.clone());
    let limits = limits(plan);
    let answers = connection.client.precheck_many(requests, limits);
    let asked = run.ask(plan, answers, &mut course, &mut watch).await;
    let ended = match asked {
        Ok(()) => {
            course.finish();
            run.end(&mut course, &mut watch).await
        }
        Err(early) => Err(early),
    };
    if matches!(ended, Err(Early::AtOnce)) {
        run.settle().await;
    }
    screen.clear();
    let ended = ended.map_err(|early| {
        if matches!(early, Early::Gone) {
            return Failure::usage("the thread that writes results is gone; --resume goes on");
        }
        let message = match path {
            Some(_) => {
                "interrupted; what was answered is in the journal: --resume goes on from there"
            }
            None => "interrupted",
        };
        Failure::new(Exit::Interrupted, message)
    })?;
    let waits = watch.waits;
    let tally = *lock(&tally);
    let end = End {
        plan,
        tally,
        total: Some(total.load(Ordering::Relaxed)).filter(|total| *total > 0),
        unread: match lock(&run.read).take() {
            Some(ended) => ended.err(),
            // A stopped run does not wait for its reader.
            None if course.stop.is_some() => None,
            None => Some("the thread that reads it is gone".to_owned()),
        },
        stop: course.stop,
        fault: ended.fault,
        journal: path,
        connection: &connection,
    };
    if let (Some(report), Some(path)) = (ended.report, &plan.report) {
        let written = report.finish(&report::End {
            tally,
            stopped: end.stopped(),
            waits,
        });
        match written {
            Ok(()) => say(plan, &format!("Report: {}", path.display())),
            Err(error) => {
                end.summary();
                return Err(report_failure(path, &error));
            }
        }
    }
    end.summary();
    end.exit()
}

/// PrecheckStream that come within this time go into the journal together: writing to a disk takes long,
/// however little is written.
const GATHER: Duration = Duration::from_millis(10);

/// Why a run ends without what is usual at its end.
enum Early {
    /// Whoever interrupts twice does not want to wait.
    AtOnce,
    /// The scribe has ended before it was told to.
    Gone,
}

/// A run under way: the threads before and behind the one that asks.
struct Run {
    desk: Arc<Desk>,
    messages: Mail<Messages>,
    screen: Arc<Screen>,
    tally: Arc<Mutex<Tally>>,
    /// How reading ended, if it has.
    read: Arc<Mutex<Option<Result<(), String>>>>,
    /// Tells at once that the scribe cannot write.
    has_failed: mpsc::UnboundedReceiver<()>,
    is_over: oneshot::Receiver<Ended>,
    signals: Signals,
    ticks: Interval,
}

/// What is ready to be asked.
type Requests = Asked<(Key, PreparedRequest)>;

impl Run {
    /// Starts the threads.
    fn start(
        plan: &Plan,
        rows: Rows,
        journal: Journal,
        index: Index,
        names: Vec<String>,
        report: Option<Report>,
        signals: Signals,
    ) -> Result<(Self, Requests), Failure> {
        let (asks, requests) = queue::asks();
        let (failed, has_failed) = mpsc::unbounded_channel();
        let (over, is_over) = oneshot::channel();
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let run = Self {
            desk: Arc::new(Desk::new(index)),
            messages: Mail::new(GATHER),
            screen: Arc::new(Screen::new(plan.is_quiet)),
            tally: Arc::default(),
            read: Arc::default(),
            has_failed,
            is_over,
            signals,
            ticks,
        };
        let mut reader = Reader {
            rows,
            desk: run.desk.clone(),
            tally: run.tally.clone(),
            scribe: run.messages.clone(),
            asks,
        };
        let written = Mail::new(Duration::ZERO);
        let writer = Writer {
            screen: run.screen.clone(),
            desk: run.desk.clone(),
        };
        let answers = journal.reader();
        let scribe = Scribe {
            reader: answers.map_err(|error| Failure::usage(error.to_string()))?,
            earlier: journal.length(),
            journal,
            desk: run.desk.clone(),
            results: Results::new(plan.output.unwrap_or(Output::Table), names),
            writer: written.clone(),
            tally: run.tally.clone(),
            report,
            ordered: plan.is_ordered.then(Ordered::default),
        };
        let read = run.read.clone();
        spawn("reader", move || {
            // Before the reader is dropped, which tells that there is no more to ask.
            let ended = reader.run();
            *lock(&read) = Some(ended);
        })?;
        let (messages, writer_failed) = (run.messages.clone(), failed.clone());
        // Nobody listens any more where the run is over.
        let (is_written, when_written) = std::sync::mpsc::channel();
        spawn("writer", move || {
            let ended = writer.run(&written, || {
                let _ = writer_failed.send(());
            });
            let _ = is_written.send(ended);
        })?;
        spawn("scribe", move || {
            let mut ended = scribe.run(&messages, || {
                let _ = failed.send(());
            });
            if let Ok(Err(error)) = when_written.recv() {
                ended.fault.get_or_insert(Fault::Results(error));
            }
            let _ = over.send(ended);
        })?;
        Ok((run, requests))
    }

    /// Asks until there is nothing to ask any more, or the run is stopped.
    async fn ask(
        &mut self,
        plan: &Plan,
        mut answers: PrecheckStream<Key>,
        course: &mut Course,
        watch: &mut Watch<'_>,
    ) -> Result<(), Early> {
        loop {
            let stop = tokio::select! {
                answer = answers.next() => match answer {
                    None => return Ok(()),
                    Some((key, result)) => course.answered(key, result),
                },
                () = self.signals.next() => Some(Stop::Interrupted),
                // None comes where the scribe is gone.
                _ = self.has_failed.recv(), if !matches!(course.stop, Some(Stop::Fault)) => Some(Stop::Fault),
                _ = self.ticks.tick() => {
                    watch.look(course.stop.is_some());
                    None
                }
            };
            let Some(stop) = stop else {
                continue;
            };
            match (&stop, &course.stop) {
                (Stop::Interrupted, Some(Stop::Interrupted)) => return Err(Early::AtOnce),
                (Stop::Interrupted, _) => {
                    self.screen.clear();
                    say(
                        plan,
                        "Stopping: waiting for answers that are under way. Ctrl-C again does not wait.",
                    );
                    course.stop = Some(stop);
                }
                (Stop::Fault, _) | (_, None) => course.stop = Some(stop),
                (_, Some(_)) => {}
            }
            answers.cancel();
            self.desk.close();
        }
    }

    /// Waits, not for long, until all that was answered is in the journal.
    async fn settle(&self) {
        const LONGEST: Duration = Duration::from_secs(5);
        let (done, is_done) = oneshot::channel();
        self.messages
            .send(|messages| messages.add(Message::Settle(done)));
        // The scribe drops its end when it has, and where it is gone.
        let _ = tokio::time::timeout(LONGEST, is_done).await;
    }

    /// Waits until all that was answered is written.
    async fn end(&mut self, course: &mut Course, watch: &mut Watch<'_>) -> Result<Ended, Early> {
        self.messages.send(|messages| messages.add(Message::End));
        loop {
            tokio::select! {
                ended = &mut self.is_over => return ended.map_err(|_| Early::Gone),
                () = self.signals.next() => match course.stop {
                    Some(Stop::Interrupted) => return Err(Early::AtOnce),
                    _ => course.stop = Some(Stop::Interrupted),
                },
                _ = self.ticks.tick() => watch.look(course.stop.is_some()),
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn limits(plan: &Plan) -> BulkOptions {
    let mut limits = BulkOptions::new();
    if let Some(count) = plan.concurrency {
        limits = limits.concurrency(count.get());
    }
    if let Some(rate) = plan.rate {
        limits = limits.per_second(rate.per_second());
    }
    limits
}

/// Begins the report, if one is asked for.
fn begin_report(
    plan: &Plan,
    question: &Question,
    names: &[String],
    unit: &'static str,
) -> Result<Option<Report>, Failure> {
    let Some(path) = &plan.report else {
        return Ok(None);
    };
    let subject = report::Subject {
        of: question.of.clone(),
        input: plan.input_name(),
        asked: question.asked.clone(),
        on_behalf_of: question.on_behalf_of.clone(),
        names: names.to_vec(),
        unit,
    };
    let report = Report::new(path, subject);
    report
        .map(Some)
        .map_err(|error| report_failure(path, &error))
}

fn report_failure(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("--report {}: {error}", path.display()))
}

/// Opens the journal that the plan asks for.
fn journal(plan: &Plan, question: &Question) -> Result<(Journal, Found, Index), Failure> {
    let told = |error: io::Error| Failure::usage(format!("no file for the run: {error}"));
    // A row has some 50 bytes at least, and an answer in the journal more.
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.len());
    let rows = size(&plan.input) / 50;
    let Some(path) = plan.journal() else {
        let index = Index::new(&std::env::temp_dir(), rows).map_err(told)?;
        let journal = Journal::passing(question).map_err(told)?;
        return Ok((journal, Found::default(), index));
    };
    let named = |error: io::Error| {
        Failure::usage(format!(
            "the journal {}: {error}; --journal takes another place",
            path.display()
        ))
    };
    let mut index = Index::new(folder_of(&path), rows.max(size(&path) / 200)).map_err(named)?;
    let opened = Journal::open(&path, question, plan.earlier, &mut index);
    let (journal, found) = opened.map_err(Failure::usage)?;
    Ok((journal, found, index))
}

fn tell_found(journal: &Journal, found: &Found) {
    let Some(path) = journal.path() else {
        warn(
            "stdin has no journal: what is answered is lost if the run is interrupted; --journal FILE keeps it",
        );
        return;
    };
    if found.was_torn {
        warn(&format!(
            "the last line of the journal {} was cut off; it is mended",
            path.display()
        ));
    }
    if let Some(first) = found.first_damaged {
        warn(&format!(
            "the journal {}: damaged lines: {}, the first is line {first}; their rows are asked again",
            path.display(),
            found.damaged
        ));
    }
}
