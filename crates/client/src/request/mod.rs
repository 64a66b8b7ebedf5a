//! Requests.

#[rustfmt::skip]
mod generated;
mod prepared;

use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use webex_precheck_api::{Operation, PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER};

use crate::findings::{self, Finding, Severity};

pub(crate) use generated::parts;
pub use generated::{CustomerPrecheck, SubscriberPrecheck};
pub(crate) use prepared::Encode;
pub use prepared::PreparedRequest;

/// A request: [`CustomerPrecheck`], [`SubscriberPrecheck`], or a [`PreparedRequest`] of one of them.
pub trait Precheck: Serialize + Send + Sync + sealed::Sealed {
    /// The operation that takes it.
    const OPERATION: Operation;

    /// The errors and warnings about this request, found without asking Webex.
    fn findings(&self) -> Vec<Finding>;
}

pub(crate) mod sealed {
    use bytes::Bytes;

    use super::Finding;

    pub trait Sealed {
        /// The body, as it is sent.
        fn body(&self) -> Result<Bytes, serde_json::Error>;
        /// The findings of severity error alone.
        fn errors(&self) -> Vec<Finding>;
        /// The index of the operation in the client.
        const INDEX: usize;
    }
}

/// Fields are set that exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict(&'static [&'static str]);

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<String> = self.0.iter().map(|field| format!("`{field}`")).collect();
        write!(
            f,
            "{} are set; Webex takes one of them",
            fields.join(" and ")
        )
    }
}

impl std::error::Error for Conflict {}

impl CustomerPrecheck {
    /// The errors and warnings about this request, found without asking Webex.
    pub fn findings(&self) -> Vec<Finding> {
        findings::of_customer(self.as_ref(), None)
    }
}

impl SubscriberPrecheck {
    /// The errors and warnings about this request, found without asking Webex.
    pub fn findings(&self) -> Vec<Finding> {
        findings::of_subscriber(self.as_ref(), None)
    }
}

macro_rules! precheck {
    ($request:ty, $operation:expr, $findings:path, $index:literal) => {
        impl Precheck for $request {
            const OPERATION: Operation = $operation;

            fn findings(&self) -> Vec<Finding> {
                self.findings()
            }
        }

        impl sealed::Sealed for $request {
            const INDEX: usize = $index;

            fn body(&self) -> Result<Bytes, serde_json::Error> {
                serde_json::to_vec(self).map(Bytes::from)
            }

            fn errors(&self) -> Vec<Finding> {
                $findings(self.as_ref(), Some(Severity::Error))
            }
        }
    };
}

precheck!(
    CustomerPrecheck,
    PRECHECK_CUSTOMER,
    findings::of_customer,
    0
);
precheck!(
    SubscriberPrecheck,
    PRECHECK_SUBSCRIBER,
    findings::of_subscriber,
    1
);
