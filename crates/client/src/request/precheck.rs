//! What all requests have in common.

use std::fmt;

use bytes::Bytes;
use webex_precheck_api::Operation;

use crate::error::Error;
use crate::findings::{Finding, Rule};

/// A request: one of the types that are named after their operations, [`AnyPrecheck`](crate::AnyPrecheck), or a
/// [`PreparedRequest`](crate::PreparedRequest).
pub trait Precheck: Send + Sync + sealed::Sealed {
    /// The operation that takes it.
    fn operation(&self) -> &'static Operation;

    /// The errors and warnings about this request, found without asking Webex.
    fn findings(&self) -> Vec<Finding>;
}

impl<P: Precheck + ?Sized> Precheck for Box<P> {
    fn operation(&self) -> &'static Operation {
        (**self).operation()
    }

    fn findings(&self) -> Vec<Finding> {
        (**self).findings()
    }
}

impl<P: Precheck + ?Sized> sealed::Sealed for Box<P> {
    fn body(&self) -> Result<Bytes, serde_json::Error> {
        (**self).body()
    }

    fn errors(&self) -> Vec<Finding> {
        (**self).errors()
    }
}

pub(crate) mod sealed {
    use bytes::Bytes;

    use crate::findings::Finding;

    pub trait Sealed {
        /// The body, as it is sent.
        fn body(&self) -> Result<Bytes, serde_json::Error>;
        /// The findings of severity error alone.
        fn errors(&self) -> Vec<Finding>;
    }
}

/// Mutually exclusive fields are set. Converted to an [`Error`], it is an invalid request with a
/// [finding](Error::findings).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict(pub(super) &'static [&'static str]);

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

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        let field = conflict.0.last().copied().unwrap_or_default();
        let finding = Finding::new(Rule::OnePackage, field.to_owned(), conflict.to_string());
        Self::invalid(vec![finding])
    }
}

/// Encodes a request.
pub(crate) trait Encode: Precheck {
    fn encode(&self) -> Result<Bytes, Error> {
        let failed = |error| Error::builder("the request cannot be encoded").because(error);
        self.body().map_err(failed)
    }
}

impl<R: Precheck + ?Sized> Encode for R {}
