//! The entry of the changelog.

use webex_precheck_contract::diff::Impact;

use super::plan::Adoption;

const UNRELEASED: &str = "## Unreleased";

/// The changelog with an entry for an adoption under `Unreleased`; as it was where nothing follows.
pub(super) fn with(text: &str, source: &str, adoption: &Adoption) -> String {
    let Some(entry) = entry(source, adoption) else {
        return text.to_owned();
    };
    let (head, rest) = match text.find(UNRELEASED) {
        Some(index) => text.split_at(index + UNRELEASED.len()),
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

/// What the release is, and why.
fn entry(source: &str, adoption: &Adoption) -> Option<String> {
    let impact = adoption.impact()?;
    let source = source.replace(['`', '\n', '\r'], " ");
    let mut entry = format!("- **{}:** followed `{source}`.", class(impact));
    if adoption.changes.differences.is_empty() {
        entry.push_str(" The contract is as it was; wording of the source changed.");
    }
    entry.push('\n');
    for difference in &adoption.changes.differences {
        let phrase = difference.phrase().replace(['\n', '\r'], " ");
        entry.push_str(&format!(
            "  - {} `{}`: {phrase} ({})\n",
            difference.operation, difference.at, difference.impact
        ));
    }
    Some(entry)
}

fn class(impact: Impact) -> &'static str {
    match impact {
        Impact::Breaking => "Major",
        Impact::Additive => "Minor",
        Impact::Wording => "Patch",
    }
}
