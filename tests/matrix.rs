//! The matrices behind the results: against exact fractions and another program, by what defines them, in every form and
//! format; what is refused.

use std::collections::HashMap;
use std::fs;

use nalgebra::DMatrix;
use vadex::analysis::{Analysis, MatrixAnalysis, Piece, Preparation};
use vadex::frame::Frame;
use vadex::load::saved_result;
use vadex::model::MATRICES;
use vadex::table::IcioTable;

use super::support::{close, dmatrix, fixture, leather, open, stderr, stdout, table, vadex};

/// Of the largest cell: an elimination of nine rows, in another order.
const TOLERANCE: f64 = 1e-13;
/// Of the largest cell, against other programs.
const ELSEWHERE: f64 = 1e-12;

fn run(table: &IcioTable, analysis: &MatrixAnalysis) -> Piece {
    analysis.run(&Preparation::default().build(table.clone()).unwrap()).unwrap()
}

fn whole(table: &IcioTable, id: &str) -> Piece {
    run(table, &MatrixAnalysis::of(id).unwrap())
}

/// Labels of the rows and the cells of a wide result.
fn cells(frame: &Frame) -> (Vec<String>, Vec<String>, DMatrix<f64>) {
    let of = |name: &str| frame.texts(name).unwrap();
    let rows: Vec<String> = of("economy")
        .iter()
        .zip(of("sector"))
        .map(|(economy, sector)| format!("{}.{}", economy.unwrap(), sector.unwrap()))
        .collect();
    let columns: Vec<String> = frame.fields()[3..].iter().map(|field| field.name.clone()).collect();
    let numbers: Vec<f64> =
        columns.iter().flat_map(|name| frame.numbers(name).unwrap().iter().copied()).collect();
    let matrix = DMatrix::from_vec(rows.len(), columns.len(), numbers);
    (rows, columns, matrix)
}

fn matrix(table: &IcioTable, id: &str) -> DMatrix<f64> {
    cells(&whole(table, id).frame).2
}

/// A file of figures from elsewhere, whose first line says where.
fn golden(path: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(format!("{}/data/golden/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("# "));
    lines.skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Exact fractions, rounded once: the script is in the first line of the file.
#[test]
fn every_matrix_is_that_of_exact_fractions() {
    let mut expected: HashMap<String, Vec<Vec<String>>> = HashMap::new();
    for line in golden("matrix/leather.csv") {
        expected.entry(line[0].clone()).or_default().push(line);
    }
    assert_eq!(expected.len(), MATRICES.len());
    for kind in MATRICES {
        let (rows, columns, found) = cells(&whole(&leather(), kind.id).frame);
        let lines = &expected[kind.id];
        assert_eq!(lines.len(), rows.len() * columns.len(), "{}", kind.id);
        let scale = lines.iter().fold(0.0_f64, |scale, line| scale.max(line[3].parse().unwrap()));
        for line in lines {
            let row = rows.iter().position(|label| *label == line[1]).unwrap();
            let column = columns.iter().position(|label| *label == line[2]).unwrap();
            let what = format!("{} {} {}", kind.id, line[1], line[2]);
            close(found[(row, column)], line[3].parse().unwrap(), scale, TOLERANCE, &what);
        }
    }
}

#[test]
fn value_added_in_exports_is_that_of_decompr() {
    for name in ["leather", "bmtoy"] {
        let analysis = MatrixAnalysis { long: true, ..MatrixAnalysis::of("value-added-in-exports").unwrap() };
        let frame = run(&open(&fixture(&format!("{name}.csv"))), &analysis).frame;
        let keys = ["economy", "sector", "to_economy", "to_sector"].map(|key| frame.texts(key).unwrap());
        let found: HashMap<[&str; 4], f64> = frame
            .numbers("value")
            .unwrap()
            .iter()
            .enumerate()
            .map(|(row, value)| ([0, 1, 2, 3].map(|key: usize| keys[key][row].unwrap()), *value))
            .collect();
        let lines = golden(&format!("leontief/{name}-sector.csv"));
        assert_eq!(found.len(), lines.len(), "{name}");
        let scale = found.values().fold(0.0_f64, |scale, value| scale.max(value.abs()));
        for line in lines {
            let key = [0, 1, 2, 3].map(|key: usize| line[key].as_str());
            close(found[&key], line[4].parse().unwrap(), scale, ELSEWHERE, &format!("{name} {key:?}"));
        }
    }
}

fn largest(matrix: &DMatrix<f64>) -> f64 {
    matrix.iter().fold(0.0_f64, |largest, cell| largest.max(cell.abs()))
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn inverses_are_inverses_of_what_is_written_beside_them() {
    for name in ["leather.csv", "bmtoy.csv", "iciotest.csv", "synth6x5.csv"] {
        let table = open(&fixture(name));
        for (coefficients, inverse) in [
            ("input-coefficients", "global-leontief"),
            ("domestic-coefficients", "local-leontief"),
            ("output-coefficients", "ghosh-inverse"),
        ] {
            let (a, b) = (matrix(&table, coefficients), matrix(&table, inverse));
            let one = DMatrix::<f64>::identity(a.nrows(), a.nrows());
            let off = largest(&((&one - &a) * &b - &one));
            assert!(off < 1e-12 * largest(&b), "{name}: (I - {coefficients}) {inverse} is off by {off:e}");
        }
        let parts = matrix(&table, "domestic-coefficients") + matrix(&table, "imported-coefficients");
        let whole = matrix(&table, "input-coefficients");
        assert!(largest(&(parts - whole)) < 1e-15, "{name}: at home and abroad");
    }
}

#[test]
fn columns_of_value_added_add_up_to_what_they_are_in() {
    for name in ["leather.csv", "bmtoy.csv", "synth6x5.csv"] {
        let table = open(&fixture(name));
        let model = super::support::model(&table);
        let flows = model.flows();
        let demand: Vec<f64> = flows.final_demand().column_iter().map(|column| column.sum()).collect();
        let ones: Vec<f64> = flows.gross_output().iter().map(|x| if *x == 0.0 { 0.0 } else { 1.0 }).collect();
        for (id, expected) in [
            ("value-added-multiplier", ones.as_slice()),
            ("value-added-in-output", flows.gross_output()),
            ("value-added-in-exports", flows.gross_exports()),
            ("value-added-in-final-demand", demand.as_slice()),
        ] {
            let found = matrix(&table, id);
            assert_eq!(found.ncols(), expected.len(), "{name} {id}");
            let scale = expected.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
            for (column, expected) in expected.iter().enumerate() {
                close(found.column(column).sum(), *expected, scale, 1e-12, &format!("{name} {id} {column}"));
            }
        }
    }
}

#[test]
fn the_long_form_has_the_cells_of_the_wide_one_in_the_order_of_the_table() {
    for kind in MATRICES {
        let (rows, columns, wide) = cells(&whole(&leather(), kind.id).frame);
        let analysis = MatrixAnalysis { long: true, ..MatrixAnalysis::of(kind.id).unwrap() };
        let world = Preparation::default().build(leather()).unwrap();
        let long = analysis.run(&world).unwrap();
        let mut pieces = Vec::new();
        analysis.run_pieces(&world, &mut |piece| pieces.push(piece)).unwrap();
        assert_eq!(pieces.len(), 3, "a piece an economy");
        assert!(pieces.iter().all(|piece| piece.notes == long.notes));
        let frames: Vec<Frame> = pieces.into_iter().map(|piece| piece.frame).collect();
        let stacked = Frame::stack(&frames);
        for frame in [&long.frame, &stacked] {
            let values = frame.numbers("value").unwrap();
            assert_eq!(values.len(), rows.len() * columns.len(), "{}", kind.id);
            let key = |name: &str| frame.texts(name);
            let (economy, sector) = (key("economy").unwrap(), key("sector").unwrap());
            let (to_economy, to_sector) = (key("to_economy").unwrap(), key("to_sector"));
            assert_eq!(to_sector.is_none(), kind.is_by_absorber());
            for (place, value) in values.iter().enumerate() {
                let (row, column) = (place / columns.len(), place % columns.len());
                assert_eq!(value.to_bits(), wide[(row, column)].to_bits(), "{} {place}", kind.id);
                let seller = format!("{}.{}", economy[place].unwrap(), sector[place].unwrap());
                let buyer = match &to_sector {
                    Some(sector) => format!("{}.{}", to_economy[place].unwrap(), sector[place].unwrap()),
                    None => to_economy[place].unwrap().to_owned(),
                };
                assert_eq!((&seller, &buyer), (&rows[row], &columns[column]));
            }
        }
    }
}

/// What is read of a file on standard output: header and rows.
fn csv(arguments: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let output = vadex(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    let text = stdout(&output);
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    (lines.next().unwrap(), lines.collect())
}

#[test]
fn rows_and_columns_of_some_are_those_of_the_whole() {
    let table = fixture("leather.csv");
    let all = csv(&["matrix", &table, "--of", "global-leontief", "--format", "csv"]);
    assert_eq!((all.0.len(), all.1.len()), (3 + 9, 9));
    let (header, rows) = csv(&[
        "matrix",
        &table,
        "--of",
        "global-leontief",
        "--economy",
        "Germany,Argentina",
        "--sector",
        "Agriculture",
        "--to-economy",
        "Turkey",
        "--format",
        "csv",
    ]);
    let turkey = ["Agriculture", "Textile_and_Leather", "Transport_Equipment"].map(|s| format!("Turkey.{s}"));
    assert_eq!(header, [&all.0[..3], &turkey[..]].concat());
    assert_eq!(rows, [0, 6].map(|row: usize| [&all.1[row][..3], &all.1[row][6..9]].concat()));
    let (header, rows) = csv(&[
        "matrix",
        &table,
        "--of",
        "value-added-in-final-demand",
        "--to-economy",
        "Turkey",
        "--long",
        "--format",
        "csv",
    ]);
    assert_eq!(header, ["year", "economy", "sector", "to_economy", "value"]);
    assert_eq!(rows.len(), 9);
    assert!(rows.iter().all(|row| row[3] == "Turkey"));
}

#[test]
fn every_format_holds_the_same_cells_and_notes_say_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let table = fixture("leather.csv");
    let expected = cells(&whole(&leather(), "ghosh-inverse").frame);
    for extension in ["csv", "parquet", "xlsx", "json", "md"] {
        let path = folder.path().join(format!("g.{extension}"));
        let to = path.to_str().unwrap();
        let output = vadex(&["matrix", &table, "--of", "ghosh-inverse", "-o", to]);
        assert!(output.status.success(), "{}", stderr(&output));
        let notes = fs::read_to_string(folder.path().join(format!("g.{extension}.notes.json"))).unwrap();
        for words in ["\"matrix ghosh-inverse\"", "x̂⁻¹ B x̂: output of the column", "cells have no unit"]
        {
            assert!(notes.contains(words), "{words}: {notes}");
        }
        if ["csv", "parquet"].contains(&extension) {
            let frame = saved_result(&path).unwrap().frame;
            for (column, name) in expected.1.iter().enumerate() {
                let found = frame.numbers(name).unwrap();
                let expected = expected.2.column(column).iter().copied().collect::<Vec<_>>();
                assert_eq!(bits(found), bits(&expected), "{extension} {name}");
            }
        }
    }
    let text = fs::read_to_string(folder.path().join("g.json")).unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    for (row, object) in rows.iter().enumerate() {
        for (column, name) in expected.1.iter().enumerate() {
            let found = object[name].as_f64().unwrap();
            // Whoever reads the text here reads it to the last bit but one.
            let expected = expected.2[(row, column)];
            assert!((found - expected).abs() <= f64::EPSILON * expected.abs(), "{row} {name}");
        }
    }
}

#[test]
fn a_group_keeps_the_rows_of_its_members_and_buys_among_them_at_home() {
    let table = fixture("leather.csv");
    let arguments = ["matrix", table.as_str(), "--format", "csv", "--of", "domestic-coefficients"];
    let alone = csv(&arguments);
    let together = csv(&[&arguments[..], &["--group", "TG=Turkey,Germany"][..]].concat());
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    assert_eq!(sorted(&together.0), sorted(&alone.0), "members by their own names");
    let at = |of: &(Vec<String>, Vec<Vec<String>>), row: &str, column: &str| -> f64 {
        let column = of.0.iter().position(|label| label == column).unwrap();
        let row = of.1.iter().find(|cells| format!("{}.{}", cells[1], cells[2]) == row).unwrap();
        row[column].parse().unwrap()
    };
    let (seller, buyer) = ("Turkey.Agriculture", "Germany.Transport_Equipment");
    assert!(at(&alone, seller, buyer).abs() < 1e-300);
    assert!((at(&together, seller, buyer) - 8.9 / 217.0).abs() < 1e-15);
    assert!(at(&together, "Argentina.Agriculture", buyer).abs() < 1e-300);
    let told = vadex(&["matrix", &table, "--of", "local-leontief", "--group", "TG=Turkey,Germany"]);
    assert!(stderr(&told).contains("rows and columns of a group are those of its members"));
}

#[test]
fn a_satellite_takes_the_place_of_value_added_and_is_empty_where_nobody_knows_it() {
    let jobs = ["--satellite", "builtin:wiod13", "--satellite-name", "jobs", "--format", "csv"];
    let matrix = ["matrix", "builtin:wiod13/2009", "--of", "value-added-in-exports", "--to-economy", "DEU"];
    let (header, rows) = csv(&[&matrix[..], &jobs[..], &["--long"][..]].concat());
    assert_eq!(header, ["year", "economy", "sector", "to_economy", "to_sector", "value"]);
    let cells = |economy: &str| -> Vec<Option<f64>> {
        rows.iter().filter(|row| row[1] == economy).map(|row| row[5].parse().ok()).collect()
    };
    let tiva = ["tiva", "builtin:wiod13/2009", "--economy", "DEU"];
    let (header, told) = csv(&[&tiva[..], &jobs[..]].concat());
    let expected: f64 = told[0][header.iter().position(|name| name == "dva").unwrap()].parse().unwrap();
    let found: f64 = cells("DEU").iter().map(|cell| cell.unwrap()).sum();
    close(found, expected, expected, 1e-12, "German jobs in German exports");
    let unknown = cells("RoW");
    assert!(unknown.len() == 20 * 20 && unknown.iter().all(Option::is_none), "{}", unknown.len());
    let told = vadex(&[&matrix[..], &jobs[..]].concat());
    assert!(stderr(&told).contains("cells are amounts of jobs"), "{}", stderr(&told));
    // Where no value added is in it, nothing could take its place.
    let matrix = ["matrix", "builtin:wiod13/2009", "--of", "global-leontief"];
    let output = vadex(&[&matrix[..], &jobs[..]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--satellite would have no effect"), "{}", stderr(&output));
}

#[test]
fn an_industry_that_sells_nothing_passes_nothing_on() {
    let z = dmatrix![2.0, 1.0, 0.0; 0.0, 0.0, 0.0; 3.0, 2.0, 4.0];
    let table = table(&["A"], &["x", "idle", "y"], z, dmatrix![7.0; 0.0; 11.0]);
    let piece = whole(&table, "ghosh-inverse");
    let ghosh = cells(&piece.frame).2;
    let idle: Vec<f64> = ghosh.row(1).iter().copied().collect();
    assert_eq!(bits(&idle), bits(&[0.0, 1.0, 0.0]));
    assert_eq!(matrix(&table, "output-coefficients").row(1).sum().to_bits(), 0.0_f64.to_bits());
    assert_eq!(matrix(&table, "input-coefficients").column(1).sum().to_bits(), 0.0_f64.to_bits());
    let remarks = piece.notes.remarks.join("; ");
    assert!(remarks.contains("1 industry is without output: what is divided by it is 0"), "{remarks}");
}

#[test]
fn coefficients_are_written_from_every_storage_and_inverses_say_what_they_need() {
    let table = fixture("leather.csv");
    let arguments = |of: &'static str, store: &'static str| {
        ["matrix", table.as_str(), "--format", "csv", "--of", of, "--store", store].map(str::to_owned)
    };
    let told = |arguments: &[String]| csv(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    for of in ["input-coefficients", "domestic-coefficients", "imported-coefficients", "output-coefficients"]
    {
        let (header, rows) = told(&arguments(of, "f64"));
        for (store, tolerance) in [("f32", 1e-6), ("sparse", 1e-15)] {
            let (other, found) = told(&arguments(of, store));
            assert_eq!(other, header);
            for (found, expected) in found.iter().flatten().zip(rows.iter().flatten()) {
                match (found.parse::<f64>(), expected.parse::<f64>()) {
                    (Ok(found), Ok(expected)) => close(found, expected, 1.0, tolerance, of),
                    _ => assert_eq!(found, expected),
                }
            }
        }
    }
    for store in ["f32", "sparse"] {
        let arguments = arguments("global-leontief", store);
        let output = vadex(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("--store f64"), "{}", stderr(&output));
    }
}

#[test]
fn what_there_is_not_is_refused_with_what_there_is() {
    let table = fixture("leather.csv");
    let refused = |arguments: &[&str], words: &[&str]| {
        let output = vadex(&[&["matrix", table.as_str()][..], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stdout(&output).is_empty());
        for word in words {
            assert!(stderr(&output).contains(word), "{word}: {}", stderr(&output));
        }
    };
    refused(&["--of", "global-leontif"], &["similar value", "global-leontief"]);
    refused(&[], &["--of <ID>"]);
    refused(&["--of", "global-leontief", "--to-economy", "Germny"], &["`Germny`", "Germany"]);
    refused(
        &["--of", "value-added-in-final-demand", "--to-sector", "Agriculture"],
        &["the columns of `value-added-in-final-demand` are economies"],
    );
    let error = MatrixAnalysis::of("global-leontif").unwrap_err();
    assert_eq!(error.to_string(), "unknown matrix `global-leontif`");
    assert_eq!(error.hint(), "did you mean `global-leontief`?");
    // Nothing is like a letter, which means another matrix in every program.
    assert!(MatrixAnalysis::of("L").unwrap_err().hint().contains("global-leontief, local-leontief"));
}

#[test]
fn what_does_not_fit_into_memory_is_refused_before_it_is_made() {
    let of =
        ["matrix", "builtin:wiod13/2005", "--of", "global-leontief", "--memory", "60M", "--format", "csv"];
    let output = vadex(&of);
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    assert!(told.contains("matrix global-leontief") && told.contains("--to-economy"), "{told}");
    assert!(stdout(&output).is_empty());
}

#[test]
fn years_stand_below_each_other_where_their_columns_do() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(fixture("leather.csv")).unwrap();
    let years = folder.path().to_str().unwrap();
    fs::write(folder.path().join("2000.csv"), &text).unwrap();
    fs::write(folder.path().join("2001.csv"), text.replace("Germany", "Deutschland")).unwrap();
    let output = vadex(&["matrix", years, "--of", "input-coefficients", "--format", "csv"]);
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    assert!(told.contains("2001.csv: its industries are not those of") && told.contains("--long"), "{told}");
    let (_, rows) = csv(&["matrix", years, "--of", "input-coefficients", "--format", "csv", "--long"]);
    assert_eq!(rows.len(), 2 * 81);
    fs::write(folder.path().join("2001.csv"), &text).unwrap();
    let (header, rows) = csv(&["matrix", years, "--of", "input-coefficients", "--format", "csv"]);
    assert_eq!((header.len(), rows.len()), (12, 18));
    assert!(rows[..9].iter().all(|row| row[0] == "2000") && rows[9..].iter().all(|row| row[0] == "2001"));
    assert_eq!(rows[0][1..], rows[9][1..]);
}
