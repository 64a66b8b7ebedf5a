//! The sandbox as a library: what it answers besides judgements and test values, what it notes, and
//! what it does when a scenario does not come true.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use e2e::Raw;
use e2e::load::load;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use webex_precheck_sandbox::{Answer, Sandbox, Scenario, Step};

const SUBSCRIBERS: &str = "/v1/wholesale/subscribers/validate";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
/// What has not come by then will not come.
const MINUTE: Duration = Duration::from_secs(60);
const ALICE: &str = r#"{"email": "alice@example.com"}"#;

async fn ask(sandbox: &Sandbox, body: &str) -> Raw {
    let token = sandbox.token();
    Raw::ask(sandbox.address(), SUBSCRIBERS, token, body)
        .await
        .unwrap()
}

async fn send(sandbox: &Sandbox, line: &str, headers: &str, body: &str) -> Raw {
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        sandbox.address(),
        sandbox.token(),
        body.len(),
    );
    Raw::send(sandbox.address(), request.as_bytes())
        .await
        .unwrap()
}

fn json(raw: &Raw) -> Value {
    serde_json::from_slice(&raw.body).unwrap()
}

#[tokio::test]
async fn what_is_no_precheck_is_refused_as_http_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let post = format!("POST {SUBSCRIBERS}");
    let is_json = "Content-Type: application/json\r\n";
    let large = format!("{{\"email\": \"{}@example.com\"}}", "a".repeat(1 << 20));
    for (line, headers, body, status) in [
        (post.clone(), is_json, ALICE, 200),
        (
            post.clone(),
            "content-type: Application/JSON; charset=utf-8\r\n",
            ALICE,
            200,
        ),
        (post.clone(), "", ALICE, 415),
        (post.clone(), "Content-Type: text/plain\r\n", ALICE, 415),
        (
            post.clone(),
            "Content-Type: application/json5\r\n",
            ALICE,
            415,
        ),
        (post.clone(), is_json, "", 400),
        (post.clone(), is_json, &large, 413),
        (
            format!("{post}?onBehalfOfSubPartnerOrgId=a"),
            is_json,
            ALICE,
            200,
        ),
        (
            format!("{post}?onBehalfOfSubPartnerOrgId=a&onBehalfOfSubPartnerOrgId=b"),
            is_json,
            ALICE,
            400,
        ),
        (
            format!("{post}?onBehalfOfSubPartnerOrgId=sandbox:status-410"),
            is_json,
            ALICE,
            410,
        ),
        (format!("{post}/"), is_json, ALICE, 404),
        (
            "POST /wholesale/subscribers/validate".to_owned(),
            is_json,
            ALICE,
            404,
        ),
        ("GET /".to_owned(), "", "", 404),
    ] {
        let raw = send(&sandbox, &line, headers, body).await;
        assert_eq!(raw.status, Some(status), "{line} {headers}");
        if status != 200 {
            assert!(json(&raw)["message"].is_string());
            assert_eq!(json(&raw)["trackingId"], raw.header("trackingid").unwrap());
        }
    }
    for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        for path in [SUBSCRIBERS, "/v1/access_token"] {
            let raw = send(&sandbox, &format!("{method} {path}"), "", "").await;
            assert_eq!((raw.status, raw.header("allow")), (Some(405), Some("POST")));
        }
    }
    let raw = send(&sandbox, "POST /healthz", "", "").await;
    assert_eq!(
        (raw.status, raw.header("allow")),
        (Some(405), Some("GET, HEAD"))
    );
    let raw = Raw::ask(sandbox.address(), SUBSCRIBERS, "other", ALICE)
        .await
        .unwrap();
    assert_eq!(
        (raw.status, raw.header("www-authenticate")),
        (Some(401), Some("Bearer"))
    );
}

#[tokio::test]
async fn unknown_fields_are_accepted_and_named_in_a_header() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = json!({
        "email": "alice@example.com",
        "nickname": "Al",
        "provisioningParameters": {"badge, blue": null},
        "ümlaut\n": 1,
    });
    let raw = ask(&sandbox, &body.to_string()).await;
    assert_eq!(raw.status, Some(200));
    assert_eq!(
        raw.header("sandbox-unknown-fields"),
        Some("nickname, provisioningParameters.badge%2C+blue, %C3%BCmlaut%0A")
    );
    // A header stays one, whatever a client sends.
    let many: Value = (0..1000).map(|n| (format!("x{n}"), Value::Null)).collect();
    let raw = ask(&sandbox, &many.to_string()).await;
    let header = raw.header("sandbox-unknown-fields").unwrap();
    assert!(header.len() < 1200 && header.ends_with(", ..."), "{header}");
    assert!(header.starts_with("x0, x1, "), "{header}");
    assert_eq!(raw.status, Some(400));
    let long = json!({"email": "a@b.c", "x".repeat(2000): 1});
    let raw = ask(&sandbox, &long.to_string()).await;
    let expected = format!("{}...", "x".repeat(100));
    assert_eq!(raw.header("sandbox-unknown-fields"), Some(&*expected));
    assert_eq!(
        ask(&sandbox, ALICE).await.header("sandbox-unknown-fields"),
        None
    );
}

#[tokio::test]
async fn the_limit_is_true() {
    let now = Arc::new(Mutex::new(Instant::now()));
    let clock = Arc::clone(&now);
    let sandbox = Sandbox::builder()
        .limit(2, Duration::from_secs(60))
        .now(move || *clock.lock().unwrap());
    let sandbox = sandbox.start().await.unwrap();
    let mut seen = Vec::new();
    // One is given back each 30 seconds, to the full second.
    for seconds in [0.0, 0.0, 0.0, 0.5, 29.4, 0.1, 0.0] {
        *now.lock().unwrap() += Duration::from_secs_f64(seconds);
        let raw = ask(&sandbox, ALICE).await;
        let wait = raw.header("retry-after").map(str::to_owned);
        seen.push((raw.status.unwrap(), wait));
    }
    let wait = |seconds: &str| Some(seconds.to_owned());
    assert_eq!(
        seen,
        [
            (200, None),
            (200, None),
            (429, wait("30")),
            (429, wait("30")),
            (429, wait("1")),
            (200, None),
            (429, wait("30")),
        ]
    );
}

#[tokio::test]
async fn requests_are_told_to_tests_and_people() {
    let sandbox = Sandbox::builder()
        .token("a-secret-token")
        .start()
        .await
        .unwrap();
    ask(&sandbox, ALICE).await;
    ask(
        &sandbox,
        r#"{"email": "closed@sandbox.example", "x": "a-secret-token"}"#,
    )
    .await;
    let renewal = "grant_type=refresh_token&client_secret=sandbox-secret";
    send(
        &sandbox,
        "POST /v1/access_token?x=another-secret",
        FORM,
        renewal,
    )
    .await;
    let requests = sandbox.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|r| (r.number, r.path.as_str(), r.status))
        .collect();
    assert_eq!(
        seen,
        [
            (1, SUBSCRIBERS, Some(200)),
            (2, SUBSCRIBERS, None),
            (3, "/v1/access_token", Some(400)),
        ]
    );
    assert_eq!(requests[0].json()["email"], "alice@example.com");
    let told = send(&sandbox, "GET /__sandbox/requests", "", "").await;
    let told = json(&told);
    assert_eq!(told[0]["body"], ALICE);
    assert_eq!(told[0]["headers"][2], json!(["authorization", "Bearer …"]));
    assert_eq!(told[1]["status"], Value::Null);
    assert_eq!(
        (&told[0]["trackingId"], &told[1]["trackingId"]),
        (&json!("SANDBOX_00000001"), &json!("SANDBOX_00000002"))
    );
    assert!(told[0]["milliseconds"].is_u64());
    for text in [told.to_string(), format!("{requests:?}")] {
        assert!(!text.contains("a-secret-token"), "{text}");
        assert!(
            !text.contains("sandbox-secret") && !text.contains("another"),
            "{text}"
        );
    }
    let last = send(&sandbox, "GET /__sandbox/requests?last=1", "", "").await;
    assert_eq!(json(&last).as_array().unwrap().len(), 1);
    assert_eq!(json(&last)[0]["number"], 3);
    let wrong = send(&sandbox, "GET /__sandbox/requests?last=all", "", "").await;
    assert_eq!(wrong.status, Some(400));
    let cleared = send(&sandbox, "DELETE /__sandbox/requests", "", "").await;
    assert_eq!((cleared.status, sandbox.requests().len()), (Some(204), 0));
    // What was counted stays.
    assert_eq!(sandbox.answered(SUBSCRIBERS)[&200], 1);
}

#[tokio::test]
async fn a_page_of_another_name_may_not_read_the_requests() {
    let sandbox = Sandbox::start().await.unwrap();
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:8282", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8282", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example:80", 403),
        ("192.0.2.1", 403),
        ("", 403),
    ] {
        let request = format!(
            "GET /__sandbox/requests HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        );
        let raw = Raw::send(sandbox.address(), request.as_bytes())
            .await
            .unwrap();
        assert_eq!(raw.status, Some(status), "{host}");
    }
}

/// A proxy goes by the host of the target, and a check of `Host` alone would miss it.
#[tokio::test]
async fn target_with_another_host_than_the_header_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let precheck = format!(
        "{SUBSCRIBERS} HTTP/1.1\r\nAuthorization: Bearer sandbox-token\r\n\
         Content-Type: application/json\r\nContent-Length: {}",
        ALICE.len()
    );
    for (target, host, list, prechecked) in [
        ("http://localhost", "localhost", 200, 200),
        ("http://LOCALHOST:8282", "localhost:8282", 200, 200),
        ("http://evil.example", "evil.example", 403, 200),
        ("http://evil.example", "localhost", 400, 400),
        ("http://localhost", "evil.example", 400, 400),
        ("http://localhost@evil.example", "localhost", 400, 400),
        ("http://localhost:1", "localhost:2", 400, 400),
    ] {
        let end = format!("Host: {host}\r\nConnection: close\r\n\r\n");
        for (request, status) in [
            (
                format!("GET {target}/__sandbox/requests HTTP/1.1\r\n{end}"),
                list,
            ),
            (
                format!("POST {target}{precheck}\r\n{end}{ALICE}"),
                prechecked,
            ),
        ] {
            let raw = Raw::send(sandbox.address(), request.as_bytes())
                .await
                .unwrap();
            assert_eq!(raw.status, Some(status), "{request}");
        }
    }
}

/// What a panic says.
fn panics(work: impl FnOnce()) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(work)).err()?;
    panic.downcast_ref::<String>().cloned()
}

#[tokio::test]
async fn a_scenario_that_comes_true_is_silent() {
    let scenario = Scenario::new()
        .step(
            Step::judged()
                .operation("subscriber")
                .field("email", "alice@example.com"),
        )
        .step(Step::answer(Answer::new(503)).times(2))
        .step(Step::test_value("unlikely"))
        .renewal(Step::answer(Answer::new(500)));
    let sandbox = Sandbox::builder().scenario(scenario).start().await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(ask(&sandbox, ALICE).await.status.unwrap());
    }
    assert_eq!(seen, [200, 503, 503, 400, 200]);
    let renewal = send(&sandbox, "POST /v1/access_token", "", "").await;
    assert_eq!(renewal.status, Some(500));
    let of_a_form = send(&sandbox, "POST /v1/access_token", FORM, "grant_type=x").await;
    assert_eq!(
        json(&of_a_form)["message"],
        "The grant_type must be refresh_token."
    );
    let lacking = send(
        &sandbox,
        "POST /v1/access_token",
        FORM,
        "grant_type=refresh_token",
    )
    .await;
    assert_eq!(json(&lacking)["message"], "The form has no client_id.");
    assert_eq!(panics(|| drop(sandbox)), None);
}

#[tokio::test]
async fn a_scenario_that_does_not_fails_the_test_on_drop() {
    let scenario = Scenario::new()
        .step(Step::judged().field("email", "bob@example.com"))
        .step(Step::answer(Answer::new(429)).times(3))
        .strict();
    let sandbox = Sandbox::builder()
        .scenario(scenario.clone())
        .start()
        .await
        .unwrap();
    let raw = ask(&sandbox, ALICE).await;
    assert_eq!(raw.status, Some(501));
    let expected = [
        "precheck 1: expected a request with email = \"bob@example.com\", which is judged; \
         this one has email = \"alice@example.com\"",
        "a step is left: a request with email = \"bob@example.com\", which is judged",
        "a step is left for 3 requests: a request, which gets status 429",
    ];
    assert_eq!(sandbox.unmet_expectations(), expected);
    let said = panics(|| drop(sandbox)).unwrap();
    for line in expected {
        assert!(said.contains(line), "{said}");
    }
    // Whoever asks gets it without a panic.
    let sandbox = Sandbox::builder().scenario(scenario).start().await.unwrap();
    let unmet = sandbox.stop().await.unwrap_err().to_string();
    assert!(
        unmet.contains(expected[1]) && unmet.contains(expected[2]),
        "{unmet}"
    );
}

#[tokio::test]
async fn it_stops_when_told_and_lets_answers_end() {
    let (waits, mut waiting) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, _) = tokio::sync::broadcast::channel::<()>(1);
    let going_on = go_on.clone();
    let sandbox = Sandbox::builder().sleep(move |_| {
        let mut going_on = going_on.subscribe();
        waits.send(()).unwrap();
        async move { going_on.recv().await.unwrap() }
    });
    let sandbox = sandbox.start().await.unwrap();
    let address = sandbox.address();
    let slow = tokio::spawn(async move {
        Raw::ask(
            address,
            SUBSCRIBERS,
            "sandbox-token",
            r#"{"email": "slow-9@sandbox.example"}"#,
        )
        .await
    });
    let begun = tokio::time::timeout(MINUTE, waiting.recv()).await;
    begun.expect("it is answered late").unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    let stopping = tokio::spawn(sandbox.stop());
    // One that waits for a request is closed, while the other is still waited for.
    let closed = tokio::time::timeout(MINUTE, idle.read(&mut [0])).await;
    assert_eq!(closed.expect("it is closed").unwrap(), 0);
    assert!(TcpStream::connect(address).await.is_err());
    assert!(!stopping.is_finished());
    go_on.send(()).unwrap();
    assert_eq!(slow.await.unwrap().unwrap().status, Some(200));
    assert_eq!(stopping.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn many_connections_get_what_is_scripted() {
    let sandbox = Sandbox::start().await.unwrap();
    let left = Mutex::new(5_000);
    let goes_on = move || {
        let mut left = left.lock().unwrap();
        *left -= 1;
        *left >= 0
    };
    const ASKED: [(&str, u16); 3] = [
        (ALICE, 200),
        (r#"{"email": "unlikely@sandbox.example"}"#, 400),
        (r#"{"email": "status-503@sandbox.example"}"#, 503),
    ];
    let answered = load(sandbox.address(), 64, &ASKED, goes_on).await;
    assert_eq!((answered.well, answered.examples), (5_000, vec![]));
    // The log forgets nothing so soon, and each is in it once.
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 5_000);
    assert!(
        requests
            .windows(2)
            .all(|two| two[0].number + 1 == two[1].number)
    );
}

#[tokio::test]
async fn it_knows_the_countries_that_the_client_knows() {
    let sandbox = Sandbox::start().await.unwrap();
    let customers = "/v1/wholesale/customers/validate";
    let letters = || (b'A'..=b'Z').map(char::from);
    for code in letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")))
    {
        let address = json!({"addressLine1": "1 Elm Road", "city": "x", "country": code});
        let body = json!({"address": address}).to_string();
        let raw = Raw::ask(sandbox.address(), customers, sandbox.token(), &body)
            .await
            .unwrap();
        let is_assigned = webex_precheck::Country::ASSIGNED.contains(&&*code);
        assert_eq!(
            raw.status,
            Some(if is_assigned { 200 } else { 409 }),
            "{code}"
        );
    }
}

#[tokio::test]
async fn sizes_are_as_the_page_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = |length: usize| {
        let (begin, end) = (r#"{"email": "a@b.c", "x": ""#, r#""}"#);
        let filling = "x".repeat(length - begin.len() - end.len());
        format!("{begin}{filling}{end}")
    };
    let mib = 1 << 20;
    assert_eq!(ask(&sandbox, &body(mib)).await.status, Some(200));
    assert_eq!(ask(&sandbox, &body(mib + 1)).await.status, Some(413));
    let header = |length: usize| {
        format!(
            "Content-Type: application/json\r\nX: {}\r\n",
            "x".repeat(length)
        )
    };
    let post = format!("POST {SUBSCRIBERS}");
    let with_header = async |length| send(&sandbox, &post, &header(length), ALICE).await.status;
    assert_eq!(with_header(30 << 10).await, Some(200));
    assert_eq!(with_header(200 << 10).await, Some(431));
    let headers = |count: usize| {
        let more = (0..count).map(|number| format!("X-{number}: x\r\n"));
        format!(
            "Content-Type: application/json\r\n{}",
            more.collect::<String>()
        )
    };
    // Four are there already, besides the type.
    let with_headers = async |count| send(&sandbox, &post, &headers(count), ALICE).await.status;
    assert_eq!(with_headers(95).await, Some(200));
    assert_eq!(with_headers(96).await, Some(431));
}

#[tokio::test]
async fn who_asks_before_sending_is_told_before_sending() {
    let sandbox = Sandbox::start().await.unwrap();
    let head = |length: usize| {
        format!(
            "POST {SUBSCRIBERS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n\
             Authorization: Bearer sandbox-token\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let too_long = Raw::send(sandbox.address(), head(2 << 20).as_bytes())
        .await
        .unwrap();
    assert_eq!(too_long.status, Some(413));
    let fine = [head(ALICE.len()), ALICE.to_owned()].concat();
    let fine = Raw::send(sandbox.address(), fine.as_bytes()).await.unwrap();
    assert_eq!(fine.status, Some(100));
}

#[tokio::test]
async fn the_last_hundred_requests_are_told_unless_more_are_asked_for() {
    let sandbox = Sandbox::builder().log_capacity(150).start().await.unwrap();
    for _ in 0..160 {
        ask(&sandbox, ALICE).await;
    }
    let numbers = async |query: &str| {
        let told = send(&sandbox, &format!("GET /__sandbox/requests{query}"), "", "").await;
        let told = json(&told);
        let told = told.as_array().unwrap();
        (
            told.len(),
            told[0]["number"].clone(),
            told[told.len() - 1]["number"].clone(),
        )
    };
    assert_eq!(numbers("").await, (100, json!(61), json!(160)));
    assert_eq!(numbers("?last=1000").await, (150, json!(11), json!(160)));
}

#[tokio::test]
async fn each_operation_and_token_has_a_limit_of_its_own() {
    let sandbox = Sandbox::builder()
        .token("one")
        .token("two")
        .limit(1, Duration::from_secs(3600));
    let sandbox = sandbox.start().await.unwrap();
    let address = json!({"addressLine1": "1 Elm Road", "city": "x", "country": "US"});
    let customer = json!({"address": address}).to_string();
    let customers = "/v1/wholesale/customers/validate";
    let mut seen = Vec::new();
    for token in ["one", "two", "one"] {
        for (path, body) in [(SUBSCRIBERS, ALICE), (customers, &customer)] {
            let raw = Raw::ask(sandbox.address(), path, token, body)
                .await
                .unwrap();
            seen.push(raw.status.unwrap());
        }
    }
    assert_eq!(seen, [200, 200, 200, 200, 429, 429]);
}
