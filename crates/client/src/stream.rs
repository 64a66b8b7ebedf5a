//! Many prechecks at once.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::task::{Id, JoinSet};

use crate::call::{NO_RUNTIME, QueueTime, Run};
use crate::cancellation::Cancellation;
use crate::client::Client;
use crate::clock::{BoxFuture, Deadline};
use crate::error::{Cause, Error};
use crate::report::Report;
use crate::request::Precheck;

/// How many prechecks [`Client::precheck_many`] runs concurrently, and how fast it starts them.
///
/// The client-side rate limit applies as well: see [`RateStatus`](crate::RateStatus).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BulkOptions {
    concurrency: usize,
    per_second: Option<f64>,
    total_timeout: Duration,
}

impl Default for BulkOptions {
    fn default() -> Self {
        Self {
            concurrency: 16,
            per_second: None,
            total_timeout: Duration::MAX,
        }
    }
}

impl BulkOptions {
    /// The default: 16 concurrent prechecks, as fast as Webex allows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Maximum number of concurrent prechecks. Default: 16. 0 means 1.
    #[must_use]
    pub fn concurrency(mut self, count: usize) -> Self {
        self.concurrency = count.max(1);
        self
    }

    /// Maximum number of prechecks started per second. Default: no maximum. Anything but a positive
    /// number means no maximum.
    #[must_use]
    pub fn per_second(mut self, count: f64) -> Self {
        self.per_second = Some(count).filter(|count| *count > 0.0 && count.is_finite());
        self
    }

    /// Deadline of the run: rows in progress end with a timeout, and no more rows are taken from the
    /// stream. Rows left in it have no result. Default: no deadline (`Duration::MAX`).
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Time from one start to the next.
    fn interval(&self) -> Option<Duration> {
        /// As good as forever, and does not overflow.
        const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);
        let interval = Duration::try_from_secs_f64(1.0 / self.per_second?);
        Some(interval.unwrap_or(YEAR).min(YEAR))
    }
}

impl Client {
    /// Runs a precheck for each row of a stream: a key of yours, and a request. For a mix of operations,
    /// the requests are [`AnyPrecheck`](crate::AnyPrecheck)s or `Box<dyn Precheck>`s. The key may be
    /// anything that you want beside the result, a clone of the request included.
    ///
    /// Results arrive as they are ready, not in the order of the rows. The stream takes a row when
    /// `options` allow it to start, so memory holds hardly more rows than are in progress. Rows start when
    /// the stream is polled, and continue as tasks of the runtime, without the task-locals of the caller;
    /// dropping the stream cancels them.
    ///
    /// A row waits in the queue of the client-side rate limit, and while Webex limits the rate, as
    /// long as it takes: [`RetryPolicy::total_timeout`](crate::RetryPolicy::total_timeout) does not
    /// count that time, and [`RetryPolicy::max_delay`](crate::RetryPolicy::max_delay) ends a run
    /// that Webex limits for too long.
    pub fn precheck_many<K, R, S>(&self, rows: S, options: BulkOptions) -> PrecheckStream<K>
    where
        K: Send + 'static,
        R: Precheck + 'static,
        S: Stream<Item = (K, R)> + Send + 'static,
    {
        PrecheckStream(self.try_precheck_many(rows.map(Ok), options))
    }

    /// As [`precheck_many`](Self::precheck_many), of rows that may fail, as those of a file or a database
    /// do. An error is returned in its place, and the next rows follow.
    pub fn try_precheck_many<K, R, E, S>(
        &self,
        rows: S,
        options: BulkOptions,
    ) -> TryPrecheckStream<K, E>
    where
        K: Send + 'static,
        R: Precheck + 'static,
        S: Stream<Item = Result<(K, R), E>> + Send + 'static,
    {
        let client = self.clone();
        let run = Run {
            queue_time: QueueTime::Uncounted,
            cancellation: Cancellation::default(),
            deadline: Deadline::after(&*self.0.http.clock, options.total_timeout),
        };
        let of_row = run.clone();
        let row = move |row: Result<(K, R), E>| {
            let (client, run) = (client.clone(), of_row.clone());
            row.map(|(key, request)| Row::<K> {
                key,
                precheck: Box::pin(async move { client.call(&request, run).await }),
            })
        };
        TryPrecheckStream {
            client: self.clone(),
            rows: Some(Box::pin(rows.map(row))),
            next: None,
            in_progress: JoinSet::new(),
            keys: HashMap::new(),
            options,
            earliest: None,
            pause: None,
            end: None,
            run,
        }
    }
}

/// A stream of rows from an iterator.
pub fn rows<I>(rows: I) -> impl Stream<Item = I::Item> + Send + 'static
where
    I: IntoIterator<IntoIter: Send + 'static>,
{
    futures_util::stream::iter(rows)
}

/// A result, with the key of its row.
type Keyed<K> = (K, Result<Report, Error>);
type Rows<K, E> = Pin<Box<dyn Stream<Item = Result<Row<K>, E>> + Send>>;

/// A row whose precheck has not started.
struct Row<K> {
    key: K,
    precheck: BoxFuture<'static, Result<Report, Error>>,
}

/// The results of [`Client::precheck_many`], in the order in which they arrive.
///
/// A `Stream` of the crate `futures-core`, for programs that use its combinators;
/// [`next`](Self::next) works without them.
#[must_use = "streams do nothing unless polled"]
pub struct PrecheckStream<K>(TryPrecheckStream<K, Infallible>);

impl<K: Send + 'static> PrecheckStream<K> {
    /// The next result, with the key of its row; none after the last. Cancel safe: a future that is
    /// dropped loses no result.
    pub async fn next(&mut self) -> Option<(K, Result<Report, Error>)> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Takes no further rows. Rows that wait, for a permit of the rate limiter or for a retry, end
    /// with an error that [`is_cancelled`](Error::is_cancelled); requests in flight are completed.
    /// [`next`](Self::next) returns all of them, and then none.
    pub fn cancel(&mut self) {
        self.0.cancel();
    }
}

impl<K: Send + 'static> Stream for PrecheckStream<K> {
    type Item = (K, Result<Report, Error>);

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = Pin::new(&mut self.get_mut().0).poll_next(context);
        item.map(|item| item.map(|Ok(result)| result))
    }
}

impl<K> fmt::Debug for PrecheckStream<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug("PrecheckStream", f)
    }
}

/// The results of [`Client::try_precheck_many`]; see [`PrecheckStream`].
#[must_use = "streams do nothing unless polled"]
pub struct TryPrecheckStream<K, E> {
    client: Client,
    /// None after the last row.
    rows: Option<Rows<K, E>>,
    /// The next row, if it may not start yet.
    next: Option<Row<K>>,
    /// Tasks, so that they continue while nobody polls the stream.
    in_progress: JoinSet<Result<Report, Error>>,
    /// The keys of their rows.
    keys: HashMap<Id, K>,
    options: BulkOptions,
    /// Earliest start of the next row.
    earliest: Option<Instant>,
    pause: Option<BoxFuture<'static, ()>>,
    /// Ends with the deadline of the run.
    end: Option<BoxFuture<'static, ()>>,
    run: Run,
}

impl<K: Send + 'static, E> TryPrecheckStream<K, E> {
    /// The next result, with the key of its row, or the error of a row; none after the last. Cancel safe:
    /// a future that is dropped loses no result.
    pub async fn next(&mut self) -> Option<Result<(K, Result<Report, Error>), E>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// See [`PrecheckStream::cancel`].
    pub fn cancel(&mut self) {
        self.rows = None;
        self.run.cancellation.cancel();
    }

    /// Takes the next row, if there is one by now.
    fn take(&mut self, context: &mut Context<'_>) -> Option<Result<Row<K>, E>> {
        if let Some(row) = self.next.take() {
            return Some(Ok(row));
        }
        match self.rows.as_mut()?.as_mut().poll_next(context) {
            Poll::Pending => None,
            Poll::Ready(row) => {
                if row.is_none() {
                    self.rows = None;
                }
                row
            }
        }
    }

    /// Why no further row may start.
    fn stopped(&mut self, context: &mut Context<'_>) -> Option<Cause> {
        if self.run.cancellation.is_cancelled() {
            return Some(Cause::Cancelled);
        }
        let clock = &self.client.0.http.clock;
        if self.options.total_timeout == Duration::MAX {
            return None;
        }
        let left = self.run.deadline.left(&**clock);
        let end = self
            .end
            .get_or_insert_with(|| clock.sleep(left.unwrap_or_default()));
        // Not after it has ended.
        if left.is_some() && end.as_mut().poll(context).is_pending() {
            return None;
        }
        self.rows = None;
        Some(Cause::Timeout)
    }

    /// Starts the rows that may start now. Returns a row that cannot start.
    fn fill(&mut self, context: &mut Context<'_>) -> Option<Result<Keyed<K>, E>> {
        if Handle::try_current().is_ok()
            && let Some(cause) = self.stopped(context)
        {
            let row = self.next.take()?;
            return Some(Ok((row.key, Err(Error::new(cause)))));
        }
        while self.in_progress.len() < self.options.concurrency
            && let Some(row) = self.take(context)
        {
            let row = match row {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            if let Some(pause) = &mut self.pause {
                if pause.as_mut().poll(context).is_pending() {
                    self.next = Some(row);
                    return None;
                }
                self.pause = None;
            }
            let Row { key, precheck } = row;
            if Handle::try_current().is_err() {
                return Some(Ok((key, Err(Error::builder(NO_RUNTIME)))));
            }
            let task = self.in_progress.spawn(precheck);
            self.keys.insert(task.id(), key);
            self.schedule_next();
        }
        None
    }

    /// Delays the next row as the options ask for.
    fn schedule_next(&mut self) {
        let Some(interval) = self.options.interval() else {
            return;
        };
        let clock = &self.client.0.http.clock;
        let now = clock.now();
        // A delay is caught up on by one interval at most.
        let late = now.checked_sub(interval).unwrap_or(now);
        let earliest = self.earliest.map_or(now, |earliest| earliest.max(late)) + interval;
        self.earliest = Some(earliest);
        self.pause = Some(clock.sleep(earliest.saturating_duration_since(now)));
    }
}

impl<K: Send + 'static, E> Stream for TryPrecheckStream<K, E> {
    type Item = Result<(K, Result<Report, Error>), E>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(result) = this.fill(context) {
            return Poll::Ready(Some(result));
        }
        let (task, result) = match this.in_progress.poll_join_next_with_id(context) {
            Poll::Ready(Some(Ok(done))) => done,
            Poll::Ready(Some(Err(failed))) => {
                let task = failed.id();
                if let Ok(panic) = failed.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
                let error = Error::builder("the tokio runtime of this row was shut down");
                (task, Err(error))
            }
            Poll::Ready(None) if this.rows.is_none() && this.next.is_none() => {
                return Poll::Ready(None);
            }
            // Nothing is in progress, but there are more rows.
            Poll::Ready(None) | Poll::Pending => return Poll::Pending,
        };
        match this.keys.remove(&task) {
            Some(key) => Poll::Ready(Some(Ok((key, result)))),
            // Each task has its key.
            None => Poll::Pending,
        }
    }
}

/// It never pins its fields in place.
impl<K, E> Unpin for TryPrecheckStream<K, E> {}

impl<K, E> fmt::Debug for TryPrecheckStream<K, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.debug("TryPrecheckStream", f)
    }
}

impl<K, E> TryPrecheckStream<K, E> {
    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("in_progress", &self.in_progress.len())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
