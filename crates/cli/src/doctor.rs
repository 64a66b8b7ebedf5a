//! Why it does not work: one harmless question for each operation, and what the answers tell.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use clap::Command;
use webex_precheck::{
    Address, Client, Country, CustomerPrecheck, Error, Precheck, Report, RetryPolicy,
    SubscriberPrecheck,
};

use crate::connect::{self, Destination};
use crate::outcome::{Exit, Failure, printable, with_causes};

const AFTER_HELP: &str = "\
It asks one precheck of each operation, which changes nothing, for an address and a subscriber that
are made up: what Webex says of them does not matter, but that it says something.

Exit codes: 0 all is well, 3 Webex does not accept the token, or not for all of it, 4 Webex cannot
be reached or gives no proper answer, or its clock and this machine's differ.";

/// Clocks that differ by more than this are told.
const MOST_SKEW: Duration = Duration::from_secs(60);
/// A question is asked for so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("doctor")
        .about("Find out why it does not work: token, scopes, entitlement, sub-partner, network, clock")
        .after_help(AFTER_HELP)
        .args(connect::flags())
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
struct Finding {
    what: &'static str,
    health: Health,
    words: String,
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
        let mut words = with_causes(error.to_string(), error);
        if let Some(said) = error.message() {
            words.push_str(&format!("; Webex said: {said}"));
        }
        if error.is_unauthorized() {
            Self::Unauthorized(words)
        } else if error.is_forbidden() {
            Self::Forbidden(words)
        } else if error.is_rate_limited() {
            Self::Limited(words)
        } else if error.status().is_none() {
            Self::Unreachable(words)
        } else {
            Self::Odd(words)
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
    let client = connection
        .client
        .with_retry_policy(RetryPolicy::new().max_attempts(2).total_timeout(PATIENCE));
    let mut findings = vec![Finding {
        what: "token",
        health: Health::Well,
        words: format!("there is one, from {}", connection.token_origin),
    }];
    let customer = ask(&client, &customer()).await;
    let subscriber = ask(&client, &subscriber()).await;
    let replies = [Reply::of(&customer), Reply::of(&subscriber)];
    findings.extend(clock([&customer, &subscriber], SystemTime::now()));
    let own = match destination.on_behalf_of() {
        Some(_) if replies.iter().any(|reply| !matches!(reply, Reply::Judged)) => {
            // The same for the partner itself tells whose fault it is.
            let plain = destination.for_itself().connect().await?;
            let client = plain
                .client
                .with_retry_policy(RetryPolicy::new().max_attempts(2).total_timeout(PATIENCE));
            Some([
                Reply::of(&ask(&client, &self::customer()).await),
                Reply::of(&ask(&client, &self::subscriber()).await),
            ])
        }
        _ => None,
    };
    findings.extend(diagnosis(
        &replies,
        own.as_ref(),
        destination.on_behalf_of(),
    ));
    for finding in &findings {
        let sign = match finding.health {
            Health::Well => "ok",
            Health::Unknown => "?",
            Health::Ill => "!!",
        };
        let line = format!("{sign:>2}  {:<12} {}", finding.what, finding.words);
        let _ = writeln!(io::stdout(), "{}", printable(&line));
    }
    let _ = writeln!(io::stdout(), "    {}", connection.asked);
    Ok(exit(&replies, &findings))
}

fn exit(replies: &[Reply; 2], findings: &[Finding]) -> Exit {
    let any = |is: fn(&Reply) -> bool| replies.iter().any(is);
    if any(|reply| matches!(reply, Reply::Unauthorized(_) | Reply::Forbidden(_))) {
        Exit::Unauthorized
    } else if any(|reply| !matches!(reply, Reply::Judged))
        || findings.iter().any(|finding| finding.health == Health::Ill)
    {
        Exit::Unavailable
    } else {
        Exit::Likely
    }
}

async fn ask<R: Precheck>(client: &Client, request: &R) -> Result<Report, Error> {
    client.precheck(request).await
}

fn customer() -> CustomerPrecheck {
    let address = Address::new("771 Alder Drive", "Milpitas", Country::new("US"));
    CustomerPrecheck::new(address.state_or_province("CA").zip_or_postal_code("95035"))
}

fn subscriber() -> SubscriberPrecheck {
    SubscriberPrecheck::new("precheck.doctor@example.com")
}

/// Compares the clocks of this machine and of Webex.
fn clock(answers: [&Result<Report, Error>; 2], now: SystemTime) -> Option<Finding> {
    let date = |answer: &&Result<Report, Error>| match answer {
        Ok(report) => report.date(),
        Err(error) => error.date(),
    };
    let date = answers.iter().find_map(date)?;
    let skew = match now.duration_since(date) {
        Ok(skew) => skew,
        Err(ahead) => ahead.duration(),
    };
    let (health, words) = if skew <= MOST_SKEW {
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
    Some(Finding {
        what: "clock",
        health,
        words,
    })
}

/// What the answers mean: to both operations, and to both as the partner itself where a sub-partner
/// was asked for in vain.
fn diagnosis(
    replies: &[Reply; 2],
    own: Option<&[Reply; 2]>,
    sub_partner: Option<&str>,
) -> Vec<Finding> {
    const SCOPES: [&str; 2] = [
        "spark-admin:wholesale_customers_write",
        "spark-admin:wholesale_subscribers_write",
    ];
    const OPERATIONS: [&str; 2] = ["customers", "subscribers"];
    let mut findings = Vec::new();
    let mut tell = |what, health, words: String| {
        findings.push(Finding {
            what,
            health,
            words,
        });
    };
    let unreachable = replies
        .iter()
        .all(|reply| matches!(reply, Reply::Unreachable(_)));
    if let (true, Reply::Unreachable(words)) = (unreachable, &replies[0]) {
        tell(
            "network",
            Health::Ill,
            format!("{words}; look at the address, the proxy (HTTPS_PROXY) and the firewall"),
        );
        tell(
            "token",
            Health::Unknown,
            "whether Webex accepts it cannot be told".to_owned(),
        );
        return findings;
    }
    tell("network", Health::Well, "Webex can be reached".to_owned());
    let refused = replies.iter().find_map(|reply| match reply {
        Reply::Unauthorized(words) => Some(words),
        _ => None,
    });
    if let Some(words) = refused {
        tell(
            "token",
            Health::Ill,
            format!(
                "{words}: it has expired, was revoked, or was copied in part; Webex does not say which. A \
                 personal token lives 12 hours, and is said not to reach partner APIs; for a refresh \
                 token, look at client-id and client-secret too"
            ),
        );
        return findings;
    }
    tell("token", Health::Well, "Webex accepts it".to_owned());
    let judged = replies
        .each_ref()
        .map(|reply| matches!(reply, Reply::Judged));
    let forbidden = replies
        .each_ref()
        .map(|reply| matches!(reply, Reply::Forbidden(_)));
    let own_judged = own.map(|own| own.each_ref().map(|reply| matches!(reply, Reply::Judged)));
    for (index, reply) in replies.iter().enumerate() {
        let what = OPERATIONS[index];
        match reply {
            Reply::Judged => tell(
                what,
                Health::Well,
                format!("Webex judges them; scope {}", SCOPES[index]),
            ),
            Reply::Forbidden(_) if own_judged.is_some_and(|own| own[index]) => tell(
                what,
                Health::Ill,
                "the token may ask for the partner itself, and not for this sub-partner".to_owned(),
            ),
            Reply::Forbidden(words) if judged[1 - index] => tell(
                what,
                Health::Ill,
                format!(
                    "the scope {} is missing, for the other operation works ({words})",
                    SCOPES[index]
                ),
            ),
            Reply::Forbidden(words) => tell(what, Health::Ill, words.clone()),
            Reply::Limited(words) => tell(
                what,
                Health::Unknown,
                format!("Webex limits it for now ({words})"),
            ),
            Reply::Unreachable(words) | Reply::Odd(words) => tell(what, Health::Ill, words.clone()),
            Reply::Unauthorized(_) => {}
        }
    }
    match (forbidden, judged) {
        ([true, true], _) if own_judged != Some([true, true]) => tell(
            "entitlement",
            Health::Unknown,
            "both are forbidden: both scopes are missing, or the role, or the organization has neither the entitlement \
             wxc-wholesale nor the setting webex-wholesale-partner-testing; Webex does not say which"
                .to_owned(),
        ),
        (_, [false, false]) => {}
        _ => tell("entitlement", Health::Well, "the organization may ask".to_owned()),
    }
    if let Some(id) = sub_partner {
        let words = match (judged, own_judged) {
            ([true, true], _) => (Health::Well, format!("the token may ask on behalf of {id}")),
            (_, Some([true, true])) => (
                Health::Ill,
                format!(
                    "{id} is at fault: the ID, or the partner's right to it; without it both operations work"
                ),
            ),
            _ => (
                Health::Unknown,
                "it cannot be told from what else is wrong".to_owned(),
            ),
        };
        tell("sub-partner", words.0, words.1);
    }
    findings
}

#[cfg(test)]
mod tests {
    //! What each pair of answers means.
    use super::*;

    fn ill(
        replies: [Reply; 2],
        own: Option<[Reply; 2]>,
        sub_partner: Option<&str>,
    ) -> Vec<&'static str> {
        let findings = diagnosis(&replies, own.as_ref(), sub_partner);
        let ill = findings
            .iter()
            .filter(|finding| finding.health == Health::Ill);
        ill.map(|finding| finding.what).collect()
    }

    fn forbidden() -> Reply {
        Reply::Forbidden("HTTP 403".to_owned())
    }

    #[test]
    fn what_is_ill_is_told_from_what_is_not() {
        use Reply::Judged;
        let refused = || Reply::Unauthorized("no".to_owned());
        let gone = || Reply::Unreachable("no route".to_owned());
        assert!(ill([Judged, Judged], None, None).is_empty());
        assert_eq!(ill([gone(), gone()], None, None), ["network"]);
        assert_eq!(ill([refused(), refused()], None, None), ["token"]);
        assert_eq!(ill([Judged, forbidden()], None, None), ["subscribers"]);
        assert_eq!(ill([forbidden(), Judged], None, None), ["customers"]);
        assert_eq!(
            ill([forbidden(), forbidden()], None, None),
            ["customers", "subscribers"]
        );
        assert_eq!(
            ill(
                [forbidden(), forbidden()],
                Some([Judged, Judged]),
                Some("x")
            ),
            ["customers", "subscribers", "sub-partner"]
        );
    }

    #[test]
    fn what_cannot_be_told_is_not_claimed() {
        let findings = diagnosis(&[forbidden(), forbidden()], None, None);
        let entitlement = findings
            .iter()
            .find(|finding| finding.what == "entitlement")
            .unwrap();
        assert_eq!(entitlement.health, Health::Unknown);
        let both = Some([forbidden(), forbidden()]);
        let findings = diagnosis(&[forbidden(), forbidden()], both.as_ref(), Some("x"));
        let partner = findings
            .iter()
            .find(|finding| finding.what == "sub-partner")
            .unwrap();
        assert_eq!(partner.health, Health::Unknown);
    }
}
