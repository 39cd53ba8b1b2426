//! Delimited text with header rows and label columns to a [`Grid`]: one pass, in parallel, while the next piece is read.
//!
//! The text is cut into pieces at line ends; all threads split the lines of a piece into fields, at the delimiters where a
//! line has no quotes and by the `csv` crate where it has, and `fast-float2` reads the numbers. The same pass computes the file's SHA-256. Fields may be quoted and hold delimiters;
//! line breaks inside quotes, which no published table has, are refused as ragged lines.

use std::io::{BufRead, BufReader, Read};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::grid::{BLANK, Cells, Grid, Panel};
use super::{LoadError, Source, room};

/// Bytes of a piece: large enough that all threads have work, small against the table.
const PIECE: usize = 4 << 20;
/// Bytes that a header may have before it counts as none: the longest published one (EXIOBASE) has under 1 MB.
const LONGEST_HEADER: usize = 64 << 20;
/// The byte-order mark that spreadsheets put before a text.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// Cells that mean "no figure", besides empty ones and blanks.
const MISSING: [&str; 6] = ["NA", "na", "n/a", "N/A", "null", "NULL"];

/// How a text is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextLayout {
    /// Byte between fields.
    pub(super) delimiter: u8,
    /// Lines before the first line of numbers.
    pub(super) header_rows: usize,
    /// Fields before the first number of a line.
    pub(super) label_columns: usize,
    /// Is a comma the decimal mark, in place of a point?
    pub(super) decimal_comma: bool,
}

impl TextLayout {
    /// Commas, one header line, one label column, points as decimal marks.
    pub(super) const COMMA: Self =
        Self { delimiter: b',', header_rows: 1, label_columns: 1, decimal_comma: false };
}

/// Rows of one chunk of a piece.
struct Chunk {
    labels: Vec<Vec<String>>,
    values: Vec<f64>,
}

/// Reads a text.
///
/// # Errors
/// A line with another number of fields than the header, a cell that is not a number, a file that ends in the header.
///
/// # Cost
/// One pass; the cells and two pieces in memory.
pub(super) fn read(source: &Source, layout: TextLayout) -> Result<Grid, LoadError> {
    let mut stream = source.open()?;
    let mut digest = source.wants_hash().then(Sha256::new);
    let mut buffer = Vec::new();
    let mut ended = false;
    // Without a header the first line says how many fields a line has.
    let header_end = loop {
        if nth_line_end(&buffer, layout.header_rows.max(1)).is_some() {
            break nth_line_end(&buffer, layout.header_rows).unwrap_or(0);
        }
        if ended && layout.header_rows == 0 {
            break 0;
        }
        if ended || buffer.len() > LONGEST_HEADER {
            return Err(LoadError::NoRows {
                path: source.name().to_owned(),
                header_rows: layout.header_rows,
            });
        }
        ended = !more(source, &mut stream, &mut buffer, digest.as_mut())?;
    };
    let header = header(source, &buffer[..header_end], layout)?;
    buffer.drain(..header_end);
    if header_end == 0 && buffer.starts_with(MARK) {
        buffer.drain(..MARK.len());
    }
    let width = match header.last() {
        Some(line) => line.len(),
        None => self::header(source, first_line(&buffer), layout)?.last().map_or(0, Vec::len),
    };
    let mut reading = Reading { source, layout, width, header: &header, lines: layout.header_rows };
    let (mut rows, mut panels) = (Vec::new(), Vec::new());
    let (mut taken, mut estimated) = (header_end, false);
    while !(ended && buffer.is_empty()) {
        let whole = match (ended, memchr::memrchr(b'\n', &buffer)) {
            (true, _) => buffer.len(),
            (false, Some(end)) => end + 1,
            (false, None) => 0,
        };
        let mut next = buffer[whole..].to_vec();
        let (parsed, read) = rayon::join(
            || reading.piece(&buffer[..whole]),
            || if ended { Ok(false) } else { more(source, &mut stream, &mut next, digest.as_mut()) },
        );
        for chunk in parsed? {
            if !chunk.labels.is_empty() {
                panels.push(Panel { first_row: rows.len(), values: chunk.values });
                rows.extend(chunk.labels);
            }
        }
        reading.lines += memchr::memchr_iter(b'\n', &buffer[..whole]).count();
        taken += whole;
        // The first lines tell how many there will be.
        if !estimated
            && !rows.is_empty()
            && let Some(len) = source.len()
        {
            let lines = u128::from(len) * rows.len() as u128 / taken.max(1) as u128;
            room::for_cells(source, lines as u64, width.saturating_sub(layout.label_columns) as u64)?;
            estimated = true;
        }
        ended = !read?;
        buffer = next;
    }
    drop(stream);
    if let Some(digest) = digest {
        source.remember_sha256(digest);
    }
    if rows.is_empty() {
        return Err(LoadError::NoRows { path: source.name().to_owned(), header_rows: layout.header_rows });
    }
    let columns: Vec<Vec<String>> = (layout.label_columns..width)
        .map(|column| header.iter().map(|line| line.get(column).cloned().unwrap_or_default()).collect())
        .collect();
    if columns.is_empty() {
        return Err(LoadError::NoColumns { path: source.name().to_owned(), labels: layout.label_columns });
    }
    Ok(Grid { path: source.name().to_owned(), rows, columns, cells: Cells::Panels(panels) })
}

/// Appends a piece; false at the end of the stream.
pub(super) fn more(
    source: &Source,
    stream: &mut (impl Read + ?Sized),
    buffer: &mut Vec<u8>,
    digest: Option<&mut Sha256>,
) -> Result<bool, LoadError> {
    let start = buffer.len();
    // One byte more than is taken: the end of the stream is seen without growing.
    buffer.reserve(PIECE + 1);
    let count = stream.take(PIECE as u64).read_to_end(buffer).map_err(|error| source.failed(error))?;
    if let Some(digest) = digest {
        digest.update(&buffer[start..]);
    }
    Ok(count == PIECE)
}

/// The first line with its end, or all there is.
fn first_line(buffer: &[u8]) -> &[u8] {
    &buffer[..nth_line_end(buffer, 1).unwrap_or(buffer.len())]
}

/// The fields of the first lines of a text, as many as there are: to see how it is laid out.
///
/// # Errors
/// A source that cannot be read; lines longer than any header.
pub(super) fn first_lines(
    source: &Source,
    delimiter: u8,
    count: usize,
) -> Result<Vec<Vec<String>>, LoadError> {
    let mut stream = BufReader::new(source.open()?.take(LONGEST_HEADER as u64));
    let mut lines = Vec::new();
    for _ in 0..count {
        stream.read_until(b'\n', &mut lines).map_err(|error| source.failed(error))?;
    }
    let layout = TextLayout { delimiter, header_rows: count, label_columns: 0, ..TextLayout::COMMA };
    header(source, &lines, layout)
}

/// Reads a text without a header line by line, never the whole of it: `parse` turns lines into something smaller on all
/// threads while the next piece is read, `take` gets the results in the order of the file.
///
/// # Errors
/// Whatever `parse` and `take` find; a source that cannot be read.
///
/// # Cost
/// One pass; two pieces and their results in memory.
pub(super) fn each_line<T: Send>(
    source: &Source,
    parse: impl Fn(usize, &[u8]) -> Result<T, LoadError> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), LoadError>,
) -> Result<usize, LoadError> {
    let mut stream = source.open()?;
    let mut digest = source.wants_hash().then(Sha256::new);
    let mut buffer = Vec::new();
    let mut lines = 0;
    let mut ended = !more(source, &mut stream, &mut buffer, digest.as_mut())?;
    while !(ended && buffer.is_empty()) {
        let whole = match (ended, memchr::memrchr(b'\n', &buffer)) {
            (true, _) => buffer.len(),
            (false, Some(end)) => end + 1,
            (false, None) => 0,
        };
        let mut next = buffer[whole..].to_vec();
        let pieces: Vec<&[u8]> = buffer[..whole]
            .split_inclusive(|&byte| byte == b'\n')
            .map(|line| line.trim_ascii_end())
            .filter(|line| !line.is_empty())
            .collect();
        let (parsed, read) = rayon::join(
            || {
                let numbered = pieces.par_iter().enumerate();
                numbered.map(|(k, line)| parse(lines + k, line)).collect::<Vec<Result<T, LoadError>>>()
            },
            || if ended { Ok(false) } else { more(source, &mut stream, &mut next, digest.as_mut()) },
        );
        for one in parsed {
            take(lines, one?)?;
            lines += 1;
        }
        ended = !read?;
        buffer = next;
    }
    drop(stream);
    if let Some(digest) = digest {
        source.remember_sha256(digest);
    }
    Ok(lines)
}

/// Position after the n-th line end.
fn nth_line_end(buffer: &[u8], lines: usize) -> Option<usize> {
    match lines {
        0 => Some(0),
        _ => memchr::memchr_iter(b'\n', buffer).nth(lines - 1).map(|end| end + 1),
    }
}

/// Places of line ends that cut a text into parts of like size, for the threads; the first is 0, the last the end.
pub(super) fn cuts(text: &[u8]) -> Vec<usize> {
    // Several a thread: one of the threads reads and hashes the next piece first.
    let parts = rayon::current_num_threads() * 4;
    let mut cuts = vec![0];
    for part in 1..parts {
        let target = text.len() * part / parts;
        if let Some(end) = memchr::memchr(b'\n', &text[target..]) {
            let cut = target + end + 1;
            if cut > cuts[cuts.len() - 1] && cut < text.len() {
                cuts.push(cut);
            }
        }
    }
    cuts.push(text.len());
    cuts
}

fn reader(text: &[u8], layout: TextLayout) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(layout.delimiter).from_reader(text)
}

/// A label: no blanks around it, no byte-order mark.
pub(super) fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim().trim_start_matches('\u{feff}').to_owned()
}

fn header(source: &Source, lines: &[u8], layout: TextLayout) -> Result<Vec<Vec<String>>, LoadError> {
    let damaged = |error: csv::Error| LoadError::Damaged {
        path: source.name().to_owned(),
        format: "delimited text",
        message: error.to_string(),
    };
    // Line by line: a blank header line counts.
    let header: Vec<Vec<String>> = lines
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| {
            let mut record = csv::ByteRecord::new();
            reader(line, layout).read_byte_record(&mut record).map_err(damaged)?;
            Ok(record.iter().map(text).collect())
        })
        .collect::<Result<_, LoadError>>()?;
    super::check_encoding(source, header.iter().flatten())?;
    Ok(header)
}

/// The fields of a line without quotes.
struct Plain<'a> {
    line: &'a [u8],
    ends: memchr::Memchr<'a>,
    start: usize,
}

impl<'a> Plain<'a> {
    fn of(line: &'a [u8], delimiter: u8) -> Self {
        Self { line, ends: memchr::memchr_iter(delimiter, line), start: 0 }
    }
}

impl<'a> Iterator for Plain<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.start > self.line.len() {
            return None;
        }
        let end = self.ends.next().unwrap_or(self.line.len());
        let field = &self.line[self.start..end];
        self.start = end + 1;
        Some(field)
    }
}

struct Reading<'a> {
    source: &'a Source,
    layout: TextLayout,
    /// Fields of a line.
    width: usize,
    header: &'a [Vec<String>],
    /// Lines before the piece at hand.
    lines: usize,
}

impl Reading<'_> {
    /// Parses whole lines, in order, on all threads; the first fault in the order of the file is the one told.
    fn piece(&self, text: &[u8]) -> Result<Vec<Chunk>, LoadError> {
        let chunks: Vec<Result<Chunk, LoadError>> =
            cuts(text).par_windows(2).map(|cut| self.chunk(text, cut[0], cut[1])).collect();
        chunks.into_iter().collect()
    }

    fn chunk(&self, text: &[u8], start: usize, end: usize) -> Result<Chunk, LoadError> {
        let lines = memchr::memchr_iter(b'\n', &text[start..end]).count()
            + usize::from(!text[start..end].ends_with(b"\n"));
        let room = lines * self.width.saturating_sub(self.layout.label_columns);
        // Chunks live as long as the grid: room for what the lines hold, and never for more than the text can hold.
        let mut chunk = Chunk { labels: Vec::new(), values: Vec::with_capacity(room.min(end - start)) };
        let mut record = csv::ByteRecord::new();
        let mut line_start = start;
        while line_start < end {
            let line_end = memchr::memchr(b'\n', &text[line_start..end]).map_or(end, |at| line_start + at);
            let line = text[line_start..line_end].strip_suffix(b"\r").unwrap_or(&text[line_start..line_end]);
            // A blank line, as files often have at their end.
            if !line.iter().all(|byte| *byte == self.layout.delimiter || byte.is_ascii_whitespace()) {
                let number = || self.lines + 1 + memchr::memchr_iter(b'\n', &text[..line_start]).count();
                if memchr::memchr(b'"', line).is_some() {
                    let mut reader = reader(line, self.layout);
                    reader.read_byte_record(&mut record).map_err(|error| LoadError::Damaged {
                        path: self.source.name().to_owned(),
                        format: "delimited text",
                        message: error.to_string(),
                    })?;
                    self.line(|| record.iter(), number, &mut chunk)?;
                } else {
                    // Nearly every line of nearly every table: no quotes, so a delimiter is a delimiter.
                    self.line(|| Plain::of(line, self.layout.delimiter), number, &mut chunk)?;
                }
            }
            line_start = line_end + 1;
        }
        // The last line of a chunk ends it: the room of one more is given back where it is worth it.
        if chunk.values.len() * 10 < chunk.values.capacity() * 9 {
            chunk.values.shrink_to_fit();
        }
        Ok(chunk)
    }

    /// Takes the fields of a line.
    fn line<'f, F: Iterator<Item = &'f [u8]>>(
        &self,
        fields: impl Fn() -> F,
        number_of_line: impl Fn() -> usize,
        chunk: &mut Chunk,
    ) -> Result<(), LoadError> {
        let before = chunk.values.len();
        let mut rest = fields();
        let labels: Vec<String> = rest.by_ref().take(self.layout.label_columns).map(self::text).collect();
        let mut fault = None;
        for (position, field) in rest.enumerate() {
            let value = if self.layout.decimal_comma { number_with_comma(field) } else { number(field) };
            match value {
                Some(value) => chunk.values.push(value),
                None => {
                    fault = Some((position + self.layout.label_columns, field));
                    break;
                }
            }
        }
        let found = match fault {
            None => labels.len() + chunk.values.len() - before,
            Some(_) => fields().count(),
        };
        if found != self.width {
            return Err(LoadError::Ragged {
                path: self.source.name().to_owned(),
                line: number_of_line(),
                found,
                expected: self.width,
            });
        }
        if let Some((position, field)) = fault {
            let named: Vec<&str> =
                labels.iter().map(String::as_str).filter(|label| !label.is_empty()).collect();
            // A file without labels.
            let row = if named.is_empty() { format!("line {}", number_of_line()) } else { named.join(" ") };
            return Err(LoadError::NotANumber {
                path: self.source.name().to_owned(),
                row,
                column: self.column_name(position),
                value: String::from_utf8_lossy(field).into_owned(),
            });
        }
        chunk.labels.push(labels);
        Ok(())
    }

    /// Every header of a column, for a message.
    fn column_name(&self, position: usize) -> String {
        let parts: Vec<&str> = self
            .header
            .iter()
            .filter_map(|line| line.get(position))
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        if parts.is_empty() { format!("{}", position + 1) } else { parts.join(" ") }
    }
}

/// The number in a field: [`BLANK`] where there is none, nothing where the field is text.
pub(super) fn number(field: &[u8]) -> Option<f64> {
    if let Ok(value) = fast_float2::parse(field) {
        return Some(value);
    }
    let field = field.trim_ascii();
    if field.is_empty() {
        return Some(BLANK);
    }
    let text = std::str::from_utf8(field).ok()?;
    if MISSING.contains(&text) {
        return Some(BLANK);
    }
    fast_float2::parse(text).ok()
}

/// Fields of a line that has several, all of them numbers with points or commas: the first line of a file without labels.
pub(super) fn numbers_alone(line: &[u8]) -> Option<usize> {
    let delimiter = [b';', b'\t', b','].into_iter().find(|delimiter| line.contains(delimiter))?;
    let is_number = |field: &[u8]| {
        let field = field.trim_ascii();
        let value = number(field).or_else(|| number_with_comma(field).filter(|_| delimiter != b','));
        value.is_some_and(f64::is_finite)
    };
    let line = line.strip_prefix(MARK).unwrap_or(line).trim_ascii_end();
    let line = line.strip_suffix(&[delimiter]).unwrap_or(line);
    let fields: Vec<&[u8]> = line.split(|byte| *byte == delimiter).collect();
    (fields.len() > 1 && fields.iter().all(|field| is_number(field))).then_some(fields.len())
}

/// [`number`] where a comma is the decimal mark: a point then marks thousands, which are not read.
pub(super) fn number_with_comma(field: &[u8]) -> Option<f64> {
    if memchr::memchr(b'.', field).is_some() {
        return None;
    }
    match memchr::memchr(b',', field) {
        None => number(field),
        Some(at) => {
            let mut with_point = field.to_vec();
            with_point[at] = b'.';
            number(&with_point)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::is_blank;
    use super::*;

    fn grid(text: &str, layout: TextLayout) -> Result<Grid, LoadError> {
        read(&Source::from_bytes("t.csv", text.as_bytes().to_vec()), layout)
    }

    #[test]
    fn labels_headers_blanks_and_quotes() {
        let text = "\u{feff}code,,A,B\nx,name,s,\"t, u\"\r\n\na,\"one, two\",1.5, \nb,two,NA,-2e3\n\n";
        let layout = TextLayout { header_rows: 2, label_columns: 2, ..TextLayout::COMMA };
        let read = grid(text, layout).unwrap();
        assert_eq!(read.columns, [["A", "s"], ["B", "t, u"]]);
        assert_eq!(read.rows, [["a", "one, two"], ["b", "two"]]);
        assert_eq!(read.value(0, 0).to_bits(), 1.5_f64.to_bits());
        assert!(is_blank(read.value(0, 1)) && is_blank(read.value(1, 0)));
        assert_eq!(read.value(1, 1).to_bits(), (-2e3_f64).to_bits());
    }

    #[test]
    fn many_pieces_give_every_row_once_and_in_order() {
        // Some 12 MB: three pieces.
        let width = 300;
        let mut text = String::from("row");
        (0..width).for_each(|j| text.push_str(&format!(",c{j}")));
        text.push('\n');
        for i in 0..8_000 {
            text.push_str(&format!("r{i}"));
            (0..width).for_each(|j| text.push_str(&format!(",{}", i + j)));
            text.push('\n');
        }
        let source = Source::from_bytes("-", text.into_bytes());
        let read = read(&source, TextLayout::COMMA).unwrap();
        assert_eq!(read.rows.len(), 8_000);
        for (i, j) in [(0, 0), (1, 299), (3_999, 7), (7_999, 299)] {
            assert_eq!(read.row_label(i), format!("r{i}"));
            assert!((read.value(i, j) - (i + j) as f64).abs() < 1e-9);
        }
        let hash = Source::from_bytes("-", source.bytes().unwrap().to_vec()).sha256().unwrap();
        assert_eq!(source.sha256().unwrap(), hash, "hashed on the way");
    }

    #[test]
    fn a_text_without_a_header_is_as_wide_as_its_first_line() {
        let layout = TextLayout { delimiter: b'\t', header_rows: 0, label_columns: 0, ..TextLayout::COMMA };
        for text in ["1\t2\t\n3\t4\t\n", "1\t2\t\n3\t4\t", "\u{feff}1\t2\t\n3\t4\t\n"] {
            let read = grid(text, layout).unwrap();
            assert_eq!((read.rows.len(), read.columns.len()), (2, 3));
            assert!(read.value(1, 1).to_bits() == 4.0_f64.to_bits() && is_blank(read.value(0, 2)));
        }
        assert!(matches!(grid("", layout), Err(LoadError::NoRows { .. })));
        assert!(matches!(grid("1\t2\n3\n", layout), Err(LoadError::Ragged { line: 2, .. })));
    }

    #[test]
    fn a_line_of_numbers_alone_is_no_header() {
        for (line, fields) in [
            ("1.5,2,-3e2", Some(3)),
            ("1,5;2;0,25", Some(3)),
            ("1\t2\t", Some(2)),
            ("\u{feff}1,2,", Some(2)),
            ("row,1,2", None),
            ("1,A.b", None),
            ("1,,2", None),
            ("1", None),
            ("", None),
        ] {
            assert_eq!(numbers_alone(line.as_bytes()), fields, "{line}");
        }
    }

    #[test]
    fn a_comma_is_a_decimal_mark_where_the_layout_says_so() {
        let layout = TextLayout { delimiter: b';', decimal_comma: true, ..TextLayout::COMMA };
        let read = grid("row;A;B;C\na;1,5;-2,5e3;7\nb; 0,25 ;;NA\n\"c\";\"3,5\";1;2\n", layout).unwrap();
        for (row, column, value) in [(0, 0, 1.5), (0, 1, -2500.0), (0, 2, 7.0), (1, 0, 0.25), (2, 0, 3.5)] {
            assert_eq!(read.value(row, column).to_bits(), f64::to_bits(value), "{row} {column}");
        }
        assert!(is_blank(read.value(1, 1)) && is_blank(read.value(1, 2)));
        // Thousands, and a file of the other kind, are no numbers.
        for text in ["1.234,5", "1.5", "1,2,3"] {
            let error = grid(&format!("row;A\na;{text}\n"), layout).err().unwrap().to_string();
            assert_eq!(error, format!("t.csv: row `a`, column `A`: found `{text}`, expected a number"));
        }
        // Without the word of a layout a comma is none.
        assert!(grid("row;A\na;1,5\n", TextLayout { decimal_comma: false, ..layout }).is_err());
    }

    #[test]
    fn lines_are_taken_in_the_order_of_the_file() {
        let text: String = (0..700_000).map(|k| format!("{k},x\r\n")).collect();
        let source = Source::from_bytes("-", text.into_bytes());
        let mut next = 0;
        let parse = |place: usize, line: &[u8]| {
            assert!(line.ends_with(b",x"));
            Ok((place, String::from_utf8_lossy(&line[..line.len() - 2]).parse::<usize>().unwrap()))
        };
        let lines = each_line(&source, parse, |place, (parsed_at, number)| {
            assert_eq!((place, parsed_at, number), (next, next, next));
            next += 1;
            Ok(())
        });
        assert_eq!((lines.unwrap(), next), (700_000, 700_000));
        let lines = first_lines(&source, b',', 2).unwrap();
        assert_eq!(lines, [["0", "x"], ["1", "x"]]);
    }

    /// The plain split is the `csv` crate's split, for every line without quotes.
    #[test]
    fn lines_without_quotes_are_split_as_by_the_csv_crate() {
        for line in ["a,1,2", "a,,", ",", "", ",,1 , x", "a;b,c", "a,1,2,"] {
            let mut record = csv::ByteRecord::new();
            reader(line.as_bytes(), TextLayout::COMMA).read_byte_record(&mut record).unwrap();
            let expected: Vec<&[u8]> = record.iter().collect();
            let found: Vec<&[u8]> = Plain::of(line.as_bytes(), b',').collect();
            // An empty line has no record at all; the reader of tables passes over it.
            if !line.is_empty() {
                assert_eq!(found, expected, "{line}");
            }
        }
    }

    #[test]
    fn a_line_too_short_with_text_in_it_is_too_short_first() {
        let error = grid("row,A,B\na,1,2\n\nb,x\n", TextLayout::COMMA).err().unwrap().to_string();
        assert_eq!(error, "t.csv: line 4 has 2 fields, the header has 3");
        let error = grid("row,A,B\na,1,2\n\"b\",\"x\"\n", TextLayout::COMMA).err().unwrap().to_string();
        assert_eq!(error, "t.csv: line 3 has 2 fields, the header has 3");
        let error = grid("row,A,B\n\"a\nb\",1,2\n", TextLayout::COMMA).err().unwrap().to_string();
        assert_eq!(error, "t.csv: line 2 has 1 fields, the header has 3", "no line breaks inside quotes");
    }

    #[test]
    fn faults_name_line_row_and_column() {
        let error = grid("row,A,B\na,1,2\nb,1\n", TextLayout::COMMA).err().unwrap().to_string();
        assert_eq!(error, "t.csv: line 3 has 2 fields, the header has 3");
        let error = grid("row,A,B\na,1,2\nb,1,x\n", TextLayout::COMMA).err().unwrap().to_string();
        assert_eq!(error, "t.csv: row `b`, column `B`: found `x`, expected a number");
        assert!(matches!(grid("row,A,B\n", TextLayout::COMMA), Err(LoadError::NoRows { .. })));
        assert!(matches!(grid("row\na\n", TextLayout::COMMA), Err(LoadError::NoColumns { labels: 1, .. })));
        assert!(matches!(grid("row,A,B", TextLayout::COMMA), Err(LoadError::NoRows { .. })));
    }
}
