//! `vadex ownership`: domestic value added in exports by owner, or its bounds.

use std::path::PathBuf;

use clap::Args;

use super::upgrading::find;
use crate::analysis::{Beside, note_file, note_missing};
use crate::cli::Outcome;
use crate::cli::args::{Common, Input, Modelling, OutputTo};
use crate::cli::beside::{self, Accounts};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::level::Level;
use crate::upgrading::Figures;
use crate::upgrading::figures::Range;
use crate::upgrading::ownership::{self, BOUNDS, Endings};
use crate::upgrading::panel::CAPITAL;

/// Domestic value added in exports by owner of the firms
///
/// Domestic value added in exports by owner: domestically- and foreign-owned firms, or bounds where owners are not known.
#[derive(Debug, Args)]
#[command(
    after_help = "Owners are read from a split table (economies CHN_D and CHN_F, or sectors c14_D and c14_F; the parts of an \
    economy are solved apart and then one exporter), else from --ownership FILE (CSV economy,sector,year,share: the \
    foreign-owned part of value added), else there are bounds only: from 0 to the capital share, because labour compensation \
    stays at home whoever owns the firm. Column `basis` says which, row by row: split, shares or bounds.\n\n\
    More: `vadex ownership amne/ --domestic-suffix _D --foreign-suffix _F -o owners.csv`.\n\n\
    Example: vadex ownership builtin:wiod13 --year 2007 --economy CHN,MEX"
)]
pub(crate) struct Ownership {
    #[command(flatten)]
    input: Input,
    /// One row a sector of origin
    #[arg(long)]
    sectors: bool,
    /// Economies, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    /// Foreign-owned shares of value added: CSV economy,sector,year,share
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    ownership: Option<PathBuf>,
    /// Ending of domestically-owned parts
    #[arg(long, value_name = "TEXT", default_value = "_D")]
    domestic_suffix: String,
    /// Ending of foreign-owned parts
    #[arg(long, value_name = "TEXT", default_value = "_F")]
    foreign_suffix: String,
    #[command(flatten)]
    accounts: Accounts,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

impl Ownership {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let endings =
            Endings { domestic: self.domestic_suffix.clone(), foreign: self.foreign_suffix.clone() };
        let beside = Beside {
            accounts: Some(self.accounts.files()),
            wanted: &[CAPITAL],
            computed: "ownership",
            owners: Some(endings.clone()),
            ..Beside::default()
        };
        let (panel, mut notes) = beside::panel(beside, &self.input, &self.modelling, common)?;
        let axis = panel.axis();
        let economies = find(&self.economy, |name| axis.find_economy(name))?;
        let level = if self.sectors { Level::Sector } else { Level::Country };
        let figures = match &self.ownership {
            Some(path) => {
                let figures = Figures::read(path, "share", None, Range::Fraction)?;
                let missing = figures.check(axis, &panel.calendar())?;
                note_file(&mut notes, "foreign-owned shares", path)?;
                let known = |year: i32| (!missing.contains(&year)).then(|| figures.by_row(axis, year, ""));
                note_missing(&panel, &mut notes, "foreign-owned shares", |facts| known(facts.year));
                Some(figures)
            }
            None => None,
        };
        let split = match endings.foreign_share(axis) {
            // Endings that were given and that no label has: a slip, not a table that is not split.
            Err(error) if endings != Endings::default() => return Err(error.into()),
            split => split,
        };
        let basis = match (&figures, &split) {
            (Some(_), _) => "shares",
            (None, Ok(_)) => "split",
            (None, Err(_)) => BOUNDS,
        };
        if basis == BOUNDS && panel.years().iter().all(|facts| facts.account(CAPITAL).is_none()) {
            return Err(Failure::request(
                "owners are not known, and capital income, which bounds what they take, is not either",
                "give --ownership FILE (economy,sector,year,share), a table split by owner, or --capital FILE",
            ));
        }
        notes.remarks.push(
            match basis {
                "split" => "owners from the labels of the table",
                "shares" => {
                    "owners from shares of value added by industry: firms of both kinds are taken to export alike, so the \
                     foreign-owned part is rather too low"
                }
                _ => {
                    "owners are not known: foreign_owned_min and foreign_owned_max are bounds (zero, and the capital share \
                     of domestic value added in exports), not an interval"
                }
            }
            .into(),
        );
        if basis == "shares" && split.is_ok() {
            notes.remarks.push("the endings of labels do not say who the owners are: the file does".into());
        }
        if let (None, Ok(shares)) = (&figures, &split) {
            note_missing(&panel, &mut notes, "owners in the labels", |_| Some(shares.clone()));
        }
        let mut unknown = false;
        let mut frames = Vec::new();
        for facts in panel.years() {
            let mut owners = match (&figures, &split) {
                (Some(figures), _) => {
                    let shares = figures.by_row(axis, facts.year, "");
                    ownership::by_owner(axis, facts, &shares, level, &endings)
                }
                (None, Ok(shares)) => ownership::by_owner(axis, facts, shares, level, &endings),
                (None, Err(_)) => ownership::bounds(axis, facts, level),
            };
            owners.retain(|unit| economies.is_empty() || economies.contains(&unit.economy));
            unknown |= owners.iter().any(|unit| !unit.known);
            frames.push(ownership::frame(axis, &owners, facts.year, basis));
        }
        if unknown && basis != BOUNDS {
            notes.remarks.push(
                "basis bounds: the foreign-owned part of rows whose owners are not known is between nothing and their capital \
                 income, or all of them where that is not known (--capital)"
                    .into(),
            );
        }
        destination.write(frames, &notes, common)
    }
}
