//! Requests.

#[rustfmt::skip]
mod generated;
mod prepared;

use std::fmt;

use webex_precheck_api::Operation;

use crate::findings::Finding;

pub(crate) use generated::parts;
pub use generated::*;
pub(crate) use prepared::Encode;
pub use prepared::PreparedRequest;

/// A request: one of the types that are named after their operations, [`AnyPrecheck`], or a
/// [`PreparedRequest`].
pub trait Precheck: Send + Sync + sealed::Sealed {
    /// The operation that takes it.
    fn operation(&self) -> &'static Operation;

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
