//! Replaces several files, or none of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::outcome::Failure;

/// The new text of a file, beside its place until all texts are written.
struct Staged<'a> {
    name: &'a str,
    path: PathBuf,
    partial: TempPath,
    /// What the file contains now, if it exists.
    present: Option<Vec<u8>>,
}

/// Gives each file below `root` its text, and returns the names of those that had another one.
/// If one cannot be written, all of them stay as they were.
pub(crate) fn all<'a>(root: &Path, files: &'a [(String, String)]) -> Result<Vec<&'a str>, Failure> {
    let failed = |name, error| Failure::new(format!("{name}: {error}; nothing was changed"));
    let mut staged = Vec::new();
    for (name, text) in files {
        staged.extend(stage(root, name, text).map_err(|error| failed(name.as_str(), error))?);
    }
    for (index, file) in staged.iter().enumerate() {
        if let Err(error) = fs::rename(&file.partial, &file.path) {
            staged[..index].iter().for_each(put_back);
            return Err(failed(file.name, error));
        }
    }
    Ok(staged.iter().map(|file| file.name).collect())
}

/// Writes a text beside its place, unless the file contains it already.
fn stage<'a>(root: &Path, name: &'a str, text: &str) -> io::Result<Option<Staged<'a>>> {
    let path = root.join(name);
    let present = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        present => Some(present?),
    };
    if present.as_deref() == Some(text.as_bytes()) {
        return Ok(None);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // Written by name, since a temporary file would pass its permissions (0600) on to the file.
    let partial = TempPath::try_from_path(path.with_extension("partial"))?;
    fs::write(&partial, text)?;
    Ok(Some(Staged {
        name,
        path,
        partial,
        present,
    }))
}

fn put_back(file: &Staged<'_>) {
    // The failure that made this necessary is the one to report.
    let _ = match &file.present {
        Some(present) => fs::write(&file.path, present),
        None => fs::remove_file(&file.path),
    };
}

#[cfg(test)]
mod tests {
    //! All or nothing.
    use super::*;

    fn files(names: &[&str]) -> Vec<(String, String)> {
        let file = |name: &&str| ((*name).to_owned(), "new".to_owned());
        names.iter().map(file).collect()
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_all_as_they_were() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.txt"), "old").unwrap();
        // Nothing can replace a folder, and no partial file a folder of its name.
        fs::create_dir_all(path("b.txt/inside")).unwrap();
        fs::create_dir_all(path("c.partial")).unwrap();
        for wrong in ["b.txt", "c.txt"] {
            let failure = all(folder.path(), &files(&["a.txt", "fresh.txt", wrong])).unwrap_err();
            assert!(failure.to_string().starts_with(wrong), "{failure}");
            assert_eq!(fs::read_to_string(path("a.txt")).unwrap(), "old");
            assert!(!path("fresh.txt").exists());
            assert!(!path("a.partial").exists() && !path("fresh.partial").exists());
        }
        let files = files(&["a.txt", "d.txt"]);
        assert_eq!(all(folder.path(), &files).unwrap(), ["a.txt", "d.txt"]);
        assert_eq!(all(folder.path(), &files).unwrap(), [] as [&str; 0]);
        assert_eq!(fs::read_to_string(path("a.txt")).unwrap(), "new");
        assert!(!path("a.partial").exists());
    }

    #[test]
    fn a_failing_rename_puts_replaced_files_back() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.txt"), "old").unwrap();
        // A file that is named twice has nothing left to be renamed the second time.
        let files = files(&["a.txt", "fresh.txt", "fresh.txt"]);
        assert!(all(folder.path(), &files).is_err());
        assert_eq!(fs::read_to_string(path("a.txt")).unwrap(), "old");
        assert!(!path("fresh.txt").exists());
    }
}
