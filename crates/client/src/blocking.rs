//! The same without `async`, for programs that have no runtime.
//!
//! A client has a runtime of its own, with one thread that waits for the network, and asks over
//! the same core as [the asynchronous one](crate::Client). Its methods block the thread that calls
//! them: asynchronous code calls them by `tokio::task::spawn_blocking`, or better uses the
//! asynchronous client.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::runtime::{Builder, Runtime};
use webex_precheck_api::Operation;

use crate::error::{Error, Kind};
use crate::many::{self, Limits};
use crate::pace::Pace;
use crate::report::Report;
use crate::request::Precheck;

/// Asks Webex, and blocks until there is an answer. Cheap to clone; may be used from many threads
/// at once.
#[derive(Clone, Debug)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<OwnRuntime>,
}

#[derive(Debug)]
struct OwnRuntime(Option<Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        // Waiting for its thread is not allowed where other runtimes are at work.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// A blocking client that asks as this one does.
    ///
    /// # Errors
    ///
    /// If the system gives no thread or no means to wait for the network.
    pub fn new(client: crate::Client) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("webex-precheck")
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(Kind::Builder("no runtime can be started")).because(error)
            })?;
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
        Self::new(crate::Client::from_env()?)
    }

    /// See [`Client::precheck`](crate::Client::precheck).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn precheck<R: Precheck + ?Sized>(&self, request: &R) -> Result<Report, Error> {
        self.block_on(self.client.precheck(request))
    }

    /// See [`Client::precheck_many`](crate::Client::precheck_many). Rows start when the next answer
    /// is asked for, and go on meanwhile.
    pub fn precheck_many<K, R, I>(&self, rows: I, limits: Limits) -> Answers<K>
    where
        K: Send + 'static,
        R: Precheck + 'static,
        I: IntoIterator<Item = (K, R), IntoIter: Send + 'static>,
    {
        Answers {
            answers: self.client.precheck_many(many::rows(rows), limits),
            client: self.clone(),
        }
    }

    /// See [`Client::pace`](crate::Client::pace).
    pub fn pace(&self, operation: &Operation) -> Pace {
        self.client.pace(operation)
    }

    /// Waits for `work` on this thread, while the runtime's thread serves the network. Unlike
    /// tokio's own, it may be called wherever a thread may block.
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

/// The answers of [`Client::precheck_many`], in the order in which they come.
#[derive(Debug)]
#[must_use = "nothing is asked unless the answers are taken"]
pub struct Answers<K> {
    answers: many::Answers<K>,
    client: Client,
}

impl<K: Send + 'static> Answers<K> {
    /// See [`Answers::stop`](crate::Answers::stop).
    pub fn stop(&mut self) {
        self.answers.stop();
    }
}

impl<K: Send + 'static> Iterator for Answers<K> {
    type Item = (K, Result<Report, Error>);

    fn next(&mut self) -> Option<Self::Item> {
        let Self { answers, client } = self;
        client.block_on(answers.next())
    }
}
