//! Fetches a source from its address.

mod address;
mod copies;

use std::error::Error;
use std::fmt::Display;
use std::io::Read as _;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::ACCEPT_ENCODING;
use reqwest::{StatusCode, redirect};
use webex_precheck_contract::source;

use crate::outcome::Failure;

pub(crate) use self::address::Address;
pub(crate) use self::copies::Copies;

const MAX_REDIRECTS: usize = 5;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For all redirects and the body together.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(120);

/// The bytes at an address: at most one more than a source may have, so that a larger one is refused.
pub(crate) fn fetch(address: &Address) -> Result<Vec<u8>, Failure> {
    let failed = |why: &dyn Display| {
        let remedy = "check the address, or try again later";
        Failure::new(format!("{address}: cannot be fetched: {why}; {remedy}"))
    };
    let broke_off = |error: &(dyn Error + 'static)| {
        let host = address.url().host_str().unwrap_or_default();
        failed(&format!("`{host}`: {}", innermost(error)))
    };
    let sent = request(address).and_then(RequestBuilder::send);
    let response = sent.map_err(|error| broke_off(&error.without_url()))?;
    if response.status() != StatusCode::OK {
        return Err(failed(&response.status()));
    }
    let mut body = Vec::new();
    response
        .take(source::MOST_BYTES + 1)
        .read_to_end(&mut body)
        .map_err(|error| broke_off(&error))?;
    Ok(body)
}

fn request(address: &Address) -> reqwest::Result<RequestBuilder> {
    let redirects = redirect::Policy::custom(|attempt| {
        let refusal = if attempt.previous().len() > MAX_REDIRECTS {
            Some(format!("redirects more than {MAX_REDIRECTS} times"))
        } else {
            address::refusal(attempt.previous().last(), attempt.url())
        };
        match refusal {
            None => attempt.follow(),
            Some(why) => attempt.error(format!("{why}; name the address that you want")),
        }
    });
    let mut client = Client::builder()
        .redirect(redirects)
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT);
    if address::is_here(address.url()) {
        // A proxy is another machine, which plain http must not reach.
        client = client.no_proxy();
    }
    let request = client.build()?.get(address.url().clone());
    // That of the client would be for each read of the body.
    let request = request.timeout(TOTAL_TIMEOUT);
    Ok(request.header(ACCEPT_ENCODING, "identity"))
}

/// The cause of an error that says the most.
fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    error.source().map_or(error, innermost)
}
