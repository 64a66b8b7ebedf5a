//! New files, and who may read them.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// Lets what these options create be read by its owner alone: answers name people.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// A file that takes the place of another at the end, and that others may read as far as the user lets
/// them (umask).
pub(crate) fn for_everyone(folder: &Path) -> io::Result<NamedTempFile> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let all = std::fs::Permissions::from_mode(0o666);
        tempfile::Builder::new()
            .permissions(all)
            .tempfile_in(folder)
    }
    #[cfg(not(unix))]
    NamedTempFile::new_in(folder)
}

/// The folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}
