//! What a shell and a manual want to know of the program.

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::exit::Failure;

/// `completions` as clap sees it.
pub(crate) fn completions() -> Command {
    Command::new("completions")
        .about("Print a script by which a shell completes what is typed")
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .value_parser(value_parser!(Shell))
                .required(true)
                .help("For this shell"),
        )
}

/// `man` as clap sees it.
pub(crate) fn man() -> Command {
    Command::new("man").about("Print the manual page: webex-precheck man | man -l -")
}

pub(crate) fn completions_text(matches: &ArgMatches, mut command: Command) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(shell) = matches.get_one::<Shell>("shell") {
        clap_complete::generate(*shell, &mut command, "webex-precheck", &mut out);
    }
    out
}

/// The manual: the page of the program, and behind it those of its commands.
pub(crate) fn man_text(mut command: Command) -> Result<Vec<u8>, Failure> {
    let told = |error: std::io::Error| Failure::usage(format!("the manual: {error}"));
    let mut out = Vec::new();
    command.build();
    clap_mangen::Man::new(command.clone())
        .render(&mut out)
        .map_err(told)?;
    commands(&command, &mut out).map_err(told)?;
    Ok(out)
}

fn commands(command: &Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    for command in command
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        if command.has_subcommands() {
            commands(command, out)?;
            continue;
        }
        let name = command
            .get_bin_name()
            .unwrap_or(command.get_name())
            .to_uppercase();
        out.extend_from_slice(format!(".SH {name}\n").as_bytes());
        let man = clap_mangen::Man::new(command.clone());
        man.render_description_section(out)?;
        man.render_options_section(out)?;
    }
    Ok(())
}
