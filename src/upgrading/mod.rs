//! Upgrading, functions, research and owners: does an economy get better at what it does, and whose gain is it?
//!
//! The literature tells four kinds of upgrading apart (Humphrey and Schmitz 2002): better products, better processes, better
//! functions, better sectors. Each is measured here by one or several [`Measure`]s, paths over years of an economy or of an
//! economy's industry; [`vector`] fits their trends with intervals, says which data are missing where one cannot be
//! measured, and never puts a number in its place. [`correlations`] asks whether the four advance together.
//!
//! | question | file | entry |
//! |---|---|---|
//! | what a year of a table says | [`panel`] | [`Panel`], [`YearFacts`] |
//! | the measures | `measures/` | [`MEASURES`], [`Measure`] |
//! | trends, directions, what is missing | [`vector`] | [`vector::readings`], [`vector::frame`] |
//! | do the four advance together | [`correlations`] | [`correlations::correlate`] |
//! | growth within sectors and shifts between them | [`shift_share`] | [`fn@shift_share::shift_share`] |
//! | who does which function for exports | [`specialisation`] | [`specialisation::of_year`] |
//! | R&D value added by origin | [`research`] | [`research::by_origin`] |
//! | domestic value added by owner | [`ownership`] | [`ownership::by_owner`], [`ownership::bounds`] |
//!
//! Files beside the tables are CSV with a header, columns in any order, `#` before comments; labels are those of the table and a
//! misspelt one is an error, not a missing figure:
//!
//! | what | columns | option |
//! |---|---|---|
//! | hours, jobs, labour and capital compensation | `economy,sector,year,value`; money in the unit of the table | `--hours`, `--jobs`, `--labour`, `--labour-high`, `--capital` |
//! | business functions | `economy,sector,year,function,share`; the shares of an industry sum to 1 within 0.005 | `--occupations` |
//! | owners | `economy,sector,year,share`: the foreign-owned part of value added | `--ownership` |
//! | prices | `economy,sector,year,index` of the seller, in the currency of the table | `--prices` |
//!
//! An empty year holds for every year. What has no line stays missing: sums with a missing part are missing, and notes name the
//! economies and years.
//!
//! To add a measure: one file in `measures/` that implements [`Measure`], one line in [`MEASURES`].
//!
//! # Source
//! Humphrey and Schmitz (2002), How does insertion in global value chains affect upgrading in industrial clusters?, Regional
//! Studies 36(9), 1017-1027; Kaplinsky and Readman (2005), Globalization and upgrading, Industrial and Corporate Change
//! 14(4), 679-703, for unit values.

pub mod correlations;
mod error;
pub mod figures;
pub mod function_shares;
mod measures;
pub mod ownership;
pub mod panel;
pub mod research;
pub mod shift_share;
pub mod specialisation;
pub mod vector;

pub use error::UpgradingError;
pub use figures::Figures;
pub use function_shares::FunctionShares;
pub use measures::{MEASURES, Measure, Path, Profile, Scale, find_measure};
pub use panel::{Panel, RealFacts, Scope, Unit, YearFacts, account_by_row};
pub use vector::{Reading, Status, VectorOptions};

/// The four kinds of upgrading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// More sophisticated products: higher prices for the same thing, more of what is hard to make.
    Product,
    /// The same product by a better process: more value added an hour, fewer inputs.
    Process,
    /// Other functions in the chain: design, management, marketing in place of fabrication.
    Functional,
    /// Other sectors: work moves to where a worker adds more.
    InterSectoral,
}

impl Kind {
    /// All four, in the order of the literature.
    pub const ALL: [Self; 4] = [Self::Product, Self::Process, Self::Functional, Self::InterSectoral];

    /// Flat id, as in results and on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Process => "process",
            Self::Functional => "functional",
            Self::InterSectoral => "inter-sectoral",
        }
    }

    /// Looks a kind up by id.
    ///
    /// # Errors
    /// [`UpgradingError::UnknownName`], with the nearest.
    pub fn find(name: &str) -> Result<Self, UpgradingError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.id() == name)
            .ok_or_else(|| UpgradingError::unknown("kind of upgrading", name, Self::ALL.map(Self::id)))
    }
}
