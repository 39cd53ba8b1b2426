//! The closed forms against what they stand for: real inverses of matrices from which flows were really extracted.

use nalgebra::DMatrix;
use vadex::decompose::{Decomposition, Scope, Workspace, find_method};
use vadex::labels::Group;
use vadex::level::Level;
use vadex::model::Model;
use vadex::table::IcioTable;

use super::support::{close, fixture, model, open};
use super::synthetic;

/// Inverse of I − A by elimination, as slow and clear as it gets.
fn inverse(coefficients: &DMatrix<f64>) -> DMatrix<f64> {
    (DMatrix::identity(coefficients.nrows(), coefficients.nrows()) - coefficients).try_inverse().unwrap()
}

fn tables() -> Vec<(&'static str, IcioTable)> {
    let leather = open(&fixture("leather.csv"));
    let group =
        |name: &str, members: [&str; 2]| Group { name: name.into(), members: members.map(Into::into).into() };
    vec![
        ("leather grouped", leather.regroup(&[group("G", ["Argentina", "Turkey"])]).unwrap()),
        ("leather", leather),
        ("edge", open(&fixture("edge.csv"))),
        ("random", synthetic::table(4, 3, 7)),
        ("random grouped", synthetic::table(5, 2, 8).regroup(&[group("G", ["E001", "E003"])]).unwrap()),
    ]
}

/// Domestic and foreign value added in `demand` placed on exporter `s`, with coefficients `a`.
fn contents(model: &Model, a: &DMatrix<f64>, s: usize, demand: &DMatrix<f64>) -> (f64, f64) {
    let output = inverse(a) * demand;
    let home = model.axis().block(s);
    let mut sums = (0.0, 0.0);
    for (row, share) in model.value_added_share().iter().enumerate() {
        let value = share * output[row];
        if home.contains(&row) { sums.0 += value } else { sums.1 += value }
    }
    sums
}

/// A with the sales of `rows` to the economies that `buyer` accepts taken out.
fn without(model: &Model, rows: &[usize], buyer: impl Fn(usize) -> bool) -> DMatrix<f64> {
    let axis = model.axis();
    let mut a = model.system().input_coefficients().to_dense();
    for column in 0..a.ncols() {
        if buyer(axis.economy_of(column)) {
            rows.iter().for_each(|&row| a[(row, column)] = 0.0);
        }
    }
    a
}

fn exports(model: &Model, rows: &[usize], importer: impl Fn(usize) -> bool) -> DMatrix<f64> {
    let e = model.flows().bilateral_exports();
    let mut demand = DMatrix::zeros(e.nrows(), 1);
    for &row in rows {
        demand[row] = (0..e.ncols()).filter(|&r| importer(r)).map(|r| e[(row, r)]).sum();
    }
    demand
}

fn run(model: &Model, id: &str, level: Level) -> Decomposition {
    find_method(id).unwrap().run(&Workspace::new(model).unwrap(), level, &Scope::default()).unwrap()
}

/// Rows and importer of each unit, from its keys.
fn unit(model: &Model, result: &Decomposition, unit: usize) -> (usize, Vec<usize>, Option<usize>) {
    let index = |name: &str| result.key(name).map(|key| key.indices[unit] as usize);
    let s = index("exporter").unwrap();
    let axis = model.axis();
    let rows = axis
        .block(s)
        .filter(|&row| index("sector").is_none_or(|sector| axis.sector_of(row) == sector))
        .collect();
    (s, rows, index("importer"))
}

#[test]
fn own_flow_perimeters_are_real_extractions_of_the_flow() {
    for (name, table) in tables() {
        let model = model(&table);
        let scale: f64 = model.flows().gross_exports().iter().sum();
        for level in Level::ALL {
            let result = run(&model, "bm-self", level);
            for u in 0..result.n_units() {
                let (s, rows, importer) = unit(&model, &result, u);
                let abroad = |r: usize| r != s && importer.is_none_or(|importer| r == importer);
                let (dva, fva) =
                    contents(&model, &without(&model, &rows, abroad), s, &exports(&model, &rows, abroad));
                let what = format!("{name}, {} unit {u}", level.id());
                close(result.term("dva").unwrap()[u], dva, scale, 1e-12, &what);
                close(result.term("fva").unwrap()[u], fva, scale, 1e-12, &what);
            }
        }
    }
}

#[test]
fn the_country_perimeter_is_the_extraction_of_all_exports_of_intermediates() {
    for (name, table) in tables() {
        let model = model(&table);
        let scale: f64 = model.flows().gross_exports().iter().sum();
        for (id, level) in [
            ("bm-source", Level::BilateralSector),
            ("miroudot-ye", Level::Sector),
            ("bm-sink", Level::Country),
        ] {
            let result = run(&model, id, level);
            for u in 0..result.n_units() {
                let (s, rows, importer) = unit(&model, &result, u);
                let all: Vec<usize> = model.axis().block(s).collect();
                let abroad = |r: usize| r != s && importer.is_none_or(|importer| r == importer);
                let a = without(&model, &all, |r| r != s);
                let (dva, fva) = contents(&model, &a, s, &exports(&model, &rows, abroad));
                let what = format!("{name}, {id} unit {u}");
                close(result.term("dva").unwrap()[u], dva, scale, 1e-12, &what);
                close(result.term("fva").unwrap()[u], fva, scale, 1e-12, &what);
            }
        }
    }
}

#[test]
fn value_added_lost_is_gdp_less_gdp_of_the_world_without_the_exports() {
    for (name, table) in tables() {
        let model = model(&table);
        let axis = model.axis();
        let demand = model.flows().final_demand();
        let (share, output) = (model.value_added_share(), model.flows().gross_output());
        let scale: f64 = output.iter().sum();
        for level in Level::ALL {
            let result = run(&model, "extraction", level);
            for u in 0..result.n_units() {
                let (s, rows, importer) = unit(&model, &result, u);
                let all: Vec<usize> = axis.block(s).collect();
                let abroad = |r: usize| r != s && importer.is_none_or(|importer| r == importer);
                let mut left = demand.clone();
                for r in (0..axis.n_economies()).filter(|&r| abroad(r)) {
                    left.column_mut(r).rows_range_mut(axis.block(s)).fill(0.0);
                }
                let hypothetical = inverse(&without(&model, &all, abroad)) * left.column_sum();
                let lost: f64 = rows.iter().map(|&row| share[row] * (output[row] - hypothetical[row])).sum();
                close(result.term("vaxd").unwrap()[u], lost, scale, 1e-12, &format!("{name}, unit {u}"));
            }
        }
    }
}

#[test]
fn sink_flows_are_what_is_left_when_the_exporter_sells_no_further() {
    for (name, table) in tables() {
        let model = model(&table);
        let axis = model.axis();
        let global = inverse(&model.system().input_coefficients().to_dense());
        let coefficients = model.system().input_coefficients().to_dense();
        let demand = model.flows().final_demand();
        let scale: f64 = model.flows().gross_exports().iter().sum();
        let result = run(&model, "bm-sink", Level::BilateralSector);
        for u in 0..result.n_units() {
            let (s, rows, importer) = unit(&model, &result, u);
            let (home, r) = (axis.block(s), importer.unwrap());
            let all: Vec<usize> = home.clone().collect();
            let extracted = inverse(&without(&model, &all, |t| t != s));
            let mut kept = demand.clone();
            for t in (0..axis.n_economies()).filter(|&t| t != s) {
                kept.column_mut(t).rows_range_mut(home.clone()).fill(0.0);
            }
            let q = &extracted * &kept;
            let mut expected = [0.0; 3];
            for &row in &rows {
                let content: f64 =
                    home.clone().map(|i| model.value_added_share()[i] * global[(i, row)]).sum();
                let mut flow = |k: usize, absorber: &dyn Fn(usize) -> bool, direct: bool| {
                    let through: f64 = axis
                        .block(r)
                        .map(|j| {
                            let output: f64 =
                                (0..axis.n_economies()).filter(|&t| absorber(t)).map(|t| q[(j, t)]).sum();
                            coefficients[(row, j)] * output
                        })
                        .sum();
                    expected[k] += content * (through + if direct { demand[(row, r)] } else { 0.0 });
                };
                flow(0, &|t| t != s, true);
                flow(1, &|t| t == r, true);
                flow(2, &|t| t == s, false);
            }
            for (symbol, expected) in ["vax", "vaxim", "ref"].iter().zip(expected) {
                let what = format!("{name}, {symbol} unit {u}");
                close(result.term(symbol).unwrap()[u], expected, scale, 1e-12, &what);
            }
        }
    }
}

/// The names of the terms by use, in the order of the numbers below.
const BY_USE: [&str; 10] = [
    "vax_fin",
    "vax_int",
    "vax_rex_fin",
    "vax_rex_int",
    "ref_fin",
    "ref_int",
    "fva_fin",
    "fva_int",
    "fva_rex_fin",
    "fva_rex_int",
];

#[test]
fn terms_by_use_follow_each_good_through_the_economy_that_buys_it() {
    for (name, table) in tables() {
        let model = model(&table);
        let axis = model.axis();
        let economies = axis.n_economies();
        let (a, y) = (&model.system().input_coefficients().to_dense(), model.flows().final_demand());
        let (global, share) = (inverse(a), model.value_added_share());
        let scale: f64 = model.flows().gross_exports().iter().sum();
        for (id, is_sink) in [("bm-source-terms", false), ("bm-sink-terms", true)] {
            let result = run(&model, id, Level::BilateralSector);
            for u in 0..result.n_units() {
                let (s, rows, importer) = unit(&model, &result, u);
                let (home, r) = (axis.block(s), importer.unwrap());
                let all: Vec<usize> = home.clone().collect();
                let extracted = inverse(&without(&model, &all, |t| t != s));
                // What is made for each absorber; at the last crossing without the exporter's sales abroad.
                let mut demand = y.clone();
                for t in (0..economies).filter(|&t| is_sink && t != s) {
                    demand.column_mut(t).rows_range_mut(home.clone()).fill(0.0);
                }
                let made = if is_sink { &extracted * &demand } else { &global * &demand };
                let again = &extracted * exports(&model, &all, |t| t != s);
                let contents = if is_sink { &global } else { &extracted };
                let block = axis.block(r);
                let size = block.len();
                let local =
                    inverse(&DMatrix::from_fn(size, size, |i, j| a[(block.start + i, block.start + j)]));
                // A_sr L_rr X of a row, X by position in the importer's block.
                let through = |row: usize, x: &dyn Fn(usize) -> f64| -> f64 {
                    (0..size)
                        .flat_map(|i| (0..size).map(move |j| (i, j)))
                        .map(|(i, j)| a[(row, block.start + i)] * local[(i, j)] * x(j))
                        .sum()
                };
                // Σ_{j≠r} A_rj of what others make.
                let sold = |j: usize, of: &dyn Fn(usize) -> f64| -> f64 {
                    (0..axis.n_rows())
                        .filter(|row| !block.contains(row))
                        .map(|row| a[(block.start + j, row)] * of(row))
                        .sum()
                };
                let others = |wanted: &dyn Fn(usize) -> bool, x: &DMatrix<f64>, row: usize| -> f64 {
                    (0..economies).filter(|&t| wanted(t)).map(|t| x[(row, t)]).sum()
                };
                let mut expected = [0.0; 10];
                let mut double = [0.0; 2];
                for &row in &rows {
                    let content = |domestic: bool| -> f64 {
                        (0..axis.n_rows())
                            .filter(|i| home.contains(i) == domestic)
                            .map(|i| share[i] * contents[(i, row)])
                            .sum()
                    };
                    let finals = |wanted: &dyn Fn(usize) -> bool| {
                        through(row, &|j| others(wanted, y, block.start + j))
                    };
                    let inputs = |wanted: &dyn Fn(usize) -> bool| {
                        through(row, &|j| sold(j, &|k| others(wanted, &made, k)))
                    };
                    let (d, f) = (content(true), content(false));
                    let terms = [
                        d * y[(row, r)],
                        d * finals(&|t| t == r),
                        d * finals(&|t| t != s && t != r),
                        d * inputs(&|t| t != s),
                        d * finals(&|t| t == s),
                        d * inputs(&|t| t == s),
                        f * y[(row, r)],
                        f * finals(&|t| t == r),
                        f * finals(&|t| t != r),
                        f * inputs(&|_| true),
                    ];
                    expected.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                    let again = through(row, &|j| sold(j, &|k| again[k]));
                    double[0] += d * again;
                    double[1] += f * again;
                }
                for (symbol, expected) in BY_USE.iter().zip(expected) {
                    let what = format!("{name}, {id} {symbol} unit {u}");
                    close(result.term(symbol).unwrap()[u], expected, scale, 1e-12, &what);
                }
                for (symbol, expected) in ["ddc", "fdc"].iter().zip(double).filter(|_| is_sink) {
                    let what = format!("{name}, {id} {symbol} unit {u}");
                    close(result.term(symbol).unwrap()[u], expected, scale, 1e-12, &what);
                }
            }
        }
    }
}

#[test]
fn imports_are_counted_once_in_the_world_without_them() {
    for (name, table) in tables() {
        let model = model(&table);
        let axis = model.axis();
        let scale: f64 = model.flows().gross_exports().iter().sum();
        let result = run(&model, "bm-imports", Level::Bilateral);
        for u in 0..result.n_units() {
            let index = |key: &str| result.key(key).unwrap().indices[u] as usize;
            let (r, origin) = (index("importer"), index("origin"));
            let mut a = model.system().input_coefficients().to_dense();
            for column in axis.block(r) {
                for row in (0..axis.n_rows()).filter(|row| !axis.block(r).contains(row)) {
                    a[(row, column)] = 0.0;
                }
            }
            let output = inverse(&a) * model.flows().bilateral_exports().column(r);
            let expected: f64 =
                axis.block(origin).map(|row| model.value_added_share()[row] * output[row]).sum();
            close(result.term("va").unwrap()[u], expected, scale, 1e-12, &format!("{name}, unit {u}"));
        }
    }
}

#[test]
fn wwz_terms_are_the_sums_of_blocks_that_the_paper_writes() {
    for (name, table) in tables() {
        let model = model(&table);
        let axis = model.axis();
        let economies = axis.n_economies();
        let (a, y) = (&model.system().input_coefficients().to_dense(), model.flows().final_demand());
        let global = inverse(a);
        let scale: f64 = model.flows().gross_exports().iter().sum();
        let result = run(&model, "wwz", Level::BilateralSector);
        for u in 0..result.n_units() {
            let (s, rows, importer) = unit(&model, &result, u);
            let r = importer.unwrap();
            let home = axis.block(s);
            // (A_sr B_rt y_tk) of a row.
            let path = |row: usize, t: usize, k: usize| -> f64 {
                axis.block(r)
                    .map(|j| a[(row, j)] * axis.block(t).map(|i| global[(j, i)] * y[(i, k)]).sum::<f64>())
                    .sum()
            };
            let third = || (0..economies).filter(move |&t| t != s && t != r);
            let mut expected = [0.0; 8];
            for &row in &rows {
                let local = model.system().local_leontief().unwrap();
                let d: f64 = home
                    .clone()
                    .map(|i| model.value_added_share()[i] * local[s][(i - home.start, row - home.start)])
                    .sum();
                let terms = [
                    path(row, r, r),
                    third().map(|t| path(row, t, t)).sum(),
                    third().map(|t| path(row, r, t)).sum(),
                    third()
                        .map(|t| {
                            (0..economies).filter(|&k| k != s && k != t).map(|k| path(row, t, k)).sum::<f64>()
                        })
                        .sum(),
                    path(row, r, s),
                    third().map(|t| path(row, t, s)).sum(),
                    path(row, s, s),
                    (0..economies).filter(|&k| k != s).map(|k| path(row, s, k)).sum(),
                ];
                expected.iter_mut().zip(terms).for_each(|(sum, term)| *sum += d * term);
            }
            let symbols = [
                "dva_int",
                "dva_intrexi1",
                "dva_intrexf",
                "dva_intrexi2",
                "rdv_fin",
                "rdv_fin2",
                "rdv_int",
                "ddc_fin",
            ];
            for (symbol, expected) in symbols.iter().zip(expected) {
                let what = format!("{name}, {symbol} unit {u}");
                close(result.term(symbol).unwrap()[u], expected, scale, 1e-12, &what);
            }
        }
    }
}
