//! Compares two OpenAPI files: prints what differs and what that means for callers.
//!
//! ```console
//! cargo run -p webex-precheck-contract --example compare -- before.json after.yaml
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example")]

use std::process::ExitCode;

use webex_precheck_contract::diff::{Impact, diff};
use webex_precheck_contract::{Inventory, openapi, source};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut files = std::env::args().skip(1);
    let (Some(before), Some(after), None) = (files.next(), files.next(), files.next()) else {
        return Err("two files, please".into());
    };
    let comparison = diff(&read(&before)?, &read(&after)?);
    for difference in &comparison.differences {
        println!("{}  {}", difference.impact, difference.id());
        println!("    {}", difference.phrase());
    }
    println!("{} facts compared", comparison.compared);
    Ok(if comparison.impact() == Some(Impact::Breaking) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Reads all operations of a file that have an `operationId`.
fn read(file: &str) -> Result<Inventory, Box<dyn std::error::Error>> {
    let text = source::decode(std::fs::read(file)?)?;
    let (inventory, problems) = openapi::read_contract(file, &text);
    for problem in &problems {
        eprintln!("{file}: {problem}");
    }
    if source::is_broken(&problems) {
        return Err(format!("{file} cannot be read").into());
    }
    Ok(inventory)
}
