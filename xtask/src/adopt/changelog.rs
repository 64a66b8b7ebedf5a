//! The entry of the changelog.

use webex_precheck_contract::diff::Impact;

use webex_precheck_contract::report::visible;

use super::plan::Adoption;

const UNRELEASED: &str = "## Unreleased";

/// The changelog with an entry for an adoption under `Unreleased`; as it was where nothing follows.
pub(super) fn with(text: &str, source: &str, adoption: &Adoption) -> String {
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
    let mut start = 0;
    let mut in_code = false;
    for line in text.split_inclusive('\n') {
        let plain = line.trim_end();
        in_code ^= plain.starts_with("```");
        if !in_code && [UNRELEASED, "## [Unreleased]"].contains(&plain) {
            return Some(start + plain.len());
        }
        start += line.len();
    }
    None
}

/// What the release is, and why.
fn entry(source: &str, adoption: &Adoption) -> Option<String> {
    let impact = adoption.impact()?;
    let mut entry = format!("- **{}:** followed {}.", class(impact), code(source));
    if adoption.changes.differences.is_empty() {
        let facts = adoption.drift.differences.iter();
        let facts = facts.filter(|difference| difference.impact != Impact::Wording);
        entry.push_str(match facts.count() {
            0 => " The contract is as it was; wording of the source changed.",
            _ => " The contract is as it was: what changed is not applied by itself.",
        });
    }
    entry.push('\n');
    for difference in &adoption.changes.differences {
        entry.push_str(&format!(
            "  - {} {}: {} ({})\n",
            difference.operation,
            code(&difference.at),
            code(&difference.phrase()),
            difference.impact
        ));
    }
    Some(entry)
}

/// Text of others, which must not become anything else than text.
fn code(text: &str) -> String {
    let text = visible(text);
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

fn class(impact: Impact) -> &'static str {
    match impact {
        Impact::Breaking => "Major",
        Impact::Additive => "Minor",
        Impact::Wording => "Patch",
    }
}
