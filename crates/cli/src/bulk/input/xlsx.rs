//! Rows of a workbook's sheet.

use std::collections::HashSet;
use std::io::{self, Read, Seek};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{Data, DataRef, Reader as _, SheetType, SheetVisible, Style, Xlsx};

use super::cell::Damage;
use super::cells::Cells;

/// Rows that are read ahead.
const AHEAD: usize = 64;
/// More columns than any sheet of requests has: a cell far to the right is a slip.
const MOST_COLUMNS: usize = 1000;

/// A row of a sheet: its number from 1, and its cells up to the last that is not empty.
pub(crate) struct SheetRow {
    pub(crate) number: u64,
    pub(crate) cells: Cells,
}

/// The rows of a sheet. A thread reads them, which keeps the workbook.
pub(crate) struct Rows(Receiver<Message>);

/// What the thread sends: a row, or none at the end.
type Message = Result<Option<SheetRow>, String>;

impl Rows {
    /// Opens a sheet: the one of this name, or the first that is not hidden.
    pub(crate) fn open<F>(file: F, sheet: Option<&str>) -> Result<Self, String>
    where
        F: Read + Seek + Send + 'static,
    {
        let mut book = Xlsx::new(io::BufReader::new(file))
            .map_err(|error| format!("it cannot be read as a workbook: {error}"))?;
        let sheets = book.sheets_metadata().iter();
        let mut sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let names = || book.sheet_names().join(", ");
        let name = match sheet {
            Some(name) => sheets
                .find(|sheet| sheet.name == name)
                .ok_or_else(|| format!("it has no sheet `{name}`; it has {}", names()))?,
            None => sheets
                .find(|sheet| sheet.visible == SheetVisible::Visible)
                .ok_or_else(|| format!("it has no sheet to be seen; it has {}", names()))?,
        };
        let name = name.name.clone();
        let (rows, read) = sync_channel(AHEAD);
        thread::Builder::new()
            .name("workbook".to_owned())
            .spawn(move || {
                let end = match send_rows(&mut book, &name, &rows) {
                    Ok(()) => Ok(None),
                    Err(error) => Err(format!("sheet {name}: {error}")),
                };
                // Nobody may want it any more.
                let _ = rows.send(end);
            })
            .map_err(|error| error.to_string())?;
        Ok(Self(read))
    }

    /// The next row with anything in it; none at the end.
    pub(crate) fn next(&mut self) -> Message {
        let gone = |_| Err("it cannot be read to its end".to_owned());
        self.0.recv().unwrap_or_else(gone)
    }
}

fn send_rows<F: Read + Seek>(
    book: &mut Xlsx<F>,
    sheet: &str,
    rows: &SyncSender<Message>,
) -> Result<(), String> {
    let uncounted = uncounted(book, sheet)?;
    let mut cells = book
        .worksheet_cells_reader(sheet)
        .map_err(|error| error.to_string())?;
    let mut row: Option<SheetRow> = None;
    while let Some((cell, style)) = cells
        .next_cell_with_style_id()
        .map_err(|error| error.to_string())?
    {
        let (number, column) = cell.get_position();
        let (number, column) = (u64::from(number) + 1, column as usize);
        let value = match text(cell.get_value(), cells.styles().get(style)) {
            Some(value) => value,
            None if uncounted.contains(&cell.get_position()) => Err(Damage::Uncounted),
            None => continue,
        };
        if column >= MOST_COLUMNS {
            return Err(format!(
                "row {number} has a cell in column {}, far to the right of all that is asked",
                column + 1
            ));
        }
        let current = match &mut row {
            Some(current) if current.number == number => current,
            _ => {
                if row.as_ref().is_some_and(|before| before.number > number) {
                    return Err(format!("row {number}: it comes behind others"));
                }
                let next = SheetRow {
                    number,
                    cells: Cells::default(),
                };
                if let Some(done) = row.replace(next)
                    && rows.send(Ok(Some(done))).is_err()
                {
                    return Ok(());
                }
                match &mut row {
                    Some(current) => current,
                    None => continue,
                }
            }
        };
        while current.cells.len() < column {
            current.cells.push("");
        }
        if current.cells.len() > column {
            return Err(format!("row {number}: its cells are not in order"));
        }
        match value {
            Ok(text) => current.cells.push(&text),
            Err(damage) => current.cells.push_damaged(damage),
        }
    }
    if let Some(done) = row {
        let _ = rows.send(Ok(Some(done)));
    }
    Ok(())
}

/// The formulas whose value is not in the file: programs that are no spreadsheets write such.
fn uncounted<F: Read + Seek>(
    book: &mut Xlsx<F>,
    sheet: &str,
) -> Result<HashSet<(u32, u32)>, String> {
    let told = |error: calamine::XlsxError| error.to_string();
    let mut cells = book.worksheet_cells_reader(sheet).map_err(told)?;
    let mut found = HashSet::new();
    while let Some(cell) = cells.next_cell_with_formula().map_err(told)? {
        if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
            found.insert(cell.pos);
        }
    }
    Ok(found)
}

/// A cell as its author sees it; none where it is empty.
fn text(value: &DataRef<'_>, style: Option<&Style>) -> Option<Result<String, Damage>> {
    let format = style.and_then(|style| style.number_format.as_ref());
    let format = format.map(|format| format.format_code.as_str());
    Some(match Data::from(value.clone()) {
        Data::Empty => return None,
        Data::String(text) => Ok(text),
        Data::Int(number) => shown(number as f64, format),
        Data::Float(number) => shown(number, format),
        Data::Bool(_) => Err(Damage::NoText("true or false")),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => {
            Err(Damage::NoText("a date or time"))
        }
        Data::Error(_) => Err(Damage::SpreadsheetError),
    })
}

/// A number as its format shows it, where that can be told.
fn shown(number: f64, format: Option<&str>) -> Result<String, Damage> {
    // From here on digits are lost.
    const EXACT: f64 = 1e15;
    if number.fract() != 0.0 || !(0.0..EXACT).contains(&number) {
        return Err(Damage::Number);
    }
    let digits = format!("{number:.0}");
    match format.unwrap_or("General") {
        "General" | "@" | "#" | "" => Ok(digits),
        zeros if zeros.bytes().all(|byte| byte == b'0') => {
            Ok(format!("{digits:0>width$}", width = zeros.len()))
        }
        _ => Err(Damage::Number),
    }
}

#[cfg(test)]
mod tests {
    //! Numbers are what their cell shows.
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_shown() {
        assert_eq!(shown(1001.0, None), Ok("1001".to_owned()));
        assert_eq!(
            shown(14_085_550_100.0, Some("0")),
            Ok("14085550100".to_owned())
        );
        assert_eq!(shown(2134.0, Some("00000")), Ok("02134".to_owned()));
        for (number, format) in [
            (1.5, None),
            (-1.0, None),
            (1e15, None),
            (1.0, Some("#,##0")),
        ] {
            assert_eq!(
                shown(number, format),
                Err(Damage::Number),
                "{number} {format:?}"
            );
        }
    }
}
