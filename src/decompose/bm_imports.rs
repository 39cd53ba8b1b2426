//! Borin and Mancini: gross imports by origin of their value added.

use std::sync::OnceLock;

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::aggregate::sector_rows;
use super::decomposition::{Dimension, Key};
use super::vocabulary::{DC_IMPORTED, GIMP, VA_IMPORTED};
use super::{
    Citation, DecomposeError, Decomposition, Detail, Identity, Method, Scope, SumOver, Sums, Term, Workspace,
};
use crate::kernel::dense;
use crate::level::Level;
use crate::model::get_or_try_init;
use crate::model::solver::SolveError;

/// Whose value added does an economy import, each dollar counted once?
///
/// ```text
/// VA_jr = v_j (B̃ m_r)_j           DC_jr = v_j ((B − B̃) m_r)_j          m_r: imports of r by selling industry
///        (1,N)(n,n)(n)
/// B̃ is B with the imports of r extracted: A_tr = 0 for t ≠ r. With z = B_rr⁻¹ (B m)_r:
/// (B̃ m)_j = (B m)_j − B_jr z,  j ≠ r            (B̃ m)_r = L_rr Σ_{j≠r} A_rj (B̃ m)_j
/// ```
/// # Terms
/// | level | keys | columns |
/// |---|---|---|
/// | country | importer | `gimp`, `va`, `dc` |
/// | bilateral | importer, origin | `va`, `dc` |
/// | bilateral-sector | importer, origin, origin_sector | `va`, `dc` |
///
/// `va` is value added of the origin in gross imports, `dc` what is counted again (the names of decompr and icio; `dc`
/// is *not* the domestic content of the export methods). Both are primary. The importer itself is an origin: its value
/// added that returns.
///
/// # Assumptions
/// As `bm-source`. By origin of the value added, not by supplier.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// The global inverse (O(n³), shared), O(n² G) for B m, O(n N) and one N x N factorisation an importer.
///
/// # Differences
/// decompr takes `dc` as a remainder of the same product; Stata icio has the same figures.
///
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>.
#[derive(Debug)]
pub struct BmImports;

const VA_EQUATION: &str = "v_j # (B̃ m_r)_j";
const DC_EQUATION: &str = "v_j # (B_jr z), own rows v_r # L_rr M_r z";
const TOTALS: &[Term] =
    &[GIMP.primary("u m_r"), VA_IMPORTED.primary(VA_EQUATION), DC_IMPORTED.primary(DC_EQUATION)];
const BY_ORIGIN: &[Term] = &[VA_IMPORTED.primary(VA_EQUATION), DC_IMPORTED.primary(DC_EQUATION)];

const SUM: &[Identity] = &[Identity::new("gimp = va + dc", Identity::EMBODIED, &["va", "dc"])];
const SUM_OVER_ORIGINS: &[Identity] = &[Identity {
    statement: "gimp = sum of va + dc over origins",
    whole: Identity::EMBODIED,
    parts: &["va", "dc"],
    summed_over: &["origin", "origin_sector"],
}];

impl Method for BmImports {
    fn id(&self) -> &'static str {
        "bm-imports"
    }

    fn summary(&self) -> &'static str {
        "value added in gross imports by origin, counted once (Borin and Mancini, importer perimeter)"
    }

    fn citation(&self) -> Citation {
        super::bm_family::CITATION
    }

    fn levels(&self) -> &'static [Level] {
        &[Level::Country, Level::Bilateral, Level::BilateralSector]
    }

    fn keys(&self, level: Level) -> &'static [&'static str] {
        match level {
            Level::Country | Level::Sector => &["importer"],
            Level::Bilateral => &["importer", "origin"],
            Level::BilateralSector => &["importer", "origin", "origin_sector"],
        }
    }

    fn terms(&self, level: Level) -> &'static [Term] {
        if level == Level::Country { TOTALS } else { BY_ORIGIN }
    }

    fn identities(&self, level: Level) -> &'static [Identity] {
        if level == Level::Country { SUM } else { SUM_OVER_ORIGINS }
    }

    fn details(&self) -> &'static [Detail] {
        &[Detail::Absorber]
    }

    fn sums(&self, _key: SumOver) -> Sums {
        Sums::OfDecompositions
    }

    fn cost(&self) -> &'static str {
        "O(n³) for the shared global inverse, then O(n² G), n = GN"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let axis = work.axis();
        let (finals, intermediates) =
            (work.flows().bilateral_final_exports(), work.flows().bilateral_intermediate_exports());
        let imports = work.import_flows()?;
        let importers: Vec<usize> = (0..axis.n_economies()).filter(|&r| scope.wants_importer(r)).collect();
        let outputs: Vec<&Output> =
            importers.par_iter().map(|&r| imports.of(work, r)).collect::<Result<_, SolveError>>()?;
        let share = work.share();
        let origins: Vec<Vec<(usize, usize, Vec<usize>)>> = match level {
            Level::Country | Level::Sector => vec![vec![(0, 0, (0..axis.n_rows()).collect())]],
            Level::Bilateral => {
                (0..axis.n_economies()).map(|t| vec![(t, 0, axis.block(t).collect())]).collect()
            }
            Level::BilateralSector => (0..axis.n_economies())
                .map(|t| sector_rows(axis, t).into_iter().map(|(k, rows)| (t, k, rows)).collect())
                .collect(),
        };
        let terms = self.terms(level);
        let mut values = vec![Vec::new(); terms.len()];
        let mut keys = [const { Vec::new() }; 3];
        let mut content = Vec::new();
        for (&r, output) in importers.iter().zip(outputs) {
            let money: f64 = (0..axis.n_rows()).map(|row| work.gexp(row, r)).sum();
            let traded = |row: usize| finals[(row, r)] + intermediates[(row, r)];
            let embodied: f64 = (0..axis.n_rows()).map(|row| work.attributed(row) * traded(row)).sum();
            for (origin, sector, rows) in origins.iter().flatten() {
                let once: f64 = rows.iter().map(|&row| share[row] * output.once[row]).sum();
                let again: f64 = rows.iter().map(|&row| share[row] * output.again[row]).sum();
                let cells = [money, once, again];
                for (column, value) in values.iter_mut().zip(&cells[3 - terms.len()..]) {
                    column.push(*value);
                }
                content.push(embodied);
                for (key, index) in keys.iter_mut().zip([r, *origin, *sector]) {
                    key.push(index as u32);
                }
            }
        }
        let [importer, origin, origin_sector] = keys;
        let wanted = self.keys(level);
        let all_keys = [
            Key { name: "importer", dimension: Dimension::Economy, indices: importer },
            Key { name: "origin", dimension: Dimension::Economy, indices: origin },
            Key { name: "origin_sector", dimension: Dimension::Sector, indices: origin_sector },
        ];
        Ok(Decomposition {
            method: self.id(),
            level,
            keys: all_keys.into_iter().filter(|key| wanted.contains(&key.name)).collect(),
            terms,
            values,
            exports: content.clone(),
            content,
            scale: (0..axis.n_economies())
                .map(|r| (0..axis.n_rows()).map(|row| work.gexp(row, r)).sum())
                .collect(),
        })
    }
}

/// What the imports of every economy call forth: the same at every level and for every primary input.
pub(super) struct ImportFlows {
    /// B m_r, (n_rows, G).
    called_forth: DMatrix<f64>,
    by_importer: Vec<OnceLock<Output>>,
}

/// Output by row that the imports of one economy call forth.
struct Output {
    /// B̃ m_r.
    once: Vec<f64>,
    /// (B − B̃) m_r.
    again: Vec<f64>,
}

impl ImportFlows {
    pub fn of_all(work: &Workspace) -> Result<Self, SolveError> {
        let imports = work.flows().bilateral_exports();
        Ok(Self {
            called_forth: dense::multiply(work.system().global_leontief()?.as_view(), imports.as_view()),
            by_importer: (0..work.axis().n_economies()).map(|_| OnceLock::new()).collect(),
        })
    }

    fn of(&self, work: &Workspace, r: usize) -> Result<&Output, SolveError> {
        get_or_try_init(&self.by_importer[r], || Output::of(work, r, &self.called_forth))
    }
}

impl Output {
    fn of(work: &Workspace, r: usize, called_forth: &DMatrix<f64>) -> Result<Self, SolveError> {
        let (axis, system) = (work.axis(), work.system());
        let home = axis.block(r);
        let leontief = &system.local_leontief()?[r];
        let inverse = system.global_leontief()?;
        let column = called_forth.column(r);
        // z = B_rr⁻¹ (B m)_r = (I + M_r)⁻¹ L_rr⁻¹ (B m)_r
        let own = column.rows_range(home.clone()).into_owned();
        let direct = &own - system.coefficient_product(r, r, own.as_view());
        let mut z = DMatrix::from_column_slice(home.len(), 1, direct.as_slice());
        work.feedback()?.factors(r).solve_in_place(&mut z);
        let mut again = inverse.columns_range(home.clone()) * z.column(0);
        let mut once = column - &again;
        // Own output that the first round of imports calls forth, from what other economies need of it.
        once.rows_range_mut(home.clone()).fill(0.0);
        let inputs = system.input_coefficients();
        let needed = inputs.multiply_block(home.clone(), 0..axis.n_rows(), once.as_view());
        once.rows_range_mut(home.clone()).copy_from(&(leontief * needed));
        let returned = leontief * (work.feedback()?.matrix(r) * z.column(0));
        again.rows_range_mut(home).copy_from(&returned);
        Ok(Self { once: once.as_slice().to_vec(), again: again.as_slice().to_vec() })
    }
}
