//! TLS: a server whose certificate is trusted is asked, and another gets nothing.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto::ring};
use webex_precheck::{Client, RetryPolicy, SubscriberPrecheck, Token};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

/// Tells the test below that it is one of the processes that the other starts.
const ASKED: &str = "PRECHECK_TEST_ASKED";

/// A server with a certificate for localhost, which answers whatever it is asked.
async fn serve() -> SocketAddr {
    let certificate = CertificateDer::from_pem_file(format!("{FIXTURES}/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(format!("{FIXTURES}/server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let _ = stream.read(&mut [0; 4096]).await;
            let body = r#"{"info":[{"infoCode":100}]}"#;
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

/// Run by itself, it does nothing: which certificates are trusted is asked once in a process.
#[tokio::test]
async fn child() {
    let Ok(address) = std::env::var(ASKED) else {
        return;
    };
    let client = Client::builder(Token::new("canary").unwrap())
        .base_url(format!("https://{address}"))
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    match client.precheck_subscriber(&request).await {
        Ok(report) => println!("asked: {}", report.verdict()),
        Err(error) => println!("not asked: {} {error:?}", error.is_connect()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn only_a_server_with_a_trusted_certificate_is_asked() {
    let address = serve().await;
    let ask = |trusted: &str| {
        let run = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(ASKED, address.to_string())
            .env("SSL_CERT_FILE", format!("{FIXTURES}/{trusted}"))
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap();
        String::from_utf8(run.stdout).unwrap()
    };
    let trusted = ask("ca.pem");
    assert!(trusted.contains("asked: likely"), "{trusted}");
    let other = ask("other.pem");
    assert!(other.contains("not asked: true"), "{other}");
    assert!(!other.contains("canary"), "{other}");
}
