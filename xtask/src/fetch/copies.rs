//! Copies of what was fetched: the latest body of each address, and the one before it.

use std::fs;
use std::io;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::address::Address;
use crate::workspace::Workspace;

/// The folder of the copies of one address.
pub(crate) struct Copies(PathBuf);

impl Copies {
    /// The folder is named by a hash, because an address may contain a secret.
    pub(crate) fn of(workspace: &Workspace, address: &Address) -> Self {
        let hash = Sha256::digest(address.url().as_str());
        let name = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
        let folder = workspace.path("target/xtask/fetched");
        Self(folder.join(name.collect::<String>()))
    }

    /// The copies of earlier revisions, the latest first.
    pub(crate) fn earlier(&self) -> impl Iterator<Item = Vec<u8>> {
        let files = ["body", "previous"].map(|name| self.0.join(name));
        files.into_iter().filter_map(|file| fs::read(file).ok())
    }

    /// Keeps a body, and the latest one so far as the previous one.
    pub(crate) fn keep(&self, body: &[u8]) -> io::Result<()> {
        let latest = self.0.join("body");
        if fs::read(&latest).is_ok_and(|known| known == body) {
            return Ok(());
        }
        fs::create_dir_all(&self.0)?;
        if latest.exists() {
            fs::rename(&latest, self.0.join("previous"))?;
        }
        fs::write(latest, body)
    }
}
