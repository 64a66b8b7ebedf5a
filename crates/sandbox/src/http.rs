//! What the headers and the address of a request say.

use std::net::IpAddr;

use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;

use crate::refusal::{Refusal, Result};

/// The names and values of the query.
pub(crate) fn query(parts: &Parts) -> Vec<(String, String)> {
    let query = parts.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Refuses a request that a proxy may read differently: where it ends, and for which host it is.
pub(crate) fn check_framing(parts: &Parts) -> Result<()> {
    let refused = |message| Err(Refusal::new(400, message).close());
    let encodings = parts.headers.get_all(header::TRANSFER_ENCODING);
    let mut encodings = encodings.iter().map(HeaderValue::as_bytes);
    let encoding = encodings.next();
    let is_chunked = |encoding: &[u8]| encoding.eq_ignore_ascii_case(b"chunked");
    if !encoding.is_none_or(is_chunked) || encodings.next().is_some() {
        return refused("Transfer-Encoding is chunked or absent.");
    }
    let host = value(&parts.headers, header::HOST);
    let target = parts.uri.authority();
    match parts.headers.get_all(header::HOST).iter().count() {
        1 if target.is_none_or(|it| it.as_str().eq_ignore_ascii_case(host)) => Ok(()),
        1 => refused("Host must be that of the request target."),
        0 if parts.version < hyper::Version::HTTP_11 => Ok(()),
        _ => refused("There must be one Host."),
    }
}

/// A header as text; empty if it is absent.
fn value(headers: &HeaderMap, name: HeaderName) -> &str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// The token of `Authorization: Bearer …`; empty if there is none.
pub(crate) fn bearer(headers: &HeaderMap) -> &str {
    bearer_token(value(headers, header::AUTHORIZATION))
}

/// The token in the value of `Authorization`.
pub(crate) fn bearer_token(authorization: &str) -> &str {
    match authorization.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => "",
    }
}

/// Whether the body has this media type, whatever its parameters.
pub(crate) fn is_of_type(headers: &HeaderMap, expected: &str) -> bool {
    let value = value(headers, header::CONTENT_TYPE);
    let media_type = value.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(expected)
}

/// Whether a request comes from this machine and names it as its host. A web page whose own name
/// resolves to this machine (DNS rebinding) does not. `local` is the address of the connection.
pub(crate) fn is_local(peer: IpAddr, local: IpAddr, headers: &HeaderMap) -> bool {
    let (peer, local) = (peer.to_canonical(), local.to_canonical());
    let is_own = |address: IpAddr| address.is_loopback() || address == local;
    let Ok(authority) = value(headers, header::HOST).parse::<Authority>() else {
        return false;
    };
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    is_own(peer)
        && (host.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|address: IpAddr| is_own(address.to_canonical())))
}

#[cfg(test)]
mod tests {
    //! By hand, each.
    use super::*;

    #[test]
    fn only_this_machine_by_its_own_name_is_local() {
        let is_local = |peer: &str, local: &str, host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            super::is_local(peer.parse().unwrap(), local.parse().unwrap(), &headers)
        };
        for host in [
            "localhost",
            "LOCALHOST:8282",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8282",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(is_local("127.0.0.1", "127.0.0.1", host), "{host}");
            assert!(is_local("::1", "::1", host), "{host}");
            // Another machine says what it likes.
            assert!(!is_local("192.0.2.7", "192.0.2.2", host), "{host}");
            assert!(!is_local("2001:db8::7", "2001:db8::2", host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "192.0.2.1",
            "[::1",
        ] {
            assert!(!is_local("127.0.0.1", "127.0.0.1", host), "{host}");
        }
        // This machine, by an address that others know too.
        assert!(is_local("192.0.2.2", "192.0.2.2", "192.0.2.2:8282"));
        assert!(is_local("192.0.2.2", "::ffff:192.0.2.2", "192.0.2.2"));
        assert!(!is_local("192.0.2.2", "192.0.2.2", "192.0.2.3:8282"));
    }

    #[test]
    fn tokens_and_types_are_read() {
        let mut headers = HeaderMap::new();
        assert_eq!(bearer(&headers), "");
        for (value, token) in [
            ("Bearer abc", "abc"),
            ("bearer  abc ", "abc"),
            ("Basic abc", ""),
            ("Bearer", ""),
            ("abc", ""),
        ] {
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            assert_eq!(bearer(&headers), token, "{value}");
        }
        for (value, is_json) in [
            ("application/json", true),
            ("Application/JSON ; charset=utf-8", true),
            ("application/json5", false),
            ("text/json", false),
        ] {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            assert_eq!(is_of_type(&headers, "application/json"), is_json, "{value}");
        }
    }
}
