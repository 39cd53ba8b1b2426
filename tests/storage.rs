//! One table in three storages: the same numbers, or an error that says what is missing.

use nalgebra::DMatrix;
use vadex::decompose::{METHODS, Scope, Workspace};
use vadex::indicators::{INDICATORS, IndicatorError, Request, trade_in_value_added};
use vadex::kernel::stored::Storage;
use vadex::level::Level;
use vadex::model::solver::{Side, SolveError};
use vadex::model::{Model, ModelOptions};
use vadex::table::{self, IcioTable, SINGLE_PRECISION};

use super::support::{close, data_dir, leather, model, stderr, stdout, table, vadex};

/// Three economies of four sectors, cells that single precision holds exactly.
fn world() -> IcioTable {
    let z = DMatrix::from_fn(12, 12, |i, j| ((i * 7 + j * 5 + i * j) % 9) as f64 / 4.0);
    let y = DMatrix::from_fn(12, 3, |i, j| 8.0 + ((i * 5 + j) % 7) as f64);
    table(&["A", "B", "C"], &["p", "q", "r", "s"], z, y)
}

const STORAGES: [Storage; 3] = [Storage::Double, Storage::Single, Storage::Compressed];

fn needs_dense(error: &SolveError) -> bool {
    matches!(error, SolveError::NeedsDense { .. })
}

#[test]
fn a_table_has_the_same_sums_checks_and_coefficients_in_every_storage() {
    let dense = world();
    for storage in STORAGES {
        let kept = dense.clone().kept_as(storage).unwrap();
        assert_eq!(kept.intermediate_use().storage(), storage);
        assert_eq!(kept.row_sums(), dense.row_sums(), "{storage}");
        assert_eq!(kept.input_sums(), dense.input_sums(), "{storage}");
        assert_eq!(kept.gross_exports_by_economy(), dense.gross_exports_by_economy(), "{storage}");
        let single = kept.provenance().repairs.iter().find(|repair| repair.name == SINGLE_PRECISION);
        assert_eq!(single.is_some(), storage == Storage::Single);
        assert!(single.is_none_or(|repair| repair.count == 0), "these cells are exact");
        let messages = |table: &IcioTable| -> Vec<String> {
            let findings = table::check(table);
            findings.into_iter().map(|f| f.message).filter(|m| !m.contains(SINGLE_PRECISION)).collect()
        };
        assert_eq!(messages(&kept), messages(&dense), "{storage}");
    }
}

#[test]
fn trade_in_value_added_is_the_same_in_every_storage() {
    // The cells of the second are no fractions of two: single precision rounds them, and that alone.
    for (dense, rounded) in [(world(), 1e-13), (leather(), 1e-6)] {
        let exact = model(&dense);
        let expected = trade_in_value_added(&exact, Level::BilateralSector).unwrap();
        for storage in STORAGES {
            let model =
                Model::from_table(dense.clone().kept_as(storage).unwrap(), &ModelOptions::default()).unwrap();
            let found = trade_in_value_added(&model, Level::BilateralSector).unwrap();
            let solved = bounds(&exact, model.system().worst_residual());
            for (found, expected) in found.iter().zip(&expected) {
                let exports = expected.gexp;
                for (found, expected, what) in [
                    (found.gexp, expected.gexp, "gexp"),
                    (found.dva, expected.dva, "dva"),
                    (found.fva, expected.fva, "fva"),
                    (found.vs, expected.vs, "vs"),
                    (found.vax, expected.vax, "vax"),
                ] {
                    // Compressed rows are solved by iteration: the error is what the residual leaves room for.
                    let iterated = match what {
                        "vax" => solved.of_demand,
                        _ => solved.of_a_unit * exports,
                    };
                    let allowed = match storage {
                        Storage::Single => rounded * expected.abs().max(1.0),
                        Storage::Compressed => 1e-13 * expected.abs().max(1.0) + iterated,
                        _ => 1e-13 * expected.abs().max(1.0),
                    };
                    close(found, expected, 1.0, allowed, &format!("{storage}, {what}"));
                }
            }
        }
    }
}

/// What errors an iterated solve can leave, given its residual r (largest over columns of ‖(I − A)X − Y‖₁ / ‖Y‖₁).
struct Bounds {
    /// Of a content in a unit of exports, v B or v L: ‖δ‖∞ ≤ ‖δ‖₁ ≤ ‖B′‖₁ r ‖v‖₁, and L ≤ B.
    of_a_unit: f64,
    /// Of value added called forth by final demand, v B y: max v ‖B‖₁ r ‖y‖₁.
    of_demand: f64,
}

fn bounds(exact: &Model, residual: f64) -> Bounds {
    let inverse = exact.system().global_leontief().unwrap();
    let largest = |sums: &mut dyn Iterator<Item = f64>| sums.fold(0.0, f64::max);
    let by_row = largest(&mut inverse.row_iter().map(|row| row.iter().map(|b| b.abs()).sum()));
    let by_column = largest(&mut inverse.column_iter().map(|column| column.iter().map(|b| b.abs()).sum()));
    let demand = exact.flows().final_demand();
    let demand = largest(&mut demand.column_iter().map(|y| y.iter().map(|value| value.abs()).sum()));
    let shares = exact.value_added_share();
    Bounds {
        of_a_unit: by_row * residual * shares.iter().sum::<f64>(),
        of_demand: largest(&mut shares.iter().copied()) * by_column * residual * demand,
    }
}

#[test]
fn a_model_in_the_memory_of_the_table_is_the_model_of_the_table() {
    let built = model(&world());
    let moved = Model::from_table(world(), &ModelOptions::default()).unwrap();
    assert_eq!(moved.system().input_coefficients(), built.system().input_coefficients());
    assert_eq!(moved.flows().gross_exports(), built.flows().gross_exports());
    assert_eq!(moved.value_added_by_origin().unwrap(), built.value_added_by_origin().unwrap());
}

#[test]
fn every_method_computes_or_refuses_as_it_says() {
    for storage in [Storage::Single, Storage::Compressed] {
        let model = model(&world().kept_as(storage).unwrap());
        for method in METHODS {
            for &level in method.levels() {
                // Compressed rows have no local inverses either, so a method may refuse for that.
                let outcome = Workspace::new(&model)
                    .map_err(Into::into)
                    .and_then(|work| method.run(&work, level, &Scope::default()));
                match outcome {
                    Ok(_) => {
                        assert!(!method.needs_inverse(level), "{} computed without an inverse", method.id())
                    }
                    Err(vadex::decompose::DecomposeError::Solve(error)) if needs_dense(&error) => assert!(
                        method.needs_inverse(level) || storage == Storage::Compressed,
                        "{} at {} refused: {error}",
                        method.id(),
                        level.id()
                    ),
                    Err(error) => panic!("{} at {}: {error}", method.id(), level.id()),
                }
            }
        }
    }
}

#[test]
fn every_indicator_computes_or_refuses_as_it_says() {
    let dense = model(&world());
    for storage in [Storage::Single, Storage::Compressed] {
        let model = model(&world().kept_as(storage).unwrap());
        for indicator in INDICATORS {
            for &level in indicator.profile().levels {
                let request = Request {
                    household_consumption: Some(world().final_demand_by_economy() * 0.6),
                    ..Request::default()
                };
                match indicator.run(&model, level, &request) {
                    Ok(reading) => {
                        assert!(!indicator.needs_inverse(), "{} computed without an inverse", indicator.id());
                        let expected = indicator.run(&dense, level, &request).unwrap();
                        for column in indicator.profile().columns {
                            let both =
                                (reading.frame.numbers(column.name), expected.frame.numbers(column.name));
                            let (Some(found), Some(expected)) = both else { continue };
                            for (found, expected) in found.iter().zip(expected) {
                                if expected.is_nan() {
                                    assert!(found.is_nan(), "{} {}", indicator.id(), column.name);
                                } else {
                                    let what = format!("{storage}, {} {}", indicator.id(), column.name);
                                    close(*found, *expected, expected.abs().max(1.0), 1e-11, &what);
                                }
                            }
                        }
                    }
                    Err(IndicatorError::NeedsInventories { .. }) => {}
                    Err(IndicatorError::Solve(error)) if needs_dense(&error) => assert!(
                        indicator.needs_inverse() || storage == Storage::Compressed,
                        "{} refused: {error}",
                        indicator.id()
                    ),
                    Err(error) => panic!("{}: {error}", indicator.id()),
                }
            }
        }
    }
}

#[test]
fn the_error_names_what_is_needed_what_was_found_and_a_way_out() {
    let model = model(&world().kept_as(Storage::Single).unwrap());
    let error = model.system().global_leontief().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the global Leontief inverse needs dense coefficients, and this table of 12 rows is kept as: dense, single \
         precision"
    );
    assert!(
        error.hint().contains("--store f64") && error.hint().contains("vadex list methods"),
        "{}",
        error.hint()
    );
}

#[test]
fn a_domestic_solve_is_the_product_with_the_local_inverses() {
    let w = DMatrix::from_fn(12, 2, |i, j| (i + 3 * j) as f64);
    let dense = model(&world());
    for side in [Side::Direct, Side::Transposed] {
        let expected = dense.system().local_product(side, &w).unwrap();
        for storage in [Storage::Single, Storage::Compressed] {
            let model = model(&world().kept_as(storage).unwrap());
            let found = model.system().local_product(side, &w).unwrap();
            close((found - &expected).norm(), 0.0, expected.norm(), 1e-13, &storage.to_string());
        }
    }
}

#[test]
fn a_table_is_kept_as_the_user_says_and_the_notes_say_so() {
    let arguments = ["tiva", "builtin:wiod13", "--year", "2011", "--economy", "CHN", "--format", "csv"];
    let with = |more: &[&str]| vadex(&[&arguments[..], more].concat());
    let double = with(&[]);
    let single = with(&["--store", "f32", "-v"]);
    assert!(single.status.success(), "{}", stderr(&single));
    assert!(stderr(&single).contains(SINGLE_PRECISION), "{}", stderr(&single));
    let numbers = |output: &std::process::Output| -> Vec<f64> {
        let text = stdout(output);
        text.lines().nth(1).unwrap().split(',').filter_map(|cell| cell.parse().ok()).collect()
    };
    for (found, expected) in numbers(&single).iter().zip(numbers(&double)) {
        close(*found, expected, expected, 1e-6, "in single precision");
    }
    let refused =
        vadex(&["decompose", "builtin:wiod13", "--year", "2011", "--method", "wwz", "--store", "f32"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--store f64"), "{}", stderr(&refused));
}

#[test]
fn work_that_does_not_fit_is_refused_before_it_starts() {
    let refused = vadex(&["tiva", "builtin:wiod13", "--year", "2011", "--memory", "50MB"]);
    assert_eq!((refused.status.code(), stdout(&refused)), (Some(2), String::new()));
    let message = stderr(&refused);
    for part in ["820 rows", "50 MB are allowed by --memory", "--memory"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let claims = vadex(&["claims", "C1", "--table", "builtin:wiod13", "--memory", "55MB"]);
    let message = stderr(&claims);
    assert_eq!((claims.status.code(), stdout(&claims)), (Some(2), String::new()), "{message}");
    assert!(message.contains("the claims on") && message.contains("55 MB are allowed"), "{message}");
    let bad = vadex(&["tiva", "builtin:wiod13", "--memory", "much"]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(stderr(&bad).contains("16G"), "{}", stderr(&bad));
    let told = vadex(&["tiva", "builtin:wiod13", "--year", "2011", "-v", "--memory", "1GB"]);
    assert!(
        told.status.success() && stderr(&told).contains("1.0 GB are allowed by --memory"),
        "{}",
        stderr(&told)
    );
}

/// Most memory that the real binary asked for, in bytes, and what it said on standard error. Pages of the program and of
/// mapped files are left out: how many there are depends on how the program was built, not on the work.
fn peak_of(arguments: &[&str]) -> (u64, String) {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_vadex"))
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("the child can be waited for").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = kibibytes.map_or(peak, |kibibytes| peak.max(kibibytes << 10));
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().expect("piped"), &mut said).expect("text");
    (peak, said)
}

#[test]
fn predicted_memory_is_near_what_the_binary_takes() {
    if !cfg!(target_os = "linux") {
        println!("skipped: the peak of a process is read from /proc");
        return;
    }
    // What the prediction counts for everything small, the program's own pages among it.
    const SMALL: f64 = 48e6;
    // Not every array of the prediction stands at the same moment as every other.
    const FACTOR: f64 = 1.6;
    let full = data_dir("predicted_memory_is_near_what_the_binary_takes");
    let full = full.map(|folder| folder.join("wiod2013_int").display().to_string());
    for table in ["builtin:wiod13"].into_iter().chain(full.as_deref()) {
        for command in [
            &["tiva"][..],
            &["decompose", "--method", "wwz", "--level", "bilateral-sector"],
            &["decompose", "--method", "wwz", "--level", "bilateral-sector", "--by", "origin"],
            &["decompose", "--method", "wwz", "--by", "origin"],
            // A row for every pair of industries.
            &["indicators", "apl"],
            &["sensitivity", "--economy", "CHN"],
            // A model for each scenario that changes inputs.
            &["scenario", "c23-opening"],
        ] {
            let arguments = [command, &[table, "--year", "2011", "-v", "--memory", "1234MB"]].concat();
            let (measured, said) = peak_of(&arguments);
            let (_, rest) =
                said.split_once("takes about ").unwrap_or_else(|| panic!("no prediction: {said}"));
            let predicted: f64 = rest.split_once(" MB").and_then(|(text, _)| text.parse().ok()).unwrap();
            let (predicted, measured) = (predicted * 1e6, measured as f64);
            assert!(
                measured <= predicted,
                "{table} {command:?}: predicted {predicted}, measured {measured} bytes"
            );
            assert!(
                predicted <= FACTOR * measured + SMALL,
                "{table} {command:?}: predicted {predicted}, measured {measured} bytes: work that fits is refused"
            );
        }
    }
}
