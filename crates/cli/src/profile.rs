//! The configuration file: profiles, each with what would else be typed every time.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches};
use serde::Deserialize;
use webex_precheck::{Credentials, RefreshToken, RefreshTokenGrant, Token};

use crate::exit::{Failure, warn};
use crate::files::{folder_of, private};
use crate::rate::Rate;

/// How often to look whether another run has renewed its token: it takes a request.
const LOCK_POLL: Duration = Duration::from_millis(50);

/// The profile that applies where none is named.
const DEFAULT: &str = "default";

/// What a profile may say. Flags and the environment win over it.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) base_url: Option<String>,
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) output: Option<Output>,
    pub(crate) concurrency: Option<std::num::NonZeroUsize>,
    #[serde(default, deserialize_with = "rate")]
    pub(crate) rate: Option<Rate>,
    access_token: Option<String>,
    access_token_file: Option<PathBuf>,
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token_file: Option<PathBuf>,
    /// The folder of the file: paths in it are relative to that.
    #[serde(skip)]
    folder: PathBuf,
}

/// Form of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Output {
    Table,
    Json,
    Csv,
}

impl Output {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "table" => Some(Self::Table),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

fn rate<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Rate>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Rate::read(&text)
        .map(Some)
        .map_err(serde::de::Error::custom)
}

/// The flags that choose a profile.
pub(crate) fn flags() -> [Arg; 2] {
    [
        Arg::new("profile")
            .long("profile")
            .value_name("NAME")
            .value_parser(NonEmptyStringValueParser::new())
            .global(true)
            .help_heading("Configuration")
            .help("Take this profile of the configuration file [default: default]"),
        Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(NonEmptyStringValueParser::new())
            .global(true)
            .help_heading("Configuration")
            .help("Take this configuration file [default: webex-precheck/config.toml in the user's folder for configuration]"),
    ]
}

impl Profile {
    /// The profile that was asked for; an empty one if there is no file and none was asked for.
    pub(crate) fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let (file, is_asked_for) = match text("config") {
            Some(file) => (Some(PathBuf::from(file)), true),
            None => (default_file(), false),
        };
        let name = text("profile");
        let Some(file) = file else {
            return match name {
                Some(name) => Err(Failure::usage(format!(
                    "--profile {name}: there is no folder for configuration here; name the file with --config"
                ))),
                None => Ok(Self::default()),
            };
        };
        let content = match fs::read_to_string(&file) {
            Ok(content) => content,
            Err(error)
                if error.kind() == io::ErrorKind::NotFound && !is_asked_for && name.is_none() =>
            {
                return Ok(Self::default());
            }
            Err(error) => return Err(Failure::usage(format!("{}: {error}", file.display()))),
        };
        Self::read(&content, &file, name.as_deref())
    }

    fn read(content: &str, file: &Path, name: Option<&str>) -> Result<Self, Failure> {
        let mut profiles: BTreeMap<String, Self> = toml::from_str(content).map_err(|error| {
            // The text of the error would show the line, which may hold a secret.
            let line = error.span().map_or(0, |span| {
                content[..span.start.min(content.len())]
                    .matches('\n')
                    .count()
                    + 1
            });
            Failure::usage(format!(
                "{}, line {line}: {}",
                file.display(),
                without_values(error.message())
            ))
        })?;
        let holds_secret = |it: &Self| it.access_token.is_some() || it.client_secret.is_some();
        if profiles.values().any(holds_secret) {
            warn_if_others_can_read(file);
        }
        let names: Vec<String> = profiles.keys().cloned().collect();
        let mut profile = match (profiles.remove(name.unwrap_or(DEFAULT)), name) {
            (Some(profile), _) => profile,
            (None, None) => Self::default(),
            (None, Some(name)) => {
                return Err(Failure::usage(format!(
                    "{} has no profile `{name}`; it has {}",
                    file.display(),
                    if names.is_empty() {
                        "none".to_owned()
                    } else {
                        names.join(", ")
                    }
                )));
            }
        };
        profile.folder = file.parent().map(Path::to_owned).unwrap_or_default();
        Ok(profile)
    }

    /// The credentials of the profile, if it has any, and what to call their origin.
    pub(crate) fn credentials(&self) -> Option<Result<(Credentials, String), Failure>> {
        if let Some(token) = &self.access_token {
            let credentials = Token::new(token).map(Credentials::token);
            let named = credentials.map(|it| (it, "access-token of the profile".to_owned()));
            return Some(named.map_err(Failure::from));
        }
        if let Some(file) = &self.access_token_file {
            let file = self.folder.join(file);
            let origin = format!("the file {}", file.display());
            let credentials = Credentials::from_file(file).map(|it| (it, origin));
            return Some(credentials.map_err(Failure::from));
        }
        let (id, secret) = (self.client_id.as_ref()?, self.client_secret.as_ref()?);
        let file = self.folder.join(self.refresh_token_file.as_ref()?);
        Some(refreshing(id, secret, file))
    }

    /// What is there of the three that belong together, where one of them is missing.
    pub(crate) fn is_half_a_grant(&self) -> bool {
        let there = [
            self.client_id.is_some(),
            self.client_secret.is_some(),
            self.refresh_token_file.is_some(),
        ];
        there.contains(&true) && there.contains(&false)
    }
}

/// What the parser says, without what the file holds.
fn without_values(message: &str) -> String {
    match message.rsplit_once("expected ") {
        Some((_, "struct Profile")) => "expected a section such as [default] before it".to_owned(),
        Some((_, expected)) => format!("expected {expected}"),
        None if message.contains(['`', '"', '\'']) => "it cannot be read".to_owned(),
        None => message.to_owned(),
    }
}

fn refreshing(id: &str, secret: &str, file: PathBuf) -> Result<(Credentials, String), Failure> {
    let origin = format!("the refresh token in {}", file.display());
    let token = fs::read_to_string(&file).map_err(|error| {
        Failure::usage(format!("refresh-token-file {}: {error}", file.display()))
    })?;
    let shared = file.clone();
    let grant = RefreshTokenGrant::new(id, secret, RefreshToken::new(token)?)?;
    let grant = grant.before_refresh(move || {
        let file = shared.clone();
        async move {
            let lock = lock(&file).await;
            Ok((RefreshToken::new(fs::read_to_string(file)?)?, lock))
        }
    });
    let grant = grant.on_refresh(move |renewed| {
        // The run goes on: nothing is gained by losing its answers too.
        if let Err(error) = replace(&file, renewed.refresh_token().expose()) {
            warn(&format!(
                "the new refresh token cannot be kept in {}: {error}",
                file.display()
            ));
        }
        std::future::ready(Ok(()))
    });
    Ok((Credentials::from_refresh_token(grant), origin))
}

/// Keeps other runs of the program from using this refresh token until it is dropped.
async fn lock(file: &Path) -> Option<File> {
    let mut name = file.as_os_str().to_owned();
    name.push(".lock");
    let open = || private(File::options().create(true).append(true)).open(&name);
    let lock = async {
        let lock = open()?;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                // Waiting for it in a thread could not be given up.
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_POLL).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    };
    let lock = lock.await.inspect_err(|error: &io::Error| {
        let name = Path::new(&name).display();
        warn(&format!(
            "cannot lock {name}: {error}; concurrent runs may use the same refresh token"
        ));
    });
    lock.ok()
}

/// Replaces a file at once, readable by its owner alone.
fn replace(file: &Path, content: &str) -> io::Result<()> {
    let mut new = tempfile::NamedTempFile::new_in(folder_of(file))?;
    io::Write::write_all(&mut new, content.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// Where the configuration is by the customs of the system.
fn default_file() -> Option<PathBuf> {
    let folder = |name| {
        let folder = PathBuf::from(env::var_os(name)?);
        folder.is_absolute().then_some(folder)
    };
    let folder = if cfg!(windows) {
        folder("APPDATA")
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
    };
    Some(folder?.join("webex-precheck").join("config.toml"))
}

#[cfg(unix)]
fn warn_if_others_can_read(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let others = fs::metadata(file).is_ok_and(|data| data.permissions().mode() & 0o077 != 0);
    if others {
        warn(&format!(
            "{0} holds a secret that others on this machine can read; chmod 600 {0}",
            file.display()
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &Path) {}

#[cfg(test)]
mod tests {
    //! Profiles are read strictly, and errors show no secret.
    use super::*;

    const FILE: &str = "\
[default]
output = 'csv'
[acme]
base-url = 'https://gateway.example'
rate = '300/min'
concurrency = 8
access-token = 'canary'
";

    fn read(content: &str, name: Option<&str>) -> Result<Profile, String> {
        let profile = Profile::read(content, Path::new("dir/config.toml"), name);
        profile.map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn a_profile_is_taken_by_name() {
        assert_eq!(read(FILE, None).unwrap().output, Some(Output::Csv));
        let acme = read(FILE, Some("acme")).unwrap();
        assert_eq!(acme.base_url.as_deref(), Some("https://gateway.example"));
        assert_eq!(acme.rate, Rate::read("300/min").ok());
        assert!(acme.credentials().unwrap().is_ok());
        assert!(read("", None).unwrap().credentials().is_none());
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_without_secrets() {
        let unknown = read(FILE, Some("acne")).err().unwrap();
        assert!(unknown.contains("acme, default"), "{unknown}");
        for wrong in [
            "[a]\naccess-token = 'canary' x",
            "[a]\naccess-tokem = 'canary'",
            "[a]\naccess-token = ['canary']",
            "[a]\noutput = 'canary'",
            "\naccess-token = \"canary\"",
            "[a]\nconcurrency = 'canary'",
            "[a]\ncanary",
        ] {
            let error = read(wrong, Some("a")).err().unwrap();
            assert!(
                error.contains("line 2") && !error.contains("canary"),
                "{error}"
            );
        }
        let rate = read("[a]\nrate = '5'", Some("a")).err().unwrap();
        assert!(
            rate.contains("line 2") && rate.contains("300/min"),
            "{rate}"
        );
    }
}
