//! A spreadsheet in, a verdict for every row out.

mod answer;
mod arguments;
mod body;
mod columns;
mod course;
mod desk;
mod done;
mod dry_run;
mod ending;
mod index;
mod input;
mod journal;
mod plan;
mod problem;
mod progress;
mod queue;
mod read;
mod report;
mod results;
mod rows;
mod run;
mod screen;
mod scribe;
mod tally;
mod threads;
mod watch;
mod writer;

use crate::exit::{Exit, Failure};

pub(crate) use arguments::command;
pub(crate) use plan::Plan;
pub(crate) use results::{defused, record, single};

/// Runs what the plan says.
pub(crate) async fn run(plan: &Plan) -> Result<Exit, Failure> {
    if plan.is_dry_run {
        dry_run::run(plan)
    } else {
        run::run(plan).await
    }
}
