//! How requests reach Webex: a trait, so that any HTTP client or a stub can send them.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;

use crate::clock::BoxFuture;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Sends one HTTP request and returns the response; see
/// [`ClientBuilder::transport`](crate::ClientBuilder::transport).
///
/// Retries, timeouts, tokens and rate limits are the client's work: a transport sends each request
/// once, and does not follow redirects, because they could carry the token elsewhere. When the client
/// gives up, it drops the future.
///
/// A closure that returns a future is a transport; see also `TowerTransport` (feature `tower`), and
/// `reqwest::Client` (feature `reqwest`).
///
/// ```
/// use webex_precheck::http::{Request, Response};
/// use webex_precheck::{Body, Client, SubscriberPrecheck, Token, TransportError};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), webex_precheck::Error> {
/// async fn answer(request: Request<bytes::Bytes>) -> Result<Response<Body>, TransportError> {
///     assert_eq!(request.uri().path(), "/v1/wholesale/subscribers/validate");
///     Ok(Response::new(r#"{"message": "success", "info": [{"infoCode": 100}]}"#.into()))
/// }
///
/// let client = Client::builder(Token::new("abc")?).transport(answer).build()?;
/// let report = client.precheck_subscriber(&SubscriberPrecheck::new("alice@example.com")).await?;
/// assert!(report.is_likely());
/// # Ok(())
/// # }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends a request. The response may be returned as soon as its headers are there.
    ///
    /// # Errors
    ///
    /// If there is no response.
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'static, Result<Response<Body>, TransportError>>;
}

impl<F, Fut> Transport for F
where
    F: Fn(Request<Bytes>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<Body>, TransportError>> + Send + 'static,
{
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'static, Result<Response<Body>, TransportError>> {
        Box::pin(self(request))
    }
}

/// The body of a response, which the client reads up to 1 MiB.
pub struct Body(Content);

enum Content {
    Whole(Bytes),
    Stream(Pin<Box<dyn http_body::Body<Data = Bytes, Error = TransportError> + Send>>),
}

impl Body {
    /// A body that arrives in parts. Its errors count as a broken connection, unless they are a
    /// [`TransportError`].
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self::with_errors(body, |error| TransportError::of(error.into()))
    }

    /// A body whose errors are of these classes.
    pub(crate) fn with_errors<B>(body: B, class: fn(B::Error) -> TransportError) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
    {
        Self(Content::Stream(Box::pin(body.map_err(class))))
    }

    /// The next part; none after the last.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, TransportError>> {
        match &mut self.0 {
            Content::Whole(bytes) if bytes.is_empty() => None,
            Content::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Content::Stream(body) => loop {
                match body.frame().await? {
                    // The others are trailers.
                    Ok(frame) => match frame.into_data() {
                        Ok(data) => return Some(Ok(data)),
                        Err(_) => continue,
                    },
                    Err(error) => return Some(Err(error)),
                }
            },
        }
    }
}

impl From<Bytes> for Body {
    fn from(whole: Bytes) -> Self {
        Self(Content::Whole(whole))
    }
}

impl From<String> for Body {
    fn from(whole: String) -> Self {
        Bytes::from(whole).into()
    }
}

impl From<&'static str> for Body {
    fn from(whole: &'static str) -> Self {
        Bytes::from(whole).into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

/// Why a [`Transport`] has no response. A message must not show the token or a URL.
#[derive(Debug)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection could be made. Nothing was sent, so that any operation may be retried.
    Connect(BoxError),
    /// As [`Connect`](Self::Connect), because a timeout passed.
    ConnectTimeout(BoxError),
    /// A timeout of the transport passed after the request was sent, or a part of it.
    Timeout(BoxError),
    /// The connection broke before the response was complete.
    Transfer(BoxError),
    /// This request cannot be sent, now or later.
    Invalid(BoxError),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect(_) => "no connection could be made",
            Self::ConnectTimeout(_) => "no connection could be made in time",
            Self::Timeout(_) => "there was no response in time",
            Self::Transfer(_) => "the connection broke",
            Self::Invalid(_) => "the request cannot be sent",
        })
    }
}

impl TransportError {
    /// The error of a service or a body.
    fn of(error: BoxError) -> Self {
        match error.downcast() {
            Ok(error) => *error,
            Err(error) => Self::Transfer(error),
        }
    }

    /// What the transport says of it.
    pub fn into_inner(self) -> Box<dyn StdError + Send + Sync> {
        match self {
            Self::Connect(error)
            | Self::ConnectTimeout(error)
            | Self::Timeout(error)
            | Self::Transfer(error)
            | Self::Invalid(error) => error,
        }
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let (Self::Connect(error)
        | Self::ConnectTimeout(error)
        | Self::Timeout(error)
        | Self::Transfer(error)
        | Self::Invalid(error)) = self;
        Some(&**error)
    }
}

/// A tower service as a [`Transport`]. Its layers see each attempt.
///
/// The service takes requests with a body `B` that can be made of bytes, as `http_body_util::Full<Bytes>`
/// and `reqwest::Body` can. Its errors count as broken connections, unless they are a [`TransportError`]: to
/// report the timeout of a layer as such, map it to [`TransportError::Timeout`]. It must be `Send` and `Sync`,
/// as tower's `BoxCloneSyncService` is.
#[cfg(feature = "tower")]
pub struct TowerTransport<S, B> {
    service: S,
    body: std::marker::PhantomData<fn() -> B>,
}

#[cfg(feature = "tower")]
impl<S, B> TowerTransport<S, B> {
    /// A transport that sends by this service.
    pub fn new(service: S) -> Self {
        let body = std::marker::PhantomData;
        Self { service, body }
    }
}

#[cfg(feature = "tower")]
impl<S, B, R> Transport for TowerTransport<S, B>
where
    S: tower_service::Service<Request<B>, Response = Response<R>, Error: Into<BoxError>>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    B: From<Bytes> + Send + 'static,
    R: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'static, Result<Response<Body>, TransportError>> {
        let mut service = self.service.clone();
        let failed = |error: S::Error| TransportError::of(error.into());
        Box::pin(async move {
            std::future::poll_fn(|context| service.poll_ready(context))
                .await
                .map_err(failed)?;
            let response = service.call(request.map(B::from)).await.map_err(failed)?;
            Ok(response.map(Body::new))
        })
    }
}

#[cfg(feature = "tower")]
impl<S: fmt::Debug, B> fmt::Debug for TowerTransport<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TowerTransport")
            .field(&self.service)
            .finish()
    }
}
