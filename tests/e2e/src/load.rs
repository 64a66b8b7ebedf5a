//! Many connections that ask without a pause.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Body of the request, and the status that it must get.
pub type Asked = (&'static str, u16);

/// What was answered.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// As it must be.
    pub well: u64,
    /// Not so.
    pub wrong: u64,
    /// Some of what was wrong, in words.
    pub examples: Vec<String>,
}

/// What is wrong is told so often.
const EXAMPLES: usize = 10;

impl Answered {
    fn note(&mut self, wrong: String) {
        self.wrong += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(wrong);
        }
    }
}

/// Asks for the prechecks of subscribers by so many connections, each in turn, for as long as
/// `goes_on`.
pub async fn load(
    address: SocketAddr,
    connections: usize,
    asked: &'static [Asked],
    goes_on: impl Fn() -> bool + Send + Sync + 'static,
) -> Answered {
    let goes_on = Arc::new(goes_on);
    let tasks: Vec<_> = (0..connections)
        .map(|offset| {
            let goes_on = Arc::clone(&goes_on);
            tokio::spawn(async move { connection(address, offset, asked, &*goes_on).await })
        })
        .collect();
    let mut all = Answered::default();
    for task in tasks {
        match task.await {
            Ok(one) => {
                all.well += one.well;
                all.wrong += one.wrong;
                all.examples.extend(one.examples);
            }
            Err(error) => all.note(error.to_string()),
        }
    }
    all.examples.truncate(EXAMPLES);
    all
}

async fn connection(
    address: SocketAddr,
    offset: usize,
    asked: &[Asked],
    goes_on: &(impl Fn() -> bool + Sync),
) -> Answered {
    let mut answered = Answered::default();
    let requests: Vec<(Vec<u8>, u16)> = asked
        .iter()
        .map(|(body, status)| (request(address, body), *status))
        .collect();
    let mut stream = match TcpStream::connect(address).await {
        Ok(stream) => stream,
        Err(error) => {
            answered.note(error.to_string());
            return answered;
        }
    };
    // As the client does.
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::with_capacity(4096);
    for (request, expected) in requests.iter().cycle().skip(offset) {
        if !goes_on() {
            break;
        }
        match exchange(&mut stream, request, &mut buffer).await {
            Ok(status) if status == *expected => answered.well += 1,
            Ok(status) => answered.note(format!("{status} for {expected}")),
            Err(error) => {
                answered.note(error.to_string());
                break;
            }
        }
    }
    answered
}

fn request(address: SocketAddr, body: &str) -> Vec<u8> {
    format!(
        "POST /v1/wholesale/subscribers/validate HTTP/1.1\r\nhost: {address}\r\n\
         authorization: Bearer sandbox-token\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends a request and reads its answer, whose length must be told.
async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> io::Result<u16> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&buffer[..end]).map_err(io::Error::other)?;
        let (_, rest) = head
            .split_once("content-length: ")
            .ok_or_else(|| io::Error::other("no length"))?;
        let length: usize = rest
            .split("\r\n")
            .next()
            .unwrap_or_default()
            .parse()
            .map_err(io::Error::other)?;
        if buffer.len() >= end + 4 + length {
            let status = head.get(9..12).unwrap_or_default();
            return status.parse().map_err(io::Error::other);
        }
    }
}
