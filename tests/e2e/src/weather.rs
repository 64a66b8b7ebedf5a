//! A server that answers byte by byte as a test wants it, however bad.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a connection gets.
#[derive(Clone)]
pub struct Weather {
    /// Written once the request is read.
    pub bytes: Vec<u8>,
    /// Leaves the connection open, instead of closing it.
    pub stall: bool,
    /// Closes the connection without reading anything.
    pub deaf: bool,
}

impl Weather {
    /// These bytes, and the end.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            stall: false,
            deaf: false,
        }
    }

    /// An answer of HTTP, whole.
    pub fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        Self::bytes(answer(status, headers, body))
    }
}

/// An answer of HTTP, whole.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !headers.iter().any(|(name, _)| *name == "content-length") {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// A server that gives the nth connection the nth weather, and the last one to all others.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    stalled: Arc<AtomicUsize>,
    silent: bool,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts one.
    pub async fn start(weather: Vec<Weather>) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let silent = weather
            .first()
            .is_some_and(|weather| weather.bytes.is_empty());
        let stalled = Arc::new(AtomicUsize::new(0));
        let (counted, counted_stalled) = (Arc::clone(&connections), Arc::clone(&stalled));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = counted.fetch_add(1, Ordering::SeqCst);
                let weather = weather.get(number).or(weather.last()).cloned();
                if let Some(weather) = weather {
                    tokio::spawn(serve(stream, weather, Arc::clone(&counted_stalled)));
                }
            }
        });
        Ok(Self {
            address,
            connections,
            stalled,
            silent,
            task,
        })
    }

    /// How many have connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Whether the first connection gets nothing.
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// How many wait for more than will come.
    pub fn stalled(&self) -> usize {
        self.stalled.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, weather: Weather, stalled: Arc<AtomicUsize>) {
    if weather.deaf {
        return;
    }
    read_request(&mut stream).await;
    if stream.write_all(&weather.bytes).await.is_err() {
        return;
    }
    if weather.stall {
        stalled.fetch_add(1, Ordering::SeqCst);
        // Until the client hangs up.
        let _ = stream.read(&mut [0; 64]).await;
        return;
    }
    let _ = stream.shutdown().await;
    // What is still unread would make the system reset the connection.
    let _ = stream.read(&mut [0; 64]).await;
}

/// Reads until the body is there, or what comes is no HTTP, or the end.
async fn read_request(stream: &mut TcpStream) {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => read.extend_from_slice(&chunk[..count]),
            _ => return,
        }
        if !read.starts_with(b"POST ") {
            return;
        }
        let text = String::from_utf8_lossy(&read).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.split("content-length: ").nth(1);
        let length = length.and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return;
        }
    }
}
