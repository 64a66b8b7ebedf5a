//! A flag for every field of the two requests, which is a column of a spreadsheet as well. The
//! tables are generated from the contract: a field that Webex adds has its flag after codegen.

#[rustfmt::skip]
mod generated;

pub(crate) use generated::{CUSTOMER, SUBSCRIBER};

#[cfg(test)]
pub(crate) use generated::RESERVED;

/// A flag, and the field that it sets.
#[derive(Debug)]
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    /// Path of the field in the request.
    pub(crate) field: &'static str,
    pub(crate) help: &'static str,
    /// What the value is called in the help.
    pub(crate) value: &'static str,
    /// What a template has, which may be nothing; a template does not offer a field without one,
    /// since another that it has excludes it.
    pub(crate) example: Option<&'static str>,
    pub(crate) shape: Shape,
}

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "documented fields need not have every shape")]
pub(crate) enum Shape {
    Text,
    Number,
    /// Several texts, separated by commas or by repeating the flag.
    List,
    /// A boolean or something larger, as JSON.
    Json,
}
