//! What several tests need: small tables, the binary, the folder of full tables.

use std::path::PathBuf;
use std::process::{Command, Output};

use nalgebra::DMatrix;
use vadex::load::{self, ReadOptions};
use vadex::model::{Model, ModelOptions};
use vadex::table::{IcioTable, Provenance, TableParts};

/// A matrix by rows: `dmatrix![1.0, 2.0; 3.0, 4.0]`, as in nalgebra's macro of that name, without the crate behind it.
macro_rules! dmatrix {
    ($($($value:expr),+);+ $(;)?) => {{
        let rows = [$(vec![$($value),+]),+];
        nalgebra::DMatrix::from_fn(rows.len(), rows[0].len(), |row, column| rows[row][column])
    }};
}
pub(crate) use dmatrix;

/// A table from labels and flows: one final-demand category, economies in order.
pub fn table(economies: &[&str], sectors: &[&str], z: DMatrix<f64>, y: DMatrix<f64>) -> IcioTable {
    let rows: Vec<(&str, &str)> =
        economies.iter().flat_map(|e| sectors.iter().map(move |s| (*e, *s))).collect();
    table_of(&rows, z, y)
}

/// The same of rows of any economies and sectors.
pub fn table_of(rows: &[(&str, &str)], z: DMatrix<f64>, y: DMatrix<f64>) -> IcioTable {
    let rows = rows.iter().map(|(e, s)| ((*e).to_owned(), (*s).to_owned())).collect();
    IcioTable::new(TableParts {
        rows,
        categories: vec!["FD".into()],
        intermediate_use: z.into(),
        final_demand: y,
        primary_rows: Vec::new(),
        published_output: None,
        unit: "unit".into(),
        year: None,
        provenance: Provenance::default(),
    })
    .expect("the flows of a test make a table")
}

/// The model of a table under the default conventions.
pub fn model(table: &IcioTable) -> Model {
    Model::build(table, &ModelOptions::default()).expect("the system of a test table is regular")
}

/// The three-economy leather table.
pub fn leather() -> IcioTable {
    open(&fixture("leather.csv"))
}

/// A table file.
pub fn open(path: &str) -> IcioTable {
    let tables = load::discover(path, &[]).expect("the file is there");
    tables[0].open(&ReadOptions::default()).expect("the file is a table")
}

/// Path of a committed fixture.
pub fn fixture(name: &str) -> String {
    format!("{}/data/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The folder of full tables; says so when it is not known.
pub fn data_dir(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("VADEX_DATA_DIR").map(PathBuf::from);
    if folder.is_none() {
        println!("{test}: skipped, VADEX_DATA_DIR (the folder of full tables) is not set");
    }
    folder
}

/// Runs the real binary.
pub fn vadex(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vadex")).args(arguments).output().expect("the binary runs")
}

/// Standard output as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Equal within `tolerance` of `scale`.
#[track_caller]
pub fn close(found: f64, expected: f64, scale: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance * scale.abs(),
        "{what}: found {found:e}, expected {expected:e}, off by {:e} of {scale:e}",
        ((found - expected) / scale).abs()
    );
}
