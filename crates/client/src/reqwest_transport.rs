//! reqwest as a transport.

use bytes::Bytes;
use http::{Request, Response, Uri};
use url::Url;

use crate::clock::BoxFuture;
#[cfg(feature = "reqwest")]
use crate::transport::Transport;
use crate::transport::{Body, TransportError};

/// A client of your own. Its redirect policy should be `none`, and its own retries off
/// (`reqwest::retry::never()`): the client's [`RetryPolicy`](crate::RetryPolicy) decides.
#[cfg(feature = "reqwest")]
impl Transport for reqwest::Client {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'static, Result<Response<Body>, TransportError>> {
        match url(request.uri()) {
            Ok(url) => send(self, request, url),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

/// Sends a request by this client, to the URL of the request.
pub(crate) fn send(
    client: &reqwest::Client,
    request: Request<Bytes>,
    url: Url,
) -> BoxFuture<'static, Result<Response<Body>, TransportError>> {
    let (head, body) = request.into_parts();
    let mut request = reqwest::Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    *request.body_mut() = Some(body.into());
    let pending = client.execute(request);
    Box::pin(async move {
        let response = pending.await.map_err(classify)?;
        Ok(Response::from(response).map(|body| Body::with_errors(body, classify)))
    })
}

/// The URL of a request, as reqwest wants it.
pub(crate) fn url(uri: &Uri) -> Result<Url, TransportError> {
    Url::parse(&uri.to_string()).map_err(|error| TransportError::Invalid(error.into()))
}

fn classify(error: reqwest::Error) -> TransportError {
    let class = match (error.is_builder(), error.is_connect(), error.is_timeout()) {
        (true, ..) => TransportError::Invalid,
        (_, true, false) => TransportError::Connect,
        (_, true, true) => TransportError::ConnectTimeout,
        (_, false, true) => TransportError::Timeout,
        (_, false, false) => TransportError::Transfer,
    };
    class(error.without_url().into())
}
