//! Addresses: which may be fetched, where they may redirect to, and how much of them is shown.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::outcome::Failure;

/// An address that may be fetched. It is shown without its parts that may be secret: user, password
/// and query.
#[derive(Clone)]
pub(crate) struct Address(Url);

impl Address {
    /// Parses an address, and refuses one that may not be fetched.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        // A text that is no address is not repeated, since a secret may be anywhere in it.
        let mut url = Url::parse(text).map_err(|error| {
            Failure::usage(format!("SOURCE is no address: {error}; correct it"))
        })?;
        url.set_fragment(None);
        let address = Self(url);
        if address.0.scheme() == "https" || is_here(&address.0) {
            return Ok(address);
        }
        Err(Failure::usage(format!(
            "{address}: only https addresses are fetched, and http from this machine itself"
        )))
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    /// The last part of its path, which is the name of a file.
    pub(crate) fn file(&self) -> &str {
        self.0.path().rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.0.clone();
        // This fails for an address that can have neither user nor password.
        let _ = url.set_username("").and(url.set_password(None));
        let query = url.query().map_or("", |_| "?...");
        url.set_query(None);
        write!(f, "{url}{query}")
    }
}

/// Why a redirect is not followed: it may lead to https, and from this machine to itself.
pub(super) fn refusal(from: Option<&Url>, to: &Url) -> Option<String> {
    if to.scheme() == "https" || (from.is_some_and(is_here) && is_here(to)) {
        return None;
    }
    let to = Address(to.clone());
    Some(format!(
        "redirects to {to}, and only redirects to https are followed"
    ))
}

/// Whether an address is plain http that does not leave this machine.
pub(super) fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    let is_loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    url.scheme() == "http" && is_loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELSEWHERE: &str = "https://developer.webex.com/a";
    const HERE: &str = "http://127.0.0.1:81/a";

    #[test]
    fn only_https_is_followed_except_on_this_machine() {
        for (from, to, followed) in [
            (ELSEWHERE, "https://example.com/b", true),
            (ELSEWHERE, "http://developer.webex.com/a", false),
            (ELSEWHERE, HERE, false),
            (ELSEWHERE, "file:///etc/passwd", false),
            (HERE, "https://example.com/b", true),
            (HERE, "http://localhost:82/", true),
            (HERE, "http://[::1]/", true),
            (HERE, "http://example.com/", false),
            (HERE, "http://10.0.0.1/", false),
            (HERE, "ftp://127.0.0.1/", false),
        ] {
            let [a, b] = [from, to].map(|text| Url::parse(text).unwrap());
            assert_eq!(refusal(Some(&a), &b).is_none(), followed, "{from} -> {to}");
        }
    }

    #[test]
    fn plain_http_is_asked_on_this_machine_alone() {
        for (address, asked) in [
            ("http://localhost/x", true),
            ("http://127.8.9.1:80/x", true),
            ("http://[::1]:8080/x", true),
            // What a resolver would make of it, and what it looks like.
            ("http://2130706433/x", true),
            ("http://127.0.0.1.example.com/x", false),
            ("http://localhost.example.com/x", false),
            ("http://127.0.0.1@example.com/x", false),
            ("http://0.0.0.0/x", false),
            ("http://example.com/x", false),
            ("ftp://localhost/x", false),
            ("https://example.com/x", true),
        ] {
            assert_eq!(Address::parse(address).is_ok(), asked, "{address}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let address = "https://user:canary@example.com:444/a/b.json?token=canary#canary";
        let address = Address::parse(address).unwrap();
        assert_eq!(address.to_string(), "https://example.com:444/a/b.json?...");
        assert_eq!(address.file(), "b.json");
        for wrong in ["https://canary@:x/", "http://canary@example.com/?canary"] {
            let failure = Address::parse(wrong).err().unwrap().to_string();
            assert!(!failure.contains("canary"), "{failure}");
        }
        let to = Url::parse("http://canary@example.com/?canary").unwrap();
        let failure = refusal(Some(address.url()), &to).unwrap();
        assert!(!failure.contains("canary"), "{failure}");
    }
}
