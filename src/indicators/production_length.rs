//! Production lengths of value added, split by the kind of chain: after Wang, Wei, Yu and Zhu.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::chain_algebra::{
    FinalGoods, columns, foreign, foreign_transposed, global, global_transposed, local, local_transposed,
    upstreamness,
};
use super::sources::WANG_WEI_YU_ZHU_2017_LENGTH;
use super::units::{Home, Units, ratio, ratios, worst_gap};
use super::wwyz::{self, Backward, Forward, Parts};
use super::{ColumnNote, Family, Indicator, IndicatorError, Level, Profile, Reading, Request, note};
use crate::frame::Measure::Pure;
use crate::model::Model;
use crate::model::solver::SolveError;
use crate::table::OutputConvention;

/// Through how many industries does value added pass before final use, and how many stand behind a final good?
///
/// ```text
/// PLv = V̂BBŶ u / V̂BŶ u      PLy = u V̂BBŶ / u V̂BŶ      and, by part of V̂BŶ,
/// d: V̂LLŶ^D     rt: V̂LLŶ^F     gvc_s: V̂(LLA^f L + LA^f LL)Ŷ^D     gvc_c: V̂[LLA^f (BŶ−LŶ^D) + LA^f (BBŶ−LLŶ^D)]
/// ```
/// # Terms
/// `plv*` by industry of origin (forward), `ply*` by industry of completion (backward), `position = plv_gvc / ply_gvc`.
/// # Assumptions
/// Rows are added up as sums of numerators over sums of denominators: lengths weighted by value.
/// # Cost
/// Six right-hand sides in four solves, nine products with local inverses: O(n²).
/// # Differences
/// `plv` equals upstreamness for every row with output and value added, which the result reports as evidence.
/// # Source
/// Wang, Wei, Yu and Zhu (2017), <https://doi.org/10.3386/w23261>.
pub struct ProductionLength;

const COLUMNS: [ColumnNote; 13] = [
    note("plv", Pure, "forward: stages from value added to final use; equals upstreamness"),
    note("plv_d", Pure, "of the domestic part"),
    note("plv_rt", Pure, "of the part in traditional trade"),
    note("plv_gvc", Pure, "of the part that crosses borders for production"),
    note("plv_gvc_s", Pure, "of simple chains"),
    note("plv_gvc_c", Pure, "of complex chains"),
    note("ply", Pure, "backward: stages behind a final good; equals downstreamness where v B = 1"),
    note("ply_d", Pure, "of the domestic part"),
    note("ply_rt", Pure, "of the part in traditional trade"),
    note("ply_gvc", Pure, "of the part that crosses borders for production"),
    note("ply_gvc_s", Pure, "of simple chains"),
    note("ply_gvc_c", Pure, "of complex chains"),
    note("position_gvc", Pure, "plv_gvc / ply_gvc: above one upstream"),
];

static PROFILE: Profile = Profile {
    id: "production-length",
    family: Family::Position,
    question: "Through how many industries does value added pass before final use, and how many stand behind a final \
               good?",
    equation: "PLv = V̂BBŶ u / V̂BŶ u; PLy = u V̂BBŶ / u V̂BŶ; split by d, rt, gvc; position = PLv_gvc / PLy_gvc",
    citations: &[WANG_WEI_YU_ZHU_2017_LENGTH],
    levels: &[Level::Country, Level::Sector],
    columns: &COLUMNS,
    cautions: &[
        "a part that is nearly zero has a length all the same: read it with its weight (wwyz-forward)",
    ],
    cost: "6 right-hand sides and products with local inverses: O(n²)",
    takes_satellites: false,
};

/// Sums over stages, by part: `d rt gvc_s gvc_c`, and the total on its own.
type Stages = Parts;

/// Stages by use, kept with the model.
struct Pushed(Stages);

/// Stages by source, kept with the model.
struct Pulled(Stages);

fn pushed(model: &Model) -> Result<Arc<Pushed>, SolveError> {
    model.shared(|| Ok(Pushed(forward_stages(model)?)))
}

fn pulled(model: &Model) -> Result<Arc<Pulled>, SolveError> {
    model.shared(|| Ok(Pulled(backward_stages(model)?)))
}

fn forward_stages(model: &Model) -> Result<Stages, SolveError> {
    let goods = FinalGoods::of(model);
    let shares = model.value_added_share();
    let weigh = |w: &DMatrix<f64>, k: usize| -> Vec<f64> {
        w.column(k).iter().zip(shares).map(|(w, v)| v * w).collect()
    };
    let world = global(model, columns(&[&goods.total]))?;
    let world_twice = global(model, world.clone())?;
    let inside = local(model, &columns(&[&goods.home, &goods.abroad]))?;
    let inside_twice = local(model, &inside)?;
    // Columns: simple, complex. What abroad uses of it once (LLA^f .) and twice (LA^f .).
    let split = |world: &DMatrix<f64>, inside: &DMatrix<f64>| {
        let simple = inside.column(0).into_owned();
        let complex = world.column(0) - &simple;
        columns(&[simple.as_slice(), complex.as_slice()])
    };
    let near = local(model, &foreign(model, &split(&world, &inside)))?;
    let crossed = local(model, &near)? + local(model, &foreign(model, &split(&world_twice, &inside_twice)))?;
    Ok(Parts {
        total: weigh(&world_twice, 0),
        parts: [weigh(&inside_twice, 0), weigh(&inside_twice, 1), weigh(&crossed, 0), weigh(&crossed, 1)],
    })
}

fn backward_stages(model: &Model) -> Result<Stages, SolveError> {
    let goods = FinalGoods::of(model);
    let times = |w: &DMatrix<f64>, goods: &[f64]| -> Vec<f64> {
        w.column(0).iter().zip(goods).map(|(w, y)| w * y).collect()
    };
    let shares = columns(&[model.value_added_share()]);
    let inside = local_transposed(model, &shares)?;
    let inside_twice = local_transposed(model, &inside)?;
    let imported = foreign_transposed(model, &inside);
    let imported_twice = foreign_transposed(model, &inside_twice);
    // v(LLA^f + LA^f M)M for M = L (simple chains) and M = B (all chains), beside vBB: one solve a round for both.
    let simple = local_transposed(model, &(&imported_twice + local_transposed(model, &imported)?))?;
    let once = global_transposed(model, columns(&[shares.as_slice(), imported.as_slice()]))?;
    let begun = imported_twice + once.column(1);
    let twice = global_transposed(model, columns(&[once.column(0).as_slice(), begun.as_slice()]))?;
    let (world_twice, all) = (twice.columns(0, 1).into_owned(), twice.columns(1, 1).into_owned());
    let (simple, all) = (times(&simple, &goods.home), times(&all, &goods.total));
    let complex = all.iter().zip(&simple).map(|(all, simple)| all - simple).collect();
    Ok(Parts {
        total: times(&world_twice, &goods.total),
        parts: [times(&inside_twice, &goods.home), times(&inside_twice, &goods.abroad), simple, complex],
    })
}

/// Lengths: sums over stages over sums of value, in the column order `total d rt gvc gvc_s gvc_c`.
fn lengths(units: &Units<'_>, stages: &Stages, value: &Parts, whole: &[f64]) -> Vec<Vec<f64>> {
    let pick = |of: &[Vec<f64>; 4], part: usize| units.totals(|row| of[part][row]);
    let gvc = |of: &[Vec<f64>; 4]| units.totals(|row| of[2][row] + of[3][row]);
    let part = |part: usize| ratios(&pick(&stages.parts, part), &pick(&value.parts, part));
    vec![
        ratios(&units.totals(|row| stages.total[row]), &units.totals(|row| whole[row])),
        part(0),
        part(1),
        ratios(&gvc(&stages.parts), &gvc(&value.parts)),
        part(2),
        part(3),
    ]
}

impl Indicator for ProductionLength {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let units = Units::of(model, level, request, Home::Excluded);
        let (Forward(forward), Backward(backward)) = (&*wwyz::forward(model)?, &*wwyz::backward(model)?);
        let (Pushed(pushed), Pulled(pulled)) = (&*pushed(model)?, &*pulled(model)?);
        let by_origin = model.value_added_by_origin()?;
        let traced: Vec<f64> =
            backward.total.iter().zip(by_origin.column_iter()).map(|(y, of)| y * of.sum()).collect();
        let mut values = lengths(&units, pushed, forward, &forward.total);
        values.extend(lengths(&units, pulled, backward, &traced));
        values.push((0..values[0].len()).map(|unit| ratio(values[3][unit], values[9][unit])).collect());
        let axis = model.axis();
        let rows = || (0..axis.n_rows()).filter(|&row| model.flows().gross_output()[row] != 0.0);
        let stages = &upstreamness(model)?.0;
        let sum = |parts: &Parts, row: usize| parts.parts.iter().map(|part| part[row]).sum();
        // B y = x, and with it PLv = U, holds where output is the sum of the row.
        let balanced = model.description().conventions.output == OutputConvention::RowSum;
        let upstream = balanced.then(|| {
            worst_gap(
                axis,
                "V̂BBŶ u = V̂x̂U",
                rows().map(|i| (i, pushed.total[i], forward.total[i] * stages[i])),
            )
        });
        let gaps = [
            worst_gap(axis, "V̂BBŶ u = Σ parts", rows().map(|i| (i, pushed.total[i], sum(pushed, i)))),
            worst_gap(axis, "u V̂BBŶ = Σ parts", rows().map(|i| (i, pulled.total[i], sum(pulled, i)))),
        ];
        Ok(Reading::of_numbers(&PROFILE, units.keys(), values)
            .with_identities(gaps.into_iter().chain(upstream)))
    }
}
