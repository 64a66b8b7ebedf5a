//! Asks Webex for an access token: `POST /v1/access_token`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use url::Url;
use zeroize::{Zeroize, Zeroizing};

use crate::answer;
use crate::ask::{SHORTEST_WAIT, milliseconds};
use crate::clock::{Clock, Deadline};
use crate::credentials::Issued;
use crate::error::{Error, Kind};
use crate::excerpt;
use crate::http::{self, Answer};
use crate::patience::{Patience, Setback};
use crate::refresh::{RefreshGrant, RefreshToken, Renewed};
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

/// Why there is no token, and which refresh token was sent.
pub(crate) struct Unrenewed {
    pub(crate) error: Error,
    pub(crate) refresh_token: Option<RefreshToken>,
}

impl From<Error> for Unrenewed {
    fn from(error: Error) -> Self {
        Self {
            error,
            refresh_token: None,
        }
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
    pub(crate) async fn ask(&self, grant: &RefreshGrant) -> Result<Renewed, Unrenewed> {
        let deadline = Deadline::after(&*self.clock, self.patience.renewal_time(self.attempt));
        let mut setbacks = Vec::new();
        loop {
            let refresh_token = grant.refresh_token();
            let (error, setback) = match self.attempt(grant, &refresh_token, deadline).await {
                Ok(renewed) => return Ok(renewed),
                Err(failed) => failed,
            };
            // Another client of the same grant was faster.
            let is_refused = matches!(error.kind(), Kind::Renewal { refused: true });
            if is_refused && grant.refresh_token() != refresh_token {
                continue;
            }
            let unrenewed = |error| Unrenewed {
                error,
                refresh_token: Some(refresh_token),
            };
            let Some(setback) = setback else {
                return Err(unrenewed(error));
            };
            setbacks.push(setback);
            let attempts = u32::try_from(setbacks.len()).unwrap_or(u32::MAX);
            let asked = error.retry_after().filter(|wait| *wait >= SHORTEST_WAIT);
            let wait =
                asked.unwrap_or_else(|| self.patience.backoff_after(attempts, self.clock.random()));
            let left = deadline.left(&*self.clock).unwrap_or_default();
            if !self.patience.tries_again(&setbacks) || !self.patience.bears(wait, left) {
                return Err(unrenewed(error));
            }
            tracing::info!(
                attempt = attempts,
                status = error.status(),
                wait_ms = milliseconds(wait),
                "the access token could not be renewed; another try follows"
            );
            self.clock.sleep(wait).await;
        }
    }

    /// One attempt. An error comes with the setback, if another try may help.
    async fn attempt(
        &self,
        grant: &RefreshGrant,
        refresh_token: &RefreshToken,
        deadline: Deadline,
    ) -> Result<Renewed, (Error, Option<Setback>)> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("client_id", &grant.client_id)
            .append_pair("client_secret", grant.client_secret.expose())
            .append_pair("refresh_token", refresh_token.expose())
            .finish();
        let form = Zeroizing::new(form.into_bytes());
        let request = self
            .http
            .post(Url::clone(&self.address))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(bytes::Bytes::from_owner(form));
        let left = deadline.left(&*self.clock).unwrap_or_default();
        let (mut answer, end) =
            http::exchange(&self.clock, request, self.attempt.min(left), |_| ()).await;
        let body = Zeroizing::new(std::mem::take(&mut answer.body));
        let is_success = answer
            .status
            .is_some_and(|status| (200..300).contains(&status));
        if is_success
            && end.is_ok()
            && let Some(renewed) = read(&body, grant)
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
    // Only Webex itself says so for good, and not a proxy on the way.
    let is_json =
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body).is_ok();
    let refused = matches!(answer.status, Some(400 | 401)) && is_json && end.is_ok();
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
        let text = String::from_utf8_lossy(body);
        // Nor is it known what else may hold one.
        let may_hold_token = text.contains("access_token") || text.contains("refresh_token\"");
        context.excerpt = excerpt::of_body(&text, secrets).filter(|_| !may_hold_token);
        if context.tracking_id.is_none() {
            let id = answer::tracking_id(&text);
            context.tracking_id = id.and_then(|id| excerpt::tracking_id(&id, secrets));
        }
    }
    (error, setback)
}

/// Reads the documented fields one by one: one that is odd must not cost the others, least of all a
/// refresh token that Webex has already replaced. Times are in seconds.
fn read(body: &[u8], grant: &RefreshGrant) -> Option<Renewed> {
    let body = Hidden(serde_json::from_slice(body).ok()?);
    let text = |name: &str| body.0.get(name)?.as_str();
    let seconds = |name: &str| {
        let value = body.0.get(name)?;
        let text = value.as_str().and_then(|text| text.trim().parse().ok());
        Duration::try_from_secs_f64(value.as_f64().or(text)?).ok()
    };
    if let Some(token) = text("refresh_token").and_then(|text| RefreshToken::new(text).ok()) {
        grant.take(token);
    }
    Some(Renewed {
        access_token: Issued {
            token: Token::new(text("access_token")?).ok()?,
            expires_in: seconds("expires_in"),
        },
        refresh_token: grant.refresh_token(),
        refresh_token_expires_in: seconds("refresh_token_expires_in"),
    })
}

/// JSON whose texts are cleared from memory.
struct Hidden(serde_json::Map<String, serde_json::Value>);

impl Drop for Hidden {
    fn drop(&mut self) {
        for value in self.0.values_mut() {
            if let serde_json::Value::String(text) = value {
                text.zeroize();
            }
        }
    }
}
