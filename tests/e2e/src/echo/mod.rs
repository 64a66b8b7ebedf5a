//! Secrets, and every way in which a server may give them back.

mod search;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

pub use search::Search;

/// The organization at the end of the tokens. It is not secret.
pub const ORGANIZATION: &str = "1eb65fdf-9643-417f-9974-ad72cae0e10f";
/// An access token, as Webex writes them.
pub const ACCESS_TOKEN: &str = "ZDI3MGEyYzQtNmFlNS00NDNhLWFlNzAtZGVjNjE0MGU1OGZmZWNmZDEwN2ItYTU3_PF84_1eb65fdf-9643-417f-9974-ad72cae0e10f";
/// The refresh token that takes the place of the other one.
pub const NEW_REFRESH_TOKEN: &str = "NTc0MjAzYjktMzQ0OC00YzUxLWI2MTYtNmI2ZWYwYjEwNjYyODk1NDY5ZmEtNzAx_PF84_1eb65fdf-9643-417f-9974-ad72cae0e10f";
/// A refresh token with every byte that is encoded by one format or another.
pub const REFRESH_TOKEN: &str = r#"q7"<&>\/+%=W'x~G.h_K-2;Bz%5c|{mR}T9#s(Lu)Y!4$N&amp;vC*J?"#;
/// A client secret, as Webex writes them.
pub const CLIENT_SECRET: &str = "b5d2c9f04e1a7683d9c0b1f2e3a4958677de0fa1c3b2e5d4f6978a8b9cadbecf";

/// All of them.
pub const SECRETS: [&str; 4] = [
    ACCESS_TOKEN,
    NEW_REFRESH_TOKEN,
    REFRESH_TOKEN,
    CLIENT_SECRET,
];

/// How a secret may be encoded, in a word.
pub type Encoding = (&'static str, fn(&str) -> String);

/// All encodings.
pub const ENCODINGS: [Encoding; 28] = [
    ("raw", str::to_owned),
    ("upper case", str::to_uppercase),
    ("lower case", str::to_lowercase),
    ("some percent", |it| {
        some(it, |c| format!("%{:02X}", c as u32))
    }),
    ("percent", |it| all(it, |c| format!("%{:02x}", c as u32))),
    ("upper percent", |it| {
        all(it, |c| format!("%{:02X}", c as u32))
    }),
    ("percent twice", |it| {
        all(it, |c| format!("%25{:02X}", c as u32))
    }),
    ("form", |it| {
        format!("token={}", some(it, |c| format!("%{:02X}", c as u32)))
    }),
    ("named entities", |it| {
        let it = it
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        it.replace('"', "&quot;").replace('\'', "&apos;")
    }),
    ("decimal entities", |it| {
        all(it, |c| format!("&#{};", c as u32))
    }),
    ("hexadecimal entities", |it| {
        all(it, |c| format!("&#x{:x};", c as u32))
    }),
    ("long entities", |it| {
        all(it, |c| format!("&#X{:06X};", c as u32))
    }),
    ("JSON", |it| json!(it).to_string()),
    ("JSON with slashes", |it| {
        json!(it).to_string().replace('/', "\\/")
    }),
    ("JSON in JSON", |it| {
        json!(json!(it).to_string()).to_string()
    }),
    ("JSON by number", |it| {
        all(it, |c| format!("\\u{:04x}", c as u32))
    }),
    ("upper JSON by number", |it| {
        all(it, |c| format!("\\u{:04X}", c as u32))
    }),
    ("base64", |it| STANDARD.encode(it)),
    ("base64, one before", |it| STANDARD.encode(format!("x{it}"))),
    ("base64, two before", |it| {
        STANDARD.encode(format!("xy{it}z"))
    }),
    ("base64url", |it| URL_SAFE_NO_PAD.encode(it)),
    ("base64url, one before", |it| {
        URL_SAFE_NO_PAD.encode(format!("x{it}"))
    }),
    ("base64url, two before", |it| {
        URL_SAFE_NO_PAD.encode(format!("xy{it}z"))
    }),
    ("base64 of a header", |it| {
        STANDARD.encode(format!("Bearer {it}"))
    }),
    ("base64 in lines", |it| {
        let text = STANDARD.encode(it);
        let lines = text.as_bytes().chunks(24).map(String::from_utf8_lossy);
        lines.collect::<Vec<_>>().join("\r\n")
    }),
    ("percent of base64", |it| {
        all(&STANDARD.encode(it), |c| format!("%{:02X}", c as u32))
    }),
    ("hexadecimal", |it| {
        it.bytes()
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    }),
    ("upper hexadecimal", |it| {
        it.bytes()
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"))
    }),
];

/// Encodes every character.
fn all(text: &str, encode: fn(char) -> String) -> String {
    text.chars().map(encode).collect()
}

/// Encodes what is neither a letter nor a digit.
fn some(text: &str, encode: fn(char) -> String) -> String {
    let encode = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_string()
        } else {
            encode(c)
        }
    };
    text.chars().map(encode).collect()
}

/// What a server sends beside the status.
#[derive(Clone, Debug, Default)]
pub struct Echo {
    /// Where it gives back what, for a message.
    pub name: String,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// A place of an answer, with a function that puts a text there.
type Place = (&'static str, fn(&str) -> Echo);

/// All places that a server can write to.
const PLACES: [Place; 16] = [
    ("message", |it| {
        of(json!({"message": it, "info": [{"infoCode": 100}]}).to_string())
    }),
    ("description", |it| {
        of(json!({"errorCode": 10022, "description": it}).to_string())
    }),
    ("errors", |it| {
        let error = json!({"errorCode": 1001, "description": it, "fieldName": it});
        of(json!({"message": it, "errors": [error], "error_description": it}).to_string())
    }),
    ("info", |it| {
        of(json!({"info": [{"infoCode": 100, "description": it}]}).to_string())
    }),
    ("info code", |it| {
        of(json!({"info": [{"infoCode": it}]}).to_string())
    }),
    ("error code", |it| of(json!({"errorCode": it}).to_string())),
    ("keys", |it| of(json!({it: {it: [it, 1]}}).to_string())),
    (
        "tracking ID",
        |it| of(json!({"trackingId": it}).to_string()),
    ),
    ("as it is", |it| {
        of(format!("{{\"errorCode\":10022,\"description\":\"{it}\"}}"))
    }),
    ("cut JSON", |it| of(format!("{{\"message\":\"{it}"))),
    ("HTML", |it| {
        of(format!("<html><body><p>Bearer {it}</p></body></html>"))
    }),
    ("header of the tracking ID", |it| {
        header(&["trackingid"], it)
    }),
    ("other headers", |it| {
        header(
            &["retry-after", "date", "content-type", "location", "x-echo"],
            it,
        )
    }),
    ("limit of a description", |it| {
        let text = format!("{}{it}", "x".repeat(2_000));
        of(json!({"errorCode": 10022, "description": text}).to_string())
    }),
    ("limit of an excerpt", |it| {
        of(format!("{}{it}", "x".repeat(160)))
    }),
    ("limit of a tracking ID", |it| {
        header(&["trackingid"], &format!("{}{it}", "x".repeat(90)))
    }),
];

fn of(body: String) -> Echo {
    Echo {
        body,
        ..Echo::default()
    }
}

fn header(names: &[&'static str], value: &str) -> Echo {
    // What no header may contain; base64 has lines then, and nothing else is changed.
    let value = value.replace(['\r', '\n'], " ");
    let headers = names.iter().map(|name| (*name, value.clone())).collect();
    Echo {
        headers,
        ..Echo::default()
    }
}

/// Every secret, and a part of each, in every encoding at every place.
pub fn echoes() -> Vec<Echo> {
    let mut echoes = Vec::new();
    for (encoding, encode) in ENCODINGS {
        for secret in SECRETS {
            for (place, put) in PLACES {
                let mut echo = put(&encode(secret));
                echo.name = format!("{encoding}, {place}");
                echoes.push(echo);
            }
            // The shortest part that is redacted, or a few more characters.
            let start = echoes.len() % 24;
            let part = &secret[start..start + 16];
            let (place, put) = PLACES[echoes.len() / PLACES.len() % PLACES.len()];
            let mut echo = put(&encode(part));
            let _ = write!(echo.name, "a part, {encoding}, {place}");
            echoes.push(echo);
        }
    }
    echoes
}

#[cfg(test)]
mod tests {
    //! The search finds what the server gives back.
    use super::*;

    #[test]
    fn all_echoes_are_found() {
        let search = Search::new();
        for echo in echoes() {
            let headers: String = echo
                .headers
                .iter()
                .map(|(_, value)| value.as_str())
                .collect();
            let text = format!("{headers} {}", echo.body);
            assert!(search.find(&text).is_some(), "{}: {text}", echo.name);
        }
        assert_eq!(
            search.find(&format!("_PF84_{ORGANIZATION} [redacted]")),
            None
        );
    }
}
