//! Requests that are ready to be sent.

use std::fmt;

use bytes::Bytes;
use webex_precheck_api::Operation;

use super::{Precheck, sealed::Sealed};
use crate::error::{Error, Kind};
use crate::findings::{Finding, Severity};

/// A request that is checked and encoded already, so that the thread that asks need not do it.
///
/// Of use where another thread reads thousands of rows:
///
/// ```
/// use webex_precheck::{Prepared, SubscriberPrecheck};
///
/// # fn main() -> Result<(), webex_precheck::Error> {
/// let request = SubscriberPrecheck::new("alice@example.com").customer_id("ZjViMzYx");
/// let prepared = Prepared::new(&request)?;
/// assert_eq!(prepared.body(), br#"{"customerId":"ZjViMzYx","email":"alice@example.com"}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Prepared {
    operation: &'static Operation,
    body: Bytes,
    findings: Vec<Finding>,
}

impl Prepared {
    /// Checks and encodes a request.
    ///
    /// # Errors
    ///
    /// If it cannot be encoded, which [`is_builder`](Error::is_builder) tells.
    pub fn new<R: Precheck + ?Sized>(request: &R) -> Result<Self, Error> {
        Ok(Self {
            operation: request.operation(),
            body: request.encode()?,
            findings: request.findings(),
        })
    }

    /// The JSON that is sent. The same for requests that ask the same.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What is wrong with the request or looks like it.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl Precheck for Prepared {
    fn operation(&self) -> &'static Operation {
        self.operation
    }

    fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }
}

impl Sealed for Prepared {
    fn body(&self) -> Result<Bytes, serde_json::Error> {
        Ok(self.body.clone())
    }

    fn hard_findings(&self) -> Vec<Finding> {
        let hard = self.findings.iter();
        let hard = hard.filter(|finding| finding.severity() == Severity::Hard);
        hard.cloned().collect()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("operation", &self.operation.name)
            .field("body", &String::from_utf8_lossy(&self.body))
            .field("findings", &self.findings)
            .finish()
    }
}

/// Encodes a request.
pub(crate) trait Encode: Precheck {
    fn encode(&self) -> Result<Bytes, Error> {
        let failed =
            |error| Error::new(Kind::Builder("the request cannot be encoded")).because(error);
        self.body().map_err(failed)
    }
}

impl<R: Precheck + ?Sized> Encode for R {}
