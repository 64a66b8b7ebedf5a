//! The operation as such: its facts, statuses, package dependencies and examples.

use std::collections::BTreeSet;

use crate::inventory::Operation;

use super::cells::{self, ABSENT, UNKNOWN};
use super::conflicts::place;
use super::markdown::{code, codes, count, table};
use super::{Side, Sides};

/// Method, path and the like. Prose is the contract's own.
pub(super) fn facts(out: &mut String, sides: &Sides<'_>) {
    type Cell = fn(&Operation) -> String;
    let facts: [(&str, &str, Cell); 6] = [
        ("method", "method", |o| {
            cells::fact(o.method.as_ref(), |m| code(m))
        }),
        ("path", "path", |o| {
            cells::fact(o.path.as_ref(), |p| code(p))
        }),
        ("servers", "servers", |o| {
            cells::fact(o.servers.as_ref(), |s| cells::list(s))
        }),
        ("security", "security", |o| {
            cells::fact(o.security.as_ref(), |s| cells::list(s))
        }),
        ("media types of the body", "body.mediaTypes", |o| {
            cells::fact(o.media_types.as_ref(), |types| cells::list(types))
        }),
        ("deprecated", "operation", |o| {
            cells::fact(o.deprecated.as_ref(), |deprecated| match deprecated {
                true => cells::YES.to_owned(),
                false => ABSENT.to_owned(),
            })
        }),
    ];
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (name, at, cell) in facts {
        let remarks = sides
            .conflicts
            .remarks(sides.id, |other| place(other).0 == at);
        rows.push(sides.row(name.to_owned(), remarks, |operation, _| cell(operation)));
    }
    let prose: [(&str, Cell); 4] = [
        ("title", |o| cells::length(o.title.as_ref())),
        ("description", |o| cells::length(o.description.as_ref())),
        ("note above the statuses", |o| {
            cells::length(o.status_note.as_ref())
        }),
        ("descriptions of fields without a name", unnamed),
    ];
    for (name, cell) in prose {
        let cell = |operation: &_, side| match side {
            Side::Source => cell(operation),
            Side::Contract => "not compared".to_owned(),
        };
        rows.push(sides.row(name.to_owned(), String::new(), cell));
    }
    table(out, "The operation as such", &sides.columns("fact"), &rows);
}

fn unnamed(operation: &Operation) -> String {
    let Some(unnamed) = &operation.unnamed else {
        return UNKNOWN.to_owned();
    };
    let sections: BTreeSet<&str> = unnamed.iter().map(|u| u.within.as_str()).collect();
    let sections = sections.into_iter().map(|section| {
        let within = unnamed.iter().filter(|u| u.within == section).count();
        format!("{within} in {}", code(section))
    });
    match unnamed.is_empty() {
        true => ABSENT.to_owned(),
        false => sections.collect::<Vec<_>>().join(", "),
    }
}

/// A row a package that needs others.
pub(super) fn dependencies(out: &mut String, sides: &Sides<'_>) {
    let packages: BTreeSet<&String> = sides
        .all()
        .flat_map(|operation| operation.dependencies.iter().flat_map(|table| table.keys()))
        .collect();
    let rows: Vec<Vec<String>> = packages
        .into_iter()
        .map(|package| {
            let at = format!("dependencies.{package}");
            let remarks = sides
                .conflicts
                .remarks(sides.id, |other| place(other).0 == at);
            sides.row(code(package), remarks, |operation, _| {
                cells::fact(operation.dependencies.as_ref(), |table| {
                    table.get(package).map_or_else(|| ABSENT.to_owned(), codes)
                })
            })
        })
        .collect();
    let columns = sides.columns("package");
    table(
        out,
        "Packages that need one of others beside them",
        &columns,
        &rows,
    );
}

/// A row a status.
pub(super) fn statuses(out: &mut String, sides: &Sides<'_>) {
    let all = sides.all().flat_map(|operation| &operation.responses);
    let statuses: BTreeSet<&str> = all.map(|response| response.status.as_str()).collect();
    let rows: Vec<Vec<String>> = statuses
        .into_iter()
        .map(|status| {
            let at = format!("responses.{status}");
            let parts = ["reason", "headers", "mediaTypes"].map(|part| format!("{at}.{part}"));
            let remarks = sides.conflicts.remarks(sides.id, |other| {
                let other = place(other).0;
                other == at || parts.iter().any(|part| part == other)
            });
            sides.row(code(status), remarks, |operation, side| {
                cells::response(operation, status, side)
            })
        })
        .collect();
    table(out, "Statuses", &sides.columns("status"), &rows);
}

/// A row an example, and one for those of single fields.
pub(super) fn examples(out: &mut String, sides: &Sides<'_>) {
    let all = sides.all().flat_map(|operation| &operation.examples);
    let examples: BTreeSet<&str> = all.map(|example| example.at.as_str()).collect();
    let mut rows: Vec<Vec<String>> = examples
        .into_iter()
        .map(|at| {
            let here = format!("examples.{at}");
            let remarks = sides.conflicts.remarks(sides.id, |other| {
                let rest = other.strip_prefix(&here);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            sides.row(code(at), remarks, |operation, _| {
                cells::example(operation, at)
            })
        })
        .collect();
    let name = "of single fields".to_owned();
    rows.push(sides.row(name, String::new(), |operation, _| of_fields(operation)));
    table(out, "Examples", &sides.columns("example"), &rows);
}

fn of_fields(operation: &Operation) -> String {
    let mut known = operation
        .fields
        .iter()
        .filter_map(|f| f.example.as_ref())
        .peekable();
    if known.peek().is_none() {
        return UNKNOWN.to_owned();
    }
    match known.filter(|example| !example.is_empty()).count() {
        0 => ABSENT.to_owned(),
        shown => count(shown, "field"),
    }
}
