//! Claims on tables that split an economy into processing and other exporters: worlds in which the truth is planted, and its
//! opposite; the same numbers computed a second time elsewhere; and what is said while such tables are not there.
//!
//! Figures that stand here as numbers are those of numpy (inverses of dense matrices, by economy and of the world) and
//! statsmodels (least squares on dummies, errors clustered) on tables of the same formulas.

use nalgebra::{DMatrix, DVector};
use vadex::claims::{self, Claim, ClaimData, ClaimOptions, Outcome, Reason, Series, Verdict};
use vadex::frame::Frame;
use vadex::indicators::{Level, trade_in_value_added};
use vadex::page::what_would_settle;
use vadex::table::{IcioTable, known_splits};

use crate::support;

const FIRST: i32 = 2000;
const D1: Verdict = Verdict::Undetermined(Reason::SignFlips);
const D2: Verdict = Verdict::Undetermined(Reason::Power);
const D3: Verdict = Verdict::Undetermined(Reason::Data);
const D4: Verdict = Verdict::Undetermined(Reason::Causal);

/// What an area of a table does.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// Makes and buys.
    Whole,
    /// Buys and makes nothing, as CHN and MEX in the extended tables.
    Buyer,
    /// Makes, for its economy and for others.
    Ordinary,
    /// Makes for others, of inputs of the ordinary part and from abroad.
    Processing,
}

/// An area, the economy it belongs to, its role.
type Area = (&'static str, &'static str, Role);

/// A world from coefficients and demand; areas by their position.
struct World {
    areas: Vec<Area>,
    sectors: &'static [&'static str],
    /// Inputs in a unit of output.
    inputs: Box<dyn Fn(usize) -> f64>,
    /// Part of the inputs that comes from abroad: (user, sector, year).
    imported: Box<dyn Fn(usize, usize, i32) -> f64>,
    /// Weight among the imported inputs of others.
    supplies: Box<dyn Fn(usize) -> f64>,
    /// Weight in the imported final demand of others: (seller, year).
    sells: Box<dyn Fn(usize, i32) -> f64>,
    /// Parts of sectors in what an area sells to final demand.
    mix: Box<dyn Fn(usize, usize) -> f64>,
    /// Final demand of a buyer: (buyer, year).
    size: Box<dyn Fn(usize, i32) -> f64>,
}

/// One part in a hundred of noise, the same in every world.
fn rough(a: usize, b: usize, year: i32) -> f64 {
    1.0 + 0.01 * (1.7 * f64::from(year) + 2.9 * a as f64 + 0.7 * b as f64).sin()
}

fn since(year: i32) -> f64 {
    f64::from(year - FIRST)
}

impl World {
    /// Parts of all areas in what `user` buys, `abroad` of it from others by their weights.
    fn shares(&self, user: usize, abroad: f64, weight: &dyn Fn(usize) -> f64) -> Vec<f64> {
        let weights: Vec<f64> = (0..self.areas.len())
            .map(|t| {
                let foreign = self.areas[t].1 != self.areas[user].1 && self.areas[t].2 != Role::Buyer;
                if foreign { weight(t) } else { 0.0 }
            })
            .collect();
        let total: f64 = weights.iter().sum();
        let mut shares: Vec<f64> = weights.iter().map(|weight| abroad * weight / total).collect();
        let home = self
            .areas
            .iter()
            .position(|area| area.1 == self.areas[user].1 && [Role::Whole, Role::Ordinary].contains(&area.2))
            .unwrap();
        shares[home] += 1.0 - abroad;
        shares
    }

    fn table(&self, year: i32) -> IcioTable {
        let (g, n) = (self.areas.len(), self.sectors.len());
        let mut coefficients = DMatrix::zeros(g * n, g * n);
        let mut demand = DMatrix::zeros(g * n, g);
        for (a, &(_, _, role)) in self.areas.iter().enumerate() {
            for j in (0..n).filter(|_| role != Role::Buyer) {
                let abroad = ((self.imported)(a, j, year) * rough(a, j, year)).min(0.95);
                for (t, share) in self.shares(a, abroad, &*self.supplies).iter().enumerate() {
                    for i in 0..n {
                        let product = if i == j { 2.0 } else { 1.0 } / (n as f64 + 1.0);
                        coefficients[(t * n + i, a * n + j)] = (self.inputs)(a) * share * product;
                    }
                }
            }
            if [Role::Whole, Role::Buyer].contains(&role) {
                let weight = |t: usize| (self.sells)(t, year);
                for (t, share) in self.shares(a, 0.15 * rough(a, 3, year), &weight).iter().enumerate() {
                    for i in 0..n {
                        demand[(t * n + i, a)] =
                            (self.size)(a, year) * share * (self.mix)(t, i) * rough(t, i, year);
                    }
                }
            }
        }
        let total = DVector::from_fn(g * n, |row, _| demand.row(row).sum());
        let output = (DMatrix::identity(g * n, g * n) - &coefficients).lu().solve(&total).unwrap();
        let flows = DMatrix::from_fn(g * n, g * n, |i, j| coefficients[(i, j)] * output[j]);
        let names: Vec<&str> = self.areas.iter().map(|area| area.0).collect();
        support::table(&names, self.sectors, flows, demand)
    }

    fn series(&self, years: std::ops::RangeInclusive<i32>) -> Series {
        Series::from_tables("made up", years.map(|year| (year, self.table(year))).collect()).unwrap()
    }

    /// Jobs in every year: so many a unit of output of an area.
    fn with_jobs(&self, mut series: Series, a_unit: impl Fn(usize, i32) -> f64) -> Series {
        for facts in &mut series.years {
            let world = facts.world.as_mut().unwrap();
            let jobs = (0..world.axis.n_rows())
                .map(|row| {
                    let area =
                        self.areas.iter().position(|area| area.0 == world.axis.member_of(row)).unwrap();
                    a_unit(area, facts.year) * world.gross_output[row]
                })
                .collect();
            world.satellites.push(("jobs".to_owned(), jobs));
        }
        series
    }
}

fn evaluate(id: &str, series: Series) -> Outcome {
    let options = ClaimOptions { draws: 399, cell_draws: 199, ..ClaimOptions::default() };
    claims::find(id).unwrap().evaluate(&ClaimData::of(vec![series]), &options).unwrap()
}

#[track_caller]
fn detail<'a>(outcome: &'a Outcome, name: &str) -> &'a Frame {
    &outcome.details.iter().find(|(known, _)| *known == name).unwrap().1
}

#[track_caller]
fn near(found: f64, expected: f64, what: &str) {
    support::close(found, expected, expected, 1e-9, what);
}

/// All lines of an argument.
fn argument(outcome: &Outcome) -> String {
    outcome.argument.iter().flat_map(|section| section.lines.clone()).collect::<Vec<_>>().join("\n")
}

// C20 -----------------------------------------------------------------------------------------------------------------

const CN1: usize = 4;
const CN2: usize = 5;
/// The years of C20.
const LAST: i32 = 2012;

/// China with its parts, and three other economies; WIOD 2013: agriculture, electrical equipment, trade.
fn china(imported: impl Fn(usize, usize) -> f64 + 'static, growth: [f64; 2]) -> World {
    let areas = vec![
        ("USA", "USA", Role::Whole),
        ("DEU", "DEU", Role::Whole),
        ("KOR", "KOR", Role::Whole),
        ("CHN", "CHN", Role::Buyer),
        ("CN1", "CHN", Role::Ordinary),
        ("CN2", "CHN", Role::Processing),
    ];
    World {
        areas,
        sectors: &["c1", "c14", "c20"],
        inputs: Box::new(|a| if a == CN2 { 0.6 } else { 0.5 }),
        imported: Box::new(move |a, j, _| imported(a, j)),
        supplies: Box::new(|t| if t == CN2 { 0.1 } else { 1.0 }),
        sells: Box::new(move |t, year| match t {
            CN1 => growth[0].powi(year - FIRST),
            CN2 => 0.8 * growth[1].powi(year - FIRST),
            _ => 1.0,
        }),
        mix: Box::new(|t, i| match (t, i) {
            (CN2, 1) => 0.9,
            (CN2, _) => 0.05,
            _ => 1.0 / 3.0,
        }),
        size: Box::new(|a, year| {
            (100.0 + 10.0 * a as f64) * (if a == 3 { 1.09_f64 } else { 1.05 }).powi(year - FIRST)
        }),
    }
}

/// Imported parts of inputs of the ordinary and of the processing part.
fn parts(ordinary: f64, processing: f64) -> impl Fn(usize, usize) -> f64 + 'static {
    move |a, _| match a {
        CN1 => ordinary,
        CN2 => processing,
        _ => 0.2,
    }
}

/// Ordinary exports hold more and grow, as the claim says.
fn as_claimed() -> World {
    china(parts(0.15, 0.7), [1.1, 1.0])
}

/// D4 for the claim, the verdict of the accounts for China.
#[track_caller]
fn half(outcome: &Outcome) -> Verdict {
    assert_eq!(outcome.record.verdict, D4, "{}", outcome.record.reason);
    assert!(outcome.record.reason.contains("as a description"), "{}", outcome.record.reason);
    assert!(outcome.record.reason.contains("growth by province would tell"), "{}", outcome.record.reason);
    let [unit] = &outcome.units[..] else { panic!("one economy, not {}", outcome.units.len()) };
    assert_eq!(unit.unit, "CHN");
    assert!(!unit.reason.contains("D4"), "{}", unit.reason);
    unit.verdict
}

#[test]
fn c20_accounts_follow_what_is_planted_and_the_growth_half_stays_open() {
    let yes = evaluate("C20", as_claimed().series(FIRST..=LAST));
    assert_eq!(half(&yes), Verdict::Supported, "{}", yes.units[0].reason);
    near(yes.record.estimate, 31.265425916114037, "cents, ordinary minus processing");
    assert!(yes.record.interval.low > 30.0 && yes.record.interval.high < 32.5 && yes.record.n == 12);
    // Ordinary exports hold less, and lose.
    let no = evaluate("C20", china(parts(0.7, 0.15), [1.0, 1.1]).series(FIRST..=LAST));
    assert_eq!(half(&no), Verdict::NotSupported, "{}", no.units[0].reason);
    near(no.record.estimate, -11.192037031972909, "cents, the other way");
    assert!(no.record.reason.contains("excludes the predicted sign"), "{}", no.record.reason);
    // What the parts are is told, and that they are no owners.
    let told = argument(&yes);
    for words in
        ["CN2 its export processing", "not owners", "not known (--accounts", "Chen et al.", "Yang et al."]
    {
        assert!(told.contains(words), "`{words}` is not in {told}");
    }
}

#[test]
fn c20_richer_exports_that_do_not_grow_drive_nothing() {
    let outcome = evaluate("C20", china(parts(0.15, 0.7), [0.97, 1.12]).series(FIRST..=LAST));
    near(outcome.record.estimate, 31.265063921125442, "cents");
    assert_eq!(half(&outcome), Verdict::NotSupported);
    assert!(outcome.units[0].reason.contains("larger part of the growth"), "{}", outcome.units[0].reason);
}

#[test]
fn c20_a_gap_that_other_products_make_is_none_of_processing() {
    // Whoever makes electrical equipment imports for it, and processing exports are made of it.
    let mut world = china(
        |a, j| match (a, j) {
            (CN1 | CN2, 1) => 0.85,
            (CN1 | CN2, _) => 0.1,
            _ => 0.2,
        },
        [1.1, 1.0],
    );
    world.inputs = Box::new(|_| 0.5);
    let outcome = evaluate("C20", world.series(FIRST..=LAST));
    near(outcome.record.estimate, 13.194649620155284, "cents, all products");
    assert_eq!(half(&outcome), D1, "{}", outcome.units[0].reason);
    assert!(outcome.units[0].reason.contains("same mix of products: -0.0"), "{}", outcome.units[0].reason);
    assert!(outcome.units[0].reason.contains("at least 100% of these"), "{}", outcome.units[0].reason);
}

#[test]
fn c20_uses_are_all_of_value_added_and_those_of_another_computation() {
    let world = as_claimed();
    let series = world.with_jobs(world.series(FIRST..=LAST), |area, _| if area == CN2 { 0.02 } else { 0.03 });
    let outcome = evaluate("C20", series);
    let accounts = detail(&outcome, "accounts");
    let column = |name: &str| accounts.numbers(name).unwrap();
    let rows = accounts.n_rows();
    assert_eq!(rows, 3 * 13);
    // By numpy, for 2012: sold, own value added, imports, jobs.
    let expected = [
        ("demand at home", [312.7835026276464, 271.72466496180584, 41.05883766584061, 16.30347989770835]),
        ("ordinary exports", [86.32392088322196, 74.99226528830803, 11.331655594913926, 4.499535917298482]),
        ("processing exports", [15.74349170199294, 8.811433651068784, 6.932058050924157, 0.4657120522561552]),
    ];
    for (row, (name, figures)) in (rows - 3..rows).zip(expected) {
        assert_eq!(accounts.texts("made_for").unwrap()[row], Some(name));
        for (of, figure) in ["sold", "own_value_added", "imports_in_it", "own_jobs"].into_iter().zip(figures)
        {
            near(column(of)[row], figure, &format!("{of} of {name}"));
        }
    }
    // Against the engine's own indicators of the united economy: parts of exports hold all of its VS, and all uses its GDP.
    for (t, year) in (FIRST..=LAST).enumerate() {
        let table = world.table(year);
        let united = table.regroup(&known_splits(table.axis())).unwrap();
        let model = support::model(&united);
        let china = united.axis().find_economy("CHN").unwrap();
        let tiva = trade_in_value_added(&model, Level::Country).unwrap();
        let exports = tiva.iter().find(|row| row.economy == china).unwrap();
        let of = |name: &str| &column(name)[3 * t..3 * t + 3];
        let (own, imports) = (of("own_value_added"), of("imports_in_it"));
        near(imports[1] + imports[2], exports.vs, "VS");
        near(own[1] + own[2], exports.gexp - exports.vs, "own value added in exports");
        let output = model.flows().gross_output();
        let gdp: f64 =
            united.axis().block(china).map(|row| model.value_added_share()[row] * output[row]).sum();
        near(own.iter().sum(), gdp, "GDP");
    }
    for row in 0..rows {
        near(column("own_value_added")[row] + column("imports_in_it")[row], column("sold")[row], "all of it");
    }
    let growth = detail(&outcome, "growth");
    let shares = growth.numbers("share_of_change").unwrap();
    for (found, expected) in shares.iter().zip([0.7884253114694093, 0.20334953055212907, 0.00822515797846156])
    {
        near(*found, expected, "part in growth");
    }
}

#[test]
fn c20_jobs_count_where_the_parts_have_some() {
    let world = as_claimed();
    let with =
        |a_unit: fn(usize, i32) -> f64| evaluate("C20", world.with_jobs(world.series(FIRST..=LAST), a_unit));
    let more = with(|area, _| if area == CN2 { 0.02 } else { 0.03 });
    assert_eq!(half(&more), Verdict::Supported, "{}", more.units[0].reason);
    assert!(argument(&more).contains("jobs a dollar are more in ordinary exports too: holds"));
    // numpy: 57.32 log points.
    assert!(argument(&more).contains("+57.3 ["), "{}", argument(&more));
    let fewer = with(|area, _| if area == CN2 { 0.2 } else { 0.03 });
    assert_eq!(half(&fewer), D1, "{}", fewer.units[0].reason);
    assert!(fewer.units[0].reason.contains("jobs a dollar are more"), "{}", fewer.units[0].reason);
    // Jobs of China that are not told by part are jobs of no part.
    let unknown = with(|area, _| if area == CN1 { f64::NAN } else { 0.03 });
    assert_eq!(half(&unknown), Verdict::Supported, "{}", unknown.units[0].reason);
    assert!(argument(&unknown).contains("jobs of the parts are not known"), "{}", argument(&unknown));
    assert!(
        unknown.units[0].reason.contains("without jobs, which are not known"),
        "{}",
        unknown.units[0].reason
    );
    assert!(!more.units[0].reason.contains("without jobs"), "{}", more.units[0].reason);
    assert!(detail(&unknown, "accounts").numbers("own_jobs").unwrap().iter().all(|jobs| jobs.is_nan()));
}

// C19 -----------------------------------------------------------------------------------------------------------------

const OTHERS: [&str; 6] = ["USA", "DEU", "FRA", "KOR", "TWN", "BRA"];
const TYPES: [&str; 6] = ["VNM", "THA", "HUN", "CZE", "IRL", "SVK"];

fn of_type(area: &Area) -> bool {
    area.2 == Role::Processing || TYPES.contains(&area.0)
}

/// Exporters of the type lose weight by six per cent a year, or gain it.
fn exporters(sign: f64, whole: &[&'static str]) -> World {
    let mut areas: Vec<Area> = whole.iter().map(|name| (*name, *name, Role::Whole)).collect();
    areas.extend([
        ("CHN", "CHN", Role::Buyer),
        ("CN1", "CHN", Role::Ordinary),
        ("CN2", "CHN", Role::Processing),
        ("MEX", "MEX", Role::Buyer),
        ("MX1", "MEX", Role::Ordinary),
        ("MX2", "MEX", Role::Processing),
    ]);
    let kinds: Vec<bool> = areas.iter().map(of_type).collect();
    let is = move |a: usize| kinds[a];
    let (inputs, imported, supplies, sells) = (is.clone(), is.clone(), is.clone(), is);
    World {
        areas,
        sectors: &["c14", "c20"],
        inputs: Box::new(move |a| if inputs(a) { 0.8 } else { 0.5 }),
        imported: Box::new(move |a, _, _| if imported(a) { 0.9 } else { 0.25 }),
        supplies: Box::new(move |t| if supplies(t) { 0.02 } else { 1.0 }),
        sells: Box::new(move |t, year| {
            let (weight, trend) = if sells(t) { (1.5, -sign * 0.06) } else { (1.0, 0.0) };
            weight * ((trend + 0.01 * (5.0 * t as f64).sin()) * since(year)).exp()
        }),
        mix: Box::new(|_, _| 0.5),
        size: Box::new(|a, year| (100.0 + 5.0 * a as f64) * 1.05_f64.powi(year - FIRST)),
    }
}

fn many(sign: f64) -> World {
    exporters(sign, &[OTHERS, TYPES].concat())
}

/// The same fall of jobs a unit of output everywhere.
fn jobs(area: usize, year: i32) -> f64 {
    0.01 * (-0.02 * since(year)).exp() * (1.0 + 0.1 * area as f64)
}

#[test]
fn c19_growth_after_processing_follows_what_is_planted() {
    let world = many(1.0);
    let yes = evaluate("C19", world.with_jobs(world.series(FIRST..=2013), jobs));
    assert_eq!(yes.record.verdict, Verdict::Supported, "{}", yes.record.reason);
    // statsmodels: growth on the type and dummies of years, errors clustered by economy, t with 13 degrees of freedom.
    near(yes.record.estimate, -2.7612207278962093, "points a year");
    support::close(yes.record.interval.low, -3.2419651869266057, 1.0, 1e-6, "lower end");
    support::close(yes.record.interval.high, -2.280476268865813, 1.0, 1e-6, "upper end");
    assert!(yes.record.n == 128 && yes.record.power.is_finite());
    let told = argument(&yes);
    for words in
        ["-2.76 [-3.24, -2.28] points a year", "CHN processing: of the type in 14 years", "8 economies have"]
    {
        assert!(told.contains(words), "`{words}` is not in {told}");
    }
    let world = many(-1.0);
    let no = evaluate("C19", world.with_jobs(world.series(FIRST..=2013), jobs));
    assert_eq!(no.record.verdict, Verdict::NotSupported, "{}", no.record.reason);
    near(no.record.estimate, 1.7689886817964804, "points a year, the other way");
}

#[test]
fn c19_is_about_jobs_too() {
    // Without jobs half of the claim is open.
    let open = evaluate("C19", many(1.0).series(FIRST..=2013)).record;
    assert_eq!(open.verdict, D3, "{}", open.reason);
    assert!(open.reason.contains("jobs are not known (--accounts"), "{}", open.reason);
    // Value added grows more, jobs less: neither refuted nor supported.
    let world = many(-1.0);
    let kinds: Vec<bool> = world.areas.iter().map(of_type).collect();
    let series = world.with_jobs(world.series(FIRST..=2013), |area, year| {
        jobs(area, year) * if kinds[area] { (-0.06 * since(year)).exp() } else { 1.0 }
    });
    let split = evaluate("C19", series).record;
    assert_eq!(split.verdict, D1, "{}", split.reason);
    assert!(split.reason.ends_with("but jobs in exports grow less"), "{}", split.reason);
}

#[test]
fn c19_with_few_exporters_of_the_type_gives_no_number() {
    let world = exporters(1.0, &OTHERS);
    let outcome = evaluate("C19", world.with_jobs(world.series(FIRST..=2013), jobs));
    let record = &outcome.record;
    // A regression would find -4.7 [-6.2, -3.2] points: two economies do not bear it.
    assert_eq!(record.verdict, D2, "{}", record.reason);
    assert!(
        record.reason.contains("2 of 8 economies have exporters of the processing type (CHN MEX)"),
        "{}",
        record.reason
    );
    let numbers = [record.estimate, record.interval.low, record.interval.high, record.p_adjusted];
    assert!(numbers.iter().all(|number| number.is_nan()) && record.n == 80, "{numbers:?}");
    assert!(argument(&outcome).contains("no sign is read"), "{}", argument(&outcome));
    // Exporters: six economies and four parts in 14 years, by numpy the processing part of China in the first of them.
    let frame = detail(&outcome, "exporters");
    assert_eq!(frame.n_rows(), 10 * 14);
    let at =
        frame.texts("exporter").unwrap().iter().position(|name| *name == Some("CHN processing")).unwrap();
    for (column, expected) in CHN_PROCESSING {
        near(frame.numbers(column).unwrap()[at], expected, column);
    }
}

/// Exports, own value added, foreign content, VS1 and jobs of CN2 in 2000, in the world with few exporters of the type.
const CHN_PROCESSING: [(&str, f64); 5] = [
    ("gexp", 19.481603075849087),
    ("own_value_added", 5.216372308584114),
    ("fc_share", 0.7117120499364606),
    ("vs1", 0.0547217343107923),
    ("own_jobs", 0.3955506129413695),
];

// Without parts ---------------------------------------------------------------------------------------------------------

/// No number, no unit, no argument.
#[track_caller]
fn computes_nothing(outcome: &Outcome) {
    let record = &outcome.record;
    let numbers =
        [record.estimate, record.interval.low, record.interval.high, record.p_adjusted, record.power];
    assert!(numbers.iter().all(|number| number.is_nan()) && record.n == 0, "{}", record.reason);
    assert!(outcome.units.is_empty() && outcome.argument.is_empty() && outcome.details.is_empty());
}

#[test]
fn without_parts_both_claims_wait_and_say_for_what() {
    let mut whole = exporters(1.0, &["USA", "DEU", "KOR", "CHN", "MEX"]);
    whole.areas.truncate(5);
    let whole = whole.series(FIRST..=2011);
    assert!(whole.united.is_empty());
    for data in [ClaimData::of(Vec::new()), ClaimData::of(vec![whole])] {
        for (id, verdict, reason) in [
            (
                "C19",
                D3,
                "D3 needs data that are not loaded: would need processing rows of exporters (OECD ICIO CN1, CN2, MX1, MX2)",
            ),
            (
                "C20",
                D4,
                "D4 a causal question, of which nothing is computed: would need processing and ordinary exports apart (OECD ICIO \
                 CN1, CN2) for the accounts, and growth by province for the rest",
            ),
        ] {
            let claim: &dyn Claim = claims::find(id).unwrap();
            let outcome = claim.evaluate(&data, &ClaimOptions::default()).unwrap();
            assert_eq!((outcome.record.verdict, outcome.record.reason.as_str()), (verdict, reason));
            computes_nothing(&outcome);
            let settle = what_would_settle(claim.card(), &outcome.record);
            assert!(reason.ends_with(&format!("would need {settle}")), "{settle}");
        }
    }
}

#[test]
fn parts_that_do_not_help_are_told_as_unused() {
    // Mexico alone is no China; it is an exporter of the type.
    let mut mexico = exporters(1.0, &OTHERS);
    mexico.areas.retain(|area| area.1 != "CHN");
    // The closures know areas by their place in the longer list: Mexico's stand where China's stood.
    let mexico = mexico.series(FIRST..=2012);
    let waits = evaluate("C20", mexico.clone());
    assert_eq!(waits.record.verdict, D4);
    assert!(
        waits.record.reason.contains("(loaded and not used: MEX = MEX + MX1 + MX2 of made up): would need"),
        "{}",
        waits.record.reason
    );
    computes_nothing(&waits);
    let few = evaluate("C19", mexico).record;
    assert!(few.verdict == D2 && few.reason.contains("1 of 7 economies"), "{}", few.reason);
    // Tables without parts beside those that have some.
    let mut whole = exporters(1.0, &["USA", "DEU", "KOR", "CHN", "MEX"]);
    whole.areas.truncate(5);
    let both = ClaimData::of(vec![whole.series(FIRST..=2012), exporters(1.0, &OTHERS).series(FIRST..=2012)]);
    for id in ["C19", "C20"] {
        let record = claims::find(id).unwrap().evaluate(&both, &ClaimOptions::default()).unwrap().record;
        assert!(record.data.contains("not used: made up: no parts of a split economy"), "{}", record.data);
    }
    // Four parts, as in the edition of 2016: which of them process is not known.
    let mut four = as_claimed();
    four.areas.extend([("CN3", "CHN", Role::Processing), ("CN4", "CHN", Role::Processing)]);
    let four = four.series(FIRST..=LAST);
    for (id, verdict) in [("C19", D3), ("C20", D4)] {
        let outcome = evaluate(id, four.clone());
        assert_eq!(outcome.record.verdict, verdict);
        assert!(
            outcome.record.reason.contains("CN1 + CN2 + CN3 + CN4 of made up)"),
            "{}",
            outcome.record.reason
        );
        computes_nothing(&outcome);
    }
}

#[test]
fn too_few_years_of_parts_are_told() {
    let short = as_claimed().series(FIRST..=2004);
    for id in ["C19", "C20"] {
        let record = evaluate(id, short.clone()).record;
        assert!(
            record.verdict == D3 && record.reason.contains("5 years, the test needs 10"),
            "{}",
            record.reason
        );
    }
    // Years of crisis count as none.
    let options = ClaimOptions { crisis_years: (2001..=2004).collect(), ..ClaimOptions::default() };
    let data = ClaimData::of(vec![as_claimed().series(FIRST..=LAST)]);
    let record = claims::find("C20").unwrap().evaluate(&data, &options).unwrap().record;
    assert!(record.verdict == D3 && record.reason.contains("9 years without crises"), "{}", record.reason);
    // The same of a file as OECD publishes it.
    let file = support::fixture("oecd-2023-extended/2019.csv");
    let output = support::vadex(&["claims", "C19", "C20", "--table", &file, "-q"]);
    let words = support::stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words.matches("1 year, the test needs 10").count(), 2, "{words}");
}
