// Its examples need the client, which is not there in a package: `tests/e2e` runs them.
#![cfg_attr(not(doctest), doc = include_str!("../README.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod admin;
mod answer;
mod body;
mod constraints;
mod country;
mod effect;
mod failures;
mod flaky;
mod http;
mod json;
mod judge;
mod limits;
mod log;
mod logged_request;
mod operation;
mod refusal;
mod sandbox;
mod scenario;
mod server;
mod state;
mod sync;
mod test_values;
#[cfg(feature = "tls")]
mod tls;
mod tokens;

pub use answer::Answer;
pub use logged_request::LoggedRequest;
pub use sandbox::{Builder, Sandbox, UnmetExpectations};
pub use scenario::Scenario;
pub use scenario::step::{ScenarioError, Step};
#[cfg(feature = "tls")]
pub use tls::{Tls, TlsError};
pub use tokens::{
    DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN, DEFAULT_TOKEN, Grant,
};
