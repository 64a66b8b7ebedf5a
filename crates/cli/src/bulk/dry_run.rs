//! A run that asks nothing: what is wrong with the rows.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use webex_precheck_escape::{escape_json, one_line};

use crate::exit::{Exit, Failure};
use crate::profile::Output;

use super::index::Index;
use super::plan::Plan;
use super::problem::Problem;
use super::results::{defused, problem_json, record};
use super::rows::Shown;

/// Reads everything, and writes the problems of each row.
pub(crate) fn run(plan: &Plan) -> Result<Exit, Failure> {
    let mut rows = plan.rows()?;
    let output = plan.output.unwrap_or(Output::Table);
    let unread = |error: String| {
        let name = plan.input_name();
        Failure::usage(format!("{name}: it cannot be read to its end: {error}"))
    };
    let stdout = io::stdout().lock();
    let mut out = io::BufWriter::new(stdout);
    let told = |error: io::Error| match error.kind() {
        // Whoever reads, as `head`, has enough.
        io::ErrorKind::BrokenPipe => Failure::new(Exit::Usage, "stdout was closed"),
        _ => Failure::usage(format!("stdout: {error}")),
    };
    if output == Output::Csv {
        let names = [
            "line", "row", "severity", "rule", "column", "name", "field", "reason", "remedy",
        ];
        out.write_all(&record(&[names.to_vec()])).map_err(told)?;
    }
    let size = std::fs::metadata(&plan.input).map_or(0, |data| data.len());
    let folder = std::env::temp_dir();
    let mut seen = Index::new(Path::new(&folder), size / 50)
        .map_err(|error| Failure::usage(format!("no file for the run: {error}")))?;
    let (mut read, mut refused, mut odd, mut duplicates) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut rules: HashMap<&'static str, u64> = HashMap::new();
    while let Some(row) = rows.next().map_err(unread)? {
        read += 1;
        match row.request {
            None => refused += 1,
            Some((key, _)) => {
                odd += u64::from(!row.problems.is_empty());
                let before = seen.len();
                seen.insert(key, 0)
                    .map_err(|error| unread(error.to_string()))?;
                duplicates += u64::from(seen.len() == before);
            }
        }
        for problem in &row.problems {
            *rules.entry(problem.rule).or_default() += 1;
            write(&mut out, problem, &row.shown, rows.unit(), output).map_err(told)?;
        }
    }
    out.flush().map_err(told)?;
    drop(out);
    if !plan.is_quiet {
        let mut text = format!(
            "{read} rows: {} would be asked, {refused} refused, {duplicates} the same as others; odd: {odd}\n",
            read - refused - duplicates
        );
        let mut rules: Vec<_> = rules.into_iter().collect();
        rules.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
        for (rule, count) in rules {
            text.push_str(&format!("  {count:>7}  {rule}\n"));
        }
        let _ = io::stderr().write_all(text.as_bytes());
    }
    Ok(match refused {
        0 => Exit::Likely,
        _ => Exit::Usage,
    })
}

fn write(
    out: &mut impl Write,
    problem: &Problem,
    shown: &Shown,
    unit: &str,
    output: Output,
) -> io::Result<()> {
    let names: Vec<&str> = shown.values.iter().map(String::as_str).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    match output {
        Output::Table => writeln!(
            out,
            "{unit} {}{}: {}: {} [{}]\n    {}",
            problem.line,
            if names.is_empty() {
                String::new()
            } else {
                format!(" ({})", one_line(&names.join(" ")))
            },
            if problem.is_hard() { "refused" } else { "odd" },
            one_line(&problem.words()),
            problem.rule,
            one_line(&problem.remedy)
        ),
        Output::Json => {
            let mut object = json!({"line": problem.line, "row": names.join(" ")});
            if let (Value::Object(object), Value::Object(rest)) =
                (&mut object, problem_json(problem))
            {
                object.extend(rest);
            }
            writeln!(out, "{}", escape_json(&object.to_string()))
        }
        Output::Csv => {
            let column = |of: fn(&super::problem::Column) -> &String| {
                problem
                    .column
                    .as_ref()
                    .map(|column| defused(of(column)).into_owned())
                    .unwrap_or_default()
            };
            out.write_all(&record(&[vec![
                problem.line.to_string(),
                defused(&names.join(" ")).into_owned(),
                problem.severity.to_string(),
                problem.rule.to_owned(),
                column(|column| &column.letters),
                column(|column| &column.name),
                problem.field.clone().unwrap_or_default(),
                defused(&problem.reason).into_owned(),
                defused(&problem.remedy).into_owned(),
            ]]))
        }
    }
}
