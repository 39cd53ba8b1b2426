//! The claims of the ledger that have no test yet: each says so, names what would settle it, gives no number, and does not
//! blame the data for what is loaded.

use nalgebra::DMatrix;
use vadex::claims::{self, CLAIMS, ClaimData, ClaimOptions, Outcome, Reason, Series, Verdict};
use vadex::indicators::{Level, trade_in_value_added};
use vadex::load;
use vadex::manual;
use vadex::page::what_would_settle;
use vadex::table::known_splits;
use vadex::upgrading::FunctionShares;

use crate::support;

/// A claim without a test.
struct Open {
    id: &'static str,
    reason: Reason,
    /// What would settle it, in words that stand in no other of these claims.
    settle: &'static str,
}

const fn open(id: &'static str, reason: Reason, settle: &'static str) -> Open {
    Open { id, reason, settle }
}

const OPEN: [Open; 6] = [
    open("C8", Reason::Data, "cost of capital"),
    open("C21", Reason::Causal, "small economies"),
    open("C22", Reason::Data, "cassava"),
    open("C24", Reason::Causal, "tariffs"),
    open("C28", Reason::Causal, "cooperation"),
    open("C39", Reason::Data, "regions within countries"),
];

const SECTORS: [&str; 2] = ["c14", "c20"];

/// Twelve years of economies that buy from each other.
fn world(economies: &[&str]) -> Series {
    let rows = SECTORS.len() * economies.len();
    let tables = (2000..2012_i32).map(|year| {
        let use_matrix = DMatrix::from_fn(rows, rows, |i, j| 1.0 + ((3 * i + 5 * j) % 7) as f64);
        let demand =
            DMatrix::from_fn(rows, economies.len(), |i, s| f64::from(year - 1960) + ((i + 2 * s) % 5) as f64);
        (year, support::table(economies, &SECTORS, use_matrix, demand))
    });
    Series::from_tables("made up", tables.collect()).unwrap()
}

/// The same account in every year, of one figure in every row.
fn give(series: &mut Series, name: &str, figure: impl Fn(&str) -> f64) {
    for facts in &mut series.years {
        let world = facts.world.as_mut().unwrap();
        let amounts = (0..world.axis.n_rows())
            .map(|row| figure(&world.axis.economies()[world.axis.economy_of(row)]))
            .collect();
        world.satellites.push((name.to_owned(), amounts));
    }
}

fn functions() -> FunctionShares {
    FunctionShares::read(std::path::Path::new(&support::fixture("functions.csv"))).unwrap()
}

/// All that options and tables can give the claims.
fn everything() -> ClaimData {
    let mut series = world(&["USA", "KOR", "MYS", "CHN", "CN1", "CN2"]);
    give(&mut series, "jobs", |_| 2.0);
    give(&mut series, "labour", |_| 3.0);
    for facts in &mut series.years {
        facts.previous_year_prices = Some(facts.accounts.clone());
    }
    let mut data = ClaimData::of(vec![series]);
    data.extra.occupations = Some(functions());
    data
}

fn outcome(id: &str, data: &ClaimData) -> Outcome {
    claims::find(id).unwrap().evaluate(data, &ClaimOptions::default()).unwrap()
}

#[test]
fn claims_without_a_test_name_what_would_settle_them_and_give_no_number() {
    for claim in CLAIMS {
        let id = claim.card().id;
        assert_eq!(claim.waits_for().is_some(), OPEN.iter().any(|open| open.id == id), "{id}");
    }
    let worlds =
        [ClaimData::of(Vec::new()), ClaimData::of(vec![world(&["USA", "KOR", "DEU", "RoW"])]), everything()];
    for open in &OPEN {
        let card = claims::find(open.id).unwrap().card();
        for data in &worlds {
            let found = outcome(open.id, data);
            let record = &found.record;
            let told = format!("{}: {}", open.id, record.reason);
            assert_eq!(record.verdict, Verdict::Undetermined(open.reason), "{told}");
            assert!(told.ends_with("not written") && !record.reason.contains("only describes"), "{told}");
            let numbers = [
                record.estimate,
                record.interval.low,
                record.interval.high,
                record.p_adjusted,
                record.power,
                record.specs_predicted,
            ];
            assert!(numbers.iter().all(|number| number.is_nan()), "{told}: {numbers:?}");
            assert!(record.n == 0 && record.units.is_none() && found.units.is_empty(), "{told}");
            assert!(record.table.is_empty() && record.years.is_empty() && record.spec.is_empty(), "{told}");
            assert!(found.argument.is_empty() && found.details.is_empty(), "{told}");
        }
        // What would settle it is its own, not that of the claim beside it in the list.
        for data in &worlds[..2] {
            let settle = what_would_settle(card, &outcome(open.id, data).record);
            for other in &OPEN {
                let expected = other.id == open.id;
                assert_eq!(settle.contains(other.settle), expected, "{} and {}: {settle}", open.id, other.id);
            }
        }
    }
}

#[test]
fn nothing_that_is_loaded_is_what_a_claim_without_a_test_waits_for() {
    let (empty, everything) = (ClaimData::of(Vec::new()), everything());
    for open in &OPEN {
        let reason = outcome(open.id, &empty).record.reason;
        assert_eq!(
            reason.contains("data that are not loaded"),
            open.reason == Reason::Data,
            "{}: {reason}",
            open.id
        );
        assert_eq!(outcome(open.id, &everything).record.reason, reason, "{}", open.id);
    }
}

#[test]
fn a_part_of_what_a_claim_waits_for_is_not_all_of_it() {
    let without = ["USA", "KOR", "DEU"];
    // Functions without labour compensation, and the other way round.
    let mut paid = world(&without);
    give(&mut paid, "labour", |_| 3.0);
    let reason = outcome("C38", &ClaimData::of(vec![paid])).record.reason;
    assert!(reason.contains("data that are not loaded"), "{reason}");
    let mut data = ClaimData::of(vec![world(&without)]);
    data.extra.occupations = Some(functions());
    let unpaid = outcome("C38", &data).record.reason;
    assert!(unpaid.contains("data that are not loaded"), "{unpaid}");
}

#[test]
fn split_economies_that_claims_unite_are_told() {
    let split = world(&["USA", "CHN", "CN1", "CN2"]);
    assert_eq!(split.united, ["CHN = CHN + CN1 + CN2"], "once, however many years");
    let told: Vec<&String> = split.remarks.iter().filter(|remark| remark.contains("CN1 + CN2")).collect();
    assert_eq!(told.len(), 1, "{:?}", split.remarks);
    // One exporter: what the parts sell each other is no export, of any year.
    assert_eq!(split.economies.len(), 2);
    let china = split.economies.iter().position(|economy| economy == "CHN").unwrap();
    for facts in &split.years {
        // By hand: rows 2 to 7 are the parts of China, 0 and 1 the other economy, in use and in demand alike.
        let sold = |row: usize| {
            let inputs: f64 = (0..2).map(|column| 1.0 + ((3 * row + 5 * column) % 7) as f64).sum();
            inputs + f64::from(facts.year - 1960) + (row % 5) as f64
        };
        let expected: f64 = (2..8).map(sold).sum();
        let found: f64 = facts.accounts[china].exports.iter().sum();
        support::close(found, expected, expected, 1e-12, "exports of China and its parts");
    }
    let whole = world(&["USA", "CHN", "KOR"]);
    assert!(whole.united.is_empty() && !whole.remarks.iter().any(|remark| remark.contains("one exporter")));
}

/// Value added of each row at current prices, from the flows alone.
fn value_added(table: &vadex::table::IcioTable) -> Vec<f64> {
    let (flows, demand) = (table.intermediate_use(), table.final_demand_by_economy());
    let rows = table.axis().n_rows();
    (0..rows)
        .map(|i| {
            let sold: f64 = (0..rows).map(|j| flows.get(i, j)).sum::<f64>() + demand.row(i).sum();
            sold - (0..rows).map(|j| flows.get(j, i)).sum::<f64>()
        })
        .collect()
}

#[test]
fn what_the_embedded_data_are_said_to_lack_is_not_in_them() {
    let table = support::open("builtin:wiod13/2008");
    let axis = table.axis();
    // C18, C22; C19, C20.
    for absent in ["MYS", "GAB"] {
        assert!(!axis.economies().iter().any(|economy| economy == absent), "{absent}");
    }
    assert!(known_splits(axis).is_empty());
    // C19 without processing rows: its exporters have more than half of foreign content and less than a tenth of forward
    // participation. Luxembourg has the first, nobody both.
    let rows = trade_in_value_added(&support::model(&table), Level::Country).unwrap();
    let exporters = |forward: f64| -> Vec<&str> {
        rows.iter()
            .filter(|row| row.fva > 0.5 * row.gexp && row.vs1 < forward * row.gexp)
            .map(|row| axis.economies()[row.economy].as_str())
            .collect()
    };
    assert_eq!((exporters(f64::INFINITY), exporters(0.1)), (vec!["LUX"], Vec::new()));
    // C8, C18, C36, C38: no capital stocks, prices or functions. A new account may settle a claim that waits.
    let accounts = load::satellites("builtin:wiod13").unwrap();
    let names: Vec<&str> = accounts.variables().iter().map(|variable| variable.name.as_str()).collect();
    assert_eq!(names, ["jobs", "hours", "labour", "labour-high", "labour-medium", "labour-low", "capital"]);
    // Labour compensation is there, and C8 does not ask for it.
    assert!(!claims::find("C8").unwrap().waits_for().unwrap().contains("compensation"));
    // C39: at current prices a twentieth of industries shrinks while exports of all economies grow.
    let before = value_added(&support::open("builtin:wiod13/2000"));
    let after = value_added(&table);
    let alive: Vec<usize> = (0..axis.n_rows())
        .filter(|&row| before[row] > 0.0 && axis.economies()[axis.economy_of(row)] != "RoW")
        .collect();
    let shrunk = alive.iter().filter(|&&row| after[row] < before[row]).count();
    assert!(shrunk > 0 && 20 * shrunk < alive.len(), "{shrunk} of {}", alive.len());
}

#[test]
fn a_test_that_is_not_written_is_told_as_such_wherever_the_claim_is_told() {
    for claim in CLAIMS {
        let card = claim.card();
        let text = manual::explain(card.id).unwrap();
        let test = text.lines().find_map(|line| line.strip_prefix("  test: ")).unwrap();
        match claim.waits_for() {
            Some(missing) => {
                assert_eq!(test, format!("not written; foreseen: {}", card.test));
                assert!(text.ends_with(&format!("  would need: {missing}\n")), "{text}");
            }
            None => assert!(test == card.test && !text.contains("would need: "), "{text}"),
        }
    }
    assert_eq!(manual::methods_page().matches("not written; foreseen").count(), OPEN.len());
}

#[test]
fn options_that_give_what_a_claim_waits_for_reach_it() {
    let shares = support::fixture("functions.csv");
    let output = support::vadex(&[
        "claims",
        "C15",
        "C38",
        "--table",
        "builtin:wiod13/2007",
        "--prices",
        "builtin:wiod13/2007",
        "--occupations",
        &shares,
        "-v",
        "-q",
    ]);
    assert!(output.status.success(), "{}", support::stderr(&output));
    let words = support::stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    // Both have a test of their own, which needs more than a year and asks for nothing that is given.
    let short = "builtin:wiod13/2007: 1 year, the test needs 10";
    assert_eq!(words.matches(short).count(), 2, "{words}");
    assert!(!words.contains("would need") && !words.contains("not written"), "{words}");
}
