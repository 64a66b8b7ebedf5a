//! How a client is to ask.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};
use webex_precheck_api::{BASE_URL, OPERATIONS, SubPartnerOrgId};

use crate::ask::Core;
use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::credentials::Credentials;
use crate::endpoint::{Endpoint, address};
use crate::error::{Error, Kind};
use crate::keeper::Keeper;
use crate::patience::Patience;
use crate::renewal::Renewal;

/// Default time to connect.
const CONNECT: Duration = Duration::from_secs(10);
/// Default time of an attempt.
const ATTEMPT: Duration = Duration::from_secs(30);

/// How a [`Client`] is to ask.
///
/// | | default |
/// |---|---|
/// | [`base_url`](Self::base_url) | `https://webexapis.com` |
/// | [`on_behalf_of`](Self::on_behalf_of) | nobody |
/// | [`connect_timeout`](Self::connect_timeout) | 10 s |
/// | [`attempt_timeout`](Self::attempt_timeout) | 30 s |
/// | [`patience`](Self::patience) | [`Patience::default`]: 5 attempts in 5 minutes |
/// | [`refuse_hard_findings`](Self::refuse_hard_findings) | yes |
#[derive(Clone)]
pub struct ClientBuilder {
    base_url: String,
    credentials: Credentials,
    on_behalf_of: Option<SubPartnerOrgId>,
    connect: Duration,
    attempt: Duration,
    patience: Patience,
    refuse_hard_findings: bool,
    clock: Arc<dyn Clock>,
}

impl ClientBuilder {
    /// The variable that [`Client::from_env`] takes the base address from.
    pub const BASE_URL_VARIABLE: &'static str = "WEBEX_BASE_URL";

    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            credentials,
            on_behalf_of: None,
            connect: CONNECT,
            attempt: ATTEMPT,
            patience: Patience::default(),
            refuse_hard_findings: true,
            clock: Arc::new(SystemClock),
        }
    }

    /// Asks this address. Default: `https://webexapis.com`. Only `https` is accepted, but for
    /// loopback addresses.
    ///
    /// Proxies are taken from the usual environment (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), but
    /// for loopback addresses. No redirect is followed: it could carry the token elsewhere.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Asks on behalf of the sub-partner with this encoded organization ID
    /// (`onBehalfOfSubPartnerOrgId`). Default: nobody.
    #[must_use]
    pub fn on_behalf_of(mut self, org_id: impl Into<SubPartnerOrgId>) -> Self {
        self.on_behalf_of = Some(org_id.into());
        self
    }

    /// Gives up connecting after this time. Default: 10 s. The clock is the machine's, whatever
    /// [`clock`](Self::clock) says.
    #[must_use]
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }

    /// Gives up an attempt, from connecting to the last byte of the answer, after this time.
    /// Default: 30 s. [`Patience::total`] limits all attempts together.
    #[must_use]
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.attempt = time;
        self
    }

    /// Tries again as patiently as this. Default: [`Patience::default`]; [`Patience::none`] asks
    /// once.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Whether requests with [hard findings](crate::Finding) are refused instead of sent.
    /// Default: yes.
    #[must_use]
    pub fn refuse_hard_findings(mut self, yes: bool) -> Self {
        self.refuse_hard_findings = yes;
        self
    }

    /// Waits by this clock. Default: that of the machine. For tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// If the base address is none, or not safe for a token, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = parse(&self.base_url)?;
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("webex-precheck/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            // What is tried again is the policy's to say.
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect);
        if is_loopback(&base_url) {
            http = http.no_proxy();
        }
        // As our features say, whatever others ask of reqwest.
        #[cfg(feature = "native-tls")]
        {
            http = http.tls_backend_native();
        }
        #[cfg(all(feature = "rustls", not(feature = "native-tls")))]
        {
            http = http.tls_backend_rustls();
        }
        let http = http
            .build()
            .map_err(|error| Error::new(Kind::Builder("TLS cannot be set up")).because(error))?;
        let on_behalf_of = self.on_behalf_of.as_ref();
        let endpoints = OPERATIONS.iter();
        let endpoints = endpoints.map(|it| Endpoint::new(it, &base_url, on_behalf_of));
        let keeper = Arc::new(Keeper::new(self.credentials, self.clock.now())?);
        Ok(Client(Arc::new(Core {
            endpoints: endpoints.collect(),
            renewal: Renewal {
                http,
                clock: self.clock,
                address: Arc::new(address(&base_url, "/v1/access_token")),
                attempt: self.attempt,
                patience: Arc::new(self.patience),
            },
            keeper,
            refuse_hard_findings: self.refuse_hard_findings,
            base_url: Arc::new(base_url),
        })))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address that is refused may hold a password.
        let base_url = parse(&self.base_url).map(String::from);
        f.debug_struct("ClientBuilder")
            .field("base_url", &base_url.as_deref().unwrap_or("refused"))
            .field("credentials", &self.credentials)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// Reads a base address that may get a token.
fn parse(base_url: &str) -> Result<Url, Error> {
    let unfit = |why| Err(Error::new(Kind::Builder(why)));
    let base_url = Url::parse(base_url)
        .map_err(|error| Error::new(Kind::Builder("the base address is no URL")).because(error))?;
    let is_local = is_loopback(&base_url);
    if base_url.scheme() != "https" && !(is_local && base_url.scheme() == "http") {
        return unfit(
            "the base address must be https, or http on this machine: it gets the access token",
        );
    }
    if cfg!(not(any(feature = "rustls", feature = "native-tls"))) && base_url.scheme() == "https" {
        return unfit(
            "https needs TLS: build webex-precheck with its feature `rustls` or `native-tls`",
        );
    }
    if !base_url.username().is_empty()
        || base_url.password().is_some()
        || base_url.query().is_some()
    {
        return unfit("the base address must not hold a user, a password or a query");
    }
    Ok(base_url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    //! Which base addresses may get a token.
    use super::*;
    use crate::token::Token;

    #[test]
    fn only_https_and_loopback_get_the_token() {
        let build = |url: &str| {
            let token = Token::new("abc").unwrap();
            Client::builder(token).base_url(url).build()
        };
        for url in [
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:80/base",
        ] {
            assert!(build(url).is_ok(), "{url}");
        }
        for url in ["https://webexapis.com", "https://webexapis.com/"] {
            let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
            assert_eq!(build(url).is_ok(), has_tls, "{url}");
        }
        for url in [
            "http://webexapis.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "webexapis.com",
            "https://user:secret@webexapis.com",
            "https://webexapis.com?x=1",
            "",
        ] {
            let error = build(url).unwrap_err();
            assert!(error.is_builder(), "{url}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{url}");
        }
    }
}
