//! Asks Webex whether a wholesale customer or subscriber could be provisioned, without
//! provisioning anything.
//!
//! ```no_run
//! use webex_precheck::api::types::SubscriberPrecheckRequest;
//! use webex_precheck::{Client, Token, Verdict};
//!
//! # async fn example() -> Result<(), webex_precheck::Error> {
//! let client = Client::builder(Token::from_env()?).build()?;
//! let request = SubscriberPrecheckRequest::new("alice.anderson@acme.com");
//! let report = client.precheck_subscriber(&request).await?;
//! if report.verdict() == Verdict::Unlikely {
//!     for reason in report.errors() {
//!         println!("{reason:?}");
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! That Webex says no is an answer: a [`Report`] whose verdict is [`Verdict::Unlikely`]. An
//! [`Error`] means that there is no answer.
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls |
//! | `native-tls` | no | TLS by the library of the operating system |

mod answer;
mod client;
mod error;
mod report;
mod token;

pub use webex_precheck_api as api;

pub use client::{Client, ClientBuilder};
pub use error::Error;
pub use report::{Report, Verdict};
pub use token::Token;
