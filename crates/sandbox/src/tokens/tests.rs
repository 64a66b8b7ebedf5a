use super::*;
use crate::operation::named;

const FORM: &[u8] = b"grant_type=refresh_token&client_id=sandbox-client\
    &client_secret=sandbox-secret&refresh_token=sandbox-refresh-token";

/// Whether a token is valid for customers and subscribers, by status.
fn access(tokens: &Tokens, token: &str, now: Instant) -> [u16; 2] {
    ["customer", "subscriber"].map(|name| {
        match tokens.authorize(token, named(name).unwrap(), now) {
            Ok(()) => 200,
            Err(refusal) => refusal.answer("").status().unwrap(),
        }
    })
}

#[test]
fn tokens_are_valid_until_they_expire() {
    let grant = Grant::default().expires_in(Duration::from_secs(60));
    let mut tokens = Tokens::new(vec!["own".to_owned()], grant);
    let start = Instant::now();
    let second = Duration::from_secs(1);
    let issued = tokens.renew(FORM, start).unwrap();
    assert_eq!(issued["expires_in"], 60);
    let first = issued["access_token"].as_str().unwrap();
    assert!(!first.contains("own"));
    let later = tokens.renew(FORM, start + 30 * second).unwrap();
    let later = later["access_token"].as_str().unwrap();
    for (token, at, status) in [
        (first, 0, 200),
        (first, 59, 200),
        (first, 60, 401),
        (later, 60, 200),
        (later, 89, 200),
        (later, 90, 401),
        ("own", 90, 200),
        ("sandbox-access-token-0", 0, 401),
        ("sandbox-access-token-3", 0, 401),
        ("sandbox-access-token-x", 0, 401),
    ] {
        assert_eq!(
            access(&tokens, token, start + at * second),
            [status; 2],
            "{token} {at}"
        );
    }
    tokens.revoke();
    assert_eq!(access(&tokens, later, start), [401; 2]);
    let next = tokens.renew(FORM, start).unwrap();
    let next = next["access_token"].as_str().unwrap();
    assert_eq!(access(&tokens, next, start), [200; 2]);
}

#[test]
fn issued_tokens_are_bounded() {
    let mut tokens = Tokens::new(Vec::new(), Grant::default());
    let now = Instant::now();
    for _ in 0..=MAX_ISSUED {
        tokens.renew(FORM, now).unwrap();
    }
    let access = |number: usize| access(&tokens, &format!("{ISSUED}{number}"), now);
    assert_eq!([access(1), access(2)], [[401; 2], [200; 2]]);
    assert_eq!(tokens.issued.len(), MAX_ISSUED);
}

#[test]
fn fixed_token_with_the_suffix_of_a_variant_has_all_scopes() {
    let fixed = ["t", "t-no-scope"].map(str::to_owned).to_vec();
    let tokens = Tokens::new(fixed, Grant::default());
    let access = |token| access(&tokens, token, Instant::now());
    assert_eq!(access("t-no-scope"), [200; 2]);
    assert_eq!(access("t-no-scope-no-scope"), [403; 2]);
    assert_eq!(access("t-customers-only"), [200, 403]);
    assert_eq!(access("t-subscribers-only"), [403, 200]);
    assert_eq!(access(""), [401; 2]);
}
