//! What can be wrong with a file: what, where, expected, found, what to try.

use super::file_format::{self, FileFormat};
use super::satellite::SatelliteError;
use crate::machine;
use crate::table::{AccountError, AggregateError, TableError};

/// Why a file could not be read as a table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// No such file or directory.
    #[error("{path}: no such file or directory")]
    NotFound {
        /// Path.
        path: String,
        /// A neighbour with a similar name.
        nearest: Option<String>,
    },
    /// No such file, where no table is meant: a result, prices, accounts.
    #[error("{path}: no such file")]
    NoFile {
        /// Path.
        path: String,
        /// A neighbour with a similar name.
        nearest: Option<String>,
    },
    /// A symbolic link to a place where there is nothing.
    #[error("{path}: a symbolic link to {target}, which is not there")]
    LinkToNothing {
        /// Path of the link.
        path: String,
        /// Where it points, through further links.
        target: String,
    },
    /// A Parquet file of another layout than the one that it was to be read as.
    #[error("{path}: a Parquet file of another layout: expected `{wanted}`, found {found}")]
    OtherLayout {
        /// Path.
        path: String,
        /// What its metadata say.
        found: String,
        /// The layout that was asked for.
        wanted: String,
    },
    /// A file of this program that holds something else.
    #[error("{path} holds {holds}, and inter-country tables are needed here")]
    OtherStore {
        /// Path.
        path: String,
        /// What it holds.
        holds: &'static str,
    },
    /// An option that says how a file is to be read, for an embedded table.
    #[error("{name}: {option} is for files; an embedded table is read in one way and states its unit")]
    EmbeddedOption {
        /// The table.
        name: String,
        /// The option.
        option: &'static str,
    },
    /// An embedded series of the other kind: national tables where inter-country ones are needed, or the reverse.
    #[error("builtin:{name} holds {held}, and {needed} are needed here")]
    OtherBuiltin {
        /// Its name.
        name: String,
        /// What it holds.
        held: &'static str,
        /// What is needed.
        needed: &'static str,
        /// The series of the kind that is needed.
        known: String,
    },
    /// The operating system refused.
    #[error("{path}: cannot be read: {source}")]
    Io {
        /// Path.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
    /// A pipe or a device where a file is needed.
    #[error("{path}: is {found}, expected a file: a table is read more than once")]
    NotAFile {
        /// Path.
        path: String,
        /// What it is.
        found: &'static str,
    },
    /// Nothing in it.
    #[error("{path}: the file is empty")]
    EmptyFile {
        /// Path.
        path: String,
    },
    /// A result without rows.
    #[error("{path}: it has a header and no rows")]
    NoResult {
        /// Path.
        path: String,
    },
    /// Labels in another encoding than UTF-8.
    #[error("{path}: the label `{label}` is no UTF-8 text, or lost letters when it was saved")]
    Encoding {
        /// Path.
        path: String,
        /// The label, with a sign in place of what could not be read.
        label: String,
    },
    /// A column that would be passed over.
    #[error("{path}: column `{found}`, expected {known}")]
    StrangeColumn {
        /// Path.
        path: String,
        /// The columns.
        found: String,
        /// Columns that there may be.
        known: String,
    },
    /// A layout that says one year for a table of another.
    #[error("{path}: the layout says {layout}, {by} says {year}")]
    LayoutYear {
        /// Path.
        path: String,
        /// Year of the layout.
        layout: i32,
        /// Who says otherwise.
        by: &'static str,
        /// The other year.
        year: i32,
    },
    /// A file that is packed in a way that is not read.
    #[error("{path}: the file is packed with gzip")]
    Gzip {
        /// Path.
        path: String,
    },
    /// A directory without a table.
    #[error("{path}: the directory holds no table (no file that an importer recognises)")]
    NoTables {
        /// Path.
        path: String,
    },
    /// A part of an archive, or a workbook, that needs a password.
    #[error("{path}: is protected by a password")]
    Encrypted {
        /// Path.
        path: String,
    },
    /// A member of an archive that claims to be absurdly large.
    #[error("{path}: claims to unpack from {packed} to {unpacked} bytes, which no table does: a zip bomb?")]
    Bomb {
        /// Archive and member.
        path: String,
        /// Bytes packed.
        packed: u64,
        /// Bytes unpacked.
        unpacked: u64,
    },
    /// A text that ends before its first line of numbers.
    #[error(
        "{path}: the text ends before its first row (a header of {header_rows} lines was expected first)"
    )]
    NoRows {
        /// Path.
        path: String,
        /// Lines of header.
        header_rows: usize,
    },
    /// Lines of labels only.
    #[error("{path}: expected columns of figures after {labels} of labels, found none")]
    NoColumns {
        /// Path.
        path: String,
        /// Columns of labels.
        labels: usize,
    },
    /// More than fits into memory.
    #[error(
        "{path}: {what} take about {} while they are read, {}",
        machine::readable_above(*.needed, *.there), machine::limit(*.there, *.stated)
    )]
    NoRoom {
        /// Path.
        path: String,
        /// What there is to be read, with its size.
        what: String,
        /// Bytes of it.
        needed: u64,
        /// Bytes that may be used.
        there: u64,
        /// Was the limit stated, or is it what the machine has left?
        stated: bool,
    },
    /// A database of several files without one of them.
    #[error("{path}: {part}, a part of {database}, is not beside it")]
    MissingPart {
        /// The file that was found.
        path: String,
        /// What is missing.
        part: String,
        /// The database.
        database: &'static str,
    },
    /// Two files of one table whose labels differ.
    #[error("{path}: {what} `{label}` is missing, which {other} has")]
    PartWithoutLabel {
        /// The file that lacks it.
        path: String,
        /// `row` or `column`.
        what: &'static str,
        /// The label.
        label: String,
        /// The file that has it.
        other: String,
    },
    /// A file without labels of another size than its label file says.
    #[error("{path}: {found} {what}, but {labels} has {expected} labels for them")]
    LabelCount {
        /// The file of numbers.
        path: String,
        /// `rows` or `columns`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// The file of labels.
        labels: String,
        /// How many it has.
        expected: usize,
    },
    /// A layout file that does not describe the table.
    #[error("{path}: {message}")]
    Layout {
        /// Path of the layout file, or of the table.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// Supply or use tables where an input-output table is needed.
    #[error(
        "{path}: a supply or use table (products by industries), expected an input-output table (the same labels in rows \
         and columns)"
    )]
    SupplyUse {
        /// Path.
        path: String,
    },
    /// An edge list that cannot become a table.
    #[error("{path}: {message}")]
    EdgeList {
        /// Path.
        path: String,
        /// What is wrong, with labels.
        message: String,
    },
    /// A year that the input does not have.
    #[error("{path}: there is no table for {year}; there are: {available}")]
    NoSuchYear {
        /// Path.
        path: String,
        /// Year asked for.
        year: String,
        /// Years there are.
        available: String,
    },
    /// Two tables of one year where every year is one result.
    #[error("{path}: two tables of {year}: {first} and {second}")]
    YearTwice {
        /// Folder or archive.
        path: String,
        /// The year.
        year: i32,
        /// The first of them.
        first: String,
        /// The other.
        second: String,
    },
    /// A file of several years where one table was expected.
    #[error("{path}: the file holds several years ({years}), one table was expected")]
    SeveralYears {
        /// Path.
        path: String,
        /// The years.
        years: String,
    },
    /// No embedded table of that name.
    #[error("there is no embedded table `{name}`; there are: {known}")]
    UnknownBuiltin {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
        /// The nearest one, when one is close.
        nearest: Option<String>,
    },
    /// No built-in concordance of that name.
    #[error("there is no built-in concordance `{name}`; there are: {known}")]
    UnknownConcordance {
        /// What was asked for.
        name: String,
        /// The nearest that there is.
        nearest: Option<String>,
        /// What there is.
        known: String,
    },
    /// No importer of that name.
    #[error("unknown importer `{name}`: there are {known}")]
    UnknownImporter {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
        /// The nearest one, when one is close.
        nearest: Option<String>,
    },
    /// A text of numbers without any labels.
    #[error("{path}: the first line has {columns} numbers and no labels: nothing says whose they are")]
    NoLabels {
        /// Path.
        path: String,
        /// Numbers of the line.
        columns: usize,
    },
    /// A file without labels that is not as large as the labels of its layout make it.
    #[error("{path}: found {found} {what}, expected {expected}")]
    GivenSize {
        /// Path.
        path: String,
        /// `rows` or `columns`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be, and of what.
        expected: String,
    },
    /// No importer of satellite accounts recognises the content.
    #[error("{path}: no satellite accounts in a layout that is read: found {found}")]
    UnknownSatellite {
        /// Path.
        path: String,
        /// What it is, in words.
        found: String,
    },
    /// A file of a database of accounts that is not the one to give.
    #[error("{path}: holds {holds}")]
    OtherAmounts {
        /// Path.
        path: String,
        /// What it holds.
        holds: &'static str,
        /// The file to give.
        instead: String,
    },
    /// No importer recognises the content.
    #[error("{path}: not a layout that any importer recognises")]
    UnknownLayout {
        /// Path.
        path: String,
    },
    /// A table in a format that no importer reads.
    #[error("{path}: {found}, which no importer reads as a table")]
    OtherTableFormat {
        /// Path.
        path: String,
        /// What it is.
        found: FileFormat,
    },
    /// A file of another format where a small CSV is needed: figures, a concordance, prices.
    #[error("{path}: {found}, expected CSV with commas")]
    OtherFormat {
        /// Path.
        path: String,
        /// What it is.
        found: FileFormat,
    },
    /// Labels like those of a database of which nothing else is there.
    #[error(
        "{path}: labels are `ECONOMY_code` as the OECD and FIGARO have them, but no use is called as there ({categories}) and \
         {missing} is missing"
    )]
    LooksAlike {
        /// Path.
        path: String,
        /// The first codes of final demand that the database has.
        categories: String,
        /// The row that stands at the end of the database's files.
        missing: &'static str,
    },
    /// A Parquet file whose columns are not those of a table.
    #[error("{path}: not a table: column `{column}` holds {found}, expected {expected}")]
    NotCanonical {
        /// Path.
        path: String,
        /// Column.
        column: String,
        /// Type of its values.
        found: String,
        /// `labels` or `numbers`.
        expected: &'static str,
    },
    /// No importer of national tables recognises the content.
    #[error("{path}: not a layout of national tables that any importer recognises")]
    UnknownNationalLayout {
        /// Path.
        path: String,
    },
    /// Two national tables of one economy and year.
    #[error("{path}: there are two national tables of {economy} for {year}")]
    TwoTables {
        /// Path of the input.
        path: String,
        /// The economy.
        economy: String,
        /// The year.
        year: i32,
    },
    /// A file that is damaged below the level of cells.
    #[error("{path}: cannot be read as {format}: {message}")]
    Damaged {
        /// Path.
        path: String,
        /// `CSV` or `Parquet`.
        format: &'static str,
        /// What the reader said.
        message: String,
    },
    /// A small file of the user's own (concordance, renaming, prices, margins) without a column that it needs.
    #[error("{path}: no column {absent}; expected {wanted}, found {found}")]
    NoColumn {
        /// Path.
        path: String,
        /// The missing columns, in backquotes.
        absent: String,
        /// Every column that is needed.
        wanted: String,
        /// The columns of the header, or `nothing`.
        found: String,
    },
    /// A concordance of a header alone.
    #[error("{path}: a concordance without lines: expected {wanted} below the header, found none")]
    NoConcordanceLines {
        /// Path.
        path: String,
        /// The columns of a line.
        wanted: String,
    },
    /// A line with another number of fields than the header.
    #[error("{path}: line {line} has {found} fields, the header has {expected}")]
    Ragged {
        /// Path.
        path: String,
        /// Line, from 1.
        line: usize,
        /// Fields found.
        found: usize,
        /// Fields of the header.
        expected: usize,
    },
    /// Text where a number should be.
    #[error("{path}: row `{row}`, column `{column}`: found `{value}`, expected a number")]
    NotANumber {
        /// Path.
        path: String,
        /// Row label.
        row: String,
        /// Column label.
        column: String,
        /// The cell.
        value: String,
    },
    /// A label that stands twice.
    #[error("{path}: {what} label `{label}` appears twice (at {first} and {second})")]
    DuplicateLabel {
        /// Path.
        path: String,
        /// `row` or `column`.
        what: &'static str,
        /// The label.
        label: String,
        /// Position, from 1.
        first: usize,
        /// Position, from 1.
        second: usize,
    },
    /// A row that no column answers to.
    #[error(
        "{path}: row `{label}` has no column of that name: the industry rows and columns must be the same"
    )]
    RowWithoutColumn {
        /// Path.
        path: String,
        /// Row label.
        label: String,
    },
    /// A column that no row answers to.
    #[error(
        "{path}: column `{label}` has no row of that name, though `{sector}` is an industry of other economies: \
         {missing} industry rows are missing"
    )]
    ColumnWithoutRow {
        /// Path.
        path: String,
        /// First such column.
        label: String,
        /// Its sector.
        sector: String,
        /// How many columns lack a row.
        missing: usize,
    },
    /// A final-demand column of an economy that has no industry rows.
    #[error(
        "{path}: final-demand column `{label}` belongs to an economy without industry rows (the rows have: {economies})"
    )]
    FinalDemandWithoutEconomy {
        /// Path.
        path: String,
        /// Column label.
        label: String,
        /// Economies of the rows.
        economies: String,
    },
    /// A column label that is not `ECONOMY.code`.
    #[error("{path}: column `{label}` is not `ECONOMY.sector`, `ECONOMY.category` or `OUT`")]
    BadColumn {
        /// Path.
        path: String,
        /// Column label.
        label: String,
    },
    /// A row label that is neither an industry nor a row below the industries that the layout knows.
    #[error(
        "{path}: row `{label}` is neither an industry (no column has its name) nor a known row below them"
    )]
    BadRow {
        /// Path.
        path: String,
        /// Row label.
        label: String,
    },
    /// A file that ends before its last rows.
    #[error("{path}: the file ends before {missing}: its last row is `{last}`")]
    Incomplete {
        /// Path.
        path: String,
        /// What should stand at the end.
        missing: &'static str,
        /// Label of the last row there is.
        last: String,
    },
    /// A cell that a file of one cell a line lists twice.
    #[error("{path}: line {line}: the cell at row `{row}`, column `{column}` is listed a second time")]
    DuplicateCell {
        /// Path.
        path: String,
        /// Line, from 1.
        line: usize,
        /// Row label.
        row: String,
        /// Column label.
        column: String,
    },
    /// No final demand in the file.
    #[error("{path}: no final-demand columns (`ECONOMY.category`) were found")]
    NoFinalDemand {
        /// Path.
        path: String,
    },
    /// No industry rows in the file.
    #[error("{path}: no industry rows: no row label is also a column label")]
    NoIndustries {
        /// Path.
        path: String,
    },
    /// The numbers do not make a table.
    #[error("{path}: {error}")]
    Table {
        /// Path.
        path: String,
        /// What is wrong.
        error: Box<TableError>,
    },
    /// Satellite accounts that do not fit the table.
    #[error("{path}: {error}")]
    Accounts {
        /// Path.
        path: String,
        /// What is wrong.
        error: Box<AccountError>,
    },
    /// A concordance that does not fit.
    #[error("{path}: {error}")]
    Concordance {
        /// Path.
        path: String,
        /// What is wrong.
        error: Box<AggregateError>,
    },
    /// A satellite account that does not fit.
    #[error("{path}: {error}")]
    Satellite {
        /// Path.
        path: String,
        /// What is wrong.
        error: SatelliteError,
    },
}

impl LoadError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::NotFound { path, .. } if path.contains(['*', '?']) => {
                "patterns are not resolved here: give the folder that holds the files, every table in it is taken".into()
            }
            Self::NotFound { nearest: Some(nearest), .. } | Self::NoFile { nearest: Some(nearest), .. } => {
                format!("did you mean `{nearest}`?")
            }
            Self::NoFile { .. } => "check the path and the name of the file".into(),
            Self::NotFound { .. } => {
                "give a file, a directory of years, `builtin:wiod13`, or `-` for standard input".into()
            }
            Self::LinkToNothing { target, .. } => {
                format!("put the file back at {target}, or give the path of a file that is there")
            }
            Self::OtherBuiltin { known, .. } => {
                format!("take {known}; `vadex list tables` says what each is for")
            }
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::IsADirectory => {
                "name a file in the folder".into()
            }
            Self::Io { .. } => "check the permissions of the file and its folder".into(),
            Self::NotAFile { .. } => {
                "write it to a file first; a table that comes through a pipe is given as `-`, standard input".into()
            }
            Self::EmptyFile { .. } => "the download or copy was cut short: fetch the file again".into(),
            Self::NoResult { .. } => {
                "the command that wrote it found nothing to tell: look at its options and notes".into()
            }
            Self::StrangeColumn { .. } => "take the column out, or give it the name that it should have".into(),
            Self::LayoutYear { .. } => {
                "leave `year` out of the layout where it serves several years, or name the file after its year".into()
            }
            Self::Gzip { .. } => "unpack it with `gunzip`, or pack it as .zip, which is read as it is".into(),
            Self::Encoding { .. } => {
                "save the file as UTF-8, for example `iconv -f latin1 -t utf-8 OLD > NEW` (name its encoding after -f)".into()
            }
            Self::NoTables { .. } => "give the folder that holds the yearly files".into(),
            Self::Encrypted { .. } => "open it with the password and save it without one".into(),
            Self::Bomb { .. } => "do not unpack it; fetch the archive again from its publisher".into(),
            Self::NoRows { .. } => "the file was cut short: fetch it again".into(),
            Self::OtherLayout { .. } => {
                "leave --from out, the layout of a table is recognised by its content; or give the kind of file that is needed"
                    .into()
            }
            Self::OtherStore { holds: "national tables", .. } => {
                "`vadex import-content` takes national tables; for other commands give an inter-country table".into()
            }
            Self::OtherStore { .. } => "give it as --satellite, beside an inter-country table".into(),
            Self::EmbeddedOption { option, .. } => format!("leave {option} out"),
            Self::NoRoom { stated, .. } => format!(
                "an edition with fewer sectors or economies, fewer years at a time (`--year`), or {}; work on the table takes \
                 more than reading it (told with -v)",
                if *stated { "a larger --memory" } else { "a machine with more memory" }
            ),
            Self::NoColumns { .. } => {
                "look at its header: the file was damaged, or another character separates its fields".into()
            }
            Self::MissingPart { .. } => {
                "put the files where the publisher's archive has them, or give the archive itself".into()
            }
            Self::PartWithoutLabel { .. } | Self::LabelCount { .. } => {
                "the files are of different years or editions, or one was cut short: fetch them again together"
                    .into()
            }
            Self::Layout { .. } => "data/layouts/ has examples; README.md describes the fields".into(),
            Self::SupplyUse { .. } => {
                "take the table of the same year and edition that says ind-by-ind or prod-by-prod (industry-by-industry, \
                 product-by-product)"
                    .into()
            }
            Self::EdgeList { .. } => {
                "columns seller, buyer, value (and seller_economy, buyer_economy); buyers FINAL and EXPORTS, sellers \
                 IMPORTS and VALUE_ADDED are no firms"
                    .into()
            }
            Self::NoSuchYear { .. } => "choose one of these years, or name none to take every one".into(),
            Self::YearTwice { .. } => {
                "name the one that is meant instead of the folder, or keep one table a year in it".into()
            }
            Self::SeveralYears { .. } => "name the file, not a stream, and choose a year with `--year`".into(),
            Self::UnknownBuiltin { nearest: Some(nearest), .. } => format!("did you mean `builtin:{nearest}`?"),
            Self::UnknownBuiltin { .. } => "`vadex list tables` shows the embedded tables".into(),
            Self::UnknownConcordance { nearest: Some(nearest), .. } => {
                format!("did you mean `builtin:{nearest}`?")
            }
            Self::UnknownConcordance { .. } => "`vadex list concordances` describes them".into(),
            Self::UnknownImporter { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownImporter { .. } => "`vadex list importers` describes them".into(),
            Self::NoLabels { .. } => {
                "labels come by a layout: write `labels = { economies = \"countries.csv\", sectors = 35 }` into layout.toml \
                 (README.md, Tables it reads, has the rest) and add --layout layout.toml"
                    .into()
            }
            Self::GivenSize { .. } => {
                "the labels of the layout are those of every row and column: name rows below the industries in \
                 `labels.rows_below` and columns behind final demand in `labels.columns_after`; lines and columns that are \
                 no numbers are told in `[text]` (header_rows, label_columns)"
                    .into()
            }
            Self::UnknownLayout { .. } | Self::NotCanonical { .. } => {
                "the canonical layout is: first column `row`, columns `ECONOMY.sector`, then `ECONOMY.category`, then \
                 `OUT` (CSV or Parquet); `vadex list importers` shows what else is read"
                    .into()
            }
            Self::OtherTableFormat { found, .. } => file_format::to_table(*found),
            Self::OtherFormat { found, .. } => file_format::to_csv(*found).into(),
            Self::LooksAlike { .. } => {
                "in a table of your own write a point for the first `_` of each label (`ECONOMY.sector`, \
                 `ECONOMY.category`), or describe it with `--layout FILE`: `separator = \"_\"` in its part [labels]; a file of \
                 the database was cut short: fetch it again"
                    .into()
            }
            Self::UnknownSatellite { .. } => format!("give {}", super::satellite::expected()),
            Self::OtherAmounts { instead, .. } => format!("give {instead}"),
            Self::UnknownNationalLayout { .. } => {
                "`vadex list importers` shows the layouts; a table of one economy has domestic and imported use apart"
                    .into()
            }
            Self::TwoTables { .. } => "give one of the two files".into(),
            Self::Damaged { .. } => "the file is damaged or cut short: fetch it again".into(),
            Self::NoColumn { wanted, found, .. } => {
                format!("name the columns {wanted} in the first line, with commas between them; it has {found}")
            }
            Self::NoConcordanceLines { .. } => {
                "write a line for each label that is added up: `economy,DEU,EU` or `sector,c1,goods`".into()
            }
            Self::Ragged { .. } => {
                "quote a label that holds a comma; if the file was cut short, fetch it again".into()
            }
            Self::NotANumber { .. } => {
                "use a point as decimal mark (or a layout that says `decimal = \",\"`) and no thousands separators; leave a \
                 missing cell empty"
                    .into()
            }
            Self::DuplicateLabel { .. } => "rename or add up one of the two".into(),
            Self::RowWithoutColumn { .. }
            | Self::ColumnWithoutRow { .. }
            | Self::FinalDemandWithoutEconomy { .. } => {
                "the file was cut short, or a label is spelt differently in rows and columns".into()
            }
            Self::BadColumn { .. } => {
                "the part before the first point is the economy, the rest the sector or final-demand category".into()
            }
            Self::BadRow { .. } => "a newer edition may have renamed it: `vadex list importers` shows what is read".into(),
            Self::Incomplete { .. } => "the file was cut short: fetch it again".into(),
            Self::DuplicateCell { .. } => "keep one of the two lines, or add them up".into(),
            Self::NoFinalDemand { .. } | Self::NoIndustries { .. } => {
                "industry columns repeat the row labels; every other `ECONOMY.code` column is final demand".into()
            }
            Self::Table { error, .. } => error.hint(),
            Self::Accounts { error, .. } => error.hint(),
            Self::Concordance { error, .. } => error.hint(),
            Self::Satellite { error, .. } => error.hint(),
        }
    }
}
