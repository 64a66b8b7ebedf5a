//! Accepts connections, and drops those that take more than their share.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::webex::{Webex, lock};

/// Bytes of all headers at most, give or take what is read at a time.
const MOST_HEADER_BYTES: usize = 32 * 1024;
/// How long answers that are under way may take when the sandbox stops.
const GRACE: Duration = Duration::from_secs(5);
/// Before another try where the system has no more connections to give.
const BREATH: Duration = Duration::from_millis(10);

/// Those that are open, by their number: the smallest is the oldest.
#[derive(Default)]
struct Open {
    last: u64,
    by_number: BTreeMap<u64, Arc<Connection>>,
}

#[derive(Default)]
struct Connection {
    /// A request has arrived and is not answered yet.
    is_answering: AtomicBool,
    is_dropped: Notify,
}

impl Open {
    fn add(&mut self) -> (u64, Arc<Connection>) {
        self.last += 1;
        let connection = Arc::<Connection>::default();
        self.by_number.insert(self.last, Arc::clone(&connection));
        (self.last, connection)
    }

    /// Drops the oldest that waits for a request, or the oldest of all.
    fn drop_one(&mut self) {
        let mut open = self.by_number.iter();
        let waiting = open.find(|(_, c)| !c.is_answering.load(Ordering::Relaxed));
        let number = waiting.or(self.by_number.first_key_value());
        if let Some(number) = number.map(|(number, _)| *number)
            && let Some(connection) = self.by_number.remove(&number)
        {
            connection.is_dropped.notify_one();
        }
    }
}

/// Serves until `stop` says so or is dropped. At most `most` connections are open at a time.
pub(crate) async fn serve(
    listener: TcpListener,
    webex: Arc<Webex>,
    most: usize,
    mut stop: watch::Receiver<()>,
) {
    let open = Arc::new(Mutex::new(Open::default()));
    let mut tasks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
        };
        // Those that have ended.
        while tasks.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let (number, connection) = {
                    let mut open = lock(&open);
                    while open.by_number.len() >= most {
                        open.drop_one();
                    }
                    open.add()
                };
                let (webex, open, stop) = (Arc::clone(&webex), Arc::clone(&open), stop.clone());
                tasks.spawn(async move {
                    connect(stream, peer.ip(), webex, &connection, stop).await;
                    lock(&open).by_number.remove(&number);
                });
            }
            // The client was faster than we.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(_) => {
                lock(&open).drop_one();
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    let ended = async { while tasks.join_next().await.is_some() {} };
    // What takes longer is aborted with the tasks.
    let _ = tokio::time::timeout(GRACE, ended).await;
}

async fn connect(
    stream: TcpStream,
    peer: IpAddr,
    webex: Arc<Webex>,
    connection: &Connection,
    mut stop: watch::Receiver<()>,
) {
    // An answer is written at once; waiting for more to send makes it late.
    let _ = stream.set_nodelay(true);
    let patience = webex.patience;
    let service = service_fn(|request| {
        let webex = Arc::clone(&webex);
        async move {
            let has_arrived = || connection.is_answering.store(true, Ordering::Relaxed);
            let answer = webex.serve(request, peer, has_arrived).await;
            connection.is_answering.store(false, Ordering::Relaxed);
            answer
        }
    });
    // Of more than 100 headers, hyper says 431 by itself; told the number, it is slower.
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(MOST_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    // How a connection ended is the client's affair.
    tokio::select! {
        _ = &mut serving => return,
        () = connection.is_dropped.notified() => return,
        _ = stop.changed() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}
