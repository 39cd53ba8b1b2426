//! Delimited text with one line a cell to a [`Grid`]: streamed, so a file of ten million lines costs the matrix it becomes.
//!
//! Pieces of the text are split into fields on all threads; the cells go to their place in the order of the file. Labels
//! keep the order in which they first appear.

use std::io::Read;

use rayon::prelude::*;
use sha2::Sha256;

use super::grid::{Cells, Grid, is_blank};
use super::label_set::LabelSet;
use super::text_grid::{cuts, more, number, number_with_comma, text};
use super::{LoadError, Source, room};
use crate::table::Repair;

/// A cell that no line lists yet: another NaN than a blank one.
const ABSENT: f64 = f64::from_bits(0x7ff8_0000_b1a4_0002);
/// Cells that a matrix may have for each line of the file: more, and the lines are not those of a table.
const CELLS_PER_LINE: usize = 256;
/// ... and cells that any matrix may have.
const FEW_CELLS: usize = 1 << 24;
/// Bytes that are read at once where years are looked for.
const CHUNK: usize = 1 << 20;
/// Bytes beyond which a line is none.
const LONGEST_LINE: usize = 1 << 26;

/// Which fields hold what, from 0. The first line is the header.
#[derive(Debug, Clone)]
pub(super) struct LongLayout {
    pub(super) delimiter: u8,
    /// Is a comma the decimal mark, in place of a point?
    pub(super) decimal_comma: bool,
    /// Labels of the row.
    pub(super) row: Vec<usize>,
    /// Labels of the column.
    pub(super) column: Vec<usize>,
    /// The figure.
    pub(super) value: usize,
    /// Only lines with this text in this field.
    pub(super) only: Option<(usize, String)>,
}

/// Cells of a part of the text, with labels of its own.
#[derive(Default)]
pub(super) struct Part {
    /// Fields of each label joined.
    pub(super) rows: LabelSet,
    pub(super) columns: LabelSet,
    /// Row, column, figure, line within the part (from 0).
    pub(super) cells: Vec<(u32, u32, f64, u32)>,
}

/// Reads the cells; beside the grid, how many cells no line lists (they are zero).
///
/// # Errors
/// A line with another number of fields than the header, a figure that is not a number, a cell that is listed twice.
///
/// # Cost
/// One pass; the matrix and two pieces in memory.
pub(super) fn read(source: &Source, layout: &LongLayout) -> Result<(Grid, usize), LoadError> {
    let mut matrix = Matrix::default();
    each_part(source, layout, &mut |part, first_line| matrix.take(source, part, first_line))?;
    matrix.finish(source, layout)
}

/// What is told of cells that a long table leaves out; nothing where there are none.
pub(super) fn not_listed(absent: usize) -> Option<Repair> {
    (absent > 0).then(|| Repair {
        name: "not-listed-as-zero".into(),
        detail: "cells that the file does not list are zero".into(),
        count: absent,
    })
}

/// Hands over the cells in the order of the file, part by part, each with the line it starts at; the next piece is parsed
/// meanwhile.
///
/// # Errors
/// A line with another number of fields than the header, a figure that is not a number, and what `take` finds.
pub(super) fn each_part(
    source: &Source,
    layout: &LongLayout,
    take: &mut (dyn FnMut(Part, usize) -> Result<(), LoadError> + Send),
) -> Result<(), LoadError> {
    let mut stream = source.open()?;
    let mut digest = source.wants_hash().then(<Sha256 as sha2::Digest>::new);
    let mut buffer = Vec::new();
    let mut ended = !more(source, &mut stream, &mut buffer, digest.as_mut())?;
    let header_end = memchr::memchr(b'\n', &buffer).map_or(buffer.len(), |end| end + 1);
    let width = fields(&buffer[..header_end], layout.delimiter);
    buffer.drain(..header_end);
    let reading = Reading { source, layout, width };
    let mut lines = 1;
    let mut taken =
        |parts: Vec<(Part, usize)>| parts.into_iter().try_for_each(|(part, line)| take(part, line));
    let mut parsed = Vec::new();
    while !(ended && buffer.is_empty()) {
        let whole = match (ended, memchr::memrchr(b'\n', &buffer)) {
            (true, _) => buffer.len(),
            (false, Some(end)) => end + 1,
            (false, None) => 0,
        };
        let mut next = buffer[whole..].to_vec();
        let before = std::mem::take(&mut parsed);
        let (now, (done, read)) = rayon::join(
            || reading.piece(&buffer[..whole], lines),
            || {
                let read =
                    if ended { Ok(false) } else { more(source, &mut stream, &mut next, digest.as_mut()) };
                (taken(before), read)
            },
        );
        // The first fault in the order of the file is the one told.
        done?;
        parsed = now?;
        lines += memchr::memchr_iter(b'\n', &buffer[..whole]).count();
        ended = !read?;
        buffer = next;
    }
    taken(parsed)?;
    drop(stream);
    if let Some(digest) = digest {
        source.remember_sha256(digest);
    }
    Ok(())
}

/// Every year of a column of years, sorted: one pass over the lines.
///
/// # Errors
/// What is no year, with its line; lines without any text are passed over.
pub(super) fn years_of(source: &Source, delimiter: u8, column: usize) -> Result<Vec<i32>, LoadError> {
    let damaged = |message: String| LoadError::Damaged {
        path: source.name().to_owned(),
        format: "lines of one cell each",
        message,
    };
    let (mut years, mut last) = (Vec::new(), Vec::new());
    let (mut buffer, mut rest) = (vec![0; CHUNK], Vec::new());
    let mut stream = source.open()?;
    let mut record = csv::ByteRecord::new();
    let mut lines = 0;
    loop {
        let count = stream.read(&mut buffer).map_err(|error| source.failed(error))?;
        rest.extend_from_slice(&buffer[..count]);
        let whole = match (count, memchr::memrchr(b'\n', &rest)) {
            (0, _) => rest.len(),
            (_, Some(end)) => end + 1,
            (_, None) => 0,
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(&rest[..whole]);
        while reader.read_byte_record(&mut record).map_err(|error| damaged(error.to_string()))? {
            let line = lines + record.position().map_or(0, |position| position.line() as usize);
            let field = record.get(column).unwrap_or_default().trim_ascii();
            // The first line names the columns; a file is mostly in the order of its years.
            if line == 1 || field == last || record.iter().all(|field| field.trim_ascii().is_empty()) {
                continue;
            }
            let Some(year) = std::str::from_utf8(field).ok().and_then(|field| field.parse().ok()) else {
                return Err(damaged(format!("line {line}: `{}` is no year (2010, not 2010.0)", text(field))));
            };
            last = field.to_vec();
            if !years.contains(&year) {
                years.push(year);
            }
        }
        lines += memchr::memchr_iter(b'\n', &rest[..whole]).count();
        rest.drain(..whole);
        if count == 0 {
            break;
        }
        if rest.len() > LONGEST_LINE {
            return Err(damaged("a line of more than 64 MB".into()));
        }
    }
    years.sort_unstable();
    Ok(years)
}

/// The year that is wanted, or the only one of a column of years; nothing when there is none.
///
/// # Errors
/// [`LoadError::SeveralYears`] where none is wanted, and what [`years_of`] finds.
pub(super) fn year_of(
    source: &Source,
    delimiter: u8,
    column: usize,
    wanted: Option<i32>,
) -> Result<Option<i32>, LoadError> {
    if wanted.is_some() {
        return Ok(wanted);
    }
    match years_of(source, delimiter, column)?.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(*only)),
        years => Err(LoadError::SeveralYears {
            path: source.name().to_owned(),
            years: years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        }),
    }
}

fn fields(line: &[u8], delimiter: u8) -> usize {
    let mut record = csv::ByteRecord::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line);
    reader.read_byte_record(&mut record).map_or(0, |_| record.len())
}

/// Label fields of a key.
pub(super) fn labels(key: &[u8]) -> Vec<String> {
    key.split(|&byte| byte == UNIT_SEPARATOR).map(text).collect()
}

/// Has the first label field of a key no text?
pub(super) fn is_nameless(key: &[u8]) -> bool {
    key.first().is_none_or(|&byte| byte == UNIT_SEPARATOR)
}

const UNIT_SEPARATOR: u8 = 0x1f;

struct Reading<'a> {
    source: &'a Source,
    layout: &'a LongLayout,
    width: usize,
}

impl Reading<'_> {
    /// Parses whole lines on all threads; each part with the line of the file that it starts at.
    fn piece(&self, text: &[u8], lines: usize) -> Result<Vec<(Part, usize)>, LoadError> {
        let parts: Vec<Result<(Part, usize), LoadError>> = cuts(text)
            .par_windows(2)
            .map(|cut| {
                let first = lines + 1 + memchr::memchr_iter(b'\n', &text[..cut[0]]).count();
                Ok((self.part(&text[cut[0]..cut[1]], first)?, first))
            })
            .collect();
        parts.into_iter().collect()
    }

    fn part(&self, text: &[u8], first_line: usize) -> Result<Part, LoadError> {
        let mut part = Part::default();
        let mut record = csv::ByteRecord::new();
        let mut key = Vec::new();
        let (mut last_row, mut last_key) = (0, Vec::new());
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.layout.delimiter)
            .from_reader(text);
        loop {
            // Blank lines are skipped by the reader; its own count of lines is that of the text.
            let more = reader.read_byte_record(&mut record).map_err(|error| LoadError::Damaged {
                path: self.source.name().to_owned(),
                format: "delimited text",
                message: error.to_string(),
            })?;
            if !more {
                return Ok(part);
            }
            let line = record.position().map_or(0, |position| position.line() as usize - 1);
            if record.len() != self.width {
                return Err(LoadError::Ragged {
                    path: self.source.name().to_owned(),
                    line: first_line + line,
                    found: record.len(),
                    expected: self.width,
                });
            }
            if let Some((field, wanted)) = &self.layout.only
                && record[*field].trim_ascii() != wanted.as_bytes()
            {
                continue;
            }
            let field = &record[self.layout.value];
            let value = if self.layout.decimal_comma { number_with_comma(field) } else { number(field) };
            let Some(value) = value else {
                return Err(self.not_a_number(&record, first_line + line));
            };
            join(&record, &self.layout.row, &mut key);
            if part.rows.is_empty() || key != last_key {
                last_row = part.rows.number(&key);
                last_key.clone_from(&key);
            }
            join(&record, &self.layout.column, &mut key);
            let column = part.columns.number(&key);
            part.cells.push((last_row, column, value, line as u32));
        }
    }

    fn not_a_number(&self, record: &csv::ByteRecord, line: usize) -> LoadError {
        let name =
            |fields: &[usize]| fields.iter().map(|&field| text(&record[field])).collect::<Vec<_>>().join(" ");
        LoadError::NotANumber {
            path: format!("{}: line {line}", self.source.name()),
            row: name(&self.layout.row),
            column: name(&self.layout.column),
            value: String::from_utf8_lossy(&record[self.layout.value]).into_owned(),
        }
    }
}

fn join(record: &csv::ByteRecord, fields: &[usize], key: &mut Vec<u8>) {
    key.clear();
    for (position, &field) in fields.iter().enumerate() {
        if position > 0 {
            key.push(UNIT_SEPARATOR);
        }
        key.extend_from_slice(record[field].trim_ascii());
    }
}

/// The growing matrix: one vector a column, as long as its last row.
#[derive(Default)]
struct Matrix {
    rows: LabelSet,
    columns: LabelSet,
    cells: Vec<Vec<f64>>,
    listed: usize,
    /// Cells for which there was room when it was last seen.
    room_for: usize,
}

impl Matrix {
    fn take(&mut self, source: &Source, part: Part, first_line: usize) -> Result<(), LoadError> {
        let rows = self.rows.numbers(&part.rows);
        let columns = self.columns.numbers(&part.columns);
        self.listed += part.cells.len();
        let size = self.rows.len().saturating_mul(self.columns.len());
        if size > FEW_CELLS.max(self.listed.saturating_mul(CELLS_PER_LINE)) {
            return Err(LoadError::Damaged {
                path: source.name().to_owned(),
                format: "the cells of a table",
                message: format!(
                    "{} cells make {} rows and {} columns",
                    self.listed,
                    self.rows.len(),
                    self.columns.len()
                ),
            });
        }
        if size / 2 >= self.room_for {
            room::for_cells(source, self.rows.len() as u64, self.columns.len() as u64)?;
            self.room_for = size;
        }
        self.cells.resize(self.columns.len(), Vec::new());
        for (row, column, value, line) in part.cells {
            let (row, column) = (rows[row as usize] as usize, columns[column as usize] as usize);
            let cells = &mut self.cells[column];
            if cells.len() <= row {
                cells.resize(row + 1, ABSENT);
            }
            if cells[row].to_bits() != ABSENT.to_bits() {
                return Err(LoadError::DuplicateCell {
                    path: source.name().to_owned(),
                    line: first_line + line as usize,
                    row: labels(self.rows.get(row)).join(" "),
                    column: labels(self.columns.get(column)).join(" "),
                });
            }
            cells[row] = value;
        }
        Ok(())
    }

    fn finish(mut self, source: &Source, layout: &LongLayout) -> Result<(Grid, usize), LoadError> {
        if self.rows.is_empty() {
            return Err(match &layout.only {
                Some((_, wanted)) => LoadError::NoSuchYear {
                    path: source.name().to_owned(),
                    year: wanted.clone(),
                    available: "others".into(),
                },
                None => LoadError::NoRows { path: source.name().to_owned(), header_rows: 1 },
            });
        }
        let height = self.rows.len();
        let absent = self
            .cells
            .par_iter_mut()
            .map(|cells| {
                cells.resize(height, ABSENT);
                let mut absent = 0;
                for cell in cells.iter_mut().filter(|cell| cell.to_bits() == ABSENT.to_bits()) {
                    *cell = 0.0;
                    absent += 1;
                }
                absent
            })
            .sum();
        let grid = Grid {
            path: source.name().to_owned(),
            rows: self.rows.iter().map(labels).collect(),
            columns: self.columns.iter().map(labels).collect(),
            cells: Cells::of_columns(self.cells),
        };
        debug_assert!(!is_blank(ABSENT));
        Ok((grid, absent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> LongLayout {
        LongLayout {
            delimiter: b',',
            decimal_comma: false,
            row: vec![0],
            column: vec![1],
            value: 2,
            only: None,
        }
    }

    fn grid(text: &str) -> Result<(Grid, usize), LoadError> {
        read(&Source::from_bytes("t.csv", text.as_bytes().to_vec()), &layout())
    }

    #[test]
    fn cells_find_their_place_and_the_rest_is_zero() {
        let (grid, absent) = grid("r,c,v\na,x,1\na,y,2\n\nb,y,-3\nc,x,\n").unwrap();
        assert_eq!((grid.rows.len(), grid.columns.len(), absent), (3, 2, 2));
        assert!((grid.value(1, 1) + 3.0).abs() < 1e-15);
        assert_eq!(grid.value(1, 0).to_bits(), 0.0_f64.to_bits());
        assert!(is_blank(grid.value(2, 0)), "listed without a figure");
    }

    #[test]
    fn many_pieces_are_one_file() {
        let mut text = String::from("r,c,v\n");
        for i in 0..700 {
            for j in 0..900 {
                text.push_str(&format!("row{i},col{j},{}\n", i * 1000 + j));
            }
        }
        let (read, absent) = grid(&text).unwrap();
        assert_eq!((read.rows.len(), read.columns.len(), absent), (700, 900, 0));
        for (i, j) in [(0, 0), (699, 899), (350, 1)] {
            assert!((read.value(i, j) - (i * 1000 + j) as f64).abs() < 1e-9);
        }
        let line = 400 * 900 + 7;
        text.push_str("row400,col6,1\n");
        let error = grid(&text).err().unwrap().to_string();
        assert!(error.contains("line 630002") && error.contains("row400"), "{error}, first at {line}");
    }

    #[test]
    fn faults_name_line_row_and_column() {
        let error = grid("r,c,v\na,x,1\na,y,z\n").err().unwrap().to_string();
        assert_eq!(error, "t.csv: line 3: row `a`, column `y`: found `z`, expected a number");
        let error = grid("r,c,v\na,x,1\na,y\n").err().unwrap().to_string();
        assert_eq!(error, "t.csv: line 3 has 2 fields, the header has 3");
        let error = grid("r,c,v\na,x,1\na,x,1\n").err().unwrap().to_string();
        assert!(error.contains("line 3") && error.contains("second time"), "{error}");
    }
}
