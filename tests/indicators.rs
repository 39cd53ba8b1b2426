//! Indicators: figures printed in the literature, figures of other tools, and what must hold on any table.

use std::collections::HashMap;

use nalgebra::DMatrix;
use vadex::frame::{Column, Measure};
use vadex::indicators::{
    self, Family, INDICATORS, Indicator, IndicatorError, Level, Reading, Request, find_indicator,
};
use vadex::labels::Group;
use vadex::model::{Model, ModelOptions};
use vadex::report::notes_path;
use vadex::table::IcioTable;

use super::support::{
    close, data_dir, fixture, leather, model, open, stderr, stdout, table, table_of, vadex,
};

/// A matrix from rows.
fn matrix(rows: &[&[f64]]) -> DMatrix<f64> {
    DMatrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j])
}

fn run(model: &Model, id: &str, level: Level) -> Reading {
    find_indicator(id).unwrap().run(model, level, &Request::default()).unwrap()
}

fn column(model: &Model, id: &str, level: Level, name: &str) -> Vec<f64> {
    run(model, id, level).frame.numbers(name).unwrap_or_else(|| panic!("{id} has no {name}")).to_vec()
}

#[track_caller]
fn all_close(found: &[f64], expected: &[f64], scale: f64, tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        close(*found, *expected, scale, tolerance, &format!("{what}, row {row}"));
    }
}

/// A pseudo-random number in (0, 1) from two indices: the same on every machine.
fn noise(i: usize, j: usize) -> f64 {
    let mut state = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ (j as u64 + 1).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state ^= state >> 29;
    state = state.wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^= state >> 32;
    (state >> 11) as f64 / (1_u64 << 53) as f64
}

/// Four economies, three sectors; everything trades.
fn world() -> IcioTable {
    let z = DMatrix::from_fn(12, 12, |i, j| 10.0 * noise(i, j) * if i / 3 == j / 3 { 3.0 } else { 1.0 });
    let y = DMatrix::from_fn(12, 4, |i, j| 60.0 * noise(i + 50, j) * if i / 3 == j { 2.0 } else { 0.5 });
    table(&["AUS", "BRA", "CHN", "DEU"], &["p", "q", "r"], z, y)
}

/// The same with a sector that produces nothing, an economy that exports nothing, run-down inventories and an industry
/// whose inputs cost more than its output.
fn edge() -> IcioTable {
    let mut z = DMatrix::from_fn(12, 12, |i, j| 8.0 * noise(i + 7, j + 3));
    let mut y = DMatrix::from_fn(12, 4, |i, j| 30.0 + 50.0 * noise(i + 90, j));
    for k in 0..12 {
        (z[(4, k)], z[(k, 4)]) = (0.0, 0.0);
        for row in 9..12 {
            if k < 9 {
                z[(row, k)] = 0.0;
            }
        }
    }
    for r in 0..4 {
        y[(4, r)] = 0.0;
        for row in 9..12 {
            if r < 3 {
                y[(row, r)] = 0.0;
            }
        }
    }
    y[(0, 1)] = -12.0;
    z[(2, 7)] += 400.0;
    table(&["AUS", "BRA", "CHN", "DEU"], &["p", "q", "r"], z, y)
}

fn tables() -> Vec<(&'static str, IcioTable)> {
    let group = Group { name: "G".into(), members: vec!["AUS".into(), "CHN".into()] };
    let grouped = world().regroup(&[group]).unwrap();
    vec![("leather", leather()), ("world", world()), ("edge", edge()), ("grouped", grouped)]
}

fn request_of(table: &IcioTable) -> Request {
    // A tenth of what is sold to final use goes into stock, six tenths to households: enough for the indicators that need
    // to know.
    let final_demand = table.final_demand_by_economy();
    Request {
        inventories: Some(&final_demand * 0.1),
        household_consumption: Some(final_demand * 0.6),
        ..Request::default()
    }
}

fn every(mut check: impl FnMut(&dyn Indicator, Level)) {
    for indicator in INDICATORS {
        for level in indicator.profile().levels {
            check(*indicator, *level);
        }
    }
}

// ---------------------------------------------------------------- the literature

/// Eurostat (2008), Manual of Supply, Use and Input-Output Tables, tables 15.5-15.10 (Germany 1995, Beutel).
#[test]
fn germany_1995_has_the_linkages_of_the_eurostat_manual() {
    let z = matrix(&[
        &[1131.0, 25480.0, 1.0, 607.0, 710.0, 762.0],
        &[7930.0, 304584.0, 64167.0, 41082.0, 11981.0, 30360.0],
        &[426.0, 7334.0, 3875.0, 5296.0, 23457.0, 9155.0],
        &[3559.0, 72717.0, 14190.0, 74399.0, 10835.0, 21008.0],
        &[3637.0, 96115.0, 31027.0, 65755.0, 193176.0, 34223.0],
        &[1552.0, 14986.0, 1747.0, 11225.0, 15058.0, 22070.0],
    ]);
    let output = [43910.0, 1079446.0, 245606.0, 540063.0, 692487.0, 508918.0];
    let y = DMatrix::from_fn(6, 1, |i, _| output[i] - z.row(i).sum());
    let germany = model(&table(&["DEU"], &["agr", "ind", "con", "trade", "bus", "oth"], z, y));
    let backward = column(&germany, "rasmussen", Level::Sector, "bl_multiplier");
    all_close(
        &backward,
        &[1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782],
        1.0,
        5.1e-5,
        "backward, 4 printed digits",
    );
    let forward = column(&germany, "rasmussen", Level::Sector, "fl_multiplier");
    // rOpenGov/iotables; its test prints 1.6691 for industry, a transposition of 1.6910.
    let expected = [2.112605, 1.690961, 1.355765, 1.58485, 2.103708, 1.210591];
    all_close(&forward, &expected, 1.0, 5e-7, "forward");
    // The Ghosh inverse, first column: a push of one in agriculture alone shows in the rows that sell to it.
    let first_column = [1.0339, 0.0118, 0.0037, 0.0103, 0.0117, 0.0043];
    for (row, expected) in first_column.iter().enumerate() {
        let mut push = vec![0.0; 6];
        push[row] = 1.0;
        let found = indicators::supply_push(&germany, &push).unwrap()[0];
        close(found, *expected, 1.0, 5.1e-5, "Ghosh inverse, column 1, 4 printed digits");
    }
    let multipliers = run(&germany, "multipliers", Level::Sector);
    for (name, expected) in [
        ("output_multiplier", &backward[..]),
        ("output_multiplier_domestic", &backward),
        ("input_multiplier", &forward),
        // What is not bought is value added: all of a unit, in the end.
        ("value_added_multiplier", &[1.0; 6]),
        ("value_added_multiplier_domestic", &[1.0; 6]),
    ] {
        all_close(multipliers.frame.numbers(name).unwrap(), expected, 1.0, 1e-12, name);
    }
    // One economy: world and domestic linkages are the same thing.
    let domestic = run(&germany, "rasmussen-domestic", Level::Sector);
    all_close(
        domestic.frame.numbers("bl_domestic_multiplier").unwrap(),
        &backward,
        1.0,
        1e-14,
        "domestic backward",
    );
    all_close(
        domestic.frame.numbers("fl_domestic_multiplier").unwrap(),
        &forward,
        1.0,
        1e-14,
        "domestic forward",
    );
}

/// Miller and Blair (2009), chapter 2 (table 2.3), and its Ghosh counterpart of chapter 12.
#[test]
fn the_ghosh_inverse_of_miller_and_blair() {
    let z = matrix(&[&[150.0, 500.0], &[200.0, 100.0]]);
    let two = model(&table(&["R"], &["1", "2"], z, matrix(&[&[350.0], &[1700.0]])));
    let ghosh = [[1.2541254125, 0.6600660066], [0.1320132013, 1.1221122112]];
    for (row, expected) in ghosh.iter().enumerate() {
        let mut push = vec![0.0; 2];
        push[row] = 1.0;
        all_close(&indicators::supply_push(&two, &push).unwrap(), expected, 1.0, 1e-9, "Ghosh inverse");
    }
    // v G = x: value added 650 and 1400 make output 1000 and 2000.
    all_close(
        &indicators::supply_push(&two, &[650.0, 1400.0]).unwrap(),
        &[1000.0, 2000.0],
        2000.0,
        1e-15,
        "v G = x",
    );
}

/// Two economies that buy from each other; exact fractions of 61.
fn two_economies() -> Model {
    let (x1, x2) = (6300.0 / 61.0, 7700.0 / 61.0);
    let z = matrix(&[&[0.2 * x1, 0.1 * x2], &[0.3 * x1, 0.2 * x2]]);
    model(&table(&["A", "B"], &["s"], z, matrix(&[&[50.0, 20.0], &[10.0, 60.0]])))
}

#[test]
fn the_loop_of_two_economies_by_hand() {
    let model = two_economies();
    // U = x̂⁻¹Bx = (80·63 + 10·77) / (61·63), (30·63 + 80·77) / (61·77);  1'B = 110/61, 90/61.
    let upstream = [5810.0 / 3843.0, 8050.0 / 4697.0];
    all_close(
        &column(&model, "upstreamness", Level::Sector, "upstreamness"),
        &upstream,
        1.0,
        1e-15,
        "upstreamness",
    );
    let downstream = [110.0 / 61.0, 90.0 / 61.0];
    all_close(
        &column(&model, "downstreamness", Level::Sector, "downstreamness"),
        &downstream,
        1.0,
        1e-15,
        "downstreamness",
    );
    // APL_12 = [B(B − I)]_12 / b_12: (80·10 + 10·80 − 61·10) / (61·10) = 99/61.
    let apl = column(&model, "apl", Level::BilateralSector, "apl");
    close(apl[1], 99.0 / 61.0, 1.0, 1e-15, "APL from A to B");
    // Extraction of A: what is left is B selling 70 to final use with a_22 = 0.2: 87.5; A's 6300/61 go as well.
    let lost = column(&model, "hypothetical-extraction", Level::Sector, "hem_total_output");
    close(lost[0], 6300.0 / 61.0 + 7700.0 / 61.0 - 70.0 / 0.8, 1.0, 1e-13, "output lost without A");
    // Eigenvector: λ of [[.2,.1],[.3,.2]] is 0.2 + √0.03; q'A = λq' gives q2/q1 = 0.1/√0.03.
    let eigen = column(&model, "eigenvector", Level::Sector, "bl_eigen");
    close(eigen[0] / eigen[1], 3f64.sqrt(), 1.0, 1e-12, "backward eigenvector");
    // Purchases of A: 0.2 at home, 0.3 from B; looked through (B − I): 19/61 and 30/61.
    let exposure = run(&model, "exposure", Level::Bilateral);
    all_close(
        exposure.frame.numbers("face_value").unwrap(),
        &[0.4, 0.6, 1.0 / 3.0, 2.0 / 3.0],
        1.0,
        1e-15,
        "face",
    );
    let through = [19.0 / 49.0, 30.0 / 49.0, 10.0 / 29.0, 19.0 / 29.0];
    all_close(exposure.frame.numbers("look_through").unwrap(), &through, 1.0, 1e-15, "looked through");
}

/// OECD-WTO (2012): A exports 100 to B, B adds 10 and exports 110 to C, which makes nothing.
#[test]
fn a_chain_of_three_economies_is_complex_and_nobody_divides_by_zero() {
    let mut z = DMatrix::zeros(3, 3);
    z[(0, 1)] = 100.0;
    let mut y = DMatrix::zeros(3, 3);
    y[(1, 2)] = 110.0;
    let chain = model(&table(&["A", "B", "C"], &["s"], z, y));
    let forward = run(&chain, "wwyz-forward", Level::Country);
    let of = |name: &str| forward.frame.numbers(name).unwrap().to_vec();
    assert_eq!((of("va")[0], of("gvc_c")[0], of("gvc_s")[0], of("rt")[1]), (100.0, 100.0, 0.0, 10.0));
    assert!(of("gvc_share")[2].is_nan(), "an economy without value added has no share");
    let goods = run(&chain, "final-goods", Level::Country);
    close(
        goods.frame.numbers("foreign_share").unwrap()[1],
        10.0 / 11.0,
        1.0,
        1e-15,
        "foreign share of B's goods",
    );
    let tripartite = run(&chain, "tripartite", Level::Country);
    let part = |name: &str| tripartite.frame.numbers(name).unwrap().to_vec();
    assert_eq!((part("pf")[0], part("pb")[1], part("ts")[0]), (100.0, 100.0, 0.0));
}

// ---------------------------------------------------------------- other tools

/// Columns of a golden file by `economy sector`: two header lines, the first a comment naming tool and call.
fn golden(path: &str) -> HashMap<(String, String), Vec<f64>> {
    let path = format!("{}/data/golden/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .skip(2)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let key = (cells[0].to_owned(), cells[1].to_owned());
            (key, cells[2..].iter().map(|cell| cell.parse().unwrap()).collect())
        })
        .collect()
}

#[test]
fn sectors_agree_with_the_r_package_gvc() {
    for (case, tolerance) in [("leather", 1e-13), ("bmtoy", 1e-13)] {
        let table = open(&fixture(&format!("{case}.csv")));
        let model = model(&table);
        let golden = golden(&format!("gvc/{case}.csv"));
        let columns = [
            column(&model, "kpww", Level::Sector, "fc"),
            column(&model, "kpww", Level::Sector, "vs1"),
            column(&model, "rca", Level::Sector, "rca_content"),
            column(&model, "upstreamness", Level::Sector, "upstreamness"),
            column(&model, "downstreamness", Level::Sector, "downstreamness"),
        ];
        let axis = model.axis();
        for (position, name) in ["i2e", "e2r", "nrca", "upstream", "downstream"].iter().enumerate() {
            let scale = golden.values().map(|row| row[position]).fold(0.0, f64::max);
            for row in 0..axis.n_rows() {
                let key = (
                    axis.economies()[axis.economy_of(row)].clone(),
                    axis.sectors()[axis.sector_of(row)].clone(),
                );
                let what = format!("{case} {name} {key:?}");
                close(columns[position][row], golden[&key][position], scale, tolerance, &what);
            }
        }
    }
}

#[test]
fn the_split_of_trade_agrees_with_gvcanalyzer() {
    for case in ["leather", "bmtoy"] {
        let table = open(&fixture(&format!("{case}.csv")));
        let reading = run(&model(&table), "tripartite", Level::Country);
        let golden = golden(&format!("gvcanalyzer/{case}.csv"));
        for (position, name) in ["gexp", "gvc", "pf", "ts", "pb", "forwardness"].iter().enumerate() {
            let found = reading.frame.numbers(name).unwrap();
            for (economy, label) in table.axis().economies().iter().enumerate() {
                let expected = golden[&(label.clone(), "all".to_owned())][position];
                close(found[economy], expected, expected, 1e-12, &format!("{case} {label} {name}"));
            }
        }
    }
}

// ---------------------------------------------------------------- any table

#[test]
fn every_identity_that_an_indicator_reports_holds() {
    let mut seen = 0;
    for (name, table) in tables() {
        let model = model(&table);
        every(|indicator, level| {
            let reading = indicator.run(&model, level, &request_of(&table)).unwrap();
            for gap in &reading.identities {
                assert!(gap.relative_gap < 1e-13, "{name} {}: {gap:?}", indicator.id());
                seen += 1;
            }
        });
    }
    assert!(seen > 60, "only {seen} identities were checked");
}

#[test]
fn numbers_are_finite_or_empty_and_empty_only_without_a_denominator() {
    for (name, table) in tables() {
        let model = model(&table);
        every(|indicator, level| {
            let reading = indicator.run(&model, level, &request_of(&table)).unwrap();
            for field in reading.frame.fields() {
                let Column::Number(values) = &field.column else { continue };
                let at = || format!("{name} {} {level:?} {}", indicator.id(), field.name);
                assert!(!values.iter().any(|value| value.is_infinite()), "{}", at());
                let empty = values.iter().filter(|value| value.is_nan()).count();
                assert!(
                    field.measure != Measure::Amount || empty == 0 || level.has_sector() || name != "world",
                    "{}",
                    at()
                );
                // Every cell of this table trades: nothing may be empty but regions that differ and group measures.
                let regional = indicator.profile().family == Family::Regional;
                assert!(name != "world" || regional || empty == 0, "{} has {empty} empty cells", at());
            }
        });
    }
}

#[test]
fn frames_have_the_keys_of_their_level_and_the_columns_of_their_profile() {
    let model = model(&world());
    every(|indicator, level| {
        let reading = indicator.run(&model, level, &request_of(&world())).unwrap();
        let mut expected = vec!["year", "economy"];
        expected.extend(level.has_sector().then_some("sector"));
        expected.extend(level.has_partner().then_some("partner"));
        expected.extend(indicator.profile().columns.iter().map(|column| column.name));
        let found: Vec<&str> = reading.frame.fields().iter().map(|field| field.name.as_str()).collect();
        assert_eq!(found, expected, "{}", indicator.id());
        assert!(!indicator.profile().citations.is_empty() && indicator.profile().question.ends_with('?'));
    });
}

#[test]
fn a_currency_a_thousand_times_smaller_scales_amounts_and_nothing_else() {
    let table = world();
    let thousandfold = super::support::table(
        &["AUS", "BRA", "CHN", "DEU"],
        &["p", "q", "r"],
        table.intermediate_use().to_dense() * 1000.0,
        table.final_demand() * 1000.0,
    );
    let (one, other) = (model(&table), model(&thousandfold));
    every(|indicator, level| {
        let base = indicator.run(&one, level, &request_of(&table)).unwrap();
        let scaled = indicator.run(&other, level, &request_of(&thousandfold)).unwrap();
        for (field, scaled) in base.frame.fields().iter().zip(scaled.frame.fields()) {
            let (Column::Number(values), Column::Number(found)) = (&field.column, &scaled.column) else {
                continue;
            };
            let factor = if field.measure == Measure::Amount { 1000.0 } else { 1.0 };
            let scale =
                values.iter().filter(|v| !v.is_nan()).fold(0.0_f64, |scale, v| scale.max(v.abs())) * factor;
            for (value, found) in values.iter().zip(found).filter(|(value, _)| !value.is_nan()) {
                close(*found, value * factor, scale, 1e-11, &format!("{} {}", indicator.id(), field.name));
            }
        }
    });
}

#[test]
fn renaming_and_reordering_economies_and_sectors_moves_rows_and_changes_no_number() {
    let table = world();
    let names = ["AUS", "BRA", "CHN", "DEU"];
    let (economies, sectors) = ([2, 0, 3, 1], [1, 2, 0]);
    let old = |row: usize| economies[row / 3] * 3 + sectors[row % 3];
    let z = DMatrix::from_fn(12, 12, |i, j| table.intermediate_use().get(old(i), old(j)));
    let y = DMatrix::from_fn(12, 4, |i, j| table.final_demand()[(old(i), economies[j])]);
    let moved =
        super::support::table(&economies.map(|e| names[e]), &sectors.map(|s| ["p", "q", "r"][s]), z, y);
    let (one, other) = (model(&table), model(&moved));
    let rows = |reading: &Reading| -> HashMap<String, Vec<f64>> {
        let fields = reading.frame.fields();
        let is_key = |name: &str| ["year", "economy", "sector", "partner", "partner_sector"].contains(&name);
        (0..reading.frame.n_rows())
            .map(|row| {
                let key = fields.iter().filter(|field| is_key(&field.name));
                let key: Vec<String> = key
                    .map(|field| match &field.column {
                        Column::Label { names, codes } => names[codes[row] as usize].clone(),
                        _ => String::new(),
                    })
                    .collect();
                let values = fields.iter().filter_map(|field| match &field.column {
                    Column::Number(values) => Some(values[row]),
                    _ => None,
                });
                (key.join("|"), values.collect())
            })
            .collect()
    };
    every(|indicator, level| {
        let base = rows(&indicator.run(&one, level, &request_of(&table)).unwrap());
        let found = rows(&indicator.run(&other, level, &request_of(&moved)).unwrap());
        assert_eq!(base.len(), found.len(), "{}", indicator.id());
        for (key, values) in &base {
            for (value, found) in values.iter().zip(&found[key]).filter(|(value, _)| !value.is_nan()) {
                close(*found, *value, value.abs().max(1.0), 1e-11, &format!("{} {key}", indicator.id()));
            }
        }
    });
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let table = world();
    let with = |threads: usize| -> Vec<Vec<u64>> {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| {
            let model = model(&table);
            let mut bits = Vec::new();
            every(|indicator, level| {
                let reading = indicator.run(&model, level, &request_of(&table)).unwrap();
                for field in reading.frame.fields() {
                    if let Column::Number(values) = &field.column {
                        bits.push(values.iter().map(|value| value.to_bits()).collect());
                    }
                }
            });
            bits
        })
    };
    assert!(with(1) == with(3), "results depend on the number of threads");
}

#[test]
fn extraction_is_what_solving_again_without_the_industry_gives() {
    for (name, table) in tables() {
        let model = model(&table);
        let reading = run(&model, "hypothetical-extraction", Level::Sector);
        let (axis, output) = (model.axis(), model.flows().gross_output());
        let coefficients = &model.system().input_coefficients().to_dense();
        let final_sales: Vec<f64> = model.flows().final_demand().row_iter().map(|row| row.sum()).collect();
        let n = axis.n_rows();
        let total: f64 = output.iter().sum();
        for k in 0..n {
            for (kind, buys, sells, demanded) in [
                ("total", false, false, false),
                ("backward", false, true, true),
                ("forward", true, false, true),
            ] {
                let system = DMatrix::from_fn(n, n, |i, j| {
                    let gone = (j == k && !buys) || (i == k && !sells);
                    f64::from(u8::from(i == j)) - if gone { 0.0 } else { coefficients[(i, j)] }
                });
                let mut demand = nalgebra::DVector::from_column_slice(&final_sales);
                if !demanded {
                    demand[k] = 0.0;
                }
                let left = system.lu().solve(&demand).unwrap();
                let lost = |weight: &dyn Fn(usize) -> f64| -> f64 {
                    (0..n).map(|i| weight(i) * (output[i] - left[i])).sum()
                };
                let of = |column: &str| reading.frame.numbers(&format!("hem_{kind}_{column}")).unwrap()[k];
                close(of("output"), lost(&|_| 1.0), total, 1e-13, &format!("{name} {kind} output {k}"));
                close(
                    of("va"),
                    lost(&|i| model.value_added_share()[i]),
                    total,
                    1e-13,
                    &format!("{name} {kind} va {k}"),
                );
                if kind == "total" {
                    let home = |i: usize| f64::from(u8::from(axis.economy_of(i) == axis.economy_of(k)));
                    close(of("output_domestic"), lost(&home), total, 1e-13, &format!("{name} domestic {k}"));
                }
            }
        }
    }
}

#[test]
fn linkages_of_industries_do_not_depend_on_rows_without_output() {
    // The same world with and without a sector that nobody has.
    let z = matrix(&[&[10.0, 4.0, 5.0], &[3.0, 20.0, 2.0], &[6.0, 1.0, 8.0]]);
    let y = matrix(&[&[30.0, 5.0], &[25.0, 10.0], &[4.0, 40.0]]);
    let small = model(&table_of(&[("A", "x"), ("A", "y"), ("B", "x")], z.clone(), y.clone()));
    // An empty row of A in the middle, one of B at the end.
    let places = [0, 1, 3];
    let mut wide_z = DMatrix::zeros(5, 5);
    let mut wide_y = DMatrix::zeros(5, 2);
    for (i, &row) in places.iter().enumerate() {
        for (j, &column) in places.iter().enumerate() {
            wide_z[(row, column)] = z[(i, j)];
        }
        wide_y.set_row(row, &y.row(i));
    }
    let rows = [("A", "x"), ("A", "y"), ("A", "none"), ("B", "x"), ("B", "none")];
    let wide = model(&table_of(&rows, wide_z, wide_y));
    for id in ["rasmussen", "rasmussen-domestic", "eigenvector", "direct-linkages"] {
        for note in find_indicator(id).unwrap().profile().columns {
            let (narrow, broad) =
                (column(&small, id, Level::Sector, note.name), column(&wide, id, Level::Sector, note.name));
            let kept: Vec<f64> = places.iter().map(|&row| broad[row]).collect();
            all_close(&kept, &narrow, 1.0, 1e-9, &format!("{id} {}", note.name));
            assert!(broad[2].is_nan() && broad[4].is_nan(), "{id} {}: {broad:?}", note.name);
        }
    }
}

#[test]
fn upstreamness_is_the_row_sum_of_the_ghosh_inverse() {
    for (name, table) in tables() {
        let model = model(&table);
        let (output, z) = (model.flows().gross_output(), table.intermediate_use());
        let n = output.len();
        let system = DMatrix::from_fn(n, n, |i, j| {
            let sold = if output[i] == 0.0 { 0.0 } else { z.get(i, j) / output[i] };
            f64::from(u8::from(i == j)) - sold
        });
        let rows = system.try_inverse().unwrap();
        let expected: Vec<f64> = rows.row_iter().map(|row| row.sum()).collect();
        let found = column(&model, "rasmussen", Level::Sector, "fl_multiplier");
        let industries: Vec<usize> = (0..n).filter(|&row| output[row] != 0.0).collect();
        assert!((0..n).all(|row| found[row].is_nan() == (output[row] == 0.0)), "{name}");
        let of = |values: &[f64]| industries.iter().map(|&row| values[row]).collect::<Vec<f64>>();
        all_close(&of(&found), &of(&expected), 1.0, 1e-12, name);
    }
}

#[test]
fn the_supply_driven_model_is_the_price_model_in_values() {
    for (name, table) in tables() {
        let model = model(&table);
        let output = model.flows().gross_output();
        // A tenth more primary costs in every third row.
        let change: Vec<f64> = model
            .value_added_share()
            .iter()
            .enumerate()
            .map(|(row, v)| if row % 3 == 0 { 0.1 * v } else { 0.0 })
            .collect();
        let added: Vec<f64> = change.iter().zip(output).map(|(dv, x)| dv * x).collect();
        let prices = indicators::price_change(&model, &change).unwrap();
        let values: Vec<f64> = prices.iter().zip(output).map(|(dp, x)| dp * x).collect();
        let pushed = indicators::supply_push(&model, &added).unwrap();
        all_close(&pushed, &values, output.iter().sum(), 1e-14, name);
    }
}

#[test]
fn a_tariff_that_doubles_the_price_of_every_input_costs_what_the_inputs_cost() {
    let model = model(&world());
    // T = 1 everywhere: 1'A B = 1'B − 1.
    let found = indicators::cumulative_tariff(&model, &DMatrix::from_element(12, 12, 1.0)).unwrap();
    let stages = column(&model, "downstreamness", Level::Sector, "downstreamness");
    let expected: Vec<f64> = stages.iter().map(|stages| stages - 1.0).collect();
    all_close(&found, &expected, 1.0, 1e-13, "cumulative tariff");
    let error = indicators::cumulative_tariff(&model, &DMatrix::zeros(2, 2)).unwrap_err();
    assert_eq!(error.to_string(), "tariff rates has 2 values, the model has 12 rows");
}

#[test]
fn eigenvector_linkages_satisfy_their_equation() {
    let model = model(&world());
    let coefficients = &model.system().input_coefficients().to_dense();
    let q = nalgebra::DVector::from_vec(column(&model, "eigenvector", Level::Sector, "bl_eigen"));
    let pulled = coefficients.transpose() * &q;
    let eigenvalue = pulled.sum() / q.sum();
    assert!((pulled - &q * eigenvalue).norm() < 1e-12, "q'A = λq'");
    // The dominant one: the largest modulus among all eigenvalues.
    let largest = coefficients.complex_eigenvalues().iter().map(|value| value.norm()).fold(0.0, f64::max);
    close(eigenvalue, largest, 1.0, 1e-12, "dominant eigenvalue");
    close(q.mean(), 1.0, 1.0, 1e-13, "mean of one");
}

#[test]
fn autarky_has_no_chains_across_borders() {
    let z = DMatrix::from_fn(6, 6, |i, j| if i / 3 == j / 3 { 5.0 + noise(i, j) } else { 0.0 });
    let y = DMatrix::from_fn(6, 2, |i, j| if i / 3 == j { 40.0 } else { 0.0 });
    let autarky = model(&table(&["AUS", "BRA"], &["p", "q", "r"], z, y));
    for (id, name) in [
        ("kpww", "fc"),
        ("kpww", "vs1"),
        ("bm-participation", "gvc"),
        ("tripartite", "pf"),
        ("wwyz-forward", "gvc"),
        ("wwyz-backward", "gvc"),
        ("final-goods", "gvc_income_foreign"),
        ("gvc-earnings", "gvc_income_abroad"),
        ("supplier-concentration", "look_through_foreign"),
    ] {
        assert_eq!(column(&autarky, id, Level::Country, name), [0.0, 0.0], "{id} {name}");
    }
    assert!(column(&autarky, "kpww", Level::Country, "gvc_participation").iter().all(|share| share.is_nan()));
}

#[test]
fn finer_levels_of_amounts_add_up_to_the_country() {
    for (name, table) in tables() {
        let model = model(&table);
        every(|indicator, level| {
            let profile = indicator.profile();
            if level == Level::Country || !profile.levels.contains(&Level::Country) {
                return;
            }
            let country = indicator.run(&model, Level::Country, &request_of(&table)).unwrap();
            let fine = indicator.run(&model, level, &request_of(&table)).unwrap();
            let Some(Column::Label { codes, .. }) = fine.frame.column("economy") else { unreachable!() };
            for note in profile.columns.iter().filter(|note| note.measure == Measure::Amount) {
                let whole = country.frame.numbers(note.name).unwrap();
                let scale = whole.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
                for (economy, whole) in whole.iter().enumerate().filter(|(_, whole)| !whole.is_nan()) {
                    let values = fine.frame.numbers(note.name).unwrap().iter().zip(codes);
                    let sum =
                        values.filter(|(_, code)| **code as usize == economy).map(|(value, _)| value).sum();
                    close(sum, *whole, scale, 1e-13, &format!("{name} {} {}", profile.id, note.name));
                }
            }
        });
    }
}

#[test]
fn shares_by_partner_add_up_to_one() {
    let model = model(&world());
    for (id, name) in [
        ("gvc-income", "share"),
        ("cost-push", "price_effect"),
        ("exposure", "face_value"),
        ("exposure", "look_through"),
        ("exposure", "sales_face_value"),
        ("exposure", "sales_look_through"),
    ] {
        for level in [Level::Bilateral, Level::BilateralSector] {
            for unit in column(&model, id, level, name).chunks(4) {
                close(unit.iter().sum(), 1.0, 1.0, 1e-13, &format!("{id} {name}"));
            }
        }
    }
    let south = column(&model, "south-south", Level::Country, "south_south_share");
    assert!(south[0] == 0.0 && south[3] == 0.0 && south[1] > 0.0 && south[2] > 0.0, "{south:?}");
}

#[test]
fn jobs_in_place_of_value_added_add_up_to_the_jobs_there_are() {
    let base = model(&world());
    let jobs: Vec<f64> = (0..12).map(|row| 100.0 * (1.0 + noise(row, 500))).collect();
    let model = base.with_satellite("jobs", "thousand persons", &jobs).unwrap();
    let total: f64 = jobs.iter().sum();
    for (id, level, name) in [
        ("final-goods", Level::Country, "gvc_income"),
        ("gvc-income", Level::Bilateral, "gvc_income"),
        ("gvc-earnings", Level::Sector, "gvc_income"),
        ("wwyz-forward", Level::Sector, "va"),
    ] {
        close(column(&model, id, level, name).iter().sum(), total, total, 1e-14, id);
    }
    let error = find_indicator("kpww").unwrap().run(&model, Level::Country, &Request::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "indicator `kpww` relates value added to trade; it has no meaning for `jobs`"
    );
    let error =
        find_indicator("upstreamness").unwrap().run(&model, Level::Country, &Request::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "indicator `upstreamness` comes from flows of money alone: it says nothing of `jobs`"
    );
}

#[test]
fn no_column_of_money_stands_beside_jobs() {
    let base = model(&world());
    let jobs: Vec<f64> = (0..12).map(|row| 100.0 * (1.0 + noise(row, 500))).collect();
    let double: Vec<f64> = jobs.iter().map(|jobs| 2.0 * jobs).collect();
    let one = base.with_satellite("jobs", "thousand persons", &jobs).unwrap();
    let two = base.with_satellite("jobs", "thousand persons", &double).unwrap();
    let mut traced = 0;
    for indicator in INDICATORS {
        let profile = indicator.profile();
        let level = profile.levels[0];
        let request = request_of(&world());
        let (once, twice) = (indicator.run(&one, level, &request), indicator.run(&two, level, &request));
        // Jobs are no income: what is closed by household income refuses them by their unit.
        if let Err(IndicatorError::IncomeNotMoney { found, unit, .. }) = &once {
            assert_eq!((found.as_str(), unit.as_str()), ("jobs", "thousand persons"), "{}", profile.id);
            continue;
        }
        let (Ok(once), Ok(twice)) = (once, twice) else {
            assert!(
                !profile.takes_satellites || profile.columns.iter().all(|column| column.of_flows),
                "{}",
                profile.id
            );
            continue;
        };
        traced += 1;
        for note in profile.columns {
            let (Some(a), Some(b)) = (once.frame.numbers(note.name), twice.frame.numbers(note.name)) else {
                assert!(note.of_flows || note.measure == Measure::Key, "{} {}", profile.id, note.name);
                continue;
            };
            assert!(!note.of_flows, "{} {}", profile.id, note.name);
            // Amounts of jobs double with the jobs; an amount of money would stay.
            let factor = if note.measure == Measure::Amount { 2.0 } else { 1.0 };
            if note.measure == Measure::Amount || note.measure == Measure::Share {
                let gap = a.iter().zip(b).map(|(a, b)| (factor * a - b).abs()).fold(0.0, f64::max);
                let size = b.iter().fold(0.0_f64, |most, b| most.max(b.abs()));
                assert!(gap <= 1e-12 * size, "{} {}", profile.id, note.name);
            }
        }
    }
    assert!(traced >= 9, "{traced}");
}

#[test]
fn a_wrong_request_is_an_error_with_a_hint() {
    let model = model(&world());
    let error = find_indicator("upstreamnes").map(|one| one.id()).unwrap_err();
    assert_eq!(error.hint(), "did you mean `upstreamness`?");
    let kpww = find_indicator("kpww").unwrap();
    let error = kpww.run(&model, Level::Bilateral, &Request::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "indicator `kpww` is not defined at level `bilateral`; it is at: country, sector"
    );
    let partners = Request { partners: vec![1], ..Request::default() };
    let error = kpww.run(&model, Level::Country, &partners).unwrap_err();
    assert_eq!(error, IndicatorError::PartnersWithoutPartnerLevel { level: "country" });
    let stock = find_indicator("upstreamness-inventory").unwrap();
    let error = stock.run(&model, Level::Sector, &Request::default()).unwrap_err();
    assert_eq!(error, IndicatorError::NeedsInventories { indicator: "upstreamness-inventory" });
}

#[test]
fn the_command_gives_one_indicator_wide_and_a_family_long() {
    let path = fixture("leather.csv");
    let wide = stdout(&vadex(&["indicators", "tripartite", &path, "-q"]));
    assert!(
        wide.starts_with("year,economy,gexp,gvc,pf,ts,pb,pf_share,ts_share,pb_share,forwardness\n"),
        "{wide}"
    );
    assert_eq!(wide.lines().count(), 4);
    let long = stdout(&vadex(&["indicators", "--family", "exposure", &path, "-q"]));
    assert!(long.starts_with("year,economy,indicator,measure,value,label\n"), "{long}");
    assert_eq!(long.lines().count(), 1 + 3 * 20);
    assert!(long.contains("look_through_top1_partner,,Germany"), "{long}");
    let all = vadex(&["indicators", &path, "--level", "sector"]);
    assert!(all.status.success(), "{}", stderr(&all));
    assert!(stderr(&all).contains("left out"), "{}", stderr(&all));
    let wrong = vadex(&["indicators", "upstreamnes", &path]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("did you mean `upstreamness`?"));
    let listed = stdout(&vadex(&["list", "indicators"]));
    assert_eq!(listed.lines().count(), INDICATORS.len());
    let explained = stdout(&vadex(&["explain", "apl"]));
    assert!(explained.contains("https://doi.org/10.1177/0160017607305366"), "{explained}");
}

/// A real table of 1,435 rows: linear algebra at the size that matters.
#[test]
fn identities_hold_on_a_full_world_table() {
    let Some(folder) = data_dir("indicators of a full world table") else { return };
    let table = open(folder.join("wiod2013_int").join("2011.parquet").to_str().unwrap());
    let model = Model::build(&table, &ModelOptions::default()).unwrap();
    for id in ["kpww", "bm-participation", "tripartite", "wwyz-forward", "wwyz-backward", "production-length"]
    {
        for gap in run(&model, id, Level::Country).identities {
            assert!(gap.relative_gap < 1e-12, "{id}: {gap:?}");
        }
    }
    assert!(indicators::inventories(&table).is_some(), "WIOD has changes in inventories (c42)");
}

#[test]
fn a_dominant_vector_tells_how_exactly_it_is_met() {
    /// What counts as found: rounding of a product, with room.
    const FOUND: f64 = 1e-13;
    const TABLE: &str = "builtin:wiod13/2005";
    let model = model(&open(TABLE));
    model.system().take_worst_residual();
    let reading =
        find_indicator("eigenvector").unwrap().run(&model, Level::Sector, &Request::default()).unwrap();
    let told = model.system().worst_residual();
    assert!(told > 0.0 && told < FOUND, "{told:e}");
    // By hand: q'A against λ q', in the 1-norm, relative to λ q'.
    // Rows without output are no industries; they pull on nobody.
    let q: Vec<f64> = reading
        .frame
        .numbers("bl_eigen")
        .unwrap()
        .iter()
        .map(|q| if q.is_nan() { 0.0 } else { *q })
        .collect();
    let q = &q;
    let coefficients = model.system().input_coefficients();
    let mut pulled = vec![0.0; q.len()];
    coefficients.for_each(|i, j, a| pulled[j] += q[i] * a);
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let eigenvalue = sum(&pulled) / sum(q);
    let missed: f64 = pulled.iter().zip(q).map(|(pulled, q)| (pulled - eigenvalue * q).abs()).sum();
    let residual = missed / (eigenvalue * sum(q));
    assert!(residual < 2.0 * FOUND, "{residual:e}");
    // The notes of the command have it, and say what it is.
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("eigen.csv");
    let output = vadex(&["indicators", "eigenvector", TABLE, "-o", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let notes: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(notes_path(&out)).unwrap()).unwrap();
    let noted = notes["worst_residual"].as_f64().unwrap();
    assert!(noted > 0.0 && noted < FOUND, "{noted:e}");
    assert!(stderr(&output).contains("takes in that of every vector"), "{}", stderr(&output));
}

/// 0.1 and 0.2 are sold and 0.3 is taken from stocks: in binary 6e-17 is left. In the other table less than nothing is.
#[test]
fn what_rounding_leaves_of_a_row_is_no_output() {
    let flows = || matrix(&[&[0.0, 0.1], &[0.4, 0.5]]);
    for (sold, taken) in [(0.2_f64, -0.3_f64), (0.7, -0.8)] {
        let left: f64 = 0.1 + sold + taken;
        assert!(left.abs() > 0.0, "the sum is exact");
        let made = table(&["A", "B"], &["s"], flows(), matrix(&[&[sold, taken], &[1.0, 2.0]]));
        assert_eq!(made.row_sums()[0].to_bits(), 0.0_f64.to_bits());
        let inputs = column(&model(&made), "direct-linkages", Level::Sector, "bl_direct");
        assert!(inputs[0].is_nan(), "{inputs:?}");
        close(inputs[1], 0.6 / 3.9, 1.0, 1e-15, "inputs of B");
    }
    // Small, and nothing cancels: it stays.
    let small = matrix(&[&[0.0, 1e-13], &[0.4, 0.5]]);
    let made = table(&["A", "B"], &["s"], small, matrix(&[&[2e-13, 0.0], &[1.0, 2.0]]));
    assert!(made.row_sums()[0] > 2.9e-13);
}

#[test]
fn indicators_may_be_named_with_commas_and_the_table_comes_last() {
    let leather = fixture("leather.csv");
    let apart = vadex(&["indicators", "kpww", "rca", &leather, "--level", "sector"]);
    let together = vadex(&["indicators", "kpww,rca", &leather, "--level", "sector"]);
    assert!(together.status.success(), "{}", stderr(&together));
    assert_eq!(stdout(&together), stdout(&apart));
    for (arguments, right) in [
        (&["indicators", leather.as_str(), "kpww"][..], format!("`vadex indicators kpww {leather}`")),
        (
            &["indicators", "builtin:wiod13/2005", "kpww", "rca"],
            "`vadex indicators kpww,rca builtin:wiod13/2005`".to_owned(),
        ),
        (&["indicators", &leather, &leather], format!("`vadex indicators ID {leather}`")),
    ] {
        let output = vadex(arguments);
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {talk}");
        assert!(talk.contains("is a table") && talk.contains(&right), "{arguments:?}: {talk}");
    }
}

/// Columns have one name whatever is traced, so that they are read by the same program: what they are is told beside them.
#[test]
fn multipliers_of_jobs_keep_their_columns_and_say_that_they_are_jobs() {
    let arguments = ["indicators", "multipliers", "builtin:wiod13/2009", "--economy", "USA"];
    let traced = ["--satellite", "builtin:wiod13", "--satellite-name", "jobs"];
    let output = vadex(&[&arguments[..], &traced].concat());
    let talk = stderr(&output);
    assert!(output.status.success(), "{talk}");
    let header = stdout(&output).lines().next().unwrap().to_owned();
    assert_eq!(header, "year,economy,sector,value_added_multiplier,value_added_multiplier_domestic");
    for words in [
        "jobs traced in place of value added: what is called so",
        "keeps its name and is jobs; gross flows",
        "value_added_multiplier and value_added_multiplier_domestic: thousand persons engaged of jobs",
    ] {
        assert!(talk.contains(words), "{talk}");
    }
}
