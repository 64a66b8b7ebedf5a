//! A client for Webex's precheck operations: would a customer or subscriber be provisioned? A precheck
//! provisions nothing.
//!
//! | request | required | method | scope of the token |
//! |---|---|---|---|
//! | [`CustomerPrecheck`] | an [`Address`] | [`Client::precheck_customer`] | `spark-admin:wholesale_customers_write` |
//! | [`SubscriberPrecheck`] | an [`Email`] | [`Client::precheck_subscriber`] | `spark-admin:wholesale_subscribers_write` |
//! | [`BroadworksSubscriberPrecheck`] | an [`Email`] | [`Client::precheck_broadworks_subscriber`] | `spark-admin:broadworks_subscribers_write` |
//!
//! [`Client::precheck`] takes any of them, and [`AnyPrecheck`] one whose operation is known only at run
//! time; [`AnyPrecheck::deserialize`] reads one, given its operation, and [`api::OPERATIONS`] is the table of
//! all operations.
//!
//! ```toml
//! [dependencies]
//! webex-precheck = "0.1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! ```no_run
//! use webex_precheck::{Address, Client, Country, CustomerPrecheck, SubscriberPrecheck, Verdict};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), webex_precheck::Error> {
//!     let client = Client::from_env()?; // WEBEX_ACCESS_TOKEN, and WEBEX_BASE_URL if it is set
//!
//!     let subscriber = SubscriberPrecheck::new("alice.anderson@acme.com").customer_id("ZjViMzYx");
//!     let report = client.precheck_subscriber(&subscriber).await?;
//!     match report.verdict() {
//!         Verdict::Likely => println!("it would succeed"),
//!         Verdict::Unlikely => println!("it would fail: {:?}", report.errors()),
//!     }
//!
//!     let address = Address::new("771 Alder Drive", "Milpitas", Country::US)
//!         .state_or_province("CA")
//!         .zip_or_postal_code("95035");
//!     let report = client.precheck_customer(&CustomerPrecheck::new(address)).await?;
//!     println!("{} after {} attempts", report.verdict(), report.attempts());
//!     println!("tracking ID {:?}", report.tracking_id());
//!     Ok(())
//! }
//! ```
//!
//! If Webex says no, that is an answer: a [`Report`] whose verdict is [`Verdict::Unlikely`], with at
//! least one [`ErrorDetail`]. An [`Error`] means that there is no answer.
//!
//! # Requests
//!
//! `new` takes the required fields; the others have setters. Both take strings (a country is a
//! [`Country`]). IDs have types of their own as well, so that a [`CustomerId`] cannot be passed as a [`ProvisioningId`]. Package enums are open: a package that
//! Webex adds tomorrow can be sent by its name today.
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
//! Requests implement `Deserialize` (here with `serde_json`), and convert to and from the generated
//! types of [`api`].
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
//! // Webex accepts either `package` or `packages`: each setter clears the other field, and JSON
//! // with both is an error.
//! let json = r#"{"email": "a@acme.com", "package": "webex_calling", "packages": ["webex_suite"]}"#;
//! assert!(serde_json::from_str::<SubscriberPrecheck>(json).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Requests from a database
//!
//! Each setter has a twin for `Option`s, as rows of a database have them: `set_x` sets a field, or clears
//! it if there is `None` (a literal one needs its type: `None::<CustomerId>`). An object in which nothing is
//! set is not sent.
//!
//! ```
//! use webex_precheck::{SubscriberPrecheck, SubscriberProvisioningParameters};
//!
//! struct Row {
//!     email: String,
//!     customer_id: Option<String>,
//!     package: Option<String>,
//!     extension: Option<String>,
//! }
//!
//! fn request(row: Row) -> SubscriberPrecheck {
//!     let parameters = SubscriberProvisioningParameters::new().set_extension(row.extension);
//!     SubscriberPrecheck::new(row.email)
//!         .set_customer_id(row.customer_id)
//!         .set_packages(row.package.map(|package| [package]))
//!         .provisioning_parameters(parameters)
//! }
//!
//! let row = Row {
//!     email: "alice.anderson@acme.com".to_owned(),
//!     customer_id: Some("ZjViMzYx".to_owned()),
//!     package: None,
//!     extension: None,
//! };
//! let sent = serde_json::to_string(&request(row))?;
//! assert_eq!(sent, r#"{"customerId":"ZjViMzYx","email":"alice.anderson@acme.com"}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Fields that this release does not know
//!
//! They are kept and sent, in every object of a request. A [warning](Rule::UnknownField) suggests the
//! known field whose name is most like theirs.
//!
//! ```
//! use webex_precheck::SubscriberPrecheck;
//!
//! let json = r#"{"customerId":"ZjViMzYx","email":"a@acme.com","costCenter":"A1"}"#;
//! let request: SubscriberPrecheck = serde_json::from_str(json)?;
//! assert_eq!(serde_json::to_string(&request)?, json);
//! assert_eq!(request.findings()[0].field(), "costCenter");
//!
//! let same = SubscriberPrecheck::new("a@acme.com").customer_id("ZjViMzYx").extra("costCenter", "A1");
//! assert_eq!(request, same);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Validation before sending
//!
//! A request has [findings](Finding), like the diagnostics of a compiler. What Webex's documentation
//! rules out is an [error](Severity::Error): the client does not send the request. What looks wrong, or
//! where the documentation is vague or contradicts itself, is a [warning](Severity::Warning): the
//! request is sent. Each finding has a field, a reason, and the source of its [`Rule`]. A report does not
//! repeat warnings: ask the request, whose `findings` need no network.
//!
//! ```
//! use webex_precheck::{Address, Country, CustomerPrecheck, Severity};
//!
//! let request = CustomerPrecheck::new(Address::new("771 Alder Drive", "Milpitas", Country::new("USA")));
//! let findings = request.findings();
//! assert_eq!(findings[0].severity(), Severity::Error);
//! assert_eq!(findings[0].field(), "address.country");
//! assert_eq!(findings[0].reason(), "`USA` must have two letters, such as US");
//! ```
//!
//! # Reports and errors
//!
//! A report has the verdict, codes, HTTP status, tracking ID, number of attempts and duration. An
//! error has as much of that as there is, and an [`ErrorKind`] to match on: see the table at [`Error`].
//! Reports, findings and their parts implement `Serialize`, in the shape of the JSON that the program
//! `webex-precheck` prints, and so do errors:
//!
//! ```json
//! {"verdict": "unlikely", "message": "…", "status": 400, "trackingId": "…", "infoCodes": [],
//!  "errorCodes": [{"code": 1001, "description": "…", "field": "customerId"}], "attempts": 1, "milliseconds": 120}
//! {"kind": "rate_limited", "message": "…", "cause": null, "status": 429, "trackingId": "…", "retryAfter": 30.0,
//!  "errorCodes": [], "findings": [], "attempts": 5, "milliseconds": 31250}
//! ```
//!
//! ```
//! # use webex_precheck_sandbox::{Answer, Sandbox};
//! # use webex_precheck::Token;
//! use webex_precheck::{Client, SubscriberPrecheck};
//!
//! async fn print(client: &Client, request: &SubscriberPrecheck) {
//!     match client.precheck_subscriber(request).await {
//!         Ok(report) if report.is_likely() => println!("likely"),
//!         Ok(report) => {
//!             for error in report.errors() {
//!                 println!("unlikely: {error}"); // code, field and description are its fields
//!             }
//!         }
//!         Err(error) if error.is_rate_limited() => {
//!             println!("{error}; try again in {:?}", error.retry_after());
//!         }
//!         Err(error) if error.is_unauthorized() => println!("use another token: {error}"),
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
//! #         print(&client, &SubscriberPrecheck::new("alice.anderson@acme.com")).await;
//! #     }
//! #     Ok(())
//! # }
//! ```
//!
//! For diagnostics, [`ClientBuilder::keep_response`] keeps the whole response, with secrets redacted:
//! [`Report::response`] and [`Error::response`] return a [`ResponseSnapshot`].
//!
//! # Retry policy
//!
//! A client retries as its [`RetryPolicy`] says: which statuses and failures, how many attempts,
//! which deadline. It obeys `Retry-After`; without one, it uses exponential backoff with jitter.
//! Retries are safe because prechecks are [idempotent](#idempotency). A 429 also slows down the other
//! callers: see [rate limits](#rate-limits).
//!
//! ```
//! use std::time::Duration;
//! use webex_precheck::{Client, RetryPolicy, Token};
//!
//! # fn main() -> Result<(), webex_precheck::Error> {
//! let client = Client::builder(Token::new("token")?)
//!     .connect_timeout(Duration::from_secs(3))
//!     .attempt_timeout(Duration::from_secs(10))
//! #   .base_url("http://127.0.0.1:1")
//!     .build()?;
//!
//! // For a purchase that somebody waits for; connections, token and rate limit are shared.
//! let policy = RetryPolicy::new().max_attempts(2).total_timeout(Duration::from_secs(8));
//! let interactive = client.with_retry_policy(policy);
//! // One attempt, no waiting.
//! let once = client.with_retry_policy(RetryPolicy::none());
//! # let _ = (interactive, once);
//! # Ok(())
//! # }
//! ```
//!
//! There are three timeouts: for connecting, for an attempt
//! ([`attempt_timeout`](ClientBuilder::attempt_timeout)), and a deadline for all attempts and waits
//! together ([`total_timeout`](RetryPolicy::total_timeout)).
//!
//! # Idempotency
//!
//! A precheck changes nothing at Webex. It is safe to repeat, whether or not an earlier attempt
//! arrived, so the [retry policy](#retry-policy) also covers timeouts and broken connections. A
//! repeated precheck still counts towards the [rate limit](#rate-limits).
//!
//! [`api::Operation::is_safe`] says it of each operation. One that is not safe would be sent once: only a
//! connection that could not be made is followed by another attempt, since nothing was sent.
//!
//! # Rate limits
//!
//! Webex limits the rate of requests and answers 429 beyond it. All callers of a client and its
//! clones share one adaptive client-side rate limiter per operation, which learns from these
//! answers: after a 429 all callers wait for `Retry-After`, and then requests start at the rate that
//! Webex was seen to accept. A long run uses what Webex allows with one or two percent of its requests
//! refused. If slowing down does not reduce the 429s, they are not a rate limit of this client but, for
//! example, of an overloaded server: then only the refused request waits. [`Client::rate_status`] shows the current state. How long a caller waits is up to the
//! [retry policy](#retry-policy).
//!
//! # Credentials
//!
//! The token belongs to an integration or a service app of the partner organization, with the scope of
//! the operation (see the table above). For wholesale, the organization needs the entitlement
//! `wxc-wholesale` or the setting `webex-wholesale-partner-testing`; for BroadWorks, a BroadWorks cluster. Personal tokens are said not to reach these operations.
//!
//! A client takes a [`Token`], or [`Credentials`] that get the next one when it expires or Webex
//! refuses it: from a file, from a [provider](TokenProvider) of yours, or from Webex for the OAuth
//! refresh token of an integration or a service app. However many callers wait, there is one renewal. The
//! token is sent only to `https` and loopback addresses. Errors, reports, logs and `Debug` redact all secrets of
//! a client, also if a server gives them back percent-encoded, with HTML entities or JSON escapes, in base64 or
//! in hexadecimal. Of a response, they keep texts of up to 2 KiB, 4 KiB together, and 32 codes; `… [cut]` marks
//! what is cut.
//!
//! Webex may replace the refresh token at each renewal. [`RefreshTokenGrant::on_refresh`] stores the new one
//! before the client uses it; if that fails, prechecks end with an error, and the next one stores it.
//! [`RefreshTokenGrant::before_refresh`] locks one that several processes use, and reads it again.
//! If Webex refuses a token that is not older than
//! [`renewal_interval`](ClientBuilder::renewal_interval), there is no other renewal, since tokens are
//! not to blame.
//!
//! ```
//! # use webex_precheck_sandbox::{Grant, Sandbox};
//! use webex_precheck::{Client, RefreshToken, RefreshTokenGrant, SubscriberPrecheck};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::builder().grant(Grant::new("C1a2", "secret", "refresh")).start().await?;
//! #[derive(Clone)]
//! struct Database; // or where else only this program can read it
//!
//! impl Database {
//!     async fn store(&self, refresh_token: &str) -> std::io::Result<()> {
//!         // …
//! #       let _ = refresh_token;
//!         Ok(())
//!     }
//! }
//!
//! let database = Database;
//! let grant = RefreshTokenGrant::new("C1a2", "secret", RefreshToken::new("refresh")?)?
//!     .on_refresh(move |tokens| {
//!         let database = database.clone();
//!         async move { Ok(database.store(tokens.refresh_token().expose()).await?) }
//!     });
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
//! use webex_precheck::{AccessToken, BoxFuture, Client, Credentials, Token, TokenProvider};
//!
//! struct Vault;
//!
//! impl TokenProvider for Vault {
//!     fn token(&self) -> BoxFuture<'_, Result<AccessToken, Box<dyn std::error::Error + Send + Sync>>> {
//!         Box::pin(async {
//!             let text = std::fs::read_to_string("/run/vault/webex")?; // or whatever it takes
//!             let token = Token::new(text)?;
//!             Ok(AccessToken::new(token).expires_in(std::time::Duration::from_secs(3600)))
//!         })
//!     }
//! }
//!
//! # fn main() -> Result<(), webex_precheck::Error> {
//! let client = Client::builder(Credentials::from_provider(Vault))
//! #   .base_url("http://127.0.0.1:1")
//!     .build()?;
//! # let _ = client;
//! # Ok(())
//! # }
//! ```
//!
//! # Bulk
//!
//! [`Client::precheck_many`] takes a stream of rows, each with a key of yours, and returns a stream of
//! results as they arrive. Memory holds only the rows in progress. The key may be anything, such as a clone of
//! the request. [`AnyPrecheck`] mixes operations, [`Client::try_precheck_many`] takes rows that may fail to
//! be read, and [`BulkOptions::total_timeout`] is the deadline of the run: rows that have not started by then
//! are not taken from your stream, and have no result.
//!
//! ```
//! use webex_precheck::{BulkOptions, Client, SubscriberPrecheck, rows};
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
//! let mut results = client.precheck_many(rows(requests), BulkOptions::new().concurrency(8));
//! while let Some((line, result)) = results.next().await {
//!     match result {
//!         Ok(report) => println!("line {line}: {}", report.verdict().as_str()),
//!         Err(error) => println!("line {line}: {error}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # HTTP client
//!
//! A client sends requests by an HTTP client of its own, which can be given a
//! [`User-Agent`](ClientBuilder::user_agent), [headers](ClientBuilder::header), a
//! [`proxy`](ClientBuilder::proxy), [root certificates](ClientBuilder::root_certificate_pem) and a
//! [client certificate](ClientBuilder::identity_pem). [`Client::with_header`] adds a header to some
//! prechecks, such as a `traceparent`.
//!
//! [`ClientBuilder::transport`] replaces it by any [`Transport`]: a `reqwest::Client` of yours (feature
//! `reqwest`), a tower service with its layers (`TowerTransport`, feature `tower`), or a closure. The retry
//! policy, timeouts, tokens and the rate limit stay the client's.
//!
//! Two [examples](https://github.com/webex-precheck/webex-precheck/tree/main/crates/client/examples) show it
//! all in a web service: `service` and `opentelemetry`.
//!
//! # Blocking
//!
//! With the feature `blocking`, the module `blocking` has the same client for programs without an
//! async runtime.
//!
#![cfg_attr(feature = "blocking", doc = "```no_run")]
#![cfg_attr(not(feature = "blocking"), doc = "```ignore")]
//! use webex_precheck::{BulkOptions, Client, SubscriberPrecheck, Token, blocking};
//!
//! fn main() -> Result<(), webex_precheck::Error> {
//!     let client = blocking::Client::new(Client::builder(Token::from_env()?).build()?)?;
//!     let request = SubscriberPrecheck::new("alice.anderson@acme.com");
//!     println!("{}", client.precheck_subscriber(&request)?.verdict());
//!
//!     let rows = ["a@acme.com", "b@acme.com"].map(|email| (email, SubscriberPrecheck::new(email)));
//!     for (email, result) in client.precheck_many(rows, BulkOptions::default()) {
//!         println!("{email}: {}", result?.verdict());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Testing your program
//!
//! The feature `test-util` has a transport that needs no server: it records requests and gives the
//! answers of the test. Reports and errors can be made as well, for code that gets them
//! (`test_util::unlikely_report`, `test_util::ErrorBuilder`).
//!
#![cfg_attr(feature = "test-util", doc = "```")]
#![cfg_attr(not(feature = "test-util"), doc = "```ignore")]
//! use webex_precheck::test_util::StubTransport;
//! use webex_precheck::{Client, SubscriberPrecheck, Token};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), webex_precheck::Error> {
//! let webex = StubTransport::new();
//! let client = Client::builder(Token::new("any")?).transport(webex.clone()).build()?;
//! let request = SubscriberPrecheck::new("alice.anderson@acme.com");
//!
//! assert!(client.precheck_subscriber(&request).await?.is_likely()); // unless the test says otherwise
//! webex.respond(403, "{}");
//! assert!(client.precheck_subscriber(&request).await.unwrap_err().is_forbidden());
//! assert_eq!(webex.requests().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! The crate `webex-precheck-sandbox` is a local Webex that a test can start. It judges requests by
//! Webex's documentation, and gives any response that a test wants to see handled.
//!
//! ```
//! use webex_precheck::{Client, RetryPolicy, SubscriberPrecheck, Token};
//! use webex_precheck_sandbox::{Answer, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! let client = Client::builder(Token::new(sandbox.token())?)
//!     .base_url(sandbox.url())
//!     .retry_policy(RetryPolicy::none()) // a test should not wait
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
//! A test needs no real time: with `#[tokio::test(start_paused = true)]`, or a [`Clock`] of its own.
//!
//! # Logs
//!
//! The client emits [`tracing`](https://docs.rs/tracing) spans by the OpenTelemetry conventions for HTTP
//! clients:
//!
//! | span | level | fields |
//! |---|---|---|
//! | `precheck` | INFO | `operation`, `attempts`, `verdict`, `http.response.status_code`, `error.type`, `tracking_id` |
//! | `attempt`, one per request, of kind `client` | DEBUG | `http.request.method`, `server.address`, `server.port`, `http.request.resend_count` (for retries), `http.response.status_code`, `error.type` (the status of an HTTP error, else such as `timeout`), `tracking_id` |
//! | `token_request`, around the attempts to get a token | DEBUG | |
//!
//! Waits are events at INFO: "retrying in 0.4 s (attempt 2 of 5)", "rate limited by Webex; resuming in
//! 7.0 s". Logs contain neither bodies nor e-mail addresses, and never tokens.
//!
//! For metrics, [`ClientBuilder::on_attempt`] calls a function of yours after each [`Attempt`], those that
//! are followed by a retry included. Its example `opentelemetry` exports spans and metrics, and sends the
//! `traceparent`.
//!
//! # Features
//!
//! Features add to each other: none takes another's effect away.
//!
//! | feature | default | effect |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls, with the certificates that the system trusts |
//! | `native-tls` | no | TLS by the library of the operating system, where `rustls` is off or `ClientBuilder::use_native_tls` is called |
//! | `default-client` | by `rustls` | the client's own HTTP client; without TLS, it uses loopback addresses only |
//! | `http2` | no | HTTP/2, if the server offers it |
//! | `reqwest` | no | `reqwest::Client` is a [`Transport`] |
//! | `tower` | no | `TowerTransport` |
//! | `blocking` | no | the module `blocking` |
//! | `test-util` | no | the module `test_util` |
//! | `schemars` | no | `schemars::JsonSchema` for the requests and their parts |
//!
//! Without `default-client` there is no HTTP client and no TLS among the dependencies, and a client needs a
//! [transport](ClientBuilder::transport).
//!
//! # Defaults
//!
//! | | default | set by |
//! |---|---|---|
//! | base URL | `https://webexapis.com` | [`ClientBuilder::base_url`]; `WEBEX_BASE_URL` for [`Client::from_env`] |
//! | timeout for connecting | 10 s | [`ClientBuilder::connect_timeout`] |
//! | timeout of an attempt | 30 s | [`ClientBuilder::attempt_timeout`] |
//! | deadline of a precheck, waits included | 5 minutes | [`RetryPolicy::total_timeout`] |
//! | attempts | 5 | [`RetryPolicy::max_attempts`] |
//! | retried | 423, 429, 502, 503, 504, connections, timeouts; 500 once | [`RetryPolicy::retry_status`], [`RetryPolicy::retry_connections`] |
//! | delays | `Retry-After`; else exponential backoff with full jitter, up to 0.5 s, doubling up to 30 s | [`RetryPolicy::backoff`] |
//! | requests with errors | not sent | [`ClientBuilder::validate_before_send`] |
//! | whole response | not kept | [`ClientBuilder::keep_response`] |
//! | concurrent prechecks of a bulk run | 16 | [`BulkOptions::concurrency`] |
//! | maximum size of a response | 1 MiB | |
//! | deadline of a bulk run | none | [`BulkOptions::total_timeout`] |
//! | shortest time between two renewals because of a 401 | 10 s | [`ClientBuilder::renewal_interval`] |
//! | proxies | those of the environment, except for loopback | [`ClientBuilder::proxy`]; `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` |
//! | root certificates | those that the system trusts | [`ClientBuilder::root_certificate_pem`] |
//! | `User-Agent` | `webex-precheck/` and the version, or that of the transport | [`ClientBuilder::user_agent`] |
//! | redirects | not followed | |
//!
//! The oldest supported Rust is 1.89.

#![cfg_attr(docsrs, feature(doc_cfg))]
// The docs name what features add.
#![cfg_attr(not(feature = "rustls"), allow(rustdoc::broken_intra_doc_links))]

mod adaptive_rate;
mod attempt;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod call;
mod cancellation;
mod client;
mod clock;
mod credentials;
mod decoded;
#[cfg(feature = "default-client")]
mod default_client;
mod endpoint;
mod error;
mod excerpt;
mod findings;
#[rustfmt::skip]
mod generated;
mod exchange;
mod hooks;
mod json;
mod judgement;
mod rate_limiter;
mod redaction;
mod refresh_token;
mod refusal_probe;
mod report;
mod request;
#[cfg(any(feature = "default-client", feature = "reqwest"))]
mod reqwest_transport;
mod response;
mod retry_after;
mod retry_policy;
mod secret;
mod secrets;
mod stream;
mod telemetry;
#[cfg(feature = "test-util")]
pub mod test_util;
mod token;
mod token_cache;
mod token_endpoint;
mod transport;

/// What is generated from the contract: request and response types, and the operations.
pub mod api {
    pub use webex_precheck_api::{
        BASE_URL, FieldType, InfoList, KNOWN_INFO_CODES, NotANumber, Number, OPERATIONS, Operation,
        RequestField, operations, types,
    };
}

pub use request::parts::*;
pub use webex_precheck_api::types::PrecheckInfo;
pub use webex_precheck_api::{
    Code, Country, Email, Json, NotACountry, Number, SubPartnerOrgId, TimeZone,
};

pub use builder::ClientBuilder;
pub use client::Client;
pub use clock::{BoxFuture, Clock};
pub use credentials::{Credentials, TokenProvider};
pub use error::{Error, ErrorKind};
pub use findings::{Finding, Rule, Severity};
pub use hooks::Attempt;
pub use rate_limiter::RateStatus;
pub use refresh_token::{RefreshToken, RefreshTokenGrant, TokenResponse};
pub use report::{Report, Verdict};
pub use request::*;
pub use response::{ErrorDetail, ResponseSnapshot};
pub use retry_policy::RetryPolicy;
pub use stream::{BulkOptions, PrecheckStream, TryPrecheckStream, rows};
pub use token::{AccessToken, Token};
#[cfg(feature = "tower")]
pub use transport::TowerTransport;
pub use transport::{Body, Transport, TransportError};

#[doc(no_inline)]
pub use ::bytes;
#[doc(no_inline)]
pub use ::http;
