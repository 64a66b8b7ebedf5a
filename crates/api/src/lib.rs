//! Types and client of the precheck operations of Webex.
//!
//! Everything here that knows a field, a value or an address is generated from a contract which is
//! held against Webex's documentation. Most programs want the crate `webex-precheck` instead, which
//! tells a verdict from an error on top of these types.
//!
//! ```
//! use webex_precheck_api::types::{SubscriberPackage, SubscriberPrecheckRequest};
//!
//! let request = SubscriberPrecheckRequest::new("alice.anderson@acme.com")
//!     .packages([SubscriberPackage::WebexCalling]);
//! assert_eq!(
//!     serde_json::to_string(&request)?,
//!     r#"{"email":"alice.anderson@acme.com","packages":["webex_calling"]}"#
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! [`OPERATIONS`] is the table of operations: where each one is, which scope it needs, whether it is safe to
//! repeat, and the fields of its request.
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `client` | yes | `Client`, over reqwest; without it the types alone, over serde |
//! | `schemars` | no | `schemars::JsonSchema` for the types |
//!
//! # Fields and values that this release does not know
//!
//! The types take values that Webex adds tomorrow: an enumeration keeps an unknown value as `Other`, and an
//! object of a request keeps unknown fields in `extra`. Both are sent as they are.
//!
//! # JSON Schemas
//!
//! With the feature `schemars`, `Operation::request_schema` is the JSON Schema of a request. It accepts
//! what the type accepts: JSON that decodes as the request and keeps the constraints of the contract, such
//! as the length of a line of an address. An enumeration is `anyOf` its known values and any string.
//! Decoding itself takes values that break such a constraint, since what a value may be is Webex's
//! judgement; the findings of the crate `webex-precheck` name most of them.
//!
//! # Client
//!
//! `Client` decodes answers of status 200. Any other answer is
//! `Error::UnexpectedResponse`, which holds the response with its status, headers and body, so
//! that nothing of it is lost; [`types::ErrorBody`] decodes such a body where it is JSON.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, reason = "written by progenitor")]
mod generated;
mod json;
mod number;
mod open_enum;
mod operation;
mod text;
mod wire;

pub use generated::types;
pub use generated::{BASE_URL, KNOWN_INFO_CODES, OPERATIONS, operations};
#[cfg(feature = "client")]
pub use generated::{ByteStream, Client, ClientInfo, Error, ResponseValue};
pub use json::Json;
pub use number::{NotANumber, Number};
pub use operation::{FieldType, Operation, RequestField};
pub use text::{Country, Email, NotACountry, SubPartnerOrgId, TimeZone};
pub use wire::{Code, InfoList};

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
