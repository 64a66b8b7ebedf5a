//! What the sandbox's README shows to integrators, as they would write it.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use webex_precheck::{Client, SubscriberPrecheck, Token, Verdict};
use webex_precheck_sandbox::Sandbox;

#[tokio::test]
async fn taken_address_is_unlikely() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let token = Token::new(sandbox.token())?;
    let client = Client::builder(token).base_url(sandbox.url()).build()?;
    let request = SubscriberPrecheck::new("unlikely@sandbox.example").customer_id("ZjViMzYx");
    let report = client.precheck_subscriber(&request).await?;
    assert_eq!(report.verdict(), Verdict::Unlikely);
    Ok(())
}

#[test]
fn the_readme_shows_this_test() {
    let readme = include_str!("../../../crates/sandbox/README.md");
    let (_, rest) = readme.split_once("```rust,no_run\n").unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    assert!(include_str!("integrator.rs").contains(shown));
}
