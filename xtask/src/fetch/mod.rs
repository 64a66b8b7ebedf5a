//! Fetches a source from its address.

mod address;
mod content;
mod failure;
mod kept;

use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode, redirect};
use webex_precheck_contract::source;

use crate::outcome::note;
use crate::workspace::Workspace;

pub(crate) use self::address::Address;
use self::kept::{Entry, Kept, Validators};

/// Names another folder for what is kept, such as one that CI caches.
const FOLDER: &str = "PRECHECK_FETCHED";
const REDIRECTS: usize = 5;

struct Limits {
    connect: Duration,
    total: Duration,
    bytes: u64,
}

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(10),
    total: Duration::from_secs(120),
    bytes: source::MOST_BYTES,
};

/// The bytes at an address, or why there are none. What was fetched before is not sent again.
pub(crate) fn fetch(workspace: &Workspace, address: &Address) -> Result<Vec<u8>, String> {
    let kept = kept(workspace);
    let before = kept.read(address);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let fetched = runtime.block_on(async {
        // One limit for all: a chain of redirects does not get it for each of its links.
        tokio::time::timeout(LIMITS.total, ask(address, before.as_ref(), &LIMITS)).await
    });
    let fetched = fetched
        .unwrap_or_else(|_| Err(failure::too_slow(&LIMITS)))
        .map_err(|why| format!("cannot be fetched: {why}"))?;
    let Some(entry) = fetched else {
        return Ok(before.map(|entry| entry.body).unwrap_or_default());
    };
    if let Err(error) = kept.write(address, &entry) {
        note(
            "Note",
            &format!("{address} is not kept for the next time: {error}"),
        );
    }
    Ok(entry.body)
}

/// Keeps what is at an address no longer: it is broken, and the next time it is asked for anew.
pub(crate) fn forget(workspace: &Workspace, address: &Address) {
    kept(workspace).remove(address);
}

fn kept(workspace: &Workspace) -> Kept {
    let folder = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty());
    Kept::new(folder.map_or_else(|| workspace.path("target/xtask/fetched"), PathBuf::from))
}

/// What is at an address now; `None` if it is what was there before.
async fn ask(
    address: &Address,
    before: Option<&Entry>,
    limits: &Limits,
) -> Result<Option<Entry>, String> {
    let mut address = address.clone();
    let conditions = before.map(|entry| conditions(&entry.validators));
    let conditions = conditions.unwrap_or_default();
    for _ in 0..=REDIRECTS {
        let request = client(&address, limits)?.get(address.url().clone());
        let response = request
            .header(header::ACCEPT_ENCODING, "identity")
            .headers(conditions.clone())
            .send()
            .await
            .map_err(|error| failure::no_answer(&error, &address, limits))?;
        let status = response.status();
        let location = text(&response, &header::LOCATION);
        match (status, location) {
            (StatusCode::OK, _) => return read(response, limits).await.map(Some),
            (StatusCode::NOT_MODIFIED, _) if before.is_some() => return Ok(None),
            (status, Some(location)) if status.is_redirection() => {
                address = address.redirected(&location)?;
            }
            _ => return Err(failure::status(status)),
        }
    }
    Err(format!(
        "redirects more than {REDIRECTS} times, at last to {address}; name the address that you want"
    ))
}

fn client(address: &Address, limits: &Limits) -> Result<Client, String> {
    let mut client = Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(limits.connect)
        .timeout(limits.total);
    // A proxy is another machine, which plain http must not reach.
    if address.is_plain() {
        client = client.no_proxy();
    }
    client
        .build()
        .map_err(|error| error.without_url().to_string())
}

async fn read(mut response: Response, limits: &Limits) -> Result<Entry, String> {
    let length = response.content_length();
    if length.is_some_and(|length| length > limits.bytes) {
        return Err(source::too_large().to_string());
    }
    let validators = Validators {
        etag: text(&response, &header::ETAG),
        last_modified: text(&response, &header::LAST_MODIFIED),
    };
    let content_type = text(&response, &header::CONTENT_TYPE);
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failure::no_end(&error, body.len(), length, limits))?
    {
        body.extend_from_slice(&chunk);
        if body.len() as u64 > limits.bytes {
            return Err(source::too_large().to_string());
        }
    }
    match content::wrong(content_type.as_deref(), &body) {
        None => Ok(Entry { validators, body }),
        Some(why) => Err(why),
    }
}

/// The headers that ask for a body only if it is another one. A date, which tells changes within a
/// second apart no more, is sent only where there is nothing better.
fn conditions(validators: &Validators) -> HeaderMap {
    let (name, value) = match (&validators.etag, &validators.last_modified) {
        (Some(etag), _) => (header::IF_NONE_MATCH, etag),
        (None, Some(date)) => (header::IF_MODIFIED_SINCE, date),
        (None, None) => return HeaderMap::new(),
    };
    HeaderValue::from_str(value)
        .map(|value| HeaderMap::from_iter([(name, value)]))
        .unwrap_or_default()
}

fn text(response: &Response, name: &HeaderName) -> Option<String> {
    let value = response.headers().get(name)?;
    value.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_server_that_does_not_answer_is_given_up() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/x", silent.local_addr().unwrap());
        let address = Address::parse(&address).unwrap();
        let limits = Limits {
            total: Duration::from_millis(20),
            ..LIMITS
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let error = runtime
            .block_on(ask(&address, None, &limits))
            .err()
            .unwrap();
        assert_eq!(error, "did not come within 20ms; try again later");
    }
}
