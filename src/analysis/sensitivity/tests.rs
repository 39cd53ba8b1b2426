//! What is selected and added up, against a row for every cell.

use std::collections::HashMap;

use super::cells::Effect;
use super::*;
use crate::kernel::stored::Storage;
use crate::model::ModelOptions;
use crate::model::memory::predict;
use crate::table::{IcioTable, Provenance, TableParts};
use crate::uncertainty::find_measure;

const CHANGES: [Change; 3] = [Change::Flows, Change::Inputs, Change::Coefficients];
const SECTORS: usize = 12;

/// A and B trade; C does not, so that every effect of its cells on the others is the same: none. More columns than two
/// bands.
fn table() -> IcioTable {
    let n = 3 * SECTORS;
    let trades = |row: usize| row < 2 * SECTORS;
    let rows = (0..n)
        .map(|row| (["A", "B", "C"][row / SECTORS].to_owned(), format!("s{}", row % SECTORS)))
        .collect();
    let intermediate_use = DMatrix::from_fn(n, n, |i, j| match (trades(i), trades(j)) {
        (true, true) => ((i * 7 + j * 5 + i * j) % 4) as f64,
        (false, false) => (1 + (i + j) % 3) as f64,
        _ => 0.0,
    });
    let final_demand =
        DMatrix::from_fn(n, 3, |i, economy| match (i / SECTORS == economy, trades(i) && economy < 2) {
            (true, _) => 60.0,
            (false, true) => 10.0 + (i % 5) as f64,
            (false, false) => 0.0,
        });
    IcioTable::new(TableParts {
        rows,
        categories: vec!["FD".into()],
        intermediate_use: intermediate_use.into(),
        final_demand,
        primary_rows: Vec::new(),
        published_output: None,
        unit: "unit".into(),
        year: None,
        provenance: Provenance::default(),
    })
    .unwrap()
}

fn analysis(change: Change, by: SensitivityRows, rank: Rank, top: usize) -> SensitivityAnalysis {
    SensitivityAnalysis {
        measure: find_measure("dva_share").unwrap(),
        economy: "A".into(),
        sector: None,
        change,
        by,
        rank,
        top,
        errors: ErrorModel::default(),
        final_demand: FinalDemandErrors::Drawn,
    }
}

fn with_cells(change: Change, check: impl FnOnce(&Cells<'_>)) {
    let table = table();
    let model = Model::build(&table, &ModelOptions::default()).unwrap();
    let gradient = Gradient::of(&model, find_measure("dva_share").unwrap(), 0, None).unwrap();
    let first_order =
        FirstOrder::of(&table, &gradient, &ErrorModel::default(), FinalDemandErrors::Drawn).unwrap();
    let changed = match change {
        Change::Flows => Changed::Flows(&first_order),
        Change::Inputs | Change::Coefficients => Changed::Coefficients {
            coefficients: model.system().dense_coefficients("a test").unwrap(),
            output: model.flows().gross_output(),
            value_added_share: (change == Change::Coefficients).then(|| model.value_added_share()),
        },
    };
    let groups = table.axis().groups();
    check(&Cells { axis: table.axis(), categories: 1, groups, gradient: &gradient, changed });
}

/// A row for every cell, in the order of the table.
fn every_row(cells: &Cells<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for column in 0..cells.columns() {
        cells.each_row(column, |row| rows.push(cells.row(row, column)));
    }
    rows
}

/// Everything of a row, to the last bit.
fn bits(row: &Row) -> (Place, Place, [u64; 5]) {
    let effect = row.effect;
    let numbers = [effect.flow, effect.base, effect.weighted, effect.derivative, effect.variance_share];
    (row.seller, row.buyer, numbers.map(f64::to_bits))
}

#[test]
fn every_cell_that_is_not_zero_is_a_row() {
    let table = table();
    let (used, bought) = (table.intermediate_use().non_zeros(), table.final_demand());
    let bought = bought.iter().filter(|flow| **flow != 0.0).count();
    for (change, expected) in [
        (Change::Flows, used + bought),
        (Change::Inputs, used),
        // Value added of B and C moves nothing and is a row all the same, as their inputs are.
        (Change::Coefficients, used + 3 * SECTORS),
    ] {
        with_cells(change, |cells| assert_eq!(every_row(cells).len(), expected, "{change:?}"));
    }
}

#[test]
fn the_cells_that_are_shown_are_the_first_of_all_cells_sorted() {
    let ranks = [
        (Change::Flows, Rank::Effect),
        (Change::Flows, Rank::Variance),
        (Change::Inputs, Rank::Effect),
        (Change::Coefficients, Rank::Effect),
    ];
    for (change, rank) in ranks {
        with_cells(change, |cells| {
            let mut sorted = every_row(cells);
            // A stable sort: ties keep the order of the table.
            sorted.sort_by(|a, b| b.rank(rank).total_cmp(&a.rank(rank)));
            let tied = sorted.iter().position(|row| row.rank(rank) == 0.0).expect("cells of C move nothing");
            assert!(sorted.len() - tied >= SECTORS * SECTORS, "{change:?}: {tied} of {}", sorted.len());
            for top in [1, 20, tied - 1, tied + 1, tied + 50, sorted.len() - 1, sorted.len(), 0] {
                for threads in [1, 3] {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                    let asked = analysis(change, SensitivityRows::Cell, rank, top);
                    let (rows, all) = pool.install(|| asked.ranked(cells));
                    assert_eq!(all, sorted.len());
                    let shown = if top == 0 { all } else { top };
                    let found: Vec<_> = rows.iter().map(bits).collect();
                    let expected: Vec<_> = sorted[..shown].iter().map(bits).collect();
                    assert!(found == expected, "{change:?} by {rank:?}, {top} on {threads} threads");
                }
            }
        });
    }
}

#[test]
fn sums_by_economies_and_by_sectors_are_those_over_all_rows() {
    for change in CHANGES {
        with_cells(change, |cells| {
            for pairs in [Pairs::Economies, Pairs::Sectors] {
                let label = |place: Place| match pairs {
                    Pairs::Economies if place.sector as usize == cells.value_added_label() => 3,
                    Pairs::Economies => place.economy,
                    Pairs::Sectors => place.sector,
                };
                let mut position = HashMap::new();
                let mut sums: Vec<((u32, u32), [f64; 3])> = Vec::new();
                for row in every_row(cells) {
                    let pair = (label(row.seller), label(row.buyer));
                    let index = *position.entry(pair).or_insert_with(|| {
                        sums.push((pair, [0.0; 3]));
                        sums.len() - 1
                    });
                    let Effect { flow, weighted, variance_share, .. } = row.effect;
                    for (sum, part) in sums[index].1.iter_mut().zip([flow, weighted, variance_share]) {
                        *sum += part;
                    }
                }
                let mut made: HashMap<u32, f64> = HashMap::new();
                if let Changed::Coefficients { output, .. } = &cells.changed {
                    for (row, output) in output.iter().enumerate() {
                        *made.entry(label(cells.buyer(row))).or_default() += output;
                    }
                }
                let found = added_up(cells, pairs);
                assert_eq!(found.len(), sums.len(), "{change:?} by {pairs:?}");
                for (row, (pair, [flow, weighted, variance_share])) in found.iter().zip(sums) {
                    let at = format!("{change:?} by {pairs:?}: {pair:?}");
                    let place = |place: Place| match pairs {
                        Pairs::Economies => place.economy,
                        Pairs::Sectors => place.sector,
                    };
                    assert_eq!((place(row.seller), place(row.buyer)), pair, "{at}");
                    assert_eq!(row.effect.flow.to_bits(), flow.to_bits(), "{at}");
                    assert_eq!(row.effect.weighted.to_bits(), weighted.to_bits(), "{at}");
                    let base = if change == Change::Flows {
                        assert_eq!(row.effect.variance_share.to_bits(), variance_share.to_bits(), "{at}");
                        flow
                    } else {
                        flow / made[&pair.1]
                    };
                    assert_eq!(row.effect.base.to_bits(), base.to_bits(), "{at}");
                    assert_eq!(row.effect.derivative.to_bits(), (weighted / base).to_bits(), "{at}");
                }
            }
        });
    }
}

#[test]
fn a_figure_in_a_sentence_has_the_digits_that_are_read() {
    for (value, text) in [
        (0.747_190_123, "0.74719"),
        (0.014_59, "0.014590"),
        (624_112.284_048, "624112"),
        (-14_850.4, "-14850"),
        (0.0, "0"),
        (2.5e-6, "2.5000e-6"),
    ] {
        assert_eq!(told(value), text);
    }
}

/// A table of the OECD has 4050 rows, the largest database 19 680.
#[test]
fn a_few_cells_of_a_large_table_take_little_beside_its_model() {
    let work = |rows: usize, economies: usize| Workload {
        rows,
        economies,
        categories: 6,
        storage: Storage::Double,
        ..Workload::of(&table())
    };
    let peak = |by: SensitivityRows, top: usize, work: Workload| {
        let asked = analysis(Change::Flows, by, Rank::Effect, top).asked();
        predict(&SensitivityAnalysis::held(asked.over(work))).peak()
    };
    assert!(peak(SensitivityRows::Cell, 20, work(4_050, 81)) < 800_000_000);
    assert!(peak(SensitivityRows::Sectors, 0, work(4_050, 81)) < 800_000_000);
    assert!(peak(SensitivityRows::Cell, 20, work(19_680, 164)) < 16_000_000_000);
    // A row for every cell.
    assert!(peak(SensitivityRows::Cell, 0, work(4_050, 81)) > 2_000_000_000);
}

/// Two members of a group have the same sectors: what is sold by one is not told as sold by the other.
#[test]
fn inside_a_group_every_row_has_a_name_of_its_own() {
    let group = crate::labels::Group { name: "G".into(), members: vec!["A".into(), "C".into()] };
    let grouped = table().regroup(&[group]).unwrap();
    for change in CHANGES {
        let mut analysis = analysis(change, SensitivityRows::Cell, Rank::Effect, 0);
        analysis.economy = "G".into();
        let world = Preparation::default().build(grouped.clone()).unwrap();
        let frame = analysis.run_beside(&grouped, &world).unwrap().frame;
        let label = |name: &str, row: usize| match frame.column(name) {
            Some(Column::Label { names, codes }) => names[codes[row] as usize].clone(),
            other => panic!("{name}: {other:?}"),
        };
        let keys: std::collections::HashSet<Vec<String>> = (0..frame.n_rows())
            .map(|row| {
                ["seller_economy", "seller_sector", "buyer_economy", "buyer_sector"]
                    .map(|name| label(name, row))
                    .to_vec()
            })
            .collect();
        assert_eq!(keys.len(), frame.n_rows(), "{change:?}");
        assert!(keys.iter().any(|key| key[..2] == ["G", "C.s1"]), "{change:?}");
        assert!(keys.iter().any(|key| key[..2] == ["B", "s1"]), "{change:?}");
    }
}
