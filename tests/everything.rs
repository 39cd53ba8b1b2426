//! Several results from one solve: each file is the one that its own command writes, byte for byte.

use std::fs;
use std::path::Path;

use vadex::frame::Column;
use vadex::indicators::{Level, Request, find_indicator};

use super::support::{fixture, model, stderr, vadex};
use super::synthetic;

fn run(arguments: &[&str]) {
    let output = vadex(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
}

/// The folder's file and the file of one command alone.
fn same(folder: &Path, name: &str, command: &[&str]) {
    let alone = folder.join("alone.csv");
    let alone = alone.to_str().unwrap();
    run(&[command, &["-q", "-o", alone]].concat());
    let [found, expected] =
        [folder.join(format!("{name}.csv")), alone.into()].map(|path| fs::read(path).unwrap());
    assert!(found == expected && !found.is_empty(), "{name} differs from `vadex {}`", command.join(" "));
    let notes = |path: String| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(path + ".notes.json").unwrap()).unwrap()
    };
    assert_eq!(
        notes(folder.join(format!("{name}.csv")).to_str().unwrap().to_owned()),
        notes(alone.to_owned()),
        "{name}"
    );
}

#[test]
fn every_file_of_everything_is_that_of_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let (out, leather) = (folder.path().to_str().unwrap(), fixture("leather.csv"));
    run(&["everything", &leather, "-q", "-o", out, "--format", "csv"]);
    let results = |ending: &str| {
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_str().unwrap().ends_with(ending)).count()
    };
    // tiva at 4 levels; bm-source, -sink, -self and wwz at 4, the world perimeters at 1, imports at 3; three kinds of
    // participation at 2 or 4 levels, two of output at 2; production length and two positions at 2.
    assert_eq!(results(".csv"), 4 + 4 * 4 + 2 + 3 + (2 + 4 + 4) + (2 + 2) + 3 * 2);
    assert_eq!(results(".csv.notes.json"), results(".csv"));
    for level in ["country", "bilateral-sector"] {
        same(folder.path(), &format!("tiva-{level}"), &["tiva", &leather, "--level", level]);
        for method in ["wwz", "bm-self"] {
            let command = ["decompose", &leather, "--method", method, "--level", level];
            same(folder.path(), &format!("decompose-{method}-{level}"), &command);
        }
    }
    let command = ["indicators", "production-length", &leather, "--level", "sector"];
    same(folder.path(), "indicators-production-length-sector", &command);
    let command = ["indicators", "upstreamness", &leather, "--level", "country"];
    same(folder.path(), "indicators-upstreamness-country", &command);
    // A row for every pair of industries: only when it is named.
    run(&[
        "everything",
        &leather,
        "-q",
        "-o",
        out,
        "--format",
        "csv",
        "--indicator",
        "apl",
        "--method",
        "none",
    ]);
    same(folder.path(), "indicators-apl-bilateral-sector", &["indicators", "apl", &leather]);
}

#[test]
fn several_methods_share_a_folder_and_a_solve() {
    let folder = tempfile::tempdir().unwrap();
    let (out, leather) = (folder.path().join("new"), fixture("leather.csv"));
    let methods = ["--method", "kww,leontief", "--exporter", "Turkey"];
    run(&[&["decompose", leather.as_str(), "-q", "-o", out.to_str().unwrap()][..], &methods].concat());
    for method in ["kww", "leontief"] {
        let command = ["decompose", &leather, "--method", method, "--exporter", "Turkey"];
        same(&out, &format!("decompose-{method}-country"), &command);
    }
}

#[test]
fn several_years_get_a_folder_each() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let choice = ["--method", "none", "--indicator", "kpww", "--level", "country", "--format", "csv"];
    run(&[&["everything", "builtin:wiod13", "--year", "1995,2011", "-q", "-o", out][..], &choice].concat());
    let year = folder.path().join("2011");
    same(&year, "tiva-country", &["tiva", "builtin:wiod13", "--year", "2011"]);
    assert!(folder.path().join("1995/indicators-kpww-country.csv").exists());
}

#[test]
fn requests_that_do_not_make_sense_say_what_to_do() {
    let leather = fixture("leather.csv");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let book = folder.path().join("d.xlsx").to_str().unwrap().to_owned();
    let as_folder = format!("name a folder: -o {} --format xlsx", book.trim_end_matches(".xlsx"));
    for (arguments, words) in [
        (vec!["decompose", &leather, "--method", "kww,wwz", "-o", &book], as_folder.as_str()),
        (vec!["everything", &leather, "-o", &book], "the name of one file"),
        (vec!["decompose", &leather, "--method", "kww,wwz"], "-o DIR"),
        (
            vec!["decompose", &leather, "--method", "kww,wwz", "--by", "origin", "-o", out],
            "one method at a time",
        ),
        (vec!["everything", &leather, "-o", out, "--method", "wzw"], "did you mean `wwz`?"),
        (vec!["everything", &leather, "-o", out, "--format", "xls"], "unknown format"),
        (vec!["everything", &leather, "-o", file.to_str().unwrap()], "cannot be written"),
    ] {
        let output = vadex(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
        assert!(!Path::new(&book).exists(), "{arguments:?}");
    }
    // What is written as a folder is one.
    run(&["decompose", &leather, "--method", "kww,wwz", "-q", "-o", &format!("{book}/"), "--format", "xlsx"]);
    assert!(Path::new(&book).join("decompose-wwz-country.xlsx").exists());
}

#[test]
fn a_failed_result_leaves_no_file_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    // Leather has no changes in inventories: that one is left out, the others are written.
    run(&["everything", &fixture("leather.csv"), "-q", "-o", out, "--method", "none", "--indicator", "all"]);
    assert!(!folder.path().join("indicators-upstreamness-inventory-sector.parquet").exists());
    assert!(folder.path().join("indicators-upstreamness-sector.parquet").exists());
    assert!(folder.path().join("indicators-supplier-concentration-sector.parquet").exists());
    let leftovers = fs::read_dir(folder.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        !name.to_str().unwrap().contains(".parquet")
    });
    assert_eq!(leftovers.count(), 0, "a temporary file was left behind");
}

#[test]
fn propagation_lengths_in_pieces_are_the_lengths_at_once() {
    // More suppliers than one piece holds.
    let model = model(&synthetic::table(10, 30, 3));
    let apl = find_indicator("apl").unwrap();
    let whole = apl.run(&model, Level::BilateralSector, &Request::default()).unwrap();
    let mut pieces = Vec::new();
    apl.run_pieces(&model, Level::BilateralSector, &Request::default(), &mut |piece| {
        pieces.push(piece.frame)
    })
    .unwrap();
    assert!(pieces.len() > 1);
    for field in whole.frame.fields() {
        let parts = pieces.iter().map(|piece| piece.column(&field.name).unwrap());
        match &field.column {
            Column::Number(values) => {
                let joined: Vec<f64> = parts.flat_map(|part| numbers(part).to_vec()).collect();
                assert_eq!(joined.len(), values.len());
                let worst = joined.iter().zip(values).map(|(a, b)| (a - b).abs() / b).fold(0.0, f64::max);
                assert!(worst < 1e-14, "{}: off by {worst:e}", field.name);
            }
            Column::Label { codes, .. } => {
                let joined: Vec<u32> = parts.flat_map(codes_of).collect();
                assert_eq!(&joined, codes, "{}", field.name);
            }
            _ => assert_eq!(parts.map(Column::len).sum::<usize>(), whole.frame.n_rows()),
        }
    }
    // By definition, (B B − B) / (B − I), where nothing is small enough to cancel.
    let inverse = model.system().global_leontief().unwrap();
    let twice = inverse * inverse;
    let lengths = whole.frame.numbers("apl").unwrap();
    let n = inverse.nrows();
    for (i, j) in [(0, 1), (17, 250), (299, 3)] {
        let expected = (twice[(i, j)] - inverse[(i, j)]) / inverse[(i, j)];
        assert!((lengths[i * n + j] - expected).abs() < 1e-10 * expected, "row {i}, column {j}");
    }
}

fn numbers(column: &Column) -> &[f64] {
    match column {
        Column::Number(values) => values,
        other => panic!("not numbers: {other:?}"),
    }
}

fn codes_of(column: &Column) -> Vec<u32> {
    match column {
        Column::Label { codes, .. } => codes.clone(),
        other => panic!("not labels: {other:?}"),
    }
}
