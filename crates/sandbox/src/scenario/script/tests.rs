//! The steps taken, one by one.
use super::*;

const FILE: &str = r#"
strict = true

[[request]]
operation = "customer"

[[request]]
times = 2
fields = { email = "a@b.c" }
status = 429
headers = { Retry-After = "1" }
json = { message = "wait" }

[[request]]
value = "unlikely"

[[renewal]]
status = 400
"#;

fn status(reply: Result<Reply>) -> String {
    match reply {
        Ok(Reply::Judged) => "judged".to_owned(),
        Ok(Reply::Answer(answer)) => format!("{:?}", answer.status()),
        Ok(Reply::TestValue(_)) => "value".to_owned(),
        Err(_) => "unexpected".to_owned(),
    }
}

#[test]
fn steps_are_taken_in_their_order() {
    let mut script = Script::new(Scenario::from_toml(FILE).unwrap());
    assert_eq!(script.unmet().len(), 4);
    let mut ask = |operation, body: &[u8]| status(script.precheck(operation, body));
    let (customer, subscriber) = ("customer", "subscriber");
    assert_eq!(ask(subscriber, b"{}"), "unexpected");
    assert_eq!(ask(customer, b"{}"), "judged");
    assert_eq!(ask(subscriber, br#"{"email": "x"}"#), "unexpected");
    assert_eq!(ask(subscriber, br#"{"email": "a@b.c"}"#), "Some(429)");
    assert_eq!(ask(customer, br#"{"email": "a@b.c"}"#), "Some(429)");
    assert_eq!(ask(subscriber, b"{}"), "value");
    assert_eq!(ask(subscriber, b"{}"), "unexpected");
    assert_eq!(status(Ok(script.renewal())), "Some(400)");
    assert_eq!(status(Ok(script.renewal())), "judged");
    assert_eq!(
        script.unmet(),
        [
            "precheck 1: expected `customer`, which is judged (line 4); \
             this one is `subscriber`",
            "precheck 3: expected a request with email = \"a@b.c\", which gets status 429 (line 7); \
             this one has email = \"x\"",
            "precheck 7: it comes after the last step",
        ]
    );
}
