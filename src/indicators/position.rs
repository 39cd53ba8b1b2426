//! Position: how many stages lie between an industry and final use (upstreamness), and between it and primary inputs
//! (downstreamness). Average propagation lengths are in [`super::propagation`], production lengths of value added in
//! [`super::production_length`].

use nalgebra::DMatrix;

use super::chain_algebra::{column_sums, upstreamness};
use super::sources::{ANTRAS_CHOR_2013, ANTRAS_CHOR_2018, ANTRAS_CHOR_FALLY_HILLBERRY_2012};
use super::units::{Home, Rows, Units};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows};
use crate::frame::Measure::{Amount, Pure};
use crate::kernel::pivoted::PivotedFactors;
use crate::kernel::stored::Storage;
use crate::model::Model;
use crate::model::memory::LARGEST_OWN;

/// How far is an industry's output from final use?
///
/// ```text
/// U = (I − D)⁻¹ 1        d_ij = z_ij / x_i         computed as  U = x̂⁻¹ B x
/// (n)   (n,n)
/// ```
/// # Terms
/// `output`, `upstreamness` (mean over output), `upstreamness_exports` (mean over exports). 1 means sold to final use
/// alone. Equals Fally's distance to final demand and the row sums of the Ghosh inverse.
/// # Assumptions
/// A row without output sells nothing on: 1.
/// # Cost
/// One right-hand side.
/// # Differences
/// The R package gvc 6.4.0 with decompr up to 7.0.0 reads the imported coefficients only and gives values far too low
/// (Argentina's agriculture in `leather`: 1.28 instead of 2.10); it fails when an output is zero.
/// # Source
/// Antràs, Chor, Fally and Hillberry (2012), <https://doi.org/10.1257/aer.102.3.412>.
pub struct Upstreamness;

static UPSTREAMNESS: Profile = Profile {
    id: "upstreamness",
    family: Family::Position,
    question: "How many stages of production lie between an industry's output and final use?",
    equation: "U = (I − D)⁻¹ 1 with d_ij = z_ij / x_i, that is U = x̂⁻¹ B x",
    citations: &[ANTRAS_CHOR_FALLY_HILLBERRY_2012, ANTRAS_CHOR_2013],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        flows("output", Amount, "gross output"),
        flows("upstreamness", Pure, "stages to final use; mean over output where rows are added up"),
        flows("upstreamness_exports", Pure, "stages from exports to final use; mean over exports"),
    ],
    cautions: &["changes in inventories count as final use: see upstreamness-inventory"],
    cost: "1 right-hand side: O(n²)",
    takes_satellites: true,
};

impl Indicator for Upstreamness {
    fn profile(&self) -> &'static Profile {
        &UPSTREAMNESS
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let stages = &upstreamness(model)?.0;
        Ok(weighted(&UPSTREAMNESS, model, level, request, stages))
    }
}

/// How far is an industry's output from primary inputs?
///
/// ```text
/// D = 1' B        stages embodied in a unit of final output; with v B = 1 also Fally's N_j = 1 + Σ a_ij N_i
/// ```
/// # Terms
/// `output`, `downstreamness` (mean over output), `downstreamness_exports` (mean over exports).
/// # Cost
/// One right-hand side of the transposed system.
/// # Source
/// Antràs and Chor (2018), <https://doi.org/10.3386/w24185>, after Fally (2012) and Miller and Temurshoev (2017).
pub struct Downstreamness;

static DOWNSTREAMNESS: Profile = Profile {
    id: "downstreamness",
    family: Family::Position,
    question: "How many stages of production lie between primary inputs and an industry's output?",
    equation: "D = 1' B",
    citations: &[ANTRAS_CHOR_2018, ANTRAS_CHOR_2013],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        flows("output", Amount, "gross output"),
        flows("downstreamness", Pure, "stages from primary inputs; mean over output where rows are added up"),
        flows("downstreamness_exports", Pure, "stages from primary inputs to exports; mean over exports"),
    ],
    cautions: &[],
    cost: "1 right-hand side: O(n²)",
    takes_satellites: true,
};

impl Indicator for Downstreamness {
    fn profile(&self) -> &'static Profile {
        &DOWNSTREAMNESS
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let stages = &column_sums(model)?.0;
        Ok(weighted(&DOWNSTREAMNESS, model, level, request, stages))
    }
}

fn weighted(
    profile: &'static Profile,
    model: &Model,
    level: Level,
    request: &Request,
    stages: &[f64],
) -> Reading {
    let (output, exports) = (model.flows().gross_output(), model.flows().gross_exports());
    let units = Units::of(model, level, request, Home::Excluded);
    let columns = vec![
        units.totals(|row| output[row]),
        units.means(|row| stages[row], |row| output[row]),
        units.means(|row| stages[row], |row| exports[row]),
    ];
    Reading::of_numbers(profile, units.keys(), columns)
}

/// How far is an industry's output from final use, when goods put in stock are not taken for final use?
///
/// ```text
/// d_ij = z_ij / (x_i − n_i)       n_i: changes in inventories of product i, anywhere
/// ```
/// # Terms
/// `upstreamness_inventory`.
/// # Assumptions
/// What goes into stock is later used as the rest of the product is.
/// # Errors
/// [`IndicatorError::NeedsInventories`] when the request holds none.
/// # Cost
/// One more factorisation: 2/3 n³.
/// # Source
/// Antràs, Chor, Fally and Hillberry (2012), <https://doi.org/10.1257/aer.102.3.412>.
pub struct UpstreamnessInventory;

static UPSTREAMNESS_INVENTORY: Profile = Profile {
    id: "upstreamness-inventory",
    family: Family::Position,
    question: "How far is output from final use, when goods put in stock are not taken for final use?",
    equation: "U = (I − D)⁻¹ 1 with d_ij = z_ij / (x_i − n_i), n_i changes in inventories",
    citations: &[ANTRAS_CHOR_FALLY_HILLBERRY_2012],
    levels: &[Level::Sector],
    columns: &[flows("upstreamness_inventory", Pure, "stages to final use, inventories apart")],
    cautions: &["needs a final-demand category for changes in inventories"],
    cost: "one more factorisation: O(2/3 n³)",
    takes_satellites: true,
};

impl Indicator for UpstreamnessInventory {
    fn profile(&self) -> &'static Profile {
        &UPSTREAMNESS_INVENTORY
    }

    fn needs_inverse(&self) -> bool {
        true
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let held = held_in_stock(model, request)?
            .ok_or(IndicatorError::NeedsInventories { indicator: UPSTREAMNESS_INVENTORY.id })?;
        let coefficients = model.system().dense_coefficients("upstreamness with inventories")?;
        let output = model.flows().gross_output();
        let used: Vec<f64> = (0..output.len()).map(|row| output[row] - held.row(row).sum()).collect();
        let sales = DMatrix::from_fn(output.len(), output.len(), |i, j| coefficients[(i, j)] * output[j]);
        let (stages, remark) = match stages_of(sales, &used) {
            Some(stages) => (stages, None),
            None => (vec![f64::NAN; output.len()], Some("I − D is singular: no value is defined".to_owned())),
        };
        let rows = Rows::of(model, request);
        Ok(Reading::of_numbers(&UPSTREAMNESS_INVENTORY, rows.keys(), vec![rows.pick(&stages)])
            .with_remarks(remark.into_iter().collect()))
    }
}

fn held_in_stock<'a>(
    model: &Model,
    request: &'a Request,
) -> Result<Option<&'a DMatrix<f64>>, IndicatorError> {
    let Some(held) = &request.inventories else { return Ok(None) };
    let expected = model.axis().n_rows();
    if held.nrows() != expected {
        return Err(IndicatorError::Size { what: "changes in inventories", found: held.nrows(), expected });
    }
    Ok(Some(held))
}

/// (I − D)⁻¹ 1 with d_ij = sales_ij / used_i; a row of which nothing is used sells nothing on. `None` when singular.
fn stages_of(mut sales: DMatrix<f64>, used: &[f64]) -> Option<Vec<f64>> {
    let n = used.len();
    for (i, used) in used.iter().enumerate() {
        for j in 0..n {
            let share = if *used == 0.0 { 0.0 } else { sales[(i, j)] / used };
            sales[(i, j)] = f64::from(u8::from(i == j)) - share;
        }
    }
    let factors = PivotedFactors::factor(sales).ok()?;
    let mut stages = DMatrix::from_element(n, 1, 1.0);
    factors.solve_in_place(&mut stages);
    Some(stages.as_slice().to_vec())
}

/// What would an economy's own input-output table say, open to trade as published national tables are?
///
/// ```text
/// d_ij = u_ij / (x_i − e_i + m_i)      u_ij use of product i, home-made and imported, by industry j of the economy
/// ```
/// # Terms
/// `upstreamness_national` (all uses), `upstreamness_national_domestic` (home-made inputs in the numerator only),
/// `upstreamness_national_inventory` (inventories held at home out of the denominator; empty without them).
/// # Assumptions
/// The net-export correction assumes that imports are used as home production is.
/// # Cost
/// One small factorisation per economy and version: O(G N³).
/// # Differences
/// Empty (with a remark) for economies without final use (rows of a split economy) and for groups, whose industries
/// stand several times.
/// # Source
/// Antràs, Chor, Fally and Hillberry (2012), <https://doi.org/10.1257/aer.102.3.412>.
pub struct UpstreamnessNational;

static UPSTREAMNESS_NATIONAL: Profile = Profile {
    id: "upstreamness-national",
    family: Family::Position,
    question: "How upstream does an industry look in its own economy's table, corrected for net exports?",
    equation: "U = (I − D)⁻¹ 1 in each economy, d_ij = use of product i by j / (x_i − exports_i + imports_i)",
    citations: &[ANTRAS_CHOR_FALLY_HILLBERRY_2012],
    levels: &[Level::Sector],
    columns: &[
        flows(
            "upstreamness_national",
            Pure,
            "stages to final use in the economy's own table; home-made and imported inputs",
        ),
        flows(
            "upstreamness_national_domestic",
            Pure,
            "stages to final use through home-made inputs; these in the numerator only",
        ),
        flows(
            "upstreamness_national_inventory",
            Pure,
            "stages to final use in the economy's own table without inventories; held at home out of the denominator",
        ),
    ],
    cautions: &["assumes that imports of a product are used as the home-made product is"],
    cost: "3 G factorisations of N rows: O(G N³)",
    takes_satellites: true,
};

impl Indicator for UpstreamnessNational {
    fn profile(&self) -> &'static Profile {
        &UPSTREAMNESS_NATIONAL
    }

    /// All uses, home-made inputs, the coefficients of a version and their factors.
    fn own_tables(&self) -> usize {
        4
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let held = held_in_stock(model, request)?;
        let axis = model.axis();
        let (found, rows) = (model.system().input_coefficients().storage(), axis.max_block());
        if found == Storage::Compressed && rows > LARGEST_OWN {
            let indicator = UPSTREAMNESS_NATIONAL.id;
            return Err(IndicatorError::LargeEconomy { indicator, rows, most: LARGEST_OWN });
        }
        let mut stages = [(); 3].map(|()| vec![f64::NAN; axis.n_rows()]);
        let mut skipped = Vec::new();
        for economy in 0..axis.n_economies() {
            let consumes = model.flows().final_demand().column(economy).iter().any(|value| *value != 0.0);
            if axis.is_group(economy) || !consumes {
                skipped.push(axis.economies()[economy].as_str());
                continue;
            }
            let own = NationalTable::of(model, economy, held);
            let kept: Vec<f64> = own.used.iter().zip(&own.held).map(|(used, held)| used - held).collect();
            let versions = [
                stages_of(own.use_all.clone(), &own.used),
                stages_of(own.use_domestic, &own.used),
                held.and_then(|_| stages_of(own.use_all, &kept)),
            ];
            for (target, values) in stages.iter_mut().zip(versions) {
                if let Some(values) = values {
                    target[axis.block(economy)].copy_from_slice(&values);
                }
            }
        }
        let remark = (!skipped.is_empty()).then(|| {
            format!(
                "national measures are empty for groups and for economies without final use: {}",
                skipped.join(" ")
            )
        });
        let rows = Rows::of(model, request);
        let columns = stages.iter().map(|values| rows.pick(values)).collect();
        Ok(Reading::of_numbers(&UPSTREAMNESS_NATIONAL, rows.keys(), columns)
            .with_remarks(remark.into_iter().collect()))
    }
}

/// One economy's own table: products by industries.
struct NationalTable {
    use_all: DMatrix<f64>,
    use_domestic: DMatrix<f64>,
    /// x − e + m.
    used: Vec<f64>,
    /// Changes in inventories held in the economy, of any origin.
    held: Vec<f64>,
}

impl NationalTable {
    fn of(model: &Model, economy: usize, held: Option<&DMatrix<f64>>) -> Self {
        let (axis, flows) = (model.axis(), model.flows());
        let (coefficients, output) = (model.system().input_coefficients(), flows.gross_output());
        let block = axis.block(economy);
        let n = block.len();
        let mut table = Self {
            use_all: DMatrix::zeros(n, n),
            use_domestic: DMatrix::zeros(n, n),
            used: block.clone().map(|row| output[row] - flows.gross_exports()[row]).collect(),
            held: vec![0.0; n],
        };
        for row in 0..axis.n_rows() {
            // The product of a foreign row is that of the home industry of the same name, if there is one.
            let Some(i) = block.clone().position(|own| axis.sector_of(own) == axis.sector_of(row)) else {
                continue;
            };
            for (j, column) in block.clone().enumerate() {
                let sold = coefficients.get(row, column) * output[column];
                table.use_all[(i, j)] += sold;
                if block.contains(&row) {
                    table.use_domestic[(i, j)] += sold;
                }
            }
            table.used[i] += flows.bilateral_exports()[(row, economy)];
            table.held[i] += held.map_or(0.0, |held| held[(row, economy)]);
        }
        table
    }
}
