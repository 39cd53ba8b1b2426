//! Claims that an inter-country series alone can test: worlds with a planted answer and its opposite.
//!
//! A world is made from input coefficients and final demand; output follows. Each plant moves one thing over time, on
//! top of noise that is the same for a plant and its opposite, so that only the plant can change the verdict.

use nalgebra::{DMatrix, DVector};
use vadex::claims::{self, ClaimData, ClaimOptions, NationalAccount, Outcome, Reason, Series, Verdict};
use vadex::table::{AccountVariable, AccountsYear, IcioTable, Provenance, SatelliteAccounts};

use crate::support;

const ECONOMIES: [&str; 9] = ["USA", "DEU", "FRA", "CHN", "KOR", "TWN", "MEX", "BRA", "IND"];
/// WIOD 2013: agriculture, mining, textiles, electrical, vehicles, trade.
const SECTORS: [&str; 6] = ["c1", "c2", "c4t5", "c14", "c15", "c20"];
const N: usize = SECTORS.len();
const FIRST: i32 = 1999;
const LAST: i32 = 2014;

/// What a plant may move; each is asked for every year.
struct Plant {
    /// Part of the inputs of a sector that comes from abroad: (economy, using sector, year).
    imported: Box<dyn Fn(usize, usize, i32) -> f64>,
    /// Weight of an origin among the imports of an economy: (user, origin, year).
    origin: Box<dyn Fn(usize, usize, i32) -> f64>,
    /// Inputs in a unit of output: (economy, sector, year).
    inputs: Box<dyn Fn(usize, usize, i32) -> f64>,
    /// Weight of a product among inputs: (product, using sector).
    product: Box<dyn Fn(usize, usize) -> f64>,
    /// Final demand: (economy, year).
    demand: Box<dyn Fn(usize, i32) -> f64>,
    /// Part of final demand that is imported: (economy, year).
    imported_final: Box<dyn Fn(usize, i32) -> f64>,
}

impl Default for Plant {
    fn default() -> Self {
        Self {
            imported: Box::new(|_, _, _| 0.3),
            origin: Box::new(|_, _, _| 1.0),
            inputs: Box::new(|_, _, _| 0.5),
            product: Box::new(|_, _| 1.0),
            demand: Box::new(|s, year| (10.0 + s as f64) * 1.05_f64.powi(year - FIRST)),
            imported_final: Box::new(|_, _| 0.15),
        }
    }
}

/// Roughness of about one part in a hundred, the same in every world.
fn rough(a: usize, b: usize, year: i32) -> f64 {
    1.0 + 0.01 * (f64::from(year) * 1.7 + a as f64 * 2.9 + b as f64 * 0.7).sin()
}

fn since(year: i32) -> f64 {
    f64::from(year - FIRST)
}

impl Plant {
    fn table(&self, economies: &[&str], year: i32) -> IcioTable {
        let g = economies.len();
        let shares = |user: usize, abroad: f64| -> Vec<f64> {
            let total: f64 = (0..g).filter(|&t| t != user).map(|t| (self.origin)(user, t, year)).sum();
            (0..g)
                .map(|t| if t == user { 1.0 - abroad } else { abroad * (self.origin)(user, t, year) / total })
                .collect()
        };
        let mut coefficients = DMatrix::zeros(g * N, g * N);
        let mut demand = DMatrix::zeros(g * N, g);
        for s in 0..g {
            for j in 0..N {
                let from = shares(s, ((self.imported)(s, j, year) * rough(s, j, year)).min(0.95));
                let products: f64 = (0..N).map(|i| (self.product)(i, j)).sum();
                for (t, part) in from.iter().enumerate() {
                    for i in 0..N {
                        coefficients[(t * N + i, s * N + j)] =
                            (self.inputs)(s, j, year) * part * (self.product)(i, j) / products;
                    }
                }
            }
            let from = shares(s, ((self.imported_final)(s, year) * rough(s, 3, year)).min(0.95));
            for (t, part) in from.iter().enumerate() {
                for i in 0..N {
                    demand[(t * N + i, s)] = (self.demand)(s, year) * part * rough(t, i, year);
                }
            }
        }
        let total = DVector::from_fn(g * N, |row, _| demand.row(row).sum());
        let output = (DMatrix::identity(g * N, g * N) - &coefficients).lu().solve(&total).unwrap();
        let flows = DMatrix::from_fn(g * N, g * N, |i, j| coefficients[(i, j)] * output[j]);
        support::table(economies, &SECTORS, flows, demand)
    }

    fn series_of(&self, economies: &[&str], years: std::ops::RangeInclusive<i32>) -> Series {
        Series::from_tables("planted", years.map(|year| (year, self.table(economies, year))).collect())
            .unwrap()
    }

    fn series(&self) -> Series {
        self.series_of(&ECONOMIES, FIRST..=LAST)
    }

    fn outcome(&self, id: &str) -> Outcome {
        evaluate(id, self.series())
    }

    fn verdict(&self, id: &str) -> Verdict {
        self.outcome(id).record.verdict
    }
}

fn options() -> ClaimOptions {
    ClaimOptions { draws: 399, cell_draws: 199, ..ClaimOptions::default() }
}

fn evaluate(id: &str, series: Series) -> Outcome {
    claims::find(id).unwrap().evaluate(&ClaimData::of(vec![series]), &options()).unwrap()
}

const D3: Verdict = Verdict::Undetermined(Reason::Data);
const D4: Verdict = Verdict::Undetermined(Reason::Causal);

#[track_caller]
fn turns(id: &str, plant: impl Fn(f64) -> Plant) {
    let (yes, no) = (plant(1.0).outcome(id), plant(-1.0).outcome(id));
    assert_eq!(yes.record.verdict, Verdict::Supported, "{id} as planted: {}", yes.record.reason);
    assert_eq!(no.record.verdict, Verdict::NotSupported, "{id} the other way: {}", no.record.reason);
    assert!(yes.record.power.is_finite() && yes.record.n > 0 && !yes.record.comparators.contains("NaN"));
}

#[test]
fn c4_families_part_when_only_specialised_chains_import_more() {
    turns("C4", |sign| Plant {
        imported: Box::new(move |_, j, year| {
            if (2..=4).contains(&j) { 0.4 + sign * 0.015 * (since(year) - 7.5) } else { 0.15 }
        }),
        ..Plant::default()
    });
}

#[test]
fn c9_intermediates_are_half_of_trade_or_a_fifth() {
    let world = |imported: f64, imported_final: f64| Plant {
        imported: Box::new(move |_, _, _| imported),
        imported_final: Box::new(move |_, _| imported_final),
        ..Plant::default()
    };
    assert_eq!(world(0.3, 0.28).verdict("C9"), Verdict::Supported);
    assert_eq!(world(0.1, 0.4).verdict("C9"), Verdict::NotSupported);
    assert_eq!(world(0.4, 0.05).verdict("C9"), Verdict::NotSupported);
}

/// Region of each economy of the test world, India and Brazil alone in theirs.
fn region(t: usize) -> usize {
    [0, 1, 1, 2, 2, 2, 0, 3, 4][t]
}

#[test]
fn c11_chains_turn_regional_when_neighbours_gain() {
    turns("C11", |sign| Plant {
        origin: Box::new(move |user, t, year| {
            if region(user) == region(t) { (sign * 0.04 * (since(year) - 7.5)).exp() } else { 1.0 }
        }),
        ..Plant::default()
    });
}

/// China, Mexico, Brazil, India.
fn southern(t: usize) -> bool {
    [3, 6, 7, 8].contains(&t)
}

#[test]
fn c12_southern_trade_beyond_size_is_found_and_growth_of_size_is_not() {
    turns("C12", |sign| Plant {
        origin: Box::new(move |user, t, year| {
            if southern(user) && southern(t) { (sign * 0.05 * (since(year) - 7.5)).exp() } else { 1.0 }
        }),
        ..Plant::default()
    });
    let growth_alone = Plant {
        origin: Box::new(|_, t, year| if southern(t) { (0.05 * since(year)).exp() } else { 1.0 }),
        demand: Box::new(|s, year| 10.0 * (if southern(s) { 1.10_f64 } else { 1.03 }).powi(year - FIRST)),
        ..Plant::default()
    };
    assert_ne!(growth_alone.verdict("C12"), Verdict::Supported, "size is not intensity");
}

#[test]
fn identical_tables_have_no_sign_and_no_effect() {
    let plant = Plant::default();
    let tables = (FIRST..=LAST).map(|year| (year, plant.table(&ECONOMIES, FIRST))).collect();
    let series = Series::from_tables("the same", tables).unwrap();
    for id in ["C4", "C12", "C14"] {
        let outcome = evaluate(id, series.clone());
        let record = outcome.record;
        assert_eq!(record.verdict, Verdict::NotSupported, "{id}: {}", record.reason);
        assert!(record.reason.contains("any effect of material size"), "{id}: {}", record.reason);
        let numbers = [record.estimate, record.interval.low, record.interval.high];
        assert!(numbers.iter().all(|number| number.to_bits() == 0), "{id}: {numbers:?}");
        assert_eq!(record.units.map_or(0, |units| units.against), 0, "{id}");
        assert!(outcome.units.iter().all(|unit| !unit.estimate_unit.contains("median")), "{id}");
    }
}

#[test]
fn c13_emerging_end_markets_grow_or_shrink() {
    turns("C13", |sign| Plant {
        demand: Box::new(move |s, year| {
            let emerging = [3, 7, 8].contains(&s);
            10.0 * (if emerging { 0.06 * sign * since(year) } else { 0.0 } + 0.03 * since(year)).exp()
        }),
        ..Plant::default()
    });
}

#[test]
fn c14_origins_concentrate_on_an_emerging_economy_or_disperse() {
    turns("C14", |sign| Plant {
        demand: Box::new(|s, year| (if s == 3 { 30.0 } else { 10.0 }) * 1.04_f64.powi(year - FIRST)),
        origin: Box::new(
            move |_, t, year| {
                if t == 3 { 4.0 * (sign * 0.1 * (since(year) - 7.5)).exp() } else { 1.0 }
            },
        ),
        imported: Box::new(|_, _, _| 0.5),
        imported_final: Box::new(|_, _| 0.5),
        ..Plant::default()
    });
    // Concentration on a rich economy is not what the claim says.
    let rich = Plant {
        origin: Box::new(|_, t, year| if t == 0 { 4.0 * (0.1 * (since(year) - 7.5)).exp() } else { 1.0 }),
        imported: Box::new(|_, _, _| 0.5),
        imported_final: Box::new(|_, _| 0.5),
        ..Plant::default()
    };
    assert_eq!(rich.verdict("C14"), Verdict::NotSupported);
}

#[test]
fn c16_growth_is_domestic_in_closed_economies_and_foreign_in_open_ones() {
    let world = |imported: f64| Plant {
        imported: Box::new(move |_, _, _| imported),
        imported_final: Box::new(move |_, _| imported),
        ..Plant::default()
    };
    assert_eq!(world(0.1).verdict("C16"), Verdict::Supported);
    assert_eq!(world(0.85).verdict("C16"), Verdict::NotSupported);
}

#[test]
fn c17_waits_for_thailand_and_compares_it_when_it_is_there() {
    assert_eq!(Plant::default().verdict("C17"), D3);
    let economies = ["USA", "DEU", "FRA", "CHN", "KOR", "TWN", "MEX", "BRA", "THA"];
    let with_thailand = |imported: f64, origin: f64| {
        let plant = Plant {
            imported: Box::new(move |s, _, _| if s == 8 { imported } else { 0.3 }),
            origin: Box::new(move |_, t, _| if t == 8 { origin } else { 1.0 }),
            ..Plant::default()
        };
        evaluate("C17", plant.series_of(&economies, FIRST..=LAST)).record
    };
    let equal = with_thailand(0.3, 1.0);
    assert_eq!(equal.verdict, Verdict::Supported, "{}", equal.reason);
    let thin = with_thailand(0.8, 1.0);
    assert_eq!(thin.verdict, Verdict::NotSupported, "{}", thin.reason);
}

#[test]
fn c40_production_comes_home_after_2010_or_leaves() {
    let world = |sign: f64| Plant {
        imported: Box::new(move |_, _, year| 0.4 - sign * 0.02 * f64::from((year - 2010).max(0))),
        imported_final: Box::new(move |_, year| 0.3 - sign * 0.02 * f64::from((year - 2010).max(0))),
        ..Plant::default()
    };
    turns("C40", world);
    let early = world(1.0).series_of(&ECONOMIES, FIRST..=2011);
    let record = evaluate("C40", early).record;
    assert_eq!(record.verdict, D3);
    assert!(record.reason.contains("2014 or later"), "{}", record.reason);
}

/// Causal words get D4 whatever the numbers, but the description must follow the plant.
#[track_caller]
fn describes(id: &str, plant: impl Fn(f64) -> Plant) {
    let (yes, no) = (plant(1.0).outcome(id).record, plant(-1.0).outcome(id).record);
    assert_eq!((yes.verdict, no.verdict), (D4, D4));
    assert!(yes.estimate * no.estimate < 0.0, "{id}: {} and {}", yes.estimate, no.estimate);
    assert!(no.reason.contains("excludes"), "{id}: {}", no.reason);
    assert!(!yes.reason.contains("excludes the predicted") && yes.power.is_finite(), "{id}: {}", yes.reason);
}

#[test]
fn c27_the_description_follows_whose_suppliers_are_few() {
    describes("C27", |sign| Plant {
        // The later an economy stands, the more it buys from one other.
        origin: Box::new(|user, t, _| if t == (user + 1) % 9 { 1.0 + 2.0 * user as f64 } else { 1.0 }),
        inputs: Box::new(
            move |s, _, year| {
                if year == 2009 { 0.5 + sign * 0.01 * (s as f64 - 4.0) } else { 0.5 }
            },
        ),
        ..Plant::default()
    });
}

#[test]
fn c5_is_causal_and_says_what_it_saw() {
    let outcome = Plant::default().outcome("C5");
    assert_eq!(outcome.record.verdict, D4);
    assert!(outcome.record.reason.contains("as a description"));
    assert!(outcome.argument.iter().any(|section| section.title.starts_with("Level beside share")));
}

/// A world with jobs: the foreign share moves differently by economy, and jobs a unit of output follow it or oppose it.
fn with_jobs(sign: f64) -> Series {
    let foreign = |s: usize, year: i32| 0.3 + 0.02 * (s as f64 - 4.0) * (since(year) - 7.5) / 7.5;
    let plant = Plant { imported: Box::new(move |s, _, year| foreign(s, year)), ..Plant::default() };
    let mut series = plant.series();
    for facts in &mut series.years {
        let year = facts.year;
        let world = facts.world.as_mut().unwrap();
        let rows = 0..world.axis.n_rows();
        let jobs = rows
            .map(|row| {
                let s = world.axis.economy_of(row);
                let fall = (-sign * 10.0 * (foreign(s, year) - 0.3) - 0.03 * since(year)).exp();
                world.gross_output[row] * fall * rough(s, 5, year)
            })
            .collect();
        let labour = world.gross_output.iter().map(|x| 0.3 * x).collect();
        world.satellites = vec![("jobs".into(), jobs), ("labour".into(), labour)];
    }
    series
}

#[test]
fn c31_jobs_fall_with_imports_or_rise_and_need_accounts() {
    let yes = evaluate("C31", with_jobs(1.0)).record;
    assert_eq!(yes.verdict, Verdict::Supported, "{}", yes.reason);
    assert_eq!(evaluate("C31", with_jobs(-1.0)).record.verdict, Verdict::NotSupported);
    assert_eq!(Plant::default().verdict("C31"), D3);
    // Jobs that keep up with own value added fall over exports by arithmetic alone, which is no support.
    let arithmetic = evaluate("C31", with_jobs(0.0)).record;
    assert_eq!(arithmetic.verdict, Verdict::Undetermined(Reason::SignFlips), "{}", arithmetic.reason);
    assert!(arithmetic.reason.contains("which is arithmetic"), "{}", arithmetic.reason);
}

#[test]
fn accounts_are_laid_beside_a_series_in_place_of_others_and_asked_for_by_their_option() {
    let mut series = with_jobs(1.0);
    let year = series.years[0].year;
    let figures = vec![2.0; ECONOMIES.len() * N];
    series.attach(&SatelliteAccounts::new(
        vec![AccountVariable { name: "jobs".into(), unit: "persons".into() }],
        ECONOMIES.map(String::from).into(),
        SECTORS.map(String::from).into(),
        vec![AccountsYear { year, figures, provenance: Provenance::default() }],
    ));
    let world = series.years[0].world.as_ref().unwrap();
    assert_eq!(world.satellites.len(), 1, "labour of another source is not mixed with these jobs");
    assert!(world.satellite("jobs").unwrap().iter().all(|jobs| (jobs - 2.0).abs() < 1e-12));
    assert!(series.years[1].world.as_ref().unwrap().satellites.is_empty());
    let reason = Plant::default().outcome("C31").record.reason;
    assert!(reason.contains("--accounts"), "{reason}");
    let alone = support::vadex(&["claims", "C31", "--accounts", "accounts.parquet"]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(support::stderr(&alone).contains("--table"), "{}", support::stderr(&alone));
}

#[test]
fn the_codes_of_nace_1_give_the_verdicts_of_the_numbers_of_wiod() {
    let plant = || Plant {
        imported: Box::new(|s, _, year| 0.3 + 0.002 * s as f64 * since(year)),
        ..Plant::default()
    };
    for id in ["C4", "C9", "C13", "C35"] {
        let numbers = plant().series();
        let mut codes = plant().series();
        codes.sectors = ["AtB", "C", "17t19", "30t33", "34t35", "51"].map(String::from).into();
        codes.map = claims::SectorMap::of(&codes.sectors);
        assert_eq!(
            (&codes.map.mining, &codes.map.electrical),
            (&numbers.map.mining, &numbers.map.electrical)
        );
        let (one, other) = (evaluate(id, numbers).record, evaluate(id, codes).record);
        assert_eq!(one.verdict, other.verdict, "{id}: {} | {}", one.reason, other.reason);
        let same = (one.estimate - other.estimate).abs() < 1e-12
            || (one.estimate.is_nan() && other.estimate.is_nan());
        assert!(same, "{id}: {} and {}", one.estimate, other.estimate);
    }
}

#[test]
fn c32_a_chain_with_rich_ends_smiles_and_one_with_a_rich_middle_does_not() {
    // Each product is made from the one before: c1 -> c2 -> c4t5 -> c14 -> c15; c15 is the final one in the chain.
    let world = |ends: f64, middle: f64| Plant {
        product: Box::new(|i, j| if i + 1 == j || (i == 0 && j == 0) { 1.0 } else { 0.001 }),
        inputs: Box::new(move |s, j, _| {
            let rich = j == 0 || j == 4;
            (if rich { 1.0 - ends } else { 1.0 - middle }) * (1.0 + 0.01 * (s as f64).sin())
        }),
        ..Plant::default()
    };
    let (smile, frown) = (world(0.7, 0.3).outcome("C32").record, world(0.3, 0.7).outcome("C32").record);
    assert_ne!(smile.verdict, Verdict::NotSupported, "{}", smile.reason);
    assert!(frown.verdict != Verdict::Supported && frown.estimate < smile.estimate);
}

const ALL: [&str; 16] = [
    "C4", "C5", "C9", "C11", "C12", "C13", "C14", "C16", "C17", "C26", "C27", "C29", "C31", "C32", "C35",
    "C40",
];

#[test]
fn missing_tables_years_and_economies_give_d3_with_the_reason() {
    let empty = ClaimData::of(Vec::new());
    for id in ALL {
        let record = claims::find(id).unwrap().evaluate(&empty, &options()).unwrap().record;
        assert_eq!(record.verdict, D3, "{id}");
        assert!(record.reason.len() > 40, "{id}: {}", record.reason);
    }
    // National accounts alone: no claim that needs the world may answer.
    let account = || {
        let square = |v: f64| DMatrix::from_element(N, N, v);
        NationalAccount::new("X", vec![100.0; N], vec![20.0; N], square(5.0), square(3.0)).unwrap()
    };
    let sectors: Vec<String> = SECTORS.map(String::from).into();
    let years = (FIRST..=LAST).map(|year| (year, vec![account()])).collect();
    let national = Series::from_accounts("national", "unit", sectors, vec!["DEU".into()], years);
    for id in ALL.into_iter().filter(|id| !["C4", "C5"].contains(id)) {
        assert_eq!(evaluate(id, national.clone()).record.verdict, D3, "{id}");
    }
    // A gap, and too few years.
    let plant = Plant::default();
    let mut gap = plant.series();
    gap.years.retain(|facts| facts.year != 2005);
    let short = plant.series_of(&ECONOMIES, 2001..=2003);
    for id in ["C4", "C5", "C11", "C12", "C13", "C14", "C29", "C35"] {
        let record = evaluate(id, gap.clone()).record;
        assert!(record.verdict == D3 && record.reason.contains("2005"), "{id}: {}", record.reason);
        assert_eq!(evaluate(id, short.clone()).record.verdict, D3, "{id}");
    }
    // No crisis in the span: nothing to test resilience on.
    for id in ["C26", "C27"] {
        let record = evaluate(id, short.clone()).record;
        assert!(record.verdict == D3 && record.reason.contains("2009"), "{id}: {}", record.reason);
    }
    // Economies whose codes nobody knows.
    let codes = ["A", "B", "C", "D", "E", "F", "G", "H", "I"];
    let unknown = plant.series_of(&codes, FIRST..=LAST);
    for id in ["C11", "C12", "C13", "C17", "C35", "C40"] {
        assert_eq!(evaluate(id, unknown.clone()).record.verdict, D3, "{id}");
    }
}

#[test]
fn threads_change_nothing() {
    let data = ClaimData::of(vec![with_jobs(1.0)]);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            ALL.map(|id| {
                let record = claims::find(id).unwrap().evaluate(&data, &options()).unwrap().record;
                let numbers = [
                    record.estimate,
                    record.interval.low,
                    record.interval.high,
                    record.p_adjusted,
                    record.power,
                ];
                (record.reason, numbers.map(f64::to_bits))
            })
        })
    };
    assert_eq!(on(1), on(3));
}
