//! Exchanges a refresh token for an access token: `POST /v1/access_token`.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Uri};
use serde_json::{Map, Value};
use tracing::{Instrument, Span};
use zeroize::{Zeroize, Zeroizing};

use crate::attempt;
use crate::bounded_json;
use crate::clock::Deadline;
use crate::error::{Cause, Error};
use crate::excerpt::Excerpts;
use crate::exchange::{HttpClient, RawResponse};
use crate::hooks::Attempt;
use crate::judgement;
use crate::redaction::Redactor;
use crate::refresh_token::{RefreshToken, RefreshTokenGrant, TokenResponse};
use crate::response::Context;
use crate::retry_policy::RetryReason;
use crate::secrets::Secrets;
use crate::telemetry;
use crate::token::{AccessToken, Token};

/// Why there is no token, and which refresh token was sent, if any.
pub(crate) type TokenFailure = (Error, Option<RefreshToken>);

/// Requests a token, with the retries of a precheck.
pub(crate) async fn request_token(
    http: &HttpClient,
    uri: &Uri,
    grant: &RefreshTokenGrant,
) -> Result<AccessToken, TokenFailure> {
    let (clock, policy) = (&*http.clock, &*http.retry_policy);
    let deadline = Deadline::after(clock, policy.token_timeout(http.attempt_timeout));
    let mut reasons = Vec::new();
    loop {
        let refresh_token = grant.refresh_token();
        let span = telemetry::attempt_span(&Method::POST, uri, reasons.len());
        let sent_at = clock.now();
        let attempt = attempt(http, uri, grant, &refresh_token, deadline, &span);
        let result = attempt.instrument(span.clone()).await;
        http.notify(&Attempt {
            operation: None,
            number: u32::try_from(reasons.len() + 1).unwrap_or(u32::MAX),
            duration: clock.now() - sent_at,
            result: result.as_ref().map(|_| None).map_err(|(error, _)| error),
        });
        let (error, reason) = match result {
            Ok(response) => return Ok(response),
            Err(failed) => failed,
        };
        telemetry::attempt_ended(&span, Err(&error));
        // Another client of the same grant was faster.
        let is_refused = error.cause() == Cause::TokenRefresh { refused: true };
        if is_refused && grant.refresh_token() != refresh_token {
            continue;
        }
        reasons.extend(reason);
        let delay = policy.delay(error.retry_after(), reasons.len(), || clock.random());
        let left = deadline.left(clock).unwrap_or_default();
        if reason.is_none() || !policy.should_retry(&reasons) || !policy.accepts_delay(delay, left)
        {
            return Err((error, Some(refresh_token)));
        }
        telemetry::retrying(&error, delay, reasons.len() + 1, policy.max_attempts);
        clock.sleep(delay).await;
    }
}

/// One attempt. An error comes with the reason for a retry, if one may help.
async fn attempt(
    http: &HttpClient,
    uri: &Uri,
    grant: &RefreshTokenGrant,
    refresh_token: &RefreshToken,
    deadline: Deadline,
    span: &Span,
) -> Result<AccessToken, (Error, Option<RetryReason>)> {
    http.secrets.add(grant.client_secret.expose());
    http.secrets.add(refresh_token.expose());
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "refresh_token")
        .append_pair("client_id", &grant.client_id)
        .append_pair("client_secret", grant.client_secret.expose())
        .append_pair("refresh_token", refresh_token.expose())
        .finish();
    let form = Zeroizing::new(form.into_bytes());
    let form = bytes::Bytes::from_owner(form);
    let mut request = http.request(Method::POST, uri.clone(), form);
    let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(CONTENT_TYPE, content_type);
    let (mut response, end) = http.exchange(request, deadline, |_| ()).await;
    span.record("http.response.status_code", response.status);
    let body = Zeroizing::new(std::mem::take(&mut response.body));
    let is_success = response.status.is_some_and(judgement::is_success);
    if is_success
        && end.is_ok()
        && let Some(tokens) = read(&body, grant, &http.secrets)
    {
        tracing::debug!("renewed the access token");
        return Ok(tokens);
    }
    let redactor = http.secrets.redactor();
    Err(failure(response, &body, is_success, end, &redactor))
}

/// Why there is no token, and the reason for a retry, if one may help.
fn failure(
    response: RawResponse,
    body: &[u8],
    is_success: bool,
    end: Result<(), Error>,
    redactor: &Redactor,
) -> (Error, Option<RetryReason>) {
    // Only Webex itself refuses for good, and not a proxy on the way.
    let text = String::from_utf8_lossy(body);
    let is_json = bounded_json::from_str::<Map<String, Value>>(&text).is_ok();
    let refused = matches!(response.status, Some(400 | 401)) && is_json && end.is_ok();
    let reason = match (response.status, &end) {
        _ if refused => None,
        (Some(status), _) if !is_success => Some(RetryReason::Status(status)),
        (_, end) => end.is_err().then_some(RetryReason::Connection),
    };
    let error = Error::new(Cause::TokenRefresh { refused });
    let error = match end {
        Err(end) => error.because(end),
        // Never with a part of it, which may be a token.
        Ok(()) if is_success => error.because("the response contains no access token"),
        Ok(()) => error,
    };
    let may_contain_token =
        is_success || text.contains("access_token") || text.contains("refresh_token\"");
    let text = if is_success { "" } else { &*text };
    let shown = Excerpts::new(redactor);
    let error = error.with_context(Context {
        status: response.status,
        retry_after: response.retry_after,
        tracking_id: attempt::tracking_id(response.tracking_id.as_deref(), text, &shown),
        excerpt: shown.body(text).filter(|_| !may_contain_token),
        ..Context::default()
    });
    (error, reason)
}

/// Reads the documented fields one by one: an odd one must not hide the others, least of all a
/// refresh token that Webex has already replaced. Times are in seconds.
fn read(body: &[u8], grant: &RefreshTokenGrant, secrets: &Secrets) -> Option<AccessToken> {
    let body = ZeroizingMap(bounded_json::from_str(str::from_utf8(body).ok()?).ok()?);
    let text = |name: &str| body.0.get(name)?.as_str();
    let seconds = |name: &str| {
        let value = body.0.get(name)?;
        let text = value.as_str().and_then(|text| text.trim().parse().ok());
        Duration::try_from_secs_f64(value.as_f64().or(text)?).ok()
    };
    let refresh_token = text("refresh_token").and_then(|text| RefreshToken::new(text).ok());
    let access_token = text("access_token").and_then(|text| Token::new(text).ok());
    let access_token = access_token.map(|token| AccessToken {
        token,
        expires_in: seconds("expires_in"),
    });
    for name in ["access_token", "refresh_token"] {
        text(name)
            .into_iter()
            .for_each(|secret| secrets.add(secret));
    }
    if access_token.is_some() || refresh_token.is_some() {
        grant.receive(TokenResponse {
            access_token: access_token.clone(),
            refresh_token: refresh_token.unwrap_or_else(|| grant.refresh_token()),
            refresh_token_expires_in: seconds("refresh_token_expires_in"),
        });
    }
    access_token
}

/// JSON whose strings are cleared from memory.
struct ZeroizingMap(Map<String, Value>);

impl Drop for ZeroizingMap {
    fn drop(&mut self) {
        for value in self.0.values_mut() {
            if let Value::String(text) = value {
                text.zeroize();
            }
        }
    }
}
