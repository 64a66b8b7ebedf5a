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
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

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
    by_number: BTreeMap<u64, Connection>,
}

#[derive(Default)]
struct Connection {
    is_answering: Arc<IsAnswering>,
    /// What serves it, once that has begun.
    task: Option<AbortHandle>,
}

/// Whether a request has arrived and its answer is not sent yet.
#[derive(Default)]
struct IsAnswering(AtomicBool);

/// As long as there is one, its connection is not one that waits for a request.
pub(crate) struct Busy(Arc<IsAnswering>);

impl Busy {
    fn new(connection: &Arc<IsAnswering>) -> Self {
        connection.0.store(true, Ordering::Relaxed);
        Self(Arc::clone(connection))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}

impl Open {
    fn add(&mut self) -> (u64, Arc<IsAnswering>) {
        self.last += 1;
        let connection = Connection::default();
        let is_answering = Arc::clone(&connection.is_answering);
        self.by_number.insert(self.last, connection);
        (self.last, is_answering)
    }

    /// A connection is served by this task from now on, unless it has ended already.
    fn serve(&mut self, number: u64, task: AbortHandle) {
        if let Some(connection) = self.by_number.get_mut(&number) {
            connection.task = Some(task);
        }
    }

    /// Drops the oldest that waits for a request, or the oldest of all.
    fn drop_one(&mut self) {
        let mut open = self.by_number.iter();
        let waiting = open.find(|(_, it)| !it.is_answering.0.load(Ordering::Relaxed));
        let number = waiting.or(self.by_number.first_key_value());
        if let Some(number) = number.map(|(number, _)| *number)
            && let Some(Connection {
                task: Some(task), ..
            }) = self.by_number.remove(&number)
        {
            task.abort();
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
                let (number, is_answering) = {
                    let mut open = lock(&open);
                    while open.by_number.len() >= most {
                        open.drop_one();
                    }
                    open.add()
                };
                let (webex, stop) = (Arc::clone(&webex), stop.clone());
                let slot = Slot {
                    open: Arc::clone(&open),
                    number,
                };
                let task = tasks.spawn(async move {
                    let _slot = slot;
                    let addresses = (peer.ip(), local.ip());
                    connect(stream, addresses, webex, &is_answering, stop).await;
                });
                lock(&open).serve(number, task);
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
    is_answering: &Arc<IsAnswering>,
    mut stop: watch::Receiver<()>,
) {
    // An answer is written at once; waiting for more to send makes it late.
    let _ = stream.set_nodelay(true);
    let patience = webex.patience;
    let service = service_fn(|request| {
        let webex = Arc::clone(&webex);
        async move {
            let arrived = || Busy::new(is_answering);
            webex.serve(request, addresses, arrived).await
        }
    });
    // Of more than 100 headers, hyper says 431 by itself; told the number, it is slower.
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(MOST_HEADER_BYTES)
        // Answers are small: put together, they are sent faster than in parts.
        .writev(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    // How a connection ended is the client's affair.
    tokio::select! {
        _ = &mut serving => return,
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
        let (_, is_answering) = Open::default().add();
        let is_busy = || is_answering.0.load(Ordering::Relaxed);
        assert!(!is_busy());
        let busy = Busy::new(&is_answering);
        assert!(is_busy());
        drop(busy);
        assert!(!is_busy());
    }

    #[test]
    fn the_oldest_that_waits_goes_first() {
        let mut open = Open::default();
        let connections: Vec<_> = (0..4).map(|_| open.add()).collect();
        for busy in [0, 2] {
            connections[busy].1.0.store(true, Ordering::Relaxed);
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
