//! The page itself.

use std::io::{self, Write};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::super::progress::span;
use super::escape::escaped;
use super::rows::{MOST, Spool};
use super::timeline::{Share, Timeline};
use super::{Counted, End, Subject, chart};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Codes in the list; the others are summed up.
const CODES: usize = 12;

pub(super) struct Page<'a> {
    pub(super) subject: &'a Subject,
    pub(super) started: Timestamp,
    pub(super) duration: Duration,
    pub(super) codes: &'a [Counted],
    pub(super) timeline: &'a Timeline,
    pub(super) end: &'a End,
}

impl Page<'_> {
    pub(super) fn write(&self, out: &mut dyn Write, rows: &mut Spool) -> io::Result<()> {
        let title = format!("Precheck of {}, {}", self.subject.of, self.subject.input);
        // Nothing is loaded, and nothing runs but what is here.
        write!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'sha256-{}'; script-src 'sha256-{}'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#rows\">To the rows</a>\n",
            hash(STYLE),
            hash(SCRIPT),
            escaped(&title)
        )?;
        self.header(out)?;
        writeln!(out, "<main>")?;
        self.totals(out)?;
        self.answers(out)?;
        self.code_list(out)?;
        self.table(out, rows)?;
        write!(
            out,
            "</main>\n<footer>Made by webex-precheck {}.</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
            env!("CARGO_PKG_VERSION")
        )
    }

    fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let Subject {
            of,
            input,
            asked,
            on_behalf_of,
            ..
        } = self.subject;
        let started = self.started.to_zoned(TimeZone::system());
        write!(
            out,
            "<header>\n<h1>Precheck of {}</h1>\n<p><bdi>{}</bdi>, asked of <bdi>{}</bdi>{}, \
             begun <time datetime=\"{}\">{}</time>, {} long</p>\n",
            escaped(of),
            escaped(input),
            escaped(asked),
            match on_behalf_of {
                Some(id) => format!(" on behalf of <bdi>{}</bdi>", escaped(id)),
                None => String::new(),
            },
            self.started,
            started.strftime("%Y-%m-%d %H:%M %Z"),
            span(self.duration)
        )?;
        if let Some(stopped) = &self.end.stopped {
            writeln!(
                out,
                "<p class=\"notice\" role=\"status\">Not all rows have a result: {}</p>",
                escaped(stopped)
            )?;
        }
        writeln!(out, "</header>")
    }

    fn totals(&self, out: &mut dyn Write) -> io::Result<()> {
        let tally = &self.end.tally;
        let all = tally.done();
        writeln!(
            out,
            "<section aria-labelledby=\"totals-title\">\n<h2 id=\"totals-title\">Totals</h2>\n<dl class=\"totals\">"
        )?;
        for (name, count, what) in [
            ("rows", all, "with a result"),
            ("failed", tally.failed, "Webex gave no verdict"),
            ("refused", tally.refused, "not asked: the row is wrong"),
            ("unlikely", tally.unlikely, "Webex says no"),
            ("likely", tally.likely, "Webex says yes"),
        ] {
            let share = match (name, all) {
                ("rows", _) | (_, 0) => String::new(),
                _ => format!(" <span class=\"share\">{}</span>", percent(count, all)),
            };
            writeln!(
                out,
                "<div class=\"total {name}\"><dt>{name}</dt><dd><b id=\"total-{name}\">{count}</b>{share}</dd><dd class=\"what\">{what}</dd></div>"
            )?;
        }
        writeln!(
            out,
            "</dl>\n<p>{} asked in this run, {}, {} answered in an earlier run.{}</p>\n</section>",
            tally.asked,
            tally.duplicates_told(),
            tally.earlier,
            match tally.odd {
                0 => String::new(),
                odd => format!(" {odd} look odd; <code>--dry-run</code> tells why."),
            }
        )
    }

    fn answers(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.end.tally.asked == 0 {
            return Ok(());
        }
        write!(
            out,
            "<section aria-labelledby=\"time-title\">\n<h2 id=\"time-title\">Answers over time</h2>\n<figure>{}\n<figcaption>Answers in each {}.",
            chart::svg(self.timeline, &self.end.waits, self.duration),
            chart::length(self.timeline.length)
        )?;
        for share in Share::ALL {
            write!(out, " <span class=\"key {0}\">{0}</span>", share.name())?;
        }
        if !self.end.waits.is_empty() {
            write!(out, " <span class=\"key wait\">waiting for Webex</span>")?;
        }
        writeln!(out, "</figcaption></figure>\n</section>")
    }

    fn code_list(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(most) = self.codes.first().map(|code| code.rows) else {
            return Ok(());
        };
        writeln!(
            out,
            "<section aria-labelledby=\"codes-title\">\n<h2 id=\"codes-title\">Most frequent codes</h2>\n\
             <table class=\"codes\"><thead><tr><th scope=\"col\">Code</th><th scope=\"col\" class=\"number\">Rows</th><th scope=\"col\">In words</th></tr></thead><tbody>"
        )?;
        for code in self.codes.iter().take(CODES) {
            writeln!(
                out,
                "<tr><th scope=\"row\">{} {}</th><td class=\"number\">{} <svg class=\"bar\" aria-hidden=\"true\" viewBox=\"0 0 {most} 1\" preserveAspectRatio=\"none\"><rect width=\"{}\" height=\"1\"/></svg></td><td dir=\"auto\">{}</td></tr>",
                code.kind,
                escaped(&code.code),
                code.rows,
                code.rows,
                escaped(&code.words)
            )?;
        }
        let rest = self.codes.len().saturating_sub(CODES);
        writeln!(out, "</tbody></table>")?;
        if rest > 0 {
            writeln!(out, "<p>And {rest} others.</p>")?;
        }
        writeln!(out, "</section>")
    }

    fn table(&self, out: &mut dyn Write, rows: &mut Spool) -> io::Result<()> {
        let all = self.end.tally.done();
        writeln!(
            out,
            "<section aria-labelledby=\"rows\">\n<h2 id=\"rows\" tabindex=\"-1\">Rows</h2>"
        )?;
        if all > MOST {
            writeln!(
                out,
                "<p class=\"notice\">The table has the first {MOST} of {all} rows, failed ones first; the results of the run have all.</p>"
            )?;
        }
        write!(
            out,
            "<form id=\"filter\" hidden><label>Find <input type=\"search\" id=\"find\" autocomplete=\"off\"></label>\
             <fieldset><legend>Show</legend>"
        )?;
        for verdict in super::rows::ORDER {
            let name = verdict.as_str();
            write!(
                out,
                "<label><input type=\"checkbox\" name=\"verdict\" value=\"{name}\" checked> {name}</label>"
            )?;
        }
        writeln!(
            out,
            "</fieldset><output id=\"shown\" aria-live=\"polite\"></output></form>\n\
             <table id=\"results\"><thead><tr>"
        )?;
        let heading = |out: &mut dyn Write, name: &str, kind: &str| {
            writeln!(
                out,
                "<th scope=\"col\" data-kind=\"{kind}\">{}</th>",
                escaped(name)
            )
        };
        heading(
            out,
            if self.subject.unit == "row" {
                "Row"
            } else {
                "Line"
            },
            "number",
        )?;
        heading(out, "Verdict", "verdict")?;
        for name in &self.subject.names {
            heading(out, name, "text")?;
        }
        for (name, kind) in [
            ("Codes", "text"),
            ("In words", "text"),
            ("HTTP", "number"),
            ("Tracking ID", "text"),
            ("Attempts", "number"),
            ("Milliseconds", "number"),
        ] {
            heading(out, name, kind)?;
        }
        writeln!(out, "</tr></thead><tbody>")?;
        rows.write(out)?;
        writeln!(out, "</tbody></table>\n</section>")
    }
}

/// A part of a whole, so that what is there is never nothing, and what is missing never all.
fn percent(part: u64, whole: u64) -> String {
    let share = part as f64 * 100.0 / whole as f64;
    match (part, share) {
        (0, _) => "0%".to_owned(),
        (_, share) if share < 0.1 => "&lt;0.1%".to_owned(),
        (part, share) if part < whole && share > 99.9 => "&gt;99.9%".to_owned(),
        (_, share) => format!("{}%", (share * 10.0).round() / 10.0),
    }
}

/// The hash by which a policy lets a script or style in.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    //! Nothing breaks out of the page.
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            escaped("<script>'\"&\n\u{202e}x"),
            "&lt;script&gt;&#39;&quot;&amp; \\u{202e}x"
        );
    }

    #[test]
    fn hashes_are_base64_of_sha_256() {
        // printf '' | openssl dgst -sha256 -binary | base64
        assert_eq!(hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn shares_are_honest() {
        assert_eq!(percent(1, 3), "33.3%");
        assert_eq!(percent(1, 100_000), "&lt;0.1%");
        assert_eq!(percent(99_999, 100_000), "&gt;99.9%");
        assert_eq!(percent(5, 5), "100%");
    }
}
