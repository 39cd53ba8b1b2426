//! Why GDP changed between two tables: against explicit inverses and every order one by one, against figures computed
//! elsewhere, and one factor at a time.

use nalgebra::DMatrix;
use vadex::analysis::{FACTORS, Piece, Preparation, SdaAnalysis};
use vadex::level::Level;
use vadex::stats::{StatsError, shapley};
use vadex::table::IcioTable;

use super::support::{close, dmatrix, fixture, stderr, stdout, table, vadex};

const ECONOMIES: [&str; 2] = ["P", "Q"];
const SECTORS: [&str; 2] = ["a", "b"];
/// Of GDP: sums and solves of four rows, in another order.
const TOLERANCE: f64 = 1e-12;
/// Of the change of GDP: sums and solves of 820 rows, by another elimination in another language.
const ELSEWHERE: f64 = 1e-9;

fn run(tables: &[IcioTable; 2], coupled: bool) -> Piece {
    run_at(tables, coupled, Level::Country)
}

fn run_at(tables: &[IcioTable; 2], coupled: bool, level: Level) -> Piece {
    let [from, to] = tables.clone().map(|table| Preparation::default().build(table).unwrap());
    SdaAnalysis { level, coupled, ..SdaAnalysis::default() }.run(&from, &to, &|| ()).unwrap()
}

fn remark(piece: &Piece, words: &str) -> bool {
    piece.notes.remarks.iter().any(|remark| remark.contains(words))
}

/// Two years; in the first nobody sells `b` to Q.a.
fn years() -> [(DMatrix<f64>, DMatrix<f64>); 2] {
    [
        (
            dmatrix![20.0, 7.0, 5.0, 3.0; 4.0, 11.0, 0.0, 2.0; 2.0, 6.0, 13.0, 8.0; 1.0, 3.0, 0.0, 9.0],
            dmatrix![30.0, 12.0; 25.0, 9.0; 8.0, 21.0; 4.0, 33.0],
        ),
        (
            dmatrix![24.0, 9.0, 9.0, 6.0; 3.0, 17.0, 2.0, 1.0; 8.0, 5.0, 12.0, 14.0; 2.0, 9.0, 4.0, 10.0],
            dmatrix![41.0, 19.0; 22.0, 17.0; 16.0, 25.0; 11.0, 39.0],
        ),
    ]
}

fn tables(years: &[(DMatrix<f64>, DMatrix<f64>); 2]) -> [IcioTable; 2] {
    years.clone().map(|(z, y)| table(&ECONOMIES, &SECTORS, z, y))
}

/// The six factors of one year; shares that are not defined are NaN.
#[derive(Clone)]
struct Parts {
    value_added_share: Vec<f64>,
    technology: DMatrix<f64>,
    input_sourcing: DMatrix<f64>,
    final_sourcing: DMatrix<f64>,
    mix: DMatrix<f64>,
    level: Vec<f64>,
}

impl Parts {
    fn of((z, y): &(DMatrix<f64>, DMatrix<f64>)) -> Self {
        let output: Vec<f64> = (0..4).map(|k| z.row(k).sum() + y.row(k).sum()).collect();
        let a = DMatrix::from_fn(4, 4, |k, j| z[(k, j)] / output[j]);
        let technology = DMatrix::from_fn(2, 4, |i, j| a[(i, j)] + a[(i + 2, j)]);
        let demanded = DMatrix::from_fn(2, 2, |i, r| y[(i, r)] + y[(i + 2, r)]);
        let level: Vec<f64> = (0..2).map(|r| demanded.column(r).sum()).collect();
        Self {
            value_added_share: (0..4).map(|j| 1.0 - a.column(j).sum()).collect(),
            input_sourcing: DMatrix::from_fn(4, 4, |k, j| a[(k, j)] / technology[(k % 2, j)]),
            final_sourcing: DMatrix::from_fn(4, 2, |k, r| y[(k, r)] / demanded[(k % 2, r)]),
            mix: DMatrix::from_fn(2, 2, |i, r| demanded[(i, r)] / level[r]),
            technology,
            level,
        }
    }

    fn coefficients(&self) -> DMatrix<f64> {
        DMatrix::from_fn(4, 4, |k, j| self.input_sourcing[(k, j)] * self.technology[(k % 2, j)])
    }

    fn demand(&self) -> DMatrix<f64> {
        DMatrix::from_fn(4, 2, |k, r| self.final_sourcing[(k, r)] * self.mix[(k % 2, r)] * self.level[r])
    }

    fn output(&self) -> Vec<f64> {
        let inverse = (DMatrix::identity(4, 4) - self.coefficients()).try_inverse().unwrap();
        let demand = self.demand();
        (0..4).map(|k| (0..4).map(|l| inverse[(k, l)] * demand.row(l).sum()).sum()).collect()
    }

    fn gdp(&self) -> Vec<f64> {
        let added: Vec<f64> =
            self.output().iter().zip(&self.value_added_share).map(|(x, share)| x * share).collect();
        vec![added[0] + added[1], added[2] + added[3]]
    }

    /// Value added of each row in the final demand of each economy.
    fn by_absorber(&self) -> DMatrix<f64> {
        let inverse = (DMatrix::identity(4, 4) - self.coefficients()).try_inverse().unwrap();
        let output = inverse * self.demand();
        DMatrix::from_fn(4, 2, |row, absorber| self.value_added_share[row] * output[(row, absorber)])
    }

    /// Flows that have these factors.
    fn flows(&self) -> (DMatrix<f64>, DMatrix<f64>) {
        let (a, output) = (self.coefficients(), self.output());
        (DMatrix::from_fn(4, 4, |k, j| a[(k, j)] * output[j]), self.demand())
    }
}

/// `mine`, and `other` where it is not defined.
fn filled(mine: &DMatrix<f64>, other: &DMatrix<f64>) -> DMatrix<f64> {
    mine.zip_map(other, |a, b| if a.is_nan() { b } else { a })
}

/// GDP with the factors of a set changed, and those of the other year where they are not.
fn mixed(years: &[Parts; 2], changed: [bool; 6], coupled: bool) -> Vec<f64> {
    mixture(years, changed, coupled).gdp()
}

/// The factors themselves; shares that are not defined are those of the other year.
fn mixture(years: &[Parts; 2], changed: [bool; 6], coupled: bool) -> Parts {
    let of = |factor: usize| &years[usize::from(changed[factor])];
    let other = |factor: usize| &years[usize::from(!changed[factor])];
    let technology = if coupled {
        let (ratio, mix) = (&of(0).technology, &of(1).technology);
        DMatrix::from_fn(2, 4, |i, j| mix[(i, j)] / mix.column(j).sum() * ratio.column(j).sum())
    } else {
        of(1).technology.clone()
    };
    Parts {
        value_added_share: of(0).value_added_share.clone(),
        technology,
        input_sourcing: filled(&of(2).input_sourcing, &other(2).input_sourcing),
        final_sourcing: filled(&of(3).final_sourcing, &other(3).final_sourcing),
        mix: of(4).mix.clone(),
        level: of(5).level.clone(),
    }
}

/// Every order of 0 to 5.
fn orders() -> Vec<Vec<usize>> {
    (0..6).fold(vec![Vec::new()], |shorter, _| {
        let longer = |order: &Vec<usize>| {
            let rest: Vec<usize> = (0..6).filter(|factor| !order.contains(factor)).collect();
            rest.into_iter().map(|factor| [order.as_slice(), &[factor]].concat()).collect::<Vec<_>>()
        };
        shorter.iter().flat_map(longer).collect()
    })
}

#[test]
fn six_factors_are_what_explicit_inverses_and_all_orders_give() {
    let years = years();
    let parts = [Parts::of(&years[0]), Parts::of(&years[1])];
    assert!(parts[0].input_sourcing[(1, 2)].is_nan() && parts[0].input_sourcing[(3, 2)].is_nan());
    let orders = orders();
    assert_eq!(orders.len(), 720);
    for coupled in [false, true] {
        let piece = run(&tables(&years), coupled);
        let column = |name: &str| piece.frame.numbers(name).unwrap();
        let (before, after) = (mixed(&parts, [false; 6], coupled), mixed(&parts, [true; 6], coupled));
        for economy in 0..2 {
            let steps: Vec<[f64; 6]> = orders
                .iter()
                .map(|order| {
                    let (mut changed, mut last, mut steps) = ([false; 6], before[economy], [0.0; 6]);
                    for &factor in order {
                        changed[factor] = true;
                        let now = mixed(&parts, changed, coupled)[economy];
                        steps[factor] = now - last;
                        last = now;
                    }
                    steps
                })
                .collect();
            for factor in 0..6 {
                let row = 6 * economy + factor;
                let of = || steps.iter().map(move |steps| steps[factor]);
                let what = format!("{} of {}, coupled {coupled}", FACTORS[factor].id, ECONOMIES[economy]);
                let scale = after[economy];
                close(column("contribution")[row], of().sum::<f64>() / 720.0, scale, TOLERANCE, &what);
                close(column("lowest")[row], of().fold(f64::INFINITY, f64::min), scale, TOLERANCE, &what);
                close(
                    column("highest")[row],
                    of().fold(f64::NEG_INFINITY, f64::max),
                    scale,
                    TOLERANCE,
                    &what,
                );
                assert!(column("highest")[row] - column("lowest")[row] > 1e-3, "{what}: a band");
                close(column("gdp_from")[row], before[economy], scale, TOLERANCE, &what);
                close(column("gdp_to")[row], after[economy], scale, TOLERANCE, &what);
            }
            let sum: f64 = column("contribution")[6 * economy..6 * (economy + 1)].iter().sum();
            close(sum, after[economy] - before[economy], after[economy], TOLERANCE, "contributions add up");
            close(column("change")[6 * economy], sum, after[economy], TOLERANCE, "change");
        }
        let gap = piece.notes.worst_identity.as_ref().unwrap();
        assert!(gap.identity.contains("change of GDP") && gap.relative_gap < TOLERANCE, "{gap:?}");
        assert!(remark(&piece, "nothing in one of the years in 1 cells"), "{:?}", piece.notes.remarks);
        assert!(!remark(&piece, "final demand: "), "{:?}", piece.notes.remarks);
    }
}

#[test]
fn by_industry_and_absorber_they_are_what_explicit_inverses_and_all_orders_give() {
    let years = years();
    let parts = [Parts::of(&years[0]), Parts::of(&years[1])];
    let orders = orders();
    for coupled in [false, true] {
        let piece = run_at(&tables(&years), coupled, Level::BilateralSector);
        let column = |name: &str| piece.frame.numbers(name).unwrap();
        // By the bits of the factors that have changed.
        let values: Vec<DMatrix<f64>> = (0..64_usize)
            .map(|bits| {
                let changed = std::array::from_fn(|factor| (bits >> factor) & 1 == 1);
                mixture(&parts, changed, coupled).by_absorber()
            })
            .collect();
        let scale = values[63].sum();
        for (place, factor) in (0..8).flat_map(|place| (0..6).map(move |factor| (place, factor))) {
            let (industry, absorber, row) = (place / 2, place % 2, 6 * place + factor);
            let steps: Vec<f64> = orders
                .iter()
                .map(|order| {
                    let own = order.iter().position(|one| *one == factor).unwrap();
                    let before: usize = order[..own].iter().map(|one| 1_usize << one).sum();
                    let after = before + (1_usize << factor);
                    values[after][(industry, absorber)] - values[before][(industry, absorber)]
                })
                .collect();
            let what =
                format!("{} of industry {industry} for {absorber}, coupled {coupled}", FACTORS[factor].id);
            let (lowest, highest) =
                steps.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), step| {
                    (low.min(*step), high.max(*step))
                });
            close(column("contribution")[row], steps.iter().sum::<f64>() / 720.0, scale, TOLERANCE, &what);
            close(column("lowest")[row], lowest, scale, TOLERANCE, &what);
            close(column("highest")[row], highest, scale, TOLERANCE, &what);
            close(column("value_from")[row], values[0][(industry, absorber)], scale, TOLERANCE, &what);
            close(column("value_to")[row], values[63][(industry, absorber)], scale, TOLERANCE, &what);
            assert_eq!(piece.frame.texts("economy").unwrap()[row], Some(ECONOMIES[industry / 2]));
            assert_eq!(piece.frame.texts("sector").unwrap()[row], Some(SECTORS[industry % 2]));
            assert_eq!(piece.frame.texts("absorber").unwrap()[row], Some(ECONOMIES[absorber]));
        }
        let gap = piece.notes.worst_identity.as_ref().unwrap();
        assert!(gap.relative_gap < TOLERANCE, "{gap:?}");
    }
}

#[test]
fn the_level_of_each_absorber_as_a_factor_of_its_own_adds_the_same() {
    let years = years();
    let parts = [Parts::of(&years[0]), Parts::of(&years[1])];
    for coupled in [false, true] {
        let piece = run_at(&tables(&years), coupled, Level::Bilateral);
        let contribution = piece.frame.numbers("contribution").unwrap();
        for economy in 0..2 {
            // Five factors, and the level of P and of Q: 5 040 orders.
            let seven = shapley(7, |changed| {
                let mut six = [false; 6];
                (0..5).for_each(|factor| six[factor] = changed.contains(factor));
                let mut mixture = mixture(&parts, six, coupled);
                mixture.level = (0..2)
                    .map(|absorber| parts[usize::from(changed.contains(5 + absorber))].level[absorber])
                    .collect();
                Ok::<f64, StatsError>(mixture.gdp()[economy])
            })
            .unwrap();
            let of = |absorber: usize, factor: usize| contribution[12 * economy + 6 * absorber + factor];
            for absorber in 0..2 {
                let own = seven.contributions[5 + absorber].mean;
                let what = format!("level of {absorber} in GDP of {economy}, coupled {coupled}");
                close(of(absorber, 5), own, seven.after, TOLERANCE, &what);
                assert!(own.abs() > 1.0, "{what}: nothing is left to compare");
            }
            for factor in 0..5 {
                let both = of(0, factor) + of(1, factor);
                close(both, seven.contributions[factor].mean, seven.after, TOLERANCE, FACTORS[factor].id);
            }
        }
    }
}

#[test]
fn coupled_only_the_level_of_demand_adds_to_the_world() {
    let of_world = |coupled| {
        let piece = run(&tables(&years()), coupled);
        let contribution = piece.frame.numbers("contribution").unwrap().to_vec();
        (0..6).map(|factor| contribution[factor] + contribution[6 + factor]).collect::<Vec<f64>>()
    };
    let [[_, before], [_, after]] = years().map(|(z, y)| [z.sum(), y.sum()]);
    let coupled = of_world(true);
    coupled[..5].iter().for_each(|sum| close(*sum, 0.0, after, TOLERANCE, "a factor over the world"));
    close(coupled[5], after - before, after, TOLERANCE, "level of demand over the world");
    // Apart, what one of the two takes the other gives, and neither is nothing.
    let apart = of_world(false);
    assert!(apart[0].abs() > 1.0 && apart[1].abs() > 1.0, "{apart:?}");
}

#[test]
fn what_changes_alone_takes_the_whole_change_in_every_order() {
    let [first, second] = years().map(|year| Parts::of(&year));
    // Without undefined shares.
    let first = Parts { input_sourcing: filled(&first.input_sourcing, &second.input_sourcing), ..first };
    let mut turned = first.technology.clone();
    turned.swap_rows(0, 1);
    let alone = [
        (1, false, Parts { technology: turned.clone(), ..first.clone() }),
        (1, true, Parts { technology: turned, ..first.clone() }),
        (2, false, Parts { input_sourcing: second.input_sourcing.clone(), ..first.clone() }),
        (3, false, Parts { final_sourcing: second.final_sourcing.clone(), ..first.clone() }),
        (4, false, Parts { mix: second.mix.clone(), ..first.clone() }),
        (5, false, Parts { level: second.level.clone(), ..first.clone() }),
        (
            0,
            true,
            Parts {
                technology: &first.technology * 0.8,
                value_added_share: first.value_added_share.iter().map(|v| 1.0 - 0.8 * (1.0 - v)).collect(),
                ..first.clone()
            },
        ),
    ];
    for (factor, coupled, changed) in alone {
        let piece = run(&tables(&[first.flows(), changed.flows()]), coupled);
        let column = |name: &str| piece.frame.numbers(name).unwrap();
        for row in 0..12 {
            let what = format!("{} alone, row {row}, coupled {coupled}", FACTORS[factor].id);
            let scale = column("gdp_to")[row];
            let expected = if row % 6 == factor { column("change")[row] } else { 0.0 };
            for name in ["contribution", "lowest", "highest"] {
                close(column(name)[row], expected, scale, TOLERANCE, &what);
            }
            assert!(row % 6 != factor || expected.abs() > 1e-3, "{what}: nothing changed");
        }
    }
}

#[test]
fn amounts_that_cancel_have_no_shares_and_the_change_is_whole() {
    let [(z, mut y), second] = years();
    // Q takes `a` of P and gives back almost as much of its own stock.
    (y[(0, 1)], y[(2, 1)]) = (12.0, -11.5);
    let piece = run(&tables(&[(z.clone(), y.clone()), second.clone()]), false);
    assert!(
        remark(&piece, "final demand: suppliers' amounts cancel in 1 cells"),
        "{:?}",
        piece.notes.remarks
    );
    assert!(piece.notes.worst_identity.unwrap().relative_gap < TOLERANCE);
    // Less is given back: there are shares, one of them below zero.
    y[(2, 1)] = -6.0;
    let piece = run(&tables(&[(z, y), second]), false);
    assert!(remark(&piece, "amounts have both signs in 1 cells"), "{:?}", piece.notes.remarks);
    // 18 of 6.
    assert!(remark(&piece, "add up to 3.00 at most"), "{:?}", piece.notes.remarks);
    assert!(piece.notes.worst_identity.unwrap().relative_gap < TOLERANCE);
}

#[test]
fn an_industry_that_appears_brings_its_own_coefficients() {
    let [(mut z, mut y), second] = years();
    for k in 0..4 {
        (z[(1, k)], z[(k, 1)]) = (0.0, 0.0);
    }
    (y[(1, 0)], y[(1, 1)]) = (0.0, 0.0);
    let piece = run(&tables(&[(z, y), second]), false);
    assert!(remark(&piece, "output in one of the years only: P.b"), "{:?}", piece.notes.remarks);
    assert!(piece.notes.worst_identity.unwrap().relative_gap < TOLERANCE);
}

#[test]
fn tables_that_cannot_be_compared_are_refused_with_what_differs() {
    let [(z, y), _] = years();
    let world = |table: IcioTable| Preparation::default().build(table).unwrap();
    let ours = world(table(&ECONOMIES, &SECTORS, z.clone(), y.clone()));
    let refused =
        |other: IcioTable| SdaAnalysis::default().run(&ours, &world(other), &|| ()).map(|_| ()).unwrap_err();
    let error = refused(table(&ECONOMIES, &["a", "c"], z.clone(), y.clone()));
    assert!(error.to_string().contains("lacking sectors b, new sectors c"), "{error}");
    assert!(error.hint().contains("vadex aggregate"), "{}", error.hint());
    let error = refused(table(&["P", "R"], &SECTORS, z.clone(), y.clone()));
    assert!(error.to_string().contains("lacking economies Q, new economies R"), "{error}");
    let error = refused(table(&ECONOMIES, &SECTORS, z, y).with_description(Some("EUR".into()), None));
    assert!(error.to_string().contains("is in "), "{error}");
}

/// Rows of a CSV on standard output: factor, contribution, lowest, highest, contribution through demand at home.
fn told(arguments: &[&str]) -> Vec<(String, [f64; 4])> {
    let output = vadex(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    let text = stdout(&output);
    let head = "from,to,economy,factor,contribution,lowest,highest,change,gdp_from,gdp_to,domestic_demand,foreign_demand";
    assert_eq!(text.lines().next(), Some(head));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells[..3], ["2000", "2008", "CHN"], "{line}");
        // GDP of the table itself: output less inputs of 20 industries in whole million USD.
        for (cell, gdp) in [(7, 3_365_354.0), (8, 1_209_299.0), (9, 4_574_653.0)] {
            close(cells[cell].parse().unwrap(), gdp, gdp, ELSEWHERE, line);
        }
        let [whole, home, abroad] = [4, 10, 11].map(|cell| cells[cell].parse::<f64>().unwrap());
        close(home + abroad, whole, 4_574_653.0, ELSEWHERE, line);
        assert!(home.abs() > 1.0 && abroad.abs() > 1.0, "{line}");
        (cells[3].to_owned(), [4, 5, 6, 10].map(|cell| cells[cell].parse().unwrap()))
    };
    text.lines().skip(1).map(row).collect()
}

/// China 2000 to 2008 in million USD, computed from the same two tables with numpy 2.4: shares by loops over
/// sectors, explicit inverses of I − A for every mixture, a walk through each of the 720 orders.
#[test]
fn china_is_what_another_program_computes() {
    let apart = [
        [-306_082.403_761_665, -563_974.193_552_818, -102_611.691_146_230, -197_478.563_076_744],
        [195_427.501_869_347, 74_877.766_531_833, 375_030.785_138_369, 136_929.526_729_155],
        [334_533.260_761_573, 205_888.503_661_743, 498_146.020_665_439, -12_487.884_253_777],
        [338_060.855_096_483, 187_090.510_495_449, 545_648.706_171_539, 756.111_168_228],
        [-73_575.150_708_135, -141_397.722_154_397, -24_663.657_844_540, -11_630.145_801_162],
        [2_876_989.936_742_384, 2_474_201.477_503_045, 3_385_013.627_039_244, 2_486_511.679_287_218],
    ];
    let coupled = [
        [-53_358.773_005_926, -97_144.712_882_513, -17_163.801_582_734, -46_524.756_833_498],
        [-48_228.496_511_006, -100_359.078_533_176, -9_268.985_101_651, -8_010.110_539_808],
        [334_192.773_515_564, 209_865.963_587_490, 488_365.075_936_212, -12_221.247_178_487],
        [336_713.115_111_293, 210_962.522_576_135, 483_420.831_086_882, 759.266_895_458],
        [-73_417.271_234_386, -129_316.754_224_041, -26_400.732_144_936, -11_720.090_528_773],
        [2_869_452.652_124_434, 2_628_009.086_793_206, 3_150_801.321_165_32, 2_480_317.662_238_027],
    ];
    let common = ["--economy", "CHN", "--format", "csv", "-q"];
    let two = [&["sda", "builtin:wiod13/2000", "builtin:wiod13/2008"][..], &common].concat();
    let one = [&["sda", "builtin:wiod13", "--year", "2000,2008", "--coupled"][..], &common].concat();
    for (arguments, expected) in [(two, apart), (one, coupled)] {
        let found = told(&arguments);
        assert_eq!(found.len(), 6);
        for ((factor, found), (known, expected)) in found.iter().zip(FACTORS.iter().zip(expected)) {
            assert_eq!(factor, known.id);
            for (found, expected) in found.iter().zip(expected) {
                close(*found, expected, 3_365_354.0, ELSEWHERE, &format!("{factor}: {arguments:?}"));
            }
        }
    }
}

#[test]
fn notes_tell_what_was_not_defined_and_at_which_prices() {
    let output = vadex(&["sda", "builtin:wiod13/2000", "builtin:wiod13/2008", "--economy", "CHN"]);
    let talk = stderr(&output);
    for words in [
        "unit: million USD, current prices",
        "contributions = change of GDP",
        "over all 720 orders",
        "read their sum",
        "output in one of the years only: MLT.c8",
        "inputs: nothing in one of the years in ",
        "final demand: suppliers' amounts have both signs in ",
        "`vadex deflate`",
    ] {
        assert!(talk.contains(words), "`{words}` is missing from {talk}");
    }
}

#[test]
fn what_is_not_two_tables_is_refused() {
    let table = fixture("leather.csv");
    for (arguments, words) in [
        (&["sda", "builtin:wiod13"][..], "two tables are compared, there are 17"),
        (&["sda", &table][..], "two tables are compared, there is 1"),
        (&["sda", &table, "builtin:wiod13"][..], "17 tables, FROM and TO are one each"),
        (&["sda", &table, "builtin:wiod13/2000"][..], "its economies and sectors are not those of"),
    ] {
        let output = vadex(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("try: "), "{arguments:?}");
    }
}

/// Are all ends of the bands of the size of GDP?
fn bounded(piece: &Piece, what: &str) {
    let column = |name: &str| piece.frame.numbers(name).unwrap();
    for row in 0..12 {
        let largest = column("lowest")[row].abs().max(column("highest")[row].abs());
        assert!(largest < 10.0 * column("gdp_to")[row], "{what}, row {row}: {largest}");
    }
    assert!(piece.notes.worst_identity.as_ref().unwrap().relative_gap < TOLERANCE, "{what}");
}

#[test]
fn demand_that_cancels_in_sum_has_no_mix_and_contributions_add_up() {
    let [(z, y), second] = years();
    for rest in [0.0, 1e-9] {
        // Q takes of its own as much as it gives back of its stocks of what is made in P.
        let mut cancelling = y.clone();
        (cancelling[(0, 1)], cancelling[(1, 1)]) = (-12.0, -4.0);
        (cancelling[(2, 1)], cancelling[(3, 1)]) = (7.0, 9.0 + rest);
        for coupled in [false, true] {
            let what = format!("{rest} is left, coupled {coupled}");
            let piece = run(&tables(&[(z.clone(), cancelling.clone()), second.clone()]), coupled);
            assert!(
                remark(&piece, "amounts cancel in all that is demanded by Q: no mix"),
                "{:?}",
                piece.notes.remarks
            );
            bounded(&piece, &what);
        }
    }
}

#[test]
fn inputs_that_cancel_in_sum_have_no_mix() {
    let [(z, y), second] = years();
    for rest in [0.0, 1e-9] {
        let mut cancelling = z.clone();
        (cancelling[(0, 0)], cancelling[(1, 0)]) = (6.0, rest - 6.0);
        (cancelling[(2, 0)], cancelling[(3, 0)]) = (2.0, -2.0);
        for coupled in [false, true] {
            let piece = run(&tables(&[(cancelling.clone(), y.clone()), second.clone()]), coupled);
            let told = remark(&piece, "amounts cancel in all that is bought by P.a: no mix");
            assert_eq!(told, coupled, "{:?}", piece.notes.remarks);
            bounded(&piece, &format!("{rest} is left, coupled {coupled}"));
        }
    }
}

#[test]
fn years_and_prices_that_are_not_what_they_seem_are_told() {
    let piece = run(&tables(&years()), false);
    assert!(remark(&piece, "the unit does not say at which prices"), "{:?}", piece.notes.remarks);
    for (arguments, words) in [
        (&["sda", "builtin:wiod13/2008", "builtin:wiod13/2000"][..], "from 2008 back to 2000"),
        (&["sda", "builtin:wiod13/2000", "builtin:wiod13/2000"], "both tables are of 2000"),
        (
            &["sda", "builtin:wiod13", "--year", "2000,2008", "--gross-output", "published"],
            "contributions do not add up to the change",
        ),
    ] {
        let output = vadex(arguments);
        assert!(output.status.success() && stderr(&output).contains(words), "{}", stderr(&output));
    }
}

#[test]
fn a_table_of_non_zeros_is_read_dense_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let sparse = folder.path().join("sparse.parquet");
    let sparse = sparse.to_str().unwrap();
    let made = vadex(&["import", &fixture("synth6x5.csv"), "--store", "sparse", "-o", sparse]);
    assert!(made.status.success(), "{}", stderr(&made));
    let refused = vadex(&["sda", sparse, sparse]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("`--store f64`"), "{}", stderr(&refused));
    // What the hint says can be done.
    let read = vadex(&["sda", sparse, sparse, "--store", "f64"]);
    assert!(read.status.success() && stdout(&read).lines().count() == 1 + 6 * 6, "{}", stderr(&read));
}
