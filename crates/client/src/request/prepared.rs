//! Requests that are validated and encoded.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::{Serialize, Serializer, ser};
use webex_precheck_api::Operation;

use super::{Precheck, sealed::Sealed};
use crate::error::Error;
use crate::findings::{Finding, Severity};

/// A request that is already validated and encoded, for programs that do so in another thread,
/// as when they read thousands of rows:
///
/// ```
/// use webex_precheck::{PreparedRequest, SubscriberPrecheck};
///
/// # fn main() -> Result<(), webex_precheck::Error> {
/// let request = SubscriberPrecheck::new("alice@example.com").customer_id("ZjViMzYx");
/// let prepared = PreparedRequest::new(&request)?;
/// assert_eq!(prepared.body(), br#"{"customerId":"ZjViMzYx","email":"alice@example.com"}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PreparedRequest<R> {
    body: Bytes,
    findings: Vec<Finding>,
    request: PhantomData<fn() -> R>,
}

impl<R: Precheck> PreparedRequest<R> {
    /// Validates and encodes a request.
    ///
    /// # Errors
    ///
    /// If it cannot be encoded; see [`is_builder`](Error::is_builder).
    pub fn new(request: &R) -> Result<Self, Error> {
        Ok(Self {
            body: request.encode()?,
            findings: request.findings(),
            request: PhantomData,
        })
    }

    /// The JSON that is sent. Equal requests have equal JSON.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The errors and warnings about the request.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl<R: Precheck> Precheck for PreparedRequest<R> {
    const OPERATION: Operation = R::OPERATION;

    fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }
}

impl<R: Precheck> Sealed for PreparedRequest<R> {
    const INDEX: usize = R::INDEX;

    fn body(&self) -> Result<Bytes, serde_json::Error> {
        Ok(self.body.clone())
    }

    fn errors(&self) -> Vec<Finding> {
        let errors = self.findings.iter();
        let errors = errors.filter(|finding| finding.severity() == Severity::Error);
        errors.cloned().collect()
    }
}

impl<R> Serialize for PreparedRequest<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body: serde_json::Value =
            serde_json::from_slice(&self.body).map_err(ser::Error::custom)?;
        body.serialize(serializer)
    }
}

impl<R> fmt::Debug for PreparedRequest<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedRequest")
            .field("body", &String::from_utf8_lossy(&self.body))
            .field("findings", &self.findings)
            .finish()
    }
}

/// Encodes a request.
pub(crate) trait Encode: Precheck {
    fn encode(&self) -> Result<Bytes, Error> {
        let failed = |error| Error::builder("the request cannot be encoded").because(error);
        self.body().map_err(failed)
    }
}

impl<R: Precheck> Encode for R {}
