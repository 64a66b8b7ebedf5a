//! The entry of the changelog.

use webex_precheck_contract::diff::Impact;

use webex_precheck_contract::visible;

use super::state::{Adoption, Source};

const UNRELEASED: &str = "## Unreleased";

/// The changelog with an entry for an adoption under `Unreleased`; as it was where nothing follows.
pub(super) fn with(text: &str, source: &Source<'_>, adoption: &Adoption) -> String {
    let Some(entry) = entry(source, adoption) else {
        return text.to_owned();
    };
    let (head, rest) = match heading(text) {
        Some(end) => text.split_at(end),
        None => {
            // Before the first release, behind what introduces the file.
            let index = text.find("\n## ").map_or(text.len(), |index| index + 1);
            let (head, rest) = text.split_at(index);
            let gap = if head.ends_with("\n\n") || head.is_empty() {
                ""
            } else {
                "\n"
            };
            return format!("{head}{gap}{UNRELEASED}\n\n{entry}\n{rest}");
        }
    };
    let end = rest.find("\n## ").unwrap_or(rest.len());
    let (section, after) = rest.split_at(end);
    let section = section.trim_end();
    let gap = if section.is_empty() { "\n\n" } else { "\n" };
    format!("{head}{section}{gap}{entry}{after}")
}

/// Where the line of the heading ends that what is not released yet stands under.
fn heading(text: &str) -> Option<usize> {
    let headings = [UNRELEASED, "## [Unreleased]"].map(|heading| format!("\n{heading}\n"));
    let mut found = headings
        .iter()
        .filter_map(|it| Some(text.find(it)? + it.len() - 1));
    found.next()
}

/// What the release is, and why: what changed in the contract, or else in the source.
fn entry(source: &Source<'_>, adoption: &Adoption) -> Option<String> {
    let impact = adoption.impact?;
    let changes = &adoption.changes.differences;
    let drift = &adoption.drift.differences;
    let (why, differences) = match (changes.is_empty(), drift.is_empty()) {
        (false, _) => ("", changes),
        (true, true) => (" The contract stays as it was.", changes),
        (true, false) => (
            " The contract stays as it was; changed in the source:",
            drift,
        ),
    };
    let class = match impact {
        Impact::Breaking => "Major",
        Impact::Additive => "Minor",
        Impact::Wording => "Patch",
    };
    let mut entry = format!("- **{class}:** follow {}.{why}\n", source.dated());
    for difference in differences {
        entry.push_str(&format!(
            "  - {} {}: {} ({})\n",
            difference.operation,
            code(&difference.location().to_string()),
            code(&difference.phrase()),
            difference.impact
        ));
    }
    Some(entry)
}

/// Text of others, which must not become anything else than text.
fn code(text: &str) -> String {
    let text = visible(text);
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}
