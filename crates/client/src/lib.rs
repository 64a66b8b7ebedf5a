//! Asks Webex whether a wholesale customer or subscriber could be provisioned, without
//! provisioning anything.
//!
//! ```toml
//! [dependencies]
//! webex-precheck = "0.1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//!
//! [dev-dependencies]
//! webex-precheck-sandbox = "0.1" # a local Webex for your tests
//! ```
//!
//! ```no_run
//! use webex_precheck::{Address, Client, Country, CustomerPrecheck, SubscriberPrecheck, Verdict};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), webex_precheck::Error> {
//!     let client = Client::from_env()?; // the token is in WEBEX_ACCESS_TOKEN
//!
//!     let subscriber = SubscriberPrecheck::new("alice.anderson@acme.com").customer_id("ZjViMzYx");
//!     let report = client.precheck_subscriber(&subscriber).await?;
//!     match report.verdict() {
//!         Verdict::Likely => println!("it would go through"),
//!         Verdict::Unlikely => println!("it would not: {:?}", report.errors()),
//!     }
//!
//!     let address = Address::new("771 Alder Drive", "Milpitas", Country::US)
//!         .state_or_province("CA")
//!         .zip_or_postal_code("95035");
//!     let report = client.precheck_customer(&CustomerPrecheck::new(address)).await?;
//!     println!("{} (tracking ID {:?})", report.verdict(), report.tracking_id());
//!     Ok(())
//! }
//! ```
//!
//! That Webex says no is an answer: a [`Report`] whose verdict is [`Verdict::Unlikely`], with at
//! least one [`Reason`]. An [`Error`] means that there is no answer.
//!
//! # Requests
//!
//! What Webex requires is in `new`, the rest are setters. What must not be mixed up has a type of
//! its own: a [`CustomerId`] is no [`ProvisioningId`], and a [`Country`] is no city. Packages are
//! open: one that Webex adds tomorrow is sent by its name today.
//!
//! ```
//! use webex_precheck::{
//!     Address, CallingParameters, Country, CustomerInfo, CustomerPackage, CustomerPrecheck,
//!     CustomerProvisioningParameters, Location, TimeZone,
//! };
//!
//! let address = Address::new("771 Alder Drive", "Milpitas", Country::US)
//!     .state_or_province("CA")
//!     .zip_or_postal_code("95035");
//! let zone = TimeZone::new("America/Los_Angeles");
//! let location = Location::new("Head office", address.clone(), zone, "en_us");
//! let request = CustomerPrecheck::new(address)
//!     .customer_info(CustomerInfo::new("john.anderson@acme.com").name("Acme"))
//!     .packages([CustomerPackage::WebexCalling, CustomerPackage::CiscoCallingPlan])
//!     .provisioning_parameters(
//!         CustomerProvisioningParameters::new().calling(CallingParameters::new(location)),
//!     );
//! assert_eq!(request.findings(), []);
//! ```
//!
//! A request can come from a file, for it is what is sent (here with `serde_json`). The generated
//! types of [`api`] turn into requests and back.
//!
//! ```
//! use webex_precheck::SubscriberPrecheck;
//! use webex_precheck::api::types::SubscriberPrecheckRequest;
//!
//! let json = r#"{"email": "alice.anderson@acme.com", "packages": ["webex_calling"]}"#;
//! let request: SubscriberPrecheck = serde_json::from_str(json)?;
//! let generated: SubscriberPrecheckRequest = request.into();
//! let request = SubscriberPrecheck::try_from(generated)?;
//! # let _ = request;
//!
//! // Webex takes `package` or `packages`: a setter takes the place of the other, and a file that
//! // has both is refused.
//! let json = r#"{"email": "a@acme.com", "package": "webex_calling", "packages": ["webex_suite"]}"#;
//! assert!(serde_json::from_str::<SubscriberPrecheck>(json).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Findings
//!
//! Much of what goes wrong is found without asking. What Webex's documentation rules out is a
//! [hard](Severity::Hard) finding: a client refuses to send it. What only looks wrong, or what the
//! documentation says in prose or in contradiction to itself, is a [soft](Severity::Soft) one: it is
//! sent all the same. Each names field, reason and source; [`Rule`] lists them all.
//!
//! ```
//! use webex_precheck::{Address, Country, CustomerPrecheck, Severity};
//!
//! let request = CustomerPrecheck::new(Address::new("771 Alder Drive", "Milpitas", Country::new("USA")));
//! let findings = request.findings();
//! assert_eq!(findings[0].severity(), Severity::Hard);
//! assert_eq!(findings[0].field(), "address.country");
//! assert_eq!(findings[0].reason(), "`USA` must have two letters, such as US");
//! ```
//!
//! # Answers and errors
//!
//! A report tells verdict, codes, HTTP status, tracking ID, attempts and time. An error keeps all of
//! that which there is: see the table at [`Error`].
//!
//! ```
//! # use webex_precheck_sandbox::{Answer, Sandbox};
//! # use webex_precheck::Token;
//! use webex_precheck::{Client, SubscriberPrecheck};
//!
//! async fn tell(client: &Client, request: &SubscriberPrecheck) {
//!     match client.precheck_subscriber(request).await {
//!         Ok(report) if report.is_likely() => println!("likely"),
//!         Ok(report) => {
//!             for reason in report.errors() {
//!                 println!("unlikely: {reason}"); // code, field and description are its fields
//!             }
//!         }
//!         Err(error) if error.is_rate_limited() => {
//!             println!("{error}; try again in {:?}", error.retry_after());
//!         }
//!         Err(error) if error.is_unauthorized() => println!("another token is needed: {error}"),
//!         Err(error) => println!("{error}; Webex said {:?}", error.body_excerpt()),
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     let sandbox = Sandbox::start().await?;
//! #     let client = Client::builder(Token::new(sandbox.token())?).base_url(sandbox.url()).build()?;
//! #     sandbox.answer_next(Answer::refusal(1001, "customerId", "It is null."));
//! #     sandbox.answer_next(Answer::new(429).header("Retry-After", "194000"));
//! #     for _ in 0..3 {
//! #         tell(&client, &SubscriberPrecheck::new("alice.anderson@acme.com")).await;
//! #     }
//! #     Ok(())
//! # }
//! ```
//!
//! # Patience
//!
//! A precheck changes nothing, so a client asks again where it helps, as its [`Patience`] says, and
//! waits as long as Webex asks it to. All callers of a client and its clones share one [`Pace`],
//! which is learned from what Webex refuses: a long run uses what Webex allows, and next to nothing is
//! wasted on refusals.
//!
//! ```
//! use std::time::Duration;
//! use webex_precheck::{Client, Patience, Token};
//!
//! # fn main() -> Result<(), webex_precheck::Error> {
//! let client = Client::builder(Token::new("token")?)
//!     .connect_timeout(Duration::from_secs(3))
//!     .attempt_timeout(Duration::from_secs(10))
//! #   .base_url("http://127.0.0.1:1")
//!     .build()?;
//!
//! // For a purchase that somebody waits for; connections, token and pace are shared.
//! let hurried = client.with_patience(Patience::new().attempts(2).total(Duration::from_secs(8)));
//! // One attempt, whatever happens.
//! let once = client.with_patience(Patience::none());
//! # let _ = (hurried, once);
//! # Ok(())
//! # }
//! ```
//!
//! # Credentials
//!
//! The token is one of an integration or a service app of the partner organization, with the scope
//! `spark-admin:wholesale_customers_write` or `spark-admin:wholesale_subscribers_write`; the
//! organization needs the entitlement `wxc-wholesale` or the setting
//! `webex-wholesale-partner-testing`. A personal token is said not to reach these operations.
//!
//! A client takes a [`Token`], or [`Credentials`] that get another one when it expires or Webex
//! refuses it: from a file, from a [source](TokenSource) of your own, or from Webex, for the refresh
//! token of an integration or a service app. However many callers wait, there is one renewal. The
//! token goes to `https` and loopback addresses alone, and is never shown.
//!
//! ```
//! # use webex_precheck_sandbox::{Grant, Sandbox};
//! use webex_precheck::{Client, RefreshGrant, RefreshToken, SubscriberPrecheck};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder().grant(Grant::new("C1a2", "secret", "refresh")).start().await?;
//! fn store(refresh_token: &str) {
//!     // … where only this program can read it.
//! #   let _ = refresh_token;
//! }
//!
//! let grant = RefreshGrant::new("C1a2", "secret", RefreshToken::new("refresh")?)?
//!     .on_refresh(|renewed| store(renewed.refresh_token().expose()));
//! let client = Client::builder(grant)
//! #   .base_url(sandbox.url())
//!     .build()?;
//! let request = SubscriberPrecheck::new("alice.anderson@acme.com");
//! assert!(client.precheck_subscriber(&request).await?.is_likely());
//! # Ok(())
//! # }
//! ```
//!
//! ```
//! use webex_precheck::{BoxFuture, Client, Credentials, Issued, Token, TokenSource};
//!
//! struct Vault;
//!
//! impl TokenSource for Vault {
//!     fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn std::error::Error + Send + Sync>>> {
//!         Box::pin(async {
//!             let text = std::fs::read_to_string("/run/vault/webex")?; // or whatever it takes
//!             let token = Token::new(text)?;
//!             Ok(Issued::new(token).expires_in(std::time::Duration::from_secs(3600)))
//!         })
//!     }
//! }
//!
//! # fn main() -> Result<(), webex_precheck::Error> {
//! let client = Client::builder(Credentials::from_source(Vault))
//! #   .base_url("http://127.0.0.1:1")
//!     .build()?;
//! # let _ = client;
//! # Ok(())
//! # }
//! ```
//!
//! # Many at once
//!
//! [`Client::precheck_many`] takes a stream of rows, each with a key of yours, and gives a stream of
//! answers as they come. It has no more rows in memory than are under way.
//!
//! ```
//! use webex_precheck::{Client, Limits, SubscriberPrecheck, rows};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = webex_precheck_sandbox::Sandbox::start().await?;
//! # let token = webex_precheck::Token::new(sandbox.token())?;
//! let client = Client::builder(token)
//! #   .base_url(sandbox.url())
//!     .build()?;
//! let requests = (1..=100).map(|line| {
//!     let email = format!("subscriber{line}@acme.com");
//!     (line, SubscriberPrecheck::new(email).customer_id("ZjViMzYx"))
//! });
//! let mut answers = client.precheck_many(rows(requests), Limits::new().concurrency(8));
//! while let Some((line, result)) = answers.next().await {
//!     match result {
//!         Ok(report) => println!("line {line}: {}", report.verdict().as_str()),
//!         Err(error) => println!("line {line}: {error}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Without `async`
//!
//! With the feature `blocking`, the module `blocking` has the same client for programs without a
//! runtime. It is made of one that is configured as any other.
//!
#![cfg_attr(feature = "blocking", doc = "```no_run")]
#![cfg_attr(not(feature = "blocking"), doc = "```ignore")]
//! use webex_precheck::{Client, Limits, SubscriberPrecheck, Token, blocking};
//!
//! fn main() -> Result<(), webex_precheck::Error> {
//!     let client = blocking::Client::new(Client::builder(Token::from_env()?).build()?)?;
//!     let request = SubscriberPrecheck::new("alice.anderson@acme.com");
//!     println!("{}", client.precheck_subscriber(&request)?.verdict());
//!
//!     let rows = ["a@acme.com", "b@acme.com"].map(|email| (email, SubscriberPrecheck::new(email)));
//!     for (email, result) in client.precheck_many(rows, Limits::default()) {
//!         println!("{email}: {}", result?.verdict());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Testing your program
//!
//! The crate `webex-precheck-sandbox` is a local Webex, to be started within a test. It judges as far
//! as Webex's documentation goes, and gives any answer that a test wants to see handled.
//!
//! ```
//! use webex_precheck::{Client, Patience, SubscriberPrecheck, Token};
//! use webex_precheck_sandbox::{Answer, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! let client = Client::builder(Token::new(sandbox.token())?)
//!     .base_url(sandbox.url())
//!     .patience(Patience::none()) // a test should not wait
//!     .build()?;
//! let request = SubscriberPrecheck::new("alice.anderson@acme.com");
//!
//! sandbox.answer_next(Answer::refusal(10022, "email", "It belongs to another organization."));
//! let report = client.precheck_subscriber(&request).await?;
//! assert_eq!(report.errors()[0].code.0, 10022);
//!
//! sandbox.answer_next(Answer::new(403).header("trackingid", "ROUTERGW_1"));
//! let error = client.precheck_subscriber(&request).await.unwrap_err();
//! assert!(error.is_forbidden());
//! assert_eq!(error.tracking_id(), Some("ROUTERGW_1"));
//! # Ok(())
//! # }
//! ```
//!
//! Without a sandbox and without waiting, a [`Clock`] of your own lets time pass as a test wants it.
//!
//! # Logs
//!
//! A client speaks to [`tracing`](https://docs.rs/tracing): a span `precheck` (operation, attempts,
//! status, tracking ID) with a span `attempt` for each one (number, wait before it, status, tracking
//! ID), and a span `renewal`, at DEBUG; events for waits at INFO. Bodies and e-mail addresses are not
//! logged; tokens never are.
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls, with the certificates that the system trusts |
//! | `native-tls` | no | TLS by the library of the operating system, in the place of rustls |
//! | `http2` | no | HTTP/2, where the server offers it |
//! | `blocking` | no | the module `blocking` |
//!
//! Without TLS a client reaches loopback addresses alone.
//!
//! # Defaults
//!
//! | | default | set by |
//! |---|---|---|
//! | address | `https://webexapis.com` | [`ClientBuilder::base_url`] |
//! | time to connect | 10 s | [`ClientBuilder::connect_timeout`] |
//! | time of an attempt | 30 s | [`ClientBuilder::attempt_timeout`] |
//! | time of a precheck, waits included | 5 minutes | [`Patience::total`] |
//! | attempts | 5 | [`Patience::attempts`] |
//! | tried again | 423, 429, 502, 503, 504, connections, time-outs; 500 once | [`Patience::status`], [`Patience::connections`] |
//! | waits | as Webex asks; else random, up to 0.5 s, doubling up to 30 s | [`Patience::backoff`] |
//! | hard findings | refused | [`ClientBuilder::refuse_hard_findings`] |
//! | prechecks at once | 16 | [`Limits::concurrency`] |
//! | bytes of an answer | 1 MiB | |
//! | proxies | those of the environment, but not for loopback | `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` |
//! | redirects | not followed | |
//!
//! The oldest supported Rust is 1.89.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod ask;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod clock;
mod credentials;
mod endpoint;
mod error;
mod excerpt;
mod findings;
mod http;
mod keeper;
mod many;
mod outcome;
mod pace;
mod pacer;
mod patience;
mod refresh;
mod renewal;
mod report;
mod request;
mod retry_after;
mod secret;
mod stop;
mod token;

/// The generated types, and what else is generated from the contract: the wire, as it is.
pub mod api {
    pub use webex_precheck_api::{
        BASE_URL, Field, FieldType, InfoList, KNOWN_INFO_CODES, NotANumber, Number, OPERATIONS,
        Operation, operations, types,
    };
}

pub use request::parts::*;
pub use webex_precheck_api::types::PrecheckInfo;
pub use webex_precheck_api::{Code, Country, Email, Number, SubPartnerOrgId, TimeZone};

pub use builder::ClientBuilder;
pub use client::Client;
pub use clock::{BoxFuture, Clock};
pub use credentials::{Credentials, Issued, TokenSource};
pub use error::Error;
pub use findings::{Finding, Rule, Severity};
pub use many::{Answers, Limits, rows};
pub use pace::Pace;
pub use patience::Patience;
pub use refresh::{RefreshGrant, RefreshToken, Renewed};
pub use report::{Reason, Report, Verdict};
pub use request::*;
pub use token::Token;
