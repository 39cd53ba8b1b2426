//! Term by term against other tools' output, at every level they offer: data/golden/<method>/<table>-<level>.csv, whose
//! first line names tool, version and call.

use std::collections::HashMap;
use std::path::Path;

use vadex::decompose::{Dimension, METHODS, Scope, Workspace};
use vadex::level::Level;

use super::support::{fixture, model, open};

/// Of the largest value in the column: terms of double counting are differences of near-equal numbers.
const TOLERANCE: f64 = 1e-9;

#[test]
fn every_golden_file_is_reproduced_term_by_term() {
    let mut compared = 0;
    let mut tables = HashMap::new();
    for method in METHODS {
        for (table, level) in ["leather", "bmtoy"].iter().flat_map(|t| Level::ALL.map(|level| (*t, level))) {
            let name = format!("data/golden/{}/{table}-{}.csv", method.id(), level.id());
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
            if !path.exists() {
                continue;
            }
            let work = tables
                .entry(table)
                .or_insert_with(|| Workspace::new(&model(&open(&fixture(&format!("{table}.csv"))))).unwrap());
            let result = method.run(work, level, &Scope::default()).unwrap();
            let axis = work.axis();
            let label = |unit: usize| -> Vec<String> {
                let names = |dimension| match dimension {
                    Dimension::Economy => axis.economies(),
                    Dimension::Sector => axis.sectors(),
                };
                result
                    .keys
                    .iter()
                    .map(|key| names(key.dimension)[key.indices[unit] as usize].clone())
                    .collect()
            };
            let unit_of: HashMap<Vec<String>, usize> =
                (0..result.n_units()).map(|unit| (label(unit), unit)).collect();
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines = text.lines();
            assert!(lines.next().unwrap().starts_with("# "), "{name}: the first line names tool and call");
            let header: Vec<&str> = lines.next().unwrap().split(',').collect();
            let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
            let column = |name: &str| header.iter().position(|column| *column == name);
            for term in result.terms {
                let Some(position) = column(term.symbol) else { continue };
                let expected: Vec<f64> = rows.iter().map(|row| row[position].parse().unwrap()).collect();
                let scale = expected.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
                for (row, expected) in rows.iter().zip(&expected) {
                    let key: Vec<String> =
                        result.keys.iter().map(|key| row[column(key.name).unwrap()].to_owned()).collect();
                    let unit = unit_of.get(&key).unwrap_or_else(|| panic!("{name}: no row {key:?}"));
                    let found = result.term(term.symbol).unwrap()[*unit];
                    assert!(
                        (found - expected).abs() <= TOLERANCE * scale,
                        "{name}: {} at {key:?}: found {found:e}, expected {expected:e}",
                        term.symbol
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 4000, "only {compared} figures were compared");
}
