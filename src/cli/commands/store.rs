//! Writing tables: one to a file, several to a directory of years or to one panel, whole or not at all.

use std::path::{Path, PathBuf};

use crate::cli::args::{Common, Input};
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output, progress};
use crate::kernel::stored::Storage;
use crate::load::{LoadError, NationalYear, TableNotes, TableRef, national};
use crate::model::memory::{self, Rewrite, TableSize, Way, Written};
use crate::report::{
    self, NationalWriter, PanelWriter, TableFormat, write_accounts, write_network, write_table,
};
use crate::table::{self, IcioTable, NationalTable, Provenance, Repair, SatelliteAccounts};

/// Rows beyond which a sparse table is not written with a column for each.
const WIDEST_SPARSE_CSV: usize = 20_000;

/// Opens and writes each table of an input; `change` says what there is to tell about the table, and leaves it as it is.
pub(crate) fn each_table(
    input: &Input,
    to: &Path,
    what: &str,
    common: &Common,
    change: impl Fn(IcioTable) -> Result<(IcioTable, String), Failure>,
) -> Result<Outcome, Failure> {
    rewrite_each(input, to, what, common, |table| Rewrite::unchanged(TableSize::of(table)), change)
}

/// Refuses what will not fit into memory, before it starts, and lets `say` tell what it takes where somebody wants to know;
/// `held` is what waits of other tables.
pub(crate) fn admit(
    what: &str,
    rewrite: &Rewrite,
    to: Written,
    held: u64,
    common: &Common,
    say: impl FnOnce(&str),
) -> Result<(), Failure> {
    let peak = rewrite.admit(what, to, held, common.memory)?;
    if tells_peak(common) {
        say(&rewrite.told(what, peak, common.memory));
    }
    Ok(())
}

/// Does somebody want to know what memory is needed?
fn tells_peak(common: &Common) -> bool {
    common.verbose && !common.quiet
}

/// Opens, changes and writes each table of an input; `needs` says what memory that takes, `change` also what there is to
/// tell about the table.
fn rewrite_each(
    input: &Input,
    to: &Path,
    what: &str,
    common: &Common,
    needs: impl Fn(&IcioTable) -> Rewrite,
    change: impl Fn(IcioTable) -> Result<(IcioTable, String), Failure>,
) -> Result<Outcome, Failure> {
    let tables = input.tables()?;
    if to.as_os_str() == "-" {
        return Err(Failure::request(
            "-o -: a table goes to a file, with its history in it or beside it, not to standard output",
            "name the output out.csv or out.parquet, or give a directory",
        ));
    }
    if to.extension().is_some() {
        output::check_folder(to)?;
    }
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
        return panel(&tables, input, to, what, common, needs, change);
    }
    if single.is_some() && tables.len() > 1 {
        return Err(Failure::request(
            format!("{} tables cannot be written to the one file {}", tables.len(), to.display()),
            "name the output .parquet (all years in one file), give a directory, or choose one with --year",
        ));
    }
    let _made = match single {
        Some(_) => None,
        None => Some(output::make_folder(to)?),
    };
    let mut reading = progress::Reading::new(tables.len(), what, common);
    let mut violated = false;
    for reference in &tables {
        let options = reading.next(&reference.name(), common.reading(input.read_options()));
        let format = single.unwrap_or(TableFormat::Parquet);
        let opened = reference.open(&options)?;
        let (rewrite, say) = (needs(&opened), |text: &str| reading.say(&format!("{text}\n")));
        if rewrite.keeps_size() {
            // No memory is enough for what is refused whatever there is.
            refuse_wide(&opened, format)?;
        }
        admit(what, &rewrite, written(format), 0, common, say)?;
        let (table, told) = change(opened)?;
        let path = match single {
            Some(_) => to.to_owned(),
            None => file_in(to, &table, &reference.name()),
        };
        refuse_wide(&table, format)?;
        let sparse = table.intermediate_use().storage() == Storage::Compressed;
        output::write_whole(&path, |file| {
            match format {
                TableFormat::Parquet if sparse => write_network(&table, file),
                _ => write_table(&table, format, file),
            }?;
            Ok(())
        })?;
        if single == Some(TableFormat::Csv) && !report::is_stream(&path) {
            // A CSV file has no room for unit, year and history.
            output::write_notes(&path, &TableNotes::of(&table))?;
        }
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
        violated |= tell_violations(|| table::violations(&table), common, |line| reading.say(line));
    }
    reading.finish();
    Ok(Outcome::strictly(0.0, violated, common))
}

/// A sparse table is not written with more columns than a CSV file is good for.
fn refuse_wide(table: &IcioTable, format: TableFormat) -> Result<(), Failure> {
    let (rows, storage) = (table.axis().n_rows(), table.intermediate_use().storage());
    if format == TableFormat::Csv && storage == Storage::Compressed && rows > WIDEST_SPARSE_CSV {
        return Err(Failure::request(
            format!("a sparse table of {rows} rows as CSV would have as many columns"),
            "name the output .parquet: it holds the cells that are not zero",
        ));
    }
    Ok(())
}

fn written(format: TableFormat) -> Written {
    match format {
        TableFormat::Csv => Written::Csv,
        TableFormat::Parquet => Written::Parquet,
    }
}

/// All years in one file.
fn panel(
    tables: &[TableRef],
    input: &Input,
    to: &Path,
    what: &str,
    common: &Common,
    needs: impl Fn(&IcioTable) -> Rewrite,
    change: impl Fn(IcioTable) -> Result<(IcioTable, String), Failure>,
) -> Result<Outcome, Failure> {
    let mut reading = progress::Reading::new(tables.len(), what, common);
    let mut panel = PanelWriter::of(tables.len(), common.memory);
    // The size alone: a table that was kept would stand beside the next one.
    let mut last = None;
    let mut violated = false;
    for reference in tables {
        let options = reading.next(&reference.name(), common.reading(input.read_options()));
        let opened = reference.open(&options)?;
        let say = |text: &str| reading.say(&format!("{text}\n"));
        admit(what, &needs(&opened), Written::Panel, panel.held(), common, say)?;
        let (table, told) = change(opened)?;
        panel.push(&table)?;
        let axis = table.axis();
        if last.is_none() && tells_peak(common) {
            let file = format!("{what}, {} tables in one file,", tables.len());
            let storage = table.intermediate_use().storage();
            say(&memory::told(&file, axis.n_rows(), storage, panel.needed(), common.memory));
        }
        if !common.quiet && !told.is_empty() {
            reading.say(&format!("{what}: {}\n{told}", reference.name()));
        }
        last = Some((axis.n_economies(), axis.n_sectors()));
        violated |= tell_violations(|| table::violations(&table), common, |line| reading.say(line));
    }
    reading.finish();
    output::write_whole(to, |file| Ok(panel.finish(file)?))?;
    if let (false, Some((economies, sectors))) = (common.quiet, last) {
        output::say(&format!(
            "{what}: {} tables -> {}: {economies} economies x {sectors} sectors",
            tables.len(),
            to.display()
        ));
    }
    Ok(Outcome::strictly(0.0, violated, common))
}

/// Tells where accounts of a table that was written do not hold; do some?
fn tell_violations(
    violations: impl FnOnce() -> Vec<String>,
    common: &Common,
    mut say: impl FnMut(&str),
) -> bool {
    if common.quiet && !common.strict {
        return false;
    }
    let violations = violations();
    if !common.quiet {
        violations.iter().for_each(|line| say(&format!("violation: {line} (`vadex check` tells all)\n")));
    }
    !violations.is_empty()
}

/// The same of tables that are changed, `needs` saying what memory that takes, where all there is to tell is what the change
/// itself recorded.
pub(crate) fn each_changed(
    input: &Input,
    to: &Path,
    what: &str,
    common: &Common,
    needs: impl Fn(&IcioTable) -> Rewrite,
    change: impl Fn(IcioTable) -> Result<IcioTable, Failure>,
) -> Result<Outcome, Failure> {
    rewrite_each(input, to, what, common, needs, |table| {
        let before = table.provenance().repairs.len();
        let changed = change(table)?;
        let told = changes(changed.provenance(), before);
        Ok((changed, told))
    })
}

/// What a change recorded, a line each.
fn changes(provenance: &Provenance, before: usize) -> String {
    let line = |repair: &Repair| format!("note: {} ({}): {}\n", repair.name, repair.count, repair.detail);
    provenance.repairs.iter().skip(before).map(line).collect()
}

/// The national tables of an input, in the memory that may be used.
///
/// # Errors
/// An option that says how an inter-country table is read: it would be passed over. National tables that cannot be read, or
/// that take more memory than is allowed.
pub(crate) fn read_national(input: &Input, common: &Common) -> Result<Vec<NationalYear>, Failure> {
    let options = input.read_options();
    for (option, given, way) in [
        ("--from", options.importer.is_some(), "are recognised by what they hold"),
        ("--layout", options.layout.is_some(), "are recognised by what they hold"),
        ("--unit", options.unit.is_some(), "state their unit"),
        ("--store", options.store.is_some(), "are kept dense, in double precision"),
    ] {
        if given {
            return Err(Failure::request(
                format!("{}: {option} is for inter-country tables; national tables {way}", input.input),
                format!("leave {option} out"),
            ));
        }
    }
    let years = national::read(&input.input, &input.years()?)?;
    let tables: usize = years.iter().map(|year| year.tables.len()).sum();
    let what = format!("{tables} national tables");
    let needed = memory::BASE + bytes_of(&years);
    if let Some(there) = common.memory.filter(|there| needed > *there) {
        return Err(LoadError::NoRoom { path: input.input.clone(), what, needed, there, stated: true }.into());
    }
    if tells_peak(common) {
        output::say(&memory::told_bytes(&format!("reading {what}"), needed, common.memory));
    }
    Ok(years)
}

/// Bytes of the cells of national tables.
fn bytes_of(years: &[NationalYear]) -> u64 {
    years.iter().flat_map(|year| &year.tables).map(bytes).sum()
}

/// Bytes of the cells of a national table.
fn bytes(table: &NationalTable) -> u64 {
    let uses = [table.domestic_use(), table.imported_use(), table.domestic_final(), table.imported_final()];
    let below = table
        .primary_rows()
        .iter()
        .map(|row| row.industries.len() + row.final_use.as_ref().map_or(0, Vec::len))
        .sum::<usize>();
    let cells = uses.iter().map(|cells| cells.len()).sum::<usize>()
        + table.exports().len()
        + table.output().len()
        + below;
    (cells * size_of::<f64>()) as u64
}

/// Reads the national tables of an input year by year, changes them and writes them to one file.
pub(crate) fn each_national(
    input: &Input,
    to: &Path,
    what: &str,
    decimals: Option<u32>,
    common: &Common,
    change: impl Fn(Vec<NationalTable>) -> Result<Vec<NationalTable>, Failure>,
) -> Result<Outcome, Failure> {
    parquet_only(to)?;
    output::check_folder(to)?;
    let mut writer = NationalWriter::new(decimals);
    let (mut told, mut told_peak, mut violated) = (String::new(), false, false);
    let years = read_national(input, common)?;
    let (count, read) = (years.len(), bytes_of(&years));
    let work = format!("{what} of national tables, {count} years in one file,");
    for mut year in years {
        year.tables = change(year.tables)?;
        if let Some(first) = year.tables.first() {
            told = format!("{} economies x {} sectors", year.tables.len(), first.sectors().len());
        }
        writer.push(&year)?;
        violated |= tell_violations(
            || year.tables.iter().flat_map(table::violations_of_national).collect(),
            common,
            output::talk,
        );
        // While years are collected those that were read stand beside them.
        let needed = read + writer.needed(count);
        let fewer = (Way::FewerYears, read / count as u64 + writer.needed(0));
        memory::admit_bytes(&work, needed, vec![fewer], common.memory)?;
        if !told_peak && tells_peak(common) {
            output::say(&memory::told_bytes(&work, needed, common.memory));
        }
        told_peak = true;
    }
    output::write_whole(to, |file| Ok(writer.finish(file)?))?;
    tell(what, &input.input, to, &told, common);
    Ok(Outcome::strictly(0.0, violated, common))
}

/// Writes satellite accounts to one file.
pub(crate) fn accounts(
    accounts: &SatelliteAccounts,
    from: &str,
    to: &Path,
    what: &str,
    decimals: Option<u32>,
    common: &Common,
) -> Result<Outcome, Failure> {
    parquet_only(to)?;
    output::check_folder(to)?;
    output::write_whole(to, |file| Ok(write_accounts(accounts, decimals, file)?))?;
    let size = format!("{} economies x {} sectors", accounts.economies().len(), accounts.sectors().len());
    tell(what, from, to, &size, common);
    Ok(Outcome::Done)
}

/// National tables have no place for what a command needs.
pub(crate) fn refuse_national(input: &Input, what: &str, why: &str) -> Result<(), Failure> {
    if national::is_national(&input.input) {
        return Err(Failure::request(
            format!("{}: national tables cannot be {what}: {why}", input.input),
            "give an inter-country table",
        ));
    }
    Ok(())
}

fn parquet_only(to: &Path) -> Result<(), Failure> {
    if to.extension().is_some_and(|extension| extension == "parquet") {
        return Ok(());
    }
    Err(Failure::request(
        format!("{}: national tables and accounts go to one .parquet file", to.display()),
        "name the output out.parquet",
    ))
}

fn tell(what: &str, from: &str, to: &Path, size: &str, common: &Common) {
    if !common.quiet {
        output::say(&format!("{what}: {from} -> {}: {size}", to.display()));
    }
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
