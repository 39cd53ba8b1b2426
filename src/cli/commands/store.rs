//! Writing tables: one to a file, several to a directory of years or to one panel, whole or not at all.

use std::path::{Path, PathBuf};

use crate::cli::args::{Common, Input};
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output, progress};
use crate::load::TableRef;
use crate::report::{PanelWriter, ReportError, TableFormat, write_table};
use crate::table::IcioTable;

/// Opens, changes and writes each table of an input; `change` also says what there is to tell about the table.
pub(crate) fn each_table(
    input: &Input,
    to: &Path,
    what: &str,
    common: &Common,
    change: impl Fn(IcioTable) -> Result<(IcioTable, String), Failure>,
) -> Result<Outcome, Failure> {
    let tables = input.tables()?;
    let single = match to.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => Some(TableFormat::Csv),
        Some("parquet") => Some(TableFormat::Parquet),
        Some(other) => {
            return Err(Failure::request(
                format!("output extension `.{other}`: a table is written as .csv or .parquet"),
                "name the output out.csv or out.parquet, or give a directory",
            ));
        }
        None => None,
    };
    if single == Some(TableFormat::Parquet) && tables.len() > 1 {
        return panel(&tables, input, to, what, common, change);
    }
    if single.is_some() && tables.len() > 1 {
        return Err(Failure::request(
            format!("{} tables cannot be written to the one file {}", tables.len(), to.display()),
            "name the output .parquet (all years in one file), give a directory, or choose one with --year",
        ));
    }
    if single.is_none() {
        std::fs::create_dir_all(to)
            .map_err(|source| ReportError::Io { path: to.display().to_string(), source })?;
    }
    let mut reading = progress::Reading::new(tables.len(), what, common);
    for reference in &tables {
        let options = reading.next(&reference.name(), input.read_options());
        let (table, told) = change(reference.open(&options)?)?;
        let path = match single {
            Some(_) => to.to_owned(),
            None => file_in(to, &table, &reference.name()),
        };
        output::write_whole(&path, |file| {
            Ok(write_table(&table, single.unwrap_or(TableFormat::Parquet), file)?)
        })?;
        if !common.quiet {
            let axis = table.axis();
            reading.say(&format!(
                "{what}: {} -> {}: {} economies x {} sectors\n{told}",
                reference.name(),
                path.display(),
                axis.n_economies(),
                axis.n_sectors()
            ));
        }
    }
    reading.finish();
    Ok(Outcome::Done)
}

/// All years in one file.
fn panel(
    tables: &[TableRef],
    input: &Input,
    to: &Path,
    what: &str,
    common: &Common,
    change: impl Fn(IcioTable) -> Result<(IcioTable, String), Failure>,
) -> Result<Outcome, Failure> {
    let mut reading = progress::Reading::new(tables.len(), what, common);
    let mut panel = PanelWriter::new();
    let mut last = None;
    for reference in tables {
        let options = reading.next(&reference.name(), input.read_options());
        let (table, told) = change(reference.open(&options)?)?;
        panel.push(&table)?;
        if !common.quiet && !told.is_empty() {
            reading.say(&format!("{what}: {}\n{told}", reference.name()));
        }
        last = Some(table);
    }
    reading.finish();
    output::write_whole(to, |file| Ok(panel.finish(file)?))?;
    if let (false, Some(table)) = (common.quiet, last) {
        let axis = table.axis();
        eprintln!(
            "{what}: {} tables -> {}: {} economies x {} sectors",
            tables.len(),
            to.display(),
            axis.n_economies(),
            axis.n_sectors()
        );
    }
    Ok(Outcome::Done)
}

fn file_in(folder: &Path, table: &IcioTable, source: &str) -> PathBuf {
    let stem = match table.year() {
        Some(year) => year.to_string(),
        None => {
            Path::new(source).file_stem().map_or("table".into(), |stem| stem.to_string_lossy().into_owned())
        }
    };
    folder.join(format!("{stem}.parquet"))
}
