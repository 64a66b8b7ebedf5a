//! A blocking client, for programs without an async runtime.
//!
//! It runs [the asynchronous client](crate::Client) on a runtime of its own, with one thread. Its
//! methods block the calling thread: asynchronous code must call them in
//! `tokio::task::spawn_blocking`, or better use the asynchronous client.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::runtime::{Builder, Runtime};
use webex_precheck_api::Operation;

use crate::client;
use crate::error::Error;
use crate::rate_limiter::RateStatus;
use crate::report::Report;
use crate::request::Precheck;
use crate::stream::{self, BulkOptions, PrecheckStream};

/// A client that blocks until there is an answer. Cheap to clone; many threads may use it at
/// once.
#[derive(Clone, Debug)]
pub struct Client {
    client: client::Client,
    runtime: Arc<OwnRuntime>,
}

#[derive(Debug)]
struct OwnRuntime(Option<Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        // Inside another runtime, waiting for the thread would panic.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// A blocking client with the configuration of this one.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be started.
    pub fn new(client: client::Client) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("webex-precheck")
            .enable_all()
            .build()
            .map_err(|error| Error::builder("the runtime cannot be started").because(error))?;
        Ok(Self {
            client,
            runtime: Arc::new(OwnRuntime(Some(runtime))),
        })
    }

    /// See [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    ///
    /// As there, and as [`Client::new`].
    pub fn from_env() -> Result<Self, Error> {
        Self::new(client::Client::from_env()?)
    }

    /// See [`Client::precheck`](crate::Client::precheck).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn precheck<R: Precheck + ?Sized>(&self, request: &R) -> Result<Report, Error> {
        self.block_on(self.client.precheck(request))
    }

    /// See [`Client::precheck_many`](crate::Client::precheck_many). Rows start when the next
    /// result is taken, and continue in the background.
    pub fn precheck_many<K, R, I>(&self, rows: I, options: BulkOptions) -> PrecheckIter<K>
    where
        K: Send + 'static,
        R: Precheck + 'static,
        I: IntoIterator<Item = (K, R), IntoIter: Send + 'static>,
    {
        PrecheckIter {
            stream: self.client.precheck_many(stream::rows(rows), options),
            client: self.clone(),
        }
    }

    /// See [`Client::rate_status`](crate::Client::rate_status).
    pub fn rate_status(&self, operation: &Operation) -> RateStatus {
        self.client.rate_status(operation)
    }

    /// Waits for `work` on this thread, while the runtime's thread does the I/O. Unlike tokio's
    /// `block_on`, it does not panic inside another runtime.
    fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        let _context = self.runtime.0.as_ref().map(Runtime::enter);
        let mut work = std::pin::pin!(work);
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
                return done;
            }
            thread::park();
        }
    }
}

/// Wakes a thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The results of [`Client::precheck_many`], in the order in which they arrive.
#[derive(Debug)]
#[must_use = "iterators are lazy"]
pub struct PrecheckIter<K> {
    stream: PrecheckStream<K>,
    client: Client,
}

impl<K: Send + 'static> PrecheckIter<K> {
    /// See [`PrecheckStream::cancel`](crate::PrecheckStream::cancel).
    pub fn cancel(&mut self) {
        self.stream.cancel();
    }
}

impl<K: Send + 'static> Iterator for PrecheckIter<K> {
    type Item = (K, Result<Report, Error>);

    fn next(&mut self) -> Option<Self::Item> {
        let Self { stream, client } = self;
        client.block_on(stream.next())
    }
}
