//! The rows of the report's table: those that need a person first.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use super::super::done::{Done, Outcome, Verdict};
use super::escape::escaped;

/// Rows in the table at most: more is no page that a browser can show.
pub(super) const MOST: u64 = 10_000;

/// In which order they come.
pub(super) const ORDER: [Verdict; 4] = [
    Verdict::Failed,
    Verdict::Refused,
    Verdict::Unlikely,
    Verdict::Likely,
];

/// Rows of the table by verdict, in files that nobody sees.
pub(super) struct Spool {
    files: [(BufWriter<File>, u64); 4],
    /// Names of the columns that identify a row.
    names: Vec<String>,
}

impl Spool {
    pub(super) fn new(folder: &Path, names: &[String]) -> io::Result<Self> {
        let file = || Ok::<_, io::Error>((BufWriter::new(tempfile::tempfile_in(folder)?), 0));
        Ok(Self {
            files: [file()?, file()?, file()?, file()?],
            names: names.iter().map(|name| escaped(name)).collect(),
        })
    }

    /// Adds a row, unless there are enough of its verdict.
    pub(super) fn add(&mut self, done: &Done) -> io::Result<()> {
        let place = ORDER.iter().position(|verdict| *verdict == done.verdict());
        let (file, count) = &mut self.files[place.unwrap_or_default()];
        if *count >= MOST {
            return Ok(());
        }
        *count += 1;
        row(file, done, &self.names)
    }

    /// Writes the rows in their order. Gives their number.
    pub(super) fn write(&mut self, out: &mut dyn Write) -> io::Result<u64> {
        let mut written = 0;
        for (file, count) in &mut self.files {
            file.flush()?;
            let mut file = file.get_ref();
            file.seek(SeekFrom::Start(0))?;
            let left = MOST - written;
            if *count <= left {
                io::copy(&mut file, out)?;
                written += *count;
                continue;
            }
            let mut reader = io::BufReader::new(file);
            for _ in 0..left {
                line(&mut reader, out)?;
            }
            written = MOST;
        }
        Ok(written)
    }
}

/// Copies a line.
fn line(reader: &mut impl io::BufRead, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    out.write_all(&line)
}

/// Writes a row as one line.
fn row(out: &mut impl Write, done: &Done, names: &[String]) -> io::Result<()> {
    let verdict = done.verdict().as_str();
    write!(
        out,
        "<tr class=\"{verdict}\"><td data-name=\"Line\" class=\"number\">{}</td>\
         <td data-name=\"Verdict\"><span class=\"verdict\">{verdict}</span></td>",
        done.shown.line
    )?;
    for (name, value) in names.iter().zip(&done.shown.values) {
        let value = escaped(value);
        write!(out, "<td data-name=\"{name}\" dir=\"auto\">{value}</td>")?;
    }
    let codes: Vec<String> = match &done.outcome {
        Outcome::Answer(_) => {
            let codes = done.codes().iter().filter_map(|code| code.code);
            codes.map(|code| code.to_string()).collect()
        }
        Outcome::Refused(problems) => {
            let hard = problems.iter().filter(|problem| problem.is_hard());
            hard.map(|problem| problem.rule.to_owned()).collect()
        }
    };
    write!(
        out,
        "<td data-name=\"Codes\">{}</td><td data-name=\"In words\" dir=\"auto\">{}</td>",
        escaped(&codes.join(" ")),
        escaped(&done.words())
    )?;
    match &done.outcome {
        Outcome::Answer(answer) => {
            let status = answer.http_status.map(|status| status.to_string());
            writeln!(
                out,
                "<td data-name=\"HTTP\" class=\"number\">{}</td><td data-name=\"Tracking ID\">{}</td>\
                 <td data-name=\"Attempts\" class=\"number\">{}</td>\
                 <td data-name=\"Milliseconds\" class=\"number\">{}</td></tr>",
                status.unwrap_or_default(),
                escaped(answer.tracking_id.as_deref().unwrap_or_default()),
                answer.attempts,
                answer.milliseconds
            )
        }
        Outcome::Refused(_) => writeln!(
            out,
            "<td data-name=\"HTTP\"></td><td data-name=\"Tracking ID\"></td>\
             <td data-name=\"Attempts\" class=\"number\">0</td><td data-name=\"Milliseconds\"></td></tr>"
        ),
    }
}
