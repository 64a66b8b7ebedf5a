//! Whether what came is text. What the text says is for its readers to judge.

/// Why a body is none that a source can have, judged by its type and its first bytes.
pub(super) fn wrong(content_type: Option<&str>, body: &[u8]) -> Option<String> {
    let start = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let start = start.trim_ascii_start();
    let kind = content_type.and_then(no_text);
    if start.is_empty() {
        Some("is empty; check the address".to_owned())
    } else if start.starts_with(b"\x1f\x8b") {
        Some("is not text: it is compressed (gzip), and is asked for as it is".to_owned())
    } else if let Some(kind) = kind {
        Some(format!("is not text, but `{kind}`; check the address"))
    } else if body.contains(&0) {
        Some("is not text: it holds zero bytes; check the address".to_owned())
    } else if start.starts_with(b"<") {
        Some(
            "is an HTML page; name the OpenAPI file as it is published (its raw address), or save \
             the page as plain text and name that file"
                .to_owned(),
        )
    } else {
        None
    }
}

/// The type, where it is one that is never text. Servers give text many types, or none.
fn no_text(content_type: &str) -> Option<String> {
    let kind = content_type.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    let binary = ["image/", "audio/", "video/", "font/", "model/"];
    let packed = ["pdf", "zip", "gzip", "x-gzip", "x-tar", "wasm", "msword"];
    let is_binary = binary.iter().any(|family| kind.starts_with(family))
        || kind
            .strip_prefix("application/")
            .is_some_and(|name| packed.contains(&name));
    // An SVG is text, and told by its content.
    (is_binary && !kind.ends_with("+xml")).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_whatever_it_is_called() {
        for content_type in [
            None,
            Some("text/plain; charset=utf-8"),
            Some("application/json"),
            Some("application/vnd.oai.openapi+json;version=3.0"),
            Some("application/yaml"),
            Some("application/octet-stream"),
        ] {
            assert_eq!(wrong(content_type, b"{}"), None, "{content_type:?}");
        }
    }

    #[test]
    fn other_content_is_told() {
        for (content_type, body, expected) in [
            (None, &b""[..], "empty"),
            (Some("image/png"), b" \n", "empty"),
            (Some("Image/PNG"), b"{}", "`image/png`"),
            (Some("application/pdf"), b"%PDF", "`application/pdf`"),
            (Some("application/json"), b"\x1f\x8b\x08", "gzip"),
            (Some("application/octet-stream"), b"MZ\0\0", "zero bytes"),
            (Some("text/html"), b"\n<!doctype html>", "plain text"),
            (Some("text/plain"), b"\xef\xbb\xbf<html>", "plain text"),
            (Some("image/svg+xml"), b"<svg>", "HTML"),
        ] {
            let wrong = wrong(content_type, body).unwrap();
            assert!(wrong.contains(expected), "{wrong}");
        }
    }
}
