//! Fetches a source from its address. A file that has not changed is not sent again (`ETag`).

mod address;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, ETAG, HeaderValue, IF_NONE_MATCH};
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
        let names = ["body", "previous"].map(|name| self.copies.0.join(name));
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

    fn keep(&self, body: &[u8], etag: Option<&HeaderValue>) -> io::Result<()> {
        let (kept, mark) = (self.0.join("body"), self.0.join("etag"));
        fs::create_dir_all(&self.0)?;
        if fs::read(&kept).is_ok_and(|known| known == body) && mark.exists() {
            return Ok(());
        }
        // The mark goes first and comes last: it never stands beside another body.
        let _ = fs::remove_file(&mark);
        if kept.exists() {
            fs::rename(&kept, self.0.join("previous"))?;
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
    let fetched = runtime.block_on(ask(address, Copies::of(workspace, address)));
    fetched.map_err(|why| format!("cannot be fetched: {why}"))
}

async fn ask(address: &Address, copies: Copies) -> Result<Fetched, String> {
    let kept = fs::read(copies.0.join("body")).ok();
    let mark = fs::read(copies.0.join("etag"))
        .ok()
        .filter(|_| kept.is_some());
    let mark = mark.and_then(|mark| HeaderValue::from_bytes(&mark).ok());
    let failed = |error| failure(error, address);
    let mut request = client(address)
        .map_err(failed)?
        .get(address.url().clone())
        .header(ACCEPT_ENCODING, "identity");
    if let Some(mark) = &mark {
        request = request.header(IF_NONE_MATCH, mark);
    }
    let response = request.send().await.map_err(failed)?;
    match (response.status(), kept) {
        (StatusCode::OK, _) => {
            let etag = response.headers().get(ETAG).cloned();
            let body = body(response).await.map_err(failed)?;
            let body = body.ok_or_else(|| source::too_large().to_string())?;
            Ok(Fetched { body, etag, copies })
        }
        (StatusCode::NOT_MODIFIED, Some(body)) => Ok(Fetched {
            body,
            etag: mark,
            copies,
        }),
        (status, _) => Err(format!("{status}; check the address, or try again later")),
    }
}

fn client(address: &Address) -> reqwest::Result<Client> {
    let redirects = redirect::Policy::custom(|attempt| {
        let why = match attempt.previous() {
            known if known.len() > REDIRECTS => format!("redirects more than {REDIRECTS} times"),
            known => match address::refusal(known.last(), attempt.url()) {
                None => return attempt.follow(),
                Some(why) => why,
            },
        };
        attempt.error(format!("{why}; name the address that you want"))
    });
    let client = Client::builder()
        .redirect(redirects)
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(TOTAL);
    // A proxy is another machine, which plain http must not reach.
    match address.is_plain() {
        true => client.no_proxy().build(),
        false => client.build(),
    }
}

/// The whole body; none of one that is larger than any source, which is not read to its end.
async fn body(mut response: Response) -> reqwest::Result<Option<Vec<u8>>> {
    let too_large = |bytes: u64| bytes > source::MOST_BYTES;
    let mut body = Vec::new();
    let mut bytes = response.content_length().unwrap_or_default();
    while !too_large(bytes) {
        let Some(chunk) = response.chunk().await? else {
            return Ok(Some(body));
        };
        body.extend_from_slice(&chunk);
        bytes = body.len() as u64;
    }
    Ok(None)
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
