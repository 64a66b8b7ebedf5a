//! The sandbox against clients that mean harm: a small version of `cargo xtask attack`.

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
    let sandbox = Sandbox::builder().most_connections(50);
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
        // Half-open, silent or slow: only as many are kept as may be open.
        if let Some(dropped) = attacked.answer.strip_suffix(" dropped") {
            let dropped: usize = dropped.parse().unwrap();
            assert!(dropped >= size.connections - 50, "{attacked:?}");
        }
    }
    assert!(attacks.len() > 40);
    assert_eq!(sandbox.answered("/smuggled").len(), 0);
}

/// What is written to a connection, until the sandbox drops it.
async fn dropped(sandbox: &Sandbox, sent: &str) -> String {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let ended = stream.read_to_end(&mut read);
    let ended = tokio::time::timeout(Duration::from_secs(60), ended).await;
    ended.expect("it is dropped").unwrap();
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn what_does_not_arrive_in_time_is_dropped() {
    let sandbox = Sandbox::builder().patience(Duration::from_millis(50));
    let sandbox = sandbox.start().await.unwrap();
    let path = "/v1/wholesale/subscribers/validate";
    for (sent, status) in [
        (String::new(), ""),
        (format!("POST {path} HTTP/1.1\r\nHost: x\r\n"), ""),
        (
            format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sandbox-token\r\n\
                 Content-Length: 9\r\n\r\n{{"
            ),
            "408",
        ),
    ] {
        let answer = dropped(&sandbox, &sent).await;
        let seen = answer.split(' ').nth(1).unwrap_or_default();
        // What HTTP says to who sends no headers is the server's library's affair.
        if !status.is_empty() {
            assert_eq!(seen, status, "{sent}");
        }
    }
    assert!(attack::honest(sandbox.address()).await);
}
