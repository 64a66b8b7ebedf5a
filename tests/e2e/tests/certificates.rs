//! Certificates that a client is given: the roots that it trusts, and its own identity.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use e2e::tls::{self, Authority};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use webex_precheck::{
    Client, ClientBuilder, Error, Report, RetryPolicy, SubscriberPrecheck, Token,
};

type Backend = fn(ClientBuilder) -> ClientBuilder;

/// The TLS libraries that the client was built with.
const BACKENDS: &[Backend] = &[
    |builder| builder,
    #[cfg(feature = "native-tls")]
    ClientBuilder::use_native_tls,
];

/// An HTTP server that always says yes.
async fn webex() -> SocketAddr {
    let router = Router::new().fallback(async || r#"{"info": [{"infoCode": 100}]}"#);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

fn builder(server: SocketAddr) -> ClientBuilder {
    Client::builder(Token::new("canary").unwrap())
        .base_url(format!("https://{server}"))
        .retry_policy(RetryPolicy::none())
}

async fn ask(client: ClientBuilder) -> Result<Report, Error> {
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    client.build()?.precheck_subscriber(&request).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn root_certificates_are_trusted_besides_those_of_the_system() {
    let (own, other) = (Authority::new().unwrap(), Authority::new().unwrap());
    let acceptor = own.acceptor("127.0.0.1", None).unwrap();
    let server = tls::in_front_of(webex().await, acceptor).await.unwrap();
    for backend in BACKENDS {
        let builder = backend(builder(server));
        let error = ask(builder.clone()).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        let untrusting = builder.clone().root_certificate_pem(other.root_pem());
        assert!(ask(untrusting.clone()).await.unwrap_err().is_connect());
        // One after the other, or both at once.
        let trusting = untrusting.root_certificate_pem(own.root_pem());
        assert!(ask(trusting).await.unwrap().is_likely());
        let bundle = [other.root_pem(), own.root_pem()].concat();
        let trusting = builder.root_certificate_pem(bundle);
        assert!(ask(trusting).await.unwrap().is_likely());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identity_is_shown_to_a_server_that_wants_one() {
    let (servers, clients) = (Authority::new().unwrap(), Authority::new().unwrap());
    let acceptor = servers.acceptor("127.0.0.1", Some(&clients)).unwrap();
    let server = tls::in_front_of(webex().await, acceptor).await.unwrap();
    for backend in BACKENDS {
        let builder = backend(builder(server)).root_certificate_pem(servers.root_pem());
        let error = ask(builder.clone()).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        let unknown = servers.issue("orders.acme.com").unwrap();
        let error = ask(builder.clone().identity_pem(unknown)).await;
        assert!(error.unwrap_err().is_connect());
        let known = clients.issue("orders.acme.com").unwrap();
        let report = ask(builder.identity_pem(known)).await.unwrap();
        assert!(report.is_likely());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preconfigured_backend_is_used_as_it_is() {
    let (own, other) = (Authority::new().unwrap(), Authority::new().unwrap());
    let acceptor = own.acceptor("127.0.0.1", None).unwrap();
    let server = tls::in_front_of(webex().await, acceptor).await.unwrap();
    let config = |authority: &Authority| {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(authority.root_pem().as_bytes()).unwrap();
        roots.add(root).unwrap();
        ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    };
    let trusting = builder(server).tls_backend_preconfigured(config(&own));
    assert!(ask(trusting.clone()).await.unwrap().is_likely());
    let untrusting = builder(server).tls_backend_preconfigured(config(&other));
    assert!(ask(untrusting).await.unwrap_err().is_connect());
    // It would have no effect.
    let error = ask(trusting.root_certificate_pem(other.root_pem())).await;
    assert!(error.unwrap_err().is_builder());
    let error = ask(builder(server).tls_backend_preconfigured("no configuration")).await;
    assert!(error.unwrap_err().is_builder());
}

#[test]
fn what_is_no_certificate_is_refused_and_not_shown() {
    let key = Authority::new().unwrap().issue("orders.acme.com").unwrap();
    let start = key.find("-----BEGIN PRIVATE KEY").unwrap();
    let (certificate, key) = key.split_at(start);
    let secret = &key.lines().nth(1).unwrap()[..32];
    let broken = key.replace("END PRIVATE", "END PUBLIC");
    for backend in BACKENDS {
        let builder = backend(builder(([127, 0, 0, 1], 1).into()));
        let shown = |builder: ClientBuilder| {
            let error = builder.clone().build().unwrap_err();
            assert!(error.is_builder(), "{error:?}");
            let shown = format!("{builder:?} {error} {error:?}");
            assert!(!shown.contains(secret), "{shown}");
            shown
        };
        for pem in [
            "",
            "canary",
            key,
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        ] {
            let shown = shown(builder.clone().root_certificate_pem(pem));
            assert!(shown.contains("root certificate"), "{pem}: {shown}");
        }
        for pem in ["", "canary", key, certificate, &broken] {
            let shown = shown(builder.clone().identity_pem(pem));
            assert!(shown.contains("identity"), "{pem}: {shown}");
        }
    }
}
