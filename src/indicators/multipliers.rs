//! Multipliers: what the whole chain produces, and earns, for one unit of final demand. No inverse is formed, so they are
//! there for every table, a network of a million firms among them.

use super::chain_algebra::{columns, global_transposed, local_transposed, upstreamness};
use super::sources::MILLER_BLAIR_2009;
use super::units::Rows;
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows, note};
use crate::frame::Measure::Pure;
use crate::model::Model;

/// What do a unit of final demand, and a unit of primary inputs, call forth?
///
/// ```text
/// output  1'B    value added  v B    inside the own economy  1'L_ss, v_s L_ss    inputs  (G 1)_i,  G = (I − x̂⁻¹Z)⁻¹
/// (1,n)  (n,n)
/// ```
/// # Terms
/// `output_multiplier` and `output_multiplier_domestic`: output called forth everywhere, and by domestic inputs alone.
/// `value_added_multiplier` and `value_added_multiplier_domestic`: the same for value added, or for the satellite in its
/// place (jobs a unit of final demand). `input_multiplier`: output enabled by a unit of primary inputs.
/// # Assumptions
/// Fixed coefficients; with residual value added `value_added_multiplier` is one in each row with output.
/// # Cost
/// Three right-hand sides and two domestic ones.
/// # Source
/// Miller and Blair (2009), chapters 6 and 12, <https://doi.org/10.1017/CBO9780511626982>.
pub struct Multipliers;

static MULTIPLIERS: Profile = Profile {
    id: "multipliers",
    family: Family::Linkages,
    question: "What do a unit of final demand, and a unit of primary inputs, call forth?",
    equation: "output 1'B and 1'L_ss; value added v B and v_s L_ss; inputs (G 1)_i with G = (I − x̂⁻¹Z)⁻¹",
    citations: &[MILLER_BLAIR_2009],
    levels: &[Level::Sector],
    columns: &[
        flows("output_multiplier", Pure, "1'B: output everywhere for a unit of final demand"),
        flows(
            "output_multiplier_domestic",
            Pure,
            "1'L_ss: output of the own economy, by domestic inputs alone",
        ),
        note(
            "value_added_multiplier",
            Pure,
            "v B: value added (or the satellite) everywhere for a unit of final demand",
        ),
        note(
            "value_added_multiplier_domestic",
            Pure,
            "v_s L_ss: of the own economy, by domestic inputs alone",
        ),
        flows(
            "input_multiplier",
            Pure,
            "row sum of the Ghosh inverse: output enabled by a unit of primary inputs",
        ),
    ],
    cautions: &["with residual value added the value-added multiplier of the world is one"],
    cost: "5 right-hand sides: O(n²), or O(non-zeros) a pass on compressed rows",
    takes_satellites: true,
};

impl Indicator for Multipliers {
    fn profile(&self) -> &'static Profile {
        &MULTIPLIERS
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let ones = vec![1.0; model.axis().n_rows()];
        let weights = columns(&[&ones, model.value_added_share()]);
        let domestic = local_transposed(model, &weights)?;
        let everywhere = global_transposed(model, weights)?;
        let inputs = &upstreamness(model)?.0;
        let rows = Rows::of(model, request);
        let pick = |of: &nalgebra::DMatrix<f64>, column: usize| rows.pick(of.column(column).as_slice());
        let columns = vec![
            pick(&everywhere, 0),
            pick(&domestic, 0),
            pick(&everywhere, 1),
            pick(&domestic, 1),
            rows.pick(inputs),
        ];
        let primary = model.primary();
        let unit = (!primary.is_value_added).then(|| {
            format!(
                "value_added_multiplier and value_added_multiplier_domestic: {} of {} for each unit of final demand",
                primary.unit, primary.name
            )
        });
        Ok(Reading::of_numbers(&MULTIPLIERS, rows.keys(), columns).with_remarks(unit.into_iter().collect()))
    }
}
