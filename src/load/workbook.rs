//! Worksheets (xlsx, xlsb) to a [`Grid`]: the first rows of each sheet to recognise a layout, then cell by cell.
//!
//! A workbook is an archive of parts. Before a sheet is read every part is unpacked once against its checksum, so a
//! damaged file is told as such.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, Xlsb, Xlsx};

use super::archive::{Archive, ReadSeek, is_zip};
use super::grid::{BLANK, Cells, Grid, Panel};
use super::text_grid::number;
use super::{LoadError, Source, room};

/// Rows looked at to recognise a layout.
const TOP: usize = 12;
/// Sheets looked at.
const SHEETS: usize = 8;
/// Rows that a table may have beyond its columns: more is not an input-output table.
const MORE_ROWS: usize = 10_000;
/// Rows after which it is seen whether there is room for them: the first, and every so many more.
const ROWS_BETWEEN_LOOKS: usize = 512;
/// Columns of a worksheet.
const WIDEST: u32 = 16_384;
/// First bytes of an OLE container: what an encrypted workbook is wrapped in.
const OLE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// The first rows of a sheet, every cell as text.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) top: Vec<Vec<String>>,
}

/// Where things are on a sheet, rows and columns from 0.
#[derive(Debug, Clone)]
pub(super) struct SheetLayout {
    /// Rows of the column headers.
    pub(super) header: Range<usize>,
    /// Columns of the row labels; numbers start behind them.
    pub(super) labels: Range<usize>,
}

/// Is this a workbook that needs a password?
pub(super) fn is_encrypted(source: &Source) -> Result<bool, LoadError> {
    if !source.head().starts_with(&OLE) {
        return Ok(false);
    }
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    Ok(memchr::memmem::find(source.bytes()?, &name).is_some())
}

/// The first rows of each sheet; none when the source is not a workbook or cannot be read as one.
pub(super) fn sheets(source: &Source) -> &[Sheet] {
    source.sheets(|| {
        if !is_zip(source.head()) {
            return Vec::new();
        }
        look(source).unwrap_or_default()
    })
}

/// Columns of the widest sheet, as the sheets say before their cells; nothing when they do not.
pub(super) fn columns(source: &Source) -> Option<usize> {
    let archive = Archive::of_workbook(source).ok().filter(Archive::is_workbook)?;
    let widest = guarded(source, || {
        let mut book = Book::open(source, &archive)?;
        let mut widest = 0;
        for name in book.names().into_iter().take(SHEETS) {
            widest = widest.max(book.width(source, &name)?);
        }
        Ok(widest)
    });
    // A sheet that does not say has one cell.
    widest.ok().filter(|columns| *columns > 1)
}

fn look(source: &Source) -> Result<Vec<Sheet>, LoadError> {
    let archive = Archive::of_workbook(source)?;
    if !archive.is_workbook() {
        return Ok(Vec::new());
    }
    guarded(source, || {
        let mut book = Book::open(source, &archive)?;
        let mut sheets = Vec::new();
        for name in book.names().into_iter().take(SHEETS) {
            let mut top: Vec<Vec<String>> = Vec::new();
            book.cells(source, &name, |row, column, value| {
                if row >= TOP {
                    return Ok(false);
                }
                top.resize(TOP, Vec::new());
                let line = &mut top[row];
                line.resize(line.len().max(column + 1), String::new());
                line[column] = text(&value);
                Ok(true)
            })?;
            sheets.push(Sheet { name, top });
        }
        Ok(sheets)
    })
}

/// Reads a sheet: the rows below the header that have a label, the columns that have a header.
///
/// # Errors
/// A damaged workbook, text where a number should be, more rows than a table has.
///
/// # Cost
/// One pass; the cells in memory.
pub(super) fn grid(source: &Source, sheet: &str, layout: &SheetLayout) -> Result<Grid, LoadError> {
    let archive = Archive::of_workbook(source)?;
    archive.verify()?;
    guarded(source, || {
        let mut book = Book::open(source, &archive)?;
        let mut reading = Reading {
            source,
            layout,
            header: vec![Vec::new(); layout.header.len()],
            rows: Vec::new(),
            values: Vec::new(),
            width: 0,
            current: None,
        };
        book.cells(source, sheet, |row, column, value| reading.take(row, column, &value))?;
        reading.finish()
    })
}

/// Gives `take` the rows of a sheet one after the other with their positions, every cell as text; rows without cells are
/// passed over.
///
/// # Errors
/// A damaged workbook; whatever `take` finds.
///
/// # Cost
/// One pass; a row in memory.
pub(super) fn each_row(
    source: &Source,
    sheet: &str,
    mut take: impl FnMut(usize, &[String]) -> Result<(), LoadError>,
) -> Result<(), LoadError> {
    let archive = Archive::of_workbook(source)?;
    archive.verify()?;
    guarded(source, || {
        let mut book = Book::open(source, &archive)?;
        let (mut line, mut current): (Vec<String>, Option<usize>) = (Vec::new(), None);
        book.cells(source, sheet, |row, column, value| {
            if current != Some(row) {
                if let Some(before) = current {
                    take(before, &line)?;
                }
                line.clear();
                current = Some(row);
            }
            line.resize(line.len().max(column + 1), String::new());
            line[column] = text(&value);
            Ok(true)
        })?;
        match current {
            Some(last) => take(last, &line),
            None => Ok(()),
        }
    })
}

/// The cell by cell state of [`grid`].
struct Reading<'a> {
    source: &'a Source,
    layout: &'a SheetLayout,
    header: Vec<Vec<String>>,
    rows: Vec<Vec<String>>,
    values: Vec<f64>,
    /// Columns of numbers, known when the header is complete.
    width: usize,
    /// Row of the sheet that the last entry of `rows` is.
    current: Option<usize>,
}

impl Reading<'_> {
    fn take(&mut self, row: usize, column: usize, value: &DataRef<'_>) -> Result<bool, LoadError> {
        if row < self.layout.header.start || column < self.layout.labels.start {
            return Ok(true);
        }
        if self.layout.header.contains(&row) {
            if column >= self.layout.labels.end {
                let line = &mut self.header[row - self.layout.header.start];
                let place = column - self.layout.labels.end;
                line.resize(line.len().max(place + 1), String::new());
                line[place] = text(value);
            }
            return Ok(true);
        }
        if self.current != Some(row) {
            self.start(row)?;
        }
        let last = self.rows.len() - 1;
        if self.layout.labels.contains(&column) {
            self.rows[last][column - self.layout.labels.start] = text(value);
            return Ok(true);
        }
        let place = column - self.layout.labels.end;
        if place >= self.width {
            // Beyond the last header: notes beside the table.
            return Ok(true);
        }
        let found = match cell(value) {
            Some(found) => found,
            None => {
                return Err(LoadError::NotANumber {
                    path: self.source.name().to_owned(),
                    row: join(self.rows[last].iter()),
                    column: join(self.header.iter().filter_map(|line| line.get(place))),
                    value: text(value),
                });
            }
        };
        let position = last * self.width + place;
        self.values[position] = found;
        Ok(true)
    }

    /// A new row of the sheet: blank until its cells come.
    fn start(&mut self, row: usize) -> Result<(), LoadError> {
        if self.rows.is_empty() {
            self.width = self.header.iter().map(Vec::len).max().unwrap_or(0);
        }
        if self.rows.len() > self.width + MORE_ROWS {
            return Err(LoadError::Damaged {
                path: self.source.name().to_owned(),
                format: "a worksheet with an input-output table",
                message: format!("more than {} rows for {} columns", self.rows.len(), self.width),
            });
        }
        self.current = Some(row);
        self.rows.push(vec![String::new(); self.layout.labels.len()]);
        if self.rows.len() % ROWS_BETWEEN_LOOKS == 1 {
            room::for_cells(self.source, self.rows.len() as u64, self.width as u64)?;
        }
        self.values.resize(self.rows.len() * self.width, BLANK);
        if let (Some(progress), Some(size)) = (self.source.progress(), self.source.len()) {
            // The rows are the measure: a packed sheet has no bytes to count.
            let all = self.width.max(1);
            progress(size * self.rows.len().min(all) as u64 / all as u64, Some(size));
        }
        Ok(())
    }

    fn finish(self) -> Result<Grid, LoadError> {
        if self.rows.is_empty() {
            return Err(LoadError::NoRows {
                path: self.source.name().to_owned(),
                header_rows: self.layout.header.end,
            });
        }
        let columns = (0..self.width)
            .map(|column| {
                self.header.iter().map(|line| line.get(column).cloned().unwrap_or_default()).collect()
            })
            .collect();
        let panel = Panel { first_row: 0, values: self.values };
        Ok(Grid {
            path: self.source.name().to_owned(),
            rows: self.rows,
            columns,
            cells: Cells::Panels(vec![panel]),
        })
    }
}

fn join<'a>(parts: impl Iterator<Item = &'a String>) -> String {
    parts.filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
}

/// The two kinds of workbook.
enum Book {
    Xlsx(Box<Xlsx<Box<dyn ReadSeek>>>),
    Xlsb(Box<Xlsb<Box<dyn ReadSeek>>>),
}

impl Book {
    fn open(source: &Source, archive: &Archive) -> Result<Self, LoadError> {
        let content = archive.content()?;
        if archive.size("xl/workbook.bin").is_some() {
            Ok(Self::Xlsb(Box::new(Xlsb::new(content).map_err(|error| damaged(source, &error))?)))
        } else {
            Ok(Self::Xlsx(Box::new(Xlsx::new(content).map_err(|error| damaged(source, &error))?)))
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Xlsx(book) => book.sheet_names(),
            Self::Xlsb(book) => book.sheet_names(),
        }
    }

    /// Columns of a sheet, by what stands before its cells.
    fn width(&mut self, source: &Source, sheet: &str) -> Result<usize, LoadError> {
        let dimensions = match self {
            Self::Xlsx(book) => {
                book.worksheet_cells_reader(sheet).map_err(|error| damaged(source, &error))?.dimensions()
            }
            Self::Xlsb(book) => {
                book.worksheet_cells_reader(sheet).map_err(|error| damaged(source, &error))?.dimensions()
            }
        };
        Ok(dimensions.end.1.min(WIDEST - 1) as usize + 1)
    }

    /// Every cell that is not empty, row by row, until `take` has enough.
    fn cells(
        &mut self,
        source: &Source,
        sheet: &str,
        mut take: impl FnMut(usize, usize, DataRef<'_>) -> Result<bool, LoadError>,
    ) -> Result<(), LoadError> {
        // The two readers are alike and have no trait in common.
        macro_rules! all {
            ($book:expr) => {{
                let mut cells =
                    $book.worksheet_cells_reader(sheet).map_err(|error| damaged(source, &error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| damaged(source, &error))? {
                    let (row, column) = cell.get_position();
                    if column >= WIDEST {
                        return Err(damaged(source, &format!("a cell in column {column}")));
                    }
                    let value = cell.get_value().clone();
                    if !matches!(value, DataRef::Empty) && !take(row as usize, column as usize, value)? {
                        break;
                    }
                }
            }};
        }
        match self {
            Self::Xlsx(book) => all!(book),
            Self::Xlsb(book) => all!(book),
        }
        Ok(())
    }
}

/// A cell as text; whole numbers without a decimal point, as codes such as `20` are stored.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Int(number) => number.to_string(),
        other => Data::from(other.clone()).to_string(),
    }
}

/// A cell as a number; nothing where it is text.
fn cell(value: &DataRef<'_>) -> Option<f64> {
    match value {
        DataRef::Float(value) => Some(*value),
        DataRef::Int(value) => Some(*value as f64),
        DataRef::String(text) => number(text.as_bytes()),
        DataRef::SharedString(text) => number(text.as_bytes()),
        DataRef::DateTime(value) => Some(value.as_f64()),
        DataRef::Empty => Some(BLANK),
        _ => None,
    }
}

fn damaged(source: &Source, error: &dyn std::fmt::Display) -> LoadError {
    LoadError::Damaged {
        path: source.name().to_owned(),
        format: "a workbook",
        message: error.to_string().lines().next().unwrap_or("unreadable").to_owned(),
    }
}

/// The reader of binary workbooks indexes into records without looking at their length: a record that lies about it is a
/// damaged file, not the end of the program.
fn guarded<T>(source: &Source, read: impl FnOnce() -> Result<T, LoadError>) -> Result<T, LoadError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged(source, &"a record is shorter than it says")))
}
