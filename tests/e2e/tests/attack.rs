//! The sandbox against clients that mean harm: a small version of the example `attack`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::time::Duration;

use e2e::attack::{self, Size};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use webex_precheck_sandbox::Sandbox;

#[tokio::test]
async fn nothing_keeps_it_from_serving_the_honest() {
    // Fewer connections than the attackers have.
    let sandbox = Sandbox::builder().max_connections(50);
    let sandbox = sandbox.start().await.unwrap();
    let size = Size {
        connections: 200,
        body: 64 << 20,
        headers: 100_000,
        levels: 100_000,
    };
    let attacks = attack::all(sandbox.address(), size).await.unwrap();
    for attacked in &attacks {
        assert!(attacked.is_held, "{attacked:?}");
        // Only as many are kept as may be open.
        let kept = attacked.dropped.map(|dropped| size.connections - dropped);
        assert!(kept.is_none_or(|kept| kept <= 50), "{attacked:?}");
    }
    assert!(attacks.len() > 40);
    assert!(attacks.iter().filter(|a| a.dropped.is_some()).count() > 5);
    assert_eq!(sandbox.answered("/smuggled").len(), 0);
}

/// What is written to a connection, until the sandbox drops it.
async fn dropped(sandbox: &Sandbox, sent: &str) -> String {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let ended = stream.read_to_end(&mut read);
    // Far more than its timeout, and less than what the server's library has by itself.
    let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
    ended.expect("it is dropped").unwrap();
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn what_does_not_arrive_in_time_is_dropped() {
    let sandbox = Sandbox::builder().read_timeout(Duration::from_secs(1));
    let sandbox = sandbox.start().await.unwrap();
    let head = "POST /v1/wholesale/subscribers/validate HTTP/1.1\r\nHost: x\r\n";
    let with_body = format!("{head}Content-Length: 9\r\n\r\n{{");
    let (silent, slow_head, slow_body) = tokio::join!(
        dropped(&sandbox, ""),
        dropped(&sandbox, head),
        dropped(&sandbox, &with_body)
    );
    // What HTTP says to who sends no headers is the server's library's affair.
    assert!(!silent.contains(" 200 ") && !slow_head.contains(" 200 "));
    assert!(slow_body.starts_with("HTTP/1.1 4"), "{slow_body}");
}
