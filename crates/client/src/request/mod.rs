//! Requests.

#[rustfmt::skip]
mod generated;
mod precheck;
mod prepared;

pub(crate) use generated::parts;
pub use generated::*;
pub(crate) use precheck::Encode;
pub use precheck::{Conflict, Precheck};
pub use prepared::PreparedRequest;
