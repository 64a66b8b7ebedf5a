//! The sandbox as a server of its own.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use webex_precheck::api::{OPERATIONS, Operation};
use webex_precheck_escape::escape_lines;
use webex_precheck_sandbox::{DEFAULT_TOKEN, Grant, Sandbox, Scenario, Tls};

use crate::exit::{Exit, Failure, warn};
use crate::files;
use crate::rate::Rate;
use crate::signals::Signals;

const AFTER_HELP: &str = "\
The address goes to stdout, everything else to stderr. Test values such as the e-mail addresses
unlikely@sandbox.example, status-503@sandbox.example and fail-2-status-429@sandbox.example ask for
an answer; the README of the crate webex-precheck-sandbox lists them all, and the form of a scenario.

GET /healthz answers 200 once it runs; GET /__sandbox/requests tells this machine what was asked;
POST /v1/access_token takes client ID sandbox-client, client secret sandbox-secret and refresh token
sandbox-refresh-token.

Ctrl-C or SIGTERM stops it. It then exits with 0, or with 1 if its scenario did not come true; a
second one ends it at once, with 130.";

/// Where the sandbox listens unless told otherwise.
const DEFAULT_PORT: &str = "8282";

/// How the sandbox is to run.
#[derive(Debug)]
pub(crate) struct Settings {
    host: IpAddr,
    port: u16,
    tokens: Vec<String>,
    token_lifetime: Option<u64>,
    rates: Vec<Rate>,
    flaky: Option<u8>,
    seed: u64,
    scenario: Option<Scenario>,
    tls: Option<Tls>,
    /// Takes the root certificate of `tls`.
    tls_root: Option<PathBuf>,
}

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("sandbox")
        .about("Run a local Webex to test against, until Ctrl-C")
        .after_help(AFTER_HELP)
        .args([
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .value_parser(value_parser!(u16))
                .default_value(DEFAULT_PORT)
                .help("Listen on this port; 0 takes any free one"),
            Arg::new("host")
                .long("host")
                .value_name("ADDRESS")
                .value_parser(host)
                .default_value("127.0.0.1")
                .help("Listen on this address; 0.0.0.0 lets other machines in"),
            Arg::new("tls-root")
                .long("tls-root")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Serve https with a new certificate, and write its root certificate to this file as PEM, for clients to trust"),
            Arg::new("tls-host")
                .long("tls-host")
                .value_name("NAME")
                .action(ArgAction::Append)
                .requires("tls-root")
                .help("Additional host name or IP address for the certificate; may be repeated"),
            Arg::new("token")
                .long("token")
                .value_name("TOKEN")
                .value_parser(token)
                .action(ArgAction::Append)
                .help(format!(
                    "Take this access token, and others set likewise [default: {DEFAULT_TOKEN}]"
                )),
            Arg::new("token-lifetime")
                .long("token-lifetime")
                .value_name("SECONDS")
                .value_parser(value_parser!(u64).range(1..=10 * 365 * 24 * 3600))
                .help("Let tokens from /v1/access_token be good for this time [default: 43200]"),
            Arg::new("rate")
                .long("rate")
                .value_name("RATE")
                .value_parser(Rate::read)
                .action(ArgAction::Append)
                .help("Answer so many for each token and operation, such as 5/s, 300/min or 1000/h, and else 429; several limits hold together"),
            Arg::new("flaky")
                .long("flaky")
                .value_name("PERCENT")
                .value_parser(percent)
                .help("Let so many of a hundred prechecks fail by chance: 429, 5xx, cut off, or no answer"),
            Arg::new("seed")
                .long("seed")
                .value_name("NUMBER")
                .value_parser(value_parser!(u64))
                .default_value("0")
                .requires("flaky")
                .hide_default_value(true)
                .help("Let the chance of --flaky be another one; the same number gives the same failures [default: 0]"),
            Arg::new("scenario")
                .long("scenario")
                .value_name("FILE")
                .value_parser(NonEmptyStringValueParser::new())
                .help("Expect the requests of this file of TOML, or of stdin with `-`, and answer them as it says"),
        ])
}

/// Reads an address to listen on.
fn host(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        text => text
            .parse()
            .map_err(|_| "write it as 127.0.0.1, ::1 or localhost".to_owned()),
    }
}

/// Reads a token that a header can carry.
fn token(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("a token has letters, digits and signs of ASCII, and no blank".to_owned())
    }
}

/// Reads a percentage.
fn percent(text: &str) -> Result<u8, String> {
    let number = text.parse().ok().filter(|percent| *percent <= 100);
    number.ok_or_else(|| "it is a whole number from 0 to 100".to_owned())
}

impl Settings {
    pub(crate) fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        let scenario = match matches.get_one::<String>("scenario").map(String::as_str) {
            None => None,
            Some("-") => {
                let mut text = String::new();
                let read = io::stdin().lock().read_to_string(&mut text);
                read.map_err(|error| Failure::usage(format!("--scenario -: {error}")))?;
                let scenario = Scenario::from_toml(&text);
                Some(scenario.map_err(|error| format!("stdin: {error}")))
            }
            Some(file) => Some(Scenario::read(file).map_err(|error| error.to_string())),
        };
        let many = |name| matches.get_many::<String>(name).into_iter().flatten();
        let tls_root = matches.get_one::<PathBuf>("tls-root").cloned();
        let tls = match tls_root {
            None => None,
            Some(_) => Some(
                Tls::new(many("tls-host"))
                    .map_err(|error| Failure::usage(format!("--tls-host: {error}")))?,
            ),
        };
        let rates = matches.get_many::<Rate>("rate").into_iter().flatten();
        Ok(Self {
            host: matches
                .get_one("host")
                .copied()
                .unwrap_or(Ipv4Addr::LOCALHOST.into()),
            port: matches.get_one("port").copied().unwrap_or_default(),
            tokens: many("token").cloned().collect(),
            token_lifetime: matches.get_one("token-lifetime").copied(),
            rates: rates.copied().collect(),
            flaky: matches.get_one("flaky").copied(),
            seed: matches.get_one("seed").copied().unwrap_or_default(),
            scenario: scenario
                .transpose()
                .map_err(|error| Failure::usage(format!("--scenario: {error}")))?,
            tls,
            tls_root,
        })
    }

    async fn start(self) -> io::Result<Sandbox> {
        let mut builder = Sandbox::builder().host(self.host).port(self.port);
        for token in self.tokens {
            builder = builder.token(token);
        }
        if let Some(seconds) = self.token_lifetime {
            builder = builder.grant(Grant::default().expires_in(Duration::from_secs(seconds)));
        }
        for rate in self.rates {
            builder = builder.limit(rate.requests, rate.per);
        }
        if let Some(percent) = self.flaky {
            builder = builder.flaky(percent, self.seed);
        }
        if let Some(scenario) = self.scenario {
            builder = builder.scenario(scenario);
        }
        if let Some(tls) = self.tls {
            builder = builder.tls(tls);
        }
        builder.start().await
    }
}

/// Lets others read a certificate, all of it or none.
fn write_root(file: &Path, tls: &Tls) -> io::Result<()> {
    let mut new = files::for_everyone(files::folder_of(file))?;
    new.write_all(tls.root_certificate_pem().as_bytes())?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// Runs the sandbox until it is told to stop.
pub(crate) async fn run(settings: Settings) -> Result<Exit, Failure> {
    let (host, port) = (settings.host, settings.port);
    let has_own_token = !settings.tokens.is_empty();
    let has_scenario = settings.scenario.is_some();
    let root = settings.tls_root.clone().zip(settings.tls.clone());
    let mut signals =
        Signals::new().map_err(|error| Failure::usage(format!("signals: {error}")))?;
    let sandbox = settings.start().await.map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AddrInUse => "; take another --port, or --port 0 for any free one",
            io::ErrorKind::AddrNotAvailable => "; --host is an address of this machine",
            io::ErrorKind::PermissionDenied => "; take a --port from 1024 on",
            _ => "",
        };
        let address = SocketAddr::new(host, port);
        Failure::usage(format!(
            "the sandbox cannot listen on {address}: {error}{remedy}"
        ))
    })?;
    let is_open = !host.to_canonical().is_loopback();
    if is_open {
        warn(&format!(
            "the sandbox listens on {host}: other machines can ask it; what was asked is told to this one alone"
        ));
    }
    let url = sandbox.url();
    // Before the address, so that it is there for whoever has read that.
    let ready = root.as_ref().map_or(Ok(()), |(file, tls)| {
        write_root(file, tls).map_err(|error| format!("--tls-root {}: {error}", file.display()))
    });
    let told = ready.and_then(|()| {
        let told = writeln!(io::stdout(), "{url}").and_then(|()| io::stdout().flush());
        told.map_err(|error| format!("stdout: {error}"))
    });
    if let Err(error) = told {
        // What a scenario lacks is not what is wrong here.
        let _ = sandbox.stop().await;
        return Err(Failure::usage(error));
    }
    say(&introduction(&url, has_own_token, has_scenario, is_open));
    signals.next().await;
    say("Stopping; Ctrl-C again does not wait for answers under way.");
    let statuses = sandbox.statuses();
    let unmet = sandbox.unmet_expectations();
    // What is under way may still be answered, and no step is taken any more.
    let exit = tokio::select! {
        _ = sandbox.stop() => if unmet.is_empty() { Exit::Likely } else { Exit::Unlikely },
        () = signals.next() => Exit::Interrupted,
    };
    let total: u64 = statuses.values().sum();
    let mut summary = format!("Requests answered: {total}");
    for (number, (status, count)) in statuses.iter().enumerate() {
        let join = if number == 0 { ';' } else { ',' };
        let _ = write!(summary, "{join} {status}: {count}");
    }
    say(&summary);
    if !unmet.is_empty() {
        say("The scenario did not come true:");
        for unmet in unmet {
            say(&format!("  {unmet}"));
        }
    }
    Ok(exit)
}

/// What people read when it runs.
fn introduction(url: &str, has_own_token: bool, has_scenario: bool, is_open: bool) -> String {
    let stop = "Ctrl-C stops it.";
    // A token that was given is not shown.
    let (token, takes) = if has_own_token {
        (
            "TOKEN",
            "the access token of --token, here TOKEN".to_owned(),
        )
    } else {
        (DEFAULT_TOKEN, format!("the access token {DEFAULT_TOKEN}"))
    };
    let mut text = format!("A sandbox of Webex listens at {url} and takes {takes}. {stop}");
    if has_scenario {
        // Whatever is tried would take its steps.
        return text;
    }
    // One that requires no more than an e-mail address is the shortest to type.
    let is_short = |it: &&&Operation| {
        let mut required = it.fields.iter().filter(|field| field.is_required);
        required.all(|field| field.path == "email")
    };
    let Some(Operation {
        method, path, name, ..
    }) = OPERATIONS.iter().find(is_short)
    else {
        return text;
    };
    let is_tls = url.starts_with("https");
    let (curl, trusting) = if is_tls {
        text.push_str(" Below, ROOT stands for the file given with --tls-root.");
        ("curl --cacert ROOT", "SSL_CERT_FILE=ROOT ")
    } else {
        ("curl", "")
    };
    let post = format!(
        "{curl} -X {method} -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \
         {url}{path} -d"
    );
    // The program asks no other machine without TLS.
    let second = if is_open && !is_tls {
        format!("{post} '{{\"email\": \"unlikely@sandbox.example\"}}'")
    } else {
        format!(
            "{trusting}WEBEX_ACCESS_TOKEN={token} webex-precheck {name} --base-url {url} \
             --email unlikely@sandbox.example"
        )
    };
    let _ = write!(
        text,
        "\nTry\n  {post} '{{\"email\": \"alice@example.com\"}}'\n  {second}\n  {curl} {url}/__sandbox/requests"
    );
    text
}

/// Writes to stderr. What was read must not steer the terminal.
fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{}", escape_lines(message));
}
