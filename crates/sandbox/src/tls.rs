//! TLS with a certificate that is made for the occasion.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::rustls::{self, ServerConfig, crypto::ring};
use tokio_rustls::server::TlsStream;

/// Names by which this machine reaches itself.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// Some clients refuse a certificate that is valid for longer than 825 days.
const LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The clocks of other machines may be this much behind.
const CLOCK_SKEW: Duration = Duration::from_secs(24 * 60 * 60);

/// A new certificate for a sandbox, issued by a new root of its own; both are valid for a year.
///
/// The key of the root is forgotten at once, so that whoever trusts the root trusts this certificate and
/// no other.
///
/// ```
/// use webex_precheck_sandbox::{Sandbox, Tls};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let tls = Tls::new(["sandbox.test"])?;
/// let root = tls.root_certificate_pem().to_owned(); // for `ClientBuilder::root_certificate_pem`
/// let sandbox = Sandbox::builder().tls(tls).start().await?;
/// assert!(sandbox.url().starts_with("https://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    root: String,
}

/// There is no certificate for a sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// It cannot be issued for this text.
    #[error("`{0}` is neither a host name nor an IP address")]
    Host(String),
    /// It cannot be made.
    #[error("the certificate cannot be made: {0}")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Tls {
    /// Makes a certificate for these host names and IP addresses, and for `localhost`, `127.0.0.1` and
    /// `::1`.
    ///
    /// # Errors
    ///
    /// If one is neither a host name nor an IP address, or if the system has no random numbers.
    pub fn new<H: Into<String>>(hosts: impl IntoIterator<Item = H>) -> Result<Self, TlsError> {
        let mut hosts: Vec<String> = hosts.into_iter().map(Into::into).collect();
        if let Some(host) = hosts
            .iter()
            .find(|it| ServerName::try_from(it.as_str()).is_err())
        {
            return Err(TlsError::Host(host.clone()));
        }
        hosts.extend(LOCAL.map(str::to_owned));

        let mut root = params("webex-precheck sandbox root", Vec::new())?;
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;
        let mut leaf = params("webex-precheck sandbox", hosts)?;
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let leaf = leaf.signed_by(&key, &root)?;

        // The provider is named: that of the process is not ours to choose, and there may be none.
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            root: root.pem(),
        })
    }

    /// The root certificate in PEM, for clients to trust.
    pub fn root_certificate_pem(&self) -> &str {
        &self.root
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }
}

fn params(name: &str, hosts: Vec<String>) -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = rcgen::date_time_ymd(1970, 1, 1) + since_1970.unwrap_or_default();
    params.not_before = now - CLOCK_SKEW;
    params.not_after = now + LIFETIME;
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

impl From<rcgen::Error> for TlsError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error.into())
    }
}

impl From<rustls::Error> for TlsError {
    fn from(error: rustls::Error) -> Self {
        Self::Certificate(error.into())
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
