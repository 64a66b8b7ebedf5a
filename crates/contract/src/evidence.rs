//! Where the sources contradict each other and themselves, as a Markdown document.

use std::fmt::Write;

use webex_precheck_escape::escape;

use crate::contradictions::{self, Contradiction};
use crate::deviations::{have_same_result, is_example};
use crate::diff::{Change, Difference, Kind, Part, diff};
use crate::inventory::Inventory;

/// What the document is made of.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The captures by name.
    pub captures: &'a [(String, Inventory)],
    /// The contract, without its prose: it decides whether an older source was followed.
    pub contract: &'a Inventory,
}

const HEAD: &str = "\
# Where the sources contradict

Written by `cargo xtask conform --write` from the captures and the contract; do not edit. Where the contract differs from a source, `deviations.toml` says why.

A source that lacks what a newer one documents is older, and contradicts nothing. Descriptions and examples are not compared. `—` is what a source documents to be absent.
";

impl Evidence<'_> {
    /// The document.
    pub fn to_markdown(&self) -> String {
        let mut out = HEAD.to_owned();
        let captures = self.captures.iter();
        let names = captures.map(|(name, inventory)| match &inventory.date {
            Some(date) => format!("{} of {date}", code(name)),
            None => code(name),
        });
        let names: Vec<String> = names.collect();
        let _ = writeln!(out, "\nThe sources: {}.", names.join(", "));
        let columns = ["operation", "fact", "what", "one says", "another says"];
        table(&mut out, "Each other", columns, &self.between());
        let columns = ["source", "operation", "fact", "contradicted by", "what"];
        table(&mut out, "Themselves", columns, &self.within());
        out
    }

    /// A row for each fact in which two sources differ, with what both document.
    fn between(&self) -> Vec<[String; 5]> {
        let mut rows = Vec::new();
        for (index, one) in self.captures.iter().enumerate() {
            for other in &self.captures[index + 1..] {
                let [(first, older), (second, newer)] = if other.1.is_older_than(&one.1) {
                    [other, one]
                } else {
                    [one, other]
                };
                let is_older = older.is_older_than(newer);
                let of_contract = diff(older, self.contract).differences;
                for difference in diff(older, newer).differences {
                    let mut followed = of_contract.iter().filter(|_| is_older);
                    let is_outdated = followed.any(|it| have_same_result(it, &difference));
                    if is_fact(&difference.change) && !is_outdated {
                        rows.push([
                            difference.operation.to_string(),
                            code(&difference.location().to_string()),
                            what(&difference).to_owned(),
                            stated(first, difference.before().as_deref()),
                            stated(second, difference.after().as_deref()),
                        ]);
                    }
                }
            }
        }
        rows
    }

    /// A row for each fact that something else in its source contradicts.
    fn within(&self) -> Vec<[String; 5]> {
        let mut rows = Vec::new();
        for (source, inventory) in self.captures {
            for operation in &inventory.operations {
                let examples = contradictions::of_examples(operation).into_iter();
                let all = examples.chain(contradictions::of_dependencies(operation));
                rows.extend(all.map(|Contradiction { at, place, message }| {
                    let [at, place] = [at, place].map(|it| code(&it.to_string()));
                    let operation = operation.id.to_string();
                    [code(source), operation, at, place, markdown(&message)]
                }));
            }
        }
        rows
    }
}

/// Whether a change is one of facts: descriptions and examples may differ without contradiction.
fn is_fact(change: &Change) -> bool {
    let is_prose = match change {
        Change::Added(part) | Change::Removed(part) => matches!(part, Part::Unnamed(..)),
        change => matches!(change, Change::Wording(..) | Change::Labels(..)),
    };
    !is_prose && !is_example(change)
}

fn what(difference: &Difference) -> &'static str {
    match difference.kind() {
        Kind::Added | Kind::Removed => "presence",
        other => other.as_str(),
    }
}

fn stated(source: &str, value: Option<&str>) -> String {
    format!("{}: {}", code(source), value.map_or("—".to_owned(), code))
}

/// Names, values and types, as they are written; a source can name things as it likes.
fn code(text: &str) -> String {
    let text = escape(&one_line(text)).replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// Our own Markdown in a cell.
fn markdown(text: &str) -> String {
    one_line(text).replace('|', "\\|").replace('<', "&lt;")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a table, one row a line; says so where it has no rows.
fn table<const N: usize>(out: &mut String, title: &str, columns: [&str; N], rows: &[[String; N]]) {
    let _ = write!(out, "\n## {title}\n\n");
    if rows.is_empty() {
        out.push_str("Nowhere.\n");
        return;
    }
    let _ = writeln!(out, "| {} |", columns.join(" | "));
    let _ = writeln!(out, "|{}", " --- |".repeat(columns.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
}

#[cfg(test)]
mod tests {
    //! No text breaks out of its cell.
    use super::*;

    #[test]
    fn cells_are_escaped() {
        assert_eq!(code("array[object]|object"), "`array[object]\\|object`");
        assert_eq!(code("a\n`b"), "`` a `b ``");
        assert_eq!(markdown("a|b\n<c> `d`"), "a\\|b &lt;c> `d`");
        let mut out = String::new();
        table(&mut out, "T", ["a", "b"], &[]);
        assert_eq!(out, "\n## T\n\nNowhere.\n");
        out.clear();
        let row = ["1", "2"].map(str::to_owned);
        table(&mut out, "T", ["a", "b"], &[row]);
        assert_eq!(out, "\n## T\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    }
}
