//! Hummels, Ishii and Yi: vertical specialisation.

use super::aggregate::Rows;
use super::multipliers::column;
use super::vocabulary::{DV, GEXP, VS, VS1};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;
use crate::model::solver::SolveError;
use crate::table::ValueAddedConvention;

/// How much of exports is imported inputs, and how much of own value added do others export on?
///
/// ```text
/// VS_s = u (Σ_{r≠s} A_rs) L_ss e_s        DV_s = (u − u A)_s L_ss e_s        VS1_s = v_s Σ_{r≠s} B_sr e_r
///       (1,N)             (N,N) (N)                                               (1,N)      (N,N) (N)
/// ```
/// # Terms
/// | column | meaning | kind |
/// |---|---|---|
/// | `gexp` | gross exports | primary |
/// | `vs` | imported inputs in exports | primary |
/// | `dv` | domestic value in exports | primary |
/// | `vs1` | own value added in others' exports | primary |
///
/// `vs` and `dv` are told by exporting sector and direct importer; `vs1` by sector of *origin* and, at the bilateral
/// levels, by the economy whose exports carry it.
///
/// # Assumptions
/// With a satellite in place of value added, `vs` is what of it is embodied in imported inputs, (v B A^M L) e, and `dv`
/// v L e.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// O(n² G) for `vs1` (G right-hand sides), O(n N) for the rest.
///
/// # Differences
/// `vs` is foreign content plus domestic double counting (`fc + ddc` of `bm-source`); gvc's `i2e` is foreign content
/// alone.
///
/// # Source
/// Hummels, Ishii and Yi (2001), <https://doi.org/10.1016/S0022-1996(00)00093-3>.
#[derive(Debug)]
pub struct Hiy;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    VS.primary("u A^M_s L_ss # e_sr"),
    DV.primary("(u − u A)_s L_ss # e_sr"),
    VS1.primary("v_s # Σ_{r≠s} B_sr e_r"),
];

impl Method for Hiy {
    fn id(&self) -> &'static str {
        "hiy"
    }

    fn summary(&self) -> &'static str {
        "vertical specialisation: imported inputs in exports, own value added in others' exports"
    }

    fn citation(&self) -> Citation {
        Citation {
            authors: "Hummels, Ishii and Yi (2001)",
            work: "The nature and growth of vertical specialization in world trade, Journal of International Economics \
                   54(1)",
            doi: "10.1016/S0022-1996(00)00093-3",
        }
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        const SUM: &[Identity] = &[Identity::new("gexp = vs + dv", "gexp", &["vs", "dv"])];
        SUM
    }

    fn details(&self) -> &'static [super::Detail] {
        &[super::Detail::Absorber]
    }

    fn needs_inverse(&self, _level: Level) -> bool {
        false
    }

    fn cost(&self) -> &'static str {
        "O(n² G), n = GN; no global inverse"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let (imported, domestic) = contents(work)?;
        let carried = work.model().output_by_exporter()?;
        let exports = work.flows().bilateral_exports();
        let (finals, intermediates) =
            (work.flows().bilateral_final_exports(), work.flows().bilateral_intermediate_exports());
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let e = exports[(row, r)];
            out.copy_from_slice(&[
                work.gexp(row, r),
                imported[row] * e,
                domestic[row] * (finals[(row, r)] + intermediates[(row, r)]),
                work.share()[row] * carried[(row, r)],
            ]);
        }))
    }
}

/// Imported and domestic value in a unit of exports of each row.
fn contents(work: &Workspace) -> Result<(Vec<f64>, Vec<f64>), SolveError> {
    let (axis, coefficients) = (work.axis(), work.system().input_coefficients());
    let leontief = work.system().local_leontief()?;
    let embodied = work.counts_embodied();
    let output = work.flows().gross_output();
    let conventions = work.model().description().conventions;
    let residual = conventions.value_added == ValueAddedConvention::Residual;
    let weight = |row: usize| if embodied { work.attributed(row) } else { 1.0 };
    let mut imported = Vec::with_capacity(axis.n_rows());
    let mut domestic = Vec::with_capacity(axis.n_rows());
    for (s, inverse) in leontief.iter().enumerate() {
        let home = axis.block(s);
        let (mut from_abroad, mut kept) = (Vec::new(), Vec::new());
        for column in home.clone() {
            let (mut abroad, mut at_home) = (0.0, 0.0);
            coefficients.for_each_in(0..axis.n_rows(), column..column + 1, |row, _, input| {
                if home.contains(&row) {
                    at_home += input;
                } else {
                    abroad += weight(row) * input;
                }
            });
            from_abroad.push(abroad);
            // The table's own value added where it is the residual, so that inputs and value added check each other.
            let traced = embodied || residual && output[column] != 0.0;
            kept.push(if traced { work.share()[column] } else { 1.0 - abroad - at_home });
        }
        imported.extend(inverse.tr_mul(&column(&from_abroad)).iter());
        domestic.extend(inverse.tr_mul(&column(&kept)).iter());
    }
    Ok((imported, domestic))
}
