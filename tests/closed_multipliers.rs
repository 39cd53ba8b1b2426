//! Type II multipliers: the augmented inverse written out, a textbook, a real table computed elsewhere, and what is refused.

use nalgebra::DMatrix;
use vadex::frame::Column;
use vadex::indicators::{
    IndicatorError, Level, Reading, Request, find_indicator, household_consumption, inventories,
};
use vadex::model::Model;
use vadex::table::{IcioTable, Provenance, TableParts};

use super::support::{close, dmatrix, fixture, model, stderr, stdout, table, vadex};

const ID: &str = "type-2-multipliers";

fn run(model: &Model, request: &Request) -> Result<Reading, IndicatorError> {
    find_indicator(ID).unwrap().run(model, Level::Sector, request)
}

fn numbers<'a>(reading: &'a Reading, name: &str) -> &'a [f64] {
    reading.frame.numbers(name).unwrap_or_else(|| panic!("no column {name}"))
}

fn words(reading: &Reading) -> Vec<Option<String>> {
    match reading.frame.column("income_basis") {
        Some(Column::Text(words)) => words.clone(),
        other => panic!("no words: {other:?}"),
    }
}

/// Two economies with two sectors each, made up; what households consume; what industries pay them.
fn world() -> (IcioTable, DMatrix<f64>, [f64; 4]) {
    let flows = dmatrix![
        20.0, 35.0, 4.0, 6.0;
        15.0, 60.0, 8.0, 12.0;
        5.0, 9.0, 30.0, 22.0;
        7.0, 14.0, 18.0, 40.0
    ];
    let demand = dmatrix![60.0, 25.0; 110.0, 15.0; 12.0, 70.0; 20.0, 90.0];
    // Of A 120 for incomes of 80: more than they earn by work. Of B 110 for 150.
    let consumption = dmatrix![45.0, 15.0; 55.0, 10.0; 8.0, 35.0; 12.0, 50.0];
    (table(&["A", "B"], &["p", "q"], flows, demand), consumption, [50.0, 30.0, 55.0, 95.0])
}

/// (I − [A H; W' 0])⁻¹ with one household row and column an economy, by a general inverse.
fn augmented(table: &IcioTable, spending: &DMatrix<f64>, paid: &[f64]) -> DMatrix<f64> {
    let (axis, output) = (table.axis(), table.row_sums());
    let (n, economies) = (axis.n_rows(), axis.n_economies());
    let system = DMatrix::from_fn(n + economies, n + economies, |i, j| {
        let coefficient = match (i < n, j < n) {
            (true, true) => table.intermediate_use().get(i, j) / output[j],
            (true, false) => spending[(i, j - n)],
            (false, true) if axis.economy_of(j) == i - n => paid[j] / output[j],
            _ => 0.0,
        };
        f64::from(u8::from(i == j)) - coefficient
    });
    system.try_inverse().expect("the augmented system is regular")
}

#[test]
fn every_column_is_that_of_the_augmented_inverse() {
    let (table, consumption, labour) = world();
    let open = model(&table);
    let earned = open.with_satellite("labour", "unit", &labour).unwrap();
    let added = table.value_added(Default::default()).unwrap();
    for (model, paid, share, basis) in [
        (&earned, labour.to_vec(), [1.0, 110.0 / 150.0], "labour"),
        (
            &open,
            added.clone(),
            [120.0 / (added[0] + added[1]), 110.0 / (added[2] + added[3])],
            "value added (stand-in)",
        ),
    ] {
        let request = Request { household_consumption: Some(consumption.clone()), ..Request::default() };
        let reading = run(model, &request).unwrap();
        let income = [paid[0] + paid[1], paid[2] + paid[3]];
        let spent = [120.0, 110.0];
        let spending = DMatrix::from_fn(4, 2, |row, s| consumption[(row, s)] / income[s].max(spent[s]));
        let closed = augmented(&table, &spending, &paid);
        let first = augmented(&table, &(&spending * 0.0), &paid);
        let sum = |of: &DMatrix<f64>, rows: std::ops::Range<usize>, column: usize| -> f64 {
            rows.map(|row| of[(row, column)]).sum()
        };
        for row in 0..4 {
            let home = 2 * (row / 2)..2 * (row / 2) + 2;
            let (one, two) = (sum(&first, 0..4, row), sum(&closed, 0..4, row));
            let induced_home = sum(&closed, home.clone(), row) - sum(&first, home, row);
            for (name, expected) in [
                ("output_multiplier", one),
                ("output_multiplier_type2", two),
                ("output_type2_to_type1", two / one),
                ("output_multiplier_induced", two - one),
                ("output_induced_home", induced_home),
                ("output_induced_abroad", two - one - induced_home),
                ("value_added_multiplier", sum(&first, 4..6, row)),
                ("value_added_multiplier_type2", sum(&closed, 4..6, row)),
                ("value_added_type2_home", closed[(4 + row / 2, row)]),
                ("household_spending", share[row / 2]),
            ] {
                close(
                    numbers(&reading, name)[row],
                    expected,
                    1.0,
                    1e-13,
                    &format!("{basis}, {name}, row {row}"),
                );
            }
        }
        assert_eq!(words(&reading), vec![Some(basis.to_owned()); 4]);
        // The income that demand calls forth once its own spending is taken out of it is the income there is.
        assert!(reading.identities.len() == 1 && reading.identities[0].relative_gap < 1e-14);
        let told = reading.remarks.join("\n");
        assert_eq!(told.contains("A 1.50;"), basis == "labour", "{told}");
        assert_eq!(told.contains("stands in"), basis != "labour", "{told}");
    }
}

/// Miller and Blair (2009), section 2.5: the two-sector example closed for households, who earn 300 and 500 in industries
/// and 150 elsewhere, pay each other 50, and consume 50 and 400. The book divides by all of 1000 and keeps a household
/// coefficient of 0.05; without it what households have to spend outside is 950.
#[test]
fn the_closed_example_of_miller_and_blair() {
    let flows = dmatrix![150.0, 500.0; 200.0, 100.0];
    let two = model(&table(&["R"], &["1", "2"], flows, dmatrix![350.0; 1700.0]));
    let labour = two.with_satellite("labour", "unit", &[300.0, 500.0]).unwrap();
    let request = Request {
        household_consumption: Some(dmatrix![50.0; 400.0]),
        household_income: Some(vec![950.0]),
        ..Request::default()
    };
    let reading = run(&labour, &request).unwrap();
    // Three printed digits: L̄ = [1.365 0.425; 0.527 1.348] and a household row of 0.570, 0.489.
    for (found, expected) in
        numbers(&reading, "output_multiplier_type2").iter().zip([1.365 + 0.527, 0.425 + 1.348])
    {
        close(*found, expected, 1.0, 1.01e-3, "truncated output multiplier, two figures of three digits");
    }
    for (found, expected) in numbers(&reading, "value_added_multiplier_type2").iter().zip([0.570, 0.489]) {
        close(found / 0.95, expected, 1.0, 5.1e-4, "household row, what they pay each other counted");
    }
    // The same to the last digit, with the book's own corner.
    let augmented = dmatrix![0.85, -0.25, -0.05; -0.20, 0.95, -0.40; -0.30, -0.25, 0.95];
    let inverse = augmented.try_inverse().unwrap();
    for (column, found) in numbers(&reading, "output_multiplier_type2").iter().enumerate() {
        close(*found, inverse[(0, column)] + inverse[(1, column)], 1.0, 1e-14, "truncated output multiplier");
    }
}

#[test]
fn households_that_spend_nothing_or_earn_nothing_induce_nothing() {
    let (table, consumption, labour) = world();
    let open = model(&table);
    let nothing = Request { household_consumption: Some(&consumption * 0.0), ..Request::default() };
    let reading = run(&open, &nothing).unwrap();
    for (name, same) in [
        ("output_multiplier_type2", "output_multiplier"),
        ("value_added_multiplier_type2", "value_added_multiplier"),
    ] {
        for (found, expected) in numbers(&reading, name).iter().zip(numbers(&reading, same)) {
            assert_eq!(found.to_bits(), expected.to_bits(), "{name}");
        }
    }
    assert!(numbers(&reading, "household_spending").iter().all(|share| share.is_nan()));
    assert_eq!(words(&reading), vec![None; 4]);
    assert!(reading.remarks.join("\n").contains("not closed for A, B"), "{:?}", reading.remarks);
    // Nothing is known of what B's households earn: A's are closed, B's are not.
    let known = open.with_satellite("labour", "unit", &[labour[0], labour[1], 0.0, 0.0]).unwrap();
    let request = Request { household_consumption: Some(consumption), ..Request::default() };
    let reading = run(&known, &request).unwrap();
    assert_eq!(words(&reading), [Some("labour".to_owned()), Some("labour".to_owned()), None, None]);
    assert!(reading.remarks.iter().any(|remark| remark.contains("not closed for B: no labour")));
    assert!(reading.identities[0].relative_gap < 1e-14, "{:?}", reading.identities);
}

/// Less than nothing is not the same as not known.
#[test]
fn an_economy_that_earns_less_than_nothing_is_told_apart() {
    let (table, consumption, labour) = world();
    let open = model(&table);
    let losing = open.with_satellite("labour", "unit", &[labour[0], labour[1], -10.0, -5.0]).unwrap();
    let request = Request { household_consumption: Some(consumption), ..Request::default() };
    let reading = run(&losing, &request).unwrap();
    let told = reading.remarks.join("\n");
    assert!(told.contains("not closed for B: labour of theirs is less than nothing"), "{told}");
    assert!(!told.contains("is known"), "{told}");
}

#[test]
fn type_two_is_at_least_type_one() {
    let (table, consumption, _) = world();
    let request = Request { household_consumption: Some(consumption), ..Request::default() };
    let reading = run(&model(&table), &request).unwrap();
    for (second, first) in
        numbers(&reading, "output_multiplier_type2").iter().zip(numbers(&reading, "output_multiplier"))
    {
        assert!(second > first, "{second} {first}");
    }
}

#[test]
fn what_cannot_be_closed_is_refused_with_a_hint() {
    let (table, consumption, labour) = world();
    let open = model(&table);
    let request = Request { household_consumption: Some(consumption.clone()), ..Request::default() };
    let error = run(&open, &Request::default()).unwrap_err();
    assert_eq!(error, IndicatorError::NeedsHouseholds { indicator: ID });
    assert!(error.hint().contains("HFCE"), "{}", error.hint());
    let jobs = open.with_satellite("jobs", "thousand persons", &labour).unwrap();
    let error = run(&jobs, &request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "indicator `type-2-multipliers` is closed by what households earn, in the unit of the table (unit): `jobs` is in \
         thousand persons"
    );
    // Industries that pay twice what they earn, to households that spend all of it.
    let paid: Vec<f64> =
        table.value_added(Default::default()).unwrap().iter().map(|added| 2.0 * added).collect();
    let generous = open.with_satellite("labour", "unit", &paid).unwrap();
    let request = Request { household_consumption: Some(&consumption * 100.0), ..Request::default() };
    let error = run(&generous, &request).unwrap_err();
    let IndicatorError::NotProductive { economy, comes_back, .. } = &error else { panic!("{error}") };
    // All of a unit spent is value added somewhere, and twice as much is paid for it: in both economies.
    assert!(["A", "B"].contains(&economy.as_str()), "{economy}");
    close(*comes_back, 2.0, 1.0, 1e-13, "income that comes back");
    assert!(error.to_string().contains("comes back as 2.000"), "{error}");
    let short = Request { household_consumption: Some(dmatrix![1.0, 1.0]), ..Request::default() };
    let error = run(&open, &short).unwrap_err();
    assert_eq!(error.to_string(), "household consumption has 1 values, the model has 4 rows");
    // A table of totals alone is no pattern of households.
    let output = vadex(&["indicators", ID, &fixture("leather.csv"), "-q"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
    assert!(stderr(&output).contains("needs the consumption of households"), "{}", stderr(&output));
}

#[test]
fn households_are_found_under_the_names_of_published_tables() {
    for (categories, households, stocks) in [
        (&["c37", "c38", "c39", "c41", "c42"][..], 0, 4),
        (&["CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"][..], 0, 4),
        (&["xCONS_h", "xCONS_g", "xGFCF", "xINV"][..], 0, 3),
        (&["HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"][..], 0, 4),
        (&["P3_S13", "P3_S14", "P3_S15", "P51G", "P5M"][..], 1, 4),
        (&["F1", "F2", "F3", "F4", "F5"][..], 0, 4),
        (
            &[
                "Non-profit institutions serving households P.3n",
                "Household final consumption P.3h",
                "Changes in inventories P.52",
            ][..],
            1,
            2,
        ),
        (
            &[
                "Final consumption expenditure by households",
                "Final consumption expenditure by non-profit organisations serving households (NPISH)",
                "Changes in inventories",
            ][..],
            0,
            2,
        ),
    ] {
        let table = IcioTable::new(TableParts {
            rows: vec![("A".into(), "x".into()), ("B".into(), "x".into())],
            categories: categories.iter().map(|name| (*name).to_owned()).collect(),
            intermediate_use: DMatrix::from_element(2, 2, 1.0).into(),
            final_demand: DMatrix::from_fn(2, 2 * categories.len(), |row, column| (10 * column + row) as f64),
            primary_rows: Vec::new(),
            published_output: None,
            unit: "unit".into(),
            year: None,
            provenance: Provenance::default(),
        })
        .unwrap();
        let of = |category: usize| {
            DMatrix::from_fn(2, 2, |row, s| (10 * (s * categories.len() + category) + row) as f64)
        };
        assert_eq!(household_consumption(&table), Some(of(households)), "{categories:?}");
        assert_eq!(inventories(&table), Some(of(stocks)), "{categories:?}");
    }
    assert_eq!(household_consumption(&world().0), None);
}

/// `builtin:wiod13/2005` (WIOD 2013 release, 20 industries), computed apart from the engine with numpy 2.4 from the exported
/// table and the accounts in `data/wiod13/satellites.parquet`: np.linalg.inv of the whole augmented matrix of 820 + 41 rows,
/// consumption of `c37`, H = consumption over the larger of labour compensation (or value added) and consumption.
#[test]
fn a_real_table_has_the_multipliers_of_its_augmented_inverse() {
    const TABLE: &str = "builtin:wiod13/2005";
    let columns = [
        "output_multiplier",
        "output_multiplier_type2",
        "output_multiplier_induced",
        "output_induced_home",
        "output_induced_abroad",
        "value_added_multiplier",
        "value_added_multiplier_type2",
        "value_added_type2_home",
        "household_spending",
    ];
    let labour = ["--satellite", "builtin:wiod13", "--satellite-name", "labour"];
    let nothing: [&str; 0] = [];
    let table = ["indicators", ID, TABLE, "--sector", "c14,c15", "--format", "csv"];
    for (options, expected) in [
        (
            &labour[..],
            [
                (
                    "CHN,c14",
                    [
                        3.32168907, 4.59724383, 1.27555476, 0.56205223, 0.71350254, 0.37470948, 0.68699810,
                        0.33404141, 0.81940488,
                    ],
                ),
                (
                    "USA,c14",
                    [
                        2.11113960, 4.67361137, 2.56247177, 1.89819201, 0.66427976, 0.63956661, 1.39679186,
                        1.19208078, 1.0,
                    ],
                ),
                (
                    "MEX,c15",
                    [
                        2.45997844, 3.76311391, 1.30313548, 0.35869411, 0.94444137, 0.39067331, 0.72787658,
                        0.26511895, 1.0,
                    ],
                ),
            ],
        ),
        (
            &nothing[..],
            [
                (
                    "CHN,c14",
                    [
                        3.32168907, 5.26549670, 1.94380763, 0.69867483, 1.24513280, 1.0, 1.93383616,
                        0.91712913, 0.36438503,
                    ],
                ),
                (
                    "USA,c14",
                    [
                        2.11113960, 5.75755464, 3.64641504, 2.51760138, 1.12881366, 1.0, 2.95531248,
                        2.26044264, 0.69535849,
                    ],
                ),
                (
                    "MEX,c15",
                    [
                        2.45997844, 5.63859779, 3.17861936, 1.22062924, 1.95799011, 1.0, 2.74962729,
                        1.38773296, 0.65341029,
                    ],
                ),
            ],
        ),
    ] {
        let output = vadex(&[&table[..], options].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let text = stdout(&output);
        let names: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        for (row, figures) in expected {
            let start = format!("2005,{row},");
            let line = text.lines().find(|line| line.starts_with(&start)).expect("the row is there");
            let cells: Vec<&str> = line.split(',').collect();
            for (name, figure) in columns.iter().zip(figures) {
                let at = names.iter().position(|known| known == name).expect("the column is there");
                close(cells[at].parse().unwrap(), figure, 1.0, 1e-8, &format!("{row} {name} {options:?}"));
            }
        }
        let told = stderr(&output);
        if options.is_empty() {
            assert!(told.contains("stands in") && text.contains("value added (stand-in)"), "{told}");
        } else {
            // Nothing is known of what the rest of the world earns; Mexicans consume twice what they earn by work.
            assert!(told.contains("not closed for RoW") && told.contains("MEX 1.97"), "{told}");
            let rest = text.lines().find(|line| line.starts_with("2005,RoW,c14,")).expect("a row of its own");
            assert!(rest.ends_with(&",".repeat(names.len() - 3)), "{rest}");
        }
    }
}

#[test]
fn numbers_stay_whole_on_a_screen() {
    let output = vadex(&[
        "indicators",
        ID,
        "builtin:wiod13/2005",
        "--economy",
        "CHN",
        "--sector",
        "c14",
        "--format",
        "table",
        "-q",
    ]);
    let text = stdout(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    for whole in ["3.32169", "5.26550", "1.94381", "value added (stand-in)"] {
        assert!(text.contains(whole), "`{whole}` is not in one piece: {text}");
    }
}
