//! A running sandbox, and how it is configured.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::answer::{Answer, Sleep};
use crate::connections;
use crate::documented::Documented;
use crate::flaky::Flaky;
use crate::limits::{Buckets, Limit};
use crate::log::Log;
use crate::logged::LoggedRequest;
use crate::scenario::{Scenario, Script};
use crate::tokens::{DEFAULT_TOKEN, Grant, Tokens};
use crate::webex::{self, Now, Webex, lock};

/// A running sandbox. It stops when dropped.
///
/// # Panics
///
/// When it is dropped and its [`Scenario`] did not come true, unless the thread panics already.
/// [`Sandbox::stop`] tells the same without a panic.
#[must_use = "it stops when dropped"]
pub struct Sandbox {
    address: SocketAddr,
    token: String,
    webex: Arc<Webex>,
    /// Dropping it tells the server to stop.
    stop: Option<watch::Sender<()>>,
    server: Option<JoinHandle<()>>,
    is_told: bool,
}

/// How a sandbox is to run.
#[must_use]
pub struct Builder {
    host: IpAddr,
    port: u16,
    tokens: Vec<String>,
    limits: Vec<Limit>,
    grant: Grant,
    scenario: Scenario,
    flaky: Option<Flaky>,
    patience: Duration,
    most_connections: usize,
    logged: usize,
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

    /// A sandbox to be configured.
    pub fn builder() -> Builder {
        Builder {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            tokens: Vec::new(),
            limits: Vec::new(),
            grant: Grant::default(),
            scenario: Scenario::new(),
            flaky: None,
            patience: Duration::from_secs(30),
            most_connections: 1024,
            logged: 10_000,
            now: Arc::new(Instant::now),
            sleep: Arc::new(|time| Box::pin(tokio::time::sleep(time))),
        }
    }

    /// Base address, without a slash at its end; one that this machine reaches, wherever it listens.
    pub fn url(&self) -> String {
        let host = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(host, self.address.port()))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first token that it takes.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Gives this answer to the next precheck that no other such answer is kept for, whatever it
    /// asks. Such prechecks count for no limit. A [`Scenario`] also expects.
    pub fn answer_next(&self, answer: Answer) {
        lock(&self.webex.script).next.push_back(answer);
    }

    /// Gives this answer to the next renewal of an access token (`/v1/access_token`) that no other
    /// such answer is kept for.
    pub fn answer_next_renewal(&self, answer: Answer) {
        lock(&self.webex.script).next_renewal.push_back(answer);
    }

    /// Takes back every access token that was given for a refresh token.
    pub fn revoke_tokens(&self) {
        lock(&self.webex.tokens).revoke();
    }

    /// How many requests to a path, such as `/v1/access_token`, were answered, by status. All are
    /// counted, also those that [`Sandbox::requests`] does not keep; of paths that the sandbox does
    /// not serve, some hundred.
    pub fn answered(&self, path: &str) -> BTreeMap<u16, u64> {
        lock(&self.webex.log).answered(path)
    }

    /// How many requests were answered, by status, whatever their path.
    pub fn statuses(&self) -> BTreeMap<u16, u64> {
        lock(&self.webex.log).statuses()
    }

    /// The last requests and how they were answered, the oldest first; without those to
    /// `/healthz` and `/__sandbox/requests`, and without what is no HTTP.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        let mut requests: Vec<_> = lock(&self.webex.log).newest(usize::MAX).collect();
        requests.reverse();
        requests
    }

    /// What of the [`Scenario`] did not come true so far: requests that were not as expected, and
    /// steps that are left.
    pub fn unmet(&self) -> Vec<String> {
        lock(&self.webex.script).unmet()
    }

    /// Stops: answers that are under way get five seconds, new connections none.
    ///
    /// # Errors
    ///
    /// If the [`Scenario`] did not come true.
    pub async fn stop(mut self) -> Result<(), Unmet> {
        self.is_told = true;
        self.stop = None;
        if let Some(server) = self.server.take() {
            // It ends, or the runtime does.
            let _ = server.await;
        }
        match self.unmet() {
            unmet if unmet.is_empty() => Ok(()),
            unmet => Err(Unmet(unmet)),
        }
    }
}

/// A [`Scenario`] did not come true; see [`Sandbox::unmet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet(Vec<String>);

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the scenario did not come true:\n  {}",
            self.0.join("\n  ")
        )
    }
}

impl std::error::Error for Unmet {}

impl Drop for Sandbox {
    #[allow(clippy::panic, reason = "the test's expectations were not met")]
    fn drop(&mut self) {
        if self.is_told || std::thread::panicking() {
            return;
        }
        let unmet = self.unmet();
        if !unmet.is_empty() {
            panic!("{}", Unmet(unmet));
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
        f.debug_struct("Builder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("limits", &self.limits)
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Listens on this address. Default: 127.0.0.1. Whoever reaches another one may ask; what was
    /// asked is told to this machine alone.
    pub fn host(mut self, host: impl Into<IpAddr>) -> Self {
        self.host = host.into();
        self
    }

    /// Listens on this port. Default: 0, any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Takes this token, and no others but those that were set likewise, their companions (see the
    /// README) and those of a [`Grant`]. Default: [`DEFAULT_TOKEN`].
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.tokens.push(token.into());
        self
    }

    /// Answers no more than `requests` in a time, for each token and operation; the others get
    /// 429 and a `Retry-After` that is true, in whole seconds. What is not used is saved up, to
    /// that number. Several limits hold together. Default: none.
    ///
    /// # Panics
    ///
    /// If no request, or no time, is given.
    pub fn limit(mut self, requests: u32, per: Duration) -> Self {
        assert!(
            requests > 0 && !per.is_zero(),
            "a limit is at least one request in some time"
        );
        self.limits.push(Limit { requests, per });
        self
    }

    /// Gives access tokens for this grant, at `/v1/access_token`. Default: [`Grant::default`].
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// Expects these requests and answers them so. Default: none are expected.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = scenario;
        self
    }

    /// Lets so many of a hundred prechecks fail by chance: 429, 500, 502, 503, 504, an answer that
    /// is cut off, or none. The seed decides which, in the order of the requests. Default: none.
    ///
    /// # Panics
    ///
    /// If they are more than a hundred.
    pub fn flaky(mut self, percent: u8, seed: u64) -> Self {
        assert!(percent <= 100, "{percent} of a hundred");
        self.flaky = Some(Flaky::new(percent, seed));
        self
    }

    /// Waits so long for the headers of a request, from the connection's beginning or the answer
    /// before, and as long for its body, before it drops the connection. Default: 30 seconds.
    pub fn patience(mut self, time: Duration) -> Self {
        self.patience = time;
        self
    }

    /// Keeps at most so many connections open; for one more, the oldest that waits for a request is
    /// dropped, or the oldest of all if none does. Default: 1024.
    pub fn most_connections(mut self, most: usize) -> Self {
        self.most_connections = most.max(1);
        self
    }

    /// Keeps the last so many requests for [`Sandbox::requests`], and at most 64 MiB of them. Default:
    /// 10,000.
    pub fn log(mut self, requests: usize) -> Self {
        self.logged = requests;
        self
    }

    /// Takes the time for limits and tokens from here. Default: the clock of the machine.
    pub fn now(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Waits like this before what it answers late. Default: by the clock of the machine.
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
        let documented = Documented::load().map_err(io::Error::other)?;
        if self.tokens.is_empty() {
            self.tokens.push(DEFAULT_TOKEN.to_owned());
        }
        let token = self.tokens.first().cloned().unwrap_or_default();
        let listener = TcpListener::bind((self.host, self.port)).await?;
        let address = listener.local_addr()?;
        let started = ((self.now)(), SystemTime::now());
        let tokens = Tokens::new(self.tokens, self.grant);
        let log = Log::new(self.logged, &tokens.secrets(), &webex::paths());
        let webex = Arc::new(Webex {
            documented,
            tokens: Mutex::new(tokens),
            buckets: Mutex::new(Buckets::new(self.limits)),
            script: Mutex::new(Script::new(self.scenario)),
            flaky: Mutex::new(self.flaky),
            failures: Mutex::default(),
            log: Arc::new(Mutex::new(log)),
            last_tracking_id: Mutex::new(0),
            now: self.now,
            sleep: self.sleep,
            started,
            reading: AtomicUsize::new(0),
            patience: self.patience,
        });
        let (stop, stopped) = watch::channel(());
        let serving =
            connections::serve(listener, Arc::clone(&webex), self.most_connections, stopped);
        Ok(Sandbox {
            address,
            token,
            webex,
            stop: Some(stop),
            server: Some(tokio::spawn(serving)),
            is_told: false,
        })
    }
}
