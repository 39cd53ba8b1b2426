//! Participation in trade: how much of exports belongs to chains that cross at least two borders.
//!
//! Three answers of the literature, kept apart because they differ in what counts and in the denominator: Koopman and
//! others (contents over exports), Borin and Mancini (exports that are not absorbed by the direct importer), and the
//! split of the latter into pure-forward, two-sided and pure-backward trade. Participation of *output* and of *final
//! goods* is in [`super::wwyz`].

use std::sync::Arc;

use nalgebra::DMatrix;

use super::chain_algebra::{ExportContent, local};
use super::sources::{BORIN_MANCINI_2023, BORIN_MANCINI_TAGLIONI_2025, KOOPMAN_POWERS_WANG_WEI_2010};
use super::units::{Home, Units, ratio, ratios, worst_gap};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, note};
use crate::frame::IdentityGap;
use crate::frame::Measure::{Amount, Pure, Share};
use crate::model::Model;
use crate::model::solver::SolveError;
use crate::table::ValueAddedConvention;

/// How much foreign value is in an economy's exports, and how much of its own value is in the exports of others?
///
/// ```text
/// FC_s = Σ_{t≠s} v_t B_ts e_s       VS1_s = v_s Σ_{r≠s} B_sr e_r
/// forward = VS1 / E     backward = FC / E     position = ln(1 + VS1/E) − ln(1 + FC/E)
/// ```
/// # Terms
/// `gexp vs1 fc` amounts; `gvc_forward gvc_backward gvc_participation` over gross exports; `gvc_position`.
/// # Assumptions
/// `fc` is content: foreign double counting is inside. `vs1` counts output that is exported on several times each time.
/// # Cost
/// 2 G right-hand sides.
/// # Differences
/// At the level of sectors `gexp` and `fc` are told by exporting sector, `vs1` by sector of origin, as in the R package
/// gvc (`i2e`, `e2r`): forward over backward of one sector mixes the two views.
/// # Source
/// Koopman, Powers, Wang and Wei (2010), <https://doi.org/10.3386/w16426>.
pub struct Kpww;

static KPWW: Profile = Profile {
    id: "kpww",
    family: Family::Participation,
    question: "How much foreign value is in an economy's exports, and how much of its own is in the exports of others?",
    equation: "forward = VS1/E = v_s Σ_{r≠s} B_sr e_r / E; backward = FC/E = Σ_{t≠s} v_t B_ts e_s / E; \
               position = ln(1 + VS1/E) − ln(1 + FC/E)",
    citations: &[KOOPMAN_POWERS_WANG_WEI_2010],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        note("gexp", Amount, "gross exports"),
        note("vs1", Amount, "own value added in the exports of others; at sector level by sector of origin"),
        note("fc", Amount, "foreign value-added content of exports, double counting included"),
        note("gvc_forward", Share, "vs1 / gexp"),
        note("gvc_backward", Share, "fc / gexp"),
        note("gvc_participation", Share, "gvc_forward + gvc_backward"),
        note("gvc_position", Pure, "ln(1 + gvc_forward) − ln(1 + gvc_backward): positive upstream"),
    ],
    cautions: &[
        "vs1 counts value that is exported on several times each time, so forward participation may exceed one",
        "at sector level vs1 is by sector of origin and fc by exporting sector: their ratio mixes two views",
    ],
    cost: "2 G right-hand sides: O(n² G)",
    takes_satellites: false,
};

impl Indicator for Kpww {
    fn profile(&self) -> &'static Profile {
        &KPWW
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let content = ExportContent::of(model)?;
        let by_exporter = model.output_by_exporter()?;
        let exports = model.flows().gross_exports();
        let shares = model.value_added_share();
        let units = Units::of(model, level, request, Home::Excluded);
        let gexp = units.totals(|row| exports[row]);
        let vs1 = units.cells(|row, r| shares[row] * by_exporter[(row, r)]);
        let fc = units.totals(|row| content.foreign[row] * exports[row]);
        let forward = ratios(&vs1, &gexp);
        let backward = ratios(&fc, &gexp);
        let participation = forward.iter().zip(&backward).map(|(f, b)| f + b).collect();
        let position = forward.iter().zip(&backward).map(|(f, b)| f.ln_1p() - b.ln_1p()).collect();
        let gap = row_gap(model, "e_sr = v_s B_ss e_sr + Σ v_t B_ts e_sr", |row, r| {
            let exports = model.flows().bilateral_exports()[(row, r)];
            (exports, (content.domestic[row] + content.foreign[row]) * exports)
        });
        Ok(Reading::of_numbers(
            &KPWW,
            units.keys(),
            vec![gexp, vs1, fc, forward, backward, participation, position],
        )
        .with_identities(gap))
    }
}

/// Exports by what the direct importer does with them, (n_rows, n_economies) each; zero at home.
struct Destinations {
    /// y_sr + A_sr L_rr y_rr: stays with the direct importer.
    absorbed: DMatrix<f64>,
    /// A_sr L_rr e_r: leaves the importer again, embodied in its exports.
    exported_on: DMatrix<f64>,
}

impl Destinations {
    /// One product with A and one with L for each importer: O(n²) in all for each of the two.
    fn of(model: &Model) -> Result<Arc<Self>, SolveError> {
        model.shared(|| Self::compute(model))
    }

    fn compute(model: &Model) -> Result<Self, SolveError> {
        let (axis, flows) = (model.axis(), model.flows());
        let n = axis.n_rows();
        let mut home = DMatrix::zeros(n, 2);
        for row in 0..n {
            home[(row, 0)] = flows.final_demand()[(row, axis.economy_of(row))];
            home[(row, 1)] = flows.gross_exports()[row];
        }
        let output = local(model, &home)?;
        let mut absorbed = flows.bilateral_final_exports().clone();
        let mut exported_on = DMatrix::zeros(n, axis.n_economies());
        let coefficients = model.system().input_coefficients();
        absorbed += coefficients.sums_by_ranges(&axis.blocks(), Some(output.column(0).as_slice()));
        exported_on += coefficients.sums_by_ranges(&axis.blocks(), Some(output.column(1).as_slice()));
        for r in 0..axis.n_economies() {
            absorbed.column_mut(r).rows_range_mut(axis.block(r)).fill(0.0);
            exported_on.column_mut(r).rows_range_mut(axis.block(r)).fill(0.0);
        }
        Ok(Self { absorbed, exported_on })
    }
}

/// Which part of exports crosses more than one border, and on which side of the exporter?
///
/// ```text
/// DAVAX_sr = v_s L_ss (y_sr + A_sr L_rr y_rr)       gvc = e_sr − DAVAX_sr
/// gvcb = FC + DDC = Σ_{t≠s} v_t B_ts e_sr + v_s (B_ss − L_ss) e_sr           gvcf = v_s L_ss A_sr L_rr e_r
/// ```
/// # Terms
/// `gexp davax gvc gvcb gvcf` amounts; `gvc_participation gvc_backward gvc_forward` over gross exports.
/// # Assumptions
/// Every term is computed by its own formula; `gvc = gvcb + gvcf` is evidence.
/// # Cost
/// G right-hand sides, 4 G products of the size of a block.
/// # Differences
/// decompr and exvatools take `gvcf` as the remainder `gvc − gvcb`.
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>.
pub struct BorinMancini;

static BORIN_MANCINI: Profile = Profile {
    id: "bm-participation",
    family: Family::Participation,
    question: "Which part of exports crosses more than one border, before or after the exporter?",
    equation: "gvc = e − v_s L_ss (y_sr + A_sr L_rr y_rr); gvcb = Σ v_t B_ts e + v_s (B_ss − L_ss) e; \
               gvcf = v_s L_ss A_sr L_rr e_r; shares over gross exports",
    citations: &[BORIN_MANCINI_2023],
    levels: &Level::ALL,
    columns: &[
        note("gexp", Amount, "gross exports"),
        note(
            "davax",
            Amount,
            "domestic value added absorbed by the direct importer: crosses one border only",
        ),
        note("gvc", Amount, "gexp − davax"),
        note("gvcb", Amount, "backward: foreign content plus domestic double counting"),
        note("gvcf", Amount, "forward: domestic value added that the importer exports on"),
        note("gvc_participation", Share, "gvc / gexp"),
        note("gvc_backward", Share, "gvcb / gexp"),
        note("gvc_forward", Share, "gvcf / gexp"),
    ],
    cautions: &[
        "the domestic double counting inside gvcb is a difference of near-equal numbers: compare it with 1e-9 \
                 of exports, not with itself",
    ],
    cost: "G right-hand sides and one product with A: O(n² G)",
    takes_satellites: false,
};

impl Indicator for BorinMancini {
    fn profile(&self) -> &'static Profile {
        &BORIN_MANCINI
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let content = ExportContent::of(model)?;
        let went = Destinations::of(model)?;
        let exports = model.flows().bilateral_exports();
        let units = Units::of(model, level, request, Home::Excluded);
        let davax_cell = |row: usize, r: usize| content.domestic_net[row] * went.absorbed[(row, r)];
        let backward_cell = |row: usize, r: usize| {
            (content.foreign[row] + content.domestic[row] - content.domestic_net[row]) * exports[(row, r)]
        };
        let forward_cell = |row: usize, r: usize| content.domestic_net[row] * went.exported_on[(row, r)];
        let gexp = units.cells(|row, r| exports[(row, r)]);
        let davax = units.cells(davax_cell);
        let gvc: Vec<f64> = units.cells(|row, r| exports[(row, r)] - davax_cell(row, r));
        let (gvcb, gvcf) = (units.cells(backward_cell), units.cells(forward_cell));
        let shares = [&gvc, &gvcb, &gvcf].map(|part| ratios(part, &gexp));
        let gap = row_gap(model, "gexp = davax + gvcb + gvcf", |row, r| {
            (exports[(row, r)], davax_cell(row, r) + backward_cell(row, r) + forward_cell(row, r))
        });
        let [participation, backward, forward] = shares;
        Ok(Reading::of_numbers(
            &BORIN_MANCINI,
            units.keys(),
            vec![gexp, davax, gvc, gvcb, gvcf, participation, backward, forward],
        )
        .with_identities(gap))
    }
}

/// The worst gap over all cells of a bilateral identity, rows with output only: a row without output has no value
/// added, and its exports (negative inventories cancel them in the row sum) have no content. With published value
/// added there is no such identity: taxes and margins are in exports and in nobody's value added.
fn row_gap(model: &Model, identity: &str, sides: impl Fn(usize, usize) -> (f64, f64)) -> Option<IdentityGap> {
    if model.description().conventions.value_added != ValueAddedConvention::Residual {
        return None;
    }
    let (axis, output) = (model.axis(), model.flows().gross_output());
    let cells = (0..axis.n_rows()).filter(|&row| output[row] != 0.0).flat_map(|row| {
        let sides = &sides;
        (0..axis.n_economies()).filter(move |&r| r != axis.economy_of(row)).map(move |r| {
            let (one, other) = sides(row, r);
            (row, one, other)
        })
    });
    Some(worst_gap(axis, identity, cells))
}

/// Is the exporter at the start, in the middle or at the end of the chains that it exports to?
///
/// ```text
/// pure-forward   PF = v_s L_ss A_sr L_rr e_r                    own value that the importer exports on
/// two-sided      TS = u A^f L_ss A_sr L_rr e_r                  imported inputs, exported on by the importer
/// pure-backward  PB = u A^f L_ss (y_sr + A_sr L_rr y_rr)        imported inputs, absorbed by the importer
/// forwardness = (PF − PB) / (PF + TS + PB)
/// ```
/// # Terms
/// `gvc` (= gexp − davax, on its own), `pf ts pb` amounts, their shares of `gvc`, `forwardness`.
/// # Assumptions
/// Trade-based version only. The output-based one is left out: its formulas could not be verified against the paper,
/// and the one implementation at hand gives components larger than exports.
/// # Cost
/// G right-hand sides for nothing but the contents, two products with A: O(n² G).
/// # Source
/// Borin, Mancini and Taglioni (2025), <https://doi.org/10.1093/wber/lhaf017>.
pub struct Tripartite;

static TRIPARTITE: Profile = Profile {
    id: "tripartite",
    family: Family::Participation,
    question: "Is the exporter at the start, in the middle or at the end of the chains that it exports to?",
    equation: "pf = v_s L_ss A_sr L_rr e_r; ts = u A^f L_ss A_sr L_rr e_r; pb = u A^f L_ss (y_sr + A_sr L_rr y_rr); \
               forwardness = (pf − pb) / gvc",
    citations: &[BORIN_MANCINI_TAGLIONI_2025],
    levels: &Level::ALL,
    columns: &[
        note("gexp", Amount, "gross exports"),
        note("gvc", Amount, "gexp − davax: exports that cross more than one border"),
        note("pf", Amount, "pure-forward: own value added that the direct importer exports on"),
        note("ts", Amount, "two-sided: imported inputs that the direct importer exports on"),
        note("pb", Amount, "pure-backward: imported inputs that the direct importer absorbs"),
        note("pf_share", Share, "pf / gvc"),
        note("ts_share", Share, "ts / gvc"),
        note("pb_share", Share, "pb / gvc"),
        note("forwardness", Pure, "(pf − pb) / gvc, between −1 and 1"),
    ],
    cautions: &[
        "trade-based version; the output-based one is not offered, because its formulas could not be verified",
    ],
    cost: "two products with A: O(n²)",
    takes_satellites: false,
};

impl Indicator for Tripartite {
    fn profile(&self) -> &'static Profile {
        &TRIPARTITE
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let content = ExportContent::of(model)?;
        let went = Destinations::of(model)?;
        let exports = model.flows().bilateral_exports();
        let units = Units::of(model, level, request, Home::Excluded);
        let gvc_cell =
            |row: usize, r: usize| exports[(row, r)] - content.domestic_net[row] * went.absorbed[(row, r)];
        let cells = [
            |own: f64, _: f64, _: f64, on: f64| own * on,
            |_: f64, imported: f64, _: f64, on: f64| imported * on,
            |_: f64, imported: f64, stays: f64, _: f64| imported * stays,
        ];
        let part = |which: usize, row: usize, r: usize| {
            let (stays, on) = (went.absorbed[(row, r)], went.exported_on[(row, r)]);
            cells[which](content.domestic_net[row], content.imported[row], stays, on)
        };
        let gexp = units.cells(|row, r| exports[(row, r)]);
        let gvc = units.cells(gvc_cell);
        let [pf, ts, pb] = [0, 1, 2].map(|which| units.cells(|row, r| part(which, row, r)));
        let [pf_share, ts_share, pb_share] = [&pf, &ts, &pb].map(|value| ratios(value, &gvc));
        let forwardness = (0..gvc.len()).map(|unit| ratio(pf[unit] - pb[unit], gvc[unit])).collect();
        let gap = row_gap(model, "gvc = pf + ts + pb", |row, r| {
            (gvc_cell(row, r), (0..3).map(|which| part(which, row, r)).sum())
        });
        Ok(Reading::of_numbers(
            &TRIPARTITE,
            units.keys(),
            vec![gexp, gvc, pf, ts, pb, pf_share, ts_share, pb_share, forwardness],
        )
        .with_identities(gap))
    }
}
