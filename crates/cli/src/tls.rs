//! TLS of the program: rustls with ring, which is quick to build, and what the system trusts.

use std::sync::Arc;

use rustls::{ClientConfig, Error, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// TLS to this base URL.
pub(crate) fn config(base_url: &str) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let is_http = base_url
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("http:"));
    let builder = if is_http {
        // The sandbox, which also runs where there are no certificates.
        builder.with_root_certificates(RootCertStore::empty())
    } else {
        builder.with_platform_verifier()?
    };
    Ok(builder.with_no_client_auth())
}
