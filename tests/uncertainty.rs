//! Draws, sensitivities and balancing: each against a second way of computing it.

use nalgebra::DMatrix;
use vadex::indicators::{Level, TivaRow, trade_in_value_added};
use vadex::labels::Axis;
use vadex::model::{Model, ModelOptions};
use vadex::stats;
use vadex::table::IcioTable;
use vadex::table::biproportional::{FitOptions, fit};
use vadex::uncertainty::{
    Buyer, DrawPlan, DrawSet, DrawnTables, ErrorModel, FinalDemandErrors, FirstOrder, Gradient, MEASURES,
    Measure, UncertaintyError, find_measure, run_draws,
};

use super::support::{close, fixture, leather, model, open, stderr, stdout, vadex};
use super::synthetic;

/// The measure as `vadex tiva` has it: nothing of the gradient's own code.
fn by_tiva(model: &Model, measure: &Measure, economy: usize, sector: Option<usize>) -> f64 {
    let level = if sector.is_some() { Level::Sector } else { Level::Country };
    let rows = trade_in_value_added(model, level).unwrap();
    let row: &TivaRow = rows.iter().find(|row| row.economy == economy && row.sector == sector).unwrap();
    match measure.id {
        "dva_share" => row.dva / row.gexp,
        "fva_share" => row.fva / row.gexp,
        "vs_share" => row.vs / row.gexp,
        "vs1_share" => row.vs1 / row.gexp,
        "vax_ratio" => row.vax / row.gexp,
        "dva" => row.dva,
        "fva" => row.fva,
        "vs" => row.vs,
        "vs1" => row.vs1,
        "vax" => row.vax,
        other => panic!("`{other}` has no counterpart here: add it"),
    }
}

/// Z of a table that is kept dense.
fn dense(table: &IcioTable) -> nalgebra::DMatrix<f64> {
    table.intermediate_use().as_dense().expect("test tables are dense").clone()
}

fn with_flow(table: &IcioTable, row: usize, column: usize, change: f64) -> IcioTable {
    let n = table.axis().n_rows();
    let (mut z, mut y) = (dense(table), table.final_demand().clone());
    if column < n {
        z[(row, column)] += change
    } else {
        y[(row, column - n)] += change
    }
    table.with_flows(z, y).unwrap()
}

fn buyer(table: &IcioTable, column: usize) -> Buyer {
    let n = table.axis().n_rows();
    if column < n {
        Buyer::Industry(column)
    } else {
        Buyer::FinalDemand((column - n) / table.categories().len())
    }
}

/// Central differences lose half of the digits: steps of 1e-5 leave some 1e-10 of truncation and of rounding.
const STEP: f64 = 1e-5;
const BY_DIFFERENCES: f64 = 2e-8;

#[test]
fn derivatives_with_respect_to_flows_are_those_of_central_differences_for_every_measure() {
    for table in [leather(), synthetic::table(3, 2, 5)] {
        let whole = model(&table);
        let flows = table.flows();
        for measure in MEASURES {
            for (economy, sector) in [(0, None), (1, None), (2, Some(1)), (1, Some(0))] {
                let gradient = Gradient::of(&whole, measure, economy, sector).unwrap();
                let value = by_tiva(&whole, measure, economy, sector);
                close(gradient.value(), value, value, 1e-12, measure.id);
                for column in 0..flows.ncols() {
                    for row in 0..flows.nrows() {
                        let z = flows[(row, column)];
                        if z == 0.0 {
                            continue;
                        }
                        let at = |step: f64| {
                            let moved = model(&with_flow(&table, row, column, step * z));
                            by_tiva(&moved, measure, economy, sector)
                        };
                        let expected = (at(STEP) - at(-STEP)) / (2.0 * STEP);
                        let found = gradient.flow(row, buyer(&table, column)) * z;
                        let what = format!("{} of {economy} {sector:?}, cell {row},{column}", measure.id);
                        close(found, expected, value, BY_DIFFERENCES, &what);
                    }
                }
            }
        }
    }
}

/// F / g from coefficients, shares, exports and final demand by an inverse of nalgebra: the definition, nothing shared.
fn by_definition(
    axis: &Axis,
    a: &DMatrix<f64>,
    v: &[f64],
    of: &Model,
    measure: &Measure,
    economy: usize,
) -> f64 {
    let n = axis.n_rows();
    let home = axis.block(economy);
    let flows = of.flows();
    let exports = flows.gross_exports();
    let only = |keep: bool, values: &[f64]| -> Vec<f64> {
        (0..n).map(|row| if home.contains(&row) == keep { values[row] } else { 0.0 }).collect()
    };
    let inverse = |a: DMatrix<f64>| (DMatrix::identity(a.nrows(), a.nrows()) - a).try_inverse().unwrap();
    let value = |w: Vec<f64>, d: Vec<f64>| {
        (DMatrix::from_row_slice(1, n, &w) * inverse(a.clone()) * DMatrix::from_column_slice(n, 1, &d))[0]
    };
    let abroad: Vec<f64> = (0..n)
        .map(|row| {
            (0..axis.n_economies()).filter(|r| *r != economy).map(|r| flows.final_demand()[(row, r)]).sum()
        })
        .collect();
    let total = match measure.id {
        "dva_share" | "dva" => value(only(true, v), only(true, exports)),
        "fva_share" | "fva" => value(only(false, v), only(true, exports)),
        "vs1_share" | "vs1" => value(only(true, v), only(false, exports)),
        "vax_ratio" | "vax" => value(only(true, v), abroad),
        "vs_share" | "vs" => {
            let local = inverse(a.view((home.start, home.start), (home.len(), home.len())).into_owned());
            let imported = DMatrix::<f64>::from_fn(1, home.len(), |_, j| {
                (0..n).filter(|row| !home.contains(row)).map(|row| a[(row, home.start + j)]).sum()
            });
            (imported * local * DMatrix::from_column_slice(home.len(), 1, &exports[home.clone()]))[0]
        }
        other => panic!("`{other}` has no definition here: add it"),
    };
    let gexp: f64 = exports[home.clone()].iter().sum();
    if measure.id.contains("_share") || measure.id == "vax_ratio" { total / gexp } else { total }
}

#[test]
fn derivatives_with_respect_to_coefficients_are_those_of_central_differences_for_every_measure() {
    let table = leather();
    let whole = model(&table);
    let axis = whole.axis();
    let a = whole.system().dense_coefficients("a test").unwrap();
    let v = whole.value_added_share().to_vec();
    for measure in MEASURES {
        for economy in 0..axis.n_economies() {
            let gradient = Gradient::of(&whole, measure, economy, None).unwrap();
            let scale = gradient.value();
            for row in 0..axis.n_rows() {
                for column in 0..axis.n_rows() {
                    let moved = |step: f64, follow: bool| {
                        let (mut a, mut v) = (a.clone(), v.clone());
                        a[(row, column)] += step;
                        if follow {
                            v[column] -= step;
                        }
                        by_definition(axis, &a, &v, &whole, measure, economy)
                    };
                    let slope = |follow| (moved(STEP, follow) - moved(-STEP, follow)) / (2.0 * STEP);
                    let what = format!("{} of {economy}, A {row},{column}", measure.id);
                    close(gradient.coefficient(row, column), slope(false), scale, BY_DIFFERENCES, &what);
                    close(
                        gradient.coefficient_at_cost_of_value_added(row, column),
                        slope(true),
                        scale,
                        BY_DIFFERENCES,
                        &what,
                    );
                }
                let moved = |step: f64| {
                    let mut v = v.clone();
                    v[row] += step;
                    by_definition(axis, a, &v, &whole, measure, economy)
                };
                let slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                close(gradient.value_added_share(row), slope, scale, BY_DIFFERENCES, measure.id);
            }
        }
    }
}

/// A table with inventories that fall: some flows are negative.
fn with_negative_flows() -> IcioTable {
    let table = synthetic::table(3, 2, 9);
    let mut y = table.final_demand().clone();
    y[(0, 0)] *= -0.05;
    y[(3, 2)] *= -0.4;
    table.with_flows(dense(&table), y).unwrap()
}

#[test]
fn the_slope_after_balancing_is_that_of_a_table_that_was_changed_and_balanced() {
    let table = with_negative_flows();
    let n = table.axis().n_rows();
    let whole = model(&table);
    let flows = table.flows();
    let rows: Vec<f64> = flows.row_iter().map(|row| row.sum()).collect();
    let columns: Vec<f64> = flows.column_iter().map(|column| column.sum()).collect();
    for measure in ["dva_share", "vs_share", "vax_ratio"] {
        let measure = find_measure(measure).unwrap();
        let gradient = Gradient::of(&whole, measure, 1, None).unwrap();
        let first =
            FirstOrder::of(&table, &gradient, &ErrorModel::default(), FinalDemandErrors::Drawn).unwrap();
        for column in 0..flows.ncols() {
            for row in 0..n {
                let z = flows[(row, column)];
                let at = |step: f64| {
                    let mut moved = flows.clone();
                    moved[(row, column)] *= 1.0 + step;
                    let options = FitOptions { tolerance: 1e-14, most_sweeps: 1000 };
                    fit(&mut moved, &rows, &columns, &options, &|line| format!("{line:?}")).unwrap();
                    let intermediate = moved.columns(0, n).into_owned();
                    let last = moved.columns(n, moved.ncols() - n).into_owned();
                    by_tiva(&model(&table.with_flows(intermediate, last).unwrap()), measure, 1, None)
                };
                let step = 1e-4;
                let expected = (at(step) - at(-step)) / (2.0 * step);
                let found = first.slope(row, column) * z;
                close(found, expected, gradient.value(), 1e-7, &format!("{}: {row},{column}", measure.id));
            }
        }
    }
}

fn drawn(table: &IcioTable, plan: &DrawPlan) -> DrawSet {
    let measures: Vec<&Measure> = MEASURES.iter().collect();
    run_draws(
        table,
        &ModelOptions::default(),
        plan,
        measures.len(),
        |_, model| Ok::<_, String>(measures.iter().map(|measure| by_tiva(model, measure, 1, None)).collect()),
        || (),
    )
    .unwrap()
}

fn spread(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

/// A standard deviation of 2000 draws is known to 1.6 per cent; four of these, and the curvature of errors of 2 per cent.
#[test]
fn for_small_errors_the_spread_of_the_draws_is_that_of_the_first_order() {
    for table in [synthetic::table(5, 4, 3), with_negative_flows()] {
        for final_demand in [FinalDemandErrors::Drawn, FinalDemandErrors::Held] {
            let plan = DrawPlan {
                draws: 2000,
                errors: ErrorModel::new(0.01, -0.1, 0.002, 0.02).unwrap(),
                final_demand,
                tolerance: 1e-9,
                ..DrawPlan::default()
            };
            let set = drawn(&table, &plan);
            assert_eq!(set.used(), 2000);
            let whole = model(&table);
            for (index, measure) in MEASURES.iter().enumerate() {
                let gradient = Gradient::of(&whole, measure, 1, None).unwrap();
                let first = FirstOrder::of(&table, &gradient, &plan.errors, final_demand).unwrap();
                let by_draws = spread(&set.of(index));
                close(by_draws, first.sd, first.sd, 0.07, &format!("{} {final_demand:?}", measure.id));
            }
        }
    }
}

/// With the default errors (30 to 50 per cent a cell) the first order is still a guide: within a quarter.
#[test]
fn for_default_errors_the_first_order_is_a_guide() {
    let table = synthetic::table(5, 4, 3);
    let plan = DrawPlan::default();
    let set = drawn(&table, &plan);
    let whole = model(&table);
    for (index, measure) in MEASURES.iter().enumerate() {
        let gradient = Gradient::of(&whole, measure, 1, None).unwrap();
        let first = FirstOrder::of(&table, &gradient, &plan.errors, FinalDemandErrors::Drawn).unwrap();
        close(spread(&set.of(index)), first.sd, first.sd, 0.25, measure.id);
    }
}

#[test]
fn draws_depend_on_the_seed_and_not_on_the_threads() {
    let table = synthetic::table(4, 3, 1);
    let plan = DrawPlan { draws: 60, ..DrawPlan::default() };
    let on = |threads: usize, plan: &DrawPlan| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| drawn(&table, plan))
    };
    let one = on(1, &plan);
    assert_eq!(one, on(3, &plan));
    let other = on(2, &DrawPlan { seed: 2, ..plan.clone() });
    assert_ne!(one.of(0), other.of(0));
    // More draws of the same seed begin with the same draws.
    let more = on(2, &DrawPlan { draws: 80, ..plan });
    assert_eq!(one.of(0)[..], more.of(0)[..60]);
}

#[test]
fn a_drawn_table_keeps_margins_signs_and_zeros_and_moves_every_other_cell() {
    for table in [with_negative_flows(), open(&fixture("iciotest.csv"))] {
        let plan = DrawPlan::default();
        let drawn = DrawnTables::new(&table, &plan).unwrap().draw(17).unwrap();
        let (before, after) = (table.flows(), drawn.flows());
        for row in 0..before.nrows() {
            let size = before.row(row).lp_norm(1);
            close(after.row(row).sum(), before.row(row).sum(), size, 2.0 * plan.tolerance, "row");
        }
        for column in 0..before.ncols() {
            let size = before.column(column).lp_norm(1);
            close(after.column(column).sum(), before.column(column).sum(), size, 1e-12, "column");
        }
        let mut moved = 0;
        for (a, x) in before.iter().zip(after.iter()) {
            assert!(a * x >= 0.0 && (*a == 0.0) == (*x == 0.0), "{a} became {x}");
            moved += usize::from((a - x).abs() > 1e-6 * a.abs());
        }
        assert!(moved > before.iter().filter(|cell| **cell != 0.0).count() / 2);
    }
}

#[test]
fn value_added_can_be_drawn_and_final_demand_follows() {
    let table = synthetic::table(4, 3, 2);
    let plan = DrawPlan { value_added_sd: 0.1, ..DrawPlan::default() };
    let tables = DrawnTables::new(&table, &plan).unwrap();
    let share = |table: &IcioTable| 1.0 - table.input_sums()[4] / table.row_sums()[4];
    let log_odds: Vec<f64> = (0..400)
        .map(|index| {
            let drawn = tables.draw(index).unwrap();
            let total = |table: &IcioTable| table.row_sums().iter().sum::<f64>();
            close(total(&drawn), total(&table), total(&table), 1e-4, "output is held");
            (share(&drawn) / (1.0 - share(&drawn))).ln() - (share(&table) / (1.0 - share(&table))).ln()
        })
        .collect();
    // Five standard errors of a standard deviation and of a mean of 400.
    close(spread(&log_odds), 0.1, 0.1, 5.0 / 800_f64.sqrt(), "spread of log-odds");
    close(log_odds.iter().sum::<f64>() / 400.0, 0.0, 0.1, 5.0 / 400_f64.sqrt(), "mean of log-odds");
    let both = DrawPlan { final_demand: FinalDemandErrors::Held, ..plan };
    assert!(matches!(DrawnTables::new(&table, &both), Err(UncertaintyError::NothingFollows)));
}

#[test]
fn draws_that_fail_are_counted_and_too_few_of_them_are_an_error() {
    let table = synthetic::table(4, 3, 1);
    let plan = DrawPlan { draws: 200, level: 0.9, ..DrawPlan::default() };
    let whole = by_tiva(&model(&table), &MEASURES[0], 1, None);
    let set = run_draws(
        &table,
        &ModelOptions::default(),
        &plan,
        1,
        |_, model| {
            let share = by_tiva(model, &MEASURES[0], 1, None);
            if share > whole { Err("above") } else { Ok(vec![share]) }
        },
        || (),
    )
    .unwrap();
    assert!(
        set.uncomputed > 40 && set.used() > 40 && set.used() + set.uncomputed == 200,
        "{}",
        set.uncomputed
    );
    assert_eq!(set.first_failure.as_deref(), Some("above"));
    let never = DrawPlan { most_sweeps: 1, tolerance: 1e-12, ..plan.clone() };
    let failed = |plan: &DrawPlan, cells: usize| {
        run_draws(&table, &ModelOptions::default(), plan, cells, |_, _| Ok::<_, String>(vec![0.0]), || ())
            .unwrap_err()
    };
    assert!(matches!(failed(&never, 1), UncertaintyError::DrawsFailed { used: 0, draws: 200, .. }));
    let few = DrawPlan { draws: 19, ..plan.clone() };
    assert_eq!(
        failed(&few, 1).to_string(),
        "19 draws are too few for an interval of level 0.9: at least 20 are needed"
    );
    assert!(matches!(failed(&plan, 10_000_000), UncertaintyError::TooLarge { .. }));
}

#[test]
fn an_interval_is_the_quantiles_of_the_draws() {
    let table = synthetic::table(4, 3, 1);
    let plan = DrawPlan { draws: 100, level: 0.8, ..DrawPlan::default() };
    let set = drawn(&table, &plan);
    let interval = set.interval(0, 0.8).unwrap();
    let values = set.of(0);
    close(interval.lower, stats::quantile(&values, 0.1).unwrap(), 1.0, 1e-14, "lower");
    close(interval.upper, stats::quantile(&values, 0.9).unwrap(), 1.0, 1e-14, "upper");
    let inside = values.iter().filter(|value| (interval.lower..=interval.upper).contains(*value)).count();
    assert_eq!(inside, 80);
}

#[test]
fn draws_on_the_command_line_give_two_columns_a_number_and_say_how() {
    let leather = fixture("leather.csv");
    let run = |extra: &[&str]| {
        let mut arguments = vec!["tiva", leather.as_str(), "--draws", "60"];
        arguments.extend(extra);
        vadex(&arguments)
    };
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let data = stdout(&output);
    let mut lines = data.lines();
    assert!(lines.next().unwrap().starts_with("year,economy,gexp,gexp_lo,gexp_hi,dva,dva_lo,dva_hi"));
    for line in lines {
        let cells: Vec<f64> = line.split(',').skip(2).map(|cell| cell.parse().unwrap()).collect();
        for cell in cells.chunks(3) {
            assert!(cell[1] < cell[2], "{line}");
        }
    }
    let talk = stderr(&output);
    for words in ["95 % percentile interval", "sd = 0.3 (z / largest)^-0.1", "60 of 60 draws used", "seed 1"]
    {
        assert!(talk.contains(words), "`{words}` is missing from {talk}");
    }
    assert_eq!(data, stdout(&run(&["--threads", "1"])));
    assert_ne!(data, stdout(&run(&["--seed", "2"])));
    for (extra, words) in [
        (vec!["--interval", "0.99"], "at least 200 are needed"),
        (vec!["--draw-sd", "3"], "the error of the largest cell is 3, expected 0 to 2"),
        (vec!["--draw-value-added-sd", "0.1", "--draw-final-demand", "held"], "value added cannot be drawn"),
    ] {
        let output = run(&extra);
        assert_eq!(output.status.code(), Some(2), "{extra:?}");
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}

#[test]
fn indicators_and_decompositions_take_draws_too() {
    let leather = fixture("leather.csv");
    let wide = stdout(&vadex(&["indicators", "kpww", &leather, "--draws", "50"]));
    let long = stdout(&vadex(&["indicators", &leather, "--family", "participation", "--draws", "50"]));
    let terms = stdout(&vadex(&["decompose", &leather, "--method", "bm-source", "--draws", "50"]));
    for (text, column) in
        [(&wide, "_lo,"), (&long, "value,value_lo,value_hi"), (&terms, "gexp,gexp_lo,gexp_hi")]
    {
        assert!(text.lines().next().unwrap().contains(column), "{text}");
    }
    let by = vadex(&["decompose", &leather, "--method", "bm-source", "--draws", "50", "--by", "origin"]);
    assert_eq!(by.status.code(), Some(2));
}

#[test]
fn sensitivity_on_the_command_line_ranks_cells_and_adds_up() {
    let leather = fixture("leather.csv");
    let axis = open(&leather);
    let economy = axis.axis().economies()[1].clone();
    let run = |extra: &[&str]| {
        let mut arguments =
            vec!["sensitivity", leather.as_str(), "--of", "dva_share", "--economy", economy.as_str()];
        arguments.extend(extra);
        vadex(&arguments)
    };
    let output = run(&["--top", "5"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let column = |text: &str, name: &str| -> Vec<f64> {
        let mut lines = text.lines();
        let at =
            lines.next().unwrap().split(',').position(|label| label == name).expect("the column is there");
        lines.map(|line| line.split(',').nth(at).unwrap().parse().unwrap()).collect()
    };
    let effects = column(&stdout(&output), "effect_of_1_percent");
    assert_eq!(effects.len(), 5);
    assert!(effects.windows(2).all(|pair| pair[0].abs() >= pair[1].abs()), "{effects:?}");
    for words in ["standard deviation to first order", "5 of", "all other flows as they are"] {
        assert!(stderr(&output).contains(words), "`{words}` is missing from {}", stderr(&output));
    }
    let cells = stdout(&run(&["--top", "0"]));
    let sum = |values: Vec<f64>| values.iter().sum::<f64>();
    // A share does not move when every flow of the world grows by the same per cent.
    close(sum(column(&cells, "elasticity")), 0.0, 1.0, 1e-10, "sum of elasticities");
    close(sum(column(&cells, "variance_share")), 1.0, 1.0, 1e-12, "parts of the variance");
    for by in ["economies", "sectors"] {
        let added = stdout(&run(&["--top", "0", "--by", by]));
        for name in ["flow", "elasticity", "variance_share"] {
            let (one, other) = (sum(column(&added, name)), sum(column(&cells, name)));
            close(one, other, sum(column(&cells, name)).abs().max(1.0), 1e-10, name);
        }
    }
    for (extra, words) in [
        (vec!["--of", "dva_shar"], "did you mean `dva_share`"),
        (vec!["--value-added", "published"], "value-added"),
        (vec!["--sector", "nowhere"], "unknown sector"),
    ] {
        let mut arguments = vec!["sensitivity", leather.as_str(), "--economy", economy.as_str()];
        arguments.extend(&extra);
        let output = vadex(&arguments);
        assert_eq!(output.status.code(), Some(2), "{extra:?}");
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    assert!(stdout(&run(&["--mode", "coefficients", "--top", "0"])).contains("value added"));
    assert_eq!(run(&["--mode", "inputs"]).status.code(), Some(0));
}

#[test]
fn sensitivity_is_words_in_one_piece_on_a_screen_and_keeps_its_columns_in_a_file() {
    let run = |more: &[&str]| {
        let arguments = ["sensitivity", "builtin:wiod13/2005", "--economy", "CHN", "--top", "3"];
        let output = vadex(&[&arguments[..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        output
    };
    let table = run(&["--format", "csv"]);
    let (data, talk) = (stdout(&table), stderr(&table));
    let columns = "year,seller_economy,seller_sector,buyer_economy,buyer_sector,flow,derivative,elasticity,\
                   effect_of_1_percent,variance_share";
    assert_eq!(data.lines().next(), Some(columns));
    assert!(talk.contains("dva_share of CHN is 0.74719; 3 of"), "{talk}");
    assert!(talk.contains("to first order 0.014"), "{talk}");
    let screen = run(&["--format", "table"]);
    let (page, legend) = (stdout(&screen), stderr(&screen));
    let words = |line: usize| page.lines().nth(line).unwrap().split_whitespace().collect::<Vec<_>>();
    let headings = ["year", "seller", "buyer", "flow", "derivative", "elasticity", "effect", "variance"];
    assert_eq!(words(0), headings, "{page}");
    let first: Vec<&str> = data.lines().nth(1).unwrap().split(',').collect();
    let (seller, buyer) = (format!("{}.{}", first[1], first[2]), format!("{}.{}", first[3], first[4]));
    assert_eq!(words(1)[..3], ["2005", seller.as_str(), buyer.as_str()], "{page}");
    // Six decimals are shown.
    let effect: f64 = first[8].parse().unwrap();
    close(words(1)[6].parse().unwrap(), 100.0 * effect, 1.0, 5.1e-7, "percentage points");
    for once in ["adds to dva_share, in percentage points", "per cent of dva_share", "variance of dva_share"]
    {
        assert_eq!(legend.matches(once).count(), 1, "`{once}` in {legend}");
    }
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    let screen = run(&["--of", "dva", "--mode", "inputs", "--by", "sectors", "--format", "table"]);
    let (amounts, legend) = (stdout(&screen), stderr(&screen));
    assert!(legend.contains("1 % more of the coefficient adds to dva, an amount"), "{legend}");
    assert!(amounts.lines().any(|line| line.starts_with("2005 c14 ")), "{amounts}");
    assert!(!amounts.contains("variance") && !legend.contains("variance:"), "{amounts} {legend}");
}

/// Cells that are added up have the coefficient of the sums, by the table's own cells and outputs.
#[test]
fn coefficients_of_sectors_are_what_they_sell_over_what_the_buyers_make() {
    let leather = fixture("leather.csv");
    let table = open(&leather);
    let (axis, cells) = (table.axis(), dense(&table));
    let output = vadex(&[
        "sensitivity",
        &leather,
        "--economy",
        &axis.economies()[1],
        "--mode",
        "inputs",
        "--by",
        "sectors",
        "--top",
        "0",
    ]);
    let text = stdout(&output);
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| names.iter().position(|label| *label == name).expect("the column is there");
    let made = model(&table).flows().gross_output().to_vec();
    let mut seen = 0;
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let rows = |name: &str| -> Vec<usize> {
            let sector = axis.find_sector(fields[at(name)]).unwrap();
            (0..axis.n_rows()).filter(|row| axis.sector_of(*row) == sector).collect()
        };
        let (sellers, buyers) = (rows("seller_sector"), rows("buyer_sector"));
        let sold: f64 = sellers.iter().flat_map(|i| buyers.iter().map(|j| cells[(*i, *j)])).sum();
        let output: f64 = buyers.iter().map(|j| made[*j]).sum();
        close(fields[at("coefficient")].parse().unwrap(), sold / output, 1.0, 1e-12, line);
        seen += 1;
    }
    assert_eq!(seen, axis.n_sectors().pow(2));
}

/// By economies, value added is a row of its own: with the inputs it makes the whole of the output.
#[test]
fn value_added_is_no_domestic_input_of_an_economy() {
    let leather = fixture("leather.csv");
    let text = stdout(&vadex(&[
        "sensitivity",
        &leather,
        "--economy",
        "Turkey",
        "--of",
        "dva",
        "--mode",
        "coefficients",
        "--by",
        "economies",
        "--top",
        "0",
    ]));
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| names.iter().position(|label| *label == name).expect("the column is there");
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let to_turkey: Vec<&Vec<&str>> = rows.iter().filter(|row| row[at("buyer_economy")] == "Turkey").collect();
    let share = |row: &&&Vec<&str>| row[at("coefficient")].parse::<f64>().unwrap();
    let value_added: Vec<_> =
        to_turkey.iter().filter(|row| row[at("seller_economy")] == "value added").collect();
    assert_eq!(value_added.len(), 1, "{text}");
    let inputs: f64 = to_turkey
        .iter()
        .filter(|row| row[at("seller_economy")] != "value added")
        .map(|row| share(&row))
        .sum();
    close(inputs + share(&value_added[0]), 1.0, 1.0, 1e-12, "inputs and value added of Turkey");
}

#[test]
fn a_number_that_the_margins_determine_is_said_to_be_one() {
    let told = |table: &str, economy: &str| stderr(&vadex(&["sensitivity", table, "--economy", economy]));
    let words = "the margins of the table determine dva_share";
    let firms = told(&fixture("firms.csv"), "HOME");
    assert!(firms.contains(words), "{firms}");
    assert!(!told(&fixture("leather.csv"), "Turkey").contains(words));
}

#[test]
fn options_that_would_be_passed_over_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let leather = fixture("leather.csv");
    let sensitivity = ["sensitivity", leather.as_str(), "--economy", "Turkey"];
    let of = |command: &[&str], more: &[&str]| {
        let arguments: Vec<&str> = command.iter().chain(more).copied().collect();
        let output = vadex(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stdout(&output));
        stderr(&output)
    };
    for (command, more, words) in [
        (
            &["decompose", leather.as_str(), "--method", "kww,wwz", "-o", out.to_str().unwrap()][..],
            &["--draws", "40"][..],
            "--draws is for one method at a time, 2 were named",
        ),
        (&["tiva", leather.as_str()], &["--draw-sd", "0.4"], "--draw-sd without --draws"),
        (&["tiva", leather.as_str()], &["--interval", "0.9"], "--interval without --draws"),
        (&["indicators", leather.as_str()], &["--seed", "3"], "--seed without --draws"),
        (
            &["decompose", leather.as_str(), "--method", "kww"],
            &["--draw-final-demand", "held"],
            "--draw-final-demand without --draws",
        ),
        (&sensitivity, &["--mode", "inputs", "--rank", "variance"], "only flows have errors"),
        (&sensitivity, &["--mode", "coefficients", "--draw-sd-min", "0"], "errors are those of flows"),
        (
            &["tiva", leather.as_str()],
            &["--group", "G=Turkey", "--group", "G=Germany"],
            "two groups are called `G`",
        ),
    ] {
        let told = of(command, more);
        assert!(told.contains(words), "{told}");
    }
    assert!(!out.exists());
}

#[test]
fn without_errors_no_number_is_outside_its_interval() {
    let leather = fixture("leather.csv");
    let output = vadex(&["tiva", &leather, "--draws", "40", "--draw-sd", "0", "--draw-sd-min", "0"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!stderr(&output).contains("outside their own interval"), "{}", stderr(&output));
}

#[test]
fn balance_on_the_command_line_writes_a_table_that_adds_up_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let leather = fixture("leather.csv");
    let table = open(&leather);
    let label = table.axis().row_label(2);
    let target = table.row_sums()[2] * 1.1;
    std::fs::write(path("rows.csv"), format!("label,value,note\n{label},{target},ours\n")).unwrap();
    let (margins, out) = (path("rows.csv"), path("out.csv"));
    let run = |extra: &[&str]| {
        let mut arguments = vec!["balance", leather.as_str(), "-o", out.as_str()];
        arguments.extend(extra);
        vadex(&arguments)
    };
    let refused = run(&["--rows-from", &margins, "--columns-from", "keep"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("the margins conflict: rows add up to"), "{}", stderr(&refused));
    assert!(!folder.path().join("out.csv").exists());
    let done = run(&["--rows-from", &margins, "--columns-from", "keep", "--on-conflict", "final-demand"]);
    assert_eq!(done.status.code(), Some(0), "{}", stderr(&done));
    for words in ["RAS: rows to", "(1 given, 8 kept)", "were multiplied by", "sweeps, worst gap"] {
        assert!(stderr(&done).contains(words), "`{words}` is missing from {}", stderr(&done));
    }
    let balanced = open(&out);
    close(balanced.row_sums()[2], target, target, 1e-10, "the given row");
    close(balanced.row_sums()[0], table.row_sums()[0], target, 1e-10, "a kept row");
    std::fs::write(path("bad.csv"), "label,value\nNowhere.x,3\n").unwrap();
    for (file, words) in [("bad.csv", "the table has no such line"), ("none.csv", "no such file")] {
        let output = run(&["--rows-from", &path(file), "--columns-from", "keep"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}

#[test]
fn the_way_out_that_is_named_where_nothing_follows_is_one_that_the_command_takes() {
    let hint = UncertaintyError::NothingFollows.hint();
    let value = hint.split("--draw-final-demand ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let value = value.unwrap_or_else(|| panic!("no value in `{hint}`"));
    let leather = fixture("leather.csv");
    let drawn = ["tiva", leather.as_str(), "--draws", "60", "--draw-final-demand", value];
    let with = |more: &[&str]| vadex(&[&drawn[..], more].concat());
    let alone = with(&[]);
    assert_eq!(alone.status.code(), Some(0), "{}", stderr(&alone));
    let both = with(&["--draw-value-added-sd", "0.1"]);
    assert_eq!(both.status.code(), Some(2));
    assert!(stderr(&both).contains(&hint), "{}", stderr(&both));
}

#[test]
fn the_memory_that_is_stated_is_that_of_reading_too_where_tables_are_drawn() {
    let leather = fixture("leather.csv");
    for draws in [&[][..], &["--draws", "40"][..]] {
        let output = vadex(&[&["tiva", leather.as_str(), "--memory", "1k"][..], draws].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
        let talk = stderr(&output);
        assert!(talk.contains("while they are read, 1 kB are allowed by --memory"), "{draws:?}: {talk}");
    }
}
