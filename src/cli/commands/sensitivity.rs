//! `vadex sensitivity`: which flows, coefficients and value-added shares move a measure most.

use clap::{Args, ValueEnum};

use crate::analysis::{Change, Rank, SensitivityAnalysis, SensitivityRows};
use crate::cli::args::{Common, Input, Modelling, OutputTo};
use crate::cli::draws::CellErrors;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Destination};
use crate::cli::{Outcome, progress, run};
use crate::frame::{Column, Frame};
use crate::uncertainty::{Measure, find_measure};

/// Which flows and coefficients move a share most
#[derive(Debug, Args)]
#[command(
    after_help = "Modes: `flows` changes z_ij, all other flows as they are; output of the seller and value added of seller and \
    buyer follow. `inputs` changes the coefficient A_ij at the cost of the buyer's value added, `coefficients` changes A_ij or \
    a value-added share alone; both hold exports and final demand. The effect of 1 % is to first order.\n\n\
    Measures: dva_share, fva_share, vs_share, vs1_share, vax_ratio, and the amounts dva, fva, vs, vs1, vax.\n\n\
    Example: vadex sensitivity builtin:wiod13/2005 --of dva_share --economy CHN"
)]
pub(crate) struct Sensitivity {
    #[command(flatten)]
    input: Input,
    /// The measure
    #[arg(long, value_name = "MEASURE", default_value = "dva_share")]
    of: String,
    /// The exporting economy
    #[arg(long, value_name = "NAME")]
    economy: String,
    /// One exporting sector (vs1, vax: one of origin)
    #[arg(long, value_name = "NAME")]
    sector: Option<String>,
    /// What is changed
    #[arg(long, value_enum, default_value_t = Mode::Flows)]
    mode: Mode,
    /// What a row is
    #[arg(long, value_enum, default_value_t = By::Cell)]
    by: By,
    /// What comes first
    #[arg(long, value_enum, default_value_t = RankArg::Effect)]
    rank: RankArg,
    /// Rows to show; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    #[command(flatten)]
    errors: CellErrors,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// What is changed, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Flows; output and value added follow
    Flows,
    /// Input coefficients at the cost of the buyer's value added
    Inputs,
    /// Input coefficients and value-added shares, each alone
    Coefficients,
}

/// What a row of the result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// A seller and a buyer
    Cell,
    /// A selling and a buying economy
    Economies,
    /// A selling sector and a buying sector or category
    Sectors,
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RankArg {
    /// Largest effect of 1 %, of either sign
    Effect,
    /// Largest part of the variance
    Variance,
}

impl Mode {
    fn word(self) -> &'static str {
        match self {
            Self::Flows => "flows",
            Self::Inputs => "inputs",
            Self::Coefficients => "coefficients",
        }
    }
}

impl From<Mode> for Change {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Flows => Self::Flows,
            Mode::Inputs => Self::Inputs,
            Mode::Coefficients => Self::Coefficients,
        }
    }
}

impl From<By> for SensitivityRows {
    fn from(by: By) -> Self {
        match by {
            By::Cell => Self::Cell,
            By::Economies => Self::Economies,
            By::Sectors => Self::Sectors,
        }
    }
}

impl From<RankArg> for Rank {
    fn from(rank: RankArg) -> Self {
        match rank {
            RankArg::Effect => Self::Effect,
            RankArg::Variance => Self::Variance,
        }
    }
}

impl Sensitivity {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        if let (true, Some(name)) = (self.mode != Mode::Flows, self.errors.given()) {
            return Err(Failure::request(
                format!("{name} with --mode {}: errors are those of flows", self.mode.word()),
                "leave it out, or ask for --mode flows",
            ));
        }
        let analysis = SensitivityAnalysis {
            measure: find_measure(&self.of)?,
            economy: self.economy.clone(),
            sector: self.sector.clone(),
            change: self.mode.into(),
            by: self.by.into(),
            rank: self.rank.into(),
            top: self.top,
            errors: self.errors.model()?,
            final_demand: self.errors.final_demand(),
        };
        analysis.check()?;
        let mut preparation = self.modelling.preparation(&self.input);
        preparation.admission = Some(common.admission_of(analysis.computed(), analysis.asked()));
        let (tables, what) = (self.input.tables()?, analysis.computed());
        let bar = progress::tables(tables.len(), &what, &mut preparation.reading, common);
        let collected =
            run::over_pieces(&tables, &what, &bar, common, &|table| analysis.run(&preparation, table))?;
        if !destination.is_screen() {
            return destination.write(collected.frames, &collected.notes, common);
        }
        let measure = analysis.measure;
        let rows: Vec<Frame> = collected.frames.iter().map(|frame| for_reading(frame, measure)).collect();
        let outcome = destination.write(rows, &collected.notes, common)?;
        if !common.quiet {
            output::talk(&self.legend(measure));
        }
        Ok(outcome)
    }

    /// What the headings of [`for_reading`] mean, each with its unit.
    fn legend(&self, measure: &Measure) -> String {
        let (id, changed) = (measure.id, if self.mode == Mode::Flows { "flow" } else { "coefficient" });
        let unit = if measure.is_share() { "in percentage points" } else { "an amount" };
        let mut legend = format!(
            "effect: what 1 % more of the {changed} adds to {id}, {unit}\n\
             elasticity: the same in per cent of {id}\n"
        );
        if self.mode == Mode::Flows {
            legend.push_str(&format!("variance: the row's part of the variance of {id}\n"));
        }
        legend
    }
}

/// The rows for a screen of 80 columns: seller and buyer in one column each, headings of one word, effects on a share in
/// percentage points.
fn for_reading(frame: &Frame, measure: &Measure) -> Frame {
    let mut shown = Frame::new();
    for field in frame.fields() {
        let (name, of, column) = match (field.name.as_str(), &field.column) {
            ("seller_economy" | "seller_sector", _) => ("seller", field.measure, place(frame, "seller")),
            ("buyer_economy" | "buyer_sector", _) => ("buyer", field.measure, place(frame, "buyer")),
            ("effect_of_1_percent", Column::Number(effects)) if measure.is_share() => {
                let points = effects.iter().map(|effect| 100.0 * effect).collect();
                ("effect", field.measure, Column::Number(points))
            }
            ("effect_of_1_percent", column) => ("effect", field.measure, column.clone()),
            ("variance_share", column) => ("variance", field.measure, column.clone()),
            (name, column) => (name, field.measure, column.clone()),
        };
        if shown.column(name).is_none() {
            shown = shown.with(name, of, column);
        }
    }
    shown
}

/// `CHN.c14`, or the economy or the sector alone where rows are added up.
fn place(frame: &Frame, side: &str) -> Column {
    let labels = ["economy", "sector"].map(|part| frame.column(&format!("{side}_{part}")));
    let label = |column: &Column, row: usize| match column {
        Column::Label { names, codes } => names[codes[row] as usize].clone(),
        _ => String::new(),
    };
    let names: Vec<String> = (0..frame.n_rows())
        .map(|row| {
            labels.into_iter().flatten().map(|column| label(column, row)).collect::<Vec<_>>().join(".")
        })
        .collect();
    Column::labels(&names, (0..names.len() as u32).collect())
}
