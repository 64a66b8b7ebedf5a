//! The page of test values, in the sandbox's README, is the table of these tests: each row is asked
//! for, raw and through the client.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use e2e::{Log, Raw, VirtualClock};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use webex_precheck::api::operations::PRECHECK_SUBSCRIBER;
use webex_precheck::{Client, Error, Report, RetryPolicy, SubscriberPrecheck, Token, Verdict};
use webex_precheck_sandbox::{Sandbox, Scenario};

const README: &str = include_str!("../../../crates/sandbox/README.md");

/// The rows of the table with this head.
fn rows(head: &str) -> Vec<Vec<String>> {
    let (_, rest) = README.split_once(&format!("{head}\n")).expect(head);
    let lines = rest
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = lines.map(cells).collect();
    assert!(!rows.is_empty(), "{head}");
    rows
}

/// A cell without its backticks.
fn code(cell: &str) -> &str {
    cell.strip_prefix('`')
        .and_then(|c| c.strip_suffix('`'))
        .expect(cell)
}

/// A sandbox that waits for nothing, and for how long it should have.
async fn start() -> (Sandbox, Arc<Mutex<Vec<Duration>>>) {
    let waits = Arc::<Mutex<Vec<Duration>>>::default();
    let noted = Arc::clone(&waits);
    let sandbox = Sandbox::builder().sleep(move |time| {
        noted.lock().unwrap().push(time);
        ready(())
    });
    (sandbox.start().await.unwrap(), waits)
}

fn subscriber(value: &str) -> String {
    json!({"email": format!("{value}@sandbox.example")}).to_string()
}

const SUBSCRIBERS: &str = "/v1/wholesale/subscribers/validate";
const CUSTOMERS: &str = "/v1/wholesale/customers/validate";

async fn ask(sandbox: &Sandbox, path: &str, token: &str, body: &str) -> Raw {
    Raw::ask(sandbox.address(), path, token, body)
        .await
        .unwrap()
}

/// The raw answer to a subscriber with this value, which is the same for a customer with it as ID.
async fn raw(sandbox: &Sandbox, value: &str) -> Raw {
    let customer = json!({
        "address": {"addressLine1": "1 Elm Road", "city": "Milpitas", "country": "US"},
        "externalId": format!("sandbox:{value}+of-a-customer"),
    });
    let of_customer = ask(sandbox, CUSTOMERS, sandbox.token(), &customer.to_string()).await;
    let raw = ask(sandbox, SUBSCRIBERS, sandbox.token(), &subscriber(value)).await;
    assert_eq!(raw.status, of_customer.status, "{value}");
    raw
}

/// What the client makes of a value, asked once or as often as it likes.
async fn asked(sandbox: &Sandbox, value: &str, policy: RetryPolicy) -> Result<Report, Error> {
    let (clock, log) = (VirtualClock::new(0.5), Log::default());
    let _guard = tracing::subscriber::set_default(log.clone());
    let builder = Client::builder(Token::new(sandbox.token()).unwrap());
    let builder = builder.base_url(sandbox.url()).clock(clock.clone());
    let client = builder.retry_policy(policy).build().unwrap();
    let request = SubscriberPrecheck::new(format!("{value}@sandbox.example"));
    let stalls = value == "stalled";
    let passing = clock.pass_while(|| {
        let is_idle = client.rate_status(&PRECHECK_SUBSCRIBER).in_flight == 0;
        is_idle || (stalls && log.count("received the response headers") > 0)
    });
    tokio::select! {
        asked = client.precheck_subscriber(&request) => asked,
        never = passing => match never {},
    }
}

/// As the last column says it.
fn in_words(asked: &Result<Report, Error>) -> String {
    let report = match asked {
        Ok(report) => report,
        Err(error) => return predicates(error),
    };
    let infos = report.info().iter().filter_map(|info| info.info_code);
    let errors = report.errors().iter().map(|error| error.code);
    let codes: Vec<String> = infos.chain(errors).map(|code| code.to_string()).collect();
    format!("{} {}", report.verdict().as_str(), codes.join(" "))
}

fn predicates(error: &Error) -> String {
    let all = [
        ("is_unauthorized", error.is_unauthorized()),
        ("is_forbidden", error.is_forbidden()),
        ("is_rate_limited", error.is_rate_limited()),
        ("is_timeout", error.is_timeout()),
        ("is_connect", error.is_connect()),
        ("is_decode", error.is_decode()),
        ("is_builder", error.is_builder()),
        ("is_invalid_request", error.is_invalid_request()),
        ("is_retryable", error.is_retryable()),
    ];
    let holding: Vec<&str> = all
        .iter()
        .filter(|(_, holds)| *holds)
        .map(|(name, _)| *name)
        .collect();
    if holding.is_empty() {
        "error".to_owned()
    } else {
        holding.join(" ")
    }
}

/// Whether a value is what the page shows, where `…` stands for any text.
fn matches(shown: &Value, value: &Value) -> bool {
    match (shown, value) {
        (Value::String(shown), Value::String(text)) => {
            shown == text || shown == "…" && !text.is_empty()
        }
        (Value::Array(shown), Value::Array(values)) => {
            shown.len() == values.len() && shown.iter().zip(values).all(|(s, v)| matches(s, v))
        }
        (Value::Object(shown), Value::Object(values)) => {
            shown.len() == values.len()
                && shown
                    .iter()
                    .all(|(name, s)| values.get(name).is_some_and(|v| matches(s, v)))
        }
        (shown, value) => shown == value,
    }
}

#[tokio::test]
async fn verdicts() {
    let (sandbox, _) = start().await;
    for row in rows("| value | status | body | `webex-precheck` |") {
        let [value, status, body, says] = &row[..] else {
            panic!("{row:?}");
        };
        let value = code(value);
        let raw = raw(&sandbox, value).await;
        assert_eq!(raw.status.unwrap().to_string(), *status, "{value}");
        let shown: Value = serde_json::from_str(code(body)).unwrap();
        let answered: Value = serde_json::from_slice(&raw.body).unwrap();
        assert!(matches(&shown, &answered), "{value}: {answered}");
        assert!(raw.header("trackingid").unwrap().starts_with("SANDBOX_"));
        let asked = asked(&sandbox, value, RetryPolicy::new().max_attempts(1)).await;
        assert_eq!(in_words(&asked), *says, "{value}");
    }
}

/// The statuses that any source documents for either operation.
fn documented_statuses() -> BTreeSet<u16> {
    let captures = [
        include_str!("../../../spec/documented/openapi.toml"),
        include_str!("../../../spec/documented/customer-page.toml"),
        include_str!("../../../spec/documented/subscriber-page.toml"),
    ];
    let lines = captures.into_iter().flat_map(str::lines);
    let statuses = lines.filter_map(|line| line.strip_prefix("status = \"")?.strip_suffix('"'));
    statuses.map(|status| status.parse().unwrap()).collect()
}

#[tokio::test]
async fn statuses() {
    let (sandbox, _) = start().await;
    let rows = rows("| value | the same with `Retry-After: 2` | `webex-precheck` |");
    for status in documented_statuses() {
        let raw = raw(&sandbox, &format!("status-{status}")).await;
        assert_eq!(raw.status, Some(status));
    }
    for row in rows {
        let [plain, waiting, says] = &row[..] else {
            panic!("{row:?}");
        };
        for (value, retry_after) in [(code(plain), None), (code(waiting), Some("2"))] {
            let status: u16 = value.split('-').nth(1).unwrap().parse().unwrap();
            let raw = raw(&sandbox, value).await;
            assert_eq!(raw.status, Some(status), "{value}");
            assert_eq!(raw.header("retry-after"), retry_after, "{value}");
            match status {
                200 => assert!(!raw.body.is_empty()),
                201..300 => assert_eq!(raw.body, b"", "{value}"),
                _ => {
                    let shown = json!({"message": "…", "trackingId": "…"});
                    let answered = serde_json::from_slice(&raw.body).unwrap();
                    assert!(matches(&shown, &answered), "{value}: {answered}");
                }
            }
            assert_eq!(raw.header("allow"), (status == 405).then_some("POST"));
            let asked = asked(&sandbox, value, RetryPolicy::new().max_attempts(1)).await;
            assert_eq!(in_words(&asked), *says, "{value}");
        }
    }
}

#[tokio::test]
async fn forms_of_retry_after() {
    let (sandbox, _) = start().await;
    for row in rows("| value | `Retry-After` | `webex-precheck` |") {
        let [value, retry_after, says] = &row[..] else {
            panic!("{row:?}");
        };
        let before = SystemTime::now();
        let raw = raw(&sandbox, code(value)).await;
        let header = raw.header("retry-after").unwrap();
        match retry_after.strip_prefix("a date, in 2 seconds") {
            None => assert_eq!(header, retry_after),
            Some(_) => {
                // Dates of HTTP have whole seconds.
                let date = httpdate::parse_http_date(header).unwrap();
                assert!(date + Duration::from_secs(1) > before + Duration::from_secs(2));
                assert!(date <= SystemTime::now() + Duration::from_secs(2));
            }
        }
        let asked = asked(&sandbox, code(value), RetryPolicy::new().max_attempts(1)).await;
        assert_eq!(in_words(&asked), *says, "{value}");
    }
}

#[tokio::test]
async fn late_and_broken_answers() {
    let (sandbox, waits) = start().await;
    let whole = raw(&sandbox, "likely").await.body;
    for row in rows("| value | status | when | body | `webex-precheck` |") {
        let [value, status, when, body, says] = &row[..] else {
            panic!("{row:?}");
        };
        let value = code(value);
        waits.lock().unwrap().clear();
        let (address, token, sent) = (sandbox.address(), sandbox.token(), subscriber(value));
        let raw = match body.as_str() {
            "half, then nothing" => Raw::ask_what_stalls(address, SUBSCRIBERS, token, &sent).await,
            _ => Raw::ask(address, SUBSCRIBERS, token, &sent).await,
        };
        let raw = raw.unwrap();
        let waited = std::mem::take(&mut *waits.lock().unwrap());
        let seen = raw
            .status
            .map_or("none".to_owned(), |status| status.to_string());
        assert_eq!(seen, *status, "{value}");
        let expected = match when.split(' ').collect::<Vec<_>>()[..] {
            ["at", "once"] => vec![],
            ["after", seconds, "s"] => vec![Duration::from_secs(seconds.parse().unwrap())],
            [millis, "ms", "before", "each", "byte"] => {
                vec![Duration::from_millis(millis.parse().unwrap()); raw.body.len()]
            }
            _ => panic!("{when}"),
        };
        assert_eq!(waited, expected, "{value}");
        let half = whole.len() / 2;
        let (expected, is_whole) = match body.as_str() {
            "whole" if status == "200" => (whole.clone(), true),
            "whole" => {
                assert!(serde_json::from_slice::<Value>(&raw.body).is_ok());
                (raw.body.clone(), true)
            }
            "half, then closed" | "half, then nothing" => (whole[..half].to_vec(), false),
            "half, as if it were whole" => (whole[..half].to_vec(), true),
            "none" => (Vec::new(), status != "none"),
            "HTML" => {
                assert!(raw.body.starts_with(b"<!doctype html>"));
                assert!(raw.header("content-type").unwrap().starts_with("text/html"));
                (raw.body.clone(), true)
            }
            _ => panic!("{body}"),
        };
        assert_eq!((&raw.body, raw.is_whole), (&expected, is_whole), "{value}");
        assert_eq!(raw.was_closed, body != "half, then nothing", "{value}");
        let asked = asked(&sandbox, value, RetryPolicy::new().max_attempts(1)).await;
        assert_eq!(in_words(&asked), *says, "{value}");
    }
}

#[tokio::test]
async fn failures_that_end() {
    let (sandbox, _) = start().await;
    for row in rows("| value | statuses | `webex-precheck` |") {
        let [value, statuses, says] = &row[..] else {
            panic!("{row:?}");
        };
        let value = code(value);
        let mut seen = Vec::new();
        // It begins anew, and each value for itself.
        for round in 0..2 {
            for _ in statuses.split(' ') {
                let raw = raw(&sandbox, &format!("{value}+{round}")).await;
                seen.push(
                    raw.status
                        .map_or("none".to_owned(), |status| status.to_string()),
                );
            }
        }
        assert_eq!(seen.join(" "), format!("{statuses} {statuses}"), "{value}");
        let asked = asked(&sandbox, value, RetryPolicy::new()).await.unwrap();
        assert_eq!(asked.verdict(), Verdict::Likely);
        assert_eq!(
            format!("likely after {}", asked.attempts()),
            *says,
            "{value}"
        );
    }
}

#[tokio::test]
async fn tokens() {
    let own = Sandbox::builder().token("other").token("sandbox-token");
    for sandbox in [Sandbox::start().await.unwrap(), own.start().await.unwrap()] {
        for row in rows("| token | customer | subscriber |") {
            let customer = json!({
                "address": {"addressLine1": "1 Elm Road", "city": "Milpitas", "country": "US"},
            });
            let token = code(&row[0]);
            let customer = ask(&sandbox, CUSTOMERS, token, &customer.to_string()).await;
            let subscriber = ask(&sandbox, SUBSCRIBERS, token, r#"{"email": "a@b.c"}"#).await;
            let statuses = [customer.status, subscriber.status].map(|s| s.unwrap().to_string());
            assert_eq!(statuses[..], row[1..], "{token}");
        }
    }
}

#[tokio::test]
async fn codes() {
    let sandbox = Sandbox::start().await.unwrap();
    for row in rows("| code | whose | status | means | for example |") {
        let [own_code, whose, status, _, example] = &row[..] else {
            panic!("{row:?}");
        };
        let body = code(example);
        let path = if body.contains("addressLine1") {
            CUSTOMERS
        } else {
            SUBSCRIBERS
        };
        let raw = ask(&sandbox, path, sandbox.token(), body).await;
        assert_eq!(raw.status.unwrap().to_string(), *status, "{body}");
        let answer: Value = serde_json::from_slice(&raw.body).unwrap();
        assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer}");
        let error = &answer["errors"][0];
        assert_eq!(error["errorCode"].to_string(), *own_code, "{body}");
        assert!(error["description"].is_string());
        assert_eq!(error["fieldName"].is_string(), body != "[]");
        let is_own = (900_001..=900_999).contains(&own_code.parse().unwrap());
        assert_eq!(is_own, whose == "sandbox");
    }
}

#[tokio::test]
async fn places_of_a_value() {
    let sandbox = Sandbox::start().await.unwrap();
    let rows = rows("| place | for example |");
    assert_eq!(rows.len(), 6);
    for row in &rows {
        let (place, value) = (row[0].as_str(), code(&row[1]));
        let mut path = SUBSCRIBERS.to_owned();
        let mut body = json!({"email": "a@b.c"});
        match place.strip_suffix(" in the query") {
            Some(name) => path = format!("{SUBSCRIBERS}?{}={value}+x", code(name)),
            None => {
                let mut at = &mut body;
                for name in code(place).split('.') {
                    at = &mut at[name];
                }
                *at = json!(value);
            }
        }
        let raw = ask(&sandbox, &path, sandbox.token(), &body.to_string()).await;
        assert_eq!(raw.status, Some(503), "{place}");
    }
    // The first one counts.
    let both = json!({"email": "status-410@sandbox.example", "customerId": "sandbox:status-503"});
    let path = format!("{SUBSCRIBERS}?onBehalfOfSubPartnerOrgId=sandbox:status-504");
    let raw = ask(&sandbox, &path, sandbox.token(), &both.to_string()).await;
    assert_eq!(raw.status, Some(410));
    let other = format!("{SUBSCRIBERS}?other=sandbox:status-504");
    let raw = ask(&sandbox, &other, sandbox.token(), r#"{"email": "a@b.c"}"#).await;
    assert_eq!(raw.status, Some(200));
}

/// A request with a body, as HTTP has it.
fn request(line: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
        .into_bytes()
}

#[tokio::test]
async fn refusals_that_are_no_judgement() {
    const TOKEN: &str = "Authorization: Bearer sandbox-token\r\n";
    const JSON: &str = "Content-Type: application/json\r\n";
    const ALICE: &str = r#"{"email": "alice@example.com"}"#;
    let full = [TOKEN, JSON].concat();
    let post = format!("POST {SUBSCRIBERS}");
    for row in rows("| status | when |") {
        let status: u16 = row[0].parse().unwrap();
        let builder = match status {
            429 => Sandbox::builder().limit(1, Duration::from_secs(3600)),
            _ => Sandbox::builder(),
        };
        let sandbox = builder.read_timeout(Duration::from_secs(if status == 408 { 1 } else { 30 }));
        let sandbox = sandbox.start().await.unwrap();
        let no_scope = TOKEN.replace("token\r", "token-no-scope\r");
        let large = " ".repeat((1 << 20) + 1);
        // Each has the faults that are looked for later as well.
        let sent = match status {
            404 => request("PUT /v1/wholesale/subscribers", "", &large),
            405 => request(&format!("PUT {SUBSCRIBERS}"), "", &large),
            401 => request(&post, JSON, &large),
            403 => request(&post, &no_scope, &large),
            413 => request(&post, TOKEN, &large),
            415 => request(&post, TOKEN, ALICE),
            429 => {
                let first = Raw::send(sandbox.address(), &request(&post, &full, ALICE)).await;
                assert_eq!(first.unwrap().status, Some(200));
                request(&post, TOKEN, &large)
            }
            408 => format!("{post} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n{TOKEN}\r\n")
                .into_bytes(),
            503 => {
                // Each has all but the end, so that only the sum is too much.
                let length = 1 << 20;
                let head = format!(
                    "{post} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{TOKEN}\r\n"
                );
                let sent = [head.as_bytes(), &large.as_bytes()[2..]].concat();
                let (answers, mut answered) = tokio::sync::mpsc::unbounded_channel();
                for _ in 0..65 {
                    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
                    let (sent, answers) = (sent.clone(), answers.clone());
                    tokio::spawn(async move {
                        let mut begin = [0; 12];
                        stream.write_all(&sent).await.unwrap();
                        stream.read_exact(&mut begin).await.unwrap();
                        answers.send(begin)
                    });
                }
                assert_eq!(&answered.recv().await.unwrap(), b"HTTP/1.1 503");
                // It made room for others.
                let small = request(&post, &full, ALICE);
                let raw = Raw::send(sandbox.address(), &small).await.unwrap();
                assert_eq!(raw.status, Some(200));
                continue;
            }
            _ => panic!("{row:?}"),
        };
        let raw = Raw::send(sandbox.address(), &sent).await.unwrap();
        assert_eq!(raw.status, Some(status), "{row:?}");
        assert_eq!(raw.header("allow"), (status == 405).then_some("POST"));
        assert_eq!(raw.header("retry-after"), (status == 429).then_some("3600"));
        let answer: Value = serde_json::from_slice(&raw.body).unwrap();
        let shown = json!({"message": "…", "trackingId": "…"});
        assert!(matches(&shown, &answer), "{answer}");
    }
}

#[test]
fn the_scenario_of_the_page_is_one() {
    let blocks = README.split("```toml\n").skip(1);
    let mut blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    let scenario = blocks.find(|block| block.contains("[[request]]")).unwrap();
    Scenario::from_toml(scenario).unwrap();
}
