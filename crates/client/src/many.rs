//! Many prechecks at once.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::task::{Id, JoinSet};

use crate::ask::NO_RUNTIME;
use crate::client::Client;
use crate::clock::BoxFuture;
use crate::error::{Error, Kind};
use crate::report::Report;
use crate::request::Precheck;
use crate::stop::Stop;

/// How many prechecks [`Client::precheck_many`] has under way, and how fast it starts them.
///
/// The client's [`Pace`](crate::Pace) applies in any case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    concurrency: usize,
    per_second: Option<f64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 16,
            per_second: None,
        }
    }
}

impl Limits {
    /// The default: 16 at once, as fast as Webex allows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has this many under way at most. Default: 16. 0 is 1.
    #[must_use]
    pub fn concurrency(mut self, count: usize) -> Self {
        self.concurrency = count.max(1);
        self
    }

    /// Starts this many a second at most. Default: no limit. What is no positive number is no
    /// limit.
    #[must_use]
    pub fn per_second(mut self, count: f64) -> Self {
        self.per_second = Some(count).filter(|count| *count > 0.0 && count.is_finite());
        self
    }

    /// Time from one start to the next.
    fn interval(&self) -> Option<Duration> {
        /// As good as for ever, and far from the end of time.
        const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);
        let interval = Duration::try_from_secs_f64(1.0 / self.per_second?);
        Some(interval.unwrap_or(YEAR).min(YEAR))
    }
}

impl Client {
    /// Asks for each row of a stream: a key, by which you know the row again, and its request.
    ///
    /// Answers come as they are there, not in the order of the rows. A row is taken from the
    /// stream when there is room for it under the `limits`, so that hardly more rows are in memory
    /// than are under way. Rows start when the answers are polled, and go on as tasks of the
    /// runtime; dropping the answers cancels them.
    ///
    /// A row waits in the client's line, and for Webex where it limits, as long as it takes:
    /// [`Patience::total`](crate::Patience::total) counts the time of asking alone, and
    /// [`Patience::longest_wait`](crate::Patience::longest_wait) is what ends a run that Webex
    /// limits for too long.
    pub fn precheck_many<K, R, S>(&self, rows: S, limits: Limits) -> Answers<K>
    where
        K: Send + 'static,
        R: Precheck + 'static,
        S: Stream<Item = (K, R)> + Send + 'static,
    {
        let client = self.clone();
        let stop = Stop::default();
        let of_run = stop.clone();
        let row = move |(key, request): (K, R)| {
            let (client, stop) = (client.clone(), of_run.clone());
            let precheck = Box::pin(async move { client.precheck_in_run(&request, stop).await });
            Row { key, precheck } as Row<K>
        };
        Answers {
            client: self.clone(),
            rows: Some(Box::pin(rows.map(row))),
            next: None,
            under_way: JoinSet::new(),
            keys: HashMap::new(),
            limits,
            earliest: None,
            pause: None,
            stop,
        }
    }
}

/// A stream of rows from anything that can be iterated.
pub fn rows<I>(rows: I) -> impl Stream<Item = I::Item> + Send + 'static
where
    I: IntoIterator<IntoIter: Send + 'static>,
{
    futures_util::stream::iter(rows)
}

type Answer<K> = (K, Result<Report, Error>);
type Rows<K> = Pin<Box<dyn Stream<Item = Row<K>> + Send>>;

/// A row whose precheck has not begun.
struct Row<K> {
    key: K,
    precheck: BoxFuture<'static, Result<Report, Error>>,
}

/// The answers of [`Client::precheck_many`], in the order in which they come.
///
/// A `Stream` of the crate `futures-core`, for those who have its combinators at hand;
/// [`next`](Self::next) needs nothing.
#[must_use = "nothing is asked unless the answers are polled"]
pub struct Answers<K> {
    client: Client,
    /// None after the last row.
    rows: Option<Rows<K>>,
    /// The next row, where it may not start yet.
    next: Option<Row<K>>,
    /// Tasks, so that they go on while nobody asks for the next answer.
    under_way: JoinSet<Result<Report, Error>>,
    /// The keys of their rows.
    keys: HashMap<Id, K>,
    limits: Limits,
    /// When the next row may start, at the earliest.
    earliest: Option<Instant>,
    pause: Option<BoxFuture<'static, ()>>,
    stop: Stop,
}

impl<K: Send + 'static> Answers<K> {
    /// The next answer, with the key of its row; none after the last. A future that is dropped
    /// loses no answer.
    pub async fn next(&mut self) -> Option<(K, Result<Report, Error>)> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Stops asking: no further row is taken, and rows that wait, for their turn or for another
    /// attempt, end with an error that [`is_stopped`](Error::is_stopped). Rows whose request is
    /// under way get their answer. [`next`](Self::next) gives all of them, and then none.
    pub fn stop(&mut self) {
        self.rows = None;
        self.stop.stop();
    }

    /// Takes the next row, if there is one by now.
    fn take(&mut self, context: &mut Context<'_>) -> Option<Row<K>> {
        if self.next.is_some() {
            return self.next.take();
        }
        match self.rows.as_mut()?.as_mut().poll_next(context) {
            Poll::Pending => None,
            Poll::Ready(None) => {
                self.rows = None;
                None
            }
            Poll::Ready(row) => row,
        }
    }

    /// Starts what may start now, but for a row that cannot be asked for.
    fn fill(&mut self, context: &mut Context<'_>) -> Option<Answer<K>> {
        if self.stop.is_stopped() {
            let row = self.next.take()?;
            return Some((row.key, Err(Error::new(Kind::Stopped))));
        }
        while self.under_way.len() < self.limits.concurrency
            && let Some(row) = self.take(context)
        {
            if let Some(pause) = &mut self.pause {
                if pause.as_mut().poll(context).is_pending() {
                    self.next = Some(row);
                    return None;
                }
                self.pause = None;
            }
            let Row { key, precheck } = row;
            if Handle::try_current().is_err() {
                return Some((key, Err(Error::new(Kind::Builder(NO_RUNTIME)))));
            }
            let task = self.under_way.spawn(precheck);
            self.keys.insert(task.id(), key);
            self.space_out();
        }
        None
    }

    /// Sees to it that the next row does not start too soon.
    fn space_out(&mut self) {
        let Some(interval) = self.limits.interval() else {
            return;
        };
        let clock = &self.client.0.renewal.clock;
        let now = clock.now();
        // What is late is made up for by one interval at most.
        let late = now.checked_sub(interval).unwrap_or(now);
        let earliest = self.earliest.map_or(now, |earliest| earliest.max(late)) + interval;
        self.earliest = Some(earliest);
        self.pause = Some(clock.sleep(earliest.saturating_duration_since(now)));
    }
}

impl<K: Send + 'static> Stream for Answers<K> {
    type Item = (K, Result<Report, Error>);

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(answer) = this.fill(context) {
            return Poll::Ready(Some(answer));
        }
        let (task, result) = match this.under_way.poll_join_next_with_id(context) {
            Poll::Ready(Some(Ok((task, result)))) => (task, result),
            Poll::Ready(Some(Err(failed))) => {
                let task = failed.id();
                if let Ok(panic) = failed.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
                (task, Err(Error::new(Kind::Builder(RUNTIME_GONE))))
            }
            // Nothing is under way, but rows are still to come.
            Poll::Ready(None) if this.rows.is_some() || this.next.is_some() => {
                return Poll::Pending;
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => return Poll::Pending,
        };
        match this.keys.remove(&task) {
            Some(key) => Poll::Ready(Some((key, result))),
            // Each task has its key.
            None => Poll::Pending,
        }
    }
}

/// What became of a row whose task is no more.
const RUNTIME_GONE: &str = "the tokio runtime that asked for this row was shut down";

/// Nothing in it is ever pinned in place.
impl<K> Unpin for Answers<K> {}

impl<K> fmt::Debug for Answers<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers")
            .field("under_way", &self.under_way.len())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
