//! TLS with certificates of a test's own, and a corporate proxy that reads what passes through it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::ring};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A certificate authority of a test's own.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// If there is no randomness.
    pub fn new() -> Result<Self, Error> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // A certificate that is issued by a name like its own counts as self-signed.
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "a root of this test");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        Ok(Self(issuer))
    }

    /// Its root certificate, in PEM.
    pub fn root_pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for this host, and its private key, in PEM.
    ///
    /// # Errors
    ///
    /// If it is no name of a host.
    pub fn issue(&self, host: &str) -> Result<String, Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new([host.to_owned()])?;
        // Tells roots of the same name apart.
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &self.0)?;
        Ok(format!("{}{}", certificate.pem(), key.serialize_pem()))
    }

    /// Ends TLS for this host. With `clients`, clients must have a certificate of that authority.
    ///
    /// # Errors
    ///
    /// If it is no name of a host.
    pub fn acceptor(&self, host: &str, clients: Option<&Self>) -> Result<TlsAcceptor, Error> {
        let pem = self.issue(host)?;
        // Named, since more than one is built into a test.
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let config = match clients {
            None => config.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.0.der().clone())?;
                let roots = Arc::new(roots);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
                config.with_client_cert_verifier(verifier.build()?)
            }
        };
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes())?;
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())?;
        let config = config.with_single_cert(vec![certificate], key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Serves TLS in front of an HTTP server, with any port of loopback.
///
/// # Errors
///
/// If there is no port.
pub async fn in_front_of(server: SocketAddr, acceptor: TlsAcceptor) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(pass(stream, acceptor.clone(), server));
        }
    });
    Ok(address)
}

/// Ends TLS, and passes on what it carries.
async fn pass(stream: TcpStream, acceptor: TlsAcceptor, server: SocketAddr) -> io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut server = TcpStream::connect(server).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut server).await?;
    Ok(())
}

/// A corporate proxy: it takes `CONNECT`, ends TLS with a certificate of its own authority, and passes
/// everything on to an HTTP server.
pub struct TlsProxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl TlsProxy {
    /// Starts one for connections to this host.
    ///
    /// # Errors
    ///
    /// If there is no port, or it is no name of a host.
    pub async fn start(
        authority: &Authority,
        host: &str,
        server: SocketAddr,
    ) -> Result<Self, Error> {
        let acceptor = authority.acceptor(host, None)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let heads = Arc::default();
        let known = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connect(
                    stream,
                    acceptor.clone(),
                    server,
                    Arc::clone(&known),
                ));
            }
        });
        Ok(Self { address, heads })
    }

    /// Its URL, with this user name and password.
    pub fn url(&self, user: &str) -> String {
        format!("http://{user}@{}", self.address)
    }

    /// The heads of the requests to the proxy itself.
    pub fn heads(&self) -> Vec<String> {
        let heads = self.heads.lock();
        heads.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn connect(
    mut stream: TcpStream,
    acceptor: TlsAcceptor,
    server: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    heads
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(head);
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    pass(stream, acceptor, server).await
}
