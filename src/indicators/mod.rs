//! Model to numbers: where an economy or an industry stands in the world's chains of production.
//!
//! One id is one question, one definite list of columns and one set of levels. An indicator is a file's worth of
//! algebra behind the trait [`Indicator`]; its words (question, equation, source, unit of each column, caveats) stand in
//! its [`Profile`], which the command line, the documentation and the tests all read.
//!
//! To add one: a file that implements [`Indicator`], a line in [`INDICATORS`] (see ARCHITECTURE.md).

mod chain_algebra;
mod closed_multipliers;
mod eigenvector;
mod exposure;
mod folding;
mod ghosh;
mod gvc_income;
mod hypothetical_extraction;
mod import_content;
mod linkages;
mod multipliers;
mod participation;
mod position;
mod production_length;
mod propagation;
mod rca;
mod regional;
mod request;
mod sources;
mod trade_in_value_added;
mod units;
mod wwyz;

use crate::decompose::Citation;
use crate::frame::{Column, Frame, IdentityGap, Measure};
use crate::model::Model;
use crate::model::solver::SolveError;

pub use crate::level::Level;
pub use folding::{FoldingEffect, folding_effect};
pub use ghosh::{cumulative_tariff, price_change, supply_push};
pub use import_content::{ImportContent, ImportMultipliers, import_content, import_multipliers};
pub use propagation::NOT_REACHED;
pub use request::{Region, Regions, RegionsError, Request, household_consumption, inventories};
pub use trade_in_value_added::{TivaRow, trade_in_value_added};

/// Which question an indicator belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Family {
    /// How much of trade, output or final goods runs through chains that cross borders.
    Participation,
    /// How far from final use, and from primary inputs.
    Position,
    /// Who earns in the making of a final good.
    GvcIncome,
    /// In what an economy specialises.
    Rca,
    /// How near or how far the other ends of a chain are.
    Regional,
    /// Who pulls and pushes whom inside production.
    Linkages,
    /// Supply-driven and price models.
    Ghosh,
    /// On whom production depends.
    Exposure,
}

impl Family {
    /// Every family, in the order of `vadex list indicators`.
    pub const ALL: [Self; 8] = [
        Self::Participation,
        Self::Position,
        Self::GvcIncome,
        Self::Rca,
        Self::Regional,
        Self::Linkages,
        Self::Ghosh,
        Self::Exposure,
    ];

    /// Flat id, as on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Participation => "participation",
            Self::Position => "position",
            Self::GvcIncome => "gvc-income",
            Self::Rca => "rca",
            Self::Regional => "regional",
            Self::Linkages => "linkages",
            Self::Ghosh => "ghosh",
            Self::Exposure => "exposure",
        }
    }
}

/// A column of an indicator: name, how to read it, what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnNote {
    /// Lower-case name.
    pub name: &'static str,
    /// Amount in the unit of the model, share, or number without unit.
    pub measure: Measure,
    /// In words, with its formula.
    pub meaning: &'static str,
    /// Does it come from flows of money alone, the same whatever is traced in place of value added?
    pub of_flows: bool,
}

/// Shorthand for the column lists of the families: a column of value added, or of what is traced in its place.
const fn note(name: &'static str, measure: Measure, meaning: &'static str) -> ColumnNote {
    ColumnNote { name, measure, meaning, of_flows: false }
}

/// The same for a column that comes from flows of money alone.
const fn flows(name: &'static str, measure: Measure, meaning: &'static str) -> ColumnNote {
    ColumnNote { name, measure, meaning, of_flows: true }
}

/// Everything about an indicator that is words.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// Flat id, as on the command line.
    pub id: &'static str,
    /// The family.
    pub family: Family,
    /// The question it answers, in one sentence.
    pub question: &'static str,
    /// How it is computed, in the letters of `notation.md`.
    pub equation: &'static str,
    /// Where it comes from.
    pub citations: &'static [Citation],
    /// Levels at which it is defined.
    pub levels: &'static [Level],
    /// Its columns after the keys, in order; the same at every level.
    pub columns: &'static [ColumnNote],
    /// Known biases and limits that the user must meet with the numbers.
    pub cautions: &'static [&'static str],
    /// Cost in G and n (rows), in words.
    pub cost: &'static str,
    /// Does it keep its meaning when jobs or emissions stand in place of value added? Its columns of flows are left out
    /// then: they would be money under the unit of jobs.
    pub takes_satellites: bool,
}

/// What an indicator hands back.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Keys `year economy sector partner` (those the level has), then the columns of the profile.
    pub frame: Frame,
    /// Identities that were checked on the way, each with its worst gap. None of them holds by construction.
    pub identities: Vec<IdentityGap>,
    /// What a reader must know about these numbers: why cells are empty, which economies were left out.
    pub remarks: Vec<String>,
}

/// A way of reading a model.
pub trait Indicator: Sync {
    /// Its words.
    fn profile(&self) -> &'static Profile;

    /// The numbers, at a level that the profile has. Called by [`Indicator::run`], which checks the request first.
    ///
    /// # Errors
    /// A failed solve, or a request that lacks what the indicator needs.
    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError>;

    /// Does it need the inverse of the whole world, or dense coefficients?
    fn needs_inverse(&self) -> bool {
        false
    }

    /// Dense tables of one economy alone that it holds at once.
    fn own_tables(&self) -> usize {
        0
    }

    /// The same numbers in pieces with the same columns, in order: for results that are larger than the table. Called by
    /// [`Indicator::run_pieces`].
    ///
    /// # Errors
    /// As `compute`.
    fn compute_pieces(
        &self,
        model: &Model,
        level: Level,
        request: &Request,
        take: &mut dyn FnMut(Reading),
    ) -> Result<(), IndicatorError> {
        take(self.compute(model, level, request)?);
        Ok(())
    }

    /// Flat id, as on the command line.
    fn id(&self) -> &'static str {
        self.profile().id
    }

    /// Computes every unit of the request.
    ///
    /// # Errors
    /// A level the indicator is not defined at, partners asked for at a level without partners, an index that the axis does
    /// not have, a satellite where only value added makes sense; a failed solve.
    fn run(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        self.check(model, level, request)?;
        Ok(self.compute(model, level, request)?.of_what_is_traced(self.profile(), model))
    }

    /// Computes every unit of the request and hands it over piece by piece.
    ///
    /// # Errors
    /// As [`Indicator::run`].
    fn run_pieces(
        &self,
        model: &Model,
        level: Level,
        request: &Request,
        take: &mut dyn FnMut(Reading),
    ) -> Result<(), IndicatorError> {
        self.check(model, level, request)?;
        self.compute_pieces(model, level, request, &mut |reading| {
            take(reading.of_what_is_traced(self.profile(), model));
        })
    }

    /// Does it say something of a satellite of this name?
    ///
    /// # Errors
    /// A satellite where only value added makes sense, or where flows of money are all that is looked at.
    fn traces(&self, satellite: &str) -> Result<(), IndicatorError> {
        let profile = self.profile();
        let (indicator, found) = (profile.id, satellite.to_owned());
        if !profile.takes_satellites {
            Err(IndicatorError::NeedsValueAdded { indicator, found })
        } else if profile.columns.iter().all(|column| column.of_flows) {
            Err(IndicatorError::OfFlows { indicator, found })
        } else {
            Ok(())
        }
    }

    /// Refuses what the indicator cannot answer.
    ///
    /// # Errors
    /// As [`Indicator::run`], save the solve.
    fn check(&self, model: &Model, level: Level, request: &Request) -> Result<(), IndicatorError> {
        let profile = self.profile();
        if !profile.levels.contains(&level) {
            return Err(IndicatorError::UnsupportedLevel {
                indicator: profile.id,
                level: level.id(),
                supported: ids(profile.levels.iter().map(|level| level.id())),
            });
        }
        if !level.has_partner() && !request.partners.is_empty() {
            return Err(IndicatorError::PartnersWithoutPartnerLevel { level: level.id() });
        }
        let (economies, sectors) = (model.axis().n_economies(), model.axis().n_sectors());
        for (what, indices, count) in [
            ("economy", &request.economies, economies),
            ("sector", &request.sectors, sectors),
            ("partner", &request.partners, economies),
        ] {
            if let Some(&index) = indices.iter().find(|index| **index >= count) {
                return Err(IndicatorError::OutOfRange { what, index, count });
            }
        }
        if model.primary().is_value_added { Ok(()) } else { self.traces(&model.primary().name) }
    }
}

/// Every indicator, in the order of `vadex list indicators`: by family.
pub static INDICATORS: &[&dyn Indicator] = &[
    &participation::Kpww,
    &participation::BorinMancini,
    &participation::Tripartite,
    &wwyz::WwyzForward,
    &wwyz::WwyzBackward,
    &position::Upstreamness,
    &position::Downstreamness,
    &position::UpstreamnessInventory,
    &position::UpstreamnessNational,
    &propagation::PropagationLength,
    &production_length::ProductionLength,
    &gvc_income::FinalGoodsContent,
    &gvc_income::GvcIncome,
    &gvc_income::GvcEarnings,
    &rca::Rca,
    &regional::RegionalContent,
    &regional::SouthSouth,
    &regional::OriginConcentration,
    &multipliers::Multipliers,
    &closed_multipliers::ClosedMultipliers,
    &linkages::Rasmussen,
    &linkages::RasmussenDomestic,
    &linkages::DirectLinkages,
    &linkages::NetMultiplier,
    &eigenvector::Eigenvector,
    &hypothetical_extraction::HypotheticalExtraction,
    &ghosh::Ghosh,
    &ghosh::CostPush,
    &exposure::Exposure,
    &exposure::SupplierConcentration,
];

/// Looks an indicator up by id.
///
/// # Errors
/// [`IndicatorError::UnknownIndicator`], with the nearest id.
pub fn find_indicator(id: &str) -> Result<&'static dyn Indicator, IndicatorError> {
    INDICATORS.iter().find(|indicator| indicator.id() == id).copied().ok_or_else(|| {
        let known = || INDICATORS.iter().map(|indicator| indicator.id());
        IndicatorError::UnknownIndicator {
            name: id.to_owned(),
            nearest: crate::labels::nearest(known(), id),
            known: ids(known()),
        }
    })
}

/// Why an indicator could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IndicatorError {
    /// The indicator is not defined at this level.
    #[error("indicator `{indicator}` is not defined at level `{level}`; it is at: {supported}")]
    UnsupportedLevel {
        /// Indicator id.
        indicator: &'static str,
        /// Level asked for.
        level: &'static str,
        /// Levels there are.
        supported: String,
    },
    /// No indicator of that name.
    #[error("unknown indicator `{name}`: there are {known}")]
    UnknownIndicator {
        /// What was asked for.
        name: String,
        /// The nearest id, when one is close.
        nearest: Option<String>,
        /// What there is.
        known: String,
    },
    /// Partners were named at a level whose rows have none.
    #[error("partners were named, but a row at level `{level}` has no partner")]
    PartnersWithoutPartnerLevel {
        /// Level asked for.
        level: &'static str,
    },
    /// The own table of an economy would be dense where the table of the world is not.
    #[error(
        "indicator `{indicator}` makes a dense table of each economy, in networks of economies up to {most} rows only: one has {rows}"
    )]
    LargeEconomy {
        /// Indicator id.
        indicator: &'static str,
        /// Rows of the largest economy.
        rows: usize,
        /// Most that is made.
        most: usize,
    },
    /// A satellite stands where the indicator needs value added.
    #[error("indicator `{indicator}` relates value added to trade; it has no meaning for `{found}`")]
    NeedsValueAdded {
        /// Indicator id.
        indicator: &'static str,
        /// What the model traces.
        found: String,
    },
    /// A satellite stands where the indicator looks at flows alone.
    #[error("indicator `{indicator}` comes from flows of money alone: it says nothing of `{found}`")]
    OfFlows {
        /// Indicator id.
        indicator: &'static str,
        /// What the model traces.
        found: String,
    },
    /// The table does not say how much of final use is a change of inventories.
    #[error("indicator `{indicator}` needs changes in inventories, which were not given")]
    NeedsInventories {
        /// Indicator id.
        indicator: &'static str,
    },
    /// The table does not say how much of final use is consumption of households.
    #[error("indicator `{indicator}` needs the consumption of households, which was not given")]
    NeedsHouseholds {
        /// Indicator id.
        indicator: &'static str,
    },
    /// What households are to earn is no money in the unit of the table.
    #[error(
        "indicator `{indicator}` is closed by what households earn, in the unit of the table ({expected}): `{found}` is in \
         {unit}"
    )]
    IncomeNotMoney {
        /// Indicator id.
        indicator: &'static str,
        /// What the model traces.
        found: String,
        /// Its unit.
        unit: String,
        /// Unit of the flows.
        expected: String,
    },
    /// Household spending calls forth as much household income as was spent, or more.
    #[error(
        "indicator `{indicator}`: rounds of household income and spending do not die out (the spectral radius of vB H is \
         not below one): a unit of household income in `{economy}` comes back as {comes_back:.3} units of household income"
    )]
    NotProductive {
        /// Indicator id.
        indicator: &'static str,
        /// Economy whose spending calls forth most.
        economy: String,
        /// Household income everywhere for a unit of its.
        comes_back: f64,
    },
    /// Something given by the caller has another number of rows than the model.
    #[error("{what} has {found} values, the model has {expected} rows")]
    Size {
        /// What was given.
        what: &'static str,
        /// Values found.
        found: usize,
        /// Values expected.
        expected: usize,
    },
    /// An index in a request that the axis of the model does not have.
    #[error("{what} number {index} of a request: there are {count}, counted from 0")]
    OutOfRange {
        /// `economy`, `sector` or `partner`.
        what: &'static str,
        /// The index.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A failed solve.
    #[error(transparent)]
    Solve(#[from] SolveError),
}

impl IndicatorError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::UnsupportedLevel { supported, .. } => format!("choose one of the levels {supported}"),
            Self::UnknownIndicator { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownIndicator { .. } => "`vadex list indicators` describes them".into(),
            Self::PartnersWithoutPartnerLevel { .. } => {
                "add `--level bilateral` or `--level bilateral-sector`".into()
            }
            Self::NeedsValueAdded { .. } | Self::OfFlows { .. } => {
                "leave the satellite out; `vadex list indicators` says which indicators trace jobs or emissions".into()
            }
            Self::LargeEconomy { .. } => {
                "take `upstreamness`, which needs no table of its own; or add firms up with `vadex aggregate`".into()
            }
            Self::NeedsInventories { .. } => {
                "the table needs a final-demand category for changes in inventories (INVNT, INVEN, c42, P5M ...)".into()
            }
            Self::NeedsHouseholds { .. } => {
                "the table needs a final-demand category for households (HFCE, CONS_h, c37, F1, P3_S14 ...); a program may \
                 hand over another pattern, such as all of final demand, in `Request::household_consumption`"
                    .into()
            }
            Self::IncomeNotMoney { .. } => {
                "trace labour compensation (`--satellite builtin:wiod13 --satellite-name labour`, or a CSV with the unit of \
                 the table in its column `unit`); without a satellite value added stands in"
                    .into()
            }
            Self::NotProductive { economy, .. } => format!(
                "compare what industries of {economy} pay to households with their value added: more than all of it is no \
                 account that can be closed"
            ),
            Self::Size { .. } => "give one value for every economy and sector of the table".into(),
            Self::OutOfRange { .. } => {
                "indices are those of the model's own axis: `Axis::find_economy` and `find_sector` find them by name".into()
            }
            Self::Solve(error) => error.hint(),
        }
    }
}

fn ids<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

impl Reading {
    /// Puts the columns of a profile behind its keys.
    ///
    /// # Panics
    /// When the number of columns is not that of the profile: a broken invariant of the indicator.
    fn of(profile: &Profile, keys: Frame, columns: Vec<Column>) -> Self {
        assert_eq!(profile.columns.len(), columns.len(), "columns of indicator `{}`", profile.id);
        let frame = profile
            .columns
            .iter()
            .zip(columns)
            .fold(keys, |frame, (note, column)| frame.with(note.name, note.measure, column));
        Self { frame, identities: Vec::new(), remarks: Vec::new() }
    }

    /// The same, for columns of numbers.
    fn of_numbers(profile: &Profile, keys: Frame, columns: Vec<Vec<f64>>) -> Self {
        Self::of(profile, keys, columns.into_iter().map(Column::Number).collect())
    }

    /// Without the columns that are of money, where something else is traced.
    fn of_what_is_traced(self, profile: &Profile, model: &Model) -> Self {
        let of_flows = |name: &str| profile.columns.iter().any(|note| note.name == name && note.of_flows);
        if model.primary().is_value_added || !profile.columns.iter().any(|note| note.of_flows) {
            return self;
        }
        let mut remarks = self.remarks;
        let gone: Vec<&str> =
            profile.columns.iter().filter(|note| note.of_flows).map(|note| note.name).collect();
        remarks.push(format!("left out, for it is money whatever is traced: {}", gone.join(", ")));
        let frame = self
            .frame
            .into_fields()
            .into_iter()
            .filter(|field| !of_flows(&field.name))
            .fold(Frame::new(), |frame, field| frame.with(&field.name, field.measure, field.column));
        Self { frame, identities: self.identities, remarks }
    }

    #[must_use]
    fn with_identity(mut self, gap: IdentityGap) -> Self {
        self.identities.push(gap);
        self
    }

    #[must_use]
    fn with_identities(mut self, gaps: impl IntoIterator<Item = IdentityGap>) -> Self {
        self.identities.extend(gaps);
        self
    }

    #[must_use]
    fn with_remarks(mut self, remarks: Vec<String>) -> Self {
        self.remarks.extend(remarks);
        self
    }
}
