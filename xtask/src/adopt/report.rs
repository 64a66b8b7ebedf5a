//! What was done and what is left, for people.

use webex_precheck_contract::diff::Difference;
use webex_precheck_contract::report::markdown_code as code;

use super::state::{Adoption, Source};

/// The closing line.
pub(super) fn summary(source: &Source<'_>, adoption: &Adoption) -> String {
    let count = |count: usize, what: &str| match count {
        0 => format!("no {what}"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    let release = adoption.release().map(|release| release.to_string());
    format!(
        "{}: {} of the source, {} of the contract, {} left for you; next release: {}",
        source.name,
        count(adoption.drift.differences.len(), "difference"),
        count(adoption.changes.differences.len(), "change"),
        count(adoption.left.len(), "thing"),
        release.as_deref().unwrap_or("none"),
    )
}

/// What differs, in Markdown; `code` keeps text of a source from becoming anything else.
pub(super) fn fact(difference: &Difference, code: impl Fn(&str) -> String) -> String {
    let location = code(&difference.location().to_string());
    let phrase = code(&difference.phrase());
    format!("{} {location}: {phrase}", difference.operation)
}

/// The text of a pull request; `drift` is the report of what the source documents otherwise.
pub(super) fn markdown(source: &Source<'_>, adoption: &Adoption, drift: &str) -> String {
    let mut out = format!(
        "### What follows\n\n{}.\n",
        code(&summary(source, adoption))
    );
    if !adoption.changes.differences.is_empty() {
        out.push_str("\nChanged in `spec/openapi.json`, and in all that is generated from it:\n\n");
    }
    for difference in &adoption.changes.differences {
        let fact = fact(difference, code);
        out.push_str(&format!("- {fact} (**{}**)\n", difference.impact));
    }
    if !adoption.left.is_empty() {
        out.push_str("\nLeft for a person:\n\n");
    }
    for left in &adoption.left {
        let what: Vec<String> = left.what.lines().map(code).collect();
        let what = what.join("<br>");
        out.push_str(&format!("- [ ] `{}:{}` {what}\n", left.file, left.line));
    }
    // What is cut off, where there is too much, is told by `cargo xtask drift` as well.
    format!("{out}\n{drift}")
}
