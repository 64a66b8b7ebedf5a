//! What Webex documents of its two wholesale precheck operations, as facts that can be compared.
//!
//! Readers turn a source into an [`Inventory`]: [`openapi::read`] an OpenAPI file, [`page::read`]
//! a page of the developer portal, [`source::read`] whichever of them it is. [`diff::diff`] holds
//! one inventory against another and judges each [`Difference`](diff::Difference) by its
//! [`Impact`](diff::Impact) on callers. [`deviations`] excuse the differences that are deliberate,
//! and a [`report::Report`] shows the rest.
//! [`rules`] rest on sentences, and are to be reviewed when those change.
//! [`evidence`] lists where the sources contradict each other and themselves.

pub mod capture;
mod contradictions;
mod date;
mod dependencies;
pub mod deviations;
pub mod diff;
pub mod evidence;
pub mod ignore;
pub mod inventory;
pub mod openapi;
pub mod page;
mod pattern;
mod problem;
mod prose;
pub mod report;
pub mod rules;
pub mod source;
mod types;

pub use date::Date;
pub use inventory::{Inventory, OperationId};
pub use problem::{Problem, Severity};
pub use prose::Prose;
pub use types::{Type, UntoldValues, Values};
