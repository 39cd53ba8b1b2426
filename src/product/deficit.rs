//! The bilateral deficit that the product makes: gross, and as value added, told again by who earns it.
//!
//! ```text
//! gross:        (F − p_importer) q        all of it booked to the assembler's economy
//! direct:       D_c F q                   Σ_{c ≠ importer} + unallocated = gross, exactly
//! value added:  T_c F q                   Σ_{c ≠ importer} = (1 − T_importer) F q
//! ```
//! p_importer are the purchases that the embedded account books on the importer's rows of the table, whatever name the
//! account has for them: an alias, or the importer's part of a name that is spread over several economies.
//! The last two totals differ: the importer's value added inside other economies' parts reduces the second, foreign value
//! added inside the importer's own parts raises it. An economy's *overall* balance is the same in both counts.

use serde::Serialize;

use super::account::Account;
use super::carve_out::table_scale;
use super::error::ProductError;
use super::place::economies_of;
use super::trace::Embedded;

/// By how much two sums of the same amounts may differ, as a share of the gross imports.
const ROUNDING: f64 = 1e-9;

/// What the product does to a bilateral balance, in millions of the account's currency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deficit {
    /// Importing economy, index on the table's axis.
    pub importer: usize,
    /// Assembling economy.
    pub exporter: usize,
    /// Units.
    pub units: f64,
    /// Gross imports of the product, F q.
    pub gross_imports: f64,
    /// The importer's parts that went out to be assembled: all that is booked on its rows of the table.
    pub own_parts: f64,
    /// Gross deficit with the assembler's economy.
    pub gross: f64,
    /// Value added of the assembler's economy as the account books it.
    pub direct: f64,
    /// Value added of the assembler's economy, traced, the rest by the import mix.
    pub traced: f64,
    /// By economy other than the importer, (G): booked directly, traced.
    pub by_economy: Vec<DeficitWith>,
    /// The unallocated part, which no economy is named for in the direct count.
    pub unallocated: f64,
    /// gross − Σ direct − unallocated: zero by two routes, but for what rounding leaves between the stated total and its
    /// parts, and for the assembly payment when the importer is the assembler.
    pub direct_gap: f64,
    /// The bilateral gross deficit of the whole table, when its unit is the account's currency.
    pub table_deficit: Option<f64>,
}

/// The deficit with one economy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeficitWith {
    /// Economy.
    pub economy: usize,
    /// As the account books it.
    pub direct: f64,
    /// Traced, the rest by the import mix.
    pub traced: f64,
}

impl Deficit {
    /// Balance when both directions are counted as value added: own parts against the assembler's direct value added.
    pub fn net_of_own_parts(&self) -> f64 {
        self.direct - self.own_parts
    }

    /// [`Deficit::direct_gap`], when it is more than the rounding of sums.
    pub fn open_gap(&self) -> Option<f64> {
        (self.direct_gap.abs() > ROUNDING * self.gross_imports.abs()).then_some(self.direct_gap)
    }

    /// Traced value added of all other economies: (1 − T_importer) F q.
    pub fn traced_total(&self) -> f64 {
        self.by_economy.iter().map(|with| with.traced).sum()
    }
}

/// The deficit of the account's trade; absent when it names no importer or no units.
///
/// # Errors
/// An importer that the table does not have, or that stands for several of its economies.
pub fn deficit(
    account: &Account,
    embedded: &Embedded,
    traced: &[f64],
) -> Result<Option<Deficit>, ProductError> {
    let Some(trade) = account.trade() else { return Ok(None) };
    let axis = embedded.axis();
    let importers =
        economies_of(account, axis, &trade.importer).map_err(|error| ProductError::NotInTable {
            account: account.id().to_owned(),
            item: "the importer".into(),
            error: Box::new(error),
        })?;
    let Some(&importer) = importers.first() else { return Ok(None) };
    if importers.iter().any(|&other| other != importer) {
        return Err(ProductError::ImporterNotOne {
            account: account.id().to_owned(),
            economy: trade.importer.clone(),
        });
    }
    let exporter = embedded.assembler();
    let scale = trade.units / 1e6;
    let direct = embedded.direct_shares();
    let amount = |share: f64| share * embedded.total() * scale;
    let own_parts = embedded.purchases()[axis.block(importer)].iter().sum::<f64>() * scale;
    let gross_imports = account.total().value * scale;
    let gross = gross_imports - own_parts;
    let by_economy: Vec<DeficitWith> = (0..axis.n_economies())
        .filter(|&economy| economy != importer)
        .map(|economy| DeficitWith {
            economy,
            direct: amount(direct[economy]),
            traced: amount(traced[economy]),
        })
        .collect();
    let unallocated = embedded.unallocated() * scale;
    let booked: f64 = by_economy.iter().map(|with| with.direct).sum();
    let flows = embedded.model().flows().bilateral_exports();
    let sent = |from: usize, to: usize| -> f64 { axis.block(from).map(|row| flows[(row, to)]).sum() };
    let table_deficit = table_scale(&embedded.model().description().unit, account.currency())
        .map(|unit| (sent(exporter, importer) - sent(importer, exporter)) * unit / 1e6);
    Ok(Some(Deficit {
        importer,
        exporter,
        units: trade.units,
        gross_imports,
        own_parts,
        gross,
        direct: amount(direct[exporter]),
        traced: amount(traced[exporter]),
        by_economy,
        unallocated,
        direct_gap: gross - booked - unallocated,
        table_deficit,
    }))
}
