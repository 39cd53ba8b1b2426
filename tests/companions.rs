//! Tables of several files: every file that is read is told and hashed, and what a file says of its size is a bound.

use std::fs;
use std::path::{Path, PathBuf};

use vadex::load::{self, Companion, ReadOptions, TableRef, national};

use super::support::fixture;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
    found.sort();
}

/// A copy of a fixture without the canonical table that lies beside it for other tests.
fn database(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(Path::new(&fixture(name)), folder.path());
    let _ = fs::remove_file(folder.path().join("canonical.csv"));
    let _ = fs::remove_file(folder.path().join("figures.csv"));
    folder
}

/// Everything that opening gives: the table, or what is wrong.
fn opened(table: &TableRef) -> String {
    match table.open(&ReadOptions::default()) {
        Ok(table) => format!("{table:?}"),
        Err(error) => error.to_string(),
    }
}

fn known_by(table: &TableRef) -> (Option<String>, Vec<Companion>) {
    (table.sha256().unwrap(), table.companions(&ReadOptions::default()).unwrap())
}

/// Changes each file of a database in turn, in three ways. Whenever another table is read, or none, it must be known by
/// other hashes. Returns how many files were found to matter.
fn every_file_that_matters_is_hashed(folder: &Path, state: &dyn Fn() -> (String, String)) -> usize {
    let mut all = Vec::new();
    files(folder, &mut all);
    let (table, hashes) = state();
    let mut matter = 0;
    for file in all {
        let bytes = fs::read(&file).unwrap();
        let mut matters = false;
        let digit = bytes.iter().rposition(u8::is_ascii_digit).unwrap_or(0);
        let mut other = bytes.clone();
        other[digit] = if other[digit] == b'7' { b'3' } else { b'7' };
        for change in [Some(&other[..]), Some(&bytes[..bytes.len() / 2]), None] {
            match change {
                Some(change) => fs::write(&file, change).unwrap(),
                None => fs::remove_file(&file).unwrap(),
            }
            let (other_table, other_hashes) = state();
            if other_table != table {
                matters = true;
                assert!(other_hashes != hashes, "{}: read, but not hashed", file.display());
            }
            fs::write(&file, &bytes).unwrap();
        }
        matter += usize::from(matters);
    }
    assert_eq!(state(), (table, hashes), "everything is back in its place");
    matter
}

#[test]
fn every_file_that_an_importer_reads_is_in_the_hashes() {
    for (name, least) in
        [("exiobase3-ixi", 5), ("exiobase3-pxp", 4), ("eora26", 6), ("gloria", 4), ("gloria-joint", 4)]
    {
        let folder = database(name);
        let tables = load::discover(folder.path().to_str().unwrap(), &[]).unwrap();
        let [table] = tables.as_slice() else { panic!("{name}: {} tables", tables.len()) };
        let gone = |text: String| text.replace(folder.path().to_str().unwrap(), "");
        let state = || {
            let own = table.sha256().map_err(|error| error.to_string());
            let companions = table.companions(&ReadOptions::default()).map_err(|error| error.to_string());
            (gone(opened(table)), format!("{own:?} {companions:?}"))
        };
        let matter = every_file_that_matters_is_hashed(folder.path(), &state);
        assert!(matter >= least, "{name}: only {matter} files matter");
        let (_, companions) = known_by(table);
        assert!(companions.is_sorted() && companions.len() + 1 >= least, "{name}: {companions:?}");
    }
}

#[test]
fn every_file_that_a_national_importer_reads_is_in_the_hash() {
    let folder = database("oecd-national");
    let input = folder.path().to_str().unwrap().to_owned();
    let state = || {
        let tables = match national::read(&input, &[]) {
            Ok(years) => format!("{years:?}"),
            Err(error) => error.to_string(),
        };
        (tables, national::sha256(&input).unwrap_or_default())
    };
    let matter = every_file_that_matters_is_hashed(folder.path(), &state);
    assert_eq!(matter, 3, "domestic, imported, total");
}

#[test]
fn companions_are_told_by_name() {
    let lone = load::discover(&fixture("leather.csv"), &[]).unwrap();
    assert!(known_by(&lone[0]).1.is_empty(), "a table of one file has no companions");
    let eora = load::discover(&fixture("eora26"), &[]).unwrap();
    let names: Vec<String> = eora
        .iter()
        .flat_map(|table| table.companions(&ReadOptions::default()).unwrap())
        .map(|companion| companion.name)
        .collect();
    let expected =
        ["Eora26_2015_bp_FD.txt", "Eora26_2015_bp_VA.txt", "labels_FD.txt", "labels_T.txt", "labels_VA.txt"];
    assert_eq!(names, expected);
}

/// Files of a table a year in every layout there is a fixture of: what they say of their columns bounds the rows.
#[test]
fn columns_bound_the_rows_of_every_layout() {
    let (mut told, mut workbooks) = (0, 0);
    for entry in fs::read_dir(fixture("")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(tables) = load::discover_all(path.to_str().unwrap(), &[]) else { continue };
        for table in tables {
            let Ok(opened) = table.open(&ReadOptions::default()) else { continue };
            let rows = opened.axis().n_rows();
            let Some(columns) = table.columns() else { continue };
            assert!(columns >= rows, "{}: {columns} columns, {rows} rows", table.name());
            // Industries, final demand, a few for labels and totals: not the bytes of an archive.
            assert!(columns < 20 * (rows + 10), "{}: {columns} columns, {rows} rows", table.name());
            told += 1;
            workbooks += usize::from(table.name().contains(".xls"));
        }
    }
    assert!(told > 10 && workbooks > 2, "{told} tables told their columns, {workbooks} of them workbooks");
}

#[test]
fn a_file_with_a_row_a_cell_does_not_tell() {
    let tables = load::discover(&fixture("figaro-flat"), &[]).unwrap();
    let flat = tables.iter().find(|table| table.name().contains("flatfile")).unwrap();
    assert_eq!(flat.columns(), None);
    // Nor does a workbook whose sheets do not say: the bytes of an archive are no text.
    let workbook =
        load::discover(&fixture("adb-72-constant/ADB MRIO 2017, at constant 2010 prices.xlsx"), &[]).unwrap();
    assert_eq!(workbook[0].columns(), None);
}
