//! Requests that are validated and encoded.

use std::fmt;

use bytes::Bytes;
use webex_precheck_api::Operation;

use super::precheck::{Encode as _, Precheck, sealed::Sealed};
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
pub struct PreparedRequest {
    operation: &'static Operation,
    body: Bytes,
    findings: Vec<Finding>,
}

impl PreparedRequest {
    /// Validates and encodes a request.
    ///
    /// # Errors
    ///
    /// If it cannot be encoded; see [`is_builder`](Error::is_builder).
    pub fn new<R: Precheck + ?Sized>(request: &R) -> Result<Self, Error> {
        Ok(Self {
            operation: request.operation(),
            body: request.encode()?,
            findings: request.findings(),
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

impl Precheck for PreparedRequest {
    fn operation(&self) -> &'static Operation {
        self.operation
    }

    fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }
}

impl Sealed for PreparedRequest {
    fn body(&self) -> Result<Bytes, serde_json::Error> {
        Ok(self.body.clone())
    }

    fn errors(&self) -> Vec<Finding> {
        let errors = self.findings.iter();
        let errors = errors.filter(|finding| finding.severity() == Severity::Error);
        errors.cloned().collect()
    }
}

impl fmt::Debug for PreparedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedRequest")
            .field("operation", &self.operation.name)
            .field("body", &String::from_utf8_lossy(&self.body))
            .field("findings", &self.findings)
            .finish()
    }
}
