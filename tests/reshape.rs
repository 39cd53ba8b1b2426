//! Folding, extracting, renaming, deflating: totals kept, numbers by a second way, every offending label named.

use std::fs;

use nalgebra::DMatrix;
use proptest::prelude::*;
use vadex::indicators::folding_effect;
use vadex::labels::Group;
use vadex::load::{concordance, satellites};
use vadex::table::{
    Concordance, DOUBLE_DEFLATED, IcioTable, PriceBase, PriceIndex, PriceLine, PrimaryRow, Provenance,
    Renaming, ReshapeError, RowRole, TableParts, violations, with_parts,
};

use super::support::{close, dmatrix, fixture, open, stderr, stdout, table, vadex};

/// Four economies of two sectors, two categories, value added, published output.
fn world(year: Option<i32>) -> IcioTable {
    let economies = ["CHN", "DEU", "USA", "CN2"];
    let rows: Vec<(String, String)> =
        economies.iter().flat_map(|e| ["x", "y"].map(|s| ((*e).to_owned(), s.to_owned()))).collect();
    let z = DMatrix::from_fn(8, 8, |i, j| (1.0 + (3 * i + 5 * j) as f64 % 7.0) / (1.3 + j as f64));
    let y = DMatrix::from_fn(8, 8, |i, j| if (i, j) == (3, 5) { -0.2 } else { 4.0 / (1.0 + (i + j) as f64) });
    let output: Vec<f64> = (0..8).map(|i| z.row(i).sum() + y.row(i).sum()).collect();
    let value_added = (0..8).map(|j| output[j] - z.column(j).sum()).collect();
    IcioTable::new(TableParts {
        rows,
        categories: vec!["use".into(), "stocks".into()],
        intermediate_use: z.into(),
        final_demand: y,
        primary_rows: vec![PrimaryRow {
            name: "VA".into(),
            role: RowRole::ValueAdded,
            industries: value_added,
            final_use: Some((0..8).map(|j| 0.1 * j as f64).collect()),
        }],
        published_output: Some(output),
        unit: "million USD".into(),
        year,
        provenance: Provenance::default(),
    })
    .unwrap()
}

#[test]
fn a_rest_of_rounded_economies_is_allowed_the_rounding_of_each_of_its_cells() {
    // Twelve economies of one sector in whole numbers: each row of 24 cells may miss its output by 12, and does.
    let names: Vec<String> = (1..=12).map(|k| format!("E{k:02}")).collect();
    let rounded = IcioTable::new(TableParts {
        rows: names.iter().map(|name| (name.clone(), "x".to_owned())).collect(),
        categories: vec!["use".into()],
        intermediate_use: DMatrix::from_element(12, 12, 200.0).into(),
        final_demand: DMatrix::from_element(12, 12, 200.0),
        primary_rows: Vec::new(),
        published_output: Some(vec![4812.0; 12]),
        unit: "million USD".into(),
        year: Some(2010),
        provenance: Provenance::default(),
    })
    .unwrap();
    assert!(violations(&rounded).is_empty(), "{:?}", violations(&rounded));
    let few = rounded.extract(&names[..1], "ROW").unwrap();
    assert!(violations(&few).is_empty(), "{:?}", violations(&few));
    // What no rounding explains is still found: 11 rows of 24 cells can be off by 132, not by 500.
    let mut output = vec![4800.0; 12];
    output[5] += 500.0;
    let wrong = IcioTable::new(TableParts {
        rows: names.iter().map(|name| (name.clone(), "x".to_owned())).collect(),
        categories: vec!["use".into()],
        intermediate_use: DMatrix::from_element(12, 12, 200.0).into(),
        final_demand: DMatrix::from_element(12, 12, 200.0),
        primary_rows: Vec::new(),
        published_output: Some(output),
        unit: "million USD".into(),
        year: Some(2010),
        provenance: Provenance::default(),
    })
    .unwrap();
    assert!(!violations(&wrong.extract(&names[..1], "ROW").unwrap()).is_empty());
}

fn totals(table: &IcioTable) -> Vec<f64> {
    let mut totals = vec![
        table.intermediate_use().to_dense().sum(),
        table.final_demand().sum(),
        table.published_output().map_or(0.0, |output| output.iter().sum()),
    ];
    totals.extend(table.primary_rows().iter().map(|row| row.industries.iter().sum::<f64>()));
    totals.extend(
        table.primary_rows().iter().filter_map(|row| Some(row.final_use.as_ref()?.iter().sum::<f64>())),
    );
    totals
}

#[track_caller]
fn same_totals(found: &IcioTable, expected: &IcioTable) {
    for (found, expected) in totals(found).into_iter().zip(totals(expected)) {
        close(found, expected, expected, 1e-12, "a total");
    }
}

fn map(lines: &[(&str, &str)]) -> Concordance {
    Concordance::new(lines.iter().map(|(s, t)| ("economy".into(), (*s).into(), (*t).into()))).unwrap()
}

fn labels(list: &[&str]) -> Vec<String> {
    list.iter().map(|label| (*label).to_owned()).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect()
}

#[track_caller]
fn same_numbers(found: &IcioTable, expected: &IcioTable) {
    assert_eq!(found.axis(), expected.axis());
    assert_eq!(found.categories(), expected.categories());
    assert_eq!(found.intermediate_use().to_dense(), expected.intermediate_use().to_dense());
    assert_eq!(found.final_demand(), expected.final_demand());
    assert_eq!(found.primary_rows(), expected.primary_rows());
    assert_eq!(found.published_output(), expected.published_output());
}

fn repair(table: &IcioTable, name: &str) -> (usize, String) {
    let repair = table.provenance().repairs.iter().find(|repair| repair.name == name);
    let repair = repair.unwrap_or_else(|| panic!("no repair `{name}`"));
    (repair.count, repair.detail.clone())
}

#[test]
fn folding_is_adding_up_and_keeps_totals() {
    let whole = world(None);
    let folded = whole.fold(&[]).unwrap();
    same_totals(&folded, &whole);
    // CHN stands where it stood: the same as a concordance that names every economy.
    let by_concordance =
        whole.aggregate(&map(&[("CHN", "CHN"), ("CN2", "CHN"), ("DEU", "DEU"), ("USA", "USA")])).unwrap();
    same_numbers(&folded, &by_concordance);
    assert_eq!(repair(&folded, "economies-folded").0, 2);
    let named = Group { name: "G2".into(), members: labels(&["USA", "DEU"]) };
    assert_eq!(whole.fold(&[named]).unwrap().axis().economies(), ["CHN", "G2", "CN2"]);
    let z = whole.intermediate_use().to_dense();
    let sum = z[(0, 0)] + z[(0, 6)] + z[(6, 0)] + z[(6, 6)];
    close(folded.intermediate_use().to_dense()[(0, 0)], sum, sum, 1e-15, "CHN.x to CHN.x");
}

#[test]
fn what_cannot_be_folded_is_refused_with_every_label() {
    let nothing = open(&fixture("leather.csv")).fold(&[]).unwrap_err();
    assert!(matches!(nothing, ReshapeError::NothingToFold { .. }), "{nothing}");
    let wrong = Group { name: "EU".into(), members: labels(&["DUE", "FRA", "USA"]) };
    let error = world(None).fold(&[wrong]).unwrap_err();
    assert_eq!(error.to_string(), "the table has no economy `DUE`, `FRA`");
    assert_eq!(error.hint(), "did you mean `DEU` for `DUE`?");
}

/// Two economies; the first in two parts, the second part a `share` of it, with `foreign` times its imported inputs.
fn split_world(share: f64, foreign: f64) -> IcioTable {
    // A: 40 from itself, 20 from B, sells 10 to B, 60 at home, 30 abroad; B: 50 from itself.
    let parts = [1.0 - share, share];
    let whole = |i: usize, j: usize| [[40.0, 10.0], [20.0, 50.0]][i][j];
    let weight = |i: usize| if i < 2 { parts[i] } else { 1.0 };
    let of = |i: usize| usize::from(i == 2);
    let mut z = DMatrix::from_fn(3, 3, |i, j| whole(of(i), of(j)) * weight(i) * weight(j));
    // The second part imports more or less, the first makes up for it.
    let moved = z[(2, 1)] * (foreign - 1.0);
    z[(2, 1)] += moved;
    z[(2, 0)] -= moved;
    // What the second part makes is sold abroad, the more so the less it resembles the first.
    let tilt = 10.0 * (foreign - 1.0);
    let mut y = DMatrix::from_fn(3, 3, |i, j| match (of(i), j) {
        (0, 0) => 60.0 * weight(i),
        (0, 2) => 30.0 * weight(i),
        (1, 0) => 5.0,
        (1, 2) => 80.0,
        _ => 0.0,
    });
    y[(1, 2)] += tilt;
    y[(0, 2)] -= tilt;
    y[(1, 0)] -= tilt;
    y[(0, 0)] += tilt;
    table(&["CHN", "CN2", "ROW"], &["s"], z, y)
}

#[test]
fn folding_parts_of_one_technology_changes_nothing_and_of_two_it_does() {
    let effect = |split: &IcioTable| {
        let groups = split.foldable(&[]).unwrap();
        folding_effect(split, &split.fold(&groups).unwrap(), &groups).unwrap()
    };
    let same = effect(&split_world(0.4, 1.0));
    assert_eq!(same.iter().map(|e| e.economy.as_str()).collect::<Vec<_>>(), ["CHN", "ROW"]);
    for economy in &same {
        close(economy.folded, economy.split, 1.0, 1e-13, &economy.economy);
    }
    // Exporters that import more: folding hides their imports, the domestic share rises.
    let other = effect(&split_world(0.4, 1.8));
    assert!(other[0].folded_economy && other[0].folded - other[0].split > 0.005, "{other:?}");
}

#[test]
fn the_effect_of_folding_is_what_the_indicators_say() {
    let folder = tempfile::tempdir().unwrap();
    let split = folder.path().join("split.csv");
    let folded = folder.path().join("folded.csv");
    let file = fs::File::create(&split).unwrap();
    vadex::report::write_table(&split_world(0.4, 1.8), vadex::report::TableFormat::Csv, file).unwrap();
    let output = vadex(&["fold", split.to_str().unwrap(), "-o", folded.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let share = |path: &std::path::Path| {
        let text = stdout(&vadex(&["tiva", path.to_str().unwrap(), "-q"]));
        let line = text.lines().find(|line| line.starts_with(",CHN,")).unwrap().to_owned();
        line.split(',').nth(5).unwrap().parse::<f64>().unwrap()
    };
    let told = format!("CHN {:.4} instead of {:.4}", share(&folded), share(&split));
    assert!(stderr(&output).contains(&told), "`{told}` is missing from {}", stderr(&output));
    let history = fs::read_to_string(folder.path().join("folded.csv.notes.json")).unwrap();
    assert!(history.contains("economies-folded") && history.contains(&told), "{history}");
    let quick = vadex(&["fold", split.to_str().unwrap(), "--no-effect", "-o", folded.to_str().unwrap()]);
    assert!(stderr(&quick).contains("was not computed"), "{}", stderr(&quick));
}

#[test]
fn an_extract_keeps_flows_among_the_kept_and_all_totals() {
    let whole = world(None);
    let few = whole.extract(&labels(&["USA", "CHN"]), "ROW").unwrap();
    assert_eq!(few.axis().economies(), ["CHN", "USA", "ROW"], "in the order of the table, the rest last");
    same_totals(&few, &whole);
    let by_concordance =
        whole.aggregate(&map(&[("CHN", "CHN"), ("USA", "USA"), ("DEU", "ROW"), ("CN2", "ROW")])).unwrap();
    same_numbers(&few, &by_concordance);
    let (z, small) = (whole.intermediate_use().to_dense(), few.intermediate_use().to_dense());
    for (i, j) in [(0, 0), (0, 1), (1, 0)] {
        // CHN is rows 0-1 in both, USA rows 4-5 and 2-3.
        assert_eq!(small[(i, j + 2)].to_bits(), z[(i, j + 4)].to_bits());
    }
    let rest: f64 = [2, 3, 6, 7].iter().flat_map(|&i| [2, 3, 6, 7].map(|j| z[(i, j)])).sum();
    close(small.view((4, 4), (2, 2)).sum(), rest, rest, 1e-14, "trade inside the rest");
    let all = whole.extract(whole.axis().economies(), "ROW").unwrap();
    same_numbers(&all, &whole);
    assert_eq!(repair(&few, "economies-extracted").0, 2);
}

#[test]
fn what_cannot_be_extracted_is_refused_with_every_label() {
    let of = |keep: &[&str], rest: &str| world(None).extract(&labels(keep), rest).unwrap_err().to_string();
    assert_eq!(of(&["CHM", "USA", "XXX"], "ROW"), "the table has no economy `CHM`, `XXX`");
    assert_eq!(of(&["USA", "DEU", "USA", "DEU"], "ROW"), "economy `USA`, `DEU` is named more than once");
    assert!(of(&["USA"], "USA").contains("`USA`"));
    assert!(of(&["USA"], "R.W").contains("no point"));
    assert!(matches!(world(None).extract(&[], "ROW"), Err(ReshapeError::NothingToKeep)));
    let kept = world(None).extract(&labels(&["DEU"]), "USA").unwrap();
    assert_eq!(kept.axis().economies(), ["DEU", "USA"], "a rest may have the name of one of its members");
}

#[test]
fn renaming_and_back_gives_the_same_table() {
    let whole = world(None);
    let there = Renaming {
        economies: pairs(&[("CHN", "DEU"), ("DEU", "CHN"), ("CN2", "China, processing")]),
        sectors: pairs(&[("x", "goods.made")]),
        categories: pairs(&[("stocks", "INVNT")]),
    };
    let back = Renaming {
        economies: pairs(&[("DEU", "CHN"), ("CHN", "DEU"), ("China, processing", "CN2")]),
        sectors: pairs(&[("goods.made", "x")]),
        categories: pairs(&[("INVNT", "stocks")]),
    };
    let renamed = whole.rename(&there).unwrap();
    assert_eq!(renamed.axis().economies(), ["DEU", "CHN", "USA", "China, processing"]);
    assert_eq!(renamed.axis().row_label(6), "China, processing.goods.made");
    assert_eq!(renamed.final_demand_label(1), "DEU.INVNT");
    assert_eq!(renamed.intermediate_use().to_dense(), whole.intermediate_use().to_dense());
    assert_eq!(repair(&renamed, "labels-renamed").0, 5);
    same_numbers(&renamed.rename(&back).unwrap(), &whole);
}

#[test]
fn names_that_collide_or_are_not_there_are_refused_with_every_label() {
    let economies = |list: &[(&str, &str)]| {
        let renaming = Renaming { economies: pairs(list), ..Renaming::default() };
        world(None).rename(&renaming).unwrap_err()
    };
    let unknown = economies(&[("CHM", "a"), ("DEU", "b"), ("FRA", "c")]);
    assert_eq!(unknown.to_string(), "the table has no economy `CHM`, `FRA`");
    assert_eq!(unknown.hint(), "did you mean `CHN` for `CHM`?");
    let collision = economies(&[("CHN", "USA"), ("DEU", "one"), ("CN2", "one")]).to_string();
    assert_eq!(
        collision,
        "these economy labels would become one: `CHN`, `USA` -> `USA`; `DEU`, `CN2` -> `one`"
    );
    assert!(economies(&[("CHN", "a"), ("CHN", "b")]).to_string().contains("more than once"));
    assert!(economies(&[("CHN", "C.N"), ("DEU", "")]).to_string().contains("`C.N`, ``"));
    let sector = Renaming { sectors: pairs(&[("x", "stocks")]), ..Renaming::default() };
    let both = world(None).rename(&sector).unwrap_err();
    assert!(matches!(both, ReshapeError::SectorAndCategory { .. }), "{both}");
}

fn prices(lines: &[(&str, &str, i32, f64)]) -> Result<PriceIndex, ReshapeError> {
    let label = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    PriceIndex::new(lines.iter().enumerate().map(|(position, &(economy, sector, year, index))| PriceLine {
        economy: label(economy),
        sector: label(sector),
        year,
        index,
        line: position + 2,
    }))
}

#[test]
fn double_deflation_by_hand() {
    let table = table(&["A"], &["x", "y"], dmatrix![10.0, 20.0; 30.0, 10.0], dmatrix![70.0; 60.0])
        .with_description(None, Some(2001));
    let prices = prices(&[
        ("A", "x", 2000, 100.0),
        ("A", "x", 2001, 200.0),
        ("", "y", 2000, 1.0),
        ("", "y", 2001, 0.5),
    ])
    .unwrap();
    for base in [PriceBase::PreviousYear, PriceBase::Year(2000)] {
        let real = table.deflate(&prices, base).unwrap();
        assert_eq!(real.intermediate_use().to_dense(), dmatrix![5.0, 10.0; 60.0, 20.0]);
        assert_eq!(*real.final_demand(), dmatrix![35.0; 120.0]);
        let value_added = &real.primary_rows()[0];
        assert_eq!((value_added.name.as_str(), value_added.role), (DOUBLE_DEFLATED, RowRole::ValueAdded));
        assert_eq!(value_added.industries, [-15.0, 170.0]);
    }
    let same = table.deflate(&prices, PriceBase::Year(2001)).unwrap();
    assert_eq!(same.intermediate_use().to_dense(), table.intermediate_use().to_dense());
}

#[test]
fn a_deflated_table_closes_and_says_what_was_done() {
    let whole = world(Some(2005));
    let lines: Vec<(&str, &str, i32, f64)> = ["CHN", "DEU", "USA", "CN2"]
        .iter()
        .enumerate()
        .flat_map(|(e, economy)| {
            ["x", "y"].iter().enumerate().flat_map(move |(s, sector)| {
                [
                    (*economy, *sector, 2000, 1.0),
                    (*economy, *sector, 2005, 1.0 + 0.3 * e as f64 + 0.07 * s as f64),
                ]
            })
        })
        .collect();
    let real = whole.deflate(&prices(&lines).unwrap(), PriceBase::Year(2000)).unwrap();
    assert_eq!(real.unit(), "million USD, at prices of 2000");
    // Second way: matrix products with the diagonal of prices.
    let pi = DMatrix::from_diagonal(&nalgebra::DVector::from_iterator(
        8,
        (0..8).map(|i| 1.0 / (1.0 + 0.3 * (i / 2) as f64 + 0.07 * (i % 2) as f64)),
    ));
    let z = &pi * whole.intermediate_use().to_dense();
    let x = &pi * nalgebra::DVector::from_column_slice(whole.published_output().unwrap());
    for j in 0..8 {
        for i in 0..8 {
            close(real.intermediate_use().to_dense()[(i, j)], z[(i, j)], 1.0, 1e-14, "a flow");
        }
        let va = x[j] - z.column(j).sum();
        close(real.primary_rows()[0].industries[j], va, x[j], 1e-14, "value added");
    }
    // World value added is world final demand, in either prices.
    let added: f64 = real.primary_rows()[0].industries.iter().sum();
    close(added, real.final_demand().sum(), added, 1e-13, "final demand");
    assert!(
        vadex::table::check(&real).iter().all(|finding| finding.severity < vadex::table::Severity::Warning)
    );
    let (count, detail) = repair(&real, "value-added-by-double-deflation");
    assert_eq!(count, 8);
    assert!(detail.contains("replaces VA") && detail.contains("published output"), "{detail}");
    assert!(repair(&real, "deflated").1.contains("2005 at prices of 2000"));
}

#[test]
fn one_price_for_all_changes_no_coefficient() {
    let whole = world(Some(2005));
    let real = whole
        .deflate(&prices(&[("", "", 2004, 1.0), ("", "", 2005, 1.25)]).unwrap(), PriceBase::PreviousYear)
        .unwrap();
    let shares = |table: &IcioTable| {
        let model = super::support::model(table);
        vadex::indicators::trade_in_value_added(&model, vadex::level::Level::Country)
            .unwrap()
            .iter()
            .map(|row| row.dva_share().unwrap())
            .collect::<Vec<_>>()
    };
    for (found, expected) in shares(&real).into_iter().zip(shares(&whole)) {
        close(found, expected, 1.0, 1e-13, "domestic share");
    }
    close(real.final_demand().sum(), whole.final_demand().sum() / 1.25, 1.0, 1e-12, "final demand");
}

#[test]
fn missing_and_unusable_prices_are_all_named() {
    let whole = world(Some(2005));
    let some = prices(&[
        ("CHN", "", 2004, 1.0),
        ("CHN", "", 2005, 1.1),
        ("DEU", "x", 2004, 1.0),
        ("DEU", "x", 2005, 1.0),
        ("DEU", "y", 2005, 1.0),
        ("CN2", "", 2004, 1.0),
        ("CN2", "", 2005, 1.0),
        ("FRA", "", 2005, 1.0),
    ])
    .unwrap();
    let error = whole.deflate(&some, PriceBase::PreviousYear).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the price file has no index for 2004: DEU.y, USA (every sector); 2005: USA (every sector)"
    );
    let bad = prices(&[
        ("A", "x", 2000, 0.0),
        ("A", "x", 2001, 1.0),
        ("A", "x", 2001, 2.0),
        ("A", "x", 2002, -3.0),
    ])
    .unwrap_err()
    .to_string();
    for words in ["line 2: index 0", "lines 3 and 4: two indices for A.x 2001", "line 5: index -3"] {
        assert!(bad.contains(words), "`{words}` is missing from {bad}");
    }
    let undated = world(None).deflate(&some, PriceBase::Year(2000)).unwrap_err();
    assert!(matches!(undated, ReshapeError::NoYear), "{undated}");
}

proptest! {
    #[test]
    fn deflating_and_inflating_gives_the_flows_back(changes in proptest::collection::vec(0.2_f64..5.0, 8)) {
        let whole = world(Some(2005));
        let lines = |power: i32| {
            let index: Vec<(String, String, f64)> = changes
                .iter()
                .enumerate()
                .map(|(i, change)| {
                    let economy = ["CHN", "DEU", "USA", "CN2"][i / 2].to_owned();
                    (economy, ["x", "y"][i % 2].to_owned(), change.powi(power))
                })
                .collect();
            let lines: Vec<(&str, &str, i32, f64)> = index
                .iter()
                .flat_map(|(e, s, p)| [(e.as_str(), s.as_str(), 2000, 1.0), (e.as_str(), s.as_str(), 2005, *p)])
                .collect();
            prices(&lines).unwrap()
        };
        let there = whole.deflate(&lines(1), PriceBase::Year(2000)).unwrap();
        // Flows at other prices are not deflated once more: the table is told to be at current ones again.
        let again = there.deflate(&lines(-1), PriceBase::Year(2000)).unwrap_err();
        prop_assert!(again.to_string().contains("at prices of 2000"), "{}", again);
        let there = there.with_description(Some("million USD".into()), None);
        let back = there.deflate(&lines(-1), PriceBase::Year(2000)).unwrap();
        for (found, expected) in back.intermediate_use().to_dense().iter().zip(whole.intermediate_use().to_dense().iter()) {
            prop_assert!((found - expected).abs() <= 1e-14 * expected.abs().max(1.0));
        }
        for (found, expected) in back.primary_rows()[0].industries.iter().zip(&whole.primary_rows()[0].industries) {
            prop_assert!((found - expected).abs() <= 1e-12 * 100.0, "{} {}", found, expected);
        }
    }
}

#[test]
fn two_years_of_a_price_are_of_one_series() {
    let whole = world(Some(2001));
    // The world's index has both years, that of China one alone, of another base.
    let lines = [("", "", 2000, 100.0), ("", "", 2001, 104.0), ("CHN", "", 2001, 2.08)];
    let mixed = prices(&lines).unwrap();
    let error = whole.deflate(&mixed, PriceBase::Year(2000)).unwrap_err();
    assert!(
        matches!(&error, ReshapeError::MissingPrices { missing } if missing == "2000: CHN (every sector)"),
        "{error}"
    );
    assert!(error.hint().contains("the same lines"), "{}", error.hint());
    // With both years of its own its base does not matter.
    let own = |base: f64| {
        let both = [lines[0], lines[1], ("CHN", "", 2000, base), ("CHN", "", 2001, 1.04 * base)];
        whole.deflate(&prices(&both).unwrap(), PriceBase::Year(2000)).unwrap()
    };
    let everywhere = whole.deflate(&prices(&lines[..2]).unwrap(), PriceBase::Year(2000)).unwrap();
    for (found, expected) in own(2.0).final_demand().iter().zip(everywhere.final_demand().iter()) {
        assert!((found - expected).abs() < 1e-13 * expected.abs().max(1.0));
    }
}

#[test]
fn a_concordance_lists_every_label_of_both_dimensions() {
    let lines = |list: &[(&str, &str, &str)]| {
        Concordance::new(list.iter().map(|(d, s, t)| ((*d).into(), (*s).into(), (*t).into())))
    };
    let error = world(None)
        .aggregate(
            &lines(&[
                ("economy", "CHN", "a"),
                ("economy", "DUE", "a"),
                ("sector", "x", "s"),
                ("sector", "w", "s"),
            ])
            .unwrap(),
        )
        .unwrap_err();
    let text = error.to_string();
    for words in [
        "economy `DUE`, which the table does not have",
        "no economy for 3 of the table's labels: DEU, USA, CN2",
        "sector `w`",
        "no sector for 1 of the table's labels: y",
    ] {
        assert!(text.contains(words), "`{words}` is missing from {text}");
    }
    assert!(error.hint().contains("did you mean `DEU`"), "{}", error.hint());
    let twice = lines(&[
        ("sector", "x", "a"),
        ("sector", "x", "b"),
        ("economy", "USA", "c"),
        ("economy", "USA", "d"),
        ("economy", "USA", "e"),
    ])
    .unwrap_err()
    .to_string();
    assert!(twice.contains("sector `x` twice: to `a` and to `b`"), "{twice}");
    assert!(twice.contains("economy `USA` 3 times: to `c` and to `d` and to `e`"), "{twice}");
    assert!(lines(&[("economy", "USA", "N.A")]).unwrap_err().to_string().contains("`N.A`"));
}

#[test]
fn the_built_in_regions_fit_any_table_and_keep_totals() {
    let regions = concordance::read("builtin:regions".as_ref()).unwrap();
    let whole = open("builtin:wiod13/2011");
    let small = whole.aggregate(&regions).unwrap();
    same_totals(&small, &whole);
    assert!(small.axis().find_economy("RoW").is_ok(), "an economy without a region stays as it is");
    assert!(small.axis().n_economies() < 10, "{:?}", small.axis().economies());
    let unknown = concordance::read("builtin:region".as_ref()).unwrap_err();
    assert_eq!(unknown.hint(), "did you mean `builtin:regions`?");
}

/// Runs a command that writes a table and gives back what it said.
#[track_caller]
fn runs(arguments: &[&str]) -> String {
    let output = vadex(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    stderr(&output)
}

#[test]
fn every_command_writes_a_canonical_table_with_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("names.csv"), "old,new\nUSA,United States\nRoW,ROW\n").unwrap();
    fs::write(path("prices.csv"), "sector,year,index\n,2010,100\n,2011,104\nc1,2010,90\nc1,2011,99\n")
        .unwrap();
    let (out, second) = (path("out.parquet"), path("second.parquet"));
    let source = "builtin:wiod13/2011";
    let told = runs(&["extract", source, "--economy", "CHN,USA,DEU", "--rest", "Rest", "-o", &out]);
    assert!(told.contains("4 economies x 20 sectors") && told.contains("economies-extracted (38)"), "{told}");
    fs::write(path("names2.csv"), "old,new\nUSA,United States\n").unwrap();
    runs(&["rename", &out, "--economies", &path("names2.csv"), "-o", &second]);
    let renamed = open(&second);
    assert_eq!(renamed.axis().economies(), ["CHN", "DEU", "United States", "Rest"]);
    // The history goes back over both files to the embedded table.
    let history: Vec<String> =
        renamed.provenance().all_repairs().iter().map(|repair| repair.name.clone()).collect();
    assert_eq!(history, ["aggregated", "economies-extracted", "labels-renamed"]);
    let checked = stdout(&vadex(&["check", &second, "--format", "csv"]));
    assert!(checked.contains("economies-extracted") && checked.contains("labels-renamed"), "{checked}");
    runs(&["deflate", &second, "--prices", &path("prices.csv"), "--base", "previous-year", "-o", &out]);
    let real = open(&out);
    assert_eq!(real.unit(), "million USD, at prices of the previous year");
    let before: f64 = renamed.row_sums()[0] * 90.0 / 99.0;
    close(real.row_sums()[0], before, before, 1e-13, "agriculture of China");
    // All years to one file.
    let told = runs(&["extract", "builtin:wiod13", "--economy", "CHN", "-q", "-o", &out]);
    assert!(told.is_empty());
    assert_eq!(open(&out.to_string()).axis().economies(), ["CHN", "ROW"]);
}

#[test]
fn wrong_requests_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.parquet").to_str().unwrap().to_owned();
    let refused = |arguments: &[&str], words: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["-o", &out]);
        let output = vadex(&all);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        for word in words {
            assert!(message.contains(word), "`{word}` is missing from {message}");
        }
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "{arguments:?} left something behind");
    };
    let source = "builtin:wiod13/2011";
    refused(&["extract", source, "--economy", "CHM,GER"], &["`CHM`, `GER`", "did you mean `CHN`"]);
    refused(&["extract", "builtin:wiod16-national", "--economy", "CHM,GER"], &["`CHM`, `GER`"]);
    refused(&["fold", source], &["no split economies", "--group"]);
    refused(&["rename", source], &["nothing to rename"]);
    refused(&["fold", "builtin:wiod16-national"], &["national tables cannot be folded"]);
    refused(
        &["deflate", "builtin:wiod16-national", "--prices", "x", "--base", "2000"],
        &["national tables cannot be deflated"],
    );
    refused(&["deflate", source, "--prices", "no-such-file.csv", "--base", "2000"], &["no such file"]);
    refused(&["deflate", source, "--prices", "x", "--base", "then"], &["previous-year"]);
    refused(&["aggregate", source, "--concordance", "builtin:wiod"], &["builtin:wiod13"]);
}

#[test]
fn national_tables_and_accounts_are_reshaped_where_that_makes_sense() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("names.csv"), "old,new\nCHN,China\n").unwrap();
    fs::write(path("sectors.csv"), "old,new\nc1,farming\n").unwrap();
    let (few, renamed) = (path("few.parquet"), path("renamed.parquet"));
    let source = "builtin:wiod16-national";
    runs(&["extract", source, "--year", "2014", "--economy", "CHN,MEX", "-o", &few]);
    runs(&["rename", &few, "--economies", &path("names.csv"), "-o", &renamed]);
    let share = |input: &str, economy: &str| {
        let text = stdout(&vadex(&["import-content", input, "--economy", economy, "--year", "2014", "-q"]));
        text.lines().nth(1).unwrap().split(',').skip(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(share(&renamed, "China"), share(source, "CHN"));
    assert_eq!(share(&renamed, "MEX"), share(source, "MEX"));
    let accounts = path("accounts.parquet");
    runs(&[
        "rename",
        "builtin:wiod13",
        "--satellites",
        "builtin:wiod13",
        "--economies",
        &path("names.csv"),
        "--sectors",
        &path("sectors.csv"),
        "-o",
        &accounts,
    ]);
    let figure = |from: &str, economy: &str, sector: &str| {
        satellites(from).unwrap().figure("jobs", economy, sector, 2005).unwrap().unwrap().to_bits()
    };
    assert_eq!(figure(&accounts, "China", "farming"), figure("builtin:wiod13", "CHN", "c1"));
    // Every sector by itself: a concordance must map something.
    let known = satellites("builtin:wiod13").unwrap();
    let lines: String = known.sectors().iter().map(|sector| format!("sector,{sector},{sector}\n")).collect();
    fs::write(path("few.csv"), format!("dimension,source,target\n{lines}")).unwrap();
    let aggregated = path("aggregated.parquet");
    runs(&[
        "aggregate",
        "builtin:wiod13",
        "--satellites",
        "builtin:wiod13",
        "--concordance",
        &path("few.csv"),
        "-o",
        &aggregated,
    ]);
    assert_eq!(figure(&aggregated, "CHN", "c1"), figure("builtin:wiod13", "CHN", "c1"));
}

#[test]
fn a_split_economy_goes_whole_wherever_it_goes() {
    let split = world(Some(2005));
    // CHN and CN2 are one economy by their names.
    let kept = split.extract(&with_parts(split.axis(), &["CHN".into()]), "ROW").unwrap();
    assert_eq!(kept.axis().economies(), ["CHN", "CN2", "ROW"]);
    same_totals(&kept, &split);
    let regions = concordance::read("builtin:regions".as_ref()).unwrap();
    let grouped = split.aggregate(&regions).unwrap();
    assert!(!grouped.axis().economies().iter().any(|name| name == "CN2"), "{:?}", grouped.axis().economies());
    let asia = grouped.axis().economies().iter().position(|name| name.contains("Asia")).unwrap();
    let total = |table: &IcioTable, members: &[usize]| -> f64 {
        members.iter().flat_map(|&e| table.axis().block(e)).map(|row| table.row_sums()[row]).sum()
    };
    close(total(&grouped, &[asia]), total(&split, &[0, 3]), 1.0, 1e-12, "output of the region");
    let renaming = |pairs: &[(&str, &str)]| Renaming {
        economies: pairs.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect(),
        ..Renaming::default()
    };
    let refused = split.rename(&renaming(&[("CHN", "PRC")])).unwrap_err();
    assert!(matches!(&refused, ReshapeError::SplitRenamed { name, .. } if name == "CHN"), "{refused}");
    assert!(refused.hint().contains("--group CHN=CHN,CN2"), "{}", refused.hint());
    assert!(split.rename(&renaming(&[("CHN", "PRC"), ("CN2", "PRC2"), ("DEU", "GER")])).is_ok());
    assert!(split.rename(&renaming(&[("DEU", "GER")])).is_ok());
}

#[test]
fn prices_are_changed_once() {
    let table = world(Some(2005));
    let rising = prices(&[("", "", 2000, 1.0), ("", "", 2005, 1.25)]).unwrap();
    let real = table.deflate(&rising, PriceBase::Year(2000)).unwrap();
    assert_eq!(real.unit(), "million USD, at prices of 2000");
    assert!(real.is_at_other_prices() && !table.is_at_other_prices());
    // The command refuses what the library leaves to its caller.
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("p.csv"), "year,index\n2000,100\n2001,104\n").unwrap();
    let (prices_file, once, twice) = (path("p.csv"), path("once.parquet"), path("twice.parquet"));
    let command = |from: &str, to: &str| {
        vadex(&["deflate", from, "--prices", &prices_file, "--base", "2000", "-o", to])
    };
    assert_eq!(command("builtin:wiod13/2001", &once).status.code(), Some(0));
    let again = command(&once, &twice);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("`million USD, at prices of 2000`"), "{}", stderr(&again));
    let current = world(Some(2005)).with_description(Some("million USD, current prices".into()), None);
    let real = current.deflate(&rising, PriceBase::PreviousYear);
    assert!(real.is_err(), "there are no prices of 2004");
    let real = current.deflate(&rising, PriceBase::Year(2000)).unwrap();
    assert_eq!(real.unit(), "million USD, at prices of 2000");
}

#[test]
fn a_sector_is_not_called_like_a_category() {
    let table = world(None);
    let lines = "dimension,source,target\nsector,x,use\nsector,y,y\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.csv");
    fs::write(&path, lines).unwrap();
    let error = table.aggregate(&concordance::read(&path).unwrap()).unwrap_err().to_string();
    assert!(error.contains("`use`") && error.contains("category of final demand"), "{error}");
}

#[test]
fn a_price_file_with_another_column_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("p.csv"), "country,year,index\nCHN,2000,100\nCHN,2001,200\n").unwrap();
    let (prices, out) = (path("p.csv"), path("o.parquet"));
    let output =
        vadex(&["deflate", "builtin:wiod13/2001", "--prices", &prices, "--base", "2000", "-o", &out]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("column `country`"), "{}", stderr(&output));
    assert!(stdout(&output).is_empty());
}
