//! An operation as a client calls it: method, URL and rate limit.

use std::net::IpAddr;
use std::sync::Arc;

use http::{Method, Uri};
use url::{Host, Url};
use webex_precheck_api::{Operation, SubPartnerOrgId};

use crate::error::Error;
use crate::rate_limiter::RateLimiter;

/// An operation as a client calls it.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) limiter: Arc<RateLimiter>,
    /// Whether the client acts for a sub-partner, which the operation does not take.
    has_stray_sub_partner: bool,
}

impl Endpoint {
    pub(crate) fn new(
        operation: &'static Operation,
        base_url: &Url,
        on_behalf_of: Option<&SubPartnerOrgId>,
    ) -> Self {
        let mut endpoint = Self {
            operation,
            // The contract has no method that HTTP does not.
            method: operation.method.parse().unwrap_or(Method::POST),
            uri: Uri::default(),
            limiter: Arc::<RateLimiter>::default(),
            has_stray_sub_partner: false,
        };
        endpoint.address(base_url, on_behalf_of);
        endpoint
    }

    /// Acts on behalf of this sub-partner from now on.
    pub(crate) fn address(&mut self, base_url: &Url, on_behalf_of: Option<&SubPartnerOrgId>) {
        let takes_one = self.operation.takes_sub_partner;
        let mut url = address(base_url, self.operation.path);
        self.has_stray_sub_partner = on_behalf_of.is_some() && !takes_one;
        if let Some(org_id) = on_behalf_of.filter(|_| takes_one) {
            url.query_pairs_mut()
                .append_pair("onBehalfOfSubPartnerOrgId", org_id.as_str());
        }
        self.uri = uri(&url);
    }

    /// Fails if the operation would answer for somebody else than the caller wants.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.has_stray_sub_partner {
            let why =
                "this operation does not take a sub-partner; use a client without on_behalf_of";
            return Err(Error::builder(why));
        }
        Ok(())
    }
}

/// A URL as HTTP sends it. Base URLs for which this fails are refused.
pub(crate) fn uri(url: &Url) -> Uri {
    url.as_str().parse().unwrap_or_default()
}

/// A path below the base URL.
pub(crate) fn address(base_url: &Url, path: &str) -> Url {
    let mut address = base_url.clone();
    let base = address.path().trim_end_matches('/').to_owned();
    address.set_path(&format!("{base}{path}"));
    address.set_fragment(None);
    address
}

/// Whether a URL is one of this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    //! URLs of operations.
    use webex_precheck_api::OPERATIONS;

    use super::*;

    #[test]
    fn url_has_base_path_and_sub_partner() {
        let base_url = Url::parse("https://gateway.example/webex/").unwrap();
        let org_id = SubPartnerOrgId::new("a+b=");
        for operation in OPERATIONS {
            let endpoint = Endpoint::new(operation, &base_url, Some(&org_id));
            let url = format!("https://gateway.example/webex{}", operation.path);
            if operation.takes_sub_partner {
                let query = "?onBehalfOfSubPartnerOrgId=a%2Bb%3D";
                assert_eq!(endpoint.uri.to_string(), url + query);
                assert!(endpoint.check().is_ok());
            } else {
                assert_eq!(endpoint.uri.to_string(), url);
                assert!(endpoint.check().unwrap_err().is_builder());
            }
        }
    }
}
