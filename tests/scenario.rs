//! Scenarios: numbers by hand on a world of two economies; on the embedded world the second way of computing each effect,
//! identities, changes that are none; files that are wrong.

#![expect(clippy::float_cmp, reason = "a change of nothing changes nothing exactly, not about nothing")]

use std::sync::OnceLock;

use nalgebra::DMatrix;
use vadex::labels::Group;
use vadex::model::solver::Side;
use vadex::model::{Model, Primary, System, SystemOptions};
use vadex::scenario::{
    self, Change, Demand, LocalContent, Outcome, Problem, Relocate, Replacement, Rows, SCENARIOS,
    ScenarioError, ScenarioFile, Sourcing, SupplierLoss, Tariff, Towards, Uses, evaluate_changes,
};

use super::support::{close, dmatrix, model, open, stderr, stdout, table, table_of, vadex};

/// Arithmetic of a few operations.
const BY_HAND: f64 = 1e-13;
/// Two solves of one world by different routes: each is good to 1e-13 of its right-hand side, and sums of 820 rows may add
/// up to ten times that.
const TWO_WAYS: f64 = 1e-11;
/// An effect that is a small part of a world of 7e7: the re-solve of the world is good to 1e-14 of it, and an effect of 1e-5 of
/// the world is therefore known to 1e-9 of itself by that route.
const SMALL_OF_LARGE: f64 = 1e-8;

/// Two economies of one sector, output 100 each.
///
/// ```text
///        A    B  |  Y_A  Y_B |   x        A = 0.2 0.3    v = 0.7 0.3
///  A    20   30  |   40   10 | 100            0.1 0.4    B = [0.6 0.3; 0.1 0.8] / 0.45
///  B    10   40  |   20   30 | 100
/// ```
fn two() -> Model {
    let z = dmatrix![20.0, 30.0; 10.0, 40.0];
    let y = dmatrix![40.0, 10.0; 20.0, 30.0];
    model(&table(&["A", "B"], &["g"], z, y))
}

/// The embedded world of 2011.
fn world() -> &'static Model {
    static WORLD: OnceLock<Model> = OnceLock::new();
    WORLD.get_or_init(|| model(&open("builtin:wiod13/2011")))
}

fn run(model: &Model, change: &dyn Change) -> Outcome {
    evaluate_changes(model, "test", &[change], &[]).expect("the change fits the world")
}

fn parsed(text: &str) -> Result<ScenarioFile, ScenarioError> {
    ScenarioFile::parse("test.toml", text)
}

/// (difference, first round) of a quantity of an economy of the two.
fn effect(outcome: &Outcome, measure: &str, economy: usize) -> (f64, f64) {
    let line = outcome.line(measure, Some(economy), None).expect("the quantity is there");
    (line.difference(), line.first_round)
}

fn scalar(outcome: &Outcome, measure: &str, economy: usize) -> f64 {
    outcome.line(measure, Some(economy), None).expect("the number is there").after
}

#[track_caller]
fn by_hand(found: f64, expected: f64, what: &str) {
    close(found, expected, expected.abs().max(1.0), BY_HAND, what);
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn opening(economy: &str, share: f64) -> Sourcing {
    Sourcing {
        economy: economy.into(),
        products: Vec::new(),
        users: Vec::new(),
        partners: Vec::new(),
        towards: Towards::Imports,
        share,
        price_wedge: 0.0,
    }
}

fn moved(from: &str, to: &str, share: f64, uses: Uses, buyers: &[&str]) -> Relocate {
    let sectors = strings(&["g"]);
    Relocate { from: from.into(), to: to.into(), sectors, share, buyers: strings(buyers), uses }
}

fn lost(economy: &str, sector: &str, share: f64, replacement: Replacement) -> SupplierLoss {
    SupplierLoss {
        economy: economy.into(),
        sectors: strings(&[sector]),
        buyers: Vec::new(),
        share,
        replacement,
    }
}

fn wanted(economy: &str, products: &[&str], origins: &[&str], percent: f64) -> Demand {
    Demand {
        economy: economy.into(),
        products: strings(products),
        origins: strings(origins),
        percent: Some(percent),
        amount: None,
    }
}

fn levied(importer: &str, origins: &[&str], rate: f64) -> Tariff {
    let origins = strings(origins);
    Tariff { importer: importer.into(), origins, products: Vec::new(), rate, uses: Uses::All }
}

fn required(economy: &str, users: &[&str], floor: f64) -> LocalContent {
    LocalContent {
        economy: economy.into(),
        users: strings(users),
        products: Vec::new(),
        floor,
        price_wedge: 0.0,
    }
}

// By hand -------------------------------------------------------------------------------------------------------------

#[test]
fn half_of_the_domestic_inputs_imported_by_hand() {
    // a_AA 0.2 -> 0.1, a_BA 0.1 -> 0.2; orders -10 and +10; B' = [0.6 0.3; 0.2 0.9] / 0.48.
    let outcome = run(&two(), &opening("A", 0.5));
    let (output, first) = effect(&outcome, "output", 0);
    by_hand(first, -10.0, "first round");
    by_hand(output, -3.0 / 0.48, "output of A");
    by_hand(effect(&outcome, "output", 1).0, 7.0 / 0.48, "output of B");
    by_hand(effect(&outcome, "value_added", 0).0, -4.375, "value added of A");
    by_hand(effect(&outcome, "value_added", 1).0, 4.375, "value added of B");
    // With exports held only the domestic block counts: 0.7 · (-10) / 0.9; exports of 40 must sell 10 more.
    by_hand(effect(&outcome, "value_added_exports_held", 0).0, -7.0 / 0.9, "exports held");
    by_hand(scalar(&outcome, "break_even_export_growth", 0), 0.25, "break-even growth");
    // A tenth a unit of output was switched: p = 0.1 (0.6, 0.3) / 0.48, of final demand (40, 20): 0.625 / 6.
    by_hand(scalar(&outcome, "break_even_price_wedge", 0), -0.6, "break-even wedge");
    // Imports: A buys 0.2 · 93.75 and still 20; exports of A: 0.3 · (100 + 7 / 0.48) and still 10.
    by_hand(effect(&outcome, "imports", 0).0, 0.2 * (100.0 - 6.25) - 10.0, "imports of A");
    by_hand(effect(&outcome, "imports", 0).1, 10.0, "first round of imports");
    by_hand(effect(&outcome, "exports", 0).0, 0.3 * 7.0 / 0.48, "exports of A");
    by_hand(effect(&outcome, "trade_balance", 0).0, 0.3 * 7.0 / 0.48 - 8.75, "balance of A");
}

#[test]
fn cheaper_imports_by_hand() {
    let outcome = run(&two(), &Sourcing { price_wedge: -0.6, ..opening("A", 0.5) });
    // Direct -0.06 a unit of A; passed on -0.06 (0.6, 0.3) / 0.48 = (-0.075, -0.0375).
    by_hand(effect(&outcome, "output_price", 0).0, -0.075, "price of A");
    by_hand(effect(&outcome, "output_price", 0).1, -0.06, "direct cost of A");
    by_hand(effect(&outcome, "output_price", 1).0, -0.0375, "price of B");
    by_hand(effect(&outcome, "final_price", 0).0, -0.0625, "final demand of A");
    // 65.625 / 0.9375 = 70: the wedge was the break-even one.
    by_hand(scalar(&outcome, "real_value_added", 0), 70.0, "real value added");
}

#[test]
fn a_floor_by_hand() {
    // Domestic share 0.2 / 0.3; at 0.9: a_AA = 0.27, a_BA = 0.03; B' = [0.6 0.3; 0.03 0.73] / 0.429.
    let outcome = run(&two(), &required("A", &["g"], 0.9));
    by_hand(effect(&outcome, "output", 0).1, 7.0, "first round");
    by_hand(effect(&outcome, "output", 0).0, 2.1 / 0.429, "output of A");
    by_hand(effect(&outcome, "output", 1).0, -4.9 / 0.429, "output of B");
    let after = outcome.model.system().input_coefficients();
    by_hand(after.get(0, 0) / (after.get(0, 0) + after.get(1, 0)), 0.9, "domestic share");
}

#[test]
fn demand_by_hand() {
    let amount = Demand { percent: None, amount: Some(10.0), ..wanted("A", &["g"], &["B"], 0.0) };
    for change in [amount, wanted("A", &["g"], &["B"], 50.0)] {
        let outcome = run(&two(), &change);
        by_hand(effect(&outcome, "output", 0).0, 3.0 / 0.45, "output of A");
        by_hand(effect(&outcome, "output", 1).0, 8.0 / 0.45, "output of B");
        by_hand(effect(&outcome, "final_demand", 0).0, 10.0, "final demand of A");
        by_hand(effect(&outcome, "value_added", 0).1, 0.0, "nothing is ordered from A first");
    }
    // Spread over both origins in proportion to 40 and 20.
    let spread = Demand { percent: None, amount: Some(6.0), ..wanted("A", &[], &[], 0.0) };
    by_hand(effect(&run(&two(), &spread), "output", 0).1, 4.0, "two thirds at home");
}

#[test]
fn a_lost_supplier_by_hand() {
    // Without B: x_A = (40 + 10) / 0.8; extraction says the same: 0.3 / 0.8 · 100.
    let outcome = run(&two(), &lost("B", "g", 1.0, Replacement::None));
    by_hand(effect(&outcome, "output", 0).0, -37.5, "output of A");
    by_hand(effect(&outcome, "output", 1).0, -100.0, "output of B");
    by_hand(effect(&outcome, "unfilled_inputs", 0).0, 6.25, "unfilled inputs of A");
    by_hand(outcome.closure.value_added, 43.75, "value added of the world");
    by_hand(outcome.closure.final_demand, 50.0, "final demand of the world");
    // A in its place: everything is bought from A.
    let replaced = run(&two(), &lost("B", "g", 1.0, Replacement::Others));
    by_hand(replaced.model.flows().gross_output()[0], 100.0 / 0.7, "A makes all of it");
    assert_eq!(replaced.closure.unfilled, 0.0);
    // Own economies in its place: A makes its own, B has nobody else.
    let domestic = run(&two(), &lost("B", "g", 1.0, Replacement::Domestic));
    by_hand(domestic.model.flows().gross_output()[0], (60.0 + 10.0) / 0.7, "A makes its own");
}

#[test]
fn a_stage_that_moves_by_hand() {
    let outcome = run(&two(), &moved("B", "A", 1.0, Uses::Final, &["A"]));
    by_hand(effect(&outcome, "output", 0).0, 6.0 / 0.45, "output of A");
    by_hand(effect(&outcome, "output", 1).0, -14.0 / 0.45, "output of B");
    // Inputs: half of what A and B buy of B comes from A: A' = [0.25 0.5; 0.05 0.2], orders (25, -25).
    let outcome = run(&two(), &moved("B", "A", 0.5, Uses::Intermediate, &[]));
    let det = 0.75 * 0.8 - 0.5 * 0.05;
    by_hand(effect(&outcome, "output", 0).1, 25.0, "first round");
    by_hand(effect(&outcome, "output", 0).0, (0.8 - 0.5) * 25.0 / det, "output of A");
}

#[test]
fn a_tariff_by_hand() {
    let outcome = run(&two(), &levied("A", &["B"], 0.1));
    // 0.01 a unit of A; passed on 0.01 (0.6, 0.3) / 0.45; on final goods from B a tenth more.
    by_hand(effect(&outcome, "output_price", 0).0, 0.006 / 0.45, "price of A");
    by_hand(effect(&outcome, "output_price", 1).0, 0.003 / 0.45, "price of B");
    by_hand(
        effect(&outcome, "final_price", 0).0,
        (0.006 / 0.45 * 40.0 + (0.003 / 0.45 + 0.1) * 20.0) / 60.0,
        "A pays",
    );
    by_hand(effect(&outcome, "export_price", 0).0, 0.006 / 0.45, "A's exports carry its own tariff");
    by_hand(scalar(&outcome, "tariff_base", 0), 30.0, "base");
    by_hand(scalar(&outcome, "tariff_revenue", 0), 3.0, "revenue");
    by_hand(scalar(&outcome, "own_value_added_in_tariff_base", 0), 14.0, "0.7 · 0.3 / 0.45 · 30");
    by_hand(scalar(&outcome, "tariff_on_own_value_added", 0), 1.4, "a tenth of it");
    for economy in [0, 1] {
        assert_eq!(effect(&outcome, "value_added", economy), (0.0, 0.0), "quantities stay");
    }
    // Inputs alone: 10 of the 30; final goods alone: 20, and no industry pays.
    let of = |uses| run(&two(), &Tariff { uses, ..levied("A", &["B"], 0.1) });
    let (inputs, finals) = (of(Uses::Intermediate), of(Uses::Final));
    by_hand(scalar(&inputs, "tariff_base", 0), 10.0, "base of inputs");
    by_hand(scalar(&finals, "tariff_revenue", 0), 2.0, "revenue of final goods");
    by_hand(effect(&finals, "output_price", 0).0, 0.0, "no cost of A");
    by_hand(effect(&finals, "final_price", 0).0, 2.0 / 60.0, "final demand alone pays");
}

#[test]
fn changes_are_made_in_order_and_shares_are_of_what_is_left() {
    let half = moved("B", "A", 0.5, Uses::All, &[]);
    let twice = evaluate_changes(&two(), "test", &[&half, &half], &[]).unwrap();
    let once = run(&two(), &moved("B", "A", 0.75, Uses::All, &[]));
    for economy in [0, 1] {
        by_hand(effect(&twice, "output", economy).0, effect(&once, "output", economy).0, "output");
    }
}

#[test]
fn satellites_go_with_output() {
    let jobs =
        Primary { name: "jobs".into(), unit: "persons".into(), share: vec![2.0, 5.0], is_value_added: false };
    let outcome = evaluate_changes(&two(), "test", &[&opening("A", 0.5)], &[jobs]).unwrap();
    let line = outcome.line("jobs", Some(1), None).unwrap();
    assert_eq!(&*line.unit, "persons");
    by_hand(line.difference(), 5.0 * 7.0 / 0.48, "jobs of B");
    by_hand(line.before, 500.0, "jobs of B before");
}

// The embedded world: every kind ------------------------------------------------------------------------------------------

/// Keys whose zero means that nothing is changed.
const SIZES: [&str; 5] = ["share", "floor", "rate", "percent", "price_wedge"];

fn example(kind: &dyn scenario::Kind, size: Option<&str>) -> ScenarioFile {
    let lines = kind.profile().example.lines().map(|line| {
        let key = line.split('=').next().unwrap_or("").trim();
        match size {
            Some(size) if SIZES.contains(&key) => format!("{key} = {size}\n"),
            _ => format!("{line}\n"),
        }
    });
    parsed(&format!("[[change]]\n{}", lines.collect::<String>())).expect("an example is a change")
}

#[test]
fn every_example_changes_something_and_closes() {
    for kind in SCENARIOS {
        let id = kind.profile().id;
        let outcomes = scenario::evaluate(&example(*kind, None), world(), &[]).expect(id);
        let outcome = &outcomes[0];
        assert!(outcome.lines.iter().any(|line| line.difference() != 0.0), "{id} changes nothing");
        assert!(outcome.closure.gap < TWO_WAYS, "{id}: {:?}", outcome.closure);
        assert!(outcome.closure.trade_gap < TWO_WAYS, "{id}: {:?}", outcome.closure);
        assert!(outcome.closure.economy_gap < TWO_WAYS, "{id}: {:?}", outcome.closure);
        assert!(!outcome.changes[0].is_empty());
    }
}

#[test]
fn the_new_output_is_that_of_a_fresh_solve() {
    // The engine solves for the difference; here the level is solved, from coefficients and demand alone.
    for kind in SCENARIOS {
        let outcome = scenario::evaluate(&example(*kind, None), world(), &[]).unwrap().remove(0);
        let axis = world().axis().clone();
        let coefficients = outcome.model.system().input_coefficients().to_dense();
        let system = System::from_coefficients(axis, coefficients, &SystemOptions::default()).unwrap();
        let demand = outcome.model.flows().final_demand().column_sum();
        let mut output = DMatrix::from_column_slice(demand.len(), 1, demand.as_slice());
        system.solve_in_place(Side::Direct, &mut output).unwrap();
        let scale = outcome.model.flows().gross_output().iter().fold(0.0_f64, |a, b| a.max(b.abs()));
        for (row, (found, expected)) in
            outcome.model.flows().gross_output().iter().zip(output.iter()).enumerate()
        {
            close(*found, *expected, scale, TWO_WAYS, &world().axis().row_label(row));
        }
    }
}

#[test]
fn a_change_of_nothing_changes_nothing_exactly() {
    for kind in SCENARIOS {
        let outcome = scenario::evaluate(&example(*kind, Some("0")), world(), &[]).unwrap().remove(0);
        for line in &outcome.lines {
            if !line.before.is_nan() {
                // An economy without exports has no price of exports; the embedded world has none such.
                assert_eq!(line.difference(), 0.0, "{}: {line:?}", kind.profile().id);
                assert!(line.first_round == 0.0 || &*line.measure == "real_value_added", "{line:?}");
            }
        }
    }
}

#[test]
fn every_kind_tells_all_its_keys() {
    for kind in SCENARIOS {
        let profile = kind.profile();
        let error = parsed(&format!("[[change]]\nnonsense_key = 1\n{}", profile.example)).unwrap_err();
        let message = error.to_string();
        let mut known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        let mut told: Vec<&str> = profile.keys.iter().map(|(key, _)| *key).collect();
        known.sort_unstable();
        told.sort_unstable();
        assert_eq!(known, told, "{}: {message}", profile.id);
    }
}

#[test]
fn sums_over_sectors_and_economies_are_the_rows_above() {
    let outcome = run(world(), &opening("MEX", 0.1));
    for measure in ["value_added", "output", "exports", "imports", "trade_balance"] {
        let pick = |economy: bool, sector: bool| -> f64 {
            outcome
                .lines
                .iter()
                .filter(|l| {
                    *l.measure == *measure && l.economy.is_some() == economy && l.sector.is_some() == sector
                })
                .map(vadex::scenario::Line::difference)
                .sum()
        };
        let scale = outcome.line("output", None, None).unwrap().before;
        let total = pick(false, false);
        for (economy, sector) in [(true, false), (false, true), (true, true)] {
            close(pick(economy, sector), total, scale, TWO_WAYS, measure);
        }
    }
    // What is traded out is traded in, sector by sector.
    for sector in 0..world().axis().n_sectors() {
        let line = outcome.line("trade_balance", None, Some(sector)).unwrap();
        assert!(line.after.abs() < TWO_WAYS * outcome.line("exports", None, None).unwrap().after, "{line:?}");
    }
}

// Second ways ------------------------------------------------------------------------------------------------------------

/// B d by a solve in the world of before.
fn multiplied(model: &Model, column: &DMatrix<f64>) -> DMatrix<f64> {
    let mut solution = column.clone();
    model.system().solve_in_place(Side::Direct, &mut solution).unwrap();
    solution
}

#[test]
fn one_column_changed_is_a_rank_one_update() {
    // Sherman and Morrison: A' = A + d 1_j', so x' − x = B d x_j / (1 − (B d)_j): no system with A' is solved.
    let outcome = run(world(), &required("MEX", &["c14"], 0.6));
    let (axis, before) = (world().axis(), world().system().input_coefficients());
    let j = axis.block(axis.find_economy("MEX").unwrap()).nth(axis.find_sector("c14").unwrap()).unwrap();
    let after = outcome.model.system().input_coefficients();
    let d = DMatrix::from_fn(axis.n_rows(), 1, |i, _| after.get(i, j) - before.get(i, j));
    let others = (0..axis.n_rows()).filter(|&k| k != j);
    for k in others.step_by(41) {
        assert!((0..axis.n_rows()).all(|i| after.get(i, k) == before.get(i, k)), "column {k} stays");
    }
    let made = multiplied(world(), &d);
    let (x, x_new) = (world().flows().gross_output(), outcome.model.flows().gross_output());
    let factor = x[j] / (1.0 - made[(j, 0)]);
    let scale = made.amax() * factor.abs();
    assert!(scale > 1.0, "the floor binds");
    for row in 0..axis.n_rows() {
        close(x_new[row] - x[row], made[(row, 0)] * factor, scale, SMALL_OF_LARGE, &axis.row_label(row));
    }
}

#[test]
fn two_rows_changed_are_a_rank_two_update() {
    // Woodbury: A' = A + U V', U the rows of both economies: x' − x = B U (I − V' B U)⁻¹ V' x.
    let change =
        Relocate { sectors: strings(&["c14"]), ..moved("CHN", "MEX", 0.2, Uses::Intermediate, &["USA"]) };
    let outcome = run(world(), &change);
    let axis = world().axis();
    let row_of = |economy: &str| {
        axis.block(axis.find_economy(economy).unwrap()).nth(axis.find_sector("c14").unwrap()).unwrap()
    };
    let rows = [row_of("CHN"), row_of("MEX")];
    let (before, after) =
        (world().system().input_coefficients(), outcome.model.system().input_coefficients());
    let n = axis.n_rows();
    let v = DMatrix::from_fn(2, n, |k, j| after.get(rows[k], j) - before.get(rows[k], j));
    let u = DMatrix::from_fn(n, 2, |i, k| f64::from(u8::from(i == rows[k])));
    let bu = multiplied(world(), &u);
    let x = DMatrix::from_column_slice(n, 1, world().flows().gross_output());
    let core = (DMatrix::identity(2, 2) - &v * &bu).try_inverse().unwrap();
    let difference = bu * core * (&v * x);
    let x_new = outcome.model.flows().gross_output();
    for row in 0..n {
        let found = x_new[row] - world().flows().gross_output()[row];
        close(found, difference[(row, 0)], difference.amax(), SMALL_OF_LARGE, &axis.row_label(row));
    }
}

#[test]
fn a_demand_shock_is_v_b_df_and_adds_up() {
    let (one, two) = (wanted("USA", &["c14"], &[], -10.0), wanted("DEU", &["c15"], &["CZE", "POL"], 25.0));
    let [first, second] = [run(world(), &one), run(world(), &two)];
    let both = evaluate_changes(world(), "test", &[&one, &two], &[]).unwrap();
    // The transposed system says what value added a unit of each final product holds.
    let by_origin = world().value_added_by_origin().unwrap();
    let shock = first.model.flows().final_demand() - world().flows().final_demand();
    for economy in 0..world().axis().n_economies() {
        let found = |outcome: &Outcome| effect(outcome, "value_added", economy).0;
        let expected: f64 =
            (0..shock.nrows()).map(|row| by_origin[(economy, row)] * shock.row(row).sum()).sum();
        close(found(&first), expected, shock.amax(), SMALL_OF_LARGE, "v B df");
        close(found(&both), found(&first) + found(&second), shock.amax(), SMALL_OF_LARGE, "additive");
    }
    let world_added = first.line("value_added", None, None).unwrap().difference();
    close(world_added, shock.sum(), shock.sum(), SMALL_OF_LARGE, "all of it is somebody's value added");
}

#[test]
fn total_loss_is_hypothetical_extraction() {
    // x − x* = B_·k x_k / b_kk, from the world of before alone.
    let outcome = run(world(), &lost("JPN", "c14", 1.0, Replacement::None));
    let axis = world().axis();
    let k = axis.block(axis.find_economy("JPN").unwrap()).nth(axis.find_sector("c14").unwrap()).unwrap();
    let unit = DMatrix::from_fn(axis.n_rows(), 1, |i, _| f64::from(u8::from(i == k)));
    let column = multiplied(world(), &unit);
    let x = world().flows().gross_output();
    for row in 0..axis.n_rows() {
        let expected = x[row] - column[(row, 0)] * x[k] / column[(k, 0)];
        close(
            outcome.model.flows().gross_output()[row],
            expected,
            x[k],
            SMALL_OF_LARGE,
            &axis.row_label(row),
        );
    }
    assert!(outcome.closure.unfilled > 0.0);
}

#[test]
fn switched_inputs_go_to_suppliers_in_proportion_to_present_imports_of_the_user() {
    let change = Sourcing { products: strings(&["c14", "c15"]), ..opening("MEX", 0.3) };
    let outcome = run(world(), &change);
    let axis = world().axis();
    let (before, after) =
        (world().system().input_coefficients(), outcome.model.system().input_coefficients());
    let mexico = axis.find_economy("MEX").unwrap();
    for user in axis.block(mexico) {
        for (sector, label) in axis.sectors().iter().enumerate() {
            let rows: Vec<usize> = (0..axis.n_rows()).filter(|&row| axis.sector_of(row) == sector).collect();
            let (home, abroad): (Vec<usize>, Vec<usize>) =
                rows.into_iter().partition(|&row| axis.economy_of(row) == mexico);
            let bought: f64 = abroad.iter().map(|&row| before.get(row, user)).sum();
            let moved = if ["c14", "c15"].contains(&label.as_str()) { 0.3 } else { 0.0 };
            let own = before.get(home[0], user);
            close(after.get(home[0], user), (1.0 - moved) * own, 1.0, BY_HAND, "at home");
            for &row in abroad.iter().filter(|_| bought > 0.0) {
                let expected = before.get(row, user) * (1.0 + moved * own / bought);
                close(after.get(row, user), expected, 1.0, BY_HAND, &axis.row_label(row));
            }
        }
    }
    // Nobody else buys otherwise.
    let usa = axis.block(axis.find_economy("USA").unwrap());
    assert!(usa.clone().all(|j| (0..axis.n_rows()).all(|i| after.get(i, j) == before.get(i, j))));
}

#[test]
fn what_is_switched_home_goes_to_rows_of_a_sector_in_proportion_to_present_purchases() {
    let z = dmatrix![10.0, 0.0, 5.0; 30.0, 0.0, 5.0; 20.0, 20.0, 40.0];
    let y = dmatrix![60.0, 20.0, 10.0; 10.0, 30.0, 5.0; 5.0, 5.0, 30.0];
    let group = Group { name: "A".into(), members: strings(&["A1", "A2"]) };
    let model = model(&table(&["A1", "A2", "B"], &["g"], z, y).regroup(&[group]).unwrap());
    let outcome = run(&model, &Sourcing { towards: Towards::Home, ..opening("A", 0.5) });
    let after = outcome.model.system().input_coefficients();
    let bought = |row: usize, user: usize, output: f64| after.get(row, user) * output;
    // The first buys 10 and 30 at home now: of the 10 that it imports no longer a quarter and three.
    by_hand(bought(0, 0, 105.0), 12.5, "the first of itself");
    by_hand(bought(1, 0, 105.0), 37.5, "the first of the second");
    // The second buys nothing at home: its economy buys 90 and 70, final demand with it.
    by_hand(bought(0, 1, 80.0), 10.0 * 90.0 / 160.0, "the second of the first");
    by_hand(bought(1, 1, 80.0), 10.0 * 70.0 / 160.0, "the second of itself");
    by_hand(bought(2, 1, 80.0), 10.0, "imports that stay");
}

#[test]
fn a_relocation_to_itself_is_refused() {
    let change = Relocate { sectors: strings(&["c14"]), ..moved("CHN", "CHN", 0.5, Uses::All, &[]) };
    assert!(
        matches!(problem(world(), &change), Problem::Keys { what, .. } if what.contains("the same economy"))
    );
}

#[test]
fn no_more_is_taken_away_than_is_bought() {
    let amount = |amount: f64| Demand {
        percent: None,
        amount: Some(amount),
        ..wanted("MEX", &["c14"], &["CHN"], 0.0)
    };
    let axis = world().axis();
    let (mexico, china) = (axis.find_economy("MEX").unwrap(), axis.find_economy("CHN").unwrap());
    let row = axis.block(china).nth(axis.find_sector("c14").unwrap()).unwrap();
    let there = world().flows().final_demand()[(row, mexico)];
    match problem(world(), &amount(-1.01 * there)) {
        Problem::MoreThanThereIs { bought, .. } => close(bought, there, there, BY_HAND, "what is bought"),
        other => panic!("{other}"),
    }
    // What is taken out of stock is not bought, and nothing is nothing.
    let z = dmatrix![10.0, 5.0; 5.0, 10.0];
    let stocks = model(&table(&["A", "B"], &["g"], z, dmatrix![-10.0, 40.0; 2.0, 15.0]));
    let less = |amount: f64, products: &[&str], origins: &[&str]| Demand {
        percent: None,
        amount: Some(amount),
        ..wanted("A", products, origins, 0.0)
    };
    assert!(run(&stocks, &less(-1.0, &[], &[])).closure.gap < BY_HAND);
    match problem(&stocks, &less(-3.0, &[], &[])) {
        Problem::MoreThanThereIs { bought, .. } => by_hand(bought, 2.0, "what is bought"),
        other => panic!("{other}"),
    }
    // All of it is as much as a hundred per cent less.
    let (all, percent) =
        (run(world(), &amount(-there)), run(world(), &wanted("MEX", &["c14"], &["CHN"], -100.0)));
    close(effect(&all, "output", china).0, effect(&percent, "output", china).0, there, TWO_WAYS, "all of it");
}

#[test]
fn a_floor_of_one_is_reached_where_everything_is_made_at_home() {
    for economy in ["AUS", "BEL", "CHN", "DEU", "JPN", "MEX", "POL", "USA"] {
        let outcome = run(world(), &required(economy, &["c14", "c15", "c9t11"], 1.0));
        let after = outcome.model.system().input_coefficients();
        let axis = world().axis();
        let block = axis.block(axis.find_economy(economy).unwrap());
        let user = block.clone().nth(axis.find_sector("c14").unwrap()).unwrap();
        let abroad: f64 =
            (0..axis.n_rows()).filter(|row| !block.contains(row)).map(|row| after.get(row, user)).sum();
        assert!(abroad.abs() < 1e-12, "{economy}: {abroad}");
    }
}

#[test]
fn an_economy_without_final_demand_keeps_its_accounts() {
    // A part of a split economy: it produces, and the other part consumes.
    let z = dmatrix![10.1, 5.3; 5.7, 10.9];
    let model = model(&table(&["A", "B"], &["g"], z, dmatrix![0.0, 15.3; 0.0, 15.1]));
    let outcome = run(&model, &wanted("B", &["g"], &["A"], 10.0));
    assert!(outcome.closure.economy_gap < BY_HAND, "{:?}", outcome.closure);
}

#[test]
fn lines_are_of_sectors_that_an_economy_has_or_buys() {
    // Firms: each is a sector of its own, and the economies have none in common.
    let rows = [("A", "a1"), ("A", "a2"), ("B", "b1")];
    let z = dmatrix![1.0, 2.0, 0.0; 2.0, 1.0, 3.0; 1.0, 0.0, 1.0];
    let table = table_of(&rows, z, dmatrix![5.0, 0.0; 4.0, 0.0; 1.0, 6.0]);
    let outcome = run(&model(&table), &wanted("B", &[], &[], 10.0));
    let of = |measure: &str, economy: usize| -> Vec<usize> {
        let lines =
            outcome.lines.iter().filter(|line| *line.measure == *measure && line.economy == Some(economy));
        lines.filter_map(|line| line.sector).collect()
    };
    assert_eq!((of("output", 0), of("output", 1)), (vec![0, 1], vec![2]));
    // What B buys of A is of a2, which it does not have itself.
    assert_eq!((of("imports", 0), of("imports", 1)), (vec![0, 1, 2], vec![1, 2]));
}

#[test]
fn what_is_switched_home_is_told_with_its_partners() {
    let change =
        Sourcing { partners: strings(&["CHN", "DEU"]), towards: Towards::Home, ..opening("MEX", 0.3) };
    assert!(run(world(), &change).changes[0].contains("from CHN, DEU, bought by"), "{}", change.words());
    // Two changes of the same words are two lines; words that begin alike are not the same.
    let dearer = Sourcing { price_wedge: 0.1, ..change.clone() };
    let twice = evaluate_changes(world(), "test", &[&dearer, &change, &change], &[]).unwrap();
    let times: Vec<bool> = twice.changes.iter().map(|words| words.contains("time 2")).collect();
    assert_eq!(times, [false, false, true], "{:?}", twice.changes);
}

#[test]
fn a_tariff_of_more_than_the_price_several_times_over_is_remarked() {
    let told = |rate: f64| run(world(), &levied("USA", &["CHN"], rate)).remarks.join(" ");
    assert!(told(25.0).contains("0.25 is 25 per cent") && told(0.25).is_empty());
}

#[test]
fn the_level_asks_for_a_table_and_a_file_can_be_shown() {
    let table = vadex(&["scenario", "c23-opening", "--level", "sector", "--economy", "MEX"]);
    assert!(table.status.success(), "{}", stderr(&table));
    assert!(stdout(&table).starts_with("year,scenario,economy,sector,measure"), "{:.200}", stdout(&table));
    let shown = vadex(&["scenario", "c23-opening", "--show"]);
    assert_eq!(stdout(&shown), include_str!("../data/scenarios/c23-opening.toml"));
    let other = vadex(&["scenario", "c23-openning", "--show"]);
    assert!(stderr(&other).contains("did you mean `c23-opening`?"), "{}", stderr(&other));
    // Columns of a table in a terminal fit it.
    let eyes = stdout(&vadex(&["scenario", "c10-tariff", "--format", "table", "--economy", "USA"]));
    let wide = eyes.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(wide <= 80, "{wide} columns\n{eyes:.2000}");
}

#[test]
fn a_floor_at_the_present_share_is_nothing_and_says_so() {
    let axis = world().axis();
    let mexico = axis.find_economy("MEX").unwrap();
    let j = axis.block(mexico).nth(axis.find_sector("c14").unwrap()).unwrap();
    let inputs = world().system().input_coefficients();
    let home: f64 = axis.block(mexico).map(|row| inputs.get(row, j)).sum();
    let all: f64 = (0..axis.n_rows()).map(|row| inputs.get(row, j)).sum();
    // A floor a rounding below the share, which the engine adds up in another order.
    let outcome = run(world(), &required("MEX", &["c14"], home / all * (1.0 - f64::EPSILON * 64.0)));
    assert!(outcome.lines.iter().filter(|line| !line.before.is_nan()).all(|line| line.difference() == 0.0));
    assert!(
        outcome.remarks.iter().any(|remark| remark.contains("has no effect on MEX.c14")),
        "{:?}",
        outcome.remarks
    );
    // Above it, the share is the floor.
    let outcome = run(world(), &required("MEX", &["c14"], 0.6));
    let after = outcome.model.system().input_coefficients();
    let home: f64 = axis.block(mexico).map(|row| after.get(row, j)).sum();
    close(home / all, 0.6, 1.0, BY_HAND, "domestic share");
    assert!(home / all > 0.0 && outcome.remarks.is_empty(), "{:?}", outcome.remarks);
}

#[test]
fn with_exports_grown_by_the_break_even_rate_the_loss_is_made_good() {
    for (economy, towards) in [("MEX", Towards::Imports), ("IND", Towards::Imports), ("DEU", Towards::Home)] {
        let outcome = run(world(), &Sourcing { towards, ..opening(economy, 0.1) });
        let e = world().axis().find_economy(economy).unwrap();
        let growth = scalar(&outcome, "break_even_export_growth", e);
        assert_eq!(growth > 0.0, towards == Towards::Imports, "{economy}: {growth}");
        let with = |growth| scenario::value_added_with_exports(world(), &outcome.model, e, growth).unwrap();
        let before = outcome.line("value_added", Some(e), None).unwrap().before;
        // Levels are solved here, differences there.
        close(with(growth), before, before, TWO_WAYS, "value added with the exports that break even");
        let held = outcome.line("value_added_exports_held", Some(e), None).unwrap();
        close(with(0.0), held.after, before, TWO_WAYS, "value added with exports held");
        assert!((with(0.0) - before).abs() > 1e-4 * before, "{economy} switches something");
    }
}

#[test]
fn the_national_effect_is_the_domestic_block_of_the_world() {
    // A factorisation of one block here, the local inverses of the new world there.
    let change = opening("MEX", 0.1);
    let outcome = run(world(), &change);
    let e = world().axis().find_economy("MEX").unwrap();
    let national = scenario::national_effect(world(), e, &change).unwrap();
    let held = outcome.line("value_added_exports_held", Some(e), None).unwrap();
    close(national.growth.change, held.difference(), held.before, TWO_WAYS, "change");
    close(national.growth.growth, scalar(&outcome, "break_even_export_growth", e), 1.0, TWO_WAYS, "growth");
    close(national.by_row.iter().sum(), held.difference(), held.before, TWO_WAYS, "rows");
    // By hand: 10 of A are switched; 7 / 0.9 of 70 are lost; a unit wedge adds 0.1 / 0.9 · 40 to final demand of 60.
    let two = scenario::national_effect(&two(), 0, &opening("A", 0.5)).unwrap();
    by_hand(two.switched, 10.0, "switched");
    by_hand(two.wedge, (-7.0 / 0.9 / 70.0) / (0.1 / 0.9 * 40.0 / 60.0), "wedge");
}

#[test]
fn the_break_even_wedge_is_found_by_bisection_too() {
    let outcome = run(world(), &required("MEX", &["c14", "c15"], 0.7));
    let (e, switched) = &outcome.switched[0];
    let line = outcome.line("value_added", Some(*e), None).unwrap();
    let gain = |wedge: f64| {
        let costs = switched.iter().map(|inputs| wedge * inputs).collect();
        let prices = scenario::price_change(&outcome.model, costs).unwrap();
        line.after / (1.0 + prices.of_final_demand(&outcome.model, *e).1) - line.before
    };
    let (mut low, mut high) = (0.0, 100.0);
    assert!(gain(low) > 0.0 && gain(high) < 0.0);
    // 100 / 2^42 is 2e-11: below the tolerance.
    for _ in 0..42 {
        let middle = 0.5 * (low + high);
        *(if gain(middle) > 0.0 { &mut low } else { &mut high }) = middle;
    }
    let wedge = scalar(&outcome, "break_even_price_wedge", *e);
    close(0.5 * (low + high), wedge, wedge, SMALL_OF_LARGE, "break-even wedge");
    // And a scenario with that wedge has the real value added of before.
    let with = run(world(), &LocalContent { price_wedge: wedge, ..required("MEX", &["c14", "c15"], 0.7) });
    close(scalar(&with, "real_value_added", *e), line.before, line.before, TWO_WAYS, "real value added");
}

#[test]
fn the_break_even_wedge_counts_what_else_the_scenario_makes_dearer() {
    let tariff = levied("A", &["B"], 0.02);
    let other = Sourcing { price_wedge: 0.05, ..opening("B", 0.5) };
    let with = |other: &dyn Change, wedge: f64| {
        let switch = Sourcing { price_wedge: wedge, ..opening("A", 0.5) };
        evaluate_changes(&two(), "test", &[&switch, other], &[]).unwrap()
    };
    // Of A's output a fifth is then imported: 0.02 (0.2 (0.6 · 40 + 0.3 · 20) / 0.48 + 20) / 60.
    let outcome = with(&tariff, 0.0);
    let wedge = scalar(&outcome, "break_even_price_wedge", 0);
    by_hand(wedge, (-4.375 / 70.0 - 0.02 * 32.5 / 60.0) / (0.625 / 6.0), "wedge beside a tariff");
    for other in [&tariff as &dyn Change, &other] {
        let wedge = scalar(&with(other, 0.0), "break_even_price_wedge", 0);
        // Its own wedge is not among the others.
        by_hand(scalar(&with(other, wedge), "break_even_price_wedge", 0), wedge, "the same wedge");
        let moved = effect(&with(other, wedge), "real_value_added", 0).0;
        close(moved, 0.0, 70.0, BY_HAND, "real value added");
    }
}

#[test]
fn a_change_tells_the_cautions_that_hold_of_it() {
    let home = "[[change]]\nkind = \"sourcing\"\neconomy = \"A\"\ntowards = \"home\"\nshare = 0.5\n";
    let tariff = "[[change]]\nkind = \"tariff\"\nimporter = \"A\"\nrate = 0.1\n";
    let lost = "[[change]]\nkind = \"supplier-loss\"\neconomy = \"A\"\nsectors = [\"g\"]\nshare = 0.5\n\
                replacement = \"others\"\n";
    let told =
        |text: &str| scenario::evaluate(&parsed(text).unwrap(), &two(), &[]).unwrap().remove(0).cautions;
    let of_home = told(home);
    assert!(of_home.len() == 1 && of_home[0].contains("suppliers at home can only add"), "{of_home:?}");
    let of_loss = told(lost);
    assert!(of_loss.len() == 1 && of_loss[0].starts_with("with replacement"), "{of_loss:?}");
    let both = told(&format!("{home}{tariff}"));
    assert_eq!(both.len(), 3, "{both:?}");
    assert!(both[0].starts_with("sourcing: ") && both[1].starts_with("tariff: a tariff moves prices only"));
}

#[test]
fn an_importer_among_the_origins_of_its_tariff_is_remarked() {
    let told = |origins: &[&str]| run(&two(), &levied("A", origins, 0.1)).remarks.join(" ");
    assert!(told(&["A", "B"]).contains("A is among the origins of its own tariff"), "{}", told(&["A", "B"]));
    assert!(told(&["B"]).is_empty() && told(&[]).is_empty());
    let problem = problem(&two(), &levied("A", &["A"], 0.1));
    assert!(matches!(problem, Problem::NothingThere { .. }), "{problem:?}");
}

#[test]
fn a_page_prints_a_share_without_a_sign() {
    let page = stdout(&vadex(&["scenario", "c10-tariff", "--only", "usa"]));
    let share = page.lines().find(|line| line.contains("own_share_of_tariff_base")).unwrap();
    assert!(share.ends_with(" %") && !share.contains('+'), "{share}");
    assert!(!page.contains("0.0e0"), "{page}");
}

#[test]
fn a_cumulative_tariff_is_the_sum_over_the_stages() {
    let outcome = run(world(), &levied("USA", &["CHN", "MEX"], 0.25));
    let prices = outcome.prices.as_ref().unwrap();
    let (axis, inputs) = (world().axis(), world().system().input_coefficients().to_dense());
    let usa = axis.find_economy("USA").unwrap();
    let mut stage = DMatrix::zeros(1, axis.n_rows());
    for j in axis.block(usa) {
        for origin in ["CHN", "MEX"] {
            let rows = axis.block(axis.find_economy(origin).unwrap());
            stage[(0, j)] += rows.map(|i| 0.25 * inputs[(i, j)]).sum::<f64>();
        }
    }
    let mut sum = stage.clone();
    // The largest eigenvalue of a world table is near 0.6: after 120 stages 1e-26 is left.
    for _ in 0..120 {
        stage = &stage * &inputs;
        sum += &stage;
    }
    for row in 0..axis.n_rows() {
        close(prices.total[row], sum[(0, row)], sum.amax(), TWO_WAYS, &axis.row_label(row));
    }
}

#[test]
fn a_small_tariff_is_the_derivative_of_the_price_equation() {
    // p = v + p (A ∘ (1 + ε T)): with tariffs on tariffs. To first order in ε it is the cumulative tariff.
    const SMALL: f64 = 1e-6;
    let two = two();
    let outcome = run(&two, &levied("A", &["B"], 1.0));
    let a = two.system().input_coefficients().to_dense();
    let taxed = DMatrix::from_fn(2, 2, |i, j| a[(i, j)] * (1.0 + if (i, j) == (1, 0) { SMALL } else { 0.0 }));
    let v = DMatrix::from_row_slice(1, 2, two.value_added_share());
    let p = v * (DMatrix::identity(2, 2) - taxed).try_inverse().unwrap();
    for row in [0, 1] {
        // A tariff on the tariff is of the order of ε.
        close(
            (p[(0, row)] - 1.0) / SMALL,
            outcome.prices.as_ref().unwrap().total[row],
            1.0,
            10.0 * SMALL,
            "price",
        );
    }
}

#[test]
fn own_value_added_in_the_base_counts_what_the_world_solution_returns() {
    // All imports taxed: own value added in them, from v B column sums by a solve for the import bundle (direct side).
    let outcome = run(world(), &levied("USA", &[], 0.1));
    let axis = world().axis();
    let usa = axis.find_economy("USA").unwrap();
    let imports = world().flows().bilateral_exports().column(usa).into_owned();
    let made = multiplied(world(), &DMatrix::from_column_slice(imports.len(), 1, imports.as_slice()));
    let own: f64 = axis.block(usa).map(|row| world().value_added_share()[row] * made[(row, 0)]).sum();
    close(scalar(&outcome, "own_value_added_in_tariff_base", usa), own, own, TWO_WAYS, "own value added");
    close(scalar(&outcome, "tariff_base", usa), imports.sum(), imports.sum(), TWO_WAYS, "base");
    close(scalar(&outcome, "tariff_on_own_value_added", usa), 0.1 * own, own, TWO_WAYS, "tariff on it");
}

#[test]
fn replacement_by_others_closes_without_unfilled_inputs_and_loses_less() {
    let none = run(world(), &lost("JPN", "c14", 0.5, Replacement::None));
    let others = run(world(), &lost("JPN", "c14", 0.5, Replacement::Others));
    let world_loss = |outcome: &Outcome| outcome.line("value_added", None, None).unwrap().difference();
    assert_eq!(others.closure.unfilled, 0.0);
    // Moving suppliers moves value added between economies; the world's stays.
    let scale = others.line("value_added", None, None).unwrap().before;
    close(world_loss(&others), 0.0, scale, TWO_WAYS, "the world keeps its value added");
    assert!(world_loss(&none) < -1e-5 * scale);
}

// Embedded files and the command line ---------------------------------------------------------------------------------------

#[test]
fn the_embedded_files_are_those_of_the_repository_and_run() {
    for file in scenario::embedded() {
        let path = format!("{}/data/scenarios/{}.toml", env!("CARGO_MANIFEST_DIR"), file.id);
        assert_eq!(std::fs::read_to_string(path).unwrap(), file.text);
        let parsed = ScenarioFile::parse(file.id, file.text).unwrap();
        assert_eq!(parsed.id, file.id);
        assert!(
            file.text.starts_with(&format!("# vadex scenario {}", file.id)),
            "{}: how it is run",
            file.id
        );
        for outcome in scenario::evaluate(&parsed, world(), &[]).expect(file.id) {
            assert!(outcome.closure.gap < TWO_WAYS && outcome.closure.trade_gap < TWO_WAYS);
            assert!(outcome.remarks.is_empty(), "{}: {:?}", outcome.id, outcome.remarks);
        }
    }
}

#[test]
fn opening_takes_all_manufactures_of_whatever_classification() {
    let file = scenario::find("c23-opening").unwrap();
    for (sectors, manufactures) in [
        (
            &["A01", "B", "C10-C12", "C13-C15", "C17", "C18", "C26", "C31_C32", "C33", "D35", "G45"][..],
            &["C10-C12", "C13-C15", "C17", "C18", "C26", "C31_C32", "C33"][..],
        ),
        (
            &["A02", "B09", "C10T12", "C24A", "C24B", "C301", "C302T309", "D", "F", "H49"],
            &["C10T12", "C24A", "C24B", "C301", "C302T309"],
        ),
        (&["AtB", "C", "15t16", "26", "30t33", "36t37", "F", "60"], &["15t16", "26", "30t33", "36t37"]),
    ] {
        let n = 3 * sectors.len();
        let z = DMatrix::from_fn(n, n, |i, j| ((i * 7 + j * 5 + i * j) % 11) as f64 + 0.5);
        let y = DMatrix::from_fn(n, 3, |i, e| 400.0 + ((i + 2 * e) % 5) as f64);
        let world = model(&table(&["IND", "MEX", "USA"], sectors, z, y));
        let outcomes = scenario::evaluate(&file, &world, &[]).unwrap();
        let all = run(&world, &Sourcing { products: strings(manufactures), ..opening("MEX", 0.1) });
        assert_eq!(effect(&outcomes[0], "value_added", 1), effect(&all, "value_added", 1), "{sectors:?}");
        let note = outcomes[0].notes.iter().find(|note| note.starts_with("`manufactured` is")).unwrap();
        assert!(note.contains(&format!("`manufactured` is {} by ISIC", manufactures.join(", "))), "{note}");
        assert!(note.contains(&format!("not: {}", sectors[0])), "{note}");
    }
}

#[test]
fn the_frame_has_levels_and_economies_as_asked() {
    let outcome = run(&two(), &opening("A", 0.5));
    let axis = two().axis().clone();
    let all = scenario::frame(std::slice::from_ref(&outcome), &axis, Some(2011), &Rows::default());
    let one = Rows { sectors: true, economies: vec![1], narrow: false };
    let fine = scenario::frame(std::slice::from_ref(&outcome), &axis, None, &one);
    assert!(fine.n_rows() < 2 * all.n_rows());
    let indirect = all.numbers("indirect").unwrap();
    let (difference, first) = (all.numbers("difference").unwrap(), all.numbers("first_round").unwrap());
    for row in 0..all.n_rows() {
        assert!(indirect[row].is_nan() || indirect[row] == difference[row] - first[row]);
    }
    for field in all.fields() {
        assert!(vadex::glossary::find(&field.name).is_some() || field.measure == vadex::frame::Measure::Key);
    }
}

#[test]
fn a_page_fits_the_terminal_and_says_what_it_assumes() {
    let shown =
        vadex(&["scenario", "c23-opening", "--satellite", "builtin:wiod13", "--satellite-name", "jobs"]);
    let page = stdout(&shown);
    assert!(shown.status.success(), "{}", stderr(&shown));
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    let words: Vec<&str> = page.split_whitespace().collect();
    for said in ["not a causal estimate", "remainder", "break_even_export_growth", "what closes:", "jobs"] {
        assert!(words.join(" ").contains(said), "`{said}` is not in\n{page}");
    }
}

#[test]
fn the_memory_of_every_new_world_is_counted() {
    // Three worlds with coefficients of their own take more than one, and prices none.
    let predicted = |file: &str| {
        let told = stderr(&vadex(&["scenario", file, "builtin:wiod13/2011", "-v", "--format", "csv"]));
        let (_, rest) = told.split_once("scenario on 820 rows").unwrap_or_else(|| panic!("{told}"));
        let (_, rest) = rest.split_once("takes about ").unwrap();
        rest.split_once(" MB").unwrap().0.parse::<f64>().unwrap()
    };
    let (prices, inputs) = (predicted("c10-tariff"), predicted("c23-opening"));
    assert!(inputs > prices + 2.0 * 8.0 * 0.82 * 0.82 * 3.0, "{inputs} MB and {prices} MB");
    let refused = vadex(&["scenario", "c23-opening", "--memory", "100M", "--format", "csv"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("scenario: 820 rows"), "{}", stderr(&refused));
}

#[test]
fn files_hold_what_the_engine_computes_and_their_notes_the_assumptions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tariff.csv");
    let wrote = vadex(&["scenario", "c10-tariff", "--only", "usa", "-o", path.to_str().unwrap()]);
    assert!(wrote.status.success(), "{}", stderr(&wrote));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("year,scenario,economy,sector,measure,unit,before,after,difference"),
        "{text:.200}"
    );
    let line = text.lines().find(|line| line.contains("USA,all,tariff_revenue")).unwrap();
    let found: f64 = line.split(',').rev().nth(4).unwrap().parse().unwrap();
    let usa = world().axis().find_economy("USA").unwrap();
    let imports = world().flows().bilateral_exports().column(usa).sum();
    close(found, 0.1 * imports, imports, TWO_WAYS, line);
    let notes = std::fs::read_to_string(folder.path().join("tariff.csv.notes.json")).unwrap();
    assert!(notes.contains("not a causal estimate") && notes.contains("worst_identity"), "{notes}");
}

// Wrong files -----------------------------------------------------------------------------------------------------------

#[track_caller]
fn refused(text: &str, line: usize, says: &str, hint: &str) {
    let error = parsed(text).unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with(&format!("test.toml:{line}:")), "{message}");
    assert!(message.contains(says), "{message}");
    assert!(error.hint().contains(hint), "{}", error.hint());
}

const OPENING: &str = "kind = 'sourcing'\neconomy = 'A'\ntowards = 'imports'\n";

#[test]
fn a_wrong_file_is_named_with_its_line() {
    refused("titel = 'x'\n[[change]]\n", 1, "unknown field `titel`", "`title`");
    refused("title = 'x'\n[[chnage]]\n", 2, "unknown field `chnage`", "`change`");
    refused(
        &format!("[[change]]\n{OPENING}share = 1.5\n"),
        2,
        "share = 1.5: expected a share from 0 to 1",
        "0.1",
    );
    let demand = "[[change]]\nkind = 'demand'\neconomy = 'A'\n";
    refused(&format!("{demand}percent = -101\n"), 2, "percent = -101", "10 is ten per cent");
    refused(&format!("{demand}amount = inf\n"), 2, "amount = inf", "unit of the table");
    refused(&format!("[[change]]\n{OPENING}share = nan\n"), 2, "share = NaN", "0.1");
    refused(&format!("[[change]]\n{OPENING}shre = 0.1\n"), 5, "unknown field `shre`", "`share`");
    refused(&format!("[[change]]\n{OPENING}share = 'much'\n"), 5, "invalid type", "explain");
    refused(&format!("[[change]]\n{OPENING}"), 2, "missing field `share`", "explain");
    refused("\n[[change]]\nkind = 'sorcing'\n", 3, "unknown kind `sorcing`", "`sourcing`");
    refused("\n[[change]]\neconomy = 'A'\n", 2, "without `kind`", "explain");
    refused("[change]\nkind = 'demand'\n", 1, "write `[[change]]`", "explain");
    refused("[[change]]\nkind = 'demand'\neconomy = 'A'\n", 2, "`percent` or `amount`", "write `percent");
    refused("[[change]]\nkind = 'tariff'\nimporter = 'A'\nrate = -0.1\n", 2, "rate = -0.1", "fractions");
    let two = format!("[[scenario]]\nid='a'\n[[scenario.change]]\n{OPENING}share=0\n[[scenario]]\nid='a'\n");
    refused(&two, 9, "`a` is used twice", "of its own");
    refused("a = ", 1, "", "explain");
    refused(&format!("[[change]]\n{OPENING}share=0\n[[scenario]]\nid='a'\n"), 1, "in one file", "explain");
    assert!(matches!(parsed("title = 'x'\n").unwrap_err(), ScenarioError::Empty { .. }));
    let missing = scenario::find("c23-openning").unwrap_err();
    assert_eq!(missing.hint(), "did you mean `c23-opening`?");
    assert!(matches!(scenario::find("no/such.toml").unwrap_err(), ScenarioError::Io { .. }));
}

#[track_caller]
fn problem(model: &Model, change: &dyn Change) -> Problem {
    match evaluate_changes(model, "test", &[change], &[]) {
        Err(ScenarioError::Change { problem, .. }) => problem,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("no error"),
    }
}

#[test]
fn what_does_not_fit_the_table_is_refused_with_labels() {
    let unknown = evaluate_changes(world(), "test", &[&opening("MXE", 0.1)], &[]).err().unwrap();
    assert!(unknown.to_string().contains("unknown economy `MXE`"), "{unknown}");
    assert!(unknown.hint().contains("did you mean `MEX`?"), "{}", unknown.hint());
    let sector = Sourcing { products: strings(&["c15x"]), ..opening("MEX", 0.1) };
    assert!(matches!(problem(world(), &sector), Problem::Label(_)));
    // A does not make h: its industry g buys it abroad, and nobody can buy it from A.
    let z = dmatrix![10.0, 0.0, 5.0, 5.0; 0.0, 0.0, 0.0, 0.0; 5.0, 0.0, 10.0, 5.0; 20.0, 0.0, 5.0, 10.0];
    let y = dmatrix![20.0, 10.0; 0.0, 0.0; 10.0, 20.0; 5.0, 20.0];
    let world = model(&table(&["A", "B"], &["g", "h"], z, y));
    let stage =
        |from: &str, to: &str| Relocate { sectors: strings(&["h"]), ..moved(from, to, 0.5, Uses::All, &[]) };
    for change in [&stage("A", "B") as &dyn Change, &stage("B", "A"), &lost("A", "h", 1.0, Replacement::None)]
    {
        assert!(matches!(problem(&world, change), Problem::SellsNothing { row } if row == "A.h"));
    }
    let bought = Demand { percent: None, amount: Some(1.0), ..wanted("B", &["h"], &["A"], 0.0) };
    assert!(matches!(problem(&world, &bought), Problem::SellsNothing { row } if row == "A.h"));
    assert!(matches!(problem(&world, &wanted("B", &["h"], &["A"], 5.0)), Problem::NothingThere { .. }));
    // 10 at home and 5 of g abroad can be made at home, 20 of h cannot: 15 of 35 at most.
    match problem(&world, &required("A", &["g"], 0.9)) {
        Problem::FloorUnreachable { row, highest, .. } => {
            assert_eq!(row, "A.g");
            by_hand(highest, 15.0 / 35.0, "highest share");
        }
        other => panic!("{other}"),
    }
    // Below that, what can be made at home gives way the more: 2.25 of the 5.
    let outcome = run(&world, &required("A", &["g"], 0.35));
    let after = outcome.model.system().input_coefficients();
    by_hand(after.get(0, 0) * 50.0, 12.25, "inputs of g from home");
    by_hand(after.get(2, 0) * 50.0, 2.75, "inputs of g from abroad");
    by_hand(after.get(3, 0) * 50.0, 20.0, "inputs of h stay imported");
    let of_h = Sourcing { products: strings(&["h"]), ..opening("A", 0.5) };
    assert!(matches!(problem(&world, &of_h), Problem::NothingThere { .. }));
    let own = Tariff { origins: strings(&["A"]), ..levied("A", &[], 0.1) };
    assert!(matches!(problem(&world, &own), Problem::NothingThere { .. }));
    assert!(matches!(problem(&world, &opening("A", 1.01)), Problem::OutOfRange { key: "share", .. }));
}

#[test]
fn production_that_needs_more_than_it_makes_is_refused() {
    // A adds value of -5: with all its inputs from home it needs 1.05 of its output to make 1.
    let world =
        model(&table(&["A", "B"], &["g"], dmatrix![90.0, 5.0; 15.0, 20.0], dmatrix![3.0, 2.0; 5.0, 60.0]));
    let change = Sourcing { towards: Towards::Home, ..opening("A", 1.0) };
    match evaluate_changes(&world, "test", &[&change], &[]) {
        Err(ScenarioError::Explosive { radius, .. }) => close(radius, 1.05, 1.0, 1e-6, "radius"),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("a world that cannot exist was solved"),
    }
}

#[test]
fn a_command_that_fails_says_where_and_what_to_try() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, "[[change]]\nkind = 'demand'\neconomy = 'USA'\nproducts = ['c14']\npercnt = 1\n")
        .unwrap();
    let failed = vadex(&["scenario", path.to_str().unwrap()]);
    let said = stderr(&failed);
    assert_eq!(failed.status.code(), Some(2));
    assert!(said.contains("mine.toml:5: unknown field `percnt`"), "{said}");
    assert!(said.contains("try: did you mean `percent`?"), "{said}");
    assert!(stdout(&failed).is_empty());
}

// Claims that rest on scenarios -------------------------------------------------------------------------------------------

/// Four economies, agriculture and electrical equipment.
fn planted() -> vadex::table::IcioTable {
    let (g, n) = (4, 2);
    let z = DMatrix::from_fn(g * n, g * n, |i, j| {
        let home = if i / n == j / n { 12.0 } else { 1.5 };
        home + ((3 * i + 5 * j) % 7) as f64 * 0.3
    });
    let y = DMatrix::from_fn(g * n, g, |i, r| if i / n == r { 30.0 } else { 4.0 } + ((i + 2 * r) % 5) as f64);
    table(&["CHN", "DEU", "MEX", "USA"], &["c1", "c14"], z, y)
}

fn evaluated(id: &str) -> vadex::claims::Outcome {
    let series = vadex::claims::Series::from_tables("planted", vec![(2011, planted())]).unwrap();
    let options = vadex::claims::ClaimOptions { draws: 99, cell_draws: 99, ..Default::default() };
    let data = vadex::claims::ClaimData::of(vec![series]);
    vadex::claims::find(id).unwrap().evaluate(&data, &options).unwrap()
}

fn column(outcome: &vadex::claims::Outcome, detail: &str, name: &str) -> Vec<f64> {
    let (_, frame) = outcome.details.iter().find(|(known, _)| *known == detail).expect("the detail is there");
    frame.numbers(name).expect("a column of numbers").to_vec()
}

#[test]
fn opening_as_a_claim_is_arithmetic_on_the_domestic_block_and_stays_causal() {
    let outcome = evaluated("C23");
    assert_eq!(outcome.record.verdict, vadex::claims::Verdict::Undetermined(vadex::claims::Reason::Causal));
    let found = column(&outcome, "scenarios", "value_added_percent");
    let growth = column(&outcome, "scenarios", "break_even_export_growth");
    let model = model(&planted());
    for (e, found) in found.iter().enumerate() {
        // v (L' − L) f by explicit inverses; L' with a tenth less of electrical equipment (the second row).
        let old = model.system().coefficient_block(e, e);
        let mut new = old.clone();
        new.row_mut(1).scale_mut(0.9);
        let inverse = |a: &DMatrix<f64>| (DMatrix::identity(2, 2) - a).try_inverse().unwrap();
        let part = |values: &[f64]| DMatrix::from_column_slice(2, 1, &values[2 * e..2 * e + 2]);
        let (x, v) = (part(model.flows().gross_output()), part(model.value_added_share()));
        let f = &x - &old * &x;
        let change = v.dot(&((inverse(&new) - inverse(&old)) * f));
        by_hand(*found, 100.0 * change / v.dot(&x), "change of value added");
        let exported = v.dot(&(inverse(&new) * part(model.flows().gross_exports())));
        by_hand(growth[e], -change / exported, "break-even growth");
        assert!(*found < 0.0);
    }
    let mut sorted = found.clone();
    sorted.sort_by(f64::total_cmp);
    by_hand(outcome.record.estimate, f64::midpoint(sorted[1], sorted[2]), "the median of four");
}

#[test]
fn requirements_as_a_claim_gain_at_fixed_prices_and_stay_causal() {
    let outcome = evaluated("C25");
    assert_eq!(outcome.record.verdict, vadex::claims::Verdict::Undetermined(vadex::claims::Reason::Causal));
    let (floors, gains) =
        (column(&outcome, "scenarios", "floor"), column(&outcome, "scenarios", "gain_percent"));
    let inputs = model(&planted()).system().input_coefficients().to_dense();
    assert_eq!(floors.len(), 4);
    for (e, (floor, gain)) in floors.iter().zip(&gains).enumerate() {
        let bought = inputs.column(2 * e + 1);
        let share = bought.rows(2 * e, 2).sum() / bought.sum();
        by_hand(*floor, share + 0.1, "ten points above what is there");
        // What is switched becomes output at home, most of it value added at home in the end.
        assert!((0.0..100.0 + 1e-9).contains(gain), "{gain}");
    }
    assert!(column(&outcome, "scenarios", "break_even_price_wedge").iter().all(|wedge| *wedge > 0.0));
}

#[test]
fn the_own_part_of_a_tariff_base_as_a_claim_is_v_b_m() {
    let outcome = evaluated("C10");
    let mut found = column(&outcome, "shares", "own_share_of_tariff_base");
    let model = model(&planted());
    let inverse =
        (DMatrix::identity(8, 8) - model.system().input_coefficients().to_dense()).try_inverse().unwrap();
    let mut expected: Vec<f64> = (0..4)
        .map(|e| {
            let imports = model.flows().bilateral_exports().column(e).into_owned();
            let made = &inverse * &imports;
            let own: f64 = (2 * e..2 * e + 2).map(|row| model.value_added_share()[row] * made[row]).sum();
            100.0 * own / imports.sum()
        })
        .collect();
    found.sort_by(f64::total_cmp);
    expected.sort_by(f64::total_cmp);
    for (found, expected) in found.iter().zip(&expected) {
        close(*found, *expected, *expected, TWO_WAYS, "own share");
    }
    assert!(outcome.record.verdict != vadex::claims::Verdict::Undetermined(vadex::claims::Reason::Data));
    assert_eq!(outcome.units.len(), 4);
    for unit in &outcome.units {
        // An exact number of one economy: no interval, no p-value, and nothing of a median.
        assert!(unit.interval.low.is_nan() && unit.p_adjusted.is_nan(), "{}", unit.unit);
        assert!(!unit.estimate_unit.contains("median"), "{}", unit.estimate_unit);
        let material = unit.estimate >= 2.0;
        assert_eq!(
            unit.verdict == vadex::claims::Verdict::Supported,
            material,
            "{}: {}",
            unit.unit,
            unit.estimate
        );
    }
}
