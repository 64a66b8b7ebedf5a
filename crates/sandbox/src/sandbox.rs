//! A running sandbox, and how it is configured.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use crate::admin::MAX_LISTS;
use crate::answer::{Answer, Sleep};
use crate::body::BodyReader;
use crate::flaky::Flaky;
use crate::limits::{Limit, RateLimits};
use crate::log::Log;
use crate::logged_request::LoggedRequest;
use crate::scenario::Scenario;
use crate::scenario::script::Script;
use crate::server;
use crate::state::{self, Now, ServerState};
use crate::sync::lock;
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::tokens::{DEFAULT_TOKEN, Grant, Tokens};

/// A running sandbox. It stops when dropped.
///
/// # Panics
///
/// When it is dropped and expectations of its [`Scenario`] are unmet, unless the thread is already
/// panicking. [`Sandbox::stop`] returns an error instead.
#[must_use = "it stops when dropped"]
pub struct Sandbox {
    address: SocketAddr,
    token: String,
    state: Arc<ServerState>,
    /// The server stops when it is dropped.
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

/// The configuration of a sandbox.
#[must_use]
pub struct Builder {
    host: IpAddr,
    port: u16,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    tokens: Vec<String>,
    limits: Vec<Limit>,
    grant: Grant,
    scenario: Scenario,
    flaky: Option<Flaky>,
    read_timeout: Duration,
    max_connections: usize,
    log_capacity: usize,
    now: Now,
    sleep: Sleep,
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// If no port can be bound. Must be called within a tokio runtime that has I/O and time enabled.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// The default configuration.
    pub fn builder() -> Builder {
        Builder {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            #[cfg(feature = "tls")]
            tls: None,
            tokens: Vec::new(),
            limits: Vec::new(),
            grant: Grant::default(),
            scenario: Scenario::new(),
            flaky: None,
            read_timeout: Duration::from_secs(30),
            max_connections: 1024,
            log_capacity: 10_000,
            now: Arc::new(Instant::now),
            sleep: Arc::new(|time| Box::pin(tokio::time::sleep(time))),
        }
    }

    /// The base URL without a slash at its end, by which this machine reaches the sandbox.
    pub fn url(&self) -> String {
        let host = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let scheme = self.state.scheme();
        format!("{scheme}://{}", SocketAddr::new(host, self.address.port()))
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first access token that it accepts.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Gives this answer to the next precheck, whatever it asks. Further answers are given to the
    /// prechecks after it, in order. Such prechecks count for no limit. A [`Scenario`] also checks
    /// requests.
    pub fn answer_next(&self, answer: Answer) {
        lock(&self.state.script).next.push_back(answer);
    }

    /// Gives this answer to the next renewal of an access token (`/v1/access_token`), and further
    /// answers to those after it.
    pub fn answer_next_renewal(&self, answer: Answer) {
        lock(&self.state.script).next_renewal.push_back(answer);
    }

    /// Invalidates every access token that was issued for a refresh token.
    pub fn revoke_tokens(&self) {
        lock(&self.state.tokens).revoke();
    }

    /// The number of answers to requests for a path, such as `/v1/access_token`, by status. It
    /// includes requests that [`Sandbox::requests`] no longer has. Of the paths that the sandbox
    /// does not serve, about a hundred are counted.
    pub fn answered(&self, path: &str) -> BTreeMap<u16, u64> {
        lock(&self.state.log).answered(path)
    }

    /// The number of answers to all requests, by status.
    pub fn statuses(&self) -> BTreeMap<u16, u64> {
        lock(&self.state.log).statuses()
    }

    /// The last requests and how they were answered, the oldest first. Requests to `/healthz` and
    /// `/__sandbox/requests`, and invalid HTTP, are not logged.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.state.log).last(usize::MAX)
    }

    /// The expectations of the [`Scenario`] that are unmet so far: unexpected requests, and steps
    /// that are left.
    pub fn unmet_expectations(&self) -> Vec<String> {
        lock(&self.state.script).unmet()
    }

    /// Stops. It accepts no new connections; responses in progress get five seconds.
    ///
    /// # Errors
    ///
    /// If expectations of the [`Scenario`] are unmet.
    pub async fn stop(mut self) -> Result<(), UnmetExpectations> {
        self.stop = None;
        if let Some(server) = self.server.take() {
            // An error means that the runtime ends.
            let _ = server.await;
        }
        match self.unmet_expectations() {
            unmet if unmet.is_empty() => Ok(()),
            unmet => Err(UnmetExpectations(unmet)),
        }
    }
}

/// Expectations of a [`Scenario`] are unmet; see [`Sandbox::unmet_expectations`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expectations of the scenario are unmet:\n  {}", .0.join("\n  "))]
pub struct UnmetExpectations(Vec<String>);

impl Drop for Sandbox {
    #[allow(clippy::panic, reason = "the test's expectations were not met")]
    fn drop(&mut self) {
        // `stop` has returned them as an error.
        if self.server.is_none() || std::thread::panicking() {
            return;
        }
        let unmet = self.unmet_expectations();
        if !unmet.is_empty() {
            panic!("{}", UnmetExpectations(unmet));
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

impl Builder {
    /// Listens on this address. Default: 127.0.0.1. Other machines may send requests to another
    /// address, but only this machine may read the log.
    pub fn host(mut self, host: impl Into<IpAddr>) -> Self {
        self.host = host.into();
        self
    }

    /// Listens on this port. Default: 0, any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves https with this certificate, and no http. Default: http.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Accepts this access token instead of [`DEFAULT_TOKEN`], its variants with fewer scopes (see
    /// the README), and further ones that are set.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.tokens.push(token.into());
        self
    }

    /// Accepts at most `requests` in a time for each token and operation, as a token bucket with
    /// bursts of that number. Further requests get 429 with an exact `Retry-After` in whole seconds.
    /// Several limits apply together. Default: none.
    ///
    /// # Panics
    ///
    /// If `requests` or `per` is zero.
    pub fn limit(mut self, requests: u32, per: Duration) -> Self {
        assert!(requests > 0 && !per.is_zero(), "a limit is not zero");
        self.limits.push(Limit { requests, per });
        self
    }

    /// Issues access tokens for this grant at `/v1/access_token`. Default: [`Grant::default`].
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// Expects the requests of this scenario and replies to them. Default: no expectations.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = scenario;
        self
    }

    /// Lets this percentage of prechecks fail at random: with 429, 500, 502, 503, 504, a truncated
    /// answer, or none. The same seed gives the same failures. Default: none.
    ///
    /// # Panics
    ///
    /// If it is more than 100.
    pub fn flaky(mut self, percent: u8, seed: u64) -> Self {
        assert!(percent <= 100, "{percent} is more than 100 percent");
        self.flaky = Some(Flaky::new(percent, seed));
        self
    }

    /// The maximum time for the headers of a request to arrive, from the beginning of the connection
    /// or the previous answer, and for its body. Default: 30 seconds.
    pub fn read_timeout(mut self, time: Duration) -> Self {
        self.read_timeout = time;
        self
    }

    /// The maximum number of open connections. A new one closes the oldest. Default: 1024.
    pub fn max_connections(mut self, max: usize) -> Self {
        self.max_connections = max.max(1);
        self
    }

    /// The maximum number of requests that [`Sandbox::requests`] has, of at most 64 MiB together.
    /// Default: 10,000.
    pub fn log_capacity(mut self, requests: usize) -> Self {
        self.log_capacity = requests;
        self
    }

    /// The clock for limits and tokens. Default: the clock of the machine.
    pub fn now(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// The timer for late answers. Default: the clock of the machine.
    pub fn sleep<F>(mut self, sleep: impl Fn(Duration) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.sleep = Arc::new(move |time| Box::pin(sleep(time)));
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    ///
    /// If the port cannot be bound. Must be called within a tokio runtime that has I/O and time
    /// enabled.
    pub async fn start(mut self) -> io::Result<Sandbox> {
        if self.tokens.is_empty() {
            self.tokens.push(DEFAULT_TOKEN.to_owned());
        }
        let token = self.tokens.first().cloned().unwrap_or_default();
        let listener = TcpListener::bind((self.host, self.port)).await?;
        let address = listener.local_addr()?;
        let started = ((self.now)(), SystemTime::now());
        let tokens = Tokens::new(self.tokens, self.grant);
        let log = Log::new(self.log_capacity, tokens.secrets(), &state::paths());
        let state = Arc::new(ServerState {
            #[cfg(feature = "tls")]
            tls: self.tls,
            limits: Mutex::new(RateLimits::new(self.limits, started.0)),
            script: Mutex::new(Script::new(self.scenario)),
            flaky: Mutex::new(self.flaky),
            failures: Mutex::default(),
            log: Mutex::new(log),
            lists: Arc::new(Semaphore::new(MAX_LISTS)),
            tokens: Mutex::new(tokens),
            last_tracking_id: AtomicU64::new(0),
            now: self.now,
            sleep: self.sleep,
            started,
            bodies: BodyReader::new(self.read_timeout),
            read_timeout: self.read_timeout,
        });
        let (stop, stopped) = oneshot::channel();
        let serving = server::serve(listener, Arc::clone(&state), self.max_connections, stopped);
        Ok(Sandbox {
            address,
            token,
            state,
            stop: Some(stop),
            server: Some(tokio::spawn(serving)),
        })
    }
}
