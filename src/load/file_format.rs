//! What a file is that came where it cannot be read: told by its name and first bytes, so that the refusal says what to do
//! with it. Nothing is read here.

use std::fmt;

use super::LoadError;
use super::archive::is_zip;

/// A format that is read in another way, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileFormat {
    /// An Excel workbook.
    Workbook,
    /// A zip archive of something else.
    Archive,
    /// Packed with gzip.
    Gzip,
    /// An object or workspace of R: `.rds`, `.RData`.
    RObject,
    /// Parquet.
    Parquet,
    /// HDF5, and MATLAB's files since 7.3.
    Hdf5,
    /// Text in UTF-16, as Excel calls it Unicode text.
    Utf16,
    /// Text with another character than a comma between its fields.
    Delimited(char),
}

/// Endings of what R saves.
const R_ENDINGS: [&str; 3] = [".rds", ".rdata", ".rda"];
/// What separates fields, besides commas.
const DELIMITERS: [char; 3] = [';', '\t', '|'];
/// Delimiters that a header has at least: three fields.
const LEAST: usize = 2;
/// Bytes of a file that tell its format.
const HEAD: usize = 64 << 10;

impl FileFormat {
    /// The format by the name of a file and its first bytes; nothing for text with commas and for what is not known.
    pub(super) fn of(name: &str, head: &[u8]) -> Option<Self> {
        let begins = |signature: &[u8]| head.starts_with(signature);
        let holds = |word: &[u8]| memchr::memmem::find(head, word).is_some();
        let name = name.to_lowercase();
        if R_ENDINGS.iter().any(|ending| name.ends_with(ending)) || begins(b"RDX2\n") || begins(b"RDX3\n") {
            return Some(Self::RObject);
        }
        if begins(b"\x1F\x8B") {
            return Some(Self::Gzip);
        }
        if is_zip(head) {
            return Some(if holds(b"xl/") || holds(b"[Content_Types].xml") {
                Self::Workbook
            } else {
                Self::Archive
            });
        }
        if begins(b"\xD0\xCF\x11\xE0") {
            return Some(Self::Workbook);
        }
        if begins(b"PAR1") {
            return Some(Self::Parquet);
        }
        if begins(b"\x89HDF\r\n\x1A\n") {
            return Some(Self::Hdf5);
        }
        if begins(b"\xFF\xFE") || begins(b"\xFE\xFF") {
            return Some(Self::Utf16);
        }
        if head.contains(&0) { None } else { delimiter(head).map(Self::Delimited) }
    }
}

/// What separates the fields of the header, when it is no comma.
fn delimiter(head: &[u8]) -> Option<char> {
    let text = String::from_utf8_lossy(head);
    let header = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'))?;
    // Every other part stands in quotes.
    let outside: Vec<&str> = header.split('"').step_by(2).collect();
    let count = |wanted: char| outside.iter().map(|part| part.matches(wanted).count()).sum::<usize>();
    let most = DELIMITERS.into_iter().max_by_key(|delimiter| count(*delimiter))?;
    (count(most) >= LEAST && count(most) > count(',')).then_some(most)
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workbook => f.write_str("an Excel workbook"),
            Self::Archive => f.write_str("a zip archive"),
            Self::Gzip => f.write_str("packed with gzip"),
            Self::RObject => f.write_str("an object of R"),
            Self::Parquet => f.write_str("a Parquet file"),
            Self::Hdf5 => f.write_str("an HDF5 file"),
            Self::Utf16 => f.write_str("text in UTF-16"),
            Self::Delimited('\t') => f.write_str("text with tabs between its fields"),
            Self::Delimited(delimiter) => write!(f, "text with `{delimiter}` between its fields"),
        }
    }
}

/// How a file becomes the small CSV that is needed.
pub(super) fn to_csv(found: FileFormat) -> &'static str {
    match found {
        FileFormat::Workbook => "save its sheet as CSV in UTF-8, with commas between the fields",
        FileFormat::Archive => "unpack it and name the CSV in it",
        FileFormat::Gzip => "unpack it with `gunzip`",
        FileFormat::RObject => "write it in R: `write.csv(x, \"FILE.csv\", row.names = FALSE)`",
        FileFormat::Parquet => "name it .parquet where accounts are read from Parquet, else write it as CSV",
        FileFormat::Hdf5 => "write it as CSV: a header, then a line a figure",
        FileFormat::Utf16 => "save it as UTF-8, for example `iconv -f utf-16 -t utf-8 OLD > NEW`",
        FileFormat::Delimited(_) => "save it with commas between the fields and points as decimal marks",
    }
}

/// How a file becomes a table that is read.
pub(super) fn to_table(found: FileFormat) -> String {
    match found {
        FileFormat::Delimited(delimiter) => {
            let named = if delimiter == '\t' { "tab".to_owned() } else { delimiter.to_string() };
            format!(
                "describe it with `--layout FILE`: `delimiter = \"{named}\"` in its part [text] (README.md and data/layouts/ \
                 show the rest); a canonical table may be saved with commas and points instead"
            )
        }
        FileFormat::RObject => {
            "write it in R: `write.csv(x, \"FILE.csv\")` with `ECONOMY.sector` as names of rows and columns, or with labels of \
             your own and `--layout FILE`"
                .into()
        }
        other => to_csv(other).into(),
    }
}

/// Refuses what is no CSV with commas, where a small one is needed.
///
/// # Errors
/// [`LoadError::OtherFormat`].
pub(super) fn refuse_other(name: &str, bytes: &[u8]) -> Result<(), LoadError> {
    match FileFormat::of(name, &bytes[..bytes.len().min(HEAD)]) {
        Some(found) => Err(LoadError::OtherFormat { path: name.to_owned(), found }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_first_bytes_and_objects_of_r_by_their_name() {
        for (name, head, expected) in [
            ("a.csv", &b"economy,sector,value\nA,x,1\n"[..], None),
            ("a.csv", b"\"a;b;c\",d,e\n1,2,3\n", None),
            ("a.csv", b"# one; two; three\neconomy,sector,value\n", None),
            ("a.csv", b"", None),
            ("a.bin", b"\x01\x00;;;;;", None),
            ("a.csv", b"one; or two\n", None),
            ("a.tsv", b"economy\tsector\tvalue\n", Some(FileFormat::Delimited('\t'))),
            ("a.csv", b"row;A.x;A.y\nA.x;1,5;2,5\n", Some(FileFormat::Delimited(';'))),
            ("a.txt", b"\n# note\nrow|A.x, big|A.y\n", Some(FileFormat::Delimited('|'))),
            ("a.csv", b"PK\x03\x04..[Content_Types].xml..", Some(FileFormat::Workbook)),
            ("a.csv", b"PK\x03\x04..a.csv..", Some(FileFormat::Archive)),
            ("a.xls", b"\xD0\xCF\x11\xE0\xA1\xB1", Some(FileFormat::Workbook)),
            ("a.csv", b"\x1F\x8B\x08", Some(FileFormat::Gzip)),
            ("a.RData", b"\x1F\x8B\x08", Some(FileFormat::RObject)),
            ("a.rds", b"BZh9", Some(FileFormat::RObject)),
            ("a", b"RDX3\nX\n\x00", Some(FileFormat::RObject)),
            ("a", b"PAR1\x00", Some(FileFormat::Parquet)),
            ("a.mat", b"\x89HDF\r\n\x1A\n\x00", Some(FileFormat::Hdf5)),
            ("a.txt", b"\xFF\xFEa\x00", Some(FileFormat::Utf16)),
        ] {
            assert_eq!(FileFormat::of(name, head), expected, "{name} {:?}", String::from_utf8_lossy(head));
        }
    }
}
