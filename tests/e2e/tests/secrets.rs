//! A server gives back all secrets of a client, in every encoding, wherever it can write to: none of them is
//! to be seen anywhere. The only test of its process, since others without a log would take some of its lines.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderValue, Request, Response};
use e2e::Log;
use e2e::echo::{
    ACCESS_TOKEN, CLIENT_SECRET, Echo, NEW_REFRESH_TOKEN, REFRESH_TOKEN, Search, echoes,
};
use serde_json::json;
use webex_precheck::{
    Body, Client, Credentials, Error, RefreshToken, RefreshTokenGrant, Report, RetryPolicy,
    SubscriberPrecheck, TransportError,
};

const EMAIL: &str = "alice.anderson@acme.com";

/// A server whose next answers a test sets.
#[derive(Clone, Default)]
struct Server(Arc<Mutex<(Answer, Answer)>>);

#[derive(Clone, Default)]
struct Answer(u16, Echo);

impl Server {
    /// Answers prechecks and requests of a token.
    fn set(&self, precheck: Answer, token: Answer) {
        *self.0.lock().unwrap() = (precheck, token);
    }

    fn respond(&self, path: &str) -> Response<Body> {
        let (precheck, token) = self.0.lock().unwrap().clone();
        let is_token = path.ends_with("/access_token");
        let Answer(status, echo) = if is_token { token } else { precheck };
        let mut response = Response::new(Body::from(echo.body));
        *response.status_mut() = status.try_into().unwrap();
        for (name, value) in echo.headers {
            let value = HeaderValue::try_from(value).unwrap();
            response.headers_mut().insert(name, value);
        }
        response
    }

    fn client(&self, credentials: impl Into<Credentials>) -> Client {
        let server = self.clone();
        let transport = move |request: Request<_>| {
            let response = server.respond(request.uri().path());
            std::future::ready(Ok::<_, TransportError>(response))
        };
        let builder = Client::builder(credentials)
            .transport(transport)
            .keep_response(true)
            .renewal_interval(Duration::ZERO)
            .retry_policy(RetryPolicy::none());
        builder.build().unwrap()
    }
}

fn grant() -> RefreshTokenGrant {
    let refresh_token = RefreshToken::new(REFRESH_TOKEN).unwrap();
    RefreshTokenGrant::new("C1", CLIENT_SECRET, refresh_token).unwrap()
}

fn tokens() -> Answer {
    let tokens = json!({
        "access_token": ACCESS_TOKEN, "expires_in": 3600, "refresh_token": NEW_REFRESH_TOKEN
    });
    let body = tokens.to_string();
    Answer(
        200,
        Echo {
            body,
            ..Echo::default()
        },
    )
}

async fn ask(client: &Client) -> Result<Report, Error> {
    client
        .precheck_subscriber(&SubscriberPrecheck::new(EMAIL))
        .await
}

/// Every way in which a result can be shown, a panic's message included.
fn shown(result: Result<Report, Error>) -> String {
    let error = match result {
        Ok(report) => {
            let json = serde_json::to_string(&report).unwrap();
            return format!("{report:?} {json} {:?}", report.response());
        }
        Err(error) => error,
    };
    let mut text = format!(
        "{error} {error:#?} {:?} {:?}",
        error.message(),
        error.body_excerpt()
    );
    if let Some(response) = error.response() {
        text.push_str(&serde_json::to_string(response).unwrap());
    }
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    let unwrapped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let failed: Result<(), Error> = std::hint::black_box(Err(error));
        failed.unwrap();
    }));
    text.push_str(unwrapped.unwrap_err().downcast_ref::<String>().unwrap());
    text
}

#[tokio::test]
async fn no_echo_of_a_secret_is_shown() {
    const STATUSES: [u16; 7] = [200, 400, 401, 403, 429, 500, 503];
    let (log, search, server) = (Log::default(), Search::new(), Server::default());
    let _guard = tracing::subscriber::set_default(log.clone());
    std::panic::set_hook(Box::new(|_| ()));
    server.set(Answer(200, Echo::default()), tokens());
    let renewed = server.client(grant());
    let _ = ask(&renewed).await;
    let mut texts = vec![("the client".to_owned(), format!("{renewed:?} {renewed:#?}"))];
    for (number, echo) in echoes().into_iter().enumerate() {
        let answer = Answer(STATUSES[number % STATUSES.len()], echo.clone());
        // The client knows all four by now.
        server.set(answer.clone(), tokens());
        texts.push((echo.name.clone(), shown(ask(&renewed).await)));
        // Another client knows them too. Its token is refused, and the renewal gives back what it got.
        let client = server.client(grant());
        server.set(Answer(200, Echo::default()), tokens());
        let _ = ask(&client).await;
        server.set(Answer(401, echo.clone()), answer);
        texts.push((format!("renewal, {}", echo.name), shown(ask(&client).await)));
    }
    let grant = grant();
    let credentials = Credentials::from(grant.clone());
    let builder = Client::builder(credentials.clone());
    texts.push((
        "credentials".to_owned(),
        format!("{grant:?} {credentials:?} {builder:#?}"),
    ));
    texts.push(("the log".to_owned(), log.text()));
    let seen = |(name, text): &(String, String)| Some(format!("{name}: {}", search.find(text)?));
    let seen: Vec<String> = texts.iter().filter_map(seen).collect();
    let _ = std::panic::take_hook();
    let first = &seen[..seen.len().min(20)];
    assert!(seen.is_empty(), "{} seen: {first:#?}", seen.len());
    let logged = log.text();
    assert!(log.count("precheck") > 1_000, "{logged}");
    assert!(!logged.contains(EMAIL));
}
