//! Why it does not work: one harmless question for each operation, and what the answers tell.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use clap::Command;
use serde_json::{Map, Value};
use webex_precheck::api::{FieldType, OPERATIONS, Operation};
use webex_precheck::{AnyPrecheck, Client, Error, Report, RetryPolicy};
use webex_precheck_escape::escape_lines;

use crate::connect::{self, Destination};
use crate::decode::set;
use crate::exit::{Exit, Failure, with_causes};
use crate::request::number;

const AFTER_HELP: &str = "\
It sends one precheck to each operation, which changes nothing, about somebody who is made up: what
Webex says of them does not matter, only that it answers. A partner need not sell every product: if
all operations of a product are forbidden and others work, that is no error.

Exit codes: 0 all is well, 3 Webex does not accept the token, or not for all of it, 4 Webex cannot
be reached or gives no proper answer, or its clock and this machine's differ.";

/// Clocks that differ by more than this are told.
const MOST_SKEW: Duration = Duration::from_secs(60);
/// Time limit of a probe.
const PATIENCE: Duration = Duration::from_secs(30);

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("doctor")
        .about("Find out why it does not work: token, scopes, entitlement, sub-partner, network, clock")
        .after_help(AFTER_HELP)
        .args(connect::flags())
        .arg(connect::sub_partner())
}

/// What is known of a thing that must be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Well,
    /// It cannot be told.
    Unknown,
    Ill,
}

/// A line of the diagnosis.
#[derive(Debug)]
struct Check {
    what: &'static str,
    health: Health,
    message: String,
}

/// What was answered to the question of an operation.
enum Reply {
    /// Webex has judged the request.
    Judged,
    Unauthorized(String),
    Forbidden(String),
    Limited(String),
    Unreachable(String),
    /// Another answer.
    Odd(String),
}

impl Reply {
    fn of(result: &Result<Report, Error>) -> Self {
        let Err(error) = result else {
            return Self::Judged;
        };
        let mut message = with_causes(error.to_string(), error);
        if let Some(said) = error.message() {
            message.push_str(&format!("; Webex said: {said}"));
        }
        if error.is_unauthorized() {
            Self::Unauthorized(message)
        } else if error.is_forbidden() {
            Self::Forbidden(message)
        } else if error.is_rate_limited() {
            Self::Limited(message)
        } else if error.status().is_none() {
            Self::Unreachable(message)
        } else {
            Self::Odd(message)
        }
    }
}

/// Asks, and tells what the answers mean.
pub(crate) async fn run(destination: &Destination) -> Result<Exit, Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::select! {
        exit = examine(destination) => exit,
        _ = interrupted => Err(Failure::new(Exit::Interrupted, "interrupted")),
    }
}

async fn examine(destination: &Destination) -> Result<Exit, Failure> {
    let connection = destination.connect().await?;
    let mut checks = vec![Check {
        what: "token",
        health: Health::Well,
        message: format!("there is one, from {}", connection.token_origin),
    }];
    let sub_partner = destination.on_behalf_of();
    let askable = OPERATIONS.iter().copied();
    let askable = askable.filter(|it| it.takes_sub_partner || sub_partner.is_none());
    let mut probes = Vec::new();
    let mut date = None;
    for operation in askable {
        let result = ask(&connection.client, &sample(operation)?).await;
        date = date.or(match &result {
            Ok(report) => report.date(),
            Err(error) => error.date(),
        });
        probes.push(Probe {
            operation,
            reply: Reply::of(&result),
            is_judged_without_sub_partner: false,
        });
    }
    checks.extend(date.map(|date| clock(date, SystemTime::now())));
    if sub_partner.is_some() && !probes.iter().all(Probe::is_judged) {
        // The same for the partner itself tells whose fault it is.
        let plain = destination.for_itself().connect().await?;
        for it in &mut probes {
            let result = ask(&plain.client, &sample(it.operation)?).await;
            it.is_judged_without_sub_partner = result.is_ok();
        }
    }
    checks.extend(diagnosis(&probes, sub_partner));
    let width = checks.iter().map(|it| it.what.len()).fold(12, usize::max);
    for check in &checks {
        let sign = match check.health {
            Health::Well => "ok",
            Health::Unknown => "?",
            Health::Ill => "!!",
        };
        let line = format!("{sign:>2}  {:<width$} {}", check.what, check.message);
        let _ = writeln!(io::stdout(), "{}", escape_lines(&line));
    }
    let _ = writeln!(io::stdout(), "    {}", escape_lines(&connection.asked));
    Ok(exit(&probes, &checks))
}

/// An operation, and its reply.
struct Probe {
    operation: &'static Operation,
    reply: Reply,
    is_judged_without_sub_partner: bool,
}

impl Probe {
    fn is_judged(&self) -> bool {
        matches!(self.reply, Reply::Judged)
    }

    fn is_forbidden(&self) -> bool {
        matches!(self.reply, Reply::Forbidden(_))
    }

    /// Whether all operations of its product are forbidden, and another product works: a partner need
    /// not sell all of them.
    fn is_of_other_product(&self, all: &[Self]) -> bool {
        let is_same = |it: &&Self| it.operation.product() == self.operation.product();
        all.iter().filter(is_same).all(Self::is_forbidden) && all.iter().any(Self::is_judged)
    }
}

fn exit(probes: &[Probe], checks: &[Check]) -> Exit {
    let mut counted = probes.iter().filter(|it| !it.is_of_other_product(probes));
    let is_refused = |it: &Probe| it.is_forbidden() || matches!(it.reply, Reply::Unauthorized(_));
    if counted.clone().any(is_refused) {
        Exit::Unauthorized
    } else if counted.any(|it| !it.is_judged())
        || checks.iter().any(|check| check.health == Health::Ill)
    {
        Exit::Unavailable
    } else {
        Exit::Likely
    }
}

async fn ask(client: &Client, request: &AnyPrecheck) -> Result<Report, Error> {
    let client =
        client.with_retry_policy(RetryPolicy::new().max_attempts(2).total_timeout(PATIENCE));
    client.precheck(request).await
}

/// A request of required fields, about nobody.
fn sample(operation: &Operation) -> Result<AnyPrecheck, Failure> {
    let mut body = Value::Object(Map::new());
    let required = operation.fields.iter().filter(|field| field.is_required);
    for field in required {
        let example = field.example.unwrap_or_default();
        let value = match field.ty {
            FieldType::String if example.contains('@') => {
                Value::from("precheck.doctor@example.com")
            }
            FieldType::String => Value::from(example),
            FieldType::Number => number(example),
            FieldType::StringArray => example.split(',').collect(),
            _ => serde_json::from_str(example).unwrap_or_default(),
        };
        // No field is in the way of another.
        let _ = set(&mut body, field.path, value);
    }
    AnyPrecheck::deserialize(operation, body)
        .map_err(|error| Failure::usage(format!("no example of {}: {error}", operation.plural)))
}

/// Compares the clocks of this machine and of Webex.
fn clock(date: SystemTime, now: SystemTime) -> Check {
    let skew = match now.duration_since(date) {
        Ok(skew) => skew,
        Err(ahead) => ahead.duration(),
    };
    let (health, message) = if skew <= MOST_SKEW {
        (Health::Well, "this machine's and Webex's agree".to_owned())
    } else {
        (
            Health::Ill,
            format!(
                "this machine's is {} s {} Webex's: set it, or certificates and waits go wrong",
                skew.as_secs(),
                if now > date { "ahead of" } else { "behind" }
            ),
        )
    };
    Check {
        what: "clock",
        health,
        message,
    }
}

/// What the answers mean.
fn diagnosis(probes: &[Probe], sub_partner: Option<&str>) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut add = |what, health, message: String| {
        checks.push(Check {
            what,
            health,
            message,
        });
    };
    let unreachable = probes.iter().map(|it| match &it.reply {
        Reply::Unreachable(message) => Some(message),
        _ => None,
    });
    if let Some(message) = unreachable
        .collect::<Option<Vec<_>>>()
        .and_then(|it| it.first().copied())
    {
        add(
            "network",
            Health::Ill,
            format!("{message}; look at the address, the proxy (HTTPS_PROXY) and the firewall"),
        );
        let message = "whether Webex accepts it cannot be told";
        add("token", Health::Unknown, message.to_owned());
        return checks;
    }
    add("network", Health::Well, "Webex can be reached".to_owned());
    let refused = probes.iter().find_map(|it| match &it.reply {
        Reply::Unauthorized(message) => Some(message),
        _ => None,
    });
    if let Some(message) = refused {
        add(
            "token",
            Health::Ill,
            format!(
                "{message}: it has expired, was revoked, or was copied in part; Webex does not say which. A \
                 personal token lives 12 hours, and is said not to reach partner APIs; for a refresh \
                 token, look at client-id and client-secret too"
            ),
        );
        return checks;
    }
    add("token", Health::Well, "Webex accepts it".to_owned());
    for it in probes {
        let (health, message) = of_operation(it, probes);
        add(it.operation.plural, health, message);
    }
    if probes
        .iter()
        .all(|it| it.is_forbidden() && !it.is_judged_without_sub_partner)
    {
        add(
            "entitlement",
            Health::Unknown,
            "all operations are forbidden: the scopes are missing, or the role, or the organization has neither \
             the entitlement wxc-wholesale nor the setting webex-wholesale-partner-testing; Webex does not say which"
                .to_owned(),
        );
    } else if probes.iter().any(Probe::is_judged) {
        add(
            "entitlement",
            Health::Well,
            "the organization may ask".to_owned(),
        );
    }
    if let Some(id) = sub_partner {
        let (health, message) = if probes.iter().all(Probe::is_judged) {
            (Health::Well, format!("the token may ask on behalf of {id}"))
        } else if probes.iter().all(|it| it.is_judged_without_sub_partner) {
            let message =
                "is at fault: the ID, or the partner's right to it; without it all operations work";
            (Health::Ill, format!("{id} {message}"))
        } else {
            let message = "it cannot be told from what else is wrong";
            (Health::Unknown, message.to_owned())
        };
        add("sub-partner", health, message);
    }
    checks
}

/// What the answer of an operation means, beside those of the others.
fn of_operation(it: &Probe, all: &[Probe]) -> (Health, String) {
    let scope = it.operation.scope.unwrap_or("that is not known");
    match &it.reply {
        Reply::Judged => (Health::Well, format!("Webex judges them; scope {scope}")),
        Reply::Forbidden(_) if it.is_judged_without_sub_partner => (
            Health::Ill,
            "the token may ask for the partner itself, and not for this sub-partner".to_owned(),
        ),
        Reply::Forbidden(message) if it.is_of_other_product(all) => (
            Health::Unknown,
            format!(
                "not with this token; if you sell {}, it needs the scope {scope} ({message})",
                it.operation.product()
            ),
        ),
        Reply::Forbidden(message) if all.iter().any(Probe::is_judged) => (
            Health::Ill,
            format!("the scope {scope} is missing, for another operation works ({message})"),
        ),
        Reply::Limited(message) => (
            Health::Unknown,
            format!("Webex limits it for now ({message})"),
        ),
        Reply::Forbidden(message)
        | Reply::Unreachable(message)
        | Reply::Odd(message)
        | Reply::Unauthorized(message) => (Health::Ill, message.clone()),
    }
}

#[cfg(test)]
mod tests;
