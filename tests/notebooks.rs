//! Notebooks are kept without outputs, the Rust one is a program of `examples/`, and that program runs and counts right.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vadex::frame::{Column, Frame, Measure};

use super::do_the_measures_agree as example;

const RUST_NOTEBOOK: &str = "notebooks/05-do-the-measures-agree.ipynb";
const EXAMPLE: &str = "examples/do_the_measures_agree.rs";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn notebook(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn notebooks() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("notebooks"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ipynb"))
        .collect();
    paths.sort();
    paths
}

fn code_cells(notebook: &Value) -> Vec<&Value> {
    notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code").collect()
}

fn source(cell: &Value) -> String {
    cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
}

#[test]
fn notebooks_are_kept_without_outputs_and_the_readme_lists_them() {
    let readme = fs::read_to_string(root().join("notebooks/README.md")).unwrap();
    let paths = notebooks();
    assert!(paths.len() >= 5, "{paths:?}");
    for path in paths {
        let notebook = notebook(&path);
        for cell in code_cells(&notebook) {
            let stripped =
                cell["outputs"].as_array().unwrap().is_empty() && cell["execution_count"].is_null();
            assert!(stripped, "{}: outputs are committed; strip them", path.display());
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("({name})")), "notebooks/README.md does not list {name}");
    }
}

/// The cells of the example: what stands between `// cell: NAME` lines, those of `main` without its indentation; and
/// whether they are of `main`.
fn example_cells() -> Vec<(bool, String)> {
    let text = fs::read_to_string(root().join(EXAMPLE)).unwrap();
    let mut cells: Vec<(bool, String)> = Vec::new();
    let (mut inside, mut open) = (false, false);
    for line in text.lines() {
        if line.starts_with("pub fn main()") {
            (inside, open) = (true, false);
        } else if line.trim() == "// end" {
            open = false;
        } else if line.trim().starts_with("// cell: ") {
            open = true;
            cells.push((inside, String::new()));
        } else if open {
            let cell = &mut cells.last_mut().unwrap().1;
            cell.push_str(if inside { line.strip_prefix("    ").unwrap_or(line) } else { line });
            cell.push('\n');
        }
    }
    cells.into_iter().map(|(inside, cell)| (inside, cell.trim().to_owned())).collect()
}

#[test]
fn the_cells_of_the_rust_notebook_are_the_program_that_is_compiled_here() {
    let notebook = notebook(&root().join(RUST_NOTEBOOK));
    let shown: Vec<String> = code_cells(&notebook).into_iter().map(source).collect();
    let (engine, shown) = shown.split_first().unwrap();
    assert!(engine.starts_with(":dep vadex = { path = \"..\""), "{engine}");
    let compiled = example_cells();
    for cell in shown {
        assert!(compiled.iter().any(|(_, other)| other == cell), "{EXAMPLE} has no cell that reads\n{cell}");
    }
    for (_, cell) in &compiled {
        assert!(shown.contains(cell), "{RUST_NOTEBOOK} has no cell that reads\n{cell}");
    }
    assert_eq!(shown.len(), compiled.len());
    // Definitions may stand anywhere; what runs, runs in the same order.
    let statements: Vec<&String> =
        compiled.iter().filter(|(inside, _)| *inside).map(|(_, cell)| cell).collect();
    let run: Vec<&String> = shown.iter().filter(|cell| statements.contains(cell)).collect();
    assert_eq!(run, statements);
    assert!(statements.len() >= 3);
}

#[test]
fn the_program_of_the_rust_notebook_runs() {
    example::main().unwrap();
}

#[test]
fn the_program_of_the_rust_notebook_counts_who_disagrees() {
    // Of exports of 100: in economy A all four fall, in B all rise, in C two fall.
    let result = |terms: [[f64; 3]; 4]| {
        let names = ["A", "B", "C"].map(str::to_owned);
        ["dc", "dva", "vax", "davax"].iter().zip(terms).fold(
            Frame::new().with("exporter", Measure::Key, Column::labels(&names, vec![0, 1, 2])).with(
                "gexp",
                Measure::Amount,
                Column::Number(vec![100.0; 3]),
            ),
            |frame, (term, values)| frame.with(term, Measure::Amount, Column::Number(values.to_vec())),
        )
    };
    let first = result([[80.0, 70.0, 60.0]; 4]);
    let last = result([[75.0, 72.0, 61.0], [79.0, 71.0, 59.0], [70.0, 75.0, 62.5], [60.0, 80.0, 50.0]]);
    let (thinner, thicker, mixed) = example::disagreement(&first, &last);
    assert_eq!((thinner, thicker, mixed.n_rows()), (1, 1, 1));
    let Some(Column::Label { names, codes }) = mixed.column("exporter") else { panic!() };
    assert_eq!(names[codes[0] as usize], "C");
    let changes: Vec<f64> = ["dc", "dva", "vax", "davax"].map(|term| mixed.numbers(term).unwrap()[0]).into();
    for (change, expected) in changes.iter().zip([1.0, -1.0, 2.5, -10.0]) {
        assert!((change - expected).abs() < 1e-12, "{changes:?}");
    }
}
