//! Replaces several files, or none of them.

use std::fs;
use std::io;
use std::path::PathBuf;

/// A file that lies beside the one it is to replace.
struct Staged<'a> {
    name: &'a str,
    path: PathBuf,
    partial: PathBuf,
    /// What the file held, if it was there.
    present: Option<Vec<u8>>,
}

/// Gives each file, by name and path, its text; returns the names of those that had another one.
/// Where one cannot be written, all are as they were, and the error names it.
pub(crate) fn all<'a>(
    files: impl Iterator<Item = (&'a str, PathBuf, &'a str)>,
) -> Result<Vec<&'a str>, (&'a str, io::Error)> {
    let mut staged: Vec<Staged<'a>> = Vec::new();
    for (name, path, text) in files {
        match stage(name, path, text) {
            Ok(file) => staged.extend(file),
            Err(error) => {
                forget(&staged);
                return Err((name, error));
            }
        }
    }
    for (index, file) in staged.iter().enumerate() {
        if let Err(error) = fs::rename(&file.partial, &file.path) {
            put_back(&staged[..index]);
            forget(&staged[index..]);
            return Err((file.name, error));
        }
    }
    Ok(staged.iter().map(|file| file.name).collect())
}

/// Writes a text beside its place, unless it stands there already.
fn stage<'a>(name: &'a str, path: PathBuf, text: &str) -> io::Result<Option<Staged<'a>>> {
    let present = match fs::read(&path) {
        Ok(present) => Some(present),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if present.as_deref() == Some(text.as_bytes()) {
        return Ok(None);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let partial = path.with_extension("partial");
    if let Err(error) = fs::write(&partial, text) {
        // Of a full disk there is a part of it.
        let _ = fs::remove_file(&partial);
        return Err(error);
    }
    Ok(Some(Staged {
        name,
        path,
        partial,
        present,
    }))
}

// What fails here fails on top of what is told already.
fn put_back(staged: &[Staged<'_>]) {
    for file in staged {
        let _ = match &file.present {
            Some(present) => fs::write(&file.path, present),
            None => fs::remove_file(&file.path),
        };
    }
}

fn forget(staged: &[Staged<'_>]) {
    for file in staged {
        let _ = fs::remove_file(&file.partial);
    }
}

#[cfg(test)]
mod tests {
    //! All or nothing.
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_leaves_all_as_they_were() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.txt"), "old").unwrap();
        // Nothing can be put in the place of a folder, nor beside one that is in the way.
        fs::create_dir_all(path("b.txt/inside")).unwrap();
        fs::create_dir_all(path("c.partial")).unwrap();
        for wrong in ["b.txt", "c.txt"] {
            let files = [("a.txt", "new"), ("fresh.txt", "new"), (wrong, "new")];
            let files = files.map(|(name, text)| (name, path(name), text));
            let (name, _) = all(files.into_iter()).unwrap_err();
            assert_eq!(name, wrong);
            assert_eq!(fs::read_to_string(path("a.txt")).unwrap(), "old");
            assert!(!path("fresh.txt").exists());
            assert!(!path("a.partial").exists() && !path("fresh.partial").exists());
        }
        let files = [
            ("a.txt", path("a.txt"), "new"),
            ("d.txt", path("d.txt"), "x"),
        ];
        assert_eq!(all(files.clone().into_iter()).unwrap(), ["a.txt", "d.txt"]);
        assert_eq!(all(files.into_iter()).unwrap(), [] as [&str; 0]);
        assert_eq!(fs::read_to_string(path("a.txt")).unwrap(), "new");
    }
}
