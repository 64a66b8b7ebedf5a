//! Bad weather: every status with every body that was seen or is to be feared, at first only and
//! always, over real sockets and in virtual time.
//!
//! What is expected follows from the documented facts and the documentation of `RetryPolicy`: see
//! `expected`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

use std::time::Duration;

use e2e::{Log, Server, VirtualClock, Weather, until};
use webex_precheck::api::operations::PRECHECK_SUBSCRIBER;
use webex_precheck::{Client, Error, Report, RetryPolicy, SubscriberPrecheck, Token, Verdict};

/// The documented ones.
const DOCUMENTED: [u16; 19] = [
    200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 410, 415, 423, 428, 429, 500, 502, 503, 504,
];
/// A few others.
const OTHERS: [u16; 9] = [302, 307, 408, 413, 418, 422, 501, 520, 599];

const SUCCESS: &[u8] = br#"{"message":"success","info":[{"infoCode":100,"description":"fine"}]}"#;

/// Time of an attempt, and waits before the second, third, fourth and fifth: the default backoff
/// with a chance of one half.
const ATTEMPT: Duration = Duration::from_secs(30);
const WAITS: [u64; 4] = [250, 500, 1_000, 2_000];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Documented,
    InfoAsObject,
    OtherContentType,
    /// Of Webex in general: no code.
    ErrorsWithDescription,
    MessageAlone,
    /// Of the provisioning APIs: with a code.
    CodeAlone,
    CodeInErrors,
    CodeOfAnotherFamily,
    Empty,
    Html,
    CutOffText,
    InvalidUtf8,
    GzipBomb,
    BeyondTheLimit,
    /// The headers, without a length, and the end.
    HeadersAlone,
    /// The length of the headers is never reached.
    CutOffByConnection,
    SlowDrip,
}

impl Body {
    const ALL: [Self; 17] = [
        Self::Documented,
        Self::InfoAsObject,
        Self::OtherContentType,
        Self::ErrorsWithDescription,
        Self::MessageAlone,
        Self::CodeAlone,
        Self::CodeInErrors,
        Self::CodeOfAnotherFamily,
        Self::Empty,
        Self::Html,
        Self::CutOffText,
        Self::InvalidUtf8,
        Self::GzipBomb,
        Self::BeyondTheLimit,
        Self::HeadersAlone,
        Self::CutOffByConnection,
        Self::SlowDrip,
    ];

    fn weather(self, status: u16) -> Weather {
        let json = ("content-type", "application/json");
        let id = ("trackingid", "T_1");
        let whole = |body: &[u8]| Weather::answer(status, &[json, id], body);
        match self {
            Self::Documented => whole(SUCCESS),
            Self::InfoAsObject => whole(br#"{"message":"success","info":{"infoCode":100.0}}"#),
            Self::OtherContentType => {
                Weather::answer(status, &[("content-type", "text/plain"), id], SUCCESS)
            }
            Self::ErrorsWithDescription => {
                whole(br#"{"message":"no","errors":[{"description":"x"}],"trackingId":"T_2"}"#)
            }
            Self::MessageAlone => whole(br#"{"message":"no","trackingId":"T_2"}"#),
            Self::CodeAlone => whole(br#"{"errorCode":10022,"description":"x"}"#),
            Self::CodeInErrors => {
                whole(br#"{"errors":[{"errorCode":10022,"description":"x","fieldName":"email"}]}"#)
            }
            Self::CodeOfAnotherFamily => whole(br#"{"code":10022,"description":"x"}"#),
            Self::Empty => whole(b""),
            Self::Html => Weather::answer(
                status,
                &[("content-type", "text/html"), id],
                b"<html>\n<h1>Bad Gateway</h1>",
            ),
            Self::CutOffText => whole(br#"{"message":"success","info":[{"infoC"#),
            Self::InvalidUtf8 => whole(b"{\"message\":\"\xff\xfe\xc3\"}"),
            // The head of a gzip stream; nothing here may unpack it.
            Self::GzipBomb => Weather::answer(
                status,
                &[json, id, ("content-encoding", "gzip")],
                &[b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &[0; 1000]].concat(),
            ),
            Self::BeyondTheLimit => whole(&vec![b'x'; 2 * 1024 * 1024]),
            Self::HeadersAlone => Weather::bytes(format!(
                "HTTP/1.1 {status} Status\r\ntrackingid: T_1\r\n\r\n"
            )),
            Self::CutOffByConnection => Weather::answer(
                status,
                &[json, id, ("content-length", "500")],
                br#"{"message":"#,
            ),
            Self::SlowDrip => Weather {
                stall: true,
                ..Self::CutOffByConnection.weather(status)
            },
        }
    }
}

/// What a cell must end in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Likely,
    Unlikely,
    /// An error of the status.
    Status,
    /// A success without a verdict, or one that cannot be read.
    Decode,
    Connect,
    Timeout,
}

/// The class, and how often it is worth another try.
fn expected(status: u16, body: Body) -> (Class, usize) {
    let success = (200..300).contains(&status);
    // These can tell of what was asked; the others tell of token, form or moment.
    let judged = success || [400, 404, 409, 410, 422].contains(&status);
    let again = match status {
        423 | 429 | 502 | 503 | 504 => 4,
        500 => 1,
        _ => 0,
    };
    // HTTP gives it no body.
    if status == 204 {
        return (Class::Decode, 0);
    }
    match body {
        Body::Documented | Body::InfoAsObject | Body::OtherContentType if success => {
            (Class::Likely, 0)
        }
        Body::CodeAlone | Body::CodeInErrors | Body::CodeOfAnotherFamily if judged => {
            (Class::Unlikely, 0)
        }
        // Where the verdict was about to come, it is asked for again.
        Body::CutOffByConnection if judged => (Class::Connect, 4),
        Body::SlowDrip if judged => (Class::Timeout, 4),
        Body::BeyondTheLimit if judged => (Class::Decode, 0),
        _ if success => (Class::Decode, 0),
        _ => (Class::Status, again),
    }
}

/// What happened in a cell.
#[derive(Debug)]
struct Outcome {
    class: Class,
    attempts: u32,
    elapsed: Duration,
    status: Option<u16>,
    tracking_id: Option<String>,
    retry_after: Option<Duration>,
    excerpt: Option<String>,
}

fn outcome(result: Result<Report, Error>) -> Outcome {
    match result {
        Ok(report) => Outcome {
            class: match report.verdict() {
                Verdict::Likely => Class::Likely,
                Verdict::Unlikely => Class::Unlikely,
            },
            attempts: report.attempts(),
            elapsed: report.elapsed(),
            status: Some(report.status()),
            tracking_id: report.tracking_id().map(str::to_owned),
            retry_after: None,
            excerpt: None,
        },
        Err(error) => Outcome {
            class: if error.is_decode() {
                Class::Decode
            } else if error.is_connect() {
                Class::Connect
            } else if error.is_timeout() {
                Class::Timeout
            } else {
                Class::Status
            },
            attempts: error.attempts(),
            elapsed: error.elapsed(),
            status: error.status(),
            tracking_id: error.tracking_id().map(str::to_owned),
            retry_after: error.retry_after(),
            excerpt: error.body_excerpt().map(str::to_owned),
        },
    }
}

/// Asks; the time passes whenever the client waits for it and for nothing else.
async fn ask(client: &Client, clock: &VirtualClock, server: Option<&Server>) -> Outcome {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    let precheck = client.precheck_subscriber(&request);
    let time = async {
        let mut stalled = 0;
        loop {
            if client.rate_status(&PRECHECK_SUBSCRIBER).in_flight == 0 {
                clock.advance_to_next();
            } else if let Some(server) = server
                && server.stalled() > stalled
                // What the server has sent must have been read.
                && (server.is_silent() || log.count("received the response headers") > stalled)
            {
                stalled += 1;
                clock.advance(ATTEMPT);
            }
            tokio::task::yield_now().await;
        }
    };
    // A client that hangs fails here, and not by the limit of this test.
    let limit = Duration::from_secs(60);
    let result = tokio::time::timeout(limit, async {
        tokio::select! {
            result = precheck => result,
            () = time => unreachable!(),
        }
    });
    outcome(
        result
            .await
            .unwrap_or_else(|_| panic!("it hangs: {}", log.text())),
    )
}

fn client(base_url: &str, clock: &VirtualClock) -> Client {
    Client::builder(Token::new("canary-token").unwrap())
        .base_url(base_url)
        .clock(clock.clone())
        .build()
        .unwrap()
}

/// The error of a precheck that nothing is waited for.
async fn at_once(client: &Client, request: &SubscriberPrecheck) -> Error {
    let limit = Duration::from_secs(60);
    let result = tokio::time::timeout(limit, client.precheck_subscriber(request)).await;
    result.unwrap_or_else(|_| panic!("it hangs")).unwrap_err()
}

/// Waits before so many attempts, and the time of those that were too slow.
fn elapsed(attempts: usize, slow: usize) -> Duration {
    let waits: u64 = WAITS.iter().take(attempts - 1).sum();
    Duration::from_millis(waits) + ATTEMPT * u32::try_from(slow).unwrap()
}

/// One cell. The error says what is wrong with it.
async fn cell(status: u16, body: Body, always: bool) -> Result<(), String> {
    let clock = VirtualClock::new(0.5);
    let mut weather = vec![body.weather(status)];
    if !always {
        weather.push(Weather::answer(200, &[("trackingid", "T_3")], SUCCESS));
    }
    let server = Server::start(weather).await.unwrap();
    let client = client(&format!("http://{}", server.address), &clock);
    let found = ask(&client, &clock, Some(&server)).await;
    let (class, again) = expected(status, body);
    let (class, attempts) = match (always, again) {
        (false, 1..) => (Class::Likely, 2),
        (_, again) => (class, again + 1),
    };
    let is_slow = body == Body::SlowDrip && status != 204;
    let slow = match (is_slow, always) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => attempts,
    };
    let elapsed = if status == 429 && is_slow {
        ATTEMPT * u32::try_from(slow).unwrap()
    } else {
        elapsed(attempts, slow)
    };
    let (expected_status, id) = match (always, again) {
        (false, 1..) => (200, "T_3"),
        _ => (status, "T_1"),
    };
    let is_right = found.class == class
        && found.attempts as usize == attempts
        && server.connections() == attempts
        && found.elapsed == elapsed
        && found.status == Some(expected_status)
        && found.tracking_id.as_deref() == Some(id);
    let shows = found.excerpt.as_deref().unwrap_or_default();
    if !is_right || shows.chars().count() > 200 || shows.chars().any(char::is_control) {
        return Err(format!(
            "{status} {body:?} always={always}: expected {class:?} after {attempts} attempts and {:?}, \
             HTTP {expected_status}, {id}; found {found:?} after {} connections",
            elapsed,
            server.connections()
        ));
    }
    Ok(())
}

#[tokio::test]
async fn every_status_with_every_body() {
    let mut cells = 0;
    let mut wrong = Vec::new();
    for status in DOCUMENTED.into_iter().chain(OTHERS) {
        for body in Body::ALL {
            for always in [false, true] {
                cells += 1;
                wrong.extend(cell(status, body, always).await.err());
            }
        }
    }
    println!("{cells} cells");
    assert_eq!(cells, 28 * 17 * 2);
    assert!(
        wrong.is_empty(),
        "{} of {cells}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Weather without a status: name, what the server does, and what is expected of each attempt.
fn without_status() -> Vec<(&'static str, Weather, Class)> {
    let silence = Weather {
        stall: true,
        ..Weather::bytes("")
    };
    vec![
        (
            "closed before the request",
            Weather {
                deaf: true,
                ..Weather::bytes("")
            },
            Class::Connect,
        ),
        (
            "closed before the headers",
            Weather::bytes(""),
            Class::Connect,
        ),
        (
            "closed in the headers",
            Weather::bytes("HTTP/1.1 200 OK\r\ntracki"),
            Class::Connect,
        ),
        (
            "not HTTP",
            Weather::bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
            Class::Connect,
        ),
        (
            "endless headers",
            Weather::bytes(format!("HTTP/1.1 200 OK\r\n{}", "x: y\r\n".repeat(200_000))),
            Class::Connect,
        ),
        ("silence", silence, Class::Timeout),
    ]
}

#[tokio::test]
async fn every_way_of_getting_no_status() {
    let mut cells = 0;
    for number in 0..without_status().len() {
        for always in [false, true] {
            cells += 1;
            let clock = VirtualClock::new(0.5);
            let (name, bad, class) = without_status().swap_remove(number);
            let mut weather = vec![bad];
            if !always {
                weather.push(Weather::answer(200, &[], SUCCESS));
            }
            let server = Server::start(weather).await.unwrap();
            let client = client(&format!("http://{}", server.address), &clock);
            let found = ask(&client, &clock, Some(&server)).await;
            let (class_of_all, attempts, status) = if always {
                (class, 5, None)
            } else {
                (Class::Likely, 2, Some(200))
            };
            let slow = if class == Class::Timeout {
                attempts.min(if always { 5 } else { 1 })
            } else {
                0
            };
            assert_eq!(
                (
                    found.class,
                    found.attempts as usize,
                    found.status,
                    found.elapsed
                ),
                (class_of_all, attempts, status, elapsed(attempts, slow)),
                "{name}, always={always}: {found:?}"
            );
            assert_eq!(server.connections(), attempts, "{name}, always={always}");
        }
    }
    println!("{cells} cells");
}

#[tokio::test]
async fn tls_to_a_plain_port_an_unknown_host_and_a_closed_port() {
    let plain = Server::start(vec![Weather::bytes("HTTP/1.1 400 Bad Request\r\n\r\n")])
        .await
        .unwrap();
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    for base_url in [
        format!("https://{}", plain.address),
        "https://webex.invalid".to_owned(),
        format!("http://{closed}"),
    ] {
        let clock = VirtualClock::new(0.5);
        let found = ask(&client(&base_url, &clock), &clock, None).await;
        assert_eq!(
            (found.class, found.attempts, found.status, found.elapsed),
            (Class::Connect, 5, None, elapsed(5, 0)),
            "{base_url}"
        );
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_in_all_its_forms_and_never_cut_short() {
    // What Webex asks for, and how long that is; none is the default backoff.
    let forms = [
        ("194", Some(194_000)),
        ("0.75", Some(750)),
        // 20 s after the start of the clock.
        ("Sat, 21 Nov 2026 12:00:20 GMT", Some(20_000)),
        ("Saturday, 21-Nov-26 12:00:20 GMT", Some(20_000)),
        ("rand(30),add(30)", None),
        ("-1", None),
        ("", None),
        ("0", Some(0)),
    ];
    let mut cells = 0;
    for status in [423, 429, 500, 502, 503, 504] {
        for (form, wait) in forms {
            cells += 1;
            let clock = VirtualClock::new(0.5);
            let weather = vec![
                Weather::answer(status, &[("retry-after", form)], b""),
                Weather::answer(200, &[], SUCCESS),
            ];
            let server = Server::start(weather).await.unwrap();
            let client = client(&format!("http://{}", server.address), &clock);
            let found = ask(&client, &clock, Some(&server)).await;
            // Zero says nothing of when it makes sense.
            let wait = wait.filter(|wait| *wait > 0).unwrap_or(WAITS[0]);
            assert_eq!(
                (found.class, found.attempts, found.elapsed),
                (Class::Likely, 2, Duration::from_millis(wait)),
                "{status}, Retry-After: {form}"
            );
        }
    }
    println!("{cells} cells");
}

#[tokio::test]
async fn retry_after_beyond_the_deadline_fails_at_once_and_is_returned() {
    for (status, form) in [
        (429, "301"),
        (503, "86400"),
        (423, "Sun, 22 Nov 2026 12:00:00 GMT"),
        (429, "99999999999999999999"),
    ] {
        let clock = VirtualClock::new(0.5);
        let weather = Weather::answer(status, &[("retry-after", form), ("trackingid", "T_1")], b"");
        let server = Server::start(vec![weather]).await.unwrap();
        let client = client(&format!("http://{}", server.address), &clock);
        let found = ask(&client, &clock, Some(&server)).await;
        assert_eq!(
            (found.class, found.attempts),
            (Class::Status, 1),
            "{status}"
        );
        assert_eq!(found.elapsed, Duration::ZERO, "{status}");
        assert_eq!(found.tracking_id.as_deref(), Some("T_1"));
        assert!(
            found.retry_after.unwrap() >= Duration::from_secs(301),
            "{form}"
        );
        if status == 429 {
            // The next caller is told as well, and Webex is left alone.
            let request = SubscriberPrecheck::new("alice.anderson@acme.com");
            let error = at_once(&client, &request).await;
            assert!(error.is_rate_limited(), "{error:?}");
            assert!(error.retry_after().unwrap() >= Duration::from_secs(301));
            assert_eq!((error.attempts(), server.connections()), (0, 1));
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(vec![Weather::answer(200, &[], SUCCESS)])
        .await
        .unwrap();
    for status in [301, 302, 303, 307, 308] {
        let clock = VirtualClock::new(0.5);
        let location = format!("http://{}/", elsewhere.address);
        let weather = Weather::answer(status, &[("location", &location)], b"");
        let server = Server::start(vec![weather]).await.unwrap();
        let client = client(&format!("http://{}", server.address), &clock);
        let found = ask(&client, &clock, Some(&server)).await;
        assert_eq!((found.class, found.status), (Class::Status, Some(status)));
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn an_answer_in_pieces_is_put_together() {
    let clock = VirtualClock::new(0.5);
    let mut bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for byte in SUCCESS {
        bytes.extend_from_slice(b"1\r\n");
        bytes.push(*byte);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    let server = Server::start(vec![Weather::bytes(bytes)]).await.unwrap();
    let client = client(&format!("http://{}", server.address), &clock);
    assert_eq!(
        ask(&client, &clock, Some(&server)).await.class,
        Class::Likely
    );
}

#[tokio::test]
async fn a_precheck_ends_before_its_time_is_up_and_not_after() {
    let clock = VirtualClock::new(0.5);
    let server = Server::start(vec![Weather::answer(503, &[], b"")])
        .await
        .unwrap();
    let policy = RetryPolicy::new().total_timeout(Duration::from_secs(1));
    let client = client(&format!("http://{}", server.address), &clock).with_retry_policy(policy);
    let found = ask(&client, &clock, Some(&server)).await;
    // After 0.25 and 0.5 s a wait of a second is more than is left.
    assert_eq!((found.class, found.attempts), (Class::Status, 3));
    assert_eq!(found.elapsed, Duration::from_millis(750));
}

#[tokio::test]
async fn an_attempt_gets_no_more_time_than_is_left() {
    let clock = VirtualClock::new(0.5);
    let silence = Weather {
        stall: true,
        ..Weather::bytes("")
    };
    let server = Server::start(vec![silence]).await.unwrap();
    let policy = RetryPolicy::new().total_timeout(Duration::from_secs(40));
    let client = client(&format!("http://{}", server.address), &clock).with_retry_policy(policy);
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    let asked = tokio::spawn(async move { client.precheck_subscriber(&request).await });
    for stalled in 1..=2 {
        until(|| {
            // The wait between the two, once the first is given up.
            if stalled == 2 && clock.sleepers() == 1 {
                clock.advance_to_next();
            }
            server.stalled() >= stalled || asked.is_finished()
        })
        .await;
        clock.advance_to_next();
    }
    let error = asked.await.unwrap().unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 2, "{error:?}");
    // 30 s, a quarter of one, and what was left of 40.
    assert_eq!(error.elapsed(), Duration::from_secs(40));
}

#[tokio::test]
async fn who_waits_in_the_line_for_too_long_is_told_that_webex_limits() {
    let clock = VirtualClock::new(0.5);
    let busy = Weather::answer(
        429,
        &[("retry-after", "100"), ("trackingid", "T_1")],
        b"slow",
    );
    let server = Server::start(vec![busy]).await.unwrap();
    let patient = client(&format!("http://{}", server.address), &clock);
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    // The one that Webex told so keeps what it said, though it was in the line when it gave up.
    let told =
        patient.with_retry_policy(RetryPolicy::new().total_timeout(Duration::from_secs(150)));
    let found = ask(&told, &clock, Some(&server)).await;
    assert_eq!((found.status, found.attempts), (Some(429), 2));
    assert_eq!(found.tracking_id.as_deref(), Some("T_1"));
    assert_eq!(found.excerpt.as_deref(), Some("slow"));
    // Another one, whom Webex told nothing.
    let hurried =
        patient.with_retry_policy(RetryPolicy::new().total_timeout(Duration::from_secs(5)));
    let error = at_once(&hurried, &request).await;
    assert!(error.is_rate_limited() && error.is_retryable(), "{error:?}");
    assert_eq!((error.status(), error.attempts()), (None, 0));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(100)));
}
