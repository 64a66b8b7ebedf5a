//! Rules that sources state in words only, and the sentences that they rest on.
//!
//! A sentence is known by its fingerprint. When it no longer stands where it stood, someone must
//! read what stands there now, and see whether the rule still holds.

mod file;
mod question;
mod rebind;
mod review;
mod sentences;

pub use file::{Citation, Question, Rule, Rules};
pub use rebind::UpdatedCitation;
pub use review::{Cause, StaleRule};
