//! Participation of production: which part of an economy's value added (forward) or of its final goods (backward) is
//! made in chains that cross borders for production. After Wang, Wei, Yu and Zhu; their production lengths are in
//! [`super::production_length`].

use std::sync::Arc;

use nalgebra::DMatrix;

use super::chain_algebra::{
    FinalGoods, columns, foreign, foreign_transposed, global, global_transposed, local, local_transposed,
};
use super::sources::WANG_WEI_YU_ZHU_2017_PARTICIPATION;
use super::units::{Home, Units, ratios, worst_gap};
use super::{ColumnNote, Family, Indicator, IndicatorError, Level, Profile, Reading, Request, note};
use crate::frame::Measure::{Amount, Share};
use crate::model::Model;
use crate::model::solver::SolveError;

/// A total and its four parts by row, in the order `d rt gvc_s gvc_c`.
pub(super) struct Parts {
    pub total: Vec<f64>,
    pub parts: [Vec<f64>; 4],
}

/// [`forward`], kept with the model.
pub(super) struct Forward(pub Parts);

/// [`backward`], kept with the model.
pub(super) struct Backward(pub Parts);

/// Value added of each row by the kind of chain it goes into.
///
/// ```text
/// V̂BŶ u = V̂LŶ^D u + V̂LŶ^F u + V̂LA^f LŶ^D u + V̂LA^f (BŶ − LŶ^D) u
/// ```
pub(super) fn forward(model: &Model) -> Result<Arc<Forward>, SolveError> {
    model.shared(|| Ok(Forward(by_use(model)?)))
}

fn by_use(model: &Model) -> Result<Parts, SolveError> {
    let goods = FinalGoods::of(model);
    let shares = model.value_added_share();
    let weigh = |w: &[f64]| w.iter().zip(shares).map(|(w, v)| v * w).collect::<Vec<_>>();
    let once = local(model, &columns(&[&goods.home, &goods.abroad]))?;
    let output = global(model, columns(&[&goods.total]))?;
    let simple = once.column(0).into_owned();
    let complex = output.column(0) - &simple;
    let crossed = local(model, &foreign(model, &columns(&[simple.as_slice(), complex.as_slice()])))?;
    let column = |of: &DMatrix<f64>, k: usize| weigh(of.column(k).as_slice());
    Ok(Parts {
        total: weigh(output.column(0).as_slice()),
        parts: [column(&once, 0), column(&once, 1), column(&crossed, 0), column(&crossed, 1)],
    })
}

/// Final goods of each row by the kind of chain they come from: the column sums of the same four matrices.
pub(super) fn backward(model: &Model) -> Result<Arc<Backward>, SolveError> {
    model.shared(|| Ok(Backward(by_source(model)?)))
}

fn by_source(model: &Model) -> Result<Parts, SolveError> {
    let goods = FinalGoods::of(model);
    let inside = local_transposed(model, &columns(&[model.value_added_share()]))?;
    let imported = foreign_transposed(model, &inside);
    let simple = local_transposed(model, &imported)?;
    let all = global_transposed(model, imported)?;
    let times = |multiplier: &[f64], goods: &[f64]| -> Vec<f64> {
        multiplier.iter().zip(goods).map(|(m, y)| m * y).collect()
    };
    let gvc_simple = times(simple.as_slice(), &goods.home);
    let gvc_complex = times(all.as_slice(), &goods.total)
        .iter()
        .zip(&gvc_simple)
        .map(|(all, simple)| all - simple)
        .collect();
    Ok(Parts {
        parts: [
            times(inside.as_slice(), &goods.home),
            times(inside.as_slice(), &goods.abroad),
            gvc_simple,
            gvc_complex,
        ],
        total: goods.total,
    })
}

fn read(
    profile: &'static Profile,
    model: &Model,
    level: Level,
    request: &Request,
    Parts { total, parts }: &Parts,
    (identity, expected): (&str, &[f64]),
) -> Reading {
    let units = Units::of(model, level, request, Home::Excluded);
    let whole = units.totals(|row| total[row]);
    let sums: Vec<Vec<f64>> = parts.iter().map(|part| units.totals(|row| part[row])).collect();
    let gvc: Vec<f64> = sums[2].iter().zip(&sums[3]).map(|(simple, complex)| simple + complex).collect();
    let mut values = vec![whole.clone()];
    values.extend(sums);
    values.push(gvc);
    let shares: Vec<Vec<f64>> = values[1..].iter().map(|part| ratios(part, &whole)).collect();
    values.extend(shares);
    let output = model.flows().gross_output();
    let rows = (0..output.len()).filter(|&row| output[row] != 0.0);
    let gap = worst_gap(
        model.axis(),
        identity,
        rows.map(|row| (row, expected[row], parts.iter().map(|part| part[row]).sum())),
    );
    Reading::of_numbers(profile, units.keys(), values).with_identity(gap)
}

const fn shared_columns(total: ColumnNote) -> [ColumnNote; 11] {
    [
        total,
        note("d", Amount, "domestic: V̂LŶ^D, crosses no border"),
        note("rt", Amount, "traditional trade: V̂LŶ^F, crosses one border, in a final good"),
        note("gvc_s", Amount, "simple chains: V̂LA^f LŶ^D, one border crossing for production"),
        note("gvc_c", Amount, "complex chains: V̂LA^f (BŶ − LŶ^D), two or more"),
        note("gvc", Amount, "gvc_s + gvc_c"),
        note("d_share", Share, "d over the total"),
        note("rt_share", Share, "rt over the total"),
        note("gvc_s_share", Share, "gvc_s over the total"),
        note("gvc_c_share", Share, "gvc_c over the total"),
        note("gvc_share", Share, "gvc over the total: the participation index"),
    ]
}

static FORWARD_COLUMNS: [ColumnNote; 11] = shared_columns(note(
    "va",
    Amount,
    "value added of the economy or industry that final goods call forth: V̂BŶ u, v x in a balanced table",
));
static BACKWARD_COLUMNS: [ColumnNote; 11] =
    shared_columns(note("final", Amount, "final goods completed by the economy or industry"));

/// Which part of an industry's value added is used in production across borders?
///
/// ```text
/// V̂BŶ = V̂LŶ^D + V̂LŶ^F + V̂LA^f LŶ^D + V̂LA^f (BŶ − LŶ^D)        row sums, over value added
///         d        rt       gvc_s            gvc_c
/// ```
/// # Terms
/// See [`Profile::columns`]: `va`, its four parts, `gvc`, and shares of `va`. All parts by their own formula.
/// # Assumptions
/// None beyond the model's; with a satellite (jobs) the parts add up to the satellite's total.
/// # Cost
/// One right-hand side of the whole system, four products with local inverses.
/// # Differences
/// In R's MeasureGVC the index is `up`; the denominator is value added, not exports.
/// # Source
/// Wang, Wei, Yu and Zhu (2017), <https://doi.org/10.3386/w23222>.
pub struct WwyzForward;

static FORWARD: Profile = Profile {
    id: "wwyz-forward",
    family: Family::Participation,
    question: "Which part of an industry's value added is used in production across borders?",
    equation: "row sums of V̂BŶ = V̂LŶ^D + V̂LŶ^F + V̂LA^f LŶ^D + V̂LA^f (BŶ − LŶ^D), over value added",
    citations: &[WANG_WEI_YU_ZHU_2017_PARTICIPATION],
    levels: &[Level::Country, Level::Sector],
    columns: &FORWARD_COLUMNS,
    cautions: &[
        "negative value added of an industry makes its shares hard to read: they add up to one all the same",
    ],
    cost: "1 right-hand side and products with local inverses: O(n²)",
    takes_satellites: true,
};

impl Indicator for WwyzForward {
    fn profile(&self) -> &'static Profile {
        &FORWARD
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let Forward(parts) = &*forward(model)?;
        let evidence = ("va = d + rt + gvc_s + gvc_c", parts.total.as_slice());
        Ok(read(&FORWARD, model, level, request, parts, evidence))
    }
}

/// Which part of the value of an industry's final goods comes from production across borders?
///
/// ```text
/// V̂BŶ = V̂LŶ^D + V̂LŶ^F + V̂LA^f LŶ^D + V̂LA^f (BŶ − LŶ^D)        column sums, over final goods
/// ```
/// # Terms
/// See [`Profile::columns`]: `final`, its four parts, `gvc`, and shares of `final`.
/// # Assumptions
/// The parts add up to `final` when value added is the residual; with published value added, taxes and margins are
/// missing from them.
/// # Cost
/// One right-hand side of the transposed system, four products with local inverses.
/// # Source
/// Wang, Wei, Yu and Zhu (2017), <https://doi.org/10.3386/w23222>.
pub struct WwyzBackward;

static BACKWARD: Profile = Profile {
    id: "wwyz-backward",
    family: Family::Participation,
    question: "Which part of the value of an industry's final goods comes from production across borders?",
    equation: "column sums of V̂BŶ = V̂LŶ^D + V̂LŶ^F + V̂LA^f LŶ^D + V̂LA^f (BŶ − LŶ^D), over final goods",
    citations: &[WANG_WEI_YU_ZHU_2017_PARTICIPATION],
    levels: &[Level::Country, Level::Sector],
    columns: &BACKWARD_COLUMNS,
    cautions: &["final goods with negative totals (inventories run down) make shares hard to read"],
    cost: "1 right-hand side and products with local inverses: O(n²)",
    takes_satellites: false,
};

impl Indicator for WwyzBackward {
    fn profile(&self) -> &'static Profile {
        &BACKWARD
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let Backward(parts) = &*backward(model)?;
        // Value added in the final goods of each row: all of their value when value added is the residual.
        let by_origin = model.value_added_by_origin()?;
        let traced: Vec<f64> = parts
            .total
            .iter()
            .zip(by_origin.column_iter())
            .map(|(final_goods, of)| final_goods * of.sum())
            .collect();
        let evidence = ("v B ŷ = d + rt + gvc_s + gvc_c", traced.as_slice());
        Ok(read(&BACKWARD, model, level, request, parts, evidence))
    }
}
