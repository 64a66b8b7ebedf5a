//! The program `webex-precheck`. This file only dispatches.

mod arguments;
mod fields;
mod logging;
mod outcome;
mod output;
mod precheck;
mod request;
mod sandbox;

use std::process::ExitCode;

fn main() -> ExitCode {
    let matches = arguments::command().get_matches();
    logging::start();
    let result = arguments::interpret(&matches).and_then(|task| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| outcome::Failure::usage(format!("no runtime: {error}")))?;
        runtime.block_on(async {
            match task {
                arguments::Task::Precheck(plan) => precheck::run(plan).await,
                arguments::Task::Sandbox(settings) => sandbox::run(settings).await,
            }
        })
    });
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}
