//! What is known of an operation besides its types.

/// One of the two operations: where it is, and what a token needs for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// Its ID in the contract.
    pub id: &'static str,
    /// Its path; the method is POST.
    pub path: &'static str,
    /// The OAuth scope that the token must have.
    pub scope: &'static str,
}
