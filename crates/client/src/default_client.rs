//! The client's own HTTP client: reqwest, configured for one server that gets a token.

#[cfg(any(
    feature = "rustls",
    feature = "native-tls",
    feature = "rustls-no-provider"
))]
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use url::Url;

use crate::clock::BoxFuture;
use crate::endpoint::is_loopback;
use crate::error::Error;
use crate::reqwest_transport::{send, url};
use crate::transport::{Body, Transport, TransportError};

/// What can be configured of it.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) connect_timeout: Duration,
    pub(crate) proxy: Option<String>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(crate) root_certificates: Vec<Vec<u8>>,
    /// Certificates and private key.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(crate) identity: Option<Vec<u8>>,
    #[cfg(feature = "native-tls")]
    pub(crate) native_tls: bool,
    #[cfg(any(
        feature = "rustls",
        feature = "native-tls",
        feature = "rustls-no-provider"
    ))]
    pub(crate) tls: Option<Preconfigured>,
}

/// Hands reqwest a configuration of TLS, whatever its type.
#[cfg(any(
    feature = "rustls",
    feature = "native-tls",
    feature = "rustls-no-provider"
))]
pub(crate) type Preconfigured =
    Arc<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            proxy: None,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            root_certificates: Vec::new(),
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            identity: None,
            #[cfg(feature = "native-tls")]
            native_tls: cfg!(not(feature = "rustls")),
            #[cfg(any(
                feature = "rustls",
                feature = "native-tls",
                feature = "rustls-no-provider"
            ))]
            tls: None,
        }
    }
}

struct DefaultClient {
    http: reqwest::Client,
    /// URLs of the operations: parsing one costs a tenth of a request. A list, because comparing a few is
    /// faster than hashing one.
    urls: Mutex<Vec<(Uri, Url)>>,
}

impl DefaultClient {
    fn url(&self, uri: &Uri) -> Result<Url, TransportError> {
        /// More than there are, unless a program acts for many sub-partners.
        const MAX_URLS: usize = 16;
        let mut urls = self.urls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, url)) = urls.iter().find(|(known, _)| known == uri) {
            return Ok(url.clone());
        }
        let url = url(uri)?;
        if urls.len() >= MAX_URLS {
            urls.clear();
        }
        urls.push((uri.clone(), url.clone()));
        Ok(url)
    }
}

/// A transport to this server.
pub(crate) fn transport(options: Options, base_url: &Url) -> Result<impl Transport, Error> {
    const HAS_TLS: bool = cfg!(any(
        feature = "rustls",
        feature = "native-tls",
        feature = "rustls-no-provider"
    ));
    if base_url.scheme() == "https" && !HAS_TLS {
        return Err(Error::builder(
            "https needs TLS: build webex-precheck with its feature `rustls` or `native-tls`, \
            or give the client a transport",
        ));
    }
    let mut http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // The retry policy decides.
        .retry(reqwest::retry::never())
        .user_agent(concat!("webex-precheck/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(options.connect_timeout);
    match &options.proxy {
        Some(proxy) => {
            let proxy = reqwest::Proxy::all(proxy.as_str());
            // The error would show a password.
            let proxy = proxy.map_err(|_| Error::builder("the URL of the proxy is invalid"))?;
            http = http.no_proxy().proxy(proxy);
        }
        None if is_loopback(base_url) => http = http.no_proxy(),
        None => check_proxy_variables(base_url.scheme())?,
    }
    #[cfg(any(
        feature = "rustls",
        feature = "native-tls",
        feature = "rustls-no-provider"
    ))]
    {
        http = match &options.tls {
            Some(preconfigured) => preconfigured(http),
            None => backend(http, &options)?,
        };
    }
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    {
        if options.tls.is_some()
            && (!options.root_certificates.is_empty() || options.identity.is_some())
        {
            return Err(Error::builder(
                "TLS is preconfigured: put root certificates and the identity in its configuration",
            ));
        }
        for pem in &options.root_certificates {
            let invalid = |error| Error::builder("the root certificate is no PEM").because(error);
            let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(invalid)?;
            if certificates.is_empty() {
                return Err(Error::builder("the root certificate is no PEM"));
            }
            for certificate in certificates {
                http = http.add_root_certificate(certificate);
            }
        }
        if let Some(pem) = &options.identity {
            http = http.identity(identity(pem, &options)?);
        }
    }
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    let has_certificates = !options.root_certificates.is_empty() || options.identity.is_some();
    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    let has_certificates = false;
    let why = if has_certificates {
        "TLS cannot be set up: is a root certificate or the identity invalid?"
    } else {
        "TLS cannot be set up"
    };
    let http = http
        .build()
        .map_err(|error| Error::builder(why).because(error))?;
    Ok(DefaultClient {
        http,
        urls: Mutex::default(),
    })
}

/// The backend by our features, whichever features others enable in reqwest.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn backend(
    http: reqwest::ClientBuilder,
    _options: &Options,
) -> Result<reqwest::ClientBuilder, Error> {
    #[cfg(feature = "native-tls")]
    if _options.native_tls {
        return Ok(http.tls_backend_native());
    }
    #[cfg(feature = "rustls")]
    return Ok(http.tls_backend_rustls());
    #[cfg(not(feature = "rustls"))]
    Ok(http)
}

#[cfg(all(
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "native-tls"))
))]
fn backend(_: reqwest::ClientBuilder, _: &Options) -> Result<reqwest::ClientBuilder, Error> {
    // reqwest would panic.
    Err(Error::builder(
        "no cryptography for TLS: call `tls_backend_preconfigured`, or build webex-precheck with its \
         feature `rustls` or `native-tls`",
    ))
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn identity(pem: &[u8], _options: &Options) -> Result<reqwest::Identity, Error> {
    // The source could show a part of the private key.
    let invalid = || Error::builder("the identity must be PEM with certificates and a private key");
    #[cfg(feature = "native-tls")]
    if _options.native_tls {
        const KEY: &[u8] = b"-----BEGIN PRIVATE KEY-----";
        let key = pem.windows(KEY.len()).position(|window| window == KEY);
        let key = key.ok_or_else(invalid)?;
        return reqwest::Identity::from_pkcs8_pem(pem, &pem[key..]).map_err(|_| invalid());
    }
    #[cfg(feature = "rustls")]
    return reqwest::Identity::from_pem(pem).map_err(|_| invalid());
    #[cfg(not(feature = "rustls"))]
    Err(invalid())
}

/// Refuses a proxy of the environment that reqwest would ignore: the user wants a proxy, and a direct
/// connection may go where it must not.
fn check_proxy_variables(scheme: &str) -> Result<(), Error> {
    let names = match scheme {
        "http" => ["HTTP_PROXY", "http_proxy"],
        _ => ["HTTPS_PROXY", "https_proxy"],
    };
    for name in names.into_iter().chain(["ALL_PROXY", "all_proxy"]) {
        let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else {
            continue;
        };
        let is_valid = value
            .to_str()
            .is_some_and(|value| reqwest::Proxy::all(value).is_ok());
        if !is_valid {
            // Not its value, which may contain a password.
            let why = match scheme {
                "http" => "HTTP_PROXY or ALL_PROXY is not the URL of a proxy; correct or unset it",
                _ => "HTTPS_PROXY or ALL_PROXY is not the URL of a proxy; correct or unset it",
            };
            return Err(Error::builder(why));
        }
    }
    Ok(())
}

impl Transport for DefaultClient {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'static, Result<Response<Body>, TransportError>> {
        match self.url(request.uri()) {
            Ok(url) => send(&self.http, request, url),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

#[cfg(all(
    test,
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "native-tls"))
))]
mod tests {
    use super::*;

    #[test]
    fn without_cryptography_there_is_an_error_and_no_panic() {
        let url = Url::parse("https://webexapis.com").unwrap();
        let error = transport(Options::default(), &url).err().unwrap();
        assert!(error.to_string().contains("tls_backend_preconfigured"));
    }
}
