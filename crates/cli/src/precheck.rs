//! One precheck.

use std::io::{self, Write};

use webex_precheck::{Client, Error, Report, Token, Verdict};
use webex_precheck_sandbox::Sandbox;

use crate::arguments::{Address, Plan, Target};
use crate::outcome::{Exit, Failure};
use crate::output;
use crate::request::Request;

/// Asks, and writes the verdict.
pub(crate) async fn run(plan: Plan) -> Result<Exit, Failure> {
    let interrupted = tokio::signal::ctrl_c();
    let report = tokio::select! {
        report = ask(&plan) => report?,
        _ = interrupted => return Err(Failure::new(Exit::Interrupted, "interrupted")),
    };
    let text = output::render(&report, plan.format);
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(Failure::usage(format!("stdout: {error}")));
        }
        _ => {}
    }
    Ok(match report.verdict() {
        Verdict::Likely => Exit::Likely,
        Verdict::Unlikely => Exit::Unlikely,
    })
}

async fn ask(plan: &Plan) -> Result<Report, Failure> {
    // The sandbox must live as long as the question.
    let sandbox = match plan.target {
        Target::Sandbox => Some(Sandbox::start().await.map_err(|error| {
            Failure::new(
                Exit::Unavailable,
                format!("the sandbox cannot start: {error}"),
            )
        })?),
        Target::Webex(_) => None,
    };
    let (mut builder, asked) = match (&sandbox, &plan.target) {
        (Some(sandbox), _) => {
            let builder = Client::builder(Token::new(sandbox.token())?);
            (
                builder.base_url(sandbox.url()),
                "asked a sandbox".to_owned(),
            )
        }
        (None, Target::Webex(Some(Address { url, origin }))) => {
            let builder = Client::builder(token()?).base_url(url);
            (
                builder,
                format!("asked {} ({origin})", without_secrets(url)),
            )
        }
        (None, _) => (Client::builder(token()?), "asked Webex itself".to_owned()),
    };
    if let Some(org_id) = &plan.on_behalf_of {
        builder = builder.on_behalf_of(org_id);
    }
    let told = |error: Error| match error.is_builder() {
        true => {
            Failure::from(error).with(&format!("{asked}; take one such as https://webexapis.com"))
        }
        false => Failure::from(error).with(&asked),
    };
    let client = builder.build().map_err(told)?;
    match &plan.request {
        Request::Customer(request) => client.precheck_customer(request).await,
        Request::Subscriber(request) => client.precheck_subscriber(request).await,
    }
    .map_err(told)
}

/// An address may hold a password, or a key in its query.
fn without_secrets(url: &str) -> String {
    let url = url.split('?').next().unwrap_or(url);
    match url.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => url.to_owned(),
    }
}

fn token() -> Result<Token, Failure> {
    Token::from_env().map_err(|error: Error| {
        Failure::new(
            Exit::Unauthorized,
            format!(
                "{error}\n  Set WEBEX_ACCESS_TOKEN to an access token of an integration or a service app\n  \
                 of the partner organization, or try --sandbox, which needs none."
            ),
        )
    })
}
