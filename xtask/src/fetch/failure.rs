//! What is said where an exchange failed.

use std::error::Error;
use std::io;

use reqwest::StatusCode;

use super::{Address, Limits};

/// Why there is no answer.
pub(super) fn no_answer(error: &reqwest::Error, address: &Address, limits: &Limits) -> String {
    let host = address.host();
    if error.is_timeout() {
        return match error.is_connect() {
            true => format!(
                "`{host}` does not take the connection within {:?}; try again later",
                limits.connect
            ),
            false => too_slow(limits),
        };
    }
    let causes = causes(error);
    let kind = causes.iter().find_map(|cause| {
        let error = cause.downcast_ref::<io::Error>()?;
        (error.kind() != io::ErrorKind::Other).then_some(error.kind())
    });
    let root = causes.last().map(ToString::to_string).unwrap_or_default();
    // The client has no type for it.
    if causes.iter().any(|cause| cause.to_string() == "dns error") {
        return format!("the host `{host}` is not known ({root}); is it spelled right?");
    }
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => {
            format!("`{host}` refuses the connection; is the address right?")
        }
        Some(io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
            if error.is_connect() && !address.is_plain() =>
        {
            format!("no trusted TLS connection to `{host}`: {root}")
        }
        _ if error.is_connect() => format!("no connection to `{host}`: {root}"),
        _ => format!("`{host}` gives no answer: {root}"),
    }
}

/// Why a body did not come to its end.
pub(super) fn no_end(
    error: &reqwest::Error,
    came: usize,
    length: Option<u64>,
    limits: &Limits,
) -> String {
    if error.is_timeout() {
        return too_slow(limits);
    }
    match length {
        Some(length) => format!("was cut short: {came} of {length} bytes came; try again"),
        None => format!("was cut short after {came} bytes; try again"),
    }
}

/// What is said of an answer that takes too long.
pub(super) fn too_slow(limits: &Limits) -> String {
    format!("did not come within {:?}; try again later", limits.total)
}

/// Why an answer is not the one that was asked for.
pub(super) fn status(status: StatusCode) -> String {
    let what = match status.as_u16() {
        401 | 403 => "the server does not show it; check the address, and whether it is public",
        404 | 410 => "nothing is there; check the address",
        429 => "asked too often; try again later",
        500.. => "the server failed; try again later",
        _ => "not an answer that holds a source; check the address",
    };
    format!("{status}: {what}")
}

/// An error and what is behind it, from the outside in.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut causes = vec![error];
    let mut cause = error;
    loop {
        // What an I/O error holds is skipped by its `source`.
        let held = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let next = held.map(|held| held as &(dyn Error + 'static));
        let Some(next) = next.or_else(|| cause.source()) else {
            return causes;
        };
        causes.push(next);
        cause = next;
    }
}
