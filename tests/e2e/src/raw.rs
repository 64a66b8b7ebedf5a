//! One request of HTTP, and its answer byte by byte, however it ends.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What nothing is read for in this time is given up.
const MINUTE: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Debug)]
pub struct Raw {
    /// `None` where the connection was closed without an answer.
    pub status: Option<u16>,
    headers: Vec<(String, String)>,
    /// The body as far as it came.
    pub body: Vec<u8>,
    /// Whether the body came to its end.
    pub is_whole: bool,
    /// Whether the connection was closed: an answer that stalls is given up once half is there.
    pub was_closed: bool,
}

impl Raw {
    /// Posts JSON with a token.
    ///
    /// # Errors
    ///
    /// If the connection breaks.
    pub async fn ask(address: SocketAddr, path: &str, token: &str, body: &str) -> io::Result<Self> {
        let request = Self::request(address, path, token, body);
        Self::exchange(address, request.as_bytes(), false).await
    }

    /// As [`Raw::ask`], but gives up as soon as there is some body and it has not come to its end.
    ///
    /// # Errors
    ///
    /// If the connection breaks.
    pub async fn ask_what_stalls(
        address: SocketAddr,
        path: &str,
        token: &str,
        body: &str,
    ) -> io::Result<Self> {
        let request = Self::request(address, path, token, body);
        Self::exchange(address, request.as_bytes(), true).await
    }

    fn request(address: SocketAddr, path: &str, token: &str, body: &str) -> String {
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// Sends bytes and reads until the connection is closed.
    ///
    /// # Errors
    ///
    /// If the connection breaks, or is open after a minute with nothing read.
    pub async fn send(address: SocketAddr, request: &[u8]) -> io::Result<Self> {
        Self::exchange(address, request, false).await
    }

    async fn exchange(address: SocketAddr, request: &[u8], stalls: bool) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        let mut read = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let count = tokio::time::timeout(MINUTE, stream.read(&mut chunk)).await;
            match count.map_err(|_| io::ErrorKind::TimedOut)? {
                Ok(0) => return Ok(Self::parse(&read, true)),
                Ok(count) => read.extend_from_slice(&chunk[..count]),
                // Closed with something unread.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return Ok(Self::parse(&read, true));
                }
                Err(error) => return Err(error),
            }
            let so_far = Self::parse(&read, false);
            if stalls && !so_far.is_whole && !so_far.body.is_empty() {
                return Ok(so_far);
            }
        }
    }

    /// A header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn parse(read: &[u8], was_closed: bool) -> Self {
        let mut raw = Self {
            status: None,
            headers: Vec::new(),
            body: Vec::new(),
            is_whole: false,
            was_closed,
        };
        let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
            return raw;
        };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        raw.status = status.and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        raw.headers = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let rest = &read[end + 4..];
        if raw.header("transfer-encoding") == Some("chunked") {
            (raw.body, raw.is_whole) = dechunked(rest);
        } else {
            let length = raw.header("content-length").unwrap_or("0").parse();
            raw.is_whole = length == Ok(rest.len());
            raw.body = rest.to_vec();
        }
        raw
    }
}

/// The body in chunks, and whether the last one is there.
fn dechunked(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else {
            return (body, false);
        };
        let size = String::from_utf8_lossy(&rest[..end]).into_owned();
        let Ok(size) = usize::from_str_radix(&size, 16) else {
            return (body, false);
        };
        if size == 0 {
            return (body, true);
        }
        let Some(data) = rest.get(end + 2..end + 2 + size) else {
            return (body, false);
        };
        body.extend_from_slice(data);
        rest = rest.get(end + 4 + size..).unwrap_or_default();
    }
}
