//! Sums over a world table that several claims take: value added by origin in any bundle, value added by absorber.

use nalgebra::DMatrix;

use super::data::{Series, WorldFacts};
use super::path::Path;
use super::trends::path_of;

/// (part, whole) of every world table of a series; undefined in a year without one.
pub(super) fn world_path(series: &Series, of: impl Fn(&WorldFacts) -> (f64, f64)) -> Path {
    path_of(series, |t| series.years[t].world.as_ref().map_or((f64::NAN, f64::NAN), &of))
}

/// The same for one economy, by its position on the axis of each table.
pub(super) fn economy_path(series: &Series, s: usize, of: impl Fn(&WorldFacts, usize) -> (f64, f64)) -> Path {
    world_path(series, |facts| match series.on_axis(facts, s) {
        Some(s) => of(facts, s),
        None => (f64::NAN, f64::NAN),
    })
}

/// Value added of each economy in a bundle of final output or exports `w` (GN): M w.
///
/// ```text
/// (M w)_t = Σ_j v_t B_tj w_j     M with or without the value added of mining
/// ```
pub(super) fn origins(facts: &WorldFacts, bundle: &[f64], without_mining: bool) -> Vec<f64> {
    let by_origin = facts.by_origin(without_mining);
    let mut content = vec![0.0; facts.axis.n_economies()];
    for (j, w) in bundle.iter().enumerate().filter(|(_, w)| **w != 0.0) {
        for (t, total) in content.iter_mut().enumerate() {
            *total += by_origin[(t, j)] * w;
        }
    }
    content
}

/// A bundle of the rows of economy `s` whose sector is in `sectors`; zero elsewhere.
pub(super) fn bundle(facts: &WorldFacts, s: usize, sectors: &[bool], of: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut bundle = vec![0.0; facts.axis.n_rows()];
    for row in facts.axis.block(s).filter(|&row| sectors[facts.axis.sector_of(row)]) {
        bundle[row] = of(row);
    }
    bundle
}

/// Exports of each row.
pub(super) fn exports(facts: &WorldFacts, row: usize) -> f64 {
    facts.bilateral_exports.row(row).sum()
}

/// Final output of each row: what all economies finally use of it.
pub(super) fn final_output(facts: &WorldFacts, row: usize) -> f64 {
    facts.final_demand.row(row).sum()
}

/// Value added by origin and absorbing economy, (G, G), of the sectors in `origin`.
///
/// ```text
/// T_sr = Σ_{i in s, origin} v_i (B Y)_ir
/// ```
pub(super) fn value_added_by_absorber(facts: &WorldFacts, origin: &[bool]) -> DMatrix<f64> {
    let axis = &facts.axis;
    let g = axis.n_economies();
    let mut traded = DMatrix::zeros(g, g);
    for row in (0..axis.n_rows()).filter(|&row| origin[axis.sector_of(row)]) {
        for r in 0..g {
            traded[(axis.economy_of(row), r)] +=
                facts.value_added_share[row] * facts.output_by_absorber[(row, r)];
        }
    }
    traded
}

/// Own value added of the sectors in `origin` of economy `s` in the exports of all others: VS1.
///
/// ```text
/// VS1_s = Σ_{i in s, origin} v_i Σ_{r≠s} (B e_r)_i
/// ```
pub(super) fn in_exports_of_others(facts: &WorldFacts, s: usize, origin: &[bool]) -> f64 {
    facts
        .axis
        .block(s)
        .filter(|&row| origin[facts.axis.sector_of(row)])
        .map(|row| facts.value_added_share[row] * row_in_exports_of_others(facts, s, row))
        .sum()
}

/// Output of one row that other economies' exports call forth.
pub(super) fn row_in_exports_of_others(facts: &WorldFacts, s: usize, row: usize) -> f64 {
    (0..facts.axis.n_economies()).filter(|&r| r != s).map(|r| facts.output_by_exporter[(row, r)]).sum()
}

/// Persons engaged in a row: an industry that makes nothing employs nobody; NaN where not known.
pub(super) fn persons(facts: &WorldFacts, jobs: &[f64], row: usize) -> f64 {
    let nobody = jobs[row].is_nan() && facts.gross_output[row] == 0.0;
    if nobody { 0.0 } else { jobs[row] }
}

/// What a series is told to be whose prices do not move.
pub(super) const NO_PRICE_MOVES: &str = "no price moves in any year, as if the tables given as those in previous-year prices were \
     the tables themselves";

/// Outputs at the prices of two years that are this near: prices stay.
const NO_CHANGE: f64 = 1e-12;

/// Is output the same at the prices of the year before, in every economy and year that has them?
pub(super) fn no_price_moves(series: &Series) -> bool {
    let still = |now: &f64, then: &f64| (now - then).abs() <= NO_CHANGE * now.abs();
    let pairs =
        series.years.iter().filter_map(|facts| Some((&facts.accounts, facts.previous_year_prices.as_ref()?)));
    pairs
        .flat_map(|(now, then)| now.iter().zip(then))
        .all(|(now, then)| now.output.iter().zip(&then.output).all(|(now, then)| still(now, then)))
}

/// Sectors that are not mining.
pub(super) fn not_mining(series: &Series) -> Vec<bool> {
    series.map.mining.iter().map(|is| !is).collect()
}

/// Choices about mining that a series allows, the headline's first.
pub(super) fn mining_choices(series: &Series) -> Vec<(bool, &'static str)> {
    if series.map.knows_mining() { vec![(true, "without"), (false, "with")] } else { vec![(false, "with")] }
}

/// `without mining`, or why not.
pub(super) fn mining_words(series: &Series) -> &'static str {
    if series.map.knows_mining() { "without mining" } else { "mining not known from the labels" }
}
