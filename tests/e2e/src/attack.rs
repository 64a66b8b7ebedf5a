//! Clients that mean harm. After each attack, and during those that last, an honest request must be
//! served.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Raw;

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Connections that are held half-open, and that are slow.
    pub connections: usize,
    /// Bytes of the largest body.
    pub body: u64,
    /// Headers of one request.
    pub headers: usize,
    /// Levels of nested JSON.
    pub levels: usize,
}

/// What became of an attack.
#[derive(Debug)]
pub struct Attacked {
    /// What was done.
    pub attack: String,
    /// How it was answered, in words.
    pub answer: String,
    /// Connections that were dropped, where it was made of many.
    pub dropped: Option<usize>,
    /// Whether that is fine, and an honest request was served.
    pub is_held: bool,
}

const PATH: &str = "/v1/wholesale/subscribers/validate";
const TOKEN: &str = "sandbox-token";
/// What is neither answered nor dropped by then is not held.
const PATIENCE: Duration = Duration::from_secs(60);
/// Nobody honest asks for it: who answers it was smuggled something.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

fn head(more: &str) -> String {
    format!(
        "POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\n{more}\r\n"
    )
}

fn with_length(body: &[u8]) -> Vec<u8> {
    let head = head(&format!(
        "Connection: close\r\nContent-Length: {}\r\n",
        body.len()
    ));
    [head.as_bytes(), body].concat()
}

/// Whether an honest request is served.
pub async fn honest(address: SocketAddr) -> bool {
    let answer = Raw::ask(address, PATH, TOKEN, r#"{"email": "a@b.c"}"#).await;
    answer.is_ok_and(|raw| {
        raw.status == Some(200) && String::from_utf8_lossy(&raw.body).contains("\"infoCode\":100")
    })
}

/// Attacks a sandbox with all that there is.
///
/// # Errors
///
/// If this machine lets nobody connect.
pub async fn all(address: SocketAddr, size: Size) -> io::Result<Vec<Attacked>> {
    let mut attacked = Vec::new();
    for (attack, sent, expected) in single(size) {
        let answer = exchange(address, &sent).await;
        let is_held = expected.contains(&answer.as_str()) && honest(address).await;
        attacked.push(Attacked {
            attack,
            answer,
            dropped: None,
            is_held,
        });
    }
    attacked.push(large_body(address, size.body, true).await);
    attacked.push(large_body(address, size.body, false).await);
    for (what, beginning, drip) in [
        ("half-open, silent", String::new(), ""),
        ("half-open, half a line", "POST /v1/whole".to_owned(), ""),
        (
            "asking and not reading",
            "GET /__sandbox/requests?last=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "",
        ),
        ("slow headers", head("").trim_end().to_owned(), "\r\nX-A: b"),
        ("slow bodies", head("Content-Length: 100000\r\n"), "x"),
        (
            "slow bodies, nearly whole",
            format!(
                "{}{}",
                head(&format!("Content-Length: {}\r\n", 1 << 20)),
                " ".repeat((1 << 20) - 100)
            ),
            "x",
        ),
        (
            "slow chunks",
            head("Transfer-Encoding: chunked\r\n"),
            "1\r\nx\r\n",
        ),
    ] {
        attacked.push(many(address, size.connections, what, &beginning, drip).await?);
    }
    Ok(attacked)
}

/// Attacks of one connection each: what is sent, and the answers that are fine.
fn single(size: Size) -> Vec<(String, Vec<u8>, &'static [&'static str])> {
    const REFUSED: &[&str] = &["400", "closed"];
    const TOO_MUCH: &[&str] = &["431", "closed"];
    const ONE: &[&str] = &["200"];
    let body = r#"{"email": "a@b.c"}"#;
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let length = body.len();
    let both = chunked.len() + SMUGGLED.len();
    let framed = |headers: &str, body: &str| [head(headers), body.to_owned()].concat().into_bytes();
    let headers: String = (0..size.headers).map(|n| format!("X-{n}: y\r\n")).collect();
    let deep = ["[".repeat(size.levels), "]".repeat(size.levels)].concat();
    let deep_objects = format!(
        r#"{{"email": "a@b.c", "x": {}1{}}}"#,
        r#"{"x":"#.repeat(size.levels),
        "}".repeat(size.levels)
    );
    let many_names: String = (0..50_000).map(|n| format!("\"x{n}\": 1, ")).collect();
    let smuggle = |headers: &str, body: &str| framed(headers, &format!("{body}{SMUGGLED}"));
    let long = "k".repeat(500_000);
    let twice = format!(r#"{{"{long}": {{{}"a": 1}}}}"#, "\"a\": 1,".repeat(70_000));
    let packages = format!(
        r#"{{"email": "a@b.c", "packages": ["{}"]}}"#,
        "\",\"".repeat(300_000)
    );
    let failing = format!(r#"{{"email": "a@b.c", "customerId": "sandbox:fail-2-closed+{long}"}}"#);
    let attacks: Vec<(&str, Vec<u8>, &[&str])> = vec![
        (
            "JSON, many names twice, far below",
            with_length(twice.as_bytes()),
            REFUSED,
        ),
        (
            "JSON, 300,000 packages",
            with_length(packages.as_bytes()),
            REFUSED,
        ),
        (
            "JSON, a long test value",
            with_length(failing.as_bytes()),
            REFUSED,
        ),
        ("JSON, deep lists", with_length(deep.as_bytes()), REFUSED),
        (
            "JSON, deep objects",
            with_length(deep_objects.as_bytes()),
            REFUSED,
        ),
        (
            "JSON, only opened",
            with_length("{\"a\":".repeat(size.levels).as_bytes()),
            REFUSED,
        ),
        (
            "JSON, names twice",
            with_length(br#"{"email": "a@b.c", "email": "c@d.e"}"#),
            REFUSED,
        ),
        (
            "JSON, names twice, differently written",
            with_length(br#"{"email": "a@b.c", "\u0065mail": "c@d.e"}"#),
            REFUSED,
        ),
        (
            "JSON, 50,000 unknown names",
            with_length(format!("{{{many_names}\"email\": \"a@b.c\"}}").as_bytes()),
            ONE,
        ),
        (
            "JSON, invalid UTF-8",
            with_length(b"{\"email\": \"a\xff@b.c\"}"),
            REFUSED,
        ),
        (
            "JSON, half a surrogate",
            with_length(br#"{"email": "\ud800@b.c"}"#),
            REFUSED,
        ),
        ("JSON, UTF-16", with_length(b"\xff\xfe{\0}\0"), REFUSED),
        (
            "JSON, a huge number",
            with_length(format!("{{\"email\": 1e{}}}", "9".repeat(100_000)).as_bytes()),
            REFUSED,
        ),
        (
            "JSON, something behind it",
            with_length(br#"{"email": "a@b.c"} {}"#),
            REFUSED,
        ),
        ("headers, too many", framed(&headers, ""), TOO_MUCH),
        (
            "headers, one too long",
            framed(&format!("X: {}\r\n", "y".repeat(1_000_000)), ""),
            TOO_MUCH,
        ),
        ("headers, invalid bytes", framed("X: \0\r\n", ""), REFUSED),
        (
            "address, too long",
            format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1_000_000)).into_bytes(),
            &["414", "431", "closed"],
        ),
        (
            "address, invalid bytes",
            b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            &["400", "404", "closed"],
        ),
        (
            "TLS",
            [
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
                &[0; 500],
            ]
            .concat(),
            REFUSED,
        ),
        (
            "HTTP/2",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            REFUSED,
        ),
        (
            "noise",
            (0..10_000_u32)
                .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
                .collect(),
            REFUSED,
        ),
        (
            "no host",
            b"GET /healthz HTTP/1.1\r\n\r\n".to_vec(),
            REFUSED,
        ),
        (
            "two hosts",
            framed("Host: y\r\nContent-Length: 0\r\n", ""),
            REFUSED,
        ),
        (
            "smuggling, both lengths",
            smuggle(
                &format!("Content-Length: {both}\r\nTransfer-Encoding: chunked\r\n"),
                &chunked,
            ),
            ONE,
        ),
        (
            "smuggling, both lengths the other way",
            smuggle(
                "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                &chunked,
            ),
            ONE,
        ),
        (
            "smuggling, two lengths",
            smuggle(
                &format!("Content-Length: {length}\r\nContent-Length: {both}\r\n"),
                body,
            ),
            REFUSED,
        ),
        (
            "smuggling, a list of lengths",
            smuggle(&format!("Content-Length: {length}, {both}\r\n"), body),
            REFUSED,
        ),
        (
            "smuggling, a signed length",
            smuggle(&format!("Content-Length: +{length}\r\n"), body),
            REFUSED,
        ),
        (
            "smuggling, an endless length",
            smuggle("Content-Length: 99999999999999999999\r\n", body),
            REFUSED,
        ),
        (
            "smuggling, another encoding",
            smuggle("Transfer-Encoding: xchunked\r\n", &chunked),
            REFUSED,
        ),
        (
            "smuggling, an encoding twice",
            smuggle(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                &chunked,
            ),
            REFUSED,
        ),
        (
            "smuggling, two encodings",
            smuggle(
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
                &chunked,
            ),
            REFUSED,
        ),
        (
            "smuggling, a list of encodings",
            smuggle("Transfer-Encoding: chunked, identity\r\n", &chunked),
            REFUSED,
        ),
        (
            "smuggling, a blank before the colon",
            smuggle("Transfer-Encoding : chunked\r\n", &chunked),
            REFUSED,
        ),
        (
            "smuggling, a folded header",
            smuggle("Transfer-Encoding:\r\n chunked\r\n", &chunked),
            REFUSED,
        ),
        (
            "smuggling, a bare CR",
            smuggle(
                "X: a\rTransfer-Encoding: chunked\r\nContent-Length: 0\r\n",
                "",
            ),
            REFUSED,
        ),
        (
            "smuggling, a chunk too long for a number",
            smuggle("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"),
            REFUSED,
        ),
        (
            "smuggling, a chunk with a bad length",
            smuggle("Transfer-Encoding: chunked\r\n", "5x\r\nhello\r\n0\r\n\r\n"),
            REFUSED,
        ),
    ];
    let named = attacks.into_iter();
    named
        .map(|(name, sent, expected)| (name.to_owned(), sent, expected))
        .collect()
}

/// Sends, and tells the statuses that come back until the connection is closed.
async fn exchange(address: SocketAddr, sent: &[u8]) -> String {
    let Ok(stream) = TcpStream::connect(address).await else {
        return "refused".to_owned();
    };
    let (mut reading, mut writing) = stream.into_split();
    let mut read = Vec::new();
    let exchanged = async {
        // It may be answered before all of it was sent.
        tokio::join!(writing.write_all(sent), reading.read_to_end(&mut read))
    };
    if tokio::time::timeout(PATIENCE, exchanged).await.is_err() {
        return "open".to_owned();
    }
    let read = String::from_utf8_lossy(&read).into_owned();
    let mut statuses = Vec::new();
    for part in read.split("HTTP/1.1 ").skip(1) {
        statuses.push(part.split(' ').next().unwrap_or_default());
    }
    if statuses.is_empty() {
        "closed".to_owned()
    } else {
        statuses.join(" ")
    }
}

/// Sends a body that is far too large, for as long as it is taken.
async fn large_body(address: SocketAddr, size: u64, is_announced: bool) -> Attacked {
    let attack = if is_announced {
        format!("a body of {size} bytes, announced")
    } else {
        format!("a body of {size} bytes, in chunks")
    };
    let told = tokio::time::timeout(PATIENCE, send_body(address, size, is_announced)).await;
    let (answer, sent) = match told {
        Ok(Ok(told)) => told,
        Ok(Err(error)) => (error.to_string(), 0),
        Err(_) => ("open".to_owned(), 0),
    };
    // What a socket takes, and what is read so that the answer is seen.
    let is_little = sent < (64 << 20).min(size);
    let is_answered = ["413", "closed"].contains(&answer.as_str());
    Attacked {
        is_held: is_answered && is_little && honest(address).await,
        answer: format!("{answer} after {} MiB", sent >> 20),
        dropped: None,
        attack,
    }
}

async fn send_body(
    address: SocketAddr,
    size: u64,
    is_announced: bool,
) -> io::Result<(String, u64)> {
    let stream = TcpStream::connect(address).await?;
    let (mut reading, mut writing) = stream.into_split();
    let length = if is_announced {
        format!("Content-Length: {size}\r\n")
    } else {
        "Transfer-Encoding: chunked\r\n".to_owned()
    };
    let part = vec![b' '; 1 << 16];
    let chunk = if is_announced {
        part
    } else {
        [b"10000\r\n".as_slice(), &part, b"\r\n"].concat()
    };
    let write = async {
        let mut sent = 0;
        if writing.write_all(head(&length).as_bytes()).await.is_err() {
            return sent;
        }
        while sent < size && writing.write_all(&chunk).await.is_ok() {
            sent += 1 << 16;
        }
        sent
    };
    let mut read = Vec::new();
    let (sent, _) = tokio::join!(write, reading.read_to_end(&mut read));
    let read = String::from_utf8_lossy(&read).into_owned();
    let status = read.split(' ').nth(1).unwrap_or("closed");
    Ok((status.to_owned(), sent))
}

/// Holds many connections that begin a request and go on slowly, or not at all.
async fn many(
    address: SocketAddr,
    count: usize,
    what: &str,
    beginning: &str,
    drip: &str,
) -> io::Result<Attacked> {
    let mut held = Vec::with_capacity(count);
    for number in 0..count {
        let mut stream = match TcpStream::connect(address).await {
            Ok(stream) => stream,
            Err(error) if number > 0 => {
                let error = format!("connection {number}: {error}");
                return Err(io::Error::other(error));
            }
            Err(error) => return Err(error),
        };
        // It may be dropped already, or what is sent not be taken any more.
        let written = stream.write_all(beginning.as_bytes());
        let _ = tokio::time::timeout(Duration::from_millis(100), written).await;
        held.push(stream);
    }
    let mut is_held = honest(address).await;
    for _ in 0..3 {
        for stream in &mut held {
            let _ = stream.try_write(drip.as_bytes());
        }
        is_held &= honest(address).await;
    }
    let mut dropped = 0;
    for stream in &held {
        dropped += usize::from(is_dropped(stream));
    }
    drop(held);
    is_held &= honest(address).await;
    Ok(Attacked {
        attack: format!("{count} connections, {what}"),
        answer: format!("{dropped} dropped"),
        dropped: Some(dropped),
        is_held,
    })
}

/// Whether what comes has an end, or is broken.
fn is_dropped(stream: &TcpStream) -> bool {
    let mut read = vec![0; 1 << 16];
    loop {
        match stream.try_read(&mut read) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
        }
    }
}
