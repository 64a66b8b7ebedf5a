//! Configures a client.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};
use webex_precheck_api::{BASE_URL, OPERATIONS, SubPartnerOrgId};

use crate::call::Core;
use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::credentials::Credentials;
use crate::endpoint::{Endpoint, address};
use crate::error::Error;
use crate::http::HttpClient;
use crate::retry_policy::RetryPolicy;
use crate::token::Token;
use crate::token_cache::TokenCache;

/// Configures a [`Client`].
///
/// | | default |
/// |---|---|
/// | [`base_url`](Self::base_url) | `https://webexapis.com` |
/// | [`on_behalf_of`](Self::on_behalf_of) | nobody |
/// | [`connect_timeout`](Self::connect_timeout) | 10 s |
/// | [`attempt_timeout`](Self::attempt_timeout) | 30 s |
/// | [`retry_policy`](Self::retry_policy) | [`RetryPolicy::default`]: 5 attempts in 5 minutes |
/// | [`validate_before_send`](Self::validate_before_send) | yes |
/// | [`keep_response`](Self::keep_response) | no |
#[derive(Clone)]
pub struct ClientBuilder {
    base_url: String,
    credentials: Credentials,
    on_behalf_of: Option<SubPartnerOrgId>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    retry_policy: RetryPolicy,
    validate_before_send: bool,
    keep_response: bool,
    clock: Arc<dyn Clock>,
}

impl Client {
    /// A builder of a client that uses this token, or these credentials.
    pub fn builder(credentials: impl Into<Credentials>) -> ClientBuilder {
        ClientBuilder {
            base_url: BASE_URL.to_owned(),
            credentials: credentials.into(),
            on_behalf_of: None,
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(30),
            retry_policy: RetryPolicy::default(),
            validate_before_send: true,
            keep_response: false,
            clock: Arc::new(SystemClock),
        }
    }

    /// A client configured by the environment: the token in `WEBEX_ACCESS_TOKEN`, and the base URL
    /// in `WEBEX_BASE_URL`, if it is set.
    ///
    /// # Errors
    ///
    /// As [`Token::from_env`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        let mut builder = Self::builder(Token::from_env()?);
        match std::env::var(ClientBuilder::BASE_URL_ENV_VAR) {
            Ok(url) if !url.is_empty() => builder = builder.base_url(url),
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Error::builder("WEBEX_BASE_URL is not Unicode"));
            }
            _ => {}
        }
        builder.build()
    }
}

impl ClientBuilder {
    /// The environment variable that [`Client::from_env`] takes the base URL from.
    pub const BASE_URL_ENV_VAR: &'static str = "WEBEX_BASE_URL";

    /// Sends requests to this URL. Default: `https://webexapis.com`. It must be `https`, except for
    /// loopback addresses.
    ///
    /// Proxies are those of the usual environment variables (`HTTPS_PROXY`, `ALL_PROXY`,
    /// `NO_PROXY`), except for loopback addresses. Redirects are not followed, because they could
    /// carry the token elsewhere.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Acts on behalf of the sub-partner with this encoded organization ID
    /// (`onBehalfOfSubPartnerOrgId`). Default: nobody.
    #[must_use]
    pub fn on_behalf_of(mut self, org_id: impl Into<SubPartnerOrgId>) -> Self {
        self.on_behalf_of = Some(org_id.into());
        self
    }

    /// Timeout for connecting. Default: 10 s. It is measured by the system clock, whatever
    /// [`clock`](Self::clock) is.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Timeout of an attempt, from connecting to the last byte of the response. Default: 30 s.
    /// [`RetryPolicy::total_timeout`] is the deadline of all attempts together.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Retries by this policy. Default: [`RetryPolicy::default`]; [`RetryPolicy::none`] sends
    /// each request once.
    #[must_use]
    pub fn retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.retry_policy = retry_policy;
        self
    }

    /// Whether requests with [findings](crate::Finding) of severity error are refused instead of
    /// sent. Default: yes.
    #[must_use]
    pub fn validate_before_send(mut self, yes: bool) -> Self {
        self.validate_before_send = yes;
        self
    }

    /// Whether reports and errors keep the whole response, secrets redacted, for diagnostics:
    /// [`Report::response`](crate::Report::response) and [`Error::response`]. Default: no.
    #[must_use]
    pub fn keep_response(mut self, yes: bool) -> Self {
        self.keep_response = yes;
        self
    }

    /// Measures time by this clock, for tests. Default: the system clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// If the base URL is invalid or not safe for a token, or if TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = parse(&self.base_url)?;
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("webex-precheck/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            // The retry policy decides.
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout);
        if is_loopback(&base_url) {
            http = http.no_proxy();
        }
        // By our features, whichever features others enable in reqwest.
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
            .map_err(|error| Error::builder("TLS cannot be set up").because(error))?;
        let on_behalf_of = self.on_behalf_of.as_ref();
        let endpoints = OPERATIONS.iter();
        let endpoints = endpoints.map(|it| Endpoint::new(it, &base_url, on_behalf_of));
        let endpoints = endpoints.collect();
        let token_url = address(&base_url, "/v1/access_token");
        let tokens = TokenCache::new(self.credentials, token_url, self.clock.now())?;
        Ok(Client(Arc::new(Core {
            endpoints,
            http: HttpClient {
                client: http,
                clock: self.clock,
                attempt_timeout: self.attempt_timeout,
                retry_policy: Arc::new(self.retry_policy),
                keep_response: self.keep_response,
            },
            tokens: Arc::new(tokens),
            validate_before_send: self.validate_before_send,
            base_url: Arc::new(base_url),
        })))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A refused URL may contain a password.
        let base_url = parse(&self.base_url).map(String::from);
        f.debug_struct("ClientBuilder")
            .field("base_url", &base_url.as_deref().unwrap_or("refused"))
            .field("credentials", &self.credentials)
            .field("retry_policy", &self.retry_policy)
            .finish_non_exhaustive()
    }
}

/// Reads a base URL that may get a token.
fn parse(base_url: &str) -> Result<Url, Error> {
    let base_url =
        Url::parse(base_url).map_err(|error| Error::builder("invalid base URL").because(error))?;
    let is_https = base_url.scheme() == "https";
    let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
    let has_more = !base_url.username().is_empty()
        || base_url.password().is_some()
        || base_url.query().is_some();
    let is_local = base_url.scheme() == "http" && is_loopback(&base_url);
    if !(is_https || is_local) {
        return Err(Error::builder(
            "the base URL must be https, or http on this machine: it gets the access token",
        ));
    }
    if is_https && !has_tls {
        return Err(Error::builder(
            "https needs TLS: build webex-precheck with its feature `rustls` or `native-tls`",
        ));
    }
    if has_more {
        let why = "the base URL must not contain a user, a password or a query";
        return Err(Error::builder(why));
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
    //! Which base URLs may get a token, and the URLs of the operations.
    use super::*;

    #[test]
    fn base_url_must_be_https_or_loopback() {
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
