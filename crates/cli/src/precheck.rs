//! One precheck.

use webex_precheck::{Report, Verdict};

use crate::arguments::Plan;
use crate::connect::with_target;
use crate::exit::{self, Exit, Failure};
use crate::output;

/// Asks, and writes the verdict.
pub(crate) async fn run(plan: Plan) -> Result<Exit, Failure> {
    let interrupted = tokio::signal::ctrl_c();
    let report = tokio::select! {
        report = ask(&plan) => report?,
        _ = interrupted => return Err(Failure::new(Exit::Interrupted, "interrupted")),
    };
    let text = output::render(&report, plan.output);
    exit::print(text.as_bytes())?;
    Ok(match report.verdict() {
        Verdict::Likely => Exit::Likely,
        Verdict::Unlikely => Exit::Unlikely,
    })
}

async fn ask(plan: &Plan) -> Result<Report, Failure> {
    let connection = plan.destination.connect().await?;
    let client = &connection.client;
    let report = client.precheck(&plan.request).await;
    report.map_err(|error| with_target(error, &connection.asked))
}
