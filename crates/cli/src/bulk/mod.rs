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
mod subject;
mod tally;
mod threads;
mod watch;
mod writer;

use webex_precheck::{CustomerPrecheck, SubscriberPrecheck};

use crate::outcome::{Exit, Failure};

pub(crate) use arguments::command;
pub(crate) use plan::{Kind, Plan};
pub(crate) use results::{defused, record, single};

/// Runs what the plan says.
pub(crate) async fn run(plan: &Plan) -> Result<Exit, Failure> {
    match (plan.subject, plan.is_dry_run) {
        (Kind::Customers, true) => dry_run::run::<CustomerPrecheck>(plan),
        (Kind::Subscribers, true) => dry_run::run::<SubscriberPrecheck>(plan),
        (Kind::Customers, false) => run::run::<CustomerPrecheck>(plan).await,
        (Kind::Subscribers, false) => run::run::<SubscriberPrecheck>(plan).await,
    }
}
