//! What the author of a cell meant, after spreadsheets had it in their hands.

use webex_precheck_escape::is_hidden;

/// Why the text of a cell is not what its author meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    /// Characters were lost when the file was saved or is read.
    Encoding,
    /// It holds control characters.
    Control,
    /// An error value of a spreadsheet.
    SpreadsheetError,
    /// A number of which the spreadsheet kept the first digits.
    Shortened,
    /// A number whose digits as shown are not in the file.
    Number,
    /// A formula whose value is not in the file.
    Uncounted,
    /// A value that is no text.
    NoText(&'static str),
}

impl Damage {
    /// A name that stays the same.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Control => "control-character",
            Self::SpreadsheetError => "spreadsheet-error",
            Self::Shortened => "shortened-number",
            Self::Number | Self::Uncounted | Self::NoText(_) => "no-text",
        }
    }

    pub(crate) fn reason(self) -> String {
        match self {
            Self::Encoding => "characters were lost, for this is not its encoding".to_owned(),
            Self::Control => "it holds a control character".to_owned(),
            Self::SpreadsheetError => "it is an error value of a spreadsheet".to_owned(),
            Self::Shortened => "a spreadsheet has shortened this number".to_owned(),
            Self::Number => {
                "it is a number, and which digits its cell shows cannot be told".to_owned()
            }
            Self::Uncounted => "it is a formula, and its value is not in the file".to_owned(),
            Self::NoText(what) => format!("it is {what}, and fields are text"),
        }
    }

    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Encoding => {
                "name its encoding, such as --encoding windows-1252, or save it as UTF-8"
            }
            Self::Control => "remove it",
            Self::SpreadsheetError => "mend the formula, or write the value",
            Self::Uncounted => "open the file in a spreadsheet and save it, or write the value",
            Self::Shortened | Self::Number | Self::NoText(_) => {
                "format the column as text and enter the value again"
            }
        }
    }
}

/// What is wrong with a text, wherever it is from.
pub(crate) fn damage(text: &str) -> Option<Damage> {
    let is_damaging = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.contains('\u{fffd}') {
        Some(Damage::Encoding)
    } else {
        text.chars().any(is_damaging).then_some(Damage::Control)
    }
}

/// The text that was meant: without blanks around it, and without the means by which spreadsheets
/// are told that a value is text.
pub(crate) fn meant(text: &str) -> Result<&str, Damage> {
    if is_plain(text.as_bytes()) {
        return Ok(text);
    }
    if let Some(damage) = damage(text) {
        return Err(damage);
    }
    let text = trimmed(text);
    // ="007"
    let text = text
        .strip_prefix("=\"")
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    // '+1408...
    let text = match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => trimmed(rest),
        _ => text,
    };
    if is_error(text) {
        return Err(Damage::SpreadsheetError);
    }
    if is_shortened(text) {
        return Err(Damage::Shortened);
    }
    Ok(text)
}

/// Whether there is nothing to mend, as in nearly all cells.
fn is_plain(bytes: &[u8]) -> bool {
    let is_edge = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'=' | b'\'' | b'#'));
    let is_number = matches!(bytes.first(), Some(b'0'..=b'9' | b'+' | b'-'));
    let may_be_cut = is_number && bytes.iter().any(|byte| matches!(byte, b'e' | b'E' | b'.'));
    let is_visible = bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    is_visible && !may_be_cut && !is_edge(bytes.first()) && bytes.last() != Some(&b' ')
}

fn is_blank(c: char) -> bool {
    // White space, as well as marks and joiners without width that come with copied text.
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// `#N/A`, `#REF!`, `#NAME?`, in any language, and `####`.
fn is_error(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('#') else {
        return false;
    };
    let is_name = |name: &str| {
        let mut chars = name.chars();
        !name.is_empty() && chars.all(|c| c.is_uppercase() || matches!(c, '/' | '0' | '_' | '#'))
    };
    match rest.strip_suffix(['!', '?']) {
        Some(name) => is_name(name),
        None => {
            matches!(rest, "N/A" | "NV" | "N/D")
                || rest.len() > 1 && rest.bytes().all(|b| b == b'#')
        }
    }
}

/// `1.40856E+10`, with a comma or in small letters; and `14085550100.0`, as other programs write a
/// number.
fn is_shortened(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let Some((number, exponent)) = text.split_once(['e', 'E']) else {
        let whole = text.strip_suffix(".0");
        return whole.is_some_and(|whole| digits(whole) && whole.len() > 5);
    };
    match (number.split_once(['.', ',']), exponent.strip_prefix('+')) {
        // What has no fraction may be an ID, such as 12E5, unless it has the plus.
        (None, Some(exponent)) => digits(number) && digits(exponent) && exponent.len() > 1,
        (None, None) => false,
        (Some((whole, part)), plus) => {
            let exponent = plus.unwrap_or(exponent);
            digits(whole) && digits(part) && digits(exponent.strip_prefix('-').unwrap_or(exponent))
        }
    }
}

/// Whether a spreadsheet takes a text for a formula, or may once it has dropped what nobody sees.
pub(crate) fn is_formula(text: &str) -> bool {
    let first = text.trim_start_matches(is_unseen).chars().next();
    matches!(
        first,
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
    ) || text.starts_with(['\t', '\r'])
}

/// White space, hidden characters, and what has neither width nor ink.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || is_hidden(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{200c}' | '\u{200d}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0080}'..='\u{e0fff}')
}

/// Without the blanks around it.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

#[cfg(test)]
mod tests {
    //! What spreadsheets do to values.
    use super::*;

    #[test]
    fn what_was_meant() {
        for (text, meant_by_it) in [
            (" a@b.c\u{a0}", "a@b.c"),
            ("\u{feff}a\u{200b}", "a"),
            ("=\"007\"", "007"),
            ("'+14085550100", "+14085550100"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("+1 408", "+1 408"),
            ("#1 Main Street", "#1 Main Street"),
            ("12E5", "12E5"),
            ("1.0", "1.0"),
            ("' =1", "=1"),
            ("'＝x", "＝x"),
            ("'\u{ad}=1", "\u{ad}=1"),
            ("Suite E+5", "Suite E+5"),
            ("a\nb", "a\nb"),
            ("", ""),
        ] {
            assert_eq!(meant(text), Ok(meant_by_it));
        }
    }

    #[test]
    fn what_was_lost() {
        for (text, damage) in [
            ("M\u{fffd}ller", Damage::Encoding),
            ("a\0b", Damage::Control),
            ("#REF!", Damage::SpreadsheetError),
            ("#BEZUG!", Damage::SpreadsheetError),
            ("#DIV/0!", Damage::SpreadsheetError),
            ("#NAME?", Damage::SpreadsheetError),
            ("#N/A", Damage::SpreadsheetError),
            ("########", Damage::SpreadsheetError),
            ("1,40856E+10", Damage::Shortened),
            ("1E+11", Damage::Shortened),
            ("1.40856e+10", Damage::Shortened),
            ("-1.5E+10", Damage::Shortened),
            ("1.5E10", Damage::Shortened),
            ("12.3E+10", Damage::Shortened),
            ("14085550100.0", Damage::Shortened),
        ] {
            assert_eq!(meant(text), Err(damage), "{text}");
        }
    }
}
