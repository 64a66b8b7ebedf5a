//! The program `webex-precheck`. This file only dispatches.

mod arguments;
mod bulk;
mod connect;
mod decode;
mod doctor;
mod exit;
mod explain;
mod files;
mod logging;
mod output;
mod precheck;
mod profile;
mod rate;
mod request;
mod sandbox;
mod schema;
mod shell;
mod signals;
mod template;
mod tls;

use std::process::ExitCode;

fn main() -> ExitCode {
    let matches = match arguments::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return exit::print_usage(&error),
    };
    logging::start(match matches.subcommand_name() {
        // Its progress tells that Webex is waited for.
        Some("bulk" | "doctor") => "webex_precheck=warn",
        _ => "webex_precheck=info",
    });
    let result = arguments::interpret(&matches).and_then(|task| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| exit::Failure::usage(format!("no runtime: {error}")))?;
        runtime.block_on(async {
            match task {
                arguments::Task::Precheck(plan) => precheck::run(*plan).await,
                arguments::Task::Bulk(plan) => bulk::run(&plan).await,
                arguments::Task::Sandbox(settings) => sandbox::run(settings).await,
                arguments::Task::Doctor(destination) => doctor::run(&destination).await,
                arguments::Task::Text(text) => exit::print(&text),
            }
        })
    });
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}
