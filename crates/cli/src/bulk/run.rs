//! A run: rows in, answers on disk, results out.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use webex_precheck::{Error, Limits, Report as Answered};

use crate::connect::{self, Connection};
use crate::outcome::{Exit, Failure, printable, warn};
use crate::profile::Output;
use crate::signals::Signals;

use super::desk::Desk;
use super::index::Index;
use super::input::Input;
use super::journal::{Found, Journal, Question};
use super::plan::Plan;
use super::progress::{Now, Progress};
use super::queue::{self, Mail};
use super::read::Reader;
use super::report::{self, Report};
use super::results::Results;
use super::rows::Key;
use super::screen::{self, Screen};
use super::scribe::{Ended, Fault, Message, Ordered, Scribe};
use super::subject::Subject;
use super::tally::Tally;

/// How often progress is looked at.
const TICK: Duration = Duration::from_millis(200);
/// How often it is told in a line of its own.
const LINES: Duration = Duration::from_secs(10);
/// Waits that the report tells apart.
const MOST_WAITS: usize = 500;

/// Why a run ends before all rows have a result.
enum Stop {
    Interrupted,
    /// Webex does not accept the token, or the client cannot ask.
    Refused(Box<Error>),
    /// So many rows in a row have failed.
    Failing(u32),
    /// The journal or the results cannot be written.
    Fault,
}

/// Runs, and says how it went.
pub(crate) async fn run<S: Subject>(plan: &Plan) -> Result<Exit, Failure> {
    let rows = plan.rows::<S>()?;
    let unit = rows.unit();
    let mut signals =
        Signals::new().map_err(|error| Failure::usage(format!("signals: {error}")))?;
    let connection = plan.destination.connect().await?;
    let question = Question {
        of: S::NAME.to_owned(),
        asked: plan.destination.name(),
        on_behalf_of: plan.destination.on_behalf_of().map(str::to_owned),
    };
    let (journal, found, index) = journal(plan, &question)?;
    tell_found(&journal, &found);
    let names: Vec<String> = S::KEYS
        .iter()
        .map(|key| (*key).to_owned())
        .chain(plan.mapping.keep.iter().cloned())
        .collect();
    let report = match &plan.report {
        None => None,
        Some(path) => {
            let subject = report::Subject {
                of: question.of.clone(),
                input: plan.input_name(),
                asked: question.asked.clone(),
                on_behalf_of: question.on_behalf_of.clone(),
                names: names.clone(),
                unit,
            };
            let report = Report::new(path, subject);
            Some(report.map_err(|error| report_failure(path, &error))?)
        }
    };
    let screen = Arc::new(Screen::new(plan.is_quiet));
    let tally = Arc::new(Mutex::new(Tally::default()));
    let desk = Arc::new(Desk::new(index));
    let total = match screen.progress() {
        screen::Progress::None => Arc::default(),
        screen::Progress::Line | screen::Progress::Lines => count_rows(plan),
    };

    let messages = Mail::new();
    let (asks, requests) = queue::asks();
    let (failed, mut has_failed) = mpsc::unbounded_channel();
    let (over, mut is_over) = oneshot::channel();
    let reader = Reader {
        rows,
        desk: desk.clone(),
        tally: tally.clone(),
        scribe: messages.clone(),
        asks,
    };
    let unread = Arc::new(Mutex::new(None));
    let unread_by_reader = unread.clone();
    spawn("reader", move || {
        if let Err(error) = reader.run() {
            *unread_by_reader
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    })?;
    let path = journal.path().map(Path::to_owned);
    let journal_reader = journal
        .reader()
        .map_err(|error| Failure::usage(error.to_string()))?;
    let scribe = Scribe {
        reader: journal_reader,
        earlier: journal.length(),
        journal,
        desk: desk.clone(),
        results: Results::new(plan.output.unwrap_or(Output::Table), names),
        screen: screen.clone(),
        tally: tally.clone(),
        report,
        ordered: plan.is_ordered.then(Ordered::default),
    };
    let received = messages.clone();
    spawn("scribe", move || {
        let ended = scribe.run(&received, || {
            let _ = failed.send(());
        });
        let _ = over.send(ended);
    })?;

    let mut limits = Limits::new();
    if let Some(count) = plan.concurrency {
        limits = limits.concurrency(count.get());
    }
    if let Some(rate) = plan.rate {
        limits = limits.per_second(rate.per_second());
    }
    let mut answers = connection.client.precheck_many(requests, limits);
    let mut course = Course::new(plan, messages.clone());
    let start = Instant::now();
    let mut watch = Watch::<S> {
        screen: &screen,
        tally: &tally,
        total: &total,
        connection: &connection,
        progress: Progress::new(start),
        start,
        told: start,
        waits: Vec::new(),
        subject: std::marker::PhantomData,
    };
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let stop = tokio::select! {
            answer = answers.next() => match answer {
                None => break,
                Some((key, result)) => course.answered(key, result),
            },
            () = signals.next() => Some(Stop::Interrupted),
            Some(()) = has_failed.recv() => Some(Stop::Fault),
            _ = ticks.tick() => {
                watch.look(course.stop.is_some());
                None
            }
        };
        let Some(stop) = stop else {
            continue;
        };
        if matches!(
            (&stop, &course.stop),
            (Stop::Interrupted, Some(Stop::Interrupted))
        ) {
            screen.clear();
            return Err(Failure::new(
                Exit::Interrupted,
                interrupted_at_once(path.as_deref()),
            ));
        }
        if course.stop.is_none() || matches!(stop, Stop::Interrupted) {
            if matches!(stop, Stop::Interrupted) {
                screen.clear();
                say(
                    plan,
                    "Stopping: waiting for answers that are under way. Ctrl-C again does not wait.",
                );
            }
            course.stop = Some(stop);
        }
        answers.stop();
        desk.close();
    }
    messages.send(Message::End);
    let ended: Ended = loop {
        tokio::select! {
            ended = &mut is_over => match ended {
                Ok(ended) => break ended,
                Err(_) => return Err(Failure::usage("the thread that writes results is gone")),
            },
            () = signals.next() => {
                screen.clear();
                return Err(Failure::new(Exit::Interrupted, interrupted_at_once(path.as_deref())));
            }
            _ = ticks.tick() => watch.look(course.stop.is_some()),
        }
    };
    let waits = watch.waits;
    screen.clear();
    let unread = unread.lock().unwrap_or_else(PoisonError::into_inner).take();
    let tally = *tally.lock().unwrap_or_else(PoisonError::into_inner);
    let end = End {
        plan,
        tally,
        unread,
        stop: course.stop,
        fault: ended.fault,
        journal: path,
        connection: &connection,
        unit,
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

fn report_failure(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("--report {}: {error}", path.display()))
}

fn interrupted_at_once(journal: Option<&Path>) -> String {
    match journal {
        Some(_) => "interrupted; what was answered is in the journal: --resume goes on from there",
        None => "interrupted",
    }
    .to_owned()
}

/// Starts a thread that gives way to the one that asks.
fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(|| {
        give_way();
        work();
    });
    let told = |error: io::Error| Failure::usage(format!("no thread can be started: {error}"));
    thread.map(drop).map_err(told)
}

/// Lets other threads go first where there are not enough processors: what is asked takes longest.
#[cfg(target_os = "linux")]
fn give_way() {
    // Where it is not allowed, it is only slower.
    let _ = rustix::process::nice(10);
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

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
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder: PathBuf = folder.unwrap_or(Path::new(".")).to_owned();
    let named = |error: io::Error| {
        Failure::usage(format!(
            "the journal {}: {error}; --journal takes another place",
            path.display()
        ))
    };
    let mut index = Index::new(&folder, rows.max(size(&path) / 200)).map_err(named)?;
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
    if let Some(first) = found.damaged.first() {
        warn(&format!(
            "the journal {} has {} damaged lines, the first is line {first}; their rows are asked again",
            path.display(),
            found.damaged.len()
        ));
    }
}

/// Counts the rows of a file in a thread of its own. 0 is not known.
fn count_rows(plan: &Plan) -> Arc<AtomicU64> {
    let total = Arc::new(AtomicU64::new(0));
    let is_file = std::fs::metadata(&plan.input).is_ok_and(|data| data.is_file());
    if !is_file {
        return total;
    }
    let (input, dialect, counted) = (plan.input.clone(), plan.dialect.clone(), total.clone());
    // Without it there is no time left to tell, and nothing else is lost.
    let _ = spawn("counter", move || {
        let Ok(mut input) = Input::open(&input, &dialect) else {
            return;
        };
        let mut rows = 0;
        while let Ok(Some(_)) = input.next() {
            rows += 1;
        }
        counted.store(rows, Ordering::Relaxed);
    });
    total
}

/// What answers mean for the run.
struct Course {
    messages: Mail<Message>,
    stop: Option<Stop>,
    has_verdict: bool,
    failures_in_a_row: u32,
    most_failures: u32,
}

impl Course {
    fn new(plan: &Plan, messages: Mail<Message>) -> Self {
        Self {
            messages,
            stop: None,
            has_verdict: false,
            failures_in_a_row: 0,
            most_failures: plan.stop_after,
        }
    }

    /// Hands an answer to the scribe, unless it is not one of the row but one of the run.
    fn answered(&mut self, key: Key, result: Result<Answered, Error>) -> Option<Stop> {
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

/// Looks at the run from time to time, and tells how far it is.
struct Watch<'a, S> {
    screen: &'a Screen,
    tally: &'a Mutex<Tally>,
    total: &'a AtomicU64,
    connection: &'a Connection,
    progress: Progress,
    start: Instant,
    told: Instant,
    waits: Vec<(Duration, Duration)>,
    subject: std::marker::PhantomData<S>,
}

impl<S: Subject> Watch<'_, S> {
    fn look(&mut self, is_stopping: bool) {
        let now = Instant::now();
        let pause = self.connection.client.pace::<S>().pause;
        let since = now.saturating_duration_since(self.start);
        if pause.is_some() {
            let begun = since.saturating_sub(TICK);
            let count = self.waits.len();
            match self.waits.last_mut() {
                Some((_, end)) if *end + TICK >= begun => *end = since,
                _ if count < MOST_WAITS => self.waits.push((begun, since)),
                _ => {}
            }
        }
        let is_due = match self.screen.progress() {
            screen::Progress::None => return,
            screen::Progress::Line => true,
            screen::Progress::Lines => now.saturating_duration_since(self.told) >= LINES,
        };
        if !is_due {
            return;
        }
        self.told = now;
        let now_is = Now {
            tally: *self.tally.lock().unwrap_or_else(PoisonError::into_inner),
            total: Some(self.total.load(Ordering::Relaxed)).filter(|total| *total > 0),
            pause,
            is_stopping,
        };
        let width = match self.screen.progress() {
            screen::Progress::Line => terminal_size::terminal_size_of(io::stderr())
                .map_or(80, |(width, _)| width.0.into()),
            _ => usize::MAX,
        };
        let line = self.progress.line(&now_is, now, Timestamp::now(), width);
        self.screen.show(&line);
    }
}

fn rows_look(count: u64) -> String {
    match count {
        1 => "1 row looks".to_owned(),
        count => format!("{count} rows look"),
    }
}

fn say(plan: &Plan, message: &str) {
    if !plan.is_quiet {
        let _ = writeln!(io::stderr(), "{}", printable(message));
    }
}

/// How a run ended.
struct End<'a> {
    plan: &'a Plan,
    tally: Tally,
    /// Why the input could not be read to its end.
    unread: Option<String>,
    stop: Option<Stop>,
    fault: Option<Fault>,
    journal: Option<PathBuf>,
    connection: &'a Connection,
    unit: &'static str,
}

impl End<'_> {
    /// Why not all rows have a result, if they have not.
    fn stopped(&self) -> Option<String> {
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
    fn summary(&self) {
        let Tally {
            likely,
            unlikely,
            failed,
            refused,
            asked,
            duplicates,
            earlier,
            odd,
        } = self.tally;
        let rows = self.tally.done();
        let mut text = format!(
            "{rows} rows: {likely} likely, {unlikely} unlikely, {failed} failed, {refused} refused\n\
             {asked} asked, {duplicates} with the answer of another row, {earlier} from the journal"
        );
        if odd > 0 {
            let _ = write!(text, "\n{} odd; --dry-run tells why", rows_look(odd));
        }
        if let Some(path) = &self.journal {
            let _ = write!(text, "\nJournal: {}", path.display());
        }
        if failed > 0 && self.journal.is_some() && self.stop.is_none() {
            let _ = write!(text, "; --retry-failed asks again for what failed");
        }
        say(self.plan, &text);
    }

    fn exit(self) -> Result<Exit, Failure> {
        let go_on = match self.journal.is_some() {
            true => "; --resume goes on from there",
            false => "",
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
                let failure = connect::told(*error, &self.connection.asked);
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
                "{}: it cannot be read to its end: {error}\n  Every {} before has its result.",
                self.plan.input_name(),
                self.unit
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
