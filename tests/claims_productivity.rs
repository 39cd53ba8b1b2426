//! C18 and C36, which test growth of value added and of value added a worker: worlds with a planted answer and its opposite,
//! real figures against an independent fit, and what is said when figures are missing.

use std::fmt::Write as _;

use nalgebra::{DMatrix, DVector};
use vadex::claims::{self, ClaimData, ClaimOptions, NationalAccount, Outcome, Reason, Series, Verdict};
use vadex::page::what_would_settle;
use vadex::upgrading::FunctionShares;

use crate::support;

const D1: Verdict = Verdict::Undetermined(Reason::SignFlips);
const D2: Verdict = Verdict::Undetermined(Reason::Power);
const D3: Verdict = Verdict::Undetermined(Reason::Data);

fn options() -> ClaimOptions {
    ClaimOptions { draws: 399, cell_draws: 199, ..ClaimOptions::default() }
}

fn evaluate(id: &str, data: &ClaimData, options: &ClaimOptions) -> Outcome {
    claims::find(id).unwrap().evaluate(data, options).unwrap()
}

#[track_caller]
fn expect(outcome: &Outcome, verdict: Verdict, what: &str) {
    let record = &outcome.record;
    assert_eq!(
        record.verdict, verdict,
        "{what}: {:+.3} {:?}; {}",
        record.estimate, record.interval, record.reason
    );
}

/// No number is told, and the reason and what would settle the claim name what is missing.
#[track_caller]
fn waits(id: &str, data: &ClaimData, missing: &str) {
    let outcome = evaluate(id, data, &options());
    let record = &outcome.record;
    assert_eq!(record.verdict, D3, "{id}: {}", record.reason);
    assert!(record.reason.contains("data that are not loaded") && record.n == 0, "{id}: {}", record.reason);
    assert!(record.estimate.is_nan() && record.p_adjusted.is_nan() && record.power.is_nan(), "{id}");
    assert!(outcome.argument.is_empty() && outcome.details.is_empty(), "{id}");
    let settle = what_would_settle(claims::find(id).unwrap().card(), record);
    assert!(record.reason.contains(missing) && settle.starts_with(missing), "{id}: {settle}");
}

/// The same figure of every row, in every year.
fn give(series: &mut Series, name: &str, figure: impl Fn(usize, usize, i32) -> f64) {
    for facts in &mut series.years {
        let world = facts.world.as_mut().unwrap();
        let amounts = (0..world.axis.n_rows())
            .map(|row| figure(world.axis.economy_of(row), world.axis.sector_of(row), facts.year))
            .collect();
        world.satellites.push((name.to_owned(), amounts));
    }
}

// C36: economies that do not trade, each industry using as much of its own product as it adds.

/// A figure by economy, sector and year.
type Figure = Box<dyn Fn(usize, usize, i32) -> f64>;

struct Workers {
    economies: Vec<&'static str>,
    sectors: Vec<&'static str>,
    years: std::ops::RangeInclusive<i32>,
    /// Value added at prices of the first year.
    volume: Figure,
    price: Figure,
    work: Figure,
}

/// An account of an economy without trade whose industries add these amounts.
fn account(added: &[f64]) -> NationalAccount {
    let n = added.len();
    let own = DMatrix::from_diagonal(&DVector::from_row_slice(added));
    let output = added.iter().map(|v| 2.0 * v).collect();
    NationalAccount::new("made up", output, vec![0.0; n], own, DMatrix::zeros(n, n)).unwrap()
}

impl Workers {
    fn added(&self, s: usize, year: i32, prices_of: i32) -> Vec<f64> {
        (0..self.sectors.len()).map(|i| (self.volume)(s, i, year) * (self.price)(s, i, prices_of)).collect()
    }

    /// Without prices and jobs.
    fn bare(&self) -> Series {
        let (g, n) = (self.economies.len(), self.sectors.len());
        let tables = self.years.clone().map(|year| {
            let added: Vec<f64> = (0..g).flat_map(|s| self.added(s, year, year)).collect();
            let flows = DMatrix::from_diagonal(&DVector::from_row_slice(&added));
            let demand = DMatrix::from_fn(g * n, g, |row, s| if row / n == s { added[row] } else { 0.0 });
            (year, support::table(&self.economies, &self.sectors, flows, demand))
        });
        Series::from_tables("made up", tables.collect()).unwrap()
    }

    fn with_prices(&self) -> Series {
        let mut series = self.bare();
        for facts in &mut series.years {
            let year = facts.year;
            let accounts = (0..self.economies.len()).map(|s| account(&self.added(s, year, year - 1)));
            facts.previous_year_prices = Some(accounts.collect());
        }
        series
    }

    fn series(&self) -> Series {
        let mut series = self.with_prices();
        give(&mut series, "jobs", &self.work);
        series
    }

    fn outcome(&self) -> Outcome {
        evaluate("C36", &ClaimData::of(vec![self.series()]), &options())
    }
}

const FIRST: i32 = 1998;
const LAST: i32 = 2012;

fn since(year: i32) -> f64 {
    f64::from(year - FIRST)
}

/// Productivity of an economy in the first year, in logarithms about their mean.
fn start(s: usize) -> f64 {
    0.4 * (4.5 - s as f64)
}

/// Productivity of manufactures grows by 2% a year, and by `slope` more for an economy that starts e times as high; `moving`
/// workers a year of a hundred leave agriculture for services of four times its productivity.
fn workers(slope: f64, moving: f64) -> Workers {
    let work = move |i: usize, year: i32| match i {
        0 => 60.0 - moving * since(year),
        4 => 40.0 + moving * since(year),
        _ => 10.0,
    };
    let volume = move |s: usize, i: usize, year: i32| {
        let rough = 0.1 * (s as f64 * 2.9 + i as f64 * 1.3).sin();
        let rate = 2.0 + slope * start(s) + rough;
        let productivity = match i {
            0 => 1.0,
            4 => 4.0,
            _ => (start(s) + 0.2 * i as f64 + 0.01 * rate * since(year)).exp(),
        };
        productivity * work(i, year)
    };
    Workers {
        economies: vec!["USA", "DEU", "FRA", "JPN", "GBR", "BRA", "MEX", "CHN", "IDN", "IND"],
        sectors: vec!["c1", "c4t5", "c14", "c15", "c20"],
        years: FIRST..=LAST,
        volume: Box::new(volume),
        price: Box::new(|_, _, _| 1.0),
        work: Box::new(move |_, i, year| work(i, year)),
    }
}

#[test]
fn c36_convergence_and_divergence_are_found_and_reallocation_must_be_little() {
    let converging = workers(-2.0, 0.0).outcome();
    expect(&converging, Verdict::Supported, "converging, nobody moves");
    let record = &converging.record;
    support::close(record.estimate, -2.0, 2.0, 0.05, "two percent a year");
    assert!(record.n == 30 && record.years == "1998-2012", "{} {}", record.n, record.years);
    let told = |outcome: &Outcome, words: &str| {
        outcome.argument.iter().flat_map(|section| &section.lines).any(|line| line.starts_with(words))
    };
    assert!(told(&converging, "industries compared: 30 of 30,"));
    assert!(told(&converging, "no price moves in any year"), "prices of this world stay");
    // Whom nobody works for has no productivity.
    let mut idle = workers(-2.0, 0.0).series();
    for facts in &mut idle.years {
        for (_, amounts) in &mut facts.world.as_mut().unwrap().satellites {
            amounts[1] = 0.0;
        }
    }
    let idle = evaluate("C36", &ClaimData::of(vec![idle]), &options());
    assert!(idle.record.n == 29 && told(&idle, "industries compared: 29 of 30,"), "{}", idle.record.n);
    expect(&workers(2.0, 3.0).outcome(), Verdict::NotSupported, "diverging, many move");
    // One half of the claim is refuted and the other is not.
    let diverging = workers(2.0, 0.0).outcome();
    expect(&diverging, D1, "diverging, nobody moves");
    assert!(diverging.record.reason.contains("but reallocation contributes little"));
    let moving = workers(-2.0, 3.0).outcome();
    expect(&moving, D1, "converging, many move");
    assert!(moving.record.reason.contains("not shown that reallocation"), "{}", moving.record.reason);
    let (_, parts) = moving.details.iter().find(|(name, _)| *name == "decomposition").unwrap();
    let of = |name: &str| parts.numbers(name).unwrap()[9];
    support::close(of("within") + of("between"), of("growth"), of("growth"), 1e-9, "parts of India");
    assert!(of("between") > 1.0, "{}", of("between"));
}

#[test]
fn c36_prices_that_differ_do_not_move_growth_of_volumes() {
    let plain = workers(-2.0, 0.0);
    let dear = Workers {
        // Prices rise more where productivity is high.
        price: Box::new(|s, i, year| (0.01 * (10.0 - s as f64 + i as f64) * since(year)).exp()),
        ..workers(-2.0, 0.0)
    };
    let dear = dear.outcome();
    let reading = &dear.argument.iter().find(|section| section.title == "Reading").unwrap().lines;
    assert!(!reading.iter().any(|line| line.contains("no price moves")), "{reading:?}");
    let (plain, dear) = (plain.outcome().record, dear.record.clone());
    support::close(dear.estimate, plain.estimate, 1.0, 1e-9, "estimate under inflation");
    support::close(dear.interval.low, plain.interval.low, 1.0, 1e-9, "interval under inflation");
    // In current prices, one half of the specifications, the same economies diverge.
    assert!(plain.specs_predicted > 0.99 && (0.45..0.55).contains(&dear.specs_predicted));
    assert_eq!((plain.verdict, dear.verdict), (Verdict::Supported, D1));
}

#[test]
fn c36_waits_for_prices_for_jobs_and_for_years() {
    let wanted = "value added in constant prices by industry for poor and rich economies";
    waits("C36", &ClaimData::of(Vec::new()), wanted);
    let world = workers(-2.0, 0.0);
    let mut employed = world.bare();
    give(&mut employed, "jobs", |_, _, _| 2.0);
    waits("C36", &ClaimData::of(vec![employed]), wanted);
    waits("C36", &ClaimData::of(vec![world.with_prices()]), wanted);
    // A hole in the prices leaves eight years and seven.
    let mut holed = world.series();
    holed.years[8].previous_year_prices = None;
    waits("C36", &ClaimData::of(vec![holed]), wanted);
    // The first year needs none.
    let mut whole = world.series();
    whole.years[0].previous_year_prices = None;
    let found = evaluate("C36", &ClaimData::of(vec![whole]), &options());
    expect(&found, Verdict::Supported, "no prices of the year before the first");
    // Too few economies for clusters.
    let few = Workers { economies: vec!["USA", "DEU", "BRA", "MEX"], ..workers(-2.0, 0.0) };
    waits("C36", &ClaimData::of(vec![few.series()]), wanted);
}

/// WIOD 2013 socio-economic accounts: value added of 1995 in million USD (VA at the rate that gross output of table and accounts
/// implies), thousand persons in 1995 and in 2009, volume of value added in 2009 over that in 1995 (VA over VA_P); textiles and
/// leather, metals, electrical, transport equipment, everything else.
#[rustfmt::skip]
const WIOD: [(&str, [[f64; 4]; 5]); 12] = [
    ("USA", [[49_948.4, 1635.9, 505.4, 0.5089], [140_851.8, 2282.4, 1722.9, 0.7932], [157_844.4, 2511.9, 1730.2, 4.1859], [138_693.5, 1997.8, 1390.3, 1.1323], [6_933_970.3, 125_551.3, 139_996.0, 1.4641]]),
    ("DEU", [[14_892.3, 377.0, 162.7, 0.6195], [68_340.4, 1217.0, 1174.4, 0.9573], [70_007.2, 1163.0, 1012.7, 1.6584], [66_769.2, 854.0, 1037.5, 1.1904], [2_063_984.1, 33_990.0, 37_462.4, 1.1909]]),
    ("JPN", [[47_980.3, 1413.6, 532.5, 0.3338], [185_721.0, 2180.4, 1339.8, 0.714], [188_171.5, 2098.1, 1250.1, 2.275], [115_979.3, 1162.3, 918.5, 1.0654], [4_701_768.9, 60_003.4, 54_088.3, 1.064]]),
    ("KOR", [[11_348.9, 892.6, 337.7, 1.2023], [18_092.2, 503.0, 543.2, 1.5525], [24_765.1, 867.2, 892.3, 7.3716], [16_620.0, 501.6, 583.4, 2.8031], [410_677.3, 17_633.7, 21_133.4, 1.6719]]),
    ("TWN", [[5601.5, 346.7, 209.9, 0.5518], [9140.8, 354.2, 448.8, 0.7753], [11_132.4, 532.0, 930.9, 3.9334], [4855.9, 143.2, 149.1, 0.7837], [230_937.0, 7991.9, 8540.2, 1.4902]]),
    ("POL", [[2761.4, 630.6, 348.3, 1.3063], [3261.8, 396.5, 401.4, 2.6814], [1814.7, 167.5, 210.0, 3.0001], [1549.4, 191.4, 271.5, 4.1758], [113_253.0, 13_349.3, 14_555.0, 1.8001]]),
    ("TUR", [[9394.9, 879.1, 1117.8, 4.0049], [6608.9, 385.8, 453.2, 1.6736], [3127.0, 125.8, 172.1, 2.9051], [3858.2, 150.4, 268.0, 2.3341], [187_810.4, 19_045.4, 19_263.8, 1.7976]]),
    ("MEX", [[4511.2, 919.8, 1227.6, 0.9654], [6592.1, 384.5, 406.7, 1.3688], [4320.2, 720.7, 989.9, 1.267], [7834.3, 616.0, 824.1, 1.7455], [286_348.6, 30_486.7, 45_607.2, 1.5627]]),
    ("BRA", [[17_427.9, 2972.9, 3460.8, 0.9055], [14_113.1, 748.8, 1037.2, 1.3185], [9565.7, 354.6, 524.8, 1.2467], [9370.6, 338.3, 565.2, 2.0339], [622_285.3, 69_130.6, 91_059.2, 1.5092]]),
    ("CHN", [[33_708.6, 18_195.3, 29_182.5, 3.0508], [36_032.2, 10_324.3, 10_048.0, 4.6262], [23_544.7, 6975.2, 15_875.1, 6.3493], [13_199.9, 4581.5, 6284.4, 5.3172], [621_520.3, 640_573.6, 718_560.0, 3.58]]),
    ("IND", [[12_187.2, 10_344.0, 19_798.4, 2.3909], [9710.8, 3082.7, 3934.0, 2.2815], [4428.6, 1072.4, 1083.5, 3.8534], [5429.7, 633.2, 1607.1, 3.1054], [317_973.6, 365_655.2, 439_404.8, 2.7067]]),
    ("IDN", [[10_709.2, 2069.5, 3012.1, 1.2079], [1663.6, 351.7, 516.1, 0.7838], [5430.1, 122.9, 318.0, 2.2196], [9776.1, 474.4, 528.7, 1.1564], [213_743.8, 84_252.7, 103_827.9, 1.6482]]),
];

#[test]
fn c36_on_real_figures_is_what_dummies_give() {
    // Only the ends count: in between, work and volumes grow evenly, and prices stay.
    let along = |from: f64, ratio: f64, year: i32| from * ratio.powf(f64::from(year - 1995) / 14.0);
    let world = Workers {
        economies: WIOD.map(|(name, _)| name).to_vec(),
        sectors: vec!["c4t5", "c12", "c14", "c15", "c20"],
        years: 1995..=2009,
        volume: Box::new(move |s, i, year| along(WIOD[s].1[i][0], WIOD[s].1[i][3], year)),
        price: Box::new(|_, _, _| 1.0),
        work: Box::new(move |s, i, year| along(WIOD[s].1[i][1], WIOD[s].1[i][2] / WIOD[s].1[i][1], year)),
    };
    let options = ClaimOptions { crisis_years: Vec::new(), ..options() };
    let outcome = evaluate("C36", &ClaimData::of(vec![world.series()]), &options);
    let record = &outcome.record;
    support::close(record.estimate, BETA, 1.0, 1e-9, "convergence");
    let half = (record.interval.high - record.interval.low) / 2.0;
    support::close(half, T_11 * ERROR, 1.0, 1e-6, "half of its interval");
    assert_eq!((record.n, record.years.as_str()), (48, "1995-2009"));
    expect(&outcome, D2, "three industries and a half of 2% a year of noise");
    let (_, parts) = outcome.details.iter().find(|(name, _)| *name == "decomposition").unwrap();
    let (within, between) = (parts.numbers("within").unwrap(), parts.numbers("between").unwrap());
    for (economy, (w, b)) in [(0, UNITED_STATES), (9, CHINA)] {
        support::close(within[economy], w, 1.0, 1e-9, "within industries");
        support::close(between[economy], b, 1.0, 1e-9, "between industries");
    }
    let conditions = outcome.argument.iter().find(|section| section.title == "Conditions").unwrap();
    // Mean of six southern economies with Student's interval.
    assert!(conditions.lines[0].contains("+0.08 [+0.016, +0.141]"), "{}", conditions.lines[0]);
}

// generator (numpy, statsmodels), with the figures of WIOD above in `d` (country, code, va95, e95, e09, vol) without the rest:
// `g = 100 * (log(d.vol) - log(d.e09 / d.e95)) / 14; y = log(d.va95 / d.e95)`
// `sm.OLS(g, column_stack([y, get_dummies(d.code)])).fit(cov_type='cluster', cov_kwds={'groups': d.country})`
const BETA: f64 = -0.688_430_297_524_921_9;
const ERROR: f64 = 0.728_743_107_091_167_6;
/// `scipy.stats.t.ppf(0.975, 11)`
const T_11: f64 = 2.200_985_160_091_639;
// within: sum of (θ0 + θ1) / 2 Δp over the logarithmic mean of P, between: of ((p0 + p1) / 2 − (P0 + P1) / 2) Δθ; a year, %.
const UNITED_STATES: (f64, f64) = (2.363_244_245_427_062_6, -0.064_740_771_337_674_17);
const CHINA: (f64, f64) = (8.280_464_069_136_736, 0.146_543_342_707_699_73);

// C18: economies that buy the parts of their electronics from the last one.

const ASIA: [&str; 5] = ["MYS", "KOR", "TWN", "CHN", "USA"];
const GOODS: [&str; 4] = ["c1", "c14", "c15", "c20"];
const SELLER: usize = 4;

struct Asia {
    years: std::ops::RangeInclusive<i32>,
    /// Growth of manufacturing value added, percent, of Malaysia and of everybody else, up to 2000 and after.
    malaysia: [f64; 2],
    others: [f64; 2],
    /// Points a year by which Malaysia's part of its electronics rises.
    deepening: f64,
    priced: bool,
}

impl Default for Asia {
    fn default() -> Self {
        Self { years: 1993..=2014, malaysia: [10.0, 2.0], others: [9.0, 9.0], deepening: 0.0, priced: true }
    }
}

impl Asia {
    fn added(&self, s: usize, i: usize, year: i32) -> f64 {
        let first = *self.years.start();
        if i == 0 || i == 3 {
            return 200.0 * 1.03_f64.powi(year - first);
        }
        let rate = |year: i32| {
            let sides = if s == 0 { self.malaysia } else { self.others };
            sides[usize::from(year > 2000)] + (f64::from(year) * 1.7 + s as f64 * 2.9).sin()
        };
        let growth: f64 = (first + 1..=year).map(rate).sum();
        (if s == SELLER { 5000.0 } else { 100.0 }) * (0.01 * growth).exp()
    }

    fn series(&self) -> Series {
        let n = GOODS.len();
        let tables = self.years.clone().map(|year| {
            let rows = n * ASIA.len();
            let mut flows = DMatrix::zeros(rows, rows);
            let mut output = vec![0.0; rows];
            for row in 0..rows {
                let (s, i) = (row / n, row % n);
                // Parts of electronics come from the seller, all other inputs from the industry itself.
                let (inputs, from) = if i == 1 && s != SELLER {
                    let own = 0.4 + 0.005 * (f64::from(year) * 2.3 + s as f64).sin();
                    let deeper = if s == 0 { 0.01 * self.deepening * f64::from(year - 1993) } else { 0.0 };
                    (1.0 - own - deeper, SELLER * n + 1)
                } else {
                    (0.3, row)
                };
                output[row] = self.added(s, i, year) / (1.0 - inputs);
                flows[(from, row)] += inputs * output[row];
            }
            // Half of what is left stays, half goes to the seller, whose own goes to Korea.
            let demand = DMatrix::from_fn(rows, ASIA.len(), |row, r| {
                let s = row / n;
                let left = (output[row] - flows.row(row).sum()) / 2.0;
                let partner = if s == SELLER { 1 } else { SELLER };
                left * f64::from(u8::from(r == s) + u8::from(r == partner))
            });
            (year, support::table(&ASIA, &GOODS, flows, demand))
        });
        let mut series = Series::from_tables("made up", tables.collect()).unwrap();
        if self.priced {
            for facts in &mut series.years {
                facts.previous_year_prices = Some(facts.accounts.clone());
            }
        }
        series
    }

    fn outcome(&self) -> Outcome {
        evaluate("C18", &ClaimData::of(vec![self.series()]), &options())
    }
}

/// One fifth of all work is R&D, everywhere and always.
fn functions() -> FunctionShares {
    let mut text = String::from("economy,sector,year,function,share\n");
    for economy in ASIA {
        for sector in GOODS {
            let _ = writeln!(text, "{economy},{sector},,R&D,0.2\n{economy},{sector},,fabrication,0.8");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("functions.csv");
    std::fs::write(&path, text).unwrap();
    FunctionShares::read(&path).unwrap()
}

fn has(outcome: &Outcome, title: &str) -> bool {
    outcome.argument.iter().any(|section| section.title == title)
}

#[test]
fn c18_a_stall_is_open_without_functions_and_supported_with_them() {
    let stall = Asia::default();
    let alone = stall.outcome();
    expect(&alone, D3, "no functions");
    assert!(
        alone.record.reason.contains("R&D among the functions")
            && !has(&alone, "Value added a worker in manufactures")
    );
    let mut series = stall.series();
    give(&mut series, "jobs", |_, _, _| 3.0);
    give(&mut series, "labour", |_, _, _| 50.0);
    let mut data = ClaimData::of(vec![series]);
    data.extra.occupations = Some(functions());
    let whole = evaluate("C18", &data, &options());
    expect(&whole, Verdict::Supported, "with functions and jobs");
    assert!(has(&whole, "Value added a worker in manufactures"));
    // In dollars it may be the rate of exchange.
    for facts in &mut data.series[0].years {
        facts.previous_year_prices = None;
    }
    let dollars = evaluate("C18", &data, &options());
    expect(&dollars, D3, "a stall in dollars");
    assert!(dollars.record.reason.contains("growth is that of volumes"), "{}", dollars.record.reason);
    // Eight points of its own, none of the others'; noise moves means of seven and twelve rates by less than one.
    let record = &whole.record;
    support::close(record.estimate, -8.0, 8.0, 0.15, "slowdown");
    assert!(record.interval.contains(record.estimate) && record.interval.high < -6.0);
    assert!(record.n == 19 && record.power > 0.5, "{} {}", record.n, record.power);
}

#[test]
fn c18_a_race_ahead_refutes_it_and_one_half_alone_does_not() {
    let ahead = Asia { malaysia: [2.0, 10.0], deepening: 1.5, ..Asia::default() };
    expect(&ahead.outcome(), Verdict::NotSupported, "faster and deeper");
    let shallow = Asia { deepening: 0.0, ..ahead }.outcome();
    expect(&shallow, D1, "faster, but no deeper");
    assert!(shallow.record.reason.contains("the domestic share of electronics does not rise"));
    // At current prices the same growth may be that of prices or of the currency.
    let dollars = Asia { malaysia: [2.0, 10.0], deepening: 1.5, priced: false, ..Asia::default() }.outcome();
    expect(&dollars, D3, "faster and deeper, in dollars");
    let reason = &dollars.record.reason;
    assert!(reason.contains("excludes the predicted sign") && reason.contains("--prices"), "{reason}");
    let deeper = Asia { deepening: 1.5, ..Asia::default() }.outcome();
    expect(&deeper, D1, "slower and deeper");
    assert!(deeper.record.reason.contains("not shown that the domestic share"), "{}", deeper.record.reason);
}

#[test]
fn c18_what_all_share_and_what_others_gain_is_no_stall() {
    let together = Asia { others: [9.0, 1.0], deepening: 1.5, ..Asia::default() };
    let outcome = together.outcome();
    expect(&outcome, Verdict::NotSupported, "all slow down");
    assert!(outcome.record.reason.contains("any effect of material size"), "{}", outcome.record.reason);
    // The others catch up with a Malaysia that goes on as before: in dollars that could be their prices.
    let passed = Asia { malaysia: [10.0, 10.0], others: [2.0, 10.0], ..Asia::default() };
    let volumes = passed.outcome();
    expect(&volumes, D2, "volumes");
    assert!(volumes.record.reason.contains("growth of Malaysia itself falls"), "{}", volumes.record.reason);
    let dollars = Asia { priced: false, ..passed }.outcome();
    expect(&dollars, D3, "dollars");
    assert!(dollars.record.reason.contains("--prices"), "{}", dollars.record.reason);
}

#[test]
fn c18_waits_for_malaysia_for_others_and_for_years_on_both_sides() {
    let wanted = "Malaysia as an economy of the table, with employment by industry (OECD ICIO with TiM, or ADB tables)";
    waits("C18", &ClaimData::of(Vec::new()), wanted);
    waits("C18", &ClaimData::of(vec![workers(-2.0, 0.0).series()]), wanted);
    let late = Asia { years: 2000..=2014, ..Asia::default() };
    waits("C18", &ClaimData::of(vec![late.series()]), wanted);
    let early = Asia { years: 1990..=2004, ..Asia::default() };
    waits("C18", &ClaimData::of(vec![early.series()]), wanted);
    let mut alone = Asia::default().series();
    alone.economies = ["MYS", "THA", "VNM", "PHL", "USA"].map(String::from).to_vec();
    waits("C18", &ClaimData::of(vec![alone]), wanted);
    // Whoever is not there is told.
    let mut without = Asia::default().series();
    without.economies[2] = "VNM".into();
    let spec = evaluate("C18", &ClaimData::of(vec![without]), &options()).record.spec;
    assert!(spec.contains("against KOR CHN (not there: TWN)"), "{spec}");
}
