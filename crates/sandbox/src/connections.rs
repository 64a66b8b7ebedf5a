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
    /// A request has arrived and its answer is not sent yet.
    is_answering: AtomicBool,
    is_dropped: Notify,
}

/// As long as there is one, its connection is not one that waits for a request.
pub(crate) struct Busy(Arc<Connection>);

impl Busy {
    fn new(connection: &Arc<Connection>) -> Self {
        connection.is_answering.store(true, Ordering::Relaxed);
        Self(Arc::clone(connection))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.is_answering.store(false, Ordering::Relaxed);
    }
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

/// A connection's place among those that are open, which it leaves however it ends.
struct Slot {
    open: Arc<Mutex<Open>>,
    number: u64,
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.open).by_number.remove(&self.number);
    }
}

/// Whether the system has no more descriptors for this process, or for all.
fn is_exhausted(error: &io::Error) -> bool {
    // EMFILE and ENFILE of Unix, WSAEMFILE of Windows.
    [Some(24), Some(23), Some(10024)].contains(&error.raw_os_error())
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
                let Ok(local) = stream.local_addr() else {
                    // It is gone already.
                    continue;
                };
                let (number, connection) = {
                    let mut open = lock(&open);
                    while open.by_number.len() >= most {
                        open.drop_one();
                    }
                    open.add()
                };
                let (webex, open, stop) = (Arc::clone(&webex), Arc::clone(&open), stop.clone());
                tasks.spawn(async move {
                    let _slot = Slot { open, number };
                    let addresses = (peer.ip(), local.ip());
                    connect(stream, addresses, webex, &connection, stop).await;
                });
            }
            Err(error) if is_exhausted(&error) => {
                lock(&open).drop_one();
                tokio::time::sleep(BREATH).await;
            }
            // The client was faster than we, or the system is out of sorts.
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
    drop(listener);
    let ended = async { while tasks.join_next().await.is_some() {} };
    // What takes longer is aborted with the tasks.
    let _ = tokio::time::timeout(GRACE, ended).await;
}

async fn connect(
    stream: TcpStream,
    addresses: (IpAddr, IpAddr),
    webex: Arc<Webex>,
    connection: &Arc<Connection>,
    mut stop: watch::Receiver<()>,
) {
    // An answer is written at once; waiting for more to send makes it late.
    let _ = stream.set_nodelay(true);
    let patience = webex.patience;
    let service = service_fn(|request| {
        let webex = Arc::clone(&webex);
        async move {
            let arrived = || Busy::new(connection);
            webex.serve(request, addresses, arrived).await
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

#[cfg(test)]
mod tests {
    //! Who is dropped.
    use super::*;

    #[test]
    fn a_connection_is_busy_until_its_answer_is_sent() {
        let (_, connection) = Open::default().add();
        let is_busy = || connection.is_answering.load(Ordering::Relaxed);
        assert!(!is_busy());
        let busy = Busy::new(&connection);
        assert!(is_busy());
        drop(busy);
        assert!(!is_busy());
    }

    #[test]
    fn the_oldest_that_waits_goes_first() {
        let mut open = Open::default();
        let connections: Vec<_> = (0..4).map(|_| open.add()).collect();
        for busy in [0, 2] {
            connections[busy]
                .1
                .is_answering
                .store(true, Ordering::Relaxed);
        }
        let left = |open: &Open| open.by_number.keys().copied().collect::<Vec<_>>();
        open.drop_one();
        assert_eq!(left(&open), [1, 3, 4]);
        open.drop_one();
        assert_eq!(left(&open), [1, 3]);
        // Only such are left that are answered.
        open.drop_one();
        assert_eq!(left(&open), [3]);
        open.drop_one();
        open.drop_one();
        assert_eq!(left(&open), [0; 0]);
    }
}
