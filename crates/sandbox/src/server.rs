//! Accepts connections and serves them, up to a maximum.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinSet};

use crate::state::ServerState;

/// Maximum size of all headers, rounded up to a read of the socket.
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// How long responses in progress may take when the sandbox stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// Delay before the next try when the system has no descriptors left.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(10);

/// Serves until `stop` is sent or dropped.
pub(crate) async fn serve(
    listener: TcpListener,
    state: Arc<ServerState>,
    max_connections: usize,
    mut stop: oneshot::Receiver<()>,
) {
    let graceful = GracefulShutdown::new();
    let mut tasks = JoinSet::new();
    // The oldest first.
    let mut open = VecDeque::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stop => break,
        };
        while tasks.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let state = Arc::clone(&state);
                let connection = serve_connection(stream, peer.ip(), state, graceful.watcher());
                open.retain(|connection: &AbortHandle| !connection.is_finished());
                if open.len() >= max_connections {
                    close_oldest(&mut open);
                }
                open.push_back(tasks.spawn(connection));
            }
            Err(error) if is_of_client(&error) => {}
            Err(_) => {
                close_oldest(&mut open);
                tokio::time::sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
    drop(listener);
    // Connections that take longer are aborted when the tasks are dropped.
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await;
}

/// Makes room for a connection. In a queue, clients that never read their response would lock out
/// all others.
fn close_oldest(open: &mut VecDeque<AbortHandle>) {
    if let Some(oldest) = open.pop_front() {
        oldest.abort();
    }
}

/// Whether the client went away before its connection was accepted.
fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset};
    [ConnectionAborted, ConnectionReset].contains(&error.kind())
}

async fn serve_connection(
    stream: TcpStream,
    peer: IpAddr,
    state: Arc<ServerState>,
    watcher: Watcher,
) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    // Nagle's algorithm would delay small responses.
    let _ = stream.set_nodelay(true);
    #[cfg(feature = "tls")]
    if let Some(tls) = &state.tls {
        let handshake = tokio::time::timeout(state.read_timeout, tls.accept(stream)).await;
        if let Ok(Ok(stream)) = handshake {
            serve_http(stream, peer, local.ip(), state, watcher).await;
        }
        return;
    }
    serve_http(stream, peer, local.ip(), state, watcher).await;
}

async fn serve_http(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: IpAddr,
    local: IpAddr,
    state: Arc<ServerState>,
    watcher: Watcher,
) {
    let read_timeout = state.read_timeout;
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { state.serve(request, peer, local).await }
    });
    // hyper answers 431 to more than 100 headers by default; with `max_headers` it is slower.
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read_timeout)
        .max_buf_size(MAX_HEADER_BYTES)
        // Small responses are sent faster from one buffer.
        .writev(false)
        .serve_connection(TokioIo::new(stream), service);
    // An error is the client's: it sent no HTTP or went away.
    let _ = watcher.watch(connection).await;
}
