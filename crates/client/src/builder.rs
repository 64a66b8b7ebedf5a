//! Configures a client.

#[cfg(any(
    feature = "rustls",
    feature = "native-tls",
    feature = "rustls-no-provider"
))]
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use url::Url;
use webex_precheck_api::{BASE_URL, OPERATIONS, SubPartnerOrgId};

use crate::call::Core;
use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::credentials::Credentials;
#[cfg(feature = "default-client")]
use crate::default_client;
use crate::endpoint::{Endpoint, address, is_loopback};
use crate::error::Error;
use crate::exchange::HttpClient;
use crate::hooks::{Attempt, OnAttempt};
use crate::retry_policy::RetryPolicy;
use crate::secrets::Secrets;
use crate::token::Token;
use crate::token_cache::TokenCache;
use crate::transport::Transport;

/// Configures a [`Client`].
///
/// | | default |
/// |---|---|
/// | [`base_url`](Self::base_url) | `https://webexapis.com` |
/// | [`allow_http`](Self::allow_http) | loopback addresses |
/// | [`on_behalf_of`](Self::on_behalf_of) | nobody |
/// | [`transport`](Self::transport) | an HTTP client of its own |
/// | `connect_timeout` | 10 s |
/// | `proxy` | the proxies of the environment, except for loopback addresses |
/// | `root_certificate_pem` | the certificates that the system trusts |
/// | `identity_pem` | none |
/// | `tls_backend_preconfigured` | by the features |
/// | [`user_agent`](Self::user_agent) | `webex-precheck/` and the version |
/// | [`header`](Self::header) | no others |
/// | [`attempt_timeout`](Self::attempt_timeout) | 30 s |
/// | [`retry_policy`](Self::retry_policy) | [`RetryPolicy::default`]: 5 attempts in 5 minutes |
/// | [`renewal_interval`](Self::renewal_interval) | 10 s |
/// | [`validate_before_send`](Self::validate_before_send) | yes |
/// | [`keep_response`](Self::keep_response) | no |
/// | [`on_attempt`](Self::on_attempt) | nothing is called |
#[derive(Clone)]
pub struct ClientBuilder {
    base_url: String,
    credentials: Credentials,
    on_behalf_of: Option<SubPartnerOrgId>,
    allowed_http: Vec<String>,
    transport: Option<Arc<dyn Transport>>,
    headers: HeaderMap,
    #[cfg(feature = "default-client")]
    default_client: default_client::Options,
    attempt_timeout: Duration,
    retry_policy: RetryPolicy,
    validate_before_send: bool,
    keep_response: bool,
    on_attempt: Option<OnAttempt>,
    renewal_interval: Duration,
    clock: Arc<dyn Clock>,
}

impl Client {
    /// A builder of a client that uses this token, or these credentials.
    pub fn builder(credentials: impl Into<Credentials>) -> ClientBuilder {
        ClientBuilder {
            base_url: BASE_URL.to_owned(),
            credentials: credentials.into(),
            on_behalf_of: None,
            allowed_http: Vec::new(),
            transport: None,
            headers: HeaderMap::new(),
            #[cfg(feature = "default-client")]
            default_client: default_client::Options::default(),
            attempt_timeout: Duration::from_secs(30),
            retry_policy: RetryPolicy::default(),
            validate_before_send: true,
            keep_response: false,
            on_attempt: None,
            renewal_interval: Duration::from_secs(10),
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

    /// Allows `http` to this host name or address, for a sandbox in another container. The token is sent
    /// without encryption: never use a real one. Default: loopback addresses only.
    #[must_use]
    pub fn allow_http(mut self, host: impl Into<String>) -> Self {
        self.allowed_http.push(host.into());
        self
    }

    /// Sends requests by this transport instead of the client's own: an HTTP client of yours, a tower
    /// service, or a stub. `connect_timeout`, `proxy` and what is set of TLS have no
    /// effect then, and neither do the proxies of the environment. The transport's own `User-Agent` is sent
    /// unless you set [`user_agent`](Self::user_agent).
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// The `User-Agent`. Default: `webex-precheck/` and the version; with a [`transport`](Self::transport),
    /// whatever that sends.
    #[must_use]
    pub fn user_agent(self, value: HeaderValue) -> Self {
        self.header(USER_AGENT, value)
    }

    /// Sends this header with every request, those of access tokens included. A second value replaces the
    /// first. `Authorization` and `Content-Type` are set by the client. A value that is marked as sensitive
    /// ([`HeaderValue::set_sensitive`]) is redacted like a token.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Timeout for connecting. Default: 10 s. It is measured by the system clock, whatever
    /// [`clock`](Self::clock) is.
    #[cfg(feature = "default-client")]
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.default_client.connect_timeout = timeout;
        self
    }

    /// Sends all requests through this proxy, such as `http://user:password@proxy.example:3128`. Default:
    /// the proxies of the environment, except for loopback addresses.
    #[cfg(feature = "default-client")]
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.default_client.proxy = Some(url.into());
        self
    }

    /// Also trusts these root certificates: one or several in PEM. Default: those that the system trusts.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    #[must_use]
    pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.default_client.root_certificates.push(pem.into());
        self
    }

    /// Identifies itself by this certificate (mutual TLS): the certificate, those between it and its root,
    /// and the private key (PKCS #8), in PEM. Default: none.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    #[must_use]
    pub fn identity_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.default_client.identity = Some(pem.into());
        self
    }

    /// TLS by the library of the operating system. Default: by rustls, if its feature is on.
    #[cfg(feature = "native-tls")]
    #[must_use]
    pub fn use_native_tls(mut self) -> Self {
        self.default_client.native_tls = true;
        self
    }

    /// TLS as this configuration says: a `rustls::ClientConfig` (version 0.23) with the cryptography and the
    /// roots that you choose, or a `native_tls::TlsConnector`, as
    /// [`reqwest::ClientBuilder::tls_backend_preconfigured`] takes them. Default: by the features, where
    /// `rustls` wins over `native-tls`. [`build`](Self::build) refuses other types, and a root certificate or
    /// an identity beside it.
    ///
    /// [`reqwest::ClientBuilder::tls_backend_preconfigured`]: https://docs.rs/reqwest/0.13/reqwest/struct.ClientBuilder.html#method.tls_backend_preconfigured
    #[cfg(any(
        feature = "rustls",
        feature = "native-tls",
        feature = "rustls-no-provider"
    ))]
    #[must_use]
    pub fn tls_backend_preconfigured<T>(mut self, tls: T) -> Self
    where
        T: Any + Clone + Send + Sync,
    {
        self.default_client.tls = Some(Arc::new(move |http: reqwest::ClientBuilder| {
            http.tls_backend_preconfigured(tls.clone())
        }));
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

    /// Calls `notify` after each attempt, for metrics, except attempts that end because the caller drops
    /// the future. `notify` must not block.
    #[must_use]
    pub fn on_attempt(mut self, notify: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.on_attempt = Some(OnAttempt(Arc::new(notify)));
        self
    }

    /// Shortest time between two renewals of the access token because Webex refused it (401). If it
    /// refuses a new token so soon, tokens are not to blame: the error is returned. Default: 10 s.
    #[must_use]
    pub fn renewal_interval(mut self, interval: Duration) -> Self {
        self.renewal_interval = interval;
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
    /// If the base URL is invalid or not safe for a token, a proxy or certificate is invalid, or TLS
    /// cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = parse(&self.base_url, &self.allowed_http)?;
        let transport = match self.transport {
            Some(transport) => transport,
            #[cfg(feature = "default-client")]
            None => Arc::new(default_client::transport(self.default_client, &base_url)?),
            #[cfg(not(feature = "default-client"))]
            None => {
                let why = "no HTTP client: build webex-precheck with its feature `default-client`, or give \
                    the client a transport";
                return Err(Error::builder(why));
            }
        };
        let on_behalf_of = self.on_behalf_of.as_ref();
        let endpoints = OPERATIONS.iter();
        let endpoints = endpoints.map(|it| Endpoint::new(it, &base_url, on_behalf_of));
        let endpoints = endpoints.collect();
        let token_url = address(&base_url, "/v1/access_token");
        let secrets = Arc::<Secrets>::default();
        let tokens = TokenCache::new(
            self.credentials,
            token_url,
            self.renewal_interval,
            &secrets,
            self.clock.now(),
        )?;
        Ok(Client(Arc::new(Core {
            endpoints,
            http: HttpClient {
                transport,
                headers: self.headers,
                clock: self.clock,
                secrets,
                attempt_timeout: self.attempt_timeout,
                retry_policy: Arc::new(self.retry_policy),
                keep_response: self.keep_response,
                on_attempt: self.on_attempt,
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
        let base_url = parse(&self.base_url, &self.allowed_http).map(String::from);
        f.debug_struct("ClientBuilder")
            .field("base_url", &base_url.as_deref().unwrap_or("refused"))
            .field("credentials", &self.credentials)
            .field("retry_policy", &self.retry_policy)
            .finish_non_exhaustive()
    }
}

/// Reads a base URL that may get a token.
fn parse(base_url: &str, allowed_http: &[String]) -> Result<Url, Error> {
    if base_url.contains('@') {
        let why = "the base URL must not contain a user, a password or an `@`";
        return Err(Error::builder(why));
    }
    let base_url =
        Url::parse(base_url).map_err(|error| Error::builder("invalid base URL").because(error))?;
    let is_https = base_url.scheme() == "https";
    let is_allowed = |host: &str| allowed_http.iter().any(|it| it.eq_ignore_ascii_case(host));
    let may_be_http = is_loopback(&base_url) || base_url.host_str().is_some_and(is_allowed);
    if !(is_https || base_url.scheme() == "http" && may_be_http) {
        return Err(Error::builder(
            "the base URL must be https, or http on this machine: it gets the access token",
        ));
    }
    if base_url.query().is_some() {
        return Err(Error::builder("the base URL must not contain a query"));
    }
    if base_url.as_str().parse::<http::Uri>().is_err() {
        return Err(Error::builder("invalid base URL"));
    }
    Ok(base_url)
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
            "https://webexapis.com/user:secret@",
            "user:secret@webexapis.com",
            "",
        ] {
            let error = build(url).unwrap_err();
            assert!(error.is_builder(), "{url}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{url}");
        }
    }
}
