//! The HTTP server around the judgement.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use webex_precheck_contract::OperationId;

use crate::documented::Documented;
use crate::judge::{self, Reason};
use crate::limits::{Buckets, Limit};
use crate::oauth::{Grant, Tokens};
use crate::script::Answer;

/// The token that a sandbox takes unless told otherwise.
pub const DEFAULT_TOKEN: &str = "sandbox-token";

/// Where access tokens are given.
const ACCESS_TOKEN: &str = "/v1/access_token";

/// Bytes of a body that the sandbox reads at most.
const MOST_BYTES: usize = 1024 * 1024;

/// A running sandbox. It stops when dropped.
pub struct Sandbox {
    address: SocketAddr,
    token: String,
    webex: Arc<Webex>,
    /// Dropping it tells the server to stop.
    _stop: oneshot::Sender<()>,
}

/// How a sandbox is to run.
pub struct Builder {
    port: u16,
    token: String,
    limits: Vec<Limit>,
    grant: Option<Grant>,
    now: Now,
}

type Now = Arc<dyn Fn() -> Instant + Send + Sync>;

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// If no port can be bound. Must be called within a tokio runtime.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A sandbox to be configured.
    pub fn builder() -> Builder {
        Builder {
            port: 0,
            token: DEFAULT_TOKEN.to_owned(),
            limits: Vec::new(),
            grant: None,
            now: Arc::new(Instant::now),
        }
    }

    /// Base address, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The token that it takes.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Gives this answer to the next precheck that no other such answer is kept for, whatever it
    /// asks. Such prechecks count for no limit.
    pub fn answer_next(&self, answer: Answer) {
        lock(&self.webex.script).push_back(answer);
    }

    /// Gives this answer to the next renewal of an access token (`/v1/access_token`) that no other
    /// such answer is kept for.
    pub fn answer_next_renewal(&self, answer: Answer) {
        lock(&self.webex.renewal_script).push_back(answer);
    }

    /// Takes back every access token that was given for a refresh token.
    pub fn revoke_tokens(&self) {
        lock(&self.webex.tokens).revoke();
    }

    /// How many requests to a path, such as `/v1/access_token`, were answered, by status.
    pub fn answered(&self, path: &str) -> BTreeMap<u16, u64> {
        let answered = lock(&self.webex.answered);
        answered.by_path.get(path).cloned().unwrap_or_default()
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
            .field("port", &self.port)
            .field("limits", &self.limits)
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Listens on this port of the loopback interface. Default: 0, any free port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Takes this token and no other, but for those of a [`Grant`]. Default: [`DEFAULT_TOKEN`].
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// Answers no more than `requests` in a time, for each token and operation; the others get
    /// 429 and a `Retry-After` that is true, in whole seconds. What is not used is saved up, to
    /// that number. Several limits hold together. Default: none.
    #[must_use]
    pub fn limit(mut self, requests: u32, per: Duration) -> Self {
        self.limits.push(Limit { requests, per });
        self
    }

    /// Gives access tokens for this grant, at `/v1/access_token`. Default: none.
    #[must_use]
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grant = Some(grant);
        self
    }

    /// Takes the time for limits and tokens from here. Default: the clock of the machine.
    #[must_use]
    pub fn now(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    ///
    /// If the port cannot be bound. Must be called within a tokio runtime.
    pub async fn start(self) -> io::Result<Sandbox> {
        let documented = Documented::load().map_err(io::Error::other)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        let webex = Arc::new(Webex {
            documented,
            tokens: Mutex::new(Tokens::new(self.token.clone(), self.grant)),
            buckets: Mutex::new(Buckets::new(self.limits)),
            now: self.now,
            script: Mutex::new(VecDeque::new()),
            renewal_script: Mutex::new(VecDeque::new()),
            answered: Mutex::new(Answered::default()),
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, router(Arc::clone(&webex)));
        let server = server.with_graceful_shutdown(async {
            // An error says that the sender was dropped, which is how it is told to stop.
            let _ = stopped.await;
        });
        tokio::spawn(async move {
            // Serving a listener ends with the shutdown alone.
            let _ = server.await;
        });
        Ok(Sandbox {
            address,
            token: self.token,
            webex,
            _stop: stop,
        })
    }
}

/// What the handlers share.
struct Webex {
    documented: Documented,
    tokens: Mutex<Tokens>,
    buckets: Mutex<Buckets<(String, &'static str)>>,
    now: Now,
    script: Mutex<VecDeque<Answer>>,
    renewal_script: Mutex<VecDeque<Answer>>,
    answered: Mutex<Answered>,
}

/// What was answered so far.
#[derive(Default)]
struct Answered {
    /// Number of the last tracking ID.
    last: u64,
    by_path: BTreeMap<String, BTreeMap<u16, u64>>,
}

/// Paths that are counted; a client may invent any number.
const MOST_PATHS: usize = 100;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn router(webex: Arc<Webex>) -> Router {
    let mut router = Router::new();
    for id in OperationId::ALL {
        let path = format!("/v1{}", id.path_suffix());
        let handler = move |State(webex): State<Arc<Webex>>, request: Request| async move {
            webex.precheck(id, request).await
        };
        router = router.route(&path, post(handler));
    }
    let renew =
        |State(webex): State<Arc<Webex>>, body: Body| async move { webex.renew(body).await };
    router
        .route(ACCESS_TOKEN, post(renew))
        .fallback(|State(webex): State<Arc<Webex>>| async move {
            webex.refuse(StatusCode::NOT_FOUND, "There is nothing here.", &[])
        })
        .method_not_allowed_fallback(|State(webex): State<Arc<Webex>>| async move {
            webex.refuse(
                StatusCode::METHOD_NOT_ALLOWED,
                "Only POST is served here.",
                &[],
            )
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&webex), record))
        .with_state(webex)
}

/// Gives scripted answers, and counts all.
async fn record(State(webex): State<Arc<Webex>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let script = match path == ACCESS_TOKEN {
        true => &webex.renewal_script,
        false => &webex.script,
    };
    let scripted = lock(script).pop_front();
    let response = match scripted {
        Some(answer) => answer.into_response(),
        None => next.run(request).await,
    };
    let mut answered = lock(&webex.answered);
    if answered.by_path.len() < MOST_PATHS || answered.by_path.contains_key(&path) {
        let by_status = answered.by_path.entry(path).or_default();
        *by_status.entry(response.status().as_u16()).or_default() += 1;
    }
    response
}

impl Webex {
    async fn precheck(&self, id: OperationId, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let token = bearer(&parts.headers);
        let now = (self.now)();
        if !lock(&self.tokens).is_good(token, now) {
            let message = "The token is missing, expired or not one of this sandbox.";
            return self.refuse(StatusCode::UNAUTHORIZED, message, &[]);
        }
        let taken = lock(&self.buckets).take((token.to_owned(), id.path_suffix()), now);
        if let Err(wait) = taken {
            let message = "There are too many requests with this token.";
            let mut response = self.refuse(StatusCode::TOO_MANY_REQUESTS, message, &[]);
            let seconds = wait.as_secs_f64().ceil().to_string();
            if let Ok(seconds) = HeaderValue::from_str(&seconds) {
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            return response;
        }
        if !is_json(&parts.headers) {
            let message = "Send application/json.";
            return self.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message, &[]);
        }
        let Ok(bytes) = axum::body::to_bytes(body, MOST_BYTES).await else {
            let message = "The body is too large or was cut off.";
            return self.refuse(StatusCode::PAYLOAD_TOO_LARGE, message, &[]);
        };
        let body: Value = match serde_json::from_slice(&bytes) {
            Ok(body @ Value::Object(_)) => body,
            _ => {
                let message = "The body is not a JSON object.";
                return self.refuse(StatusCode::BAD_REQUEST, message, &[]);
            }
        };
        let reasons = judge::judge(&self.documented, id, &body);
        if !reasons.is_empty() {
            let message = "The request was refused.";
            return self.refuse(StatusCode::BAD_REQUEST, message, &reasons);
        }
        let success = self.documented.success(id).unwrap_or("{}");
        self.answer(StatusCode::OK, success.to_owned(), &self.tracking_id())
    }

    async fn renew(&self, body: Body) -> Response {
        let Ok(bytes) = axum::body::to_bytes(body, MOST_BYTES).await else {
            let message = "The body is too large or was cut off.";
            return self.refuse(StatusCode::PAYLOAD_TOO_LARGE, message, &[]);
        };
        let form: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
        let renewed = lock(&self.tokens).renew(&form, (self.now)());
        match renewed {
            Ok(tokens) => self.answer(StatusCode::OK, tokens.to_string(), &self.tracking_id()),
            Err(message) => self.refuse(StatusCode::BAD_REQUEST, message, &[]),
        }
    }

    fn tracking_id(&self) -> String {
        let mut answered = lock(&self.answered);
        answered.last += 1;
        format!("SANDBOX_{:08}", answered.last)
    }

    /// An error in the shape of Webex's provisioning APIs.
    fn refuse(&self, status: StatusCode, message: &str, reasons: &[Reason]) -> Response {
        let tracking_id = self.tracking_id();
        let mut body = json!({"message": message, "trackingId": tracking_id});
        if !reasons.is_empty() {
            body["errors"] = reasons
                .iter()
                .map(|reason| {
                    json!({
                        "errorCode": reason.code,
                        "description": reason.description,
                        "fieldName": reason.field,
                    })
                })
                .collect();
        }
        let mut response = self.answer(status, body.to_string(), &tracking_id);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let allow = HeaderValue::from_static("POST");
            response.headers_mut().insert(header::ALLOW, allow);
        }
        response
    }

    fn answer(&self, status: StatusCode, body: String, tracking_id: &str) -> Response {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        if let Ok(id) = HeaderValue::from_str(tracking_id) {
            headers.insert("trackingid", id);
        }
        response
    }
}

/// The token of `Authorization: Bearer …`; empty where there is none.
fn bearer(headers: &HeaderMap) -> &str {
    let header = headers.get(header::AUTHORIZATION);
    let value = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or_default();
    match scheme.eq_ignore_ascii_case("bearer") {
        true => token.trim(),
        false => "",
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let header = headers.get(header::CONTENT_TYPE);
    let value = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}
