//! Growth within sectors and shifts between them: income a worker taken apart, exactly.

/// One change of income a worker, in logarithms.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftShare {
    /// ln P₁ − ln P₀, straight from the two levels.
    pub growth: f64,
    /// Part of each sector's own income a worker.
    pub within: Vec<f64>,
    /// Part of the sector's changing weight in work, against the average.
    pub between: Vec<f64>,
}

impl ShiftShare {
    /// Sum of the parts within sectors.
    pub fn total_within(&self) -> f64 {
        self.within.iter().sum()
    }

    /// Sum of the shifts between sectors.
    pub fn total_between(&self) -> f64 {
        self.between.iter().sum()
    }
}

/// Does income a worker grow because sectors get more productive, or because work moves to more productive sectors?
///
/// ```text
/// P = Σ q_i / Σ l_i      θ_i = l_i / Σ l      p_i = q_i / l_i      bar: mean of the two dates
/// P₁ − P₀ = Σ θ̄_i Δp_i  +  Σ (p̄_i − P̄) Δθ_i            within + between, exact: Σ Δθ = 0
/// (N)
/// ```
/// both divided by the logarithmic mean of P₀ and P₁, so that they sum to ln P₁ − ln P₀ and add up over years.
///
/// # Assumptions
/// A sector that employs nobody and earns nothing at one date has at that date the productivity of the other: all it brings
/// is a shift. One that earns at a date without anybody at work (work rounded to zero) has no productivity then: the change of
/// its income, Δ(q_i / Σ l), counts within it. The mean weights leave no interaction term; base-year weights would.
///
/// # Errors
/// Nothing is returned when a number is not finite or an economy's income a worker is not positive.
///
/// # Example
/// ```
/// use vadex::upgrading::shift_share::shift_share;
/// // Half of the work moves from a sector of 1 to a sector of 3 a worker: 2 a worker before, 2.5 after.
/// let shift = shift_share(&[50.0, 50.0], &[50.0, 150.0], &[25.0, 75.0], &[25.0, 225.0]).unwrap();
/// assert!(shift.total_within().abs() < 1e-15);
/// assert!((shift.total_between() - (2.5_f64 / 2.0).ln()).abs() < 1e-12);
/// ```
///
/// # Source
/// Fabricant (1942), Employment in Manufacturing, 1899-1939, for within and between; McMillan and Rodrik (2011), NBER Working
/// Paper 17143, <https://doi.org/10.3386/w17143>, for its use on structural change.
pub fn shift_share(
    labour_before: &[f64],
    income_before: &[f64],
    labour_after: &[f64],
    income_after: &[f64],
) -> Option<ShiftShare> {
    let total = |values: &[f64]| values.iter().sum::<f64>();
    let (l0, l1) = (total(labour_before), total(labour_after));
    let (p0, p1) = (total(income_before) / l0, total(income_after) / l1);
    if !(p0.is_finite() && p1.is_finite() && p0 > 0.0 && p1 > 0.0 && l0 > 0.0 && l1 > 0.0) {
        return None;
    }
    let mean_level = (p0 + p1) / 2.0;
    let scale = log_mean(p0, p1);
    let (mut within, mut between) = (Vec::new(), Vec::new());
    for i in 0..labour_before.len() {
        let (a, b) = (labour_before[i], labour_after[i]);
        let (qa, qb) = (income_before[i], income_after[i]);
        let (ta, tb) = (a / l0, b / l1);
        if (a <= 0.0 && qa != 0.0) || (b <= 0.0 && qb != 0.0) {
            within.push((qb / l1 - qa / l0) / scale);
            between.push(-mean_level * (tb - ta) / scale);
            continue;
        }
        let (pa, pb) = match (a > 0.0, b > 0.0) {
            (true, true) => (qa / a, qb / b),
            (true, false) => (qa / a, qa / a),
            (false, true) => (qb / b, qb / b),
            (false, false) => (mean_level, mean_level),
        };
        within.push((ta + tb) / 2.0 * (pb - pa) / scale);
        between.push(((pa + pb) / 2.0 - mean_level) * (tb - ta) / scale);
    }
    Some(ShiftShare { growth: (p1 / p0).ln(), within, between })
}

/// (b − a) / (ln b − ln a), and a where both are equal.
fn log_mean(a: f64, b: f64) -> f64 {
    // Below this relative distance the quotient loses more digits than the midpoint is off (its error is of second order).
    const NEAR: f64 = 1e-6;
    if ((b - a) / a).abs() < NEAR { (a + b) / 2.0 } else { (b - a) / (b / a).ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of a few numbers near one.
    const ROUNDING: f64 = 1e-12;

    #[test]
    fn parts_sum_to_growth_and_the_three_term_form_gives_the_same() {
        let (l0, q0) = ([10.0, 30.0, 60.0, 0.0], [40.0, 60.0, 60.0, 0.0]);
        let (l1, q1) = ([25.0, 30.0, 40.0, 5.0], [110.0, 66.0, 44.0, 10.0]);
        let found = shift_share(&l0, &q0, &l1, &q1).unwrap();
        assert!((found.total_within() + found.total_between() - found.growth).abs() < ROUNDING);
        // Base-year weights with their interaction term, halved between the two.
        let (p0, p1): (f64, f64) = (160.0 / 100.0, 230.0 / 100.0);
        let scale = (p1 - p0) / (p1 / p0).ln();
        let (mut within, mut between, mut interaction) = (0.0, 0.0, 0.0);
        for i in 0..3 {
            let (t0, t1) = (l0[i] / 100.0, l1[i] / 100.0);
            let (a, b) = (q0[i] / l0[i], q1[i] / l1[i]);
            within += t0 * (b - a);
            between += a * (t1 - t0);
            interaction += (b - a) * (t1 - t0);
        }
        // The new sector: no productivity before, so all of it is shift.
        between += 2.0 * 0.05;
        assert!((found.total_within() - (within + interaction / 2.0) / scale).abs() < ROUNDING);
        assert!((found.total_between() - (between + interaction / 2.0) / scale).abs() < ROUNDING);
    }

    #[test]
    fn income_without_work_stays_within_and_losses_are_not_decomposed() {
        let odd = shift_share(&[10.0, 0.0], &[10.0, 1.0], &[9.0, 1.0], &[9.0, 3.0]).unwrap();
        assert!((odd.total_within() + odd.total_between() - odd.growth).abs() < ROUNDING);
        assert!(odd.within[0].abs() < ROUNDING && odd.within[1] > 0.0);
        assert!(shift_share(&[1.0, 1.0], &[-3.0, 1.0], &[1.0, 1.0], &[1.0, 1.0]).is_none());
        assert!(shift_share(&[1.0, f64::NAN], &[1.0, 1.0], &[1.0, 1.0], &[1.0, 1.0]).is_none());
    }
}
