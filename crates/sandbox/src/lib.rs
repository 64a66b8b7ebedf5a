//! A local Webex that speaks the two wholesale precheck operations.
//!
//! It judges the raw JSON of a request by the facts that Webex documents, and never by generated
//! types, so that a mistake in those shows as a refusal.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let sandbox = webex_precheck_sandbox::Sandbox::start().await?;
//! println!("{} with token {}", sandbox.url(), sandbox.token());
//! # Ok(())
//! # }
//! ```
//!
//! A sandbox can limit ([`Builder::limit`]), give access tokens for a refresh token
//! ([`Builder::grant`]), and give any answer that a test wants to see handled
//! ([`Sandbox::answer_next`]).
//!
//! A refusal carries the codes that Webex is known to use where there is one, and else codes of
//! the sandbox's own, from 900001 on:
//!
//! | code | whose | meaning |
//! |---|---|---|
//! | 1001 | Webex | a required value is missing or null |
//! | 1002 | Webex | a value has the wrong size |
//! | 900001 | sandbox | a value has the wrong type |
//! | 900002 | sandbox | a package that no source documents |
//! | 900003 | sandbox | both `package` and `packages` are set |
//! | 900004 | sandbox | more than one package for a subscriber |

mod documented;
mod judge;
mod limits;
mod oauth;
mod script;
mod server;

pub use oauth::Grant;
pub use script::Answer;
pub use server::{Builder, DEFAULT_TOKEN, Sandbox};
