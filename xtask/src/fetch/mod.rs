//! Fetches a source from its address. A file that has not changed is not sent again (`ETag`).

mod address;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, ETAG, HeaderValue, IF_NONE_MATCH, LOCATION};
use reqwest::{Client, Response, StatusCode, redirect};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use webex_precheck_contract::source;

use crate::workspace::Workspace;

pub(crate) use self::address::Address;

const REDIRECTS: usize = 5;
const CONNECT: Duration = Duration::from_secs(10);
/// For a whole chain of redirects.
const TOTAL: Duration = Duration::from_secs(120);

/// What is at an address.
pub(crate) struct Fetched {
    pub(crate) body: Vec<u8>,
    etag: Option<HeaderValue>,
    copies: Copies,
}

impl Fetched {
    /// The copies that were kept of earlier revisions, the latest first.
    pub(crate) fn earlier(&self) -> Vec<Vec<u8>> {
        let names = ["body", "previous"].map(|name| self.copies.file(name));
        names
            .iter()
            .filter_map(|file| fs::read(file).ok())
            .collect()
    }

    /// Keeps the body for the next time, and what was kept so far as the previous one.
    pub(crate) fn keep(&self) -> io::Result<()> {
        self.copies.keep(&self.body, self.etag.as_ref())
    }
}

/// Where the copies of one address are: the last body, its `ETag`, and the body before it.
struct Copies(PathBuf);

impl Copies {
    /// An address may hold a secret, so that its copies are named by a hash.
    fn of(workspace: &Workspace, address: &Address) -> Self {
        let mut name = String::new();
        for byte in Sha256::digest(address.url().as_str()).iter().take(16) {
            let _ = write!(name, "{byte:02x}");
        }
        Self(workspace.path("target/xtask/fetched").join(name))
    }

    fn file(&self, what: &str) -> PathBuf {
        self.0.join(what)
    }

    fn keep(&self, body: &[u8], etag: Option<&HeaderValue>) -> io::Result<()> {
        let (kept, mark) = (self.file("body"), self.file("etag"));
        fs::create_dir_all(&self.0)?;
        if fs::read(&kept).is_ok_and(|known| known == body) && mark.exists() {
            return Ok(());
        }
        // The mark goes first and comes last: it never stands beside another body.
        let _ = fs::remove_file(&mark);
        if kept.exists() {
            fs::rename(&kept, self.file("previous"))?;
        }
        let mut file = NamedTempFile::new_in(&self.0)?;
        file.write_all(body)?;
        file.persist(kept)?;
        match etag {
            Some(etag) => fs::write(mark, etag.as_bytes()),
            None => Ok(()),
        }
    }
}

/// The bytes at an address, or why there are none.
pub(crate) fn fetch(workspace: &Workspace, address: &Address) -> Result<Fetched, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let copies = Copies::of(workspace, address);
    let fetched = runtime.block_on(async {
        let limit = tokio::time::timeout(TOTAL, ask(address, copies));
        limit
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {TOTAL:?}; try again later")))
    });
    fetched.map_err(|why| format!("cannot be fetched: {why}"))
}

async fn ask(address: &Address, copies: Copies) -> Result<Fetched, String> {
    let kept = fs::read(copies.file("body")).ok();
    let mark = fs::read(copies.file("etag"))
        .ok()
        .filter(|_| kept.is_some());
    let mark = mark.and_then(|mark| HeaderValue::from_bytes(&mark).ok());
    let mut address = address.clone();
    for _ in 0..=REDIRECTS {
        let mut request = client(&address)?
            .get(address.url().clone())
            .header(ACCEPT_ENCODING, "identity");
        if let Some(mark) = &mark {
            request = request.header(IF_NONE_MATCH, mark);
        }
        let response = request
            .send()
            .await
            .map_err(|error| failure(error, &address))?;
        let location = response.headers().get(LOCATION);
        let location = location
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        match (response.status(), location, &kept) {
            (StatusCode::OK, ..) => {
                let etag = response.headers().get(ETAG).cloned();
                let body = body(response, &address).await?;
                return Ok(Fetched { body, etag, copies });
            }
            (StatusCode::NOT_MODIFIED, _, Some(kept)) => {
                let (body, etag) = (kept.clone(), mark);
                return Ok(Fetched { body, etag, copies });
            }
            (status, Some(location), _) if status.is_redirection() => {
                address = address.redirected(&location)?;
            }
            (status, ..) => return Err(format!("{status}; check the address, or try again later")),
        }
    }
    Err(format!(
        "redirects more than {REDIRECTS} times, at last to {address}; name the address that you want"
    ))
}

fn client(address: &Address) -> Result<Client, String> {
    let mut client = Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(TOTAL);
    // A proxy is another machine, which plain http must not reach.
    if address.is_plain() {
        client = client.no_proxy();
    }
    client
        .build()
        .map_err(|error| error.without_url().to_string())
}

/// The whole body; one that is larger than any source is not read to its end.
async fn body(mut response: Response, address: &Address) -> Result<Vec<u8>, String> {
    let too_large = |bytes: u64| bytes > source::MOST_BYTES;
    let mut body = Vec::new();
    if !response.content_length().is_some_and(too_large) {
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| failure(error, address))?
        {
            body.extend_from_slice(&chunk);
            if too_large(body.len() as u64) {
                return Err(source::too_large().to_string());
            }
        }
        return Ok(body);
    }
    Err(source::too_large().to_string())
}

/// What failed, and the innermost cause, which says the most.
fn failure(error: reqwest::Error, address: &Address) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    format!(
        "`{}`: {cause}; check the address, or try again later",
        address.host()
    )
}
