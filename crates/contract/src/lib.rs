//! What Webex documents of its precheck operations, as facts that can be compared.
//!
//! Readers turn a source into an [`Inventory`]: [`openapi::read`] an OpenAPI file, [`page::read`]
//! a page of the developer portal, [`source::read`] whichever of them it is. A fact stands at a
//! [`Location`](location::Location). [`diff::diff`] compares two inventories: each
//! [`Change`](diff::Change) is judged by its [`Impact`](diff::Impact) on callers. [`deviations`] excuse
//! the differences that are deliberate, and a [`report::Report`] shows the rest.
//! [`rules`] rest on sentences, and need review when those change.
//! [`evidence`] lists where the sources contradict each other and themselves.
//!
//! ```
//! use webex_precheck_contract::{Endpoints, Severity, capture, diff, source};
//!
//! # let known = r#"
//! #     kind = "page"
//! #     source = "made up"
//! #     [[operation]]
//! #     id = "colour"
//! #     method = "POST"
//! #     path = "/v1/colours/validate"
//! # "#;
//! # let text = r#"
//! #     openapi: 3.0.0
//! #     paths:
//! #       /v1/colours/validate:
//! #         post:
//! #           deprecated: true
//! #           requestBody: {content: {application/json: {schema: {properties: {red: {type: string}}}}}}
//! #           responses: {200: {description: OK}}
//! # "#;
//! // What a source documented, and its text of today.
//! let known = capture::read(known)?;
//! let (fresh, problems) = source::read("webex.yaml", text, &Endpoints::of(&known), &known);
//! assert!(problems.iter().all(|problem| problem.severity == Severity::Note), "{problems:?}");
//! for difference in diff::drift(&known, &fresh).differences {
//!     println!("{}: {}", difference.impact, difference.phrase());
//! }
//! # Ok::<(), webex_precheck_contract::FileError>(())
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod capture;
pub mod contradictions;
mod date;
mod dependencies;
pub mod deviations;
pub mod diff;
mod endpoints;
pub mod evidence;
pub mod ignore;
pub mod inventory;
pub mod location;
pub mod openapi;
pub mod page;
pub mod pattern;
mod problem;
pub mod report;
pub mod rules;
pub mod source;
mod text_digest;
mod toml_file;
mod types;

pub use date::{Date, DateError};
pub use endpoints::{Endpoint, Endpoints};
pub use inventory::{Inventory, OperationId};
pub use problem::{Problem, Severity};
pub use text_digest::TextDigest;
pub use toml_file::FileError;
pub use types::{Alternative, Type, UnknownValues, Values};

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
