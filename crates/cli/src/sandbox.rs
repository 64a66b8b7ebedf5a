//! The sandbox as a server of its own.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use webex_precheck_sandbox::{DEFAULT_TOKEN, Grant, Sandbox, Scenario};

use crate::outcome::{Exit, Failure, warn};

const AFTER_HELP: &str = "\
The address goes to stdout, everything else to stderr. Test values such as the e-mail addresses
unlikely@sandbox.example, status-503@sandbox.example and fail-2-status-429@sandbox.example ask for
an answer; the README of the crate webex-precheck-sandbox lists them all, and the form of a scenario.

GET /healthz answers 200 once it runs; GET /__sandbox/requests tells this machine what was asked;
POST /v1/access_token takes client ID sandbox-client, client secret sandbox-secret and refresh token
sandbox-refresh-token.

Ctrl-C or SIGTERM stops it. It then exits with 0, or with 1 if its scenario did not come true.";

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
}

/// So many requests in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rate {
    requests: u32,
    per: Duration,
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
                .value_parser(value_parser!(IpAddr))
                .default_value("127.0.0.1")
                .help("Listen on this address; 0.0.0.0 lets other machines in"),
            Arg::new("token")
                .long("token")
                .value_name("TOKEN")
                .value_parser(NonEmptyStringValueParser::new())
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
                .value_parser(rate)
                .action(ArgAction::Append)
                .help("Answer so many for each token and operation, such as 300/min or 5/s, and else 429; several limits hold together"),
            Arg::new("flaky")
                .long("flaky")
                .value_name("PERCENT")
                .value_parser(value_parser!(u8).range(0..=100))
                .help("Let so many of a hundred prechecks fail by chance: 429, 5xx, cut off, or no answer"),
            Arg::new("seed")
                .long("seed")
                .value_name("NUMBER")
                .value_parser(value_parser!(u64))
                .default_value("0")
                .requires("flaky")
                .help("Which chance; the same number gives the same failures"),
            Arg::new("scenario")
                .long("scenario")
                .value_name("FILE")
                .value_parser(NonEmptyStringValueParser::new())
                .help("Expect the requests of this file of TOML, or of stdin with `-`, and answer them as it says"),
        ])
}

/// Reads `300/min`.
fn rate(text: &str) -> Result<Rate, String> {
    let form = "write it as 300/min, 5/s or 1000/h";
    let (requests, unit) = text.split_once('/').ok_or(form)?;
    let per = match unit {
        "s" => 1,
        "min" | "m" => 60,
        "h" => 3600,
        _ => return Err(form.to_owned()),
    };
    let requests: u32 = requests.parse().map_err(|_| form)?;
    match requests {
        0 => Err("a sandbox that answers nobody is of no use".to_owned()),
        requests => Ok(Rate {
            requests,
            per: Duration::from_secs(per),
        }),
    }
}

impl Settings {
    pub(crate) fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        let scenario = match matches.get_one::<String>("scenario").map(String::as_str) {
            None => None,
            Some("-") => {
                let mut text = String::new();
                let read = io::stdin().lock().read_to_string(&mut text);
                read.map_err(|error| Failure::usage(format!("--scenario -: {error}")))?;
                Some(Scenario::from_toml(&text))
            }
            Some(file) => Some(Scenario::read(file)),
        };
        let many = |name| matches.get_many::<String>(name).into_iter().flatten();
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
        builder.start().await
    }
}

/// Runs the sandbox until it is told to stop.
pub(crate) async fn run(settings: Settings) -> Result<Exit, Failure> {
    let (host, port) = (settings.host, settings.port);
    let has_own_tokens = !settings.tokens.is_empty();
    let stop = stop().map_err(|error| Failure::usage(format!("signals: {error}")))?;
    let sandbox = settings.start().await.map_err(|error| {
        let more = match error.kind() {
            io::ErrorKind::AddrInUse => "; take another --port, or --port 0 for any free one",
            _ => "",
        };
        let address = SocketAddr::new(host, port);
        Failure::usage(format!(
            "the sandbox cannot listen on {address}: {error}{more}"
        ))
    })?;
    if !host.is_loopback() {
        warn(&format!(
            "the sandbox listens on {host}: other machines can ask it; what was asked is told to this one alone"
        ));
    }
    let url = reachable(sandbox.address());
    // A token that was given is not shown.
    let token = match has_own_tokens {
        true => "TOKEN",
        false => DEFAULT_TOKEN,
    };
    writeln!(io::stdout(), "{url}")
        .and_then(|()| io::stdout().flush())
        .map_err(|error| Failure::usage(format!("stdout: {error}")))?;
    say(&format!(
        "\
A sandbox of Webex listens at {url} and takes the access token {token}. Ctrl-C stops it.
Try
  curl -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{{\"email\": \"alice@example.com\"}}' {url}/v1/wholesale/subscribers/validate
  WEBEX_ACCESS_TOKEN={token} webex-precheck subscriber --base-url {url} --email unlikely@sandbox.example
  curl {url}/__sandbox/requests"
    ));
    stop.await;
    say("Stopping; Ctrl-C again does not wait for answers under way.");
    let statuses = sandbox.statuses();
    let unmet = tokio::select! {
        unmet = sandbox.stop() => unmet,
        _ = tokio::signal::ctrl_c() => {
            return Err(Failure::new(Exit::Interrupted, "interrupted"));
        }
    };
    let total: u64 = statuses.values().sum();
    let mut summary = format!("Requests answered: {total}");
    for (number, (status, count)) in statuses.iter().enumerate() {
        let join = if number == 0 { ';' } else { ',' };
        let _ = write!(summary, "{join} {status}: {count}");
    }
    say(&summary);
    if unmet.is_empty() {
        return Ok(Exit::Likely);
    }
    say("The scenario did not come true:");
    for unmet in unmet {
        say(&format!("  {unmet}"));
    }
    Ok(Exit::Unlikely)
}

fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// An address that this machine reaches the sandbox at.
fn reachable(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

/// Comes when the process is told to stop.
#[cfg(unix)]
fn stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Comes when the process is told to stop.
#[cfg(not(unix))]
fn stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

#[cfg(test)]
mod tests {
    //! Rates as people write them.
    use super::*;

    #[test]
    fn rates_are_read() {
        let per = |requests, seconds| {
            let per = Duration::from_secs(seconds);
            Ok(Rate { requests, per })
        };
        assert_eq!(rate("300/min"), per(300, 60));
        assert_eq!(rate("5/s"), per(5, 1));
        assert_eq!(rate("1000/h"), per(1000, 3600));
        for wrong in ["", "5", "5/", "/s", "0/s", "-1/s", "5/day", "1.5/s"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
