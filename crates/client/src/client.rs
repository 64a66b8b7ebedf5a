//! Sends a precheck and reads the answer.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use reqwest::Response;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use url::{Host, Url};
use webex_precheck_api::types::{CustomerPrecheckRequest, SubscriberPrecheckRequest};
use webex_precheck_api::{BASE_URL, Operation, PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER};

use crate::answer::{self, Said};
use crate::error::{Context, Error, Kind};
use crate::report::{Report, Verdict};
use crate::token::Token;

/// Default time to connect.
const CONNECT: Duration = Duration::from_secs(10);
/// Default time for a precheck as a whole.
const TOTAL: Duration = Duration::from_secs(60);
/// Bytes of an answer that are read at most; Webex's have some hundred.
const MOST_BYTES: usize = 1024 * 1024;
/// Characters of a body that an error keeps.
const EXCERPT: usize = 200;
/// Characters of a tracking ID that are kept; Webex's have some fifty.
const TRACKING_ID: usize = 128;

/// Asks Webex. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base_url: Url,
    token: Token,
    on_behalf_of: Option<String>,
}

/// How a [`Client`] is to ask.
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    base_url: String,
    token: Token,
    on_behalf_of: Option<String>,
}

impl ClientBuilder {
    /// Asks this address. Default: `https://webexapis.com`. Only `https` is accepted, but for
    /// loopback addresses.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Asks on behalf of the sub-partner with this encoded organization ID
    /// (`onBehalfOfSubPartnerOrgId`). Default: nobody.
    #[must_use]
    pub fn on_behalf_of(mut self, org_id: impl Into<String>) -> Self {
        self.on_behalf_of = Some(org_id.into());
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// If the base address is none, or not safe for a token, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = Url::parse(&self.base_url).map_err(|error| {
            Error::new(Kind::Builder("the base address is no URL")).because(error)
        })?;
        let local = is_loopback(&base_url);
        if base_url.scheme() != "https" && !(local && base_url.scheme() == "http") {
            return Err(Error::new(Kind::Builder(
                "the base address must be https, or http on this machine: it gets the access token",
            )));
        }
        if !base_url.username().is_empty()
            || base_url.password().is_some()
            || base_url.query().is_some()
        {
            return Err(Error::new(Kind::Builder(
                "the base address must not hold a user, a password or a query",
            )));
        }
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("webex-precheck/", env!("CARGO_PKG_VERSION")))
            // A redirect could carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(TOTAL);
        if local {
            http = http.no_proxy();
        }
        let http = http
            .build()
            .map_err(|error| Error::new(Kind::Builder("TLS cannot be set up")).because(error))?;
        Ok(Client {
            http,
            base_url,
            token: self.token,
            on_behalf_of: self.on_behalf_of,
        })
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

impl Client {
    /// A client that asks with this token.
    pub fn builder(token: Token) -> ClientBuilder {
        ClientBuilder {
            base_url: BASE_URL.to_owned(),
            token,
            on_behalf_of: None,
        }
    }

    /// Asks whether a customer could be provisioned: `POST /v1/wholesale/customers/validate`.
    ///
    /// # Errors
    ///
    /// If there is no verdict; see [`Error`].
    pub async fn precheck_customer(
        &self,
        request: &CustomerPrecheckRequest,
    ) -> Result<Report, Error> {
        self.ask(&PRECHECK_CUSTOMER, serde_json::to_vec(request))
            .await
    }

    /// Asks whether a subscriber could be provisioned: `POST /v1/wholesale/subscribers/validate`.
    ///
    /// # Errors
    ///
    /// If there is no verdict; see [`Error`].
    pub async fn precheck_subscriber(
        &self,
        request: &SubscriberPrecheckRequest,
    ) -> Result<Report, Error> {
        self.ask(&PRECHECK_SUBSCRIBER, serde_json::to_vec(request))
            .await
    }

    async fn ask(
        &self,
        operation: &Operation,
        body: Result<Vec<u8>, serde_json::Error>,
    ) -> Result<Report, Error> {
        let body = body.map_err(|error| {
            Error::new(Kind::Builder("the request cannot be encoded")).because(error)
        })?;
        let start = Instant::now();
        let response = self
            .http
            .post(self.address(operation))
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, self.authorization()?)
            .body(body)
            .send()
            .await
            .map_err(Error::of_transport)?;
        self.read(response, start).await
    }

    fn address(&self, operation: &Operation) -> Url {
        let mut address = self.base_url.clone();
        let base = address.path().trim_end_matches('/').to_owned();
        address.set_path(&format!("{base}{}", operation.path));
        if let Some(org_id) = &self.on_behalf_of {
            address
                .query_pairs_mut()
                .append_pair("onBehalfOfSubPartnerOrgId", org_id);
        }
        address
    }

    fn authorization(&self) -> Result<HeaderValue, Error> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.token.expose()))
            .map_err(|_| Error::new(Kind::Token("the access token is none")))?;
        value.set_sensitive(true);
        Ok(value)
    }

    async fn read(&self, mut response: Response, start: Instant) -> Result<Report, Error> {
        let status = response.status().as_u16();
        let header = |headers: &HeaderMap, name: &str| -> Option<String> {
            Some(headers.get(name)?.to_str().ok()?.to_owned())
        };
        let tracking_id = header(response.headers(), "trackingid");
        let retry_after = header(response.headers(), RETRY_AFTER.as_str());
        let mut context = Context {
            status: Some(status),
            tracking_id: tracking_id.and_then(|id| self.printable(&id, TRACKING_ID)),
            retry_after: retry_after.as_deref().and_then(seconds),
            excerpt: None,
        };
        let mut body: Vec<u8> = Vec::new();
        let end = loop {
            match response.chunk().await {
                Ok(None) => break Ok(()),
                Ok(Some(chunk)) if body.len() + chunk.len() > MOST_BYTES => {
                    break Err(Error::new(Kind::TooLong));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(error) => break Err(Error::of_transport(error)),
            }
        };
        let body = self.redacted(&String::from_utf8_lossy(&body));
        context.excerpt = self.printable(&body, EXCERPT);
        if context.tracking_id.is_none() {
            let id = answer::tracking_id(&body);
            context.tracking_id = id.and_then(|id| self.printable(&id, TRACKING_ID));
        }
        if let Err(error) = end {
            return Err(error.in_context(context));
        }
        let mut report = Report {
            verdict: Verdict::Likely,
            message: None,
            info: Vec::new(),
            errors: Vec::new(),
            status,
            tracking_id: context.tracking_id.clone(),
            attempts: 1,
            elapsed: start.elapsed(),
        };
        let error = match answer::judge(status, &body) {
            Said::Likely(response) => {
                report.message = response.message;
                report.info = response.info.map(|info| info.0).unwrap_or_default();
                return Ok(report);
            }
            Said::Unlikely { message, reasons } => {
                report.verdict = Verdict::Unlikely;
                report.message = message;
                report.errors = reasons;
                return Ok(report);
            }
            Said::Refusal => Error::new(Kind::Status),
            Said::Nonsense(error) => Error::new(Kind::Decode).because(error),
            Said::Nothing => Error::new(Kind::NoVerdict),
        };
        Err(error.in_context(context))
    }

    /// A text of the server without the token, which it might echo.
    fn redacted(&self, text: &str) -> String {
        text.replace(self.token.expose(), "[redacted]")
    }

    /// The beginning of a text of the server, fit for a terminal.
    fn printable(&self, text: &str, most: usize) -> Option<String> {
        let text = self.redacted(text);
        let printable = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(most);
        Some(printable.collect::<String>().trim().to_owned()).filter(|text| !text.is_empty())
    }
}

/// `Retry-After` in seconds.
fn seconds(value: &str) -> Option<Duration> {
    value.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    //! Which base addresses may get a token.
    use super::*;

    #[test]
    fn only_https_and_loopback_get_the_token() {
        let build = |url: &str| {
            let token = Token::new("abc").unwrap();
            Client::builder(token).base_url(url).build()
        };
        for url in [
            "https://webexapis.com",
            "https://webexapis.com/",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:80/base",
        ] {
            assert!(build(url).is_ok(), "{url}");
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

    #[test]
    fn the_base_path_and_the_sub_partner_are_in_the_address() {
        let client = Client::builder(Token::new("abc").unwrap())
            .base_url("https://gateway.example/webex/")
            .on_behalf_of("a+b=")
            .build()
            .unwrap();
        assert_eq!(
            client.address(&PRECHECK_CUSTOMER).as_str(),
            "https://gateway.example/webex/v1/wholesale/customers/validate?onBehalfOfSubPartnerOrgId=a%2Bb%3D"
        );
    }
}
