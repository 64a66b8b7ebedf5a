//! The rows of an input, whatever its form.

pub(crate) mod cell;
mod cells;
mod csv;
mod jsonl;
mod text;
mod xlsx;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::Encoding;

use self::csv::{Fault, Malformed};
use self::text::Text;
use super::problem::{Column, Problem};

pub(crate) use self::cells::Cells;
pub(crate) use self::jsonl::Leaf;

/// How to read an input. What is none is found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dialect {
    pub(crate) form: Option<Form>,
    pub(crate) delimiter: Option<u8>,
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) sheet: Option<String>,
}

/// Form of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    Jsonl,
    Xlsx,
}

/// An input, row by row.
pub(crate) enum Input {
    Csv {
        rows: csv::Lines,
        header: Vec<String>,
    },
    Jsonl(jsonl::Objects),
    Xlsx {
        rows: xlsx::Rows,
        header: Vec<String>,
    },
}

/// A row as it is in the input.
pub(crate) struct Row {
    /// Line of the file at which it begins, or row of the sheet, from 1.
    pub(crate) line: u64,
    pub(crate) values: Result<Values, Box<Problem>>,
}

/// The values of a row.
pub(crate) enum Values {
    /// As many as the header has columns; what cannot be read is told.
    Cells(Cells),
    /// By dotted path.
    Leaves(Vec<(String, Leaf)>),
}

/// The first bytes of files that are taken for text by mistake, and what to do about it.
const NOT_TEXT: &[(&[u8], &str)] = &[
    (
        b"\xd0\xcf\x11\xe0",
        "it is an old workbook (.xls) or one with a password; save it as .xlsx without a password, or as CSV",
    ),
    (
        b"\x1f\x8b",
        "it is compressed with gzip; decompress it first",
    ),
    (b"%PDF", "it is a PDF; bulk reads CSV, JSON Lines and .xlsx"),
];

/// The first bytes of workbooks, and of other archives.
const ZIP: &[u8] = b"PK\x03\x04";

/// As many bytes of the beginning as tell what it is, without waiting for more lines than one.
fn start(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    const ENOUGH: usize = 4096;
    let mut start = Vec::new();
    while start.len() < ENOUGH {
        let is_line = start.contains(&b'\n') && !start.starts_with(ZIP);
        if is_line || text::read_chunk(source, &mut start)? == 0 {
            break;
        }
    }
    Ok(start)
}

impl Input {
    /// Opens a file, or stdin for `-`.
    pub(crate) fn open(path: &Path, dialect: &Dialect) -> Result<Self, String> {
        let told = |error: io::Error| error.to_string();
        if path.as_os_str() == "-" {
            return Self::read(Box::new(io::stdin()), dialect);
        }
        let file = File::open(path).map_err(told)?;
        if file.metadata().map_err(told)?.is_dir() {
            return Err("it is a folder".to_owned());
        }
        Self::read(Box::new(file), dialect)
    }

    fn read(mut source: Box<dyn Read + Send>, dialect: &Dialect) -> Result<Self, String> {
        let told = |error: io::Error| error.to_string();
        let start = start(&mut source).map_err(told)?;
        for (magic, remedy) in NOT_TEXT {
            if start.starts_with(magic) {
                return Err((*remedy).to_owned());
            }
        }
        let opendocument = b"mimetypeapplication/vnd.oasis.opendocument";
        if start
            .get(30..)
            .is_some_and(|start| start.starts_with(opendocument))
        {
            return Err("it is an OpenDocument file; save it as .xlsx, or as CSV".to_owned());
        }
        let is_zip = start.starts_with(ZIP);
        let source = Box::new(io::Cursor::new(start).chain(source));
        match (dialect.form, is_zip) {
            (Some(Form::Xlsx), _) | (None, true) => return Self::xlsx(source, dialect),
            (Some(_), true) => return Err("it is a workbook or another archive".to_owned()),
            _ => {}
        }
        let mut text = Text::new(source, dialect.encoding).map_err(told)?;
        text.read_first_line().map_err(told)?;
        let first = text.rest().trim_start().chars().next();
        match (dialect.form, first) {
            (Some(Form::Jsonl), _) | (None, Some('{')) => Ok(Self::Jsonl(jsonl::Objects::new(text))),
            (_, None) if text.is_at_end() || text.rest().is_empty() => Err("it is empty".to_owned()),
            (None, Some('[')) => Err(
                "it is one JSON list; bulk reads JSON Lines, an object a line: jq -c '.[]' makes them"
                    .to_owned(),
            ),
            _ => Self::csv(text, dialect.delimiter).map_err(told)?,
        }
    }

    fn csv(text: Text, delimiter: Option<u8>) -> io::Result<Result<Self, String>> {
        let (stated, delimiter) = match separator_line(text.rest()) {
            Some(stated) => (true, delimiter.unwrap_or(stated)),
            None => (
                false,
                delimiter.unwrap_or_else(|| find_delimiter(text.rest())),
            ),
        };
        let mut rows = csv::Lines::new(text, delimiter);
        if stated {
            rows.next()?;
        }
        while let Some(row) = rows.next()? {
            match row.cells {
                Ok(cells) if cells.is_empty() => {}
                Ok(cells) => {
                    let header = cells.iter().map(str::to_owned).collect();
                    return Ok(Ok(Self::Csv { rows, header }));
                }
                Err(malformed) => {
                    let fault = fault(malformed);
                    return Ok(Err(format!("line {}, the header: {fault}", row.line)));
                }
            }
        }
        Ok(Err("it is empty".to_owned()))
    }

    /// A workbook is read at any place of it: what cannot be, such as a pipe, is kept in a file.
    fn xlsx(mut source: Box<dyn Read + Send>, dialect: &Dialect) -> Result<Self, String> {
        let told = |error: io::Error| error.to_string();
        let mut file = tempfile::tempfile().map_err(told)?;
        io::copy(&mut source, &mut file).map_err(told)?;
        file.seek(SeekFrom::Start(0)).map_err(told)?;
        let mut rows = xlsx::Rows::open(file, dialect.sheet.as_deref())?;
        match rows.next()? {
            None => Err("its sheet is empty".to_owned()),
            Some(row) => {
                if let Some(damage) = (0..row.cells.len()).find_map(|it| row.cells.damage(it)) {
                    let reason = damage.reason();
                    return Err(format!("row {}, the header: {reason}", row.number));
                }
                let header = row.cells.iter().map(str::to_owned).collect();
                Ok(Self::Xlsx { rows, header })
            }
        }
    }

    /// The names of the columns; none where each row has its own.
    pub(crate) fn header(&self) -> Option<&[String]> {
        match self {
            Self::Csv { header, .. } | Self::Xlsx { header, .. } => Some(header),
            Self::Jsonl(_) => None,
        }
    }

    /// What the number of a row is called.
    pub(crate) fn unit(&self) -> &'static str {
        match self {
            Self::Xlsx { .. } => "row",
            Self::Csv { .. } | Self::Jsonl(_) => "line",
        }
    }

    /// Whether the next row was read already, as far as can be told without looking at it closely.
    pub(crate) fn is_at_hand(&self) -> bool {
        match self {
            Self::Csv { rows, .. } => rows.is_at_hand(),
            Self::Jsonl(objects) => objects.is_at_hand(),
            // A workbook is a file.
            Self::Xlsx { .. } => true,
        }
    }

    /// The next row that is not empty; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Row>, String> {
        let told = |error: io::Error| error.to_string();
        Ok(match self {
            Self::Jsonl(objects) => objects.next().map_err(told)?.map(|(line, object)| Row {
                line,
                values: object.map(Values::Leaves).map_err(|reason| {
                    Box::new(Problem::of_row(
                        line,
                        "json",
                        reason,
                        "write one JSON object a line",
                    ))
                }),
            }),
            Self::Csv { rows, header } => loop {
                let Some(row) = rows.next().map_err(told)? else {
                    return Ok(None);
                };
                let line = row.line;
                let values = match row.cells {
                    Ok(cells) if cells.is_empty() => continue,
                    Ok(cells) => square(line, cells, header, true),
                    Err(malformed) => Err(Box::new(malformed_row(line, malformed, header))),
                };
                break Some(Row { line, values });
            },
            Self::Xlsx { rows, header } => loop {
                let Some(row) = rows.next()? else {
                    return Ok(None);
                };
                if row.cells.is_empty() {
                    continue;
                }
                break Some(Row {
                    line: row.number,
                    values: square(row.number, row.cells, header, false),
                });
            },
        })
    }
}

/// Makes a row as wide as the header. Empty cells behind it are left out; a row that is shorter
/// than it is no row, unless it is one of a sheet, which ends with its last cell.
fn square(
    line: u64,
    mut cells: Cells,
    header: &[String],
    is_text: bool,
) -> Result<Values, Box<Problem>> {
    let surplus = (header.len()..cells.len()).find(|index| !cells.is_empty_at(*index));
    if let Some(index) = surplus {
        let reason = format!(
            "the row has a cell more than the header, which has {}",
            header.len()
        );
        let problem = Problem::of_row(
            line,
            "ragged-row",
            reason,
            "put a cell that holds the delimiter in quotation marks, or give the column a name",
        );
        return Err(Box::new(problem.at(Column::new(index, ""))));
    }
    if is_text && cells.len() < header.len() {
        let reason = format!(
            "the row has {} of {} cells: which are missing cannot be told",
            cells.len(),
            header.len()
        );
        let problem = Problem::of_row(
            line,
            "ragged-row",
            reason,
            "write all delimiters of the row, and close all quotation marks",
        );
        let missing = cells.len();
        return Err(Box::new(problem.at(Column::new(missing, &header[missing]))));
    }
    while cells.len() < header.len() {
        cells.push("");
    }
    Ok(Values::Cells(cells))
}

fn malformed_row(line: u64, malformed: Malformed, header: &[String]) -> Problem {
    let name = header.get(malformed.column).map(String::as_str);
    let column = Column::new(malformed.column, name.unwrap_or_default());
    let remedy = "write a quotation mark within a cell twice, and close the cell with one";
    Problem::of_row(line, "quotation-mark", fault(malformed), remedy).at(column)
}

fn fault(malformed: Malformed) -> String {
    match malformed.fault {
        Fault::Unclosed => "a quotation mark is opened and never closed",
        Fault::Stray => "a quotation mark closes the cell, and text follows it",
        Fault::TooLong => "the row has more than 1 MiB",
    }
    .to_owned()
}

/// The delimiter that a first line such as `sep=;` states to Excel.
fn separator_line(text: &str) -> Option<u8> {
    let line = text.lines().next()?.trim_matches('"');
    match line.strip_prefix("sep=")?.as_bytes() {
        [delimiter @ (b',' | b';' | b'\t' | b'|')] => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that the first line with text has most often, outside of quotation marks.
fn find_delimiter(text: &str) -> u8 {
    let line = text
        .split(['\r', '\n'])
        .find(|line| !line.trim().is_empty());
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in line.unwrap_or_default().bytes() {
        is_quoted ^= byte == b'"';
        let found = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte);
        if let (Some((_, count)), false) = (found, is_quoted) {
            *count += 1;
        }
    }
    // The first of those that are as frequent.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests {
    //! Inputs that come byte by byte, as from a pipe.
    use super::*;

    /// A source that gives one byte at a time.
    struct Drip(io::Cursor<Vec<u8>>);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn open(bytes: &[u8]) -> Result<Input, String> {
        let source = Drip(io::Cursor::new(bytes.to_vec()));
        Input::read(Box::new(source), &Dialect::default())
    }

    #[test]
    fn they_are_recognised_and_read_as_others_are() {
        let text = "\n email;customerId\r\nzoë@acme.com;\"x\r\ny\"\r\n";
        let utf_16 = |of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(of).collect();
        let encoded: [Vec<u8>; 3] = [
            text.as_bytes().to_vec(),
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
        ];
        // Without its beginning, which is no sign of UTF-16 where a line is empty.
        for bytes in [&encoded[0][..], &encoded[1][2..], &encoded[2][2..]] {
            let mut input = open(bytes).unwrap();
            assert_eq!(input.header().unwrap(), [" email", "customerId"]);
            let row = input.next().unwrap().unwrap();
            let Ok(Values::Cells(cells)) = row.values else {
                panic!("no cells");
            };
            let cells: Vec<&str> = cells.iter().collect();
            assert_eq!(cells, ["zoë@acme.com", "x\r\ny"]);
            assert!(input.next().unwrap().is_none());
        }
        let mut input = open(b"{\"email\": \"a\"}\n{").unwrap();
        assert!(matches!(input, Input::Jsonl(_)));
        assert!(input.is_at_hand());
        assert_eq!(input.next().unwrap().unwrap().line, 1);
        assert!(!input.is_at_hand());
    }

    #[test]
    fn what_is_no_text_is_told_by_its_first_bytes() {
        let told = |bytes: &[u8]| open(bytes).err().unwrap();
        assert!(told(b"\x1f\x8b\x08\n").contains("gzip"));
        let mut document = b"PK\x03\x04".to_vec();
        document.resize(30, b'\n');
        document.extend(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet");
        assert!(told(&document).contains("OpenDocument"));
        assert_eq!(told(b"\n \n"), "it is empty");
    }
}
