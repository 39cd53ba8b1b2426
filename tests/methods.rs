//! What must hold for every method on any table: loops over methods, solvers, levels and seeded random tables.

use std::collections::HashMap;

use nalgebra::DMatrix;
use vadex::audit::worst_evidence;
use vadex::decompose::{
    Apart, DecomposeError, Decomposition, Detail, METHODS, Method, Scope, Workspace, decompose, find_method,
    stream,
};
use vadex::labels::Group;
use vadex::level::Level;
use vadex::model::solver::SOLVERS;
use vadex::model::{Model, ModelOptions};
use vadex::table::{IcioTable, Provenance, TableParts, known_splits};

use super::support::{close, fixture, model, open, stderr, table, vadex};
use super::synthetic;

/// Rounding of a few thousand additions; relative to world exports.
const EXACT: f64 = 1e-12;

fn run(work: &Workspace, id: &str, level: Level) -> Decomposition {
    find_method(id).unwrap().run(work, level, &Scope::default()).unwrap()
}

fn world_exports(model: &Model) -> f64 {
    model.flows().gross_exports().iter().sum()
}

fn sum(result: &Decomposition, term: &str) -> f64 {
    result.term(term).unwrap().iter().sum()
}

/// The same flows with final demand in one category and other labels, order or currency.
fn rebuilt(table: &IcioTable, order: &[usize], economies: &[usize], currency: f64) -> IcioTable {
    let axis = table.axis();
    let demand = table.final_demand_by_economy();
    IcioTable::new(TableParts {
        rows: order
            .iter()
            .map(|&row| (axis.member_of(row).to_owned(), axis.sectors()[axis.sector_of(row)].clone()))
            .collect(),
        categories: vec!["FD".into()],
        intermediate_use: (table.intermediate_use().rearranged(order).to_dense() * currency).into(),
        final_demand: demand.select_rows(order).select_columns(economies) * currency,
        primary_rows: Vec::new(),
        published_output: None,
        unit: "unit".into(),
        year: None,
        provenance: Provenance::default(),
    })
    .unwrap()
}

/// Values of a term by the labels of the unit.
fn by_label(model: &Model, result: &Decomposition, term: usize) -> HashMap<String, f64> {
    (0..result.n_units())
        .map(|unit| (result.unit_label(model.axis(), unit), result.values[term][unit]))
        .collect()
}

fn random_tables() -> Vec<IcioTable> {
    let group = Group { name: "G".into(), members: vec!["E000".into(), "E002".into()] };
    vec![
        synthetic::table(2, 3, 1),
        synthetic::table(4, 3, 2),
        synthetic::table(5, 2, 3).regroup(&[group]).unwrap(),
    ]
}

#[test]
fn evidence_holds_for_every_method_level_solver_and_table() {
    let mut tables = random_tables();
    tables.extend(["edge", "bmtoy", "iciotest"].map(|name| open(&fixture(&format!("{name}.csv")))));
    for (number, table) in tables.iter().enumerate() {
        for solver in SOLVERS {
            let options = ModelOptions { solver: Some(solver.id().into()), ..ModelOptions::default() };
            let Ok(model) = Model::build(table, &options) else {
                // Elimination without pivoting may refuse tables with negative flows; the others must not.
                assert_eq!(solver.id(), "dense-lu", "table {number}");
                continue;
            };
            let work = Workspace::new(&model).unwrap();
            for method in METHODS {
                for &level in method.levels() {
                    let result = method.run(&work, level, &Scope::default()).unwrap();
                    let what = format!("{} {} table {number} {}", method.id(), level.id(), solver.id());
                    assert!(result.values.iter().flatten().all(|v| v.is_finite()), "{what}: not finite");
                    assert!(result.n_units() > 0, "{what}: no rows");
                    if let Some(gap) = worst_evidence(*method, &result, model.axis()) {
                        // The iterative solver stops at 1e-13 of its right-hand side.
                        assert!(gap.relative_gap < 1e-11, "{what}: {gap:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn finer_levels_add_up_to_coarser_ones() {
    // Own-flow perimeters and the extraction of single partners do not add up, by definition.
    let apart = |method: &str, term: &str| {
        method == "bm-self"
            || ["vaxd", "va_left", "va"].contains(&term) && method != "bm-imports" && method != "tiva"
    };
    for table in random_tables() {
        let model = model(&table);
        let scale = world_exports(&model);
        let work = Workspace::new(&model).unwrap();
        for method in METHODS {
            let results: Vec<Decomposition> =
                method.levels().iter().map(|&level| run(&work, method.id(), level)).collect();
            for fine in &results {
                for coarse in &results {
                    let has_keys = |key: &vadex::decompose::Key| fine.key(key.name).is_some();
                    if fine.level == coarse.level || !coarse.keys.iter().all(has_keys) {
                        continue;
                    }
                    for term in coarse.terms.iter().filter(|term| !apart(method.id(), term.symbol)) {
                        let Some(values) = fine.term(term.symbol) else { continue };
                        let key_of = |result: &Decomposition, unit: usize| -> Vec<u32> {
                            coarse.keys.iter().map(|k| result.key(k.name).unwrap().indices[unit]).collect()
                        };
                        let mut sums: HashMap<Vec<u32>, f64> = HashMap::new();
                        for (unit, value) in values.iter().enumerate() {
                            *sums.entry(key_of(fine, unit)).or_default() += value;
                        }
                        for (unit, expected) in coarse.term(term.symbol).unwrap().iter().enumerate() {
                            let what = format!("{} {} {}", method.id(), term.symbol, fine.level.id());
                            close(sums[&key_of(coarse, unit)], *expected, scale, EXACT, &what);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn currency_scales_amounts_and_labels_do_not_matter() {
    let original = synthetic::table(4, 3, 11);
    let plain = rebuilt(&original, &(0..12).collect::<Vec<_>>(), &[0, 1, 2, 3], 1.0);
    // Economies in another order, sectors in another order within them, another currency.
    let economies = [2, 0, 3, 1];
    let order: Vec<usize> = economies.iter().flat_map(|&e| [1, 2, 0].map(|k| e * 3 + k)).collect();
    let shuffled = rebuilt(&original, &order, &economies, 1000.0);
    let (plain, shuffled) = (model(&plain), model(&shuffled));
    let scale = 1000.0 * world_exports(&plain);
    let (work, other) = (Workspace::new(&plain).unwrap(), Workspace::new(&shuffled).unwrap());
    for method in METHODS {
        for &level in method.levels() {
            let (a, b) = (run(&work, method.id(), level), run(&other, method.id(), level));
            for (position, term) in a.terms.iter().enumerate() {
                let found = by_label(&shuffled, &b, position);
                for (label, expected) in by_label(&plain, &a, position) {
                    let what = format!("{} {} {label}", method.id(), term.symbol);
                    close(found[&label], 1000.0 * expected, scale, EXACT, &what);
                }
            }
        }
    }
}

#[test]
fn results_are_the_same_bits_with_any_number_of_threads() {
    let table = synthetic::table(6, 5, 5);
    let with = |threads: usize| -> Vec<Decomposition> {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| {
            let work = Workspace::new(&model(&table)).unwrap();
            METHODS
                .iter()
                .flat_map(|method| method.levels().iter().map(|&level| run(&work, method.id(), level)))
                .collect()
        })
    };
    let one = with(1);
    for threads in [2, 5] {
        assert!(one == with(threads), "{threads} threads change a result");
    }
}

/// Two economies that trade final goods only.
fn final_trade() -> IcioTable {
    table(
        &["A", "B"],
        &["x", "y"],
        DMatrix::from_row_slice(4, 4, &[10., 5., 0., 0., 4., 8., 0., 0., 0., 0., 6., 3., 0., 0., 2., 9.]),
        DMatrix::from_row_slice(4, 2, &[40., 8., 30., 3., 5., 50., 7., 20.]),
    )
}

#[test]
fn without_trade_nothing_is_exported_and_without_trade_in_intermediates_nothing_is_foreign() {
    let closed = table(
        &["A", "B"],
        &["x"],
        DMatrix::from_row_slice(2, 2, &[10., 0., 0., 6.]),
        DMatrix::from_row_slice(2, 2, &[40., 0., 0., 50.]),
    );
    let work = Workspace::new(&model(&closed)).unwrap();
    for method in METHODS {
        for &level in method.levels() {
            let result = run(&work, method.id(), level);
            let at_home = ["va", "va_left", "prod", "dom", "dom_fnl", "dom_int", "fd_va", "dxd_dva"];
            for (term, values) in result.terms.iter().zip(&result.values) {
                let home = at_home.contains(&term.symbol) && method.id() != "bm-imports";
                assert!(home || values.iter().all(|v| v.abs() < 1e-12), "{} {}", method.id(), term.symbol);
            }
        }
    }
    let model = model(&final_trade());
    let work = Workspace::new(&model).unwrap();
    let foreign = [
        "fc", "fva", "fdc", "ddc", "ref", "gvc", "gvcb", "gvcf", "vs", "fdc1", "fdc2", "vs1", "vaxthird",
        "kww_t2", "kww_t3", "kww_t4", "kww_t5", "kww_t6", "kww_t7", "kww_t8", "kww_t9", "exgr_fva",
        "exgr_rim", "dexfvap", "fexdvap", "vax_int", "ref_fin", "ref_int", "fva_fin", "fva_int",
    ];
    for method in METHODS {
        for &level in method.levels() {
            let result = run(&work, method.id(), level);
            for (term, values) in result.terms.iter().zip(&result.values) {
                let none = foreign.contains(&term.symbol) || term.symbol.contains("_rex_");
                assert!(!none || values.iter().all(|v| v.abs() < 1e-12), "{} {}", method.id(), term.symbol);
            }
            for symbol in ["dva", "vax", "vax_fin", "davax", "dc", "kww_t1", "dva_fin", "vaxd"] {
                let exports = method.id() != "bm-imports";
                if let Some(values) = result.term(symbol).filter(|_| exports) {
                    close(values.iter().sum(), 23.0, 23.0, EXACT, &format!("{} {symbol}", method.id()));
                }
            }
        }
    }
}

#[test]
fn perimeters_and_approaches_stand_in_the_order_that_theory_gives() {
    for table in random_tables() {
        let model = model(&table);
        let scale = world_exports(&model);
        let work = Workspace::new(&model).unwrap();
        let at_most = |small: f64, large: f64, what: &str| {
            assert!(small <= large + EXACT * scale, "{what}: {small:e} > {large:e}");
        };
        for level in Level::ALL {
            let sink = run(&work, "bm-sink", level);
            let own = run(&work, "bm-self", level);
            let source = run(&work, "bm-source", level);
            for u in 0..sink.n_units() {
                let term = |result: &Decomposition, symbol: &str| result.term(symbol).unwrap()[u];
                at_most(term(&sink, "davax"), term(&sink, "vaxim"), "davax <= vaxim");
                at_most(term(&sink, "vaxim"), term(&sink, "vax"), "vaxim <= vax");
                at_most(term(&source, "dva"), term(&own, "dva"), "dva of the country perimeter <= own flow");
                for symbol in ["gexp", "dc", "fc", "davax", "gvcb", "gvcf"] {
                    let what = format!("{symbol} does not depend on the perimeter");
                    close(term(&sink, symbol), term(&source, symbol), scale, EXACT, &what);
                    close(term(&own, symbol), term(&source, symbol), scale, EXACT, &what);
                }
            }
        }
        let country = |id: &str| run(&work, id, Level::Country);
        let (source, sink) = (country("bm-source"), country("bm-sink"));
        let (world_source, world_sink) = (country("bm-world-source"), country("bm-world-sink"));
        let (fva, other) = (sum(&world_source, "fva"), sum(&world_sink, "fva"));
        close(fva, other, scale, EXACT, "world sums of fva: source and sink");
        for u in 0..source.n_units() {
            for symbol in ["dva", "vax", "ref", "ddc", "fva", "fdc"] {
                let (a, b) = (source.term(symbol).unwrap()[u], sink.term(symbol).unwrap()[u]);
                close(a, b, scale, EXACT, &format!("{symbol}: source and sink at country level"));
            }
        }
        let (wwz, kww, vax) = (country("wwz"), country("kww"), country("vax"));
        let (corrected, extraction) = (country("kww-corrected"), country("extraction"));
        for u in 0..source.n_units() {
            let of = |result: &Decomposition, symbol: &str| result.term(symbol).unwrap()[u];
            close(of(&wwz, "dva_fin"), of(&kww, "kww_t1"), scale, EXACT, "WWZ 1 is KWW 1");
            let both = of(&wwz, "rdv_fin") + of(&wwz, "rdv_fin2");
            close(both, of(&kww, "kww_t4"), scale, EXACT, "WWZ 6 + 7 is KWW 4");
            close(
                of(&wwz, "odc") + of(&wwz, "mdc"),
                of(&kww, "kww_t9"),
                scale,
                EXACT,
                "WWZ 15 + 16 is KWW 9",
            );
            close(of(&vax, "vaxc"), of(&source, "vax"), scale, EXACT, "VAX of all definitions in total");
            close(
                of(&extraction, "vaxd"),
                of(&source, "dva"),
                scale,
                EXACT,
                "extraction is domestic value added",
            );
            let fva = of(&corrected, "kww_t7") + of(&corrected, "kww_t8");
            close(fva, of(&world_sink, "fva"), scale, EXACT, "corrected KWW is the world sink");
            close(of(&corrected, "kww_t9"), of(&world_sink, "fdc"), scale, EXACT, "corrected KWW 9");
            for id in ["nagengast-stehrer-source", "nagengast-stehrer-sink"] {
                let (ns, bm) = (of(&country(id), "vax"), of(&source, "vax"));
                close(ns, bm, scale, EXACT, id);
            }
            let last = of(&country("nagengast-stehrer-sink"), "vaxim");
            close(last, of(&sink, "vaxim"), scale, EXACT, "Nagengast and Stehrer at the sink");
        }
    }
}

#[test]
fn terms_by_use_are_parts_of_the_terms_that_have_no_use() {
    for table in random_tables() {
        let model = model(&table);
        let scale = world_exports(&model);
        let work = Workspace::new(&model).unwrap();
        for level in Level::ALL {
            let (source, sink) = (run(&work, "bm-source", level), run(&work, "bm-sink", level));
            let [of_source, of_sink] = ["bm-source-terms", "bm-sink-terms"].map(|id| run(&work, id, level));
            let sum = |result: &Decomposition, symbols: &[&str], u: usize| -> f64 {
                symbols.iter().map(|symbol| result.term(symbol).unwrap()[u]).sum()
            };
            for (coarse, fine) in [(&source, &of_source), (&sink, &of_sink)] {
                for u in 0..coarse.n_units() {
                    for (whole, parts) in [
                        ("gexp", &["gexp"][..]),
                        ("dc", &["dc"]),
                        ("dva", &["dva"]),
                        ("vax", &["vax_fin", "vax_int", "vax_rex_fin", "vax_rex_int"]),
                        ("ref", &["ref_fin", "ref_int"]),
                        ("ddc", &["ddc"]),
                        ("fva", &["fva_fin", "fva_int", "fva_rex_fin", "fva_rex_int"]),
                        ("fdc", &["fdc"]),
                    ] {
                        let what = format!("{} {whole} {} {u}", fine.method, level.id());
                        close(sum(fine, parts, u), sum(coarse, &[whole], u), scale, EXACT, &what);
                    }
                }
            }
            // What crosses one border only, and what the importer exports on, is a matter of use at the first crossing.
            for u in 0..source.n_units() {
                let davax = sum(&of_source, &["vax_fin", "vax_int"], u);
                close(davax, sum(&source, &["davax"], u), scale, EXACT, "vax_fin + vax_int is davax");
                let forward = sum(&of_source, &["vax_rex_fin", "vax_rex_int", "ref_fin", "ref_int"], u);
                close(forward, sum(&source, &["gvcf"], u), scale, EXACT, "the rest is gvcf");
            }
            // The two approaches split the same totals at other borders: no part of one is that of the other.
            for symbol in ["vax_fin", "vax_rex_int", "ref_int", "fva_int"] {
                let both = of_source.term(symbol).unwrap().iter().zip(of_sink.term(symbol).unwrap());
                let apart = both.map(|(source, sink)| (source - sink).abs()).fold(0.0, f64::max);
                assert!(apart > 1e-9 * scale, "{symbol} is the same for source and sink at {}", level.id());
            }
        }
    }
}

/// The sums of decompr's `wwz2kww`, which cites table E2 of Wang, Wei and Zhu.
const NINE_OF_SIXTEEN: [(&str, &[&str]); 9] = [
    ("kww_t1", &["dva_fin"]),
    ("kww_t2", &["dva_int", "dva_intrexi1"]),
    ("kww_t3", &["dva_intrexf", "dva_intrexi2"]),
    ("kww_t4", &["rdv_fin", "rdv_fin2"]),
    ("kww_t5", &["rdv_int"]),
    ("kww_t6", &["ddc_fin", "ddc_int"]),
    ("kww_t7", &["mva_fin", "ova_fin"]),
    ("kww_t8", &["mva_int", "ova_int"]),
    ("kww_t9", &["mdc", "odc"]),
];

#[test]
fn nine_terms_are_sums_of_the_sixteen_and_of_an_economy_those_of_koopman_wang_and_wei() {
    let mut tables = random_tables();
    tables
        .extend(["leather", "edge", "bmtoy", "iciotest"].map(|name| open(&fixture(&format!("{name}.csv")))));
    for table in tables {
        let model = model(&table);
        let scale = world_exports(&model);
        let work = Workspace::new(&model).unwrap();
        for level in Level::ALL {
            let (nine, sixteen) = (run(&work, "wwz-kww", level), run(&work, "wwz", level));
            assert_eq!(nine.n_units(), sixteen.n_units());
            for (term, parts) in NINE_OF_SIXTEEN {
                for (u, found) in nine.term(term).unwrap().iter().enumerate() {
                    let expected = parts.iter().map(|part| sixteen.term(part).unwrap()[u]).sum();
                    close(*found, expected, scale, EXACT, &format!("{term} {} {u}", level.id()));
                }
            }
        }
        // Another way: `kww` knows no partner and no flow of WWZ.
        let (nine, kww) = (run(&work, "wwz-kww", Level::Country), run(&work, "kww", Level::Country));
        for (term, _) in NINE_OF_SIXTEEN {
            for (found, expected) in nine.term(term).unwrap().iter().zip(kww.term(term).unwrap()) {
                close(*found, *expected, scale, EXACT, &format!("{term} of an economy"));
            }
        }
    }
}

/// decompr's sixteen terms, folded as it folds them.
#[test]
fn nine_terms_by_sector_and_partner_are_those_of_decompr() {
    let name = concat!(env!("CARGO_MANIFEST_DIR"), "/data/golden/wwz/leather-bilateral-sector.csv");
    let text = std::fs::read_to_string(name).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("# decompr"));
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let model = model(&open(&fixture("leather.csv")));
    let result = run(&Workspace::new(&model).unwrap(), "wwz-kww", Level::BilateralSector);
    let found: HashMap<String, usize> =
        (0..result.n_units()).map(|u| (result.unit_label(model.axis(), u), u)).collect();
    let mut compared = 0;
    for cells in lines.map(|line| line.split(',').collect::<Vec<_>>()) {
        let unit = found[&cells[..3].join(" ")];
        let value = |column: &str| -> f64 {
            cells[header.iter().position(|name| *name == column).unwrap()].parse().unwrap()
        };
        for (term, parts) in NINE_OF_SIXTEEN {
            let expected = parts.iter().map(|part| value(part)).sum();
            let what = format!("{term} of {}", cells[..3].join(" "));
            close(result.term(term).unwrap()[unit], expected, world_exports(&model), EXACT, &what);
            compared += 1;
        }
    }
    assert_eq!(compared, 18 * 9);
}

/// Details alone and together.
const BREAKDOWNS: [&[Detail]; 7] = [
    &[Detail::Origin],
    &[Detail::OriginSector],
    &[Detail::Absorber],
    &[Detail::Third],
    &[Detail::Origin, Detail::Absorber],
    &[Detail::Absorber, Detail::OriginSector],
    &[Detail::Third, Detail::Origin, Detail::Absorber],
];

#[test]
fn parts_by_origin_absorber_and_third_economy_add_up_to_the_whole() {
    for table in random_tables() {
        let model = model(&table);
        let scale = world_exports(&model);
        let work = Workspace::new(&model).unwrap();
        for method in METHODS {
            for by in BREAKDOWNS {
                if !by.iter().all(|detail| detail.is_among(method.details())) {
                    continue;
                }
                let apart = Apart { by: by.to_vec(), ..Apart::default() };
                let keys: Vec<&str> = by.iter().flat_map(|detail| detail.keys()).copied().collect();
                for &level in method.levels() {
                    if keys.iter().any(|key| method.keys(level).contains(key)) {
                        continue;
                    }
                    let whole = run(&work, method.id(), level);
                    let mut sums: HashMap<(String, &str), f64> = HashMap::new();
                    stream(*method, &work, level, &Scope::default(), &apart, |mut piece| {
                        let further = piece.keys.split_off(piece.keys.len() - keys.len());
                        assert!(further.iter().map(|key| key.name).eq(keys.iter().copied()));
                        for (term, values) in piece.terms.iter().zip(&piece.values) {
                            for (unit, value) in values.iter().enumerate() {
                                let label = piece.unit_label(model.axis(), unit);
                                *sums.entry((label, term.symbol)).or_default() += value;
                            }
                        }
                        if let Some(gap) = worst_evidence(*method, &piece, model.axis()) {
                            assert!(gap.relative_gap < 1e-11, "{gap:?}");
                        }
                        Ok::<(), DecomposeError>(())
                    })
                    .unwrap();
                    for ((label, symbol), found) in sums {
                        let unit = (0..whole.n_units())
                            .find(|&u| whole.unit_label(model.axis(), u) == label)
                            .unwrap();
                        let expected = whole.term(symbol).unwrap()[unit];
                        let what = format!("{} {symbol} {label} by {keys:?}", method.id());
                        close(found, expected, scale, EXACT, &what);
                    }
                }
            }
        }
    }
}

#[test]
fn a_satellite_obeys_the_same_identities_and_value_added_as_a_satellite_is_value_added() {
    let model = model(&synthetic::table(4, 3, 21));
    let n = model.axis().n_rows();
    let value_added: Vec<f64> =
        (0..n).map(|row| model.value_added_share()[row] * model.flows().gross_output()[row]).collect();
    let jobs: Vec<f64> = (0..n).map(|row| 1.0 + (row * 7 % 5) as f64).collect();
    let same = model.with_satellite("value added", "unit", &value_added).unwrap();
    let other = model.with_satellite("jobs", "persons", &jobs).unwrap();
    let scale = world_exports(&model);
    let works = [&model, &same, &other].map(|model| Workspace::new(model).unwrap());
    for method in METHODS {
        for &level in method.levels() {
            let results: Vec<Decomposition> =
                works.iter().map(|work| run(work, method.id(), level)).collect();
            for (position, term) in results[0].terms.iter().enumerate() {
                for (found, expected) in results[1].values[position].iter().zip(&results[0].values[position])
                {
                    close(*found, *expected, scale, EXACT, &format!("{} {}", method.id(), term.symbol));
                }
            }
            if let Some(gap) = worst_evidence(*method, &results[2], model.axis()) {
                assert!(gap.relative_gap < 1e-11, "{gap:?}");
            }
        }
    }
    // Flows of money count as what is embodied in them, not as money beside jobs.
    for level in [Level::Country, Level::BilateralSector] {
        let tiva = run(&works[2], "tiva", level);
        for (whole, parts) in [
            ("exgr", ["exgr_dva", "exgr_fva"]),
            ("exgr", ["exgr_fnl", "exgr_int"]),
            ("dom", ["dom_fnl", "dom_int"]),
            ("imgr", ["imgr_fnl", "imgr_int"]),
        ] {
            let [a, b] = parts.map(|part| tiva.term(part).unwrap());
            for (whole, (a, b)) in tiva.term(whole).unwrap().iter().zip(a.iter().zip(b)) {
                close(a + b, *whole, scale, EXACT, parts[0]);
            }
        }
    }
    let exported = sum(&run(&works[2], "bm-source", Level::Country), "gexp");
    let of_tiva = run(&works[2], "tiva", Level::Country);
    close(sum(&of_tiva, "exgr"), exported, scale, EXACT, "jobs in exports");
    close(sum(&of_tiva, "imgr"), exported, scale, EXACT, "jobs in imports");
    // All jobs are in what the world finally buys: output at home and abroad counts them again where it is an input.
    let finals = sum(&of_tiva, "dom_fnl") + sum(&of_tiva, "exgr_fnl");
    close(finals, jobs.iter().sum(), scale, EXACT, "jobs in final products");
    assert!(exported > 0.0 && exported < jobs.iter().sum::<f64>() * 2.0);
}

#[test]
fn split_economies_are_one_exporter_after_the_solve() {
    let table = open(&fixture("iciotest.csv"));
    let folded = table.regroup(&known_splits(table.axis())).unwrap();
    let (split, united) = (model(&table), model(&folded));
    assert_eq!(split.axis().n_rows(), united.axis().n_rows(), "no row is added up before the solve");
    let work = Workspace::new(&united).unwrap();
    for method in METHODS {
        for &level in method.levels() {
            let result = run(&work, method.id(), level);
            let labels: Vec<String> =
                (0..result.n_units()).map(|unit| result.unit_label(united.axis(), unit)).collect();
            assert!(labels.iter().all(|label| !label.contains("CN1") && !label.contains("MX2")));
            let mut once = labels.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), labels.len(), "{} {}: a unit stands twice", method.id(), level.id());
        }
    }
}

#[test]
fn a_scope_selects_rows_and_changes_no_number() {
    let model = model(&synthetic::table(4, 3, 31));
    let work = Workspace::new(&model).unwrap();
    let scope = Scope { exporters: vec![2], importers: vec![0, 3], sectors: vec![1] };
    for method in METHODS.iter().filter(|m| m.keys(Level::BilateralSector).contains(&"sector")) {
        if !method.levels().contains(&Level::BilateralSector) {
            continue;
        }
        let whole = run(&work, method.id(), Level::BilateralSector);
        let part = method.run(&work, Level::BilateralSector, &scope).unwrap();
        assert_eq!(part.n_units(), 2, "{}", method.id());
        for unit in 0..2 {
            let label = part.unit_label(model.axis(), unit);
            let same = (0..whole.n_units()).find(|&u| whole.unit_label(model.axis(), u) == label).unwrap();
            for (a, b) in part.values.iter().zip(&whole.values) {
                assert_eq!(a[unit].to_bits(), b[same].to_bits(), "{} {label}", method.id());
            }
        }
    }
}

#[test]
fn industries_of_origin_by_absorber_are_those_of_the_leontief_decomposition() {
    // Two roads: multipliers of the industry over flows of the absorber, and output by exporter of the absorber's world.
    for table in random_tables() {
        let model = model(&table);
        let scale = world_exports(&model);
        let work = Workspace::new(&model).unwrap();
        let collected = |id: &str, level: Level, apart: &Apart, term: &str, keys: [&str; 4]| {
            let mut cells: HashMap<Vec<u32>, f64> = HashMap::new();
            let method = find_method(id).unwrap();
            stream(method, &work, level, &Scope::default(), apart, |piece| {
                for (unit, value) in piece.term(term).unwrap().iter().enumerate() {
                    let place = keys.iter().map(|key| piece.key(key).unwrap().indices[unit]).collect();
                    *cells.entry(place).or_default() += value;
                }
                Ok::<(), DecomposeError>(())
            })
            .unwrap();
            cells
        };
        let keys = ["origin", "origin_sector", "exporter", "absorber"];
        let both = Apart { by: vec![Detail::OriginSector, Detail::Absorber], ..Apart::default() };
        let content = collected("leontief", Level::Country, &Apart::by(Detail::Absorber), "content", keys);
        for id in ["bm-source", "wwz", "miroudot-ye"] {
            let gexp = collected(id, Level::Bilateral, &both, "gexp", keys);
            assert_eq!(gexp.len(), content.len(), "{id}");
            for (place, expected) in &content {
                close(gexp[place], *expected, scale, EXACT, &format!("{id} {place:?}"));
            }
        }
        // Some are told as they are among all.
        let some = Apart { origins: vec![1], absorbers: vec![0], ..both.clone() };
        let chosen = collected("bm-source", Level::Bilateral, &some, "gexp", keys);
        let all = collected("bm-source", Level::Bilateral, &both, "gexp", keys);
        let wanted: HashMap<_, _> =
            all.into_iter().filter(|(place, _)| place[0] == 1 && place[3] == 0).collect();
        assert!(!wanted.is_empty());
        assert_eq!(chosen, wanted);
    }
}

#[test]
fn what_a_method_cannot_answer_is_refused() {
    let model = model(&synthetic::table(2, 2, 1));
    let work = Workspace::new(&model).unwrap();
    let all = Scope::default();
    let kww = find_method("kww").unwrap();
    let refusal = kww.run(&work, Level::Sector, &all).unwrap_err();
    assert!(matches!(refusal, DecomposeError::UnsupportedLevel { .. }));
    let hint = refusal.hint();
    assert!(hint.starts_with("choose one of: country; ") && hint.contains("`--method wwz-kww`"), "{hint}");
    assert!(find_method("wwz-kww").unwrap().run(&work, Level::Sector, &all).is_ok());
    // Other methods of an economy alone have no such twin, and name none.
    let world = find_method("bm-world-sink").unwrap().run(&work, Level::Sector, &all).unwrap_err();
    assert_eq!(world.hint(), "choose one of: country");
    let filtered = Scope { importers: vec![1], ..Scope::default() };
    let source = find_method("bm-source").unwrap();
    let error = decompose(&model, source, Level::Country, &filtered).unwrap_err();
    assert!(matches!(error, DecomposeError::FilterWithoutKey { filter: "importer", .. }));
    let third = |method: &'static dyn Method| {
        stream(method, &work, Level::Bilateral, &Scope::default(), &Apart::by(Detail::Third), |_| {
            Ok::<(), DecomposeError>(())
        })
    };
    assert!(matches!(third(source), Err(DecomposeError::UnsupportedDetail { .. })));
    let refused = |method: &'static dyn Method, apart: Apart| {
        stream(method, &work, Level::Country, &Scope::default(), &apart, |_| Ok::<(), DecomposeError>(()))
            .unwrap_err()
    };
    let twice = Apart { by: vec![Detail::Origin, Detail::OriginSector], ..Apart::default() };
    assert!(matches!(refused(source, twice), DecomposeError::DetailTwice { .. }));
    let not_told = Apart { absorbers: vec![0], ..Apart::by(Detail::Origin) };
    assert!(matches!(refused(source, not_told), DecomposeError::ChosenButNotTold { key: "absorber", .. }));
    let unasked = Apart { origins: vec![0], ..Apart::default() };
    assert_eq!(refused(source, unasked.clone()).hint(), "add `--by origin`");
    // Rows of imports tell origins by themselves, of partners: `--by origin` would be refused.
    let hint = refused(find_method("bm-imports").unwrap(), unasked.clone()).hint();
    assert!(hint.ends_with("--level bilateral or bilateral-sector"), "{hint}");
    let hint = refused(find_method("extraction").unwrap(), unasked).hint();
    assert!(hint.starts_with("leave --origin out"), "{hint}");
    let nobody = Apart { origins: vec![2], ..Apart::by(Detail::OriginSector) };
    assert!(matches!(refused(source, nobody), DecomposeError::OutOfRange { filter: "origin", index: 2, .. }));
    let told = find_method("leontief").unwrap();
    assert!(matches!(refused(told, Apart::by(Detail::OriginSector)), DecomposeError::DetailIsKey { .. }));
    assert_eq!(find_method("bm-sorce").err().unwrap().hint(), "did you mean `bm-source`?");
}

/// B buys q of A and makes none: no row of B is of q.
#[test]
fn sectors_that_an_economy_does_not_have_are_told_where_rows_do_not_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("uneven.csv");
    let text = "row,A.p,A.q,B.p,A.FD,B.FD\nA.p,10,5,2,30,3\nA.q,4,8,6,20,7\nB.p,3,2,9,4,40\n";
    std::fs::write(&path, text).unwrap();
    for (level, told) in
        [("sector", true), ("bilateral-sector", true), ("country", false), ("bilateral", false)]
    {
        let output = vadex(&["decompose", path.to_str().unwrap(), "--method", "tiva", "--level", level]);
        let notes = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{notes}");
        assert_eq!(notes.contains("1 of 2 economies do not have every sector (B)"), told, "{level}: {notes}");
    }
}

/// Advice that leads back to the same refusal is none: every level that is named takes the filter, and without one it is
/// said that no level does.
#[test]
fn advice_on_a_filter_names_levels_that_have_its_key() {
    let model = model(&synthetic::table(2, 2, 1));
    let filters = [
        ("exporter", Scope { exporters: vec![1], ..Scope::default() }),
        ("importer", Scope { importers: vec![1], ..Scope::default() }),
        ("sector", Scope { sectors: vec![1], ..Scope::default() }),
    ];
    let (mut named, mut none) = (0, 0);
    for method in METHODS {
        for &level in method.levels() {
            for (filter, scope) in filters.iter().filter(|(filter, _)| !method.keys(level).contains(filter)) {
                let hint = decompose(&model, *method, level, scope).unwrap_err().hint();
                let having: Vec<Level> = method
                    .levels()
                    .iter()
                    .copied()
                    .filter(|&other| method.keys(other).contains(filter))
                    .collect();
                match hint.split_once(": --level ") {
                    Some((_, levels)) => {
                        let told: Vec<Level> = levels.split(" or ").filter_map(Level::find).collect();
                        assert_eq!(told, having, "{}: {hint}", method.id());
                        assert!(
                            decompose(&model, *method, told[0], scope).is_ok(),
                            "{}: {hint}",
                            method.id()
                        );
                        named += 1;
                    }
                    None => {
                        assert!(having.is_empty() && hint.contains("no level"), "{}: {hint}", method.id());
                        none += 1;
                    }
                }
            }
        }
    }
    assert!(named > 20 && none > 4, "{named} {none}");
    let imports = find_method("bm-imports").unwrap();
    let error = decompose(&model, imports, Level::Country, &filters[0].1).unwrap_err();
    assert_eq!(
        error.hint(),
        "leave --exporter out: no level of `bm-imports` has rows by exporter, its keys are importer, origin, origin_sector"
    );
}
