//! What every source says of every fact, side by side, as a Markdown document.
//!
//! What a source cannot tell is shown otherwise (`?`) than what it documents to be absent (`—`).

mod cells;
mod conflicts;
mod fields;
mod markdown;
mod operation;
mod rules;
mod summary;

use std::fmt::Write;

use crate::deviations::Deviations;
use crate::inventory::{Inventory, Operation, OperationId};
use crate::rules::Rules;

use conflicts::Conflicts;

/// What the document is made of.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The captures by name.
    pub captures: &'a [(String, Inventory)],
    /// The contract, without its prose.
    pub contract: &'a Inventory,
    /// Where the contract leaves a source on purpose.
    pub deviations: &'a Deviations,
    /// Rules taken from wording.
    pub rules: &'a Rules,
}

/// One operation, as the sources that document it and the contract tell it.
struct Sides<'a> {
    id: OperationId,
    sources: Vec<(&'a str, &'a Operation)>,
    contract: Option<&'a Operation>,
    conflicts: &'a Conflicts<'a>,
}

const HEAD: &str = "\
# What the sources say

Written by `cargo xtask evidence` from the captures, the contract, `deviations.toml` and `rules.toml`; do not edit.

`?` is what a source cannot tell: a page that has lost its field names, for instance, says nothing of the fields. `—` is what a source documents to be absent, or has room for and leaves out. Descriptions are counted in sentences; the contract's are in words of its own and are not compared.
";

impl Evidence<'_> {
    /// The document.
    pub fn to_markdown(&self) -> String {
        let conflicts = Conflicts::find(self);
        let mut out = HEAD.to_owned();
        summary::write(&mut out, self, &conflicts);
        for id in OperationId::ALL {
            let sides = Sides {
                id,
                sources: self
                    .captures
                    .iter()
                    .filter_map(|(name, inventory)| Some((&**name, inventory.operation(id)?)))
                    .collect(),
                contract: self.contract.operation(id),
                conflicts: &conflicts,
            };
            let _ = writeln!(out, "\n## The {id} operation");
            operation::facts(&mut out, &sides);
            fields::fields(&mut out, &sides);
            fields::values(&mut out, &sides);
            operation::dependencies(&mut out, &sides);
            operation::statuses(&mut out, &sides);
            operation::examples(&mut out, &sides);
        }
        rules::write(&mut out, self);
        summary::footnotes(&mut out, &conflicts);
        out
    }
}

impl Sides<'_> {
    /// `heading`, the sources, the contract and remarks.
    fn columns(&self, heading: &str) -> Vec<String> {
        let names = self.sources.iter().map(|(name, _)| markdown::code(name));
        let first = [heading.to_owned()].into_iter();
        let last = ["contract", "remarks"].map(str::to_owned);
        first.chain(names).chain(last).collect()
    }

    /// A row: what each source says, what the contract says, and where they contradict.
    fn row(
        &self,
        heading: String,
        remarks: String,
        cell: impl Fn(&Operation, Side) -> String,
    ) -> Vec<String> {
        let mut row = vec![heading];
        let sources = self.sources.iter();
        row.extend(sources.map(|(_, operation)| cell(operation, Side::Source)));
        row.push(match self.contract {
            Some(operation) => cell(operation, Side::Contract),
            None => cells::ABSENT.to_owned(),
        });
        row.push(remarks);
        row
    }

    /// The operation on every side.
    fn all(&self) -> impl Iterator<Item = &Operation> {
        let sources = self.sources.iter().map(|(_, operation)| *operation);
        self.contract.into_iter().chain(sources)
    }
}

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Source,
    Contract,
}
