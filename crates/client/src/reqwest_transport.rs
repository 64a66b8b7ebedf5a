//! reqwest as a transport.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;

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
        send(self, request)
    }
}

/// Sends a request by this client.
pub(crate) fn send(
    client: &reqwest::Client,
    request: Request<Bytes>,
) -> BoxFuture<'static, Result<Response<Body>, TransportError>> {
    let pending = reqwest::Request::try_from(request).map(|request| client.execute(request));
    Box::pin(async move {
        let response = match pending {
            Ok(pending) => pending.await.map_err(classify)?,
            Err(error) => return Err(classify(error)),
        };
        Ok(Response::from(response).map(|body| Body::new(body.map_err(classify))))
    })
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
