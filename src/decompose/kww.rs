//! Koopman, Wang and Wei: an economy's gross exports in nine terms.

use super::aggregate::{Rows, Unit};
use super::multipliers::column;
use super::vocabulary::{GEXP, KWW_T1, KWW_T2, KWW_T3, KWW_T4, KWW_T5, KWW_T6, KWW_T7, KWW_T8, KWW_T9};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;
use crate::model::solver::SolveError;

/// What is in an economy's gross exports, and how often is it counted?
///
/// ```text
/// T1 = v_s B_ss Σ_r y_sr          T4 = v_s Σ_r B_sr y_rs              T7 = F_s Σ_r y_sr
/// T2 = v_s Σ_r B_sr y_rr          T5 = v_s Σ_r B_sr A_rs L_ss y_ss    T8 = F_s Σ_r A_sr L_rr y_rr
/// T3 = v_s Σ_r B_sr Σ_t y_rt      T6 = v_s Σ_r B_sr A_rs L_ss e_s     T9 = F_s Σ_r A_sr L_rr e_r
/// ```
/// r ≠ s, t ≠ s, r.
///
/// # Terms
/// `kww_t1` to `kww_t9`, all primary. T1 + T2 + T3 are value-added exports, + T4 + T5 domestic value added, + T6
/// domestic content; T7 + T8 + T9 foreign content.
///
/// # Assumptions
/// As `bm-source`.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// O(n² + n N G): multipliers by origin (G right-hand sides) and local inverses; no global inverse.
///
/// # Differences
/// From the other tools: decompr takes T9 as a remainder; here it has its own formula. exvatools returns sector rows
/// built from WWZ: KWW define none, and `wwz-kww` has those rows as what they are. **Known bias**: T9 books as double
/// counted all foreign content that the importer exports on, even where the value added crosses no further border twice;
/// T7 + T8 is therefore too small. `kww-corrected` splits it as Borin and Mancini do.
///
/// # Source
/// Koopman, Wang and Wei (2014), American Economic Review 104(2), equation 36,
/// <https://doi.org/10.1257/aer.104.2.459>.
#[derive(Debug)]
pub struct Kww;

const TERMS: &[Term] = &[
    GEXP.primary("e_s"),
    KWW_T1.primary("v_s B_ss Σ_r y_sr"),
    KWW_T2.primary("v_s Σ_r B_sr y_rr"),
    KWW_T3.primary("v_s Σ_r B_sr Σ_{t≠s,r} y_rt"),
    KWW_T4.primary("v_s Σ_r B_sr y_rs"),
    KWW_T5.primary("v_s Σ_r B_sr A_rs L_ss y_ss"),
    KWW_T6.primary("v_s Σ_r B_sr A_rs L_ss e_s"),
    KWW_T7.primary("F_s Σ_r y_sr"),
    KWW_T8.primary("F_s Σ_r A_sr L_rr y_rr"),
    KWW_T9.primary("F_s Σ_r A_sr L_rr e_r"),
];

/// The sum of the nine terms, and nothing else, is fixed by exports.
pub(super) const IDENTITIES: &[Identity] = &[
    Identity::TWO_USES,
    Identity::new(
        "gexp = sum of the nine terms",
        Identity::EMBODIED,
        &["kww_t1", "kww_t2", "kww_t3", "kww_t4", "kww_t5", "kww_t6", "kww_t7", "kww_t8", "kww_t9"],
    ),
];

impl Method for Kww {
    fn id(&self) -> &'static str {
        "kww"
    }

    fn summary(&self) -> &'static str {
        "nine terms of an economy's exports (Koopman, Wang and Wei), with their known bias"
    }

    fn citation(&self) -> Citation {
        Citation {
            authors: "Koopman, Wang and Wei (2014)",
            work: "Tracing Value-Added and Double Counting in Gross Exports, American Economic Review 104(2)",
            doi: "10.1257/aer.104.2.459",
        }
    }

    fn caution(&self) -> Option<&'static str> {
        Some(
            "foreign value added (kww_t7 + kww_t8) is biased down: kww_t9 books all foreign content that the importer \
             exports on as double counted. kww-corrected has the same first seven terms without the bias",
        )
    }

    fn levels(&self) -> &'static [Level] {
        &[Level::Country]
    }

    fn at_other_levels(&self) -> Option<&'static str> {
        Some(
            "or `--method wwz-kww`, whose nine terms by sector and partner add up to these, though KWW define none there",
        )
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        IDENTITIES
    }

    fn needs_inverse(&self, _level: Level) -> bool {
        false
    }

    fn cost(&self) -> &'static str {
        "O(n² G) for value added by origin, O(n²) for the terms, n = GN; no global inverse"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let domestic = DomesticTerms::of(work)?;
        let used = work.local_use()?;
        let multipliers = work.multipliers();
        let finals = work.flows().bilateral_final_exports();
        Ok(Rows::of(self, work, level, scope).each_unit(|unit, out| {
            domestic.add(unit, out);
            for &row in unit.rows {
                let foreign = multipliers.foreign[row];
                out[7] += foreign * finals.row(row).sum();
                out[8] += foreign * used.absorbed.row(row).sum();
                out[9] += foreign * used.reexported.row(row).sum();
            }
        }))
    }
}

/// Gross exports and terms 1 to 6, which the corrected version shares.
pub(super) struct DomesticTerms<'a> {
    work: &'a Workspace,
    /// L_ss y_ss and L_ss e_s by row.
    needed: Vec<[f64; 2]>,
}

impl<'a> DomesticTerms<'a> {
    pub fn of(work: &'a Workspace) -> Result<Self, SolveError> {
        let axis = work.axis();
        let leontief = work.system().local_leontief()?;
        let mut needed = Vec::with_capacity(axis.n_rows());
        for (s, inverse) in leontief.iter().enumerate() {
            let block = axis.block(s);
            let home = inverse * work.flows().final_demand().column(s).rows_range(block.clone());
            let exported = inverse * column(&work.flows().gross_exports()[block]);
            needed.extend(home.iter().zip(exported.iter()).map(|(home, exported)| [*home, *exported]));
        }
        Ok(Self { work, needed })
    }

    /// Adds `gexp` and T1 to T6 of an exporter.
    pub fn add(&self, unit: &Unit<'_>, out: &mut [f64]) {
        let (work, s) = (self.work, unit.exporter);
        let axis = work.axis();
        let multipliers = work.multipliers();
        let demand = work.flows().final_demand();
        for &row in unit.rows {
            for &r in unit.importers {
                out[0] += work.gexp(row, r);
                out[1] += multipliers.domestic[row] * demand[(row, r)];
            }
        }
        let home = axis.block(s);
        let own = multipliers.by_origin.row(s);
        for row in (0..axis.n_rows()).filter(|row| !home.contains(row)) {
            let r = axis.economy_of(row);
            let share = own[row];
            out[2] += share * demand[(row, r)];
            out[4] += share * demand[(row, s)];
            let third: f64 =
                (0..axis.n_economies()).filter(|&t| t != s && t != r).map(|t| demand[(row, t)]).sum();
            out[3] += share * third;
        }
        // v_s Σ_r B_sr A_rs, one entry for each row of the exporter.
        let mut abroad = own.transpose();
        abroad.rows_range_mut(home.clone()).fill(0.0);
        let coefficients = work.system().input_coefficients();
        let returned =
            coefficients.transpose_multiply_block(0..axis.n_rows(), home.clone(), abroad.as_view());
        for (share, row) in returned.iter().zip(home) {
            let [absorbed, exported] = self.needed[row];
            out[5] += share * absorbed;
            out[6] += share * exported;
        }
    }
}
