//! Borin and Mancini, exporter perimeter, source approach: value counted where it first leaves its economy.

use super::aggregate::Rows;
use super::bm_family::{CITATION, Common, IDENTITIES};
use super::vocabulary::{DAVAX, DC, DDC, DVA, FC, FDC, FVA, GEXP, GVC, GVCB, GVCF, REF, VAX};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// How much of a flow of exports is domestic and foreign value added, each dollar counted once, at its first crossing?
///
/// ```text
/// DVA_sr = d_s # e_sr       DDC_sr = d_s M_s # e_sr      d_s = v_s L_ss     M_s = Σ_{j≠s} A_sj B_js
/// FVA_sr = f_s # e_sr       FDC_sr = f_s M_s # e_sr      f_s = F_s (I + M_s)⁻¹
/// (N)     (N)   (N)                (1,N)(N,N)
/// ```
/// # Terms
/// | column | meaning | kind | equation |
/// |---|---|---|---|
/// | `gexp` | gross exports | primary | e_sr |
/// | `dc` | domestic content | primary | D_s # e_sr |
/// | `dva` | domestic value added | primary | d_s # e_sr |
/// | `vax` | ... absorbed abroad | primary | d_s # (y_sr + A_sr Σ_{u≠s} (BY)_ru) |
/// | `davax` | ... by the importer, one border | primary | d_s # (y_sr + A_sr L_rr y_rr) |
/// | `ref` | ... that returns home | primary | d_s # A_sr (BY)_rs |
/// | `ddc` | domestic double counting | primary | d_s M_s # e_sr |
/// | `fc` | foreign content | primary | F_s # e_sr |
/// | `fva` | foreign value added | primary | f_s # e_sr |
/// | `fdc` | foreign double counting | primary | f_s M_s # e_sr |
/// | `gvc` | trade related to value chains | residual | gexp − davax |
/// | `gvcb`, `gvcf` | backward, forward | primary | fc + ddc; d_s # A_sr L_rr e_r |
///
/// # Assumptions
/// Proportional inputs; residual value added unless the model says otherwise (then v B e, not gexp, is taken apart).
/// Industries without output have zero coefficients.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// One global inverse (O(n³), shared), then O(n² N): one N x N factorisation an exporter.
///
/// # Differences
/// decompr, icio and GlobalValueChains.jl take `ddc`, `fdc` and `ref` as remainders; here they have formulas of their
/// own, so that the identities are evidence. `gvcf` is 0, not a remainder, in rows that sell without having output.
///
/// # Example
/// Without trade in intermediates all exports are value added that the importer absorbs:
/// ```
/// # use vadex::decompose::{decompose, find_method, Scope};
/// # use vadex::{level::Level, model::Model, table::{IcioTable, TableParts}};
/// # use nalgebra::DMatrix;
/// let table = IcioTable::new(TableParts {
///     rows: vec![("A".into(), "x".into()), ("B".into(), "x".into())],
///     categories: vec!["final".into()],
///     intermediate_use: DMatrix::from_row_slice(2, 2, &[20.0, 0.0, 0.0, 10.0]).into(),
///     final_demand: DMatrix::from_row_slice(2, 2, &[50.0, 30.0, 40.0, 50.0]),
///     primary_rows: vec![],
///     published_output: None,
///     unit: "million".into(),
///     year: None,
///     provenance: Default::default(),
/// })?;
/// let model = Model::build(&table, &Default::default())?;
/// let result = decompose(&model, find_method("bm-source")?, Level::Country, &Scope::default())?;
/// assert!((result.term("dva").unwrap()[0] - 30.0).abs() < 1e-12);
/// assert!((result.term("davax").unwrap()[1] - 40.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>; (2019) World Bank Policy Research Working
/// Paper 8804, <https://doi.org/10.1596/1813-9450-8804>.
#[derive(Debug)]
pub struct BmSource;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("d_s # e_sr"),
    VAX.primary("d_s # (y_sr + A_sr Σ_{u≠s} (BY)_ru)"),
    DAVAX.primary("d_s # (y_sr + A_sr L_rr y_rr)"),
    REF.primary("d_s # A_sr (BY)_rs"),
    DDC.primary("d_s M_s # e_sr"),
    FC.primary("F_s # e_sr"),
    FVA.primary("F_s (I + M_s)⁻¹ # e_sr"),
    FDC.primary("F_s (I + M_s)⁻¹ M_s # e_sr"),
    GVC.residual("gexp − davax"),
    GVCB.primary("(F_s + d_s M_s) # e_sr"),
    GVCF.primary("d_s # A_sr L_rr e_r"),
];

impl Method for BmSource {
    fn id(&self) -> &'static str {
        "bm-source"
    }

    fn summary(&self) -> &'static str {
        "value added in exports counted once, where it first leaves (Borin and Mancini, exporter perimeter)"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        IDENTITIES
    }

    fn cost(&self) -> &'static str {
        "O(n³) for the shared global inverse, then O(n² N), n = GN"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let common = Common::of(work)?;
        let (multipliers, once) = (common.multipliers, common.once);
        let absorbed = work.absorbed()?;
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let (e, y) = (common.exports(row, r), common.final_exports(row, r));
            let d = multipliers.local[row];
            let chain = common.chain_trade(row, r);
            out.copy_from_slice(&[
                work.gexp(row, r),
                multipliers.domestic[row] * e,
                d * e,
                d * (y + absorbed.by_importer[cell] + absorbed.by_third[cell]),
                chain.davax,
                d * absorbed.at_home[cell],
                once.domestic_double[row] * e,
                multipliers.foreign[row] * e,
                once.foreign[row] * e,
                once.foreign_double[row] * e,
                chain.gvc,
                chain.gvcb,
                chain.gvcf,
            ]);
        }))
    }
}
