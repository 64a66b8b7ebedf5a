//! Asks Webex for an access token: `POST /v1/access_token`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use url::Url;
use zeroize::{Zeroize, Zeroizing};

use crate::answer;
use crate::clock::{Clock, Deadline};
use crate::credentials::Issued;
use crate::error::{Error, Kind};
use crate::excerpt;
use crate::http::{self, Answer};
use crate::patience::{Patience, Setback};
use crate::refresh::{RefreshGrant, RefreshToken};
use crate::secret::Secrets;
use crate::token::Token;

/// How tokens are asked for. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Renewal {
    pub(crate) http: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) address: Arc<Url>,
    pub(crate) attempt: Duration,
    pub(crate) patience: Arc<Patience>,
}

/// What Webex gave.
pub(crate) struct Renewed {
    pub(crate) issued: Issued,
    pub(crate) refresh_token: Option<(RefreshToken, Option<Duration>)>,
}

/// The documented answer; times in seconds.
#[derive(Deserialize)]
struct Body {
    access_token: Hidden,
    expires_in: Option<f64>,
    refresh_token: Option<Hidden>,
    refresh_token_expires_in: Option<f64>,
}

/// Text whose memory is cleared.
#[derive(Deserialize)]
struct Hidden(String);

impl Drop for Hidden {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Why an answer is none; never with a part of it.
#[derive(Debug)]
struct NoToken;

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer holds no access token")
    }
}

impl std::error::Error for NoToken {}

impl Renewal {
    /// Asks, as patiently as for a precheck.
    pub(crate) async fn ask(&self, grant: &RefreshGrant) -> Result<Renewed, Error> {
        let deadline = Deadline::after(&*self.clock, self.patience.total_time());
        let mut setbacks = Vec::new();
        loop {
            let (error, setback) = match self.attempt(grant, deadline).await {
                Ok(renewed) => return Ok(renewed),
                Err(failed) => failed,
            };
            let Some(setback) = setback else {
                return Err(error);
            };
            setbacks.push(setback);
            let attempts = u32::try_from(setbacks.len()).unwrap_or(u32::MAX);
            let wait = error
                .retry_after()
                .unwrap_or_else(|| self.patience.backoff_after(attempts, self.clock.random()));
            let left = deadline.left(&*self.clock).unwrap_or_default();
            if !self.patience.tries_again(&setbacks) || !self.patience.bears(wait, left) {
                return Err(error);
            }
            tracing::info!(
                attempt = attempts,
                status = error.status(),
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "the access token could not be renewed; another try follows"
            );
            self.clock.sleep(wait).await;
        }
    }

    /// One attempt. An error comes with the setback, if another try may help.
    async fn attempt(
        &self,
        grant: &RefreshGrant,
        deadline: Deadline,
    ) -> Result<Renewed, (Error, Option<Setback>)> {
        let refresh_token = grant.refresh_token();
        let form = Zeroizing::new(
            url::form_urlencoded::Serializer::new(String::new())
                .append_pair("grant_type", "refresh_token")
                .append_pair("client_id", &grant.client_id)
                .append_pair("client_secret", grant.client_secret.expose())
                .append_pair("refresh_token", refresh_token.expose())
                .finish(),
        );
        let request = self
            .http
            .post(Url::clone(&self.address))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(bytes::Bytes::from_owner(Zeroizing::new(
                form.as_bytes().to_vec(),
            )));
        let left = deadline.left(&*self.clock).unwrap_or_default();
        let (mut answer, end) = http::exchange(&self.clock, request, self.attempt.min(left)).await;
        let body = Zeroizing::new(std::mem::take(&mut answer.body));
        let is_success = answer
            .status
            .is_some_and(|status| (200..300).contains(&status));
        if is_success
            && end.is_ok()
            && let Some(renewed) = read(&body)
        {
            tracing::debug!("the access token was renewed");
            return Ok(renewed);
        }
        let secrets = Secrets::new([grant.client_secret.expose(), refresh_token.expose()]);
        Err(failure(answer, &body, is_success, end, &secrets))
    }
}

/// Why there is no token, and the setback, if another try may help.
fn failure(
    answer: Answer,
    body: &[u8],
    is_success: bool,
    end: Result<(), Error>,
    secrets: &Secrets,
) -> (Error, Option<Setback>) {
    let refused = matches!(answer.status, Some(400 | 401 | 403));
    let setback = match (answer.status, &end) {
        _ if refused => None,
        (Some(status), _) if !is_success => Some(Setback::Status(status)),
        (_, Err(_)) => Some(Setback::Connection),
        (_, Ok(())) => None,
    };
    let error = Error::new(Kind::Renewal { refused });
    let mut error = match end {
        Err(end) => error.because(end),
        Ok(()) if is_success => error.because(NoToken),
        Ok(()) => error,
    };
    let context = error.context_mut();
    context.status = answer.status;
    context.retry_after = answer.retry_after;
    let header = answer.tracking_id.as_deref();
    context.tracking_id = header.and_then(|id| excerpt::tracking_id(id, secrets));
    // A part of a success may be a token.
    if !is_success {
        let text = secrets.redact(&String::from_utf8_lossy(body));
        context.excerpt = excerpt::of_body(&text);
        if context.tracking_id.is_none() {
            let id = answer::tracking_id(&text);
            context.tracking_id = id.and_then(|id| excerpt::tracking_id(&id, secrets));
        }
    }
    (error, setback)
}

fn read(body: &[u8]) -> Option<Renewed> {
    let body: Body = serde_json::from_slice(body).ok()?;
    let seconds = |seconds: Option<f64>| Duration::try_from_secs_f64(seconds?).ok();
    let mut issued = Issued::new(Token::new(body.access_token.0.as_str()).ok()?);
    issued.expires_in = seconds(body.expires_in);
    let refresh_token = match &body.refresh_token {
        Some(token) => Some(RefreshToken::new(token.0.as_str()).ok()?),
        None => None,
    };
    let expires_in = seconds(body.refresh_token_expires_in);
    Some(Renewed {
        issued,
        refresh_token: refresh_token.map(|token| (token, expires_in)),
    })
}
