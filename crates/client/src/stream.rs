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

use crate::call::{NO_RUNTIME, QueueTime};
use crate::cancellation::Cancellation;
use crate::client::Client;
use crate::clock::BoxFuture;
use crate::error::{Error, ErrorKind};
use crate::report::Report;
use crate::request::Precheck;

/// How many prechecks [`Client::precheck_many`] runs concurrently, and how fast it starts them.
///
/// The client-side rate limit applies as well: see [`RateStatus`](crate::RateStatus).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BulkOptions {
    concurrency: usize,
    per_second: Option<f64>,
}

impl Default for BulkOptions {
    fn default() -> Self {
        Self {
            concurrency: 16,
            per_second: None,
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

    /// Time from one start to the next.
    fn interval(&self) -> Option<Duration> {
        /// As good as forever, and does not overflow.
        const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);
        let interval = Duration::try_from_secs_f64(1.0 / self.per_second?);
        Some(interval.unwrap_or(YEAR).min(YEAR))
    }
}

impl Client {
    /// Runs a precheck for each row of a stream: a key of yours, and a request.
    ///
    /// Results arrive as they are ready, not in the order of the rows. The stream takes a row when
    /// `options` allow it to start, so memory holds hardly more rows than are in progress. Rows start when
    /// the stream is polled, and continue as tasks of the runtime; dropping the stream cancels them.
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
        let client = self.clone();
        let cancellation = Cancellation::default();
        let of_run = cancellation.clone();
        let row = move |(key, request): (K, R)| {
            let (client, of_run) = (client.clone(), of_run.clone());
            let precheck = async move { client.call(&request, QueueTime::Uncounted, of_run).await };
            Row::<K> {
                key,
                precheck: Box::pin(precheck),
            }
        };
        PrecheckStream {
            client: self.clone(),
            rows: Some(Box::pin(rows.map(row))),
            next: None,
            in_progress: JoinSet::new(),
            keys: HashMap::new(),
            options,
            earliest: None,
            pause: None,
            cancellation,
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

type RowResult<K> = (K, Result<Report, Error>);
type Rows<K> = Pin<Box<dyn Stream<Item = Row<K>> + Send>>;

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
pub struct PrecheckStream<K> {
    client: Client,
    /// None after the last row.
    rows: Option<Rows<K>>,
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
    cancellation: Cancellation,
}

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
        self.rows = None;
        self.cancellation.cancel();
    }

    /// Takes the next row, if there is one by now.
    fn take(&mut self, context: &mut Context<'_>) -> Option<Row<K>> {
        if self.next.is_some() {
            return self.next.take();
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

    /// Starts the rows that may start now. Returns a row that cannot start.
    fn fill(&mut self, context: &mut Context<'_>) -> Option<RowResult<K>> {
        if self.cancellation.is_cancelled() {
            let row = self.next.take()?;
            return Some((row.key, Err(Error::new(ErrorKind::Cancelled))));
        }
        while self.in_progress.len() < self.options.concurrency
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
                return Some((key, Err(Error::builder(NO_RUNTIME))));
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

impl<K: Send + 'static> Stream for PrecheckStream<K> {
    type Item = (K, Result<Report, Error>);

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
            Some(key) => Poll::Ready(Some((key, result))),
            // Each task has its key.
            None => Poll::Pending,
        }
    }
}

/// It never pins its fields in place.
impl<K> Unpin for PrecheckStream<K> {}

impl<K> fmt::Debug for PrecheckStream<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrecheckStream")
            .field("in_progress", &self.in_progress.len())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
