//! Tables and text that Markdown does not take for something else.

use std::fmt::Write;

use crate::report::visible;

/// Names, values and types, as they are written.
pub(super) fn code(text: &str) -> String {
    // A source can name things as it likes.
    let text = visible(&one_line(text)).replace('|', "\\|");
    // A backtick within takes two around it.
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

/// Several of them.
pub(super) fn codes<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let texts = texts.into_iter().map(|text| code(text.as_ref()));
    texts.collect::<Vec<_>>().join(", ")
}

/// Our own words, which may hold Markdown, in a cell.
pub(super) fn words(text: &str) -> String {
    one_line(text).replace('|', "\\|").replace('<', "&lt;")
}

/// Our own words outside of tables.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a table, one row a line, or nothing where it has no rows.
pub(super) fn table(out: &mut String, title: &str, columns: &[String], rows: &[Vec<String>]) {
    if rows.is_empty() {
        return;
    }
    let rule = vec!["---".to_owned(); columns.len()];
    let _ = write!(out, "\n### {title}\n\n");
    for row in [columns, &rule]
        .into_iter()
        .chain(rows.iter().map(Vec::as_slice))
    {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
}

/// `1 sentence`, `2 sentences`.
pub(super) fn count(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    //! Nothing breaks out of its cell.
    use super::*;

    #[test]
    fn a_cell_stays_a_cell() {
        assert_eq!(code("array[object]|object"), "`array[object]\\|object`");
        assert_eq!(code("a\n`b"), "`` a `b ``");
        assert_eq!(words("a|b\n<c> `d`"), "a\\|b &lt;c> `d`");
        let mut out = String::new();
        let columns = ["a".to_owned(), "b".to_owned()];
        table(&mut out, "T", &columns, &[]);
        assert_eq!(out, "");
        table(
            &mut out,
            "T",
            &columns,
            &[vec!["1".to_owned(), "2".to_owned()]],
        );
        assert_eq!(out, "\n### T\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    }
}
