//! What the headers and the address of a request say.

use std::net::IpAddr;

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;

/// The names and values of the query.
pub(crate) fn query(parts: &Parts) -> Vec<(String, String)> {
    let query = parts.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// What a proxy might read otherwise than we do: where the request ends, and who is asked.
pub(crate) fn malformed(parts: &Parts) -> Option<&'static str> {
    let encodings = parts.headers.get_all(header::TRANSFER_ENCODING);
    let mut encodings = encodings.iter().map(HeaderValue::as_bytes);
    let is_plain = match (encodings.next(), encodings.next()) {
        (None, _) => true,
        (Some(only), None) => only.eq_ignore_ascii_case(b"chunked"),
        _ => false,
    };
    if !is_plain {
        return Some("Transfer-Encoding is chunked or absent.");
    }
    let hosts = parts.headers.get_all(header::HOST).iter().count();
    let is_old = parts.version < hyper::Version::HTTP_11;
    match hosts {
        1 => None,
        0 if is_old => None,
        _ => Some("There must be one Host."),
    }
}

/// The token of `Authorization: Bearer …`; empty where there is none.
pub(crate) fn bearer(headers: &HeaderMap) -> &str {
    let header = headers.get(header::AUTHORIZATION);
    let value = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") {
        token.trim()
    } else {
        ""
    }
}

/// Whether the body is declared to be of this media type, whatever its parameters.
pub(crate) fn is_of_type(headers: &HeaderMap, expected: &str) -> bool {
    let header = headers.get(header::CONTENT_TYPE);
    let value = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(expected)
}

/// Whether a request comes from this machine and was sent to it by a name of its own: a page in a
/// browser that made its own name one of this machine's is somebody else. `local` is the address
/// that the connection was made to.
pub(crate) fn is_from_here(peer: IpAddr, local: IpAddr, headers: &HeaderMap) -> bool {
    let (peer, local) = (peer.to_canonical(), local.to_canonical());
    let is_here = |address: IpAddr| address.is_loopback() || address == local;
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    };
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let address = inner.unwrap_or(host).parse::<IpAddr>();
    is_here(peer)
        && (host.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|address| is_here(address.to_canonical())))
}

#[cfg(test)]
mod tests {
    //! By hand, each.
    use super::*;

    #[test]
    fn only_this_machine_by_its_own_name_is_from_here() {
        let is_from_here = |peer: &str, local: &str, host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            super::is_from_here(peer.parse().unwrap(), local.parse().unwrap(), &headers)
        };
        for host in [
            "localhost",
            "LOCALHOST:8282",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8282",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(is_from_here("127.0.0.1", "127.0.0.1", host), "{host}");
            assert!(is_from_here("::1", "::1", host), "{host}");
            // Another machine says what it likes.
            assert!(!is_from_here("192.0.2.7", "192.0.2.2", host), "{host}");
            assert!(!is_from_here("2001:db8::7", "2001:db8::2", host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "192.0.2.1",
            "[::1",
            "localhost:x",
        ] {
            assert!(!is_from_here("127.0.0.1", "127.0.0.1", host), "{host}");
        }
        // This machine, by an address that others know too.
        assert!(is_from_here("192.0.2.2", "192.0.2.2", "192.0.2.2:8282"));
        assert!(is_from_here("192.0.2.2", "::ffff:192.0.2.2", "192.0.2.2"));
        assert!(!is_from_here("192.0.2.2", "192.0.2.2", "192.0.2.3:8282"));
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
