//! One product's account (a bill of materials) embedded in a table: checks, tracing, bounds, verdicts.
//!
//! An account says who is paid for what; a table says whose value added is in an average purchase from each sector.
//! [`evaluate`] joins the two and answers six statements, each with its own verdict. It is arithmetic on a published
//! account and a published table: it says nothing on why value is where it is, it uses the average technology of each
//! sector, and suppliers stand where the account books them (usually their nationality, not their plant). Ownership and
//! the split into wages and profits need data that are not part of a table, and are not attempted.

mod account;
mod allocation;
mod bounds;
mod carve_out;
mod checks;
mod deficit;
mod error;
mod formula;
mod library;
mod place;
mod priors;
mod records;
pub mod schema;
mod statements;
mod trace;
mod validate;
mod verdict;

pub use account::Account;
pub use allocation::{Prior, prior_weights};
pub use bounds::{Bounds, Scope, bounds};
pub use carve_out::{Obstacle, carved_shares};
pub use checks::{Check, Outcome, check};
pub use deficit::{Deficit, DeficitWith, deficit};
pub use error::ProductError;
pub use library::{HistoryPoint, embedded, embedded_ids, find, history, margins};
pub use place::SectorUse;
pub use priors::{CONCENTRATIONS, DRAWS, PriorShare, prior_shares};
pub use trace::{AssemblyContent, Embedded};
pub use verdict::{Reason, Statement, Verdict};

use schema::Margin;

use crate::model::Model;

/// Which tables an account may be traced through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum YearRule {
    /// The table must be of the account's year.
    #[default]
    Same,
    /// Any year: the caller knows, and the report says so.
    Any,
}

/// What may be chosen when an account is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Which table years are let pass.
    pub years: YearRule,
    /// Draws of each prior and concentration; none leaves the priors out.
    pub draws: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { years: YearRule::Same, draws: DRAWS }
    }
}

/// How an economy fares: booked, traced in every way, bounded.
#[derive(Debug, Clone, PartialEq)]
pub struct EconomyShares {
    /// Economy, index on the table's axis.
    pub economy: usize,
    /// D_c: what the account books to it.
    pub direct: f64,
    /// T_c without the unallocated part, assembly all local.
    pub identified: f64,
    /// T_c with the rest by the import mix, assembly all local.
    pub traced: f64,
    /// T_c with the rest by the import mix, assembly with average technology.
    pub traced_average: f64,
    /// T_c with the product carved out of the assembler's sector, the rest by the import mix, assembly all local.
    pub carved: Option<f64>,
    /// Share of the retail price, smallest and largest over the bounds and over the local shares of the layers.
    pub retail: Option<(f64, f64)>,
}

/// The account with one part booked elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantShares {
    /// Id.
    pub id: String,
    /// Why.
    pub says: String,
    /// By economy, (G): booked.
    pub direct: Vec<f64>,
    /// By economy, (G): traced without the unallocated part, assembly all local.
    pub identified: Vec<f64>,
    /// By economy, (G): traced, the rest by the import mix.
    pub traced: Vec<f64>,
}

/// Everything that an account and a table give.
#[derive(Debug, Clone)]
pub struct ProductReport {
    /// The account.
    pub account: Account,
    /// Names of the table's economies.
    pub economies: Vec<String>,
    /// Year of the table.
    pub table_year: Option<i32>,
    /// Which sectors of the table the account's names were found to be.
    pub sectors: Vec<SectorUse>,
    /// Assembling economy.
    pub assembler: usize,
    /// Every check.
    pub checks: Vec<Check>,
    /// o / F.
    pub unallocated_share: f64,
    /// Every economy of the table.
    pub shares: Vec<EconomyShares>,
    /// How the rest was allocated for the point figures: absent when nothing is left to allocate or no import mix exists.
    pub allocation: Option<Prior>,
    /// Largest distance of Σ_c T_c from one, over both contents of the assembly payment.
    pub sum_gap: f64,
    /// Why the product was not carved out.
    pub obstacle: Option<Obstacle>,
    /// Bounds over every economy and sector.
    pub bounds: Vec<Bounds>,
    /// Bounds over the sector that the account names for the rest; empty when it names none.
    pub sector_bounds: Vec<Bounds>,
    /// Percentiles under priors, for the economies that matter.
    pub priors: Vec<PriorShare>,
    /// Domestic value added in the exports of the assembling sector.
    pub sector_share: f64,
    /// The bilateral balance.
    pub deficit: Option<Deficit>,
    /// Other bookings.
    pub variants: Vec<VariantShares>,
    /// Margins, with the words of their sources.
    pub margins: Vec<(Margin, String)>,
    /// The product line.
    pub history: Vec<HistoryPoint>,
    /// The statements.
    pub statements: Vec<Statement>,
}

impl ProductReport {
    /// A statement by id.
    pub fn statement(&self, id: &str) -> Option<&Statement> {
        self.statements.iter().find(|statement| statement.id == id)
    }

    /// The sectors used, in words; nothing where the account names labels of the table.
    pub fn sectors_in_words(&self) -> Option<String> {
        let uses: Vec<String> = self
            .sectors
            .iter()
            .map(|found| format!("{} = {} ({})", found.name, found.label, found.by))
            .collect();
        (!uses.is_empty()).then(|| uses.join(", "))
    }

    /// Shares of an economy by name.
    pub fn shares_of(&self, economy: &str) -> Option<&EconomyShares> {
        let index = self.economies.iter().position(|name| name == economy)?;
        self.shares.get(index)
    }

    /// Bounds of an economy for one reading of the assembly payment.
    pub fn bounds_of(&self, economy: usize, assembly: AssemblyContent) -> Option<&Bounds> {
        self.bounds.iter().find(|bound| bound.economy == economy && bound.assembly == assembly)
    }

    /// Economies worth a line: those that are paid directly, the importer, and the largest others, by traced share.
    pub fn notable(&self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.shares.len()).collect();
        order.sort_by(|&a, &b| self.shares[b].traced.total_cmp(&self.shares[a].traced).then(a.cmp(&b)));
        let importer = self.deficit.as_ref().map(|deficit| deficit.importer);
        let must = |economy: usize| {
            economy == self.assembler || self.shares[economy].direct > 0.0 || importer == Some(economy)
        };
        let required = order.iter().filter(|&&economy| must(economy)).count();
        let mut room = count.saturating_sub(required);
        order.retain(|&economy| {
            if must(economy) {
                return true;
            }
            let fits = room > 0;
            room = room.saturating_sub(1);
            fits
        });
        order
    }
}

/// What does a product's account say once it is traced through a table: does it add up, whose value is it, how far can
/// the unallocated part move that, and which of the six statements do the numbers allow?
///
/// ```text
/// D_c = ( Σ_{k in c} p_k + a 1[c assembles] ) / F          T_c = ( (V B)_c,· b + a_c ) / F
/// ```
/// # Assumptions
/// Average technology of each supplier's sector; suppliers stand where the account books them; the point figures let
/// the unallocated part be bought like the imports of the assembler's sector, and its bounds assume nothing.
///
/// # Errors
/// A table of another year; an economy, a sector or an output that the table does not have; a
/// failed solve. There is never a report beside an error.
///
/// # Cost
/// Value added by origin (G right-hand sides, kept by the model), one small solve for the carve-out, and the draws of
/// the priors; well below a second for 1,400 rows.
///
/// # Differences
/// Xing and Detert (2010) and the OECD (2011) stop at D_c; the tracing follows the idea of value added in a product
/// chain (Timmer et al. 2014) applied to one product's purchases.
///
/// # Source
/// Xing and Detert (2010), ADBI Working Paper 257; Timmer, Erumban, Los, Stehrer and de Vries (2014),
/// <https://doi.org/10.1257/jep.28.2.99>.
pub fn evaluate(account: &Account, model: &Model) -> Result<ProductReport, ProductError> {
    evaluate_with(account, model, &Options::default())
}

/// As [`evaluate`], with another year rule or number of draws.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_with(
    account: &Account,
    model: &Model,
    options: &Options,
) -> Result<ProductReport, ProductError> {
    let table_year = model.description().year;
    if let (YearRule::Same, Some(table_year)) = (options.years, table_year)
        && table_year != account.year()
    {
        return Err(ProductError::OtherYear {
            account: account.id().to_owned(),
            account_year: account.year(),
            table_year,
        });
    }
    let embedded = Embedded::of(account, model)?;
    let checks = check(account)?;
    let mix = if embedded.unallocated() > 0.0 { prior_weights(&embedded, Prior::ImportMix) } else { None };
    let allocation = mix.as_ref().map(|_| Prior::ImportMix);
    let weights = mix.unwrap_or_else(|| vec![0.0; embedded.axis().n_rows()]);
    let traced = embedded.traced_shares(AssemblyContent::Local, &weights)?;
    let traced_average = embedded.traced_shares(AssemblyContent::AverageTechnology, &weights)?;
    let missing = if allocation.is_some() { 0.0 } else { embedded.unallocated_share() };
    let gap = |shares: &[f64]| (shares.iter().sum::<f64>() + missing - 1.0).abs();
    let sum_gap = gap(&traced).max(gap(&traced_average));
    let (carved, obstacle) = match carved_shares(account, &embedded, AssemblyContent::Local, &weights)? {
        Ok(shares) => (Some(shares), None),
        Err(obstacle) => (None, Some(obstacle)),
    };
    let all_bounds = bounds(account, &embedded, Scope::Anywhere)?;
    let sector_bounds = bounds(account, &embedded, Scope::CandidateSector)?;
    let retail = retail_shares(account, &embedded, &all_bounds)?;
    let direct = embedded.direct_shares();
    let identified = embedded.identified_shares(AssemblyContent::Local)?;
    let shares: Vec<EconomyShares> = (0..embedded.axis().n_economies())
        .map(|economy| EconomyShares {
            economy,
            direct: direct[economy],
            identified: identified[economy],
            traced: traced[economy],
            traced_average: traced_average[economy],
            carved: carved.as_ref().map(|shares| shares[economy]),
            retail: retail.as_ref().map(|shares| shares[economy]),
        })
        .collect();
    let deficit = deficit(account, &embedded, &traced)?;
    let sector_share = embedded.sector_domestic_share()?;
    let margins = margins(account)?;
    let history = history(account)?;
    let assembler = embedded.assembler();
    let plain_margins: Vec<Margin> = margins.iter().map(|(margin, _)| margin.clone()).collect();
    let statements = statements::judge(&statements::Evidence {
        account,
        assembler: &embedded.axis().economies()[assembler],
        checks: &checks,
        direct: direct[assembler],
        traced: traced[assembler],
        bounds: statements::bounds_of(&all_bounds, assembler),
        sector: sector_share,
        margins: &plain_margins,
        history: &history,
    });
    let variants = variants(account, model, &weights)?;
    let sectors = place::sector_uses(account, embedded.axis()).map_err(|error| ProductError::NotInTable {
        account: account.id().to_owned(),
        item: "the sectors".into(),
        error: Box::new(error),
    })?;
    let mut report = ProductReport {
        account: account.clone(),
        economies: embedded.axis().economies().to_vec(),
        table_year,
        sectors,
        assembler,
        checks,
        unallocated_share: embedded.unallocated_share(),
        shares,
        allocation,
        sum_gap,
        obstacle,
        bounds: all_bounds,
        sector_bounds,
        priors: Vec::new(),
        sector_share,
        deficit,
        variants,
        margins,
        history,
        statements,
    };
    report.priors = prior_shares(&embedded, &report.notable(NOTABLE), options.draws)?;
    Ok(report)
}

/// Economies for which priors are drawn and that the page shows.
pub const NOTABLE: usize = 8;

fn variants(account: &Account, model: &Model, weights: &[f64]) -> Result<Vec<VariantShares>, ProductError> {
    account
        .variants()
        .iter()
        .map(|variant| {
            let changed = account.with_variant(variant);
            let embedded = Embedded::of(&changed, model)?;
            Ok(VariantShares {
                id: variant.id.clone(),
                says: variant.says.clone(),
                direct: embedded.direct_shares(),
                identified: embedded.identified_shares(AssemblyContent::Local)?,
                traced: embedded.traced_shares(AssemblyContent::Local, weights)?,
            })
        })
        .collect()
}

/// Each economy's share of the retail price, smallest and largest: bounds of the factory price, and layers that are
/// between `lowest_local_share` and all of them value added of their economy (what is not may be anyone's).
fn retail_shares(
    account: &Account,
    embedded: &Embedded,
    bounds: &[Bounds],
) -> Result<Option<Vec<(f64, f64)>>, ProductError> {
    let Some(retail) = account.retail().filter(|retail| !retail.layers.is_empty()) else { return Ok(None) };
    let axis = embedded.axis();
    let factory = account.sum();
    let price: f64 = factory + retail.layers.iter().map(|layer| layer.value).sum::<f64>();
    let mut shares: Vec<(f64, f64)> = (0..axis.n_economies())
        .map(|economy| {
            let of = bounds.iter().filter(|bound| bound.economy == economy);
            let (low, high) = of.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), bound| {
                (low.min(bound.low), high.max(bound.high))
            });
            (low * factory, high * factory)
        })
        .collect();
    for layer in &retail.layers {
        let owners =
            place::economies_of(account, axis, &layer.economy).map_err(|error| ProductError::NotInTable {
                account: account.id().to_owned(),
                item: format!("layer `{}`", layer.id),
                error: Box::new(error),
            })?;
        for (economy, (low, high)) in shares.iter_mut().enumerate() {
            if owners.contains(&economy) {
                // A layer of a single owner is at least its local share; one of several owners may be all another's.
                *low += if owners.len() == 1 { layer.value * layer.lowest_local_share } else { 0.0 };
                *high += layer.value;
            } else {
                *high += layer.value * (1.0 - layer.lowest_local_share);
            }
        }
    }
    Ok(Some(shares.into_iter().map(|(low, high)| (low / price, high / price)).collect()))
}
