#![doc = include_str!("../README.md")]

mod about;
mod answer;
mod connections;
mod country;
mod documented;
mod effect;
mod failures;
mod flaky;
mod http;
mod incoming;
mod json;
mod judge;
mod limits;
mod log;
mod logged;
mod operation;
mod reason;
mod sandbox;
mod scenario;
mod secrets;
mod telling;
mod test_values;
mod tokens;
mod webex;

pub use answer::Answer;
pub use logged::LoggedRequest;
pub use operation::Operation;
pub use sandbox::{Builder, Sandbox, Unmet};
pub use scenario::{Scenario, ScenarioError, Step};
pub use tokens::{
    DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN, DEFAULT_TOKEN, Grant,
};
