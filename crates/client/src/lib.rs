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
#![doc = include_str!("../docs/requests.md")]
#![doc = include_str!("../docs/reports.md")]
#![doc = include_str!("../docs/retries.md")]
#![doc = include_str!("../docs/credentials.md")]
#![doc = include_str!("../docs/bulk.md")]
#![doc = include_str!("../docs/http.md")]
#![cfg_attr(feature = "blocking", doc = include_str!("../docs/blocking.md"))]
#![cfg_attr(feature = "test-util", doc = include_str!("../docs/testing.md"))]
#![doc = include_str!("../docs/logs.md")]
#![doc = include_str!("../docs/defaults.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
// The docs name what features add.
#![cfg_attr(not(feature = "rustls"), allow(rustdoc::broken_intra_doc_links))]

mod adaptive_rate;
mod attempt;
#[cfg(feature = "blocking")]
pub mod blocking;
mod bounded_json;
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
