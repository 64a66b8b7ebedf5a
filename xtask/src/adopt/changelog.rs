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
    let text = if text.is_empty() {
        "# Changelog\n"
    } else {
        text
    };
    let headings = [UNRELEASED, "## [Unreleased]"].map(|heading| format!("\n{heading}\n"));
    let mut unreleased = headings
        .iter()
        .filter_map(|it| Some(text.find(it)? + it.len()));
    let next = |from: usize| {
        text[from..]
            .find("\n## ")
            .map_or(text.len(), |next| from + next)
    };
    let (head, rest) = match unreleased.next() {
        Some(end) => {
            let (head, rest) = text.split_at(next(end));
            let gap = if text[end..next(end)].trim().is_empty() {
                "\n\n"
            } else {
                "\n"
            };
            (format!("{}{gap}", head.trim_end()), rest)
        }
        None => {
            // Before the first release, behind what introduces the file.
            let (head, rest) = text.split_at(next(0));
            (format!("{}\n\n{UNRELEASED}\n\n", head.trim_end()), rest)
        }
    };
    format!("{head}{entry}{rest}")
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
