//! A client for what the command line, the environment and the profile say.

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches};
use webex_precheck::api::{BASE_URL, Operation};
use webex_precheck::{Client, Credentials, Error, Token};
use webex_precheck_sandbox::Sandbox;

use crate::exit::{Exit, Failure};
use crate::profile::Profile;
use crate::tls;

/// Where to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// A sandbox of our own.
    Sandbox,
    /// This address, or Webex itself.
    Webex(Option<Address>),
}

/// An address to ask, and who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Address {
    url: String,
    origin: &'static str,
}

/// Where to ask, and for whom.
#[derive(Clone)]
pub(crate) struct Destination {
    target: Target,
    on_behalf_of: Option<String>,
    profile: Profile,
}

/// A client, and what it asks.
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// For people: `asked Webex itself`.
    pub(crate) asked: String,
    /// Where the access token is from.
    pub(crate) token_origin: String,
    /// It must live as long as the client.
    _sandbox: Option<Sandbox>,
}

/// The flags that say where to ask.
pub(crate) fn flags() -> [Arg; 2] {
    [
        Arg::new("sandbox")
            .long("sandbox")
            .action(ArgAction::SetTrue)
            .conflicts_with("base-url")
            .help("Ask a sandbox in this program; needs no token and no network"),
        Arg::new("base-url")
            .long("base-url")
            .value_parser(NonEmptyStringValueParser::new())
            .value_name("URL")
            .help("Ask this address [env: WEBEX_BASE_URL] [default: https://webexapis.com]"),
    ]
}

/// The flag that says for which sub-partner to ask.
pub(crate) fn sub_partner() -> Arg {
    Arg::new("on-behalf-of")
        .long("on-behalf-of")
        .value_parser(NonEmptyStringValueParser::new())
        .value_name("ORG_ID")
        .help("Ask on behalf of this sub-partner (onBehalfOfSubPartnerOrgId)")
}

/// The address in `WEBEX_BASE_URL`; an empty one is none.
fn address_from_environment() -> Result<Option<Address>, Failure> {
    let origin = "WEBEX_BASE_URL";
    match std::env::var(origin) {
        Ok(url) if !url.is_empty() => Ok(Some(Address { url, origin })),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage(format!(
            "{origin} is not UTF-8; set it to an address such as https://webexapis.com"
        ))),
        _ => Ok(None),
    }
}

impl Destination {
    pub(crate) fn of(matches: &ArgMatches, profile: &Profile) -> Result<Self, Failure> {
        // Some operations have no --on-behalf-of.
        let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten().cloned();
        let target = if matches.get_flag("sandbox") {
            Target::Sandbox
        } else {
            let typed = text("base-url").map(|url| Address {
                url,
                origin: "--base-url",
            });
            let address = match typed {
                Some(address) => Some(address),
                None => address_from_environment()?,
            };
            let of_profile = profile.base_url.clone().map(|url| Address {
                url,
                origin: "base-url of the profile",
            });
            Target::Webex(address.or(of_profile))
        };
        Ok(Self {
            target,
            on_behalf_of: text("on-behalf-of").or_else(|| profile.on_behalf_of.clone()),
            profile: profile.clone(),
        })
    }

    /// The same, for an operation: refused if it cannot be asked for the sub-partner of the profile.
    pub(crate) fn for_operation(self, operation: &Operation) -> Result<Self, Failure> {
        if self.on_behalf_of.is_some() && !operation.takes_sub_partner {
            return Err(Failure::usage(format!(
                "on-behalf-of of the profile: {} takes no sub-partner; choose a profile without it",
                operation.name
            )));
        }
        Ok(self)
    }

    pub(crate) fn on_behalf_of(&self) -> Option<&str> {
        self.on_behalf_of.as_deref()
    }

    /// The same, for the partner itself and no sub-partner.
    pub(crate) fn for_itself(&self) -> Self {
        Self {
            on_behalf_of: None,
            ..self.clone()
        }
    }

    /// What is asked, the same for every run that asks it.
    pub(crate) fn name(&self) -> String {
        match &self.target {
            Target::Sandbox => "a sandbox".to_owned(),
            Target::Webex(None) => BASE_URL.to_owned(),
            Target::Webex(Some(address)) => {
                let url = without_secrets(&address.url);
                url.trim_end_matches('/').to_owned()
            }
        }
    }

    /// Makes the client, and the sandbox if it is to ask one.
    pub(crate) async fn connect(&self) -> Result<Connection, Failure> {
        let sandbox = match self.target {
            Target::Sandbox => Some(Sandbox::start().await.map_err(|error| {
                let message = format!("the sandbox cannot start: {error}");
                Failure::new(Exit::Unavailable, message)
            })?),
            Target::Webex(_) => None,
        };
        let (url, asked) = match (&sandbox, &self.target) {
            (Some(sandbox), _) => (sandbox.url(), "asked a sandbox".to_owned()),
            (None, Target::Webex(Some(Address { url, origin }))) => (
                url.clone(),
                format!("asked {} ({origin})", without_secrets(url)),
            ),
            (None, _) => (BASE_URL.to_owned(), "asked Webex itself".to_owned()),
        };
        let (credentials, token_origin) = match &sandbox {
            Some(sandbox) => (
                Token::new(sandbox.token())?.into(),
                "the sandbox".to_owned(),
            ),
            None => self.credentials()?,
        };
        let tls = tls::config(&url).map_err(|error| {
            let message = format!("TLS cannot be set up: {error}");
            Failure::new(Exit::Unavailable, message).with(&asked)
        })?;
        let mut builder = Client::builder(credentials)
            .base_url(url)
            .tls_backend_preconfigured(tls);
        if let Some(org_id) = &self.on_behalf_of {
            builder = builder.on_behalf_of(org_id);
        }
        let client = builder
            .build()
            .map_err(|error| with_target(error, &asked))?;
        Ok(Connection {
            client,
            asked,
            token_origin,
            _sandbox: sandbox,
        })
    }

    /// The environment wins over the profile.
    fn credentials(&self) -> Result<(Credentials, String), Failure> {
        let in_environment =
            std::env::var_os("WEBEX_ACCESS_TOKEN").is_some_and(|it| !it.is_empty());
        if !in_environment {
            if self.profile.is_half_a_grant() {
                return Err(Failure::usage(
                    "the profile needs all of client-id, client-secret and refresh-token-file, or none",
                ));
            }
            if let Some(credentials) = self.profile.credentials() {
                return credentials;
            }
        }
        let credentials = Credentials::from_env().map_err(|error| no_token(&error))?;
        Ok((credentials, "WEBEX_ACCESS_TOKEN".to_owned()))
    }
}

/// An error, with what was asked.
pub(crate) fn with_target(error: Error, asked: &str) -> Failure {
    if error.is_builder() {
        Failure::from(error).with(&format!("{asked}; take one such as https://webexapis.com"))
    } else {
        Failure::from(error).with(asked)
    }
}

/// An address may hold a password, or a key in its query.
fn without_secrets(url: &str) -> String {
    let url = url.split('?').next().unwrap_or(url);
    match url.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => url.to_owned(),
    }
}

fn no_token(error: &Error) -> Failure {
    let mut message = error.to_string();
    if let Some(source) = std::error::Error::source(error) {
        message.push_str(&format!(": {source}"));
    }
    Failure::new(
        Exit::Unauthorized,
        format!(
            "{message}\n  Set WEBEX_ACCESS_TOKEN to an access token of an integration or a service app\n  \
             of the partner organization, or try --sandbox, which needs none."
        ),
    )
}
