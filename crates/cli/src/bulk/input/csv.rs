//! Rows of separated values.
//!
//! A reader of our own: the crates for CSV read what is malformed as something else, silently, and
//! here a subscriber would be shifted or swallowed. A row with a quote that is not closed, or closed
//! in the middle of a cell, is told by line and column, and reading goes on with the line after its
//! first one.

use std::io;

use super::cells::Cells;
use super::text::Text;

/// More bytes than any row has: a quote is never closed.
const LONGEST: usize = 1024 * 1024;

/// The rows of a text.
pub(crate) struct Lines {
    text: Text,
    delimiter: u8,
    /// Line at which the next row begins, from 1.
    line: u64,
    /// Whether the rest of a line that is too long is to be left out.
    skips: bool,
}

/// A row of cells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Line at which it begins, from 1.
    pub(crate) line: u64,
    pub(crate) cells: Result<Cells, Malformed>,
}

/// A row that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Number of the cell, from 0.
    pub(crate) column: usize,
    pub(crate) fault: Fault,
}

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A quoted cell has no end.
    Unclosed,
    /// Text follows the end of a quoted cell.
    Stray,
    /// The row is longer than any row is.
    TooLong,
}

/// What is at the beginning of a text.
enum Parsed {
    Row {
        cells: Cells,
        length: usize,
    },
    Malformed {
        malformed: Malformed,
        length: usize,
    },
    /// It takes more text to tell.
    More,
}

impl Lines {
    pub(crate) fn new(text: Text, delimiter: u8) -> Self {
        Self {
            text,
            delimiter,
            line: 1,
            skips: false,
        }
    }

    /// Whether a whole line was read that is no part of a row yet.
    pub(crate) fn is_at_hand(&self) -> bool {
        self.text.has_line()
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Record>> {
        while self.skips {
            let rest = self.text.rest().as_bytes();
            let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
            let ends = rest.iter().any(is_end);
            let length = if ends { first_line(rest) } else { rest.len() };
            self.line += u64::from(ends);
            self.skips = !ends && !self.text.is_at_end();
            self.text.take(length);
            if self.skips {
                self.text.more()?;
            }
        }
        loop {
            let rest = self.text.rest();
            if rest.is_empty() && self.text.is_at_end() {
                return Ok(None);
            }
            let parsed = parse(rest, self.delimiter, self.text.is_at_end());
            let (cells, length) = match parsed {
                Parsed::Row { cells, length } => (Ok(cells), length),
                Parsed::Malformed { malformed, length } => (Err(malformed), length),
                Parsed::More => {
                    self.text.more()?;
                    continue;
                }
            };
            if let Err(Malformed {
                fault: Fault::TooLong,
                ..
            }) = cells
            {
                self.skips = true;
            }
            let line = self.line;
            self.line += line_ends(&rest.as_bytes()[..length]);
            self.text.take(length);
            return Ok(Some(Record { line, cells }));
        }
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for &byte in bytes {
        count += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    count
}

/// Number of bytes of a line's end at `at`: 0 if there is none, none if it takes more to tell.
fn line_end(bytes: &[u8], at: usize, is_all: bool) -> Option<usize> {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\n'), _) => Some(1),
        (Some(b'\r'), Some(b'\n')) => Some(2),
        (Some(b'\r'), None) if !is_all => None,
        (Some(b'\r'), _) => Some(1),
        _ => Some(0),
    }
}

/// Parses the row at the beginning; `is_all` says that nothing follows.
fn parse(text: &str, delimiter: u8, is_all: bool) -> Parsed {
    let bytes = text.as_bytes();
    let mut cells = Cells::default();
    let mut at = 0;
    let mut has_quoted_line_end = false;
    loop {
        let column = cells.len();
        let malformed = |fault, length| Parsed::Malformed {
            malformed: Malformed { column, fault },
            length,
        };
        match quote_at(bytes, at, delimiter) {
            Some(start) => {
                let Some(length) = quoted(&text[start..], &mut cells) else {
                    return if is_all || bytes.len() > LONGEST {
                        malformed(Fault::Unclosed, first_line(bytes))
                    } else {
                        Parsed::More
                    };
                };
                at = start + length;
                has_quoted_line_end |= line_ends(&bytes[start..at]) > 0;
                while bytes.get(at).is_some_and(|byte| is_blank(*byte, delimiter)) {
                    at += 1;
                }
            }
            None => {
                let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n') || *byte == delimiter;
                let length = bytes[at..].iter().position(is_end);
                let end = length.map_or(bytes.len(), |length| at + length);
                cells.push(&text[at..end]);
                at = end;
            }
        }
        match bytes.get(at) {
            Some(byte) if *byte == delimiter => at += 1,
            None if is_all => return Parsed::Row { cells, length: at },
            None if bytes.len() > LONGEST => return malformed(Fault::TooLong, bytes.len()),
            None => return Parsed::More,
            Some(_) => match line_end(bytes, at, is_all) {
                None => return Parsed::More,
                Some(0) => {
                    let (first, whole) = (first_line(bytes), first_line(&bytes[at..]));
                    return match (has_quoted_line_end, is_all || at + whole < bytes.len()) {
                        (true, _) => malformed(Fault::Stray, first),
                        (false, true) => malformed(Fault::Stray, at + whole),
                        (false, false) if bytes.len() > LONGEST => {
                            malformed(Fault::TooLong, bytes.len())
                        }
                        (false, false) => Parsed::More,
                    };
                }
                Some(length) => {
                    return Parsed::Row {
                        cells,
                        length: at + length,
                    };
                }
            },
        }
    }
}

/// Where the quote is, if the cell at `at` is a quoted one: behind blanks, or behind the equals
/// sign by which Excel is told that digits are text.
fn quote_at(bytes: &[u8], at: usize, delimiter: u8) -> Option<usize> {
    let mut at = at;
    while bytes.get(at).is_some_and(|byte| is_blank(*byte, delimiter)) {
        at += 1;
    }
    match bytes.get(at..)? {
        [b'"', ..] => Some(at),
        [b'=', b'"', ..] => Some(at + 1),
        _ => None,
    }
}

fn is_blank(byte: u8, delimiter: u8) -> bool {
    (byte == b' ' || byte == b'\t') && byte != delimiter
}

/// Adds the text of the quoted cell at the beginning. Gives its length, with the quotes; none if
/// it has no end.
fn quoted(text: &str, cells: &mut Cells) -> Option<usize> {
    let mut at = 1;
    loop {
        let length = text.get(at..)?.find('"')?;
        cells.extend_last(&text[at..at + length]);
        at += length + 1;
        if text.as_bytes().get(at) != Some(&b'"') {
            cells.end_last();
            return Some(at);
        }
        cells.extend_last("\"");
        at += 1;
    }
}

/// Length of the first line, with its end.
fn first_line(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    end.map_or(bytes.len(), |end| {
        end + line_end(bytes, end, true).unwrap_or(1)
    })
}

#[cfg(test)]
mod tests {
    //! What is well-formed is read as the crate `csv` reads it, what is not is told.
    use super::*;

    fn read(text: &str, delimiter: u8) -> Vec<Record> {
        let source = io::Cursor::new(text.as_bytes().to_vec());
        let mut lines = Lines::new(Text::new(Box::new(source), None).unwrap(), delimiter);
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        let rows = read(text, b',').into_iter();
        rows.map(|row| texts(&row.cells.unwrap())).collect()
    }

    fn texts(cells: &Cells) -> Vec<String> {
        cells.iter().map(str::to_owned).collect()
    }

    #[test]
    fn cells_are_read() {
        assert_eq!(cells("a,b\r\nc,d\n"), [["a", "b"], ["c", "d"]]);
        assert_eq!(cells("a,b\rc,d"), [["a", "b"], ["c", "d"]]);
        assert_eq!(cells("\"a,1\", \"b\"\"\n2\" ,\n"), [["a,1", "b\"\n2", ""]]);
        assert_eq!(cells("=\"007\",5\" pipe"), [["007", "5\" pipe"]]);
        assert_eq!(cells("\n\n"), [[""], [""]]);
        assert!(read("", b',').is_empty());
    }

    #[test]
    fn lines_are_counted_in_all_their_forms() {
        let rows = read("a\r\n\"b\nb\r\nb\"\rc\n\nd", b',');
        let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 5, 6, 7]);
    }

    #[test]
    fn a_malformed_row_swallows_no_other() {
        let malformed = |line, column, fault| Record {
            line,
            cells: Err(Malformed { column, fault }),
        };
        let well = |line, cells: [&str; 2]| Record {
            line,
            cells: Ok(Cells::of(&cells)),
        };
        assert_eq!(
            read("1,\"a\n2,b\n3,c", b','),
            [
                malformed(1, 1, Fault::Unclosed),
                well(2, ["2", "b"]),
                well(3, ["3", "c"])
            ]
        );
        // The quote is closed by that of another row.
        assert_eq!(
            read("1,\"a\n2,\"b\"\n3,c", b','),
            [
                malformed(1, 1, Fault::Stray),
                well(2, ["2", "b"]),
                well(3, ["3", "c"])
            ]
        );
        assert_eq!(
            read("\"Bob \"the man\" Smith\",a\n2,b\n", b','),
            [malformed(1, 0, Fault::Stray), well(2, ["2", "b"])]
        );
    }

    #[test]
    fn a_row_without_end_is_told_and_not_kept_in_memory() {
        let long = format!("a,b\n1,{}\n2,c\n", "x".repeat(3 * LONGEST));
        let rows = read(&long, b',');
        assert!(rows[1].cells.as_ref().unwrap_err().fault == Fault::TooLong);
        let unclosed = format!("1,\"{}\n2,c\n", "x\n".repeat(LONGEST));
        let rows = read(&unclosed, b',');
        assert_eq!(rows[0].cells.as_ref().unwrap_err().fault, Fault::Unclosed);
        assert_eq!(rows.last().unwrap().cells.as_ref().unwrap().get(0), "2");
    }

    #[test]
    fn well_formed_text_is_read_as_others_read_it() {
        let mut chance = fastrand::Rng::with_seed(5);
        let pieces = [
            "a", "", "\"", "\n", "\r\n", ";", ",", "\t", " x", "é", "😀", "=1",
        ];
        for round in 0..2000 {
            let delimiter = *chance.choice(b",;\t").unwrap();
            let mut writer = ::csv::WriterBuilder::new()
                .delimiter(delimiter)
                .quote_style(::csv::QuoteStyle::Always)
                .from_writer(Vec::new());
            let width = chance.usize(1..5);
            let cell = |chance: &mut fastrand::Rng| -> String {
                (0..chance.usize(0..5))
                    .map(|_| **chance.choice(&pieces.each_ref()).unwrap())
                    .collect()
            };
            let rows: Vec<Vec<String>> = (0..chance.usize(1..6))
                .map(|_| (0..width).map(|_| cell(&mut chance)).collect())
                .collect();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<Vec<String>> = read(&text, delimiter)
                .into_iter()
                .map(|row| texts(&row.cells.unwrap()))
                .collect();
            assert_eq!(read, rows, "round {round}: {text:?}");
        }
    }
}
