//! A canary of every kind of secret, and a server that gives back all that it gets: none of them
//! is to be seen anywhere, nor what a request says.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::error::Error as StdError;
use std::fmt::Write as _;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use e2e::Log;
use tokio::net::TcpListener;
use webex_precheck::{
    Address, Client, Country, Credentials, CustomerInfo, CustomerPrecheck, Error, RefreshToken,
    RefreshTokenGrant, RetryPolicy, SubscriberPrecheck, Token,
};

/// With every byte that is encoded by one format or another.
const ACCESS: &str = "canary-access/+~_.-1==";
const REFRESH: &str = "canary-refresh\"<&>\\/+%=";
const SECRET: &str = "canary-secret\"<&>\\/+%=";
const EMAIL: &str = "canary.email@acme.com";

/// How a body gives back what it got.
#[derive(Clone, Copy, Debug)]
enum Echo {
    Plain,
    Json,
    JsonWithEscapedSlashes,
    Html,
    Percent,
    /// As the code that a success should hold, so that decoding complains about it.
    InfoCode,
    TrackingId,
    Header,
    /// As some libraries write JSON, in what a report shows.
    UnicodeEscapes,
    /// As the code that cannot be decoded.
    EscapedInfoCode,
    LowerCasePercent,
    NumericEntities,
    /// Without its end.
    CutOff,
}

impl Echo {
    const ALL: [Self; 13] = [
        Self::Plain,
        Self::Json,
        Self::JsonWithEscapedSlashes,
        Self::Html,
        Self::Percent,
        Self::InfoCode,
        Self::TrackingId,
        Self::Header,
        Self::UnicodeEscapes,
        Self::EscapedInfoCode,
        Self::LowerCasePercent,
        Self::NumericEntities,
        Self::CutOff,
    ];

    fn of(self, secrets: &str) -> String {
        let json = || serde_json::to_string(secrets).unwrap();
        // Everything but letters, digits and what no encoding changes, by its number.
        let escaped = |before: &str, after: &str, digits: usize| {
            let escape = |c: char| match c {
                c if c.is_ascii_alphanumeric() || "-._ ".contains(c) => c.to_string(),
                c => format!("{before}{:0digits$x}{after}", c as u32),
            };
            secrets.chars().map(escape).collect::<String>()
        };
        match self {
            Self::Plain => secrets.to_owned(),
            Self::Json => format!(
                "{{\"message\":{0},\"errors\":[{{\"description\":{0}}}]}}",
                json()
            ),
            Self::JsonWithEscapedSlashes => {
                format!(
                    "{{\"errorCode\":7,\"description\":{}}}",
                    json().replace('/', "\\/")
                )
            }
            Self::Html => {
                let text = secrets.replace('&', "&amp;").replace('<', "&lt;");
                let text = text.replace('>', "&gt;").replace('"', "&quot;");
                format!("<p>{text}</p>")
            }
            Self::Percent => {
                let mut text = String::new();
                for byte in secrets.bytes() {
                    match byte {
                        b if b.is_ascii_alphanumeric() || b"-._*".contains(&b) => {
                            text.push(b.into())
                        }
                        b' ' => text.push('+'),
                        b => write!(text, "%{b:02X}").unwrap(),
                    }
                }
                text
            }
            Self::InfoCode => format!("{{\"info\":[{{\"infoCode\":{}}}]}}", json()),
            Self::TrackingId => format!("{{\"trackingId\":{}}}", json()),
            Self::Header => String::new(),
            Self::UnicodeEscapes => {
                format!(
                    "{{\"errorCode\":7,\"description\":\"{}\"}}",
                    escaped("\\u", "", 4)
                )
            }
            Self::EscapedInfoCode => {
                format!(
                    "{{\"info\":[{{\"infoCode\":\"{}\"}}]}}",
                    escaped("\\u", "", 4)
                )
            }
            Self::LowerCasePercent => escaped("%", "", 2),
            Self::NumericEntities => escaped("&#x", ";", 2),
            Self::CutOff => format!("you sent {}", secrets.split_at(secrets.len() - 3).0),
        }
    }
}

/// Gives back token, secret and refresh token of each request with this status.
async fn serve(status: u16, echo: Echo) -> String {
    let status = StatusCode::from_u16(status).unwrap();
    let router = Router::new().fallback(move |headers: HeaderMap, body: Bytes| async move {
        let token = headers.get("authorization");
        let token = token.map(|token| token.to_str().unwrap().trim_start_matches("Bearer "));
        let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        let mut secrets: Vec<String> = token.map(str::to_owned).into_iter().collect();
        for (name, value) in form {
            if name == "client_secret" || name == "refresh_token" {
                secrets.push(value);
            }
        }
        let secrets = secrets.join(" ");
        let mut headers = HeaderMap::new();
        if matches!(echo, Echo::Header) {
            headers.insert("trackingid", secrets.parse().unwrap());
            headers.insert("retry-after", secrets.parse().unwrap());
        }
        (status, headers, echo.of(&secrets))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// Every way in which an error can be shown, a panic's message included.
fn shown(error: Error) -> String {
    let mut text = format!(
        "{error} {error:?} {error:#?} {:?} {:?}",
        error.body_excerpt(),
        error.response()
    );
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let unwrapped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let failed: Result<(), Error> = std::hint::black_box(Err(error));
        failed.unwrap();
    }));
    std::panic::set_hook(hook);
    text.push_str(unwrapped.unwrap_err().downcast_ref::<String>().unwrap());
    text
}

/// The lines in which a canary sings. Its name alone would be enough.
fn songs(text: &str) -> Vec<&str> {
    let canaries = ["canary-access", "canary-refresh", "canary-secret"];
    let sings = |line: &&str| canaries.iter().any(|canary| line.contains(canary));
    text.lines().filter(sings).collect()
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    for status in [200, 400, 401, 403, 429, 500, 503] {
        for echo in Echo::ALL {
            let base_url = serve(status, echo).await;
            let refresh_token = RefreshToken::new(REFRESH).unwrap();
            let grant = RefreshTokenGrant::new("C1", SECRET, refresh_token.clone()).unwrap();
            let token = Token::new(ACCESS).unwrap();
            let mut text = format!("{token:?} {refresh_token:?} {grant:?} {grant:#?}");
            let credentials: [Credentials; 3] = [
                token.clone().into(),
                grant.clone().into(),
                grant.access_token(token).into(),
            ];
            for credentials in credentials {
                let builder = Client::builder(credentials.clone())
                    .base_url(&base_url)
                    .keep_response(true)
                    .retry_policy(RetryPolicy::none());
                write!(text, "{credentials:?} {builder:?} ").unwrap();
                let client = builder.build().unwrap();
                write!(text, "{client:?} {client:#?}").unwrap();
                let subscriber = SubscriberPrecheck::new(EMAIL);
                let address = Address::new("x", "y", Country::DE);
                let customer =
                    CustomerPrecheck::new(address).customer_info(CustomerInfo::new(EMAIL));
                for result in [
                    client.precheck_subscriber(&subscriber).await,
                    client.precheck_customer(&customer).await,
                ] {
                    match result {
                        Ok(report) => write!(text, "{report:?} {:?}", report.response()).unwrap(),
                        Err(error) => text.push_str(&shown(error)),
                    }
                }
            }
            assert_eq!(songs(&text), [""; 0], "{status} {echo:?}");
        }
    }
    let logged = log.text();
    assert_eq!(songs(&logged), [""; 0]);
    // It did listen, to those below as well.
    assert!(
        log.count("precheck") > 100 && log.count("hyper") > 100,
        "{logged}"
    );
    // What a request says may be seen at TRACE alone.
    let of_email = logged.lines().filter(|line| line.contains(EMAIL));
    assert_eq!(
        of_email.filter(|line| !line.starts_with("TRACE")).count(),
        0
    );
}
