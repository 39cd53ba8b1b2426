//! Linkages inside production: who pulls on suppliers, who pushes on users. Dominant-eigenvector linkages are in
//! [`super::eigenvector`], hypothetical extraction in [`super::hypothetical_extraction`].

use super::chain_algebra::{
    FinalGoods, column_sums, columns, local, local_transposed, over_output, upstreamness,
};
use super::sources::{CHENERY_WATANABE_1958, MILLER_BLAIR_2009, OOSTERHAVEN_STELDER_2002};
use super::units::Rows;
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows};
use crate::frame::Measure::{Pure, Share};
use crate::labels::Axis;
use crate::model::Model;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Rows of the inverse that are read together, column after column; the order of each sum does not depend on it.
const BAND: usize = 256;

/// Does a unit of final demand for a product pull more on the world than the average product does?
///
/// ```text
/// backward:  1'B_·j                forward:  (G 1)_i, G = (I − x̂⁻¹Z)⁻¹ (Ghosh rows)
/// index = multiplier / mean over industries        cv = standard deviation (n − 1) / mean of the column, of the row
/// ```
/// # Terms
/// `bl_multiplier fl_multiplier`, indices `bl fl` (one is average), coefficients of variation `bl_cv fl_cv` (a low one:
/// the pull is spread evenly), `key_sector` = 1 when both indices exceed one.
/// # Assumptions
/// World-wide multipliers: inputs of all economies count. An industry without output is none: it has no number and does not
/// count in means.
/// # Cost
/// The global inverse (coefficients of variation need every element).
/// # Differences
/// Forward linkages are row sums of the *Ghosh* inverse; Rasmussen's rows of the Leontief inverse depend on how final
/// demand is valued and are not offered.
/// # Source
/// Rasmussen (1956), Hirschman (1958), as in Miller and Blair (2009), chapter 12,
/// <https://doi.org/10.1017/CBO9780511626982>.
pub struct Rasmussen;

static RASMUSSEN: Profile = Profile {
    id: "rasmussen",
    family: Family::Linkages,
    question: "Does an industry pull on its suppliers, and push on its users, more than the average industry of the \
               world?",
    equation: "bl = 1'B_·j / mean; fl = (G 1)_i / mean with G = (I − x̂⁻¹Z)⁻¹; cv = s.d. / mean of column, row",
    citations: &[MILLER_BLAIR_2009],
    levels: &[Level::Sector],
    columns: &[
        flows("bl_multiplier", Pure, "backward: output of the world for a unit of final demand"),
        flows("fl_multiplier", Pure, "forward: row sum of the Ghosh inverse"),
        flows("bl", Pure, "backward index, one is the average of all industries with output"),
        flows("fl", Pure, "forward index"),
        flows("bl_cv", Pure, "coefficient of variation of the column of B"),
        flows("fl_cv", Pure, "coefficient of variation of the row of G"),
        flows("key_sector", Pure, "1 when bl > 1 and fl > 1"),
    ],
    cautions: &["world-wide: rasmussen-domestic counts the own economy only", "empty where output is zero"],
    cost: "global inverse: O(n³)",
    takes_satellites: true,
};

impl Indicator for Rasmussen {
    fn profile(&self) -> &'static Profile {
        &RASMUSSEN
    }

    fn needs_inverse(&self) -> bool {
        true
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let inverse = model.system().global_leontief()?;
        let output = model.flows().gross_output();
        let backward = &of_industries(&column_sums(model)?.0, output);
        let forward = &of_industries(&upstreamness(model)?.0, output);
        let (backward_cv, forward_cv) =
            (variation_of_columns(inverse, output), variation_of_ghosh_rows(inverse, output));
        let (bl, fl) = (over_mean(backward), over_mean(forward));
        let key = key_sectors(&bl, &fl);
        let rows = Rows::of(model, request);
        let columns = [backward, forward, &bl, &fl, &backward_cv, &forward_cv, &key];
        Ok(Reading::of_numbers(&RASMUSSEN, rows.keys(), columns.map(|values| rows.pick(values)).into()))
    }
}

/// The values of industries; no number where there is no output.
fn of_industries(values: &[f64], output: &[f64]) -> Vec<f64> {
    values.iter().zip(output).map(|(value, x)| if *x == 0.0 { f64::NAN } else { *value }).collect()
}

/// Industries: rows with output.
fn industries(output: &[f64]) -> f64 {
    output.iter().filter(|x| **x != 0.0).count() as f64
}

/// Standard deviation (n − 1) over the mean, of each column of B, over industries.
fn variation_of_columns(inverse: &DMatrix<f64>, output: &[f64]) -> Vec<f64> {
    let n = industries(output);
    let variation = |(column, own): (&[f64], &f64)| {
        if *own == 0.0 {
            return f64::NAN;
        }
        let cells = || column.iter().zip(output).filter(|(_, x)| **x != 0.0).map(|(cell, _)| *cell);
        let mean = cells().sum::<f64>() / n;
        let squares: f64 = cells().map(|cell| (cell - mean).powi(2)).sum();
        (squares / (n - 1.0)).sqrt() / mean
    };
    inverse.as_slice().par_chunks(output.len().max(1)).zip(output).map(variation).collect()
}

/// Standard deviation (n − 1) over the mean, of each row of G = x̂⁻¹ B x̂, over industries.
///
/// B lies by columns and is read by columns: once for the means, once for the squares.
fn variation_of_ghosh_rows(inverse: &DMatrix<f64>, output: &[f64]) -> Vec<f64> {
    let n = industries(output);
    let sold = || inverse.column_iter().zip(output).filter(|(_, x)| **x != 0.0);
    let mut variations = vec![0.0_f64; output.len()];
    variations.par_chunks_mut(BAND).zip(output.par_chunks(BAND)).enumerate().for_each(
        |(band, (variations, own))| {
            let rows = band * BAND..band * BAND + own.len();
            let mut means = vec![0.0_f64; own.len()];
            for (column, x) in sold() {
                for ((mean, b), own) in means.iter_mut().zip(&column.as_slice()[rows.clone()]).zip(own) {
                    *mean += b * x / own;
                }
            }
            means.iter_mut().for_each(|mean| *mean /= n);
            for (column, x) in sold() {
                let cells = column.as_slice()[rows.clone()].iter().zip(own).zip(&means);
                for (squares, ((b, own), mean)) in variations.iter_mut().zip(cells) {
                    *squares += (b * x / own - mean).powi(2);
                }
            }
            for ((variation, mean), own) in variations.iter_mut().zip(&means).zip(own) {
                *variation = if *own == 0.0 { f64::NAN } else { (*variation / (n - 1.0)).sqrt() / mean };
            }
        },
    );
    variations
}

/// Over the mean of those that are numbers.
fn over_mean(values: &[f64]) -> Vec<f64> {
    let numbers = || values.iter().filter(|value| !value.is_nan());
    let mean = numbers().sum::<f64>() / numbers().count() as f64;
    values.iter().map(|value| value / mean).collect()
}

fn key_sectors(bl: &[f64], fl: &[f64]) -> Vec<f64> {
    let key = |bl: f64, fl: f64| f64::from(u8::from(bl > 1.0 && fl > 1.0));
    bl.iter().zip(fl).map(|(&bl, &fl)| if bl.is_nan() { f64::NAN } else { key(bl, fl) }).collect()
}

/// How deep are an industry's linkages inside its own economy?
///
/// ```text
/// backward 1'L_ss     forward x̂_s⁻¹ L_ss x_s (rows of the domestic Ghosh inverse)     value added v_s L_ss
/// ```
/// # Terms
/// As `rasmussen`, of the own economy alone and relative to its mean; `va_multiplier_domestic` is the own value added in
/// a unit of the product.
/// # Cost
/// G local inverses.
/// # Source
/// Miller and Blair (2009), chapter 12, <https://doi.org/10.1017/CBO9780511626982>.
pub struct RasmussenDomestic;

static RASMUSSEN_DOMESTIC: Profile = Profile {
    id: "rasmussen-domestic",
    family: Family::Linkages,
    question: "How deep are an industry's linkages inside its own economy?",
    equation: "bl = 1'L_ss / mean of s; fl = x̂_s⁻¹ L_ss x_s / mean of s; va_multiplier = v_s L_ss",
    citations: &[MILLER_BLAIR_2009],
    levels: &[Level::Sector],
    columns: &[
        flows("bl_domestic_multiplier", Pure, "1'L_ss: output of the economy for a unit of the product"),
        flows("fl_domestic_multiplier", Pure, "row sum of the domestic Ghosh inverse"),
        flows("bl_domestic", Pure, "backward index, one is the average of the economy"),
        flows("fl_domestic", Pure, "forward index"),
        flows("key_sector_domestic", Pure, "1 when both indices exceed one"),
        flows("va_multiplier_domestic", Share, "own value added in a unit of the product: v_s L_ss"),
    ],
    cautions: &[
        "multipliers of a small economy are low because its inputs are imported",
        "empty where output is zero: such industries do not count in means",
    ],
    cost: "G local inverses: O(G N³)",
    takes_satellites: true,
};

impl Indicator for RasmussenDomestic {
    fn profile(&self) -> &'static Profile {
        &RASMUSSEN_DOMESTIC
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let output = model.flows().gross_output();
        let ones = vec![1.0; output.len()];
        let pulled = local_transposed(model, &columns(&[&ones, model.value_added_share()]))?;
        let pushed = over_output(local(model, &columns(&[output]))?.as_slice(), output);
        let of = |values: &[f64]| of_industries(values, output);
        let (backward, pushed) = (of(pulled.column(0).as_slice()), of(&pushed));
        let value_added = of(pulled.column(1).as_slice());
        let (bl, fl) = (over_mean_by_economy(axis, &backward), over_mean_by_economy(axis, &pushed));
        let key = key_sectors(&bl, &fl);
        let rows = Rows::of(model, request);
        let columns = [&backward, &pushed, &bl, &fl, &key, &value_added];
        Ok(Reading::of_numbers(
            &RASMUSSEN_DOMESTIC,
            rows.keys(),
            columns.map(|values| rows.pick(values)).into(),
        ))
    }
}

fn over_mean_by_economy(axis: &Axis, values: &[f64]) -> Vec<f64> {
    (0..axis.n_economies()).flat_map(|economy| over_mean(&values[axis.block(economy)])).collect()
}

/// How much of an industry's cost is bought inputs, and how much of its output is sold as inputs?
///
/// ```text
/// backward u A_·j       forward Σ_j z_ij / x_i
/// ```
/// # Terms
/// `bl_direct fl_direct` and the domestic parts `bl_direct_domestic fl_direct_domestic`.
/// # Cost
/// One pass over A.
/// # Source
/// Chenery and Watanabe (1958), <https://doi.org/10.2307/1907514>: the direct linkages Hirschman started from.
pub struct DirectLinkages;

static DIRECT: Profile = Profile {
    id: "direct-linkages",
    family: Family::Linkages,
    question: "How much of an industry's cost is bought inputs, and how much of its output is sold as inputs?",
    equation: "bl = u A_·j; fl = Σ_j z_ij / x_i; the domestic parts within A_ss",
    citations: &[CHENERY_WATANABE_1958, MILLER_BLAIR_2009],
    levels: &[Level::Sector],
    columns: &[
        flows("bl_direct", Share, "inputs over output"),
        flows("fl_direct", Share, "sales to industries over output"),
        flows("bl_direct_domestic", Share, "inputs of the own economy over output"),
        flows("fl_direct_domestic", Share, "sales to industries of the own economy over output"),
    ],
    cautions: &["empty where output is zero"],
    cost: "one pass over A: O(n²)",
    takes_satellites: true,
};

impl Indicator for DirectLinkages {
    fn profile(&self) -> &'static Profile {
        &DIRECT
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let (coefficients, output) = (model.system().input_coefficients(), model.flows().gross_output());
        let n = axis.n_rows();
        let mut sums = [(); 4].map(|()| vec![0.0; n]);
        let economy: Vec<usize> = (0..n).map(|row| axis.economy_of(row)).collect();
        coefficients.for_each(|i, j, input| {
            let share = if output[i] == 0.0 { 0.0 } else { input * output[j] / output[i] };
            sums[0][j] += input;
            sums[1][i] += share;
            if economy[i] == economy[j] {
                sums[2][j] += input;
                sums[3][i] += share;
            }
        });
        let rows = Rows::of(model, request);
        let sums = sums.map(|values| rows.pick(&of_industries(&values, output)));
        Ok(Reading::of_numbers(&DIRECT, rows.keys(), sums.into()))
    }
}

/// How much output does an industry's own final demand pull, over the output the industry has?
///
/// ```text
/// net_j = (1'B)_j y_j / x_j        above one: the rest of production depends on the industry's final demand more than
///                                  the industry depends on the final demand of others
/// ```
/// # Terms
/// `gross_multiplier` 1'B, `net_multiplier`, `net_multiplier_domestic` with L_ss and all sales outside the economy's own
/// industries as final.
/// # Assumptions
/// Output-weighted, net multipliers of the world average one: Σ x_j net_j = Σ x_j, reported as evidence.
/// # Cost
/// One right-hand side and G local inverses.
/// # Source
/// Oosterhaven and Stelder (2002), <https://doi.org/10.1111/1467-9787.00270>.
pub struct NetMultiplier;

static NET_MULTIPLIER: Profile = Profile {
    id: "net-multiplier",
    family: Family::Linkages,
    question: "Does the rest of production depend on an industry more than the industry depends on it?",
    equation: "net_j = (1'B)_j y_j / x_j; domestic: (1'L_ss)_j (y_ss + e_s)_j / x_j",
    citations: &[OOSTERHAVEN_STELDER_2002],
    levels: &[Level::Sector],
    columns: &[
        flows("gross_multiplier", Pure, "1'B: output of the world for a unit of final demand"),
        flows("net_multiplier", Pure, "gross multiplier times final sales over output"),
        flows("net_multiplier_domestic", Pure, "the same inside the economy, exports taken for final"),
    ],
    cautions: &["empty where output is zero"],
    cost: "1 right-hand side and G local inverses: O(n² + G N³)",
    takes_satellites: true,
};

impl Indicator for NetMultiplier {
    fn profile(&self) -> &'static Profile {
        &NET_MULTIPLIER
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let goods = FinalGoods::of(model);
        let (output, exports) = (model.flows().gross_output(), model.flows().gross_exports());
        let sums = &column_sums(model)?.0;
        let gross = &of_industries(sums, output);
        let ones = DMatrix::from_element(output.len(), 1, 1.0);
        let domestic = local_transposed(model, &ones)?;
        let over = |amount: f64, row: usize| super::units::ratio(amount, output[row]);
        let rows = Rows::of(model, request);
        let net: Vec<f64> = (0..output.len()).map(|j| over(gross[j] * goods.total[j], j)).collect();
        let inside: Vec<f64> =
            (0..output.len()).map(|j| over(domestic[(j, 0)] * (goods.home[j] + exports[j]), j)).collect();
        let pulled: f64 = sums.iter().zip(&goods.total).map(|(b, y)| b * y).sum();
        let reached = super::chain_algebra::global(model, columns(&[&goods.total]))?.sum();
        let gap =
            super::units::worst_gap(model.axis(), "(1'B) y = 1'(B y)", std::iter::once((0, pulled, reached)));
        let columns = [gross, &net, &inside].map(|values| rows.pick(values)).into();
        Ok(Reading::of_numbers(&NET_MULTIPLIER, rows.keys(), columns).with_identity(gap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An inverse and output of all sizes; one row has none. Several bands, the last one smaller.
    fn inverse_and_output() -> (DMatrix<f64>, Vec<f64>) {
        let n = 2 * BAND + 90;
        let inverse = DMatrix::from_fn(n, n, |i, j| {
            f64::from(u8::from(i == j)) + ((i * 31 + j * 17 + i * j) % 101) as f64 / (101 * n) as f64
        });
        let output = (0..n).map(|i| if i == BAND + 1 { 0.0 } else { (1 + i * 37 % 91) as f64 }).collect();
        (inverse, output)
    }

    fn variation(values: &[f64]) -> f64 {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        (squares / (values.len() - 1) as f64).sqrt() / mean
    }

    #[test]
    fn variations_are_those_of_the_columns_of_b_and_of_the_rows_of_g() {
        let (inverse, output) = inverse_and_output();
        let n = output.len();
        let (columns, rows) =
            (variation_of_columns(&inverse, &output), variation_of_ghosh_rows(&inverse, &output));
        assert_eq!((columns.len(), rows.len()), (n, n));
        // Without the row and column that are no industry, as if the table did not have them.
        let industries: Vec<usize> = (0..n).filter(|&i| output[i] != 0.0).collect();
        assert_eq!(industries.len(), n - 1);
        assert!(columns[BAND + 1].is_nan() && rows[BAND + 1].is_nan());
        for &i in &industries {
            let column: Vec<f64> = industries.iter().map(|&row| inverse[(row, i)]).collect();
            assert!((columns[i] - variation(&column)).abs() < 1e-12 * columns[i], "column {i}");
            let row: Vec<f64> = industries.iter().map(|&j| inverse[(i, j)] * output[j] / output[i]).collect();
            assert!((rows[i] - variation(&row)).abs() < 1e-12 * rows[i], "row {i}");
        }
    }

    #[test]
    fn a_mean_is_over_what_is_a_number() {
        assert_eq!(over_mean(&[1.0, 3.0]), [0.5, 1.5]);
        let over = over_mean(&of_industries(&[1.0, 3.0, 1.0], &[5.0, 5.0, 0.0]));
        assert_eq!(over[..2], [0.5, 1.5]);
        assert!(over[2].is_nan() && key_sectors(&over, &over)[2].is_nan());
        assert_eq!(key_sectors(&over, &over)[..2], [0.0, 1.0]);
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        let (inverse, output) = inverse_and_output();
        let bits = |threads: usize| -> Vec<u64> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let rows = variation_of_ghosh_rows(&inverse, &output);
                variation_of_columns(&inverse, &output).into_iter().chain(rows).map(f64::to_bits).collect()
            })
        };
        assert_eq!(bits(1), bits(3));
    }
}
