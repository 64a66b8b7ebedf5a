//! The entry of the changelog.

use webex_precheck_escape::escape;

use crate::codegen::names::capitalised;

use super::report::fact;
use super::state::{Adoption, Source};

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
    let headings = ["\n## Unreleased\n", "\n## [Unreleased]\n"];
    let mut headings = headings.iter();
    let unreleased = headings.find_map(|it| Some(text.find(it)? + it.len()));
    let from = unreleased.unwrap_or_default();
    let next = text[from..].find("\n## ").map(|next| from + next);
    let (head, rest) = text.split_at(next.unwrap_or(text.len()));
    let gap = match unreleased {
        Some(end) if head[end..].trim().is_empty() => "\n\n",
        Some(_) => "\n",
        // Before the first release, behind what introduces the file.
        None => "\n\n## Unreleased\n\n",
    };
    format!("{}{gap}{entry}{rest}", head.trim_end())
}

/// What the release is, and why: what changed in the contract, or else in the source.
fn entry(source: &Source<'_>, adoption: &Adoption) -> Option<String> {
    let class = capitalised(&adoption.release()?.to_string());
    let mut differences = &adoption.changes.differences;
    let mut why = "";
    if differences.is_empty() {
        differences = &adoption.drift.differences;
        why = if differences.is_empty() {
            " The contract stays as it was."
        } else {
            " The contract stays as it was; changed in the source:"
        };
    }
    if let Some(id) = &adoption.added {
        return Some(format!(
            "- **{class}:** the operation `{id}`, of {}.\n",
            source.dated()
        ));
    }
    let mut entry = format!("- **{class}:** follow {}.{why}\n", source.dated());
    for difference in differences {
        let fact = fact(difference, code);
        entry.push_str(&format!("  - {fact} ({})\n", difference.impact));
    }
    Some(entry)
}

/// Text of others, which must not become anything else than text.
fn code(text: &str) -> String {
    let text = escape(text);
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}
