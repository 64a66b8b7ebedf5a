//! Many prechecks at once.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::stream::{FuturesUnordered, StreamExt as _};

use crate::client::Client;
use crate::clock::BoxFuture;
use crate::error::Error;
use crate::report::Report;
use crate::request::Precheck;

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
    /// stream when there is room for it under the `limits`, so that no more rows are in memory
    /// than are under way. Nothing happens unless the answers are polled; dropping them cancels
    /// what is under way.
    pub fn precheck_many<K, R, S>(&self, rows: S, limits: Limits) -> Answers<K>
    where
        K: Send + 'static,
        R: Precheck + 'static,
        S: Stream<Item = (K, R)> + Send + 'static,
    {
        let client = self.clone();
        let start =
            move |(key, request): (K, R)| -> BoxFuture<'static, (K, Result<Report, Error>)> {
                let client = client.clone();
                Box::pin(async move {
                    let result = client.precheck(&request).await;
                    (key, result)
                })
            };
        Answers {
            client: self.clone(),
            rows: Some(Box::pin(rows.map(start))),
            under_way: FuturesUnordered::new(),
            limits,
            next: None,
            pause: None,
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

type Asked<K> = BoxFuture<'static, (K, Result<Report, Error>)>;

/// The answers of [`Client::precheck_many`], in the order in which they come.
///
/// A `Stream` of the crate `futures-core`, for those who have its combinators at hand;
/// [`next`](Self::next) needs nothing.
#[must_use = "nothing is asked unless the answers are polled"]
pub struct Answers<K> {
    client: Client,
    /// None after the last row.
    rows: Option<Pin<Box<dyn Stream<Item = Asked<K>> + Send>>>,
    under_way: FuturesUnordered<Asked<K>>,
    limits: Limits,
    /// When the next row may start.
    next: Option<Instant>,
    pause: Option<BoxFuture<'static, ()>>,
}

impl<K> Answers<K> {
    /// The next answer, with the key of its row; none after the last. A future that is dropped
    /// loses no answer.
    pub async fn next(&mut self) -> Option<(K, Result<Report, Error>)> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Starts what may start now.
    fn fill(&mut self, context: &mut Context<'_>) {
        let clock = &self.client.0.renewal.clock;
        while self.under_way.len() < self.limits.concurrency
            && let Some(rows) = &mut self.rows
        {
            if let Some(pause) = &mut self.pause {
                if pause.as_mut().poll(context).is_pending() {
                    return;
                }
                self.pause = None;
            }
            match rows.as_mut().poll_next(context) {
                Poll::Pending => return,
                Poll::Ready(None) => self.rows = None,
                Poll::Ready(Some(row)) => {
                    self.under_way.push(row);
                    if let Some(interval) = self.limits.interval() {
                        let now = clock.now();
                        // What is late is made up for by one interval at most.
                        let earliest = now.checked_sub(interval).unwrap_or(now);
                        let next = self.next.map_or(now, |next| next.max(earliest)) + interval;
                        self.next = Some(next);
                        self.pause = Some(clock.sleep(next.saturating_duration_since(now)));
                    }
                }
            }
        }
    }
}

impl<K> Stream for Answers<K> {
    type Item = (K, Result<Report, Error>);

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.fill(context);
        match Pin::new(&mut this.under_way).poll_next(context) {
            // Empty for now, if rows are still to come.
            Poll::Ready(None) if this.rows.is_some() => Poll::Pending,
            other => other,
        }
    }
}

impl<K> fmt::Debug for Answers<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers")
            .field("under_way", &self.under_way.len())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
