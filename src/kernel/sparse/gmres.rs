//! GMRES(30) on A itself, one right-hand side at a time: where BiCGSTAB breaks down.
//!
//! # Source
//! Saad and Schultz (1986), "GMRES", SIAM J. Sci. Stat. Comput. 7(3), doi:10.1137/0907058; Gram–Schmidt is done twice,
//! Giraud et al. (2005), Numer. Math. 101, doi:10.1007/s00211-005-0615-4.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::block::{CHUNK, absolute_sums, gather, inner, quotient, scatter};
use super::rows::Rows;
use super::{Settings, SparseError, SparseSolution};
use crate::kernel::residual::relative;

/// Directions kept before it restarts.
const RESTART: usize = 30;

/// One system by restarted GMRES.
pub(super) fn gmres_column(
    rows: &Rows,
    right: &DMatrix<f64>,
    column: usize,
    settings: Settings,
    answer: &mut SparseSolution,
) -> Result<(), SparseError> {
    let n = rows.order();
    let y = gather::<1>(right, column);
    let [size] = absolute_sums(&y);
    let mut x = y.to_vec();
    let mut r = vec![[0.0]; n];
    let mut basis: Vec<Vec<[f64; 1]>> = Vec::new();
    let mut used = 0;
    loop {
        let [norm] = rows.residual(&x, &y, &mut r);
        used += 1;
        let residual = relative(norm, size);
        if !residual.is_finite() || !size.is_finite() {
            return Err(SparseError::NotFinite { column, iterations: used });
        }
        if residual <= settings.tolerance {
            answer.note(used, residual);
            scatter(&x, &mut answer.solution, column);
            return Ok(());
        }
        if used >= settings.max_iterations {
            return Err(SparseError::NotConverged {
                column,
                iterations: used,
                residual,
                tolerance: settings.tolerance,
            });
        }
        let [square] = inner(&r, &r, |a, b| a * b);
        let length = square.sqrt();
        // GMRES watches the 2-norm; half the reduction still wanted in the 1-norm is its target.
        let target = 0.5 * length * settings.tolerance / residual;
        basis.clear();
        basis.push(r.iter().map(|value| [value[0] / length]).collect());
        let mut hessenberg: Vec<Vec<f64>> = Vec::new();
        let mut rotations: Vec<(f64, f64)> = Vec::new();
        let mut projected = vec![length];
        while hessenberg.len() < RESTART && used < settings.max_iterations {
            let k = hessenberg.len();
            let last = &basis[k];
            let mut w = vec![[0.0]; n];
            rows.multiply(last, &mut w, |i, sum: [f64; 1], []: &mut [[f64; 1]; 0]| [last[i][0] - sum[0]]);
            used += 1;
            let mut h = vec![0.0; k + 1];
            for _ in 0..2 {
                let correction = project(&basis, &w);
                remove(&basis, &correction, &mut w);
                for (h, c) in h.iter_mut().zip(correction) {
                    *h += c;
                }
            }
            let [square] = inner(&w, &w, |a, b| a * b);
            let mut below = square.sqrt();
            if !below.is_finite() {
                return Err(SparseError::NotFinite { column, iterations: used });
            }
            for (j, (cosine, sine)) in rotations.iter().enumerate() {
                (h[j], h[j + 1]) = (cosine * h[j] + sine * h[j + 1], cosine * h[j + 1] - sine * h[j]);
            }
            let radius = h[k].hypot(below);
            let (cosine, sine) = if radius > 0.0 { (h[k] / radius, below / radius) } else { (1.0, 0.0) };
            // Nothing new to span: what is left is rounding.
            if below <= f64::EPSILON * radius {
                below = 0.0;
            }
            h[k] = radius;
            rotations.push((cosine, sine));
            hessenberg.push(h);
            let old = projected[k];
            projected[k] = cosine * old;
            projected.push(-sine * old);
            if projected[k + 1].abs() <= target || below <= 0.0 {
                break;
            }
            for value in &mut w {
                value[0] /= below;
            }
            basis.push(w);
        }
        let mut weights = vec![0.0; hessenberg.len()];
        for i in (0..weights.len()).rev() {
            let mut sum = projected[i];
            for j in i + 1..weights.len() {
                sum -= hessenberg[j][i] * weights[j];
            }
            weights[i] = quotient(sum, hessenberg[i][i]);
        }
        let steps: Vec<f64> = weights.iter().map(|weight| -weight).collect();
        remove(&basis, &steps, &mut x);
    }
}

/// `Vᵀ w`, chunk by chunk so that each piece of w is read once.
fn project(basis: &[Vec<[f64; 1]>], w: &[[f64; 1]]) -> Vec<f64> {
    let partial: Vec<Vec<f64>> = w
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, w)| {
            basis
                .iter()
                .map(|v| {
                    let v = &v[chunk * CHUNK..];
                    w.iter().zip(v).map(|(w, v)| w[0] * v[0]).sum()
                })
                .collect()
        })
        .collect();
    let mut total = vec![0.0; basis.len()];
    for sum in partial {
        for (total, sum) in total.iter_mut().zip(sum) {
            *total += sum;
        }
    }
    total
}

/// `w −= V h`, over as many basis vectors as there are weights.
fn remove(basis: &[Vec<[f64; 1]>], weights: &[f64], w: &mut [[f64; 1]]) {
    w.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, w)| {
        for (v, weight) in basis.iter().zip(weights) {
            for (w, v) in w.iter_mut().zip(&v[chunk * CHUNK..]) {
                w[0] -= weight * v[0];
            }
        }
    });
}
