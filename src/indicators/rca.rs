//! Revealed comparative advantage: in what an economy specialises, measured by gross exports and by value added.

use super::chain_algebra::{columns, local};
use super::sources::{BALASSA_1965, JOHNSON_NOGUERA_2012, KOOPMAN_WANG_WEI_2014};
use super::units::{Home, Units, ratio};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows, note};
use crate::blocks::sum_by_economy;
use crate::frame::Measure::{Amount, Pure};
use crate::labels::Axis;
use crate::model::Model;

/// Does an industry weigh more in the economy's exports than it does in the world's?
///
/// ```text
/// RCA_si = (m_si / Σ_i m_si) / (Σ_s m_si / Σ_si m_si)
/// gross   e_si                      dva      v_i (L_ss e_s)_i
/// content v_i (B_ss e_s)_i          vax      v_i Σ_{r≠s} (B y_r)_i
/// ```
/// # Terms
/// Four measures `gross content dva vax` and their indices `rca_*`. All but `gross` are by industry of *origin*: they
/// count what the industry adds to anybody's exports.
/// # Assumptions
/// The world is all economies of the table, whatever rows are asked for.
/// # Cost
/// 2 G right-hand sides.
/// # Differences
/// `rca_content` is `nrca` of the R package gvc (domestic double counting inside); `rca_dva` leaves it out.
/// # Source
/// Balassa (1965), <https://doi.org/10.1111/j.1467-9957.1965.tb00050.x>; Koopman, Wang and Wei (2014),
/// <https://doi.org/10.1257/aer.104.2.459>.
pub struct Rca;

static PROFILE: Profile = Profile {
    id: "rca",
    family: Family::Rca,
    question: "Does an industry weigh more in the economy's exports, gross or in value added, than in the world's?",
    equation: "RCA_si = (m_si / Σ_i m_si) / (Σ_s m_si / Σ_si m_si) with m = e, v(B_ss e_s), v(L_ss e_s), VAX-C",
    citations: &[BALASSA_1965, KOOPMAN_WANG_WEI_2014, JOHNSON_NOGUERA_2012],
    levels: &[Level::Sector],
    columns: &[
        flows("gross", Amount, "gross exports, by exporting industry"),
        note(
            "content",
            Amount,
            "own value added in the economy's exports by industry of origin, double counting inside",
        ),
        note("dva", Amount, "the same without double counting: v_i (L_ss e_s)_i"),
        note("vax", Amount, "value added absorbed abroad, by industry of origin"),
        flows("rca_gross", Pure, "index of gross"),
        note("rca_content", Pure, "index of content (gvc's nrca)"),
        note("rca_dva", Pure, "index of dva: the one to read"),
        note("rca_vax", Pure, "index of vax"),
    ],
    cautions: &["an index, not an advantage: policy and natural resources move it as costs do"],
    cost: "2 G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for Rca {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let (axis, shares) = (model.axis(), model.value_added_share());
        let exports = model.flows().gross_exports();
        let by_exporter = model.output_by_exporter()?;
        let by_absorber = model.output_by_absorber()?;
        let inside = local(model, &columns(&[exports]))?;
        let rows = 0..axis.n_rows();
        let abroad = |row: usize| -> f64 {
            (0..axis.n_economies())
                .filter(|&r| r != axis.economy_of(row))
                .map(|r| by_absorber[(row, r)])
                .sum()
        };
        let measures = [
            exports.to_vec(),
            rows.clone().map(|row| shares[row] * by_exporter[(row, axis.economy_of(row))]).collect(),
            rows.clone().map(|row| shares[row] * inside[(row, 0)]).collect(),
            rows.map(|row| shares[row] * abroad(row)).collect::<Vec<f64>>(),
        ];
        let units = Units::of(model, level, request, Home::Excluded);
        let mut values: Vec<Vec<f64>> =
            measures.iter().map(|measure| units.totals(|row| measure[row])).collect();
        for position in 0..measures.len() {
            let index = specialisation(axis, &measures[position], &units, &values[position]);
            values.push(index);
        }
        Ok(Reading::of_numbers(&PROFILE, units.keys(), values))
    }
}

fn specialisation(axis: &Axis, measure: &[f64], units: &Units<'_>, values: &[f64]) -> Vec<f64> {
    let by_economy = sum_by_economy(measure, axis);
    let mut by_sector = vec![0.0; axis.n_sectors()];
    for (row, value) in measure.iter().enumerate() {
        by_sector[axis.sector_of(row)] += value;
    }
    let world: f64 = by_economy.iter().sum();
    units
        .iter()
        .zip(values)
        .map(|(unit, value)| {
            let in_world = unit.sector.map_or(f64::NAN, |sector| ratio(by_sector[sector], world));
            ratio(ratio(*value, by_economy[unit.economy]), in_world)
        })
        .collect()
}
