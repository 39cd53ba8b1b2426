//! Trade in value added: how much of what an economy exports was made there, how much came from abroad, and where its
//! own value added ends up. The indicators of `vadex tiva`.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::Level;
use crate::model::Model;
use crate::model::solver::{Side, SolveError};

/// One row of `vadex tiva`: values in the table's unit, shares as fractions of gross exports.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TivaRow {
    /// Exporting economy, index on the model's axis.
    pub economy: usize,
    /// Exporting sector, at the level of sectors.
    pub sector: Option<usize>,
    /// Partner economy, at the bilateral level.
    pub partner: Option<usize>,
    /// Gross exports.
    pub gexp: f64,
    /// Domestic value-added content of exports, v_s B_ss e_s (the OECD's EXGR_DVA): domestic double counting included.
    pub dva: f64,
    /// Foreign value-added content of exports, Σ v_t B_ts e_s over t ≠ s (EXGR_FVA).
    pub fva: f64,
    /// Import content of exports, u A^M_s L_ss e_s (VS of Hummels, Ishii and Yi): equals `fva` plus domestic double
    /// counting.
    pub vs: f64,
    /// Own value added in other economies' exports, v_s Σ B_sr e_r over r ≠ s (VS1).
    pub vs1: f64,
    /// Own value added absorbed by final demand abroad (VAX-C of Johnson and Noguera).
    pub vax: f64,
    /// Exports for intermediate use.
    pub intermediate_exports: f64,
}

impl TivaRow {
    /// Domestic value-added share of exports; not defined without exports.
    pub fn dva_share(&self) -> Option<f64> {
        share(self.dva, self.gexp)
    }

    /// Import content as a share of exports.
    pub fn vs_share(&self) -> Option<f64> {
        share(self.vs, self.gexp)
    }

    /// Value-added exports over gross exports; may exceed one for a sector or a pair.
    pub fn vax_ratio(&self) -> Option<f64> {
        share(self.vax, self.gexp)
    }

    /// Share of exports that the buyer uses as an input.
    pub fn int_share(&self) -> Option<f64> {
        share(self.intermediate_exports, self.gexp)
    }
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole != 0.0).then(|| part / whole)
}

/// How much of what an economy exports was made there, and where does its value added go?
///
/// ```text
/// DC_s  =  v_s B_ss e_s         FC_s  = Σ_{t≠s} v_t B_ts e_s      VS_s = u (Σ_{r≠s} A_rs) L_ss e_s
///         (1,N)(N,N)(N,1)
/// VS1_s =  v_s Σ_{r≠s} B_sr e_r           VAX_sr = v_s Σ_k B_sk y_kr
/// ```
/// At [`Level::Sector`] `gexp dva fva vs` are told by *exporting* sector (whose exports contain the value) and
/// `vs1 vax` by sector of *origin* (where the value was added): the two views share a row, not a meaning. At
/// [`Level::Bilateral`] `vax` is told by the economy that finally absorbs, `vs1` by the economy that exports it on, and
/// the others by the direct importer. [`Level::BilateralSector`] combines the two.
///
/// Where a satellite is traced in place of value added ([`Model::with_satellite`]), `gexp` is what of it is embodied in
/// exports, in the unit of the satellite, and `vs` and `intermediate_exports`, which are money, are not numbers.
///
/// # Assumptions
/// Every buyer of a sector's output gets the same mix of inputs. A zero-output industry has zero coefficients.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// Three sets of G right-hand sides and G local inverses: O(n² G) after the factorisation.
///
/// # Differences
/// `dva` and `fva` are *contents*: domestic double counting is inside `dva`, foreign double counting inside `fva`, as in
/// the OECD's EXGR_DVA and EXGR_FVA. The net terms are those of `vadex decompose --method bm-source`.
///
/// # Example
/// ```
/// use vadex::indicators::{Level, trade_in_value_added};
/// use vadex::model::{Model, ModelOptions};
/// use vadex::nalgebra::DMatrix;
/// use vadex::table::{IcioTable, TableParts};
///
/// let rows = [("A", "x"), ("B", "x")].map(|(economy, sector)| (economy.to_owned(), sector.to_owned()));
/// let z = DMatrix::from_row_slice(2, 2, &[20.0, 5.0, 10.0, 10.0]);
/// let y = DMatrix::from_row_slice(2, 2, &[50.0, 25.0, 40.0, 50.0]);
/// let table = IcioTable::new(TableParts::new(rows.to_vec(), vec!["final".into()], z, y, "million"))?;
/// let model = Model::build(&table, &ModelOptions::default())?;
///
/// let rows = trade_in_value_added(&model, Level::Country)?;
/// assert_eq!(rows[0].economy, model.axis().find_economy("A")?);
/// // Of 30 exported by A, 26.4 were made at home.
/// assert!((rows[0].dva_share().unwrap() - 4200.0 / 159.0 / 30.0).abs() < 1e-12);
/// # Ok::<(), vadex::Error>(())
/// ```
///
/// # Source
/// Hummels, Ishii and Yi (2001), <https://doi.org/10.1016/S0022-1996(00)00093-3>; Johnson and Noguera (2012),
/// <https://doi.org/10.1016/j.jinteco.2011.10.003>; Koopman, Wang and Wei (2014),
/// <https://doi.org/10.1257/aer.104.2.459>.
pub fn trade_in_value_added(model: &Model, level: Level) -> Result<Vec<TivaRow>, SolveError> {
    let axis = model.axis();
    let economies = axis.n_economies();
    let shares = model.value_added_share();
    let flows = model.flows();
    let multipliers = model.shared(|| Multipliers::of(model))?;
    let by_exporter = model.output_by_exporter()?;
    let by_absorber = model.output_by_absorber()?;
    let exports = flows.bilateral_exports();
    let intermediate = flows.bilateral_intermediate_exports();
    // Money is no part of an amount of jobs: what is counted in it is not known where something else is traced.
    let in_money = if multipliers.embodied.is_some() { f64::NAN } else { 1.0 };
    let rows_of = |s: usize| -> Vec<TivaRow> {
        // The finest cell: one row of the table and one partner. Everything else is a sum of these.
        let cell = |row: usize, r: usize| TivaRow {
            gexp: multipliers.embodied.as_ref().map_or(1.0, |of| of[row]) * exports[(row, r)],
            dva: multipliers.domestic[row] * exports[(row, r)],
            fva: multipliers.foreign[row] * exports[(row, r)],
            vs: in_money * multipliers.imported[row] * exports[(row, r)],
            vs1: shares[row] * by_exporter[(row, r)],
            vax: shares[row] * by_absorber[(row, r)],
            intermediate_exports: in_money * intermediate[(row, r)],
            ..TivaRow::of(s, None, None)
        };
        let partners: Vec<usize> = (0..economies).filter(|&r| r != s).collect();
        let add_up = |sector: Option<usize>, rows: &[usize], partner: Option<&usize>| {
            let mut sum = TivaRow::of(s, sector, partner.copied());
            for &row in rows {
                for &r in partner.map_or(partners.as_slice(), std::slice::from_ref) {
                    sum.add(&cell(row, r));
                }
            }
            sum
        };
        let rows_of_sector = |sector: usize| -> Vec<usize> {
            axis.block(s).filter(|&row| axis.sector_of(row) == sector).collect()
        };
        let sectors: Vec<(Option<usize>, Vec<usize>)> = if level.has_sector() {
            axis.sectors_of(s).into_iter().map(|sector| (Some(sector), rows_of_sector(sector))).collect()
        } else {
            vec![(None, axis.block(s).collect())]
        };
        let mut sums = Vec::new();
        for (sector, rows) in &sectors {
            if level.has_partner() {
                sums.extend(partners.iter().map(|partner| add_up(*sector, rows, Some(partner))));
            } else {
                sums.push(add_up(*sector, rows, None));
            }
        }
        sums
    };
    Ok((0..economies).into_par_iter().map(rows_of).collect::<Vec<_>>().concat())
}

impl TivaRow {
    /// Zeros under a key.
    fn of(economy: usize, sector: Option<usize>, partner: Option<usize>) -> Self {
        Self {
            economy,
            sector,
            partner,
            gexp: 0.0,
            dva: 0.0,
            fva: 0.0,
            vs: 0.0,
            vs1: 0.0,
            vax: 0.0,
            intermediate_exports: 0.0,
        }
    }

    fn add(&mut self, other: &Self) {
        self.gexp += other.gexp;
        self.dva += other.dva;
        self.fva += other.fva;
        self.vs += other.vs;
        self.vs1 += other.vs1;
        self.vax += other.vax;
        self.intermediate_exports += other.intermediate_exports;
    }
}

/// Content of a unit of exports of each row, (n_rows).
struct Multipliers {
    /// v_s B_ss.
    domestic: Vec<f64>,
    /// Σ_{t≠s} v_t B_ts.
    foreign: Vec<f64>,
    /// u A^M_s L_ss.
    imported: Vec<f64>,
    /// v B by a solve of its own, where v is not value added.
    embodied: Option<Vec<f64>>,
}

impl Multipliers {
    fn of(model: &Model) -> Result<Self, SolveError> {
        let axis = model.axis();
        let by_origin = model.value_added_by_origin()?;
        let inputs = model.system().input_coefficients().column_sums_outside(&axis.blocks());
        let mut domestic = vec![0.0; axis.n_rows()];
        let mut foreign = vec![0.0; axis.n_rows()];
        for s in 0..axis.n_economies() {
            for row in axis.block(s) {
                domestic[row] = by_origin[(s, row)];
                foreign[row] = (0..axis.n_economies()).filter(|&t| t != s).map(|t| by_origin[(t, row)]).sum();
            }
        }
        // Imported inputs are summed directly, not as total minus domestic: no cancellation.
        let imports = DMatrix::from_column_slice(axis.n_rows(), 1, &inputs);
        let imported = model.system().local_product(Side::Transposed, &imports)?.as_slice().to_vec();
        let embodied = (!model.primary().is_value_added)
            .then(|| {
                let mut share = DMatrix::from_column_slice(axis.n_rows(), 1, model.value_added_share());
                model.system().solve_in_place(Side::Transposed, &mut share)?;
                Ok::<_, SolveError>(share.as_slice().to_vec())
            })
            .transpose()?;
        Ok(Self { domestic, foreign, imported, embodied })
    }
}
