//! Removing unit and period effects from a column, exactly, whatever cells of the panel are missing.
//!
//! Subtracting unit means and then period means is right only for complete panels. Here the period effects are solved
//! for: one small linear system, no iteration. Estimation is in [`super::panel`].

use nalgebra::{DMatrix, DVector};

/// Which effects are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Effects {
    /// Unit effects only.
    Unit,
    /// Unit and period effects.
    TwoWay,
}

/// Projection that removes the effects: `M v = v − D_u α̂ − D_p δ̂`.
///
/// ```text
/// (D_p' M_u D_p) δ̂ = D_p' M_u v,    M_u subtracts unit means;    the singular matrix by its pseudo-inverse
/// ```
#[derive(Debug, Clone)]
pub(super) struct Within {
    unit: Vec<usize>,
    period: Vec<usize>,
    unit_count: Vec<f64>,
    /// Pseudo-inverse of D_p' M_u D_p; empty for unit effects only.
    period_solve: Option<DMatrix<f64>>,
    /// Number of independent effects removed besides the unit effects.
    pub(super) extra_rank: usize,
}

/// Eigenvalues of the period system below this share of the largest are zero. They are zero exactly once for each
/// connected part of the panel; the smallest true one is of order 1/periods².
const EIGENVALUE_TOLERANCE: f64 = 1e-10;

impl Within {
    /// `unit[i]` and `period[i]` are 0-based codes without gaps.
    pub(super) fn new(unit: Vec<usize>, period: Vec<usize>, effects: Effects) -> Self {
        let units = unit.iter().max().map_or(0, |m| m + 1);
        let mut unit_count = vec![0.0; units];
        unit.iter().for_each(|&u| unit_count[u] += 1.0);
        let (period_solve, extra_rank) = match effects {
            Effects::Unit => (None, 0),
            Effects::TwoWay => {
                let (inverse, rank) = Self::period_system(&unit, &period, &unit_count);
                (Some(inverse), rank)
            }
        };
        Self { unit, period, unit_count, period_solve, extra_rank }
    }

    fn period_system(unit: &[usize], period: &[usize], unit_count: &[f64]) -> (DMatrix<f64>, usize) {
        let periods = period.iter().max().map_or(0, |m| m + 1);
        let mut seen = vec![Vec::new(); unit_count.len()];
        let mut system = DMatrix::<f64>::zeros(periods, periods);
        for (&u, &p) in unit.iter().zip(period) {
            seen[u].push(p);
            system[(p, p)] += 1.0;
        }
        for (list, count) in seen.iter().zip(unit_count) {
            for &p in list {
                for &q in list {
                    system[(p, q)] -= 1.0 / count;
                }
            }
        }
        let eigen = system.symmetric_eigen();
        let largest = eigen.eigenvalues.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
        let mut rank = 0;
        let inverted = eigen.eigenvalues.map(|v| {
            if v > EIGENVALUE_TOLERANCE * largest {
                rank += 1;
                1.0 / v
            } else {
                0.0
            }
        });
        let vectors = &eigen.eigenvectors;
        (vectors * DMatrix::from_diagonal(&inverted) * vectors.transpose(), rank)
    }

    pub(super) fn units(&self) -> usize {
        self.unit_count.len()
    }

    /// The column without the effects.
    pub(super) fn apply(&self, column: &[f64]) -> Vec<f64> {
        let mut v = column.to_vec();
        // The second pass removes what rounding left in the first.
        for _ in 0..2 {
            self.remove_unit_means(&mut v);
            if let Some(solve) = &self.period_solve {
                let mut sums = DVector::zeros(solve.nrows());
                for (&p, x) in self.period.iter().zip(&v) {
                    sums[p] += x;
                }
                let effect = solve * sums;
                for (x, &p) in v.iter_mut().zip(&self.period) {
                    *x -= effect[p];
                }
                self.remove_unit_means(&mut v);
            }
        }
        v
    }

    fn remove_unit_means(&self, v: &mut [f64]) {
        let mut mean = vec![0.0; self.unit_count.len()];
        for (&u, x) in self.unit.iter().zip(v.iter()) {
            mean[u] += x / self.unit_count[u];
        }
        for (x, &u) in v.iter_mut().zip(&self.unit) {
            *x -= mean[u];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::{standard_normal, stream};

    /// A ragged panel of four units and five periods with 13 cells, and a column of noise.
    fn ragged() -> (Vec<usize>, Vec<usize>, Vec<f64>) {
        let cells = [
            (0, 0),
            (0, 1),
            (0, 2),
            (0, 4),
            (1, 1),
            (1, 2),
            (1, 3),
            (2, 0),
            (2, 3),
            (2, 4),
            (3, 0),
            (3, 1),
            (3, 4),
        ];
        let mut rng = stream(2, 0);
        let v = cells.iter().map(|_| standard_normal(&mut rng)).collect();
        (cells.iter().map(|c| c.0).collect(), cells.iter().map(|c| c.1).collect(), v)
    }

    #[test]
    fn the_result_is_orthogonal_to_every_dummy_on_a_ragged_panel() {
        let (u, p, v) = ragged();
        let within = Within::new(u.clone(), p.clone(), Effects::TwoWay);
        let w = within.apply(&v);
        for code in 0..5 {
            for codes in [&u, &p] {
                let sum: f64 = codes.iter().zip(&w).filter(|(c, _)| **c == code).map(|(_, x)| x).sum();
                assert!(sum.abs() < 1e-13, "{code}: {sum}");
            }
        }
        assert_eq!(within.extra_rank, 4);
    }

    #[test]
    fn the_transformation_is_a_projection_that_removes_effects_and_nothing_else() {
        let (u, p, v) = ragged();
        let within = Within::new(u.clone(), p.clone(), Effects::TwoWay);
        let w = within.apply(&v);
        let moved: Vec<f64> = v
            .iter()
            .zip(u.iter().zip(&p))
            .map(|(x, (&u, &p))| x + 10.0 * u as f64 - 3.0 * (p * p) as f64)
            .collect();
        for (a, b) in within.apply(&moved).iter().zip(&w) {
            assert!((a - b).abs() < 1e-12);
        }
        for (a, b) in within.apply(&w).iter().zip(&w) {
            assert!((a - b).abs() < 1e-14);
        }
    }

    #[test]
    fn a_panel_in_two_unconnected_parts_loses_one_period_effect() {
        // Units 0, 1 only in periods 0, 1; units 2, 3 only in periods 2, 3.
        let u = vec![0, 0, 1, 1, 2, 2, 3, 3];
        let p = vec![0, 1, 0, 1, 2, 3, 2, 3];
        assert_eq!(Within::new(u.clone(), p.clone(), Effects::TwoWay).extra_rank, 2);
        assert_eq!(Within::new(u, p, Effects::Unit).extra_rank, 0);
    }

    #[test]
    fn on_a_complete_panel_it_is_the_textbook_double_difference() {
        let u: Vec<usize> = (0..12).map(|i| i / 4).collect();
        let p: Vec<usize> = (0..12).map(|i| i % 4).collect();
        let v: Vec<f64> = (0..12).map(|i| f64::from(i * i % 7)).collect();
        let w = Within::new(u.clone(), p.clone(), Effects::TwoWay).apply(&v);
        let mean = |keep: &dyn Fn(usize) -> bool| {
            let kept: Vec<f64> = (0..12).filter(|&i| keep(i)).map(|i| v[i]).collect();
            kept.iter().sum::<f64>() / kept.len() as f64
        };
        for i in 0..12 {
            let expected = v[i] - mean(&|j| u[j] == u[i]) - mean(&|j| p[j] == p[i]) + mean(&|_| true);
            assert!((w[i] - expected).abs() < 1e-13);
        }
    }
}
