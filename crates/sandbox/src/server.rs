//! The HTTP server around the judgement.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use webex_precheck_contract::OperationId;

use crate::documented::Documented;
use crate::judge::{self, Reason};

/// The token that a sandbox takes unless told otherwise.
pub const DEFAULT_TOKEN: &str = "sandbox-token";

/// Bytes of a body that the sandbox reads at most.
const MOST_BYTES: usize = 1024 * 1024;

/// A running sandbox. It stops when dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    token: String,
    /// Dropping it tells the server to stop.
    _stop: oneshot::Sender<()>,
}

/// How a sandbox is to run.
#[derive(Debug)]
pub struct Builder {
    port: u16,
    token: String,
}

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
}

impl Builder {
    /// Listens on this port of the loopback interface. Default: 0, any free port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Takes this token and no other. Default: [`DEFAULT_TOKEN`].
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
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
            token: self.token.clone(),
            answered: AtomicU64::new(0),
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, router(webex)).with_graceful_shutdown(async {
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
            _stop: stop,
        })
    }
}

/// What the handlers share.
struct Webex {
    documented: Documented,
    token: String,
    answered: AtomicU64,
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
    router
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
        .with_state(webex)
}

impl Webex {
    async fn precheck(&self, id: OperationId, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        if !self.is_authorized(&parts.headers) {
            let message = "The token is missing or not the one of this sandbox.";
            return self.refuse(StatusCode::UNAUTHORIZED, message, &[]);
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

    fn is_authorized(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(header::AUTHORIZATION);
        let value = header
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let (scheme, token) = value.split_once(' ').unwrap_or_default();
        scheme.eq_ignore_ascii_case("bearer") && token.trim() == self.token
    }

    fn tracking_id(&self) -> String {
        let number = self.answered.fetch_add(1, Ordering::Relaxed) + 1;
        format!("SANDBOX_{number:08}")
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

fn is_json(headers: &HeaderMap) -> bool {
    let header = headers.get(header::CONTENT_TYPE);
    let value = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}
