//! `vadex plot`: a result that was written, as a chart.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, RangedU64ValueParser};

use crate::chart::{self, CHARTS, Drawing, Request, Selection, Sheet};
use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
use crate::decompose::METHODS;
use crate::frame::Measure;
use crate::glossary;
use crate::indicators::INDICATORS;
use crate::load;
use crate::report::{ReportError, folder_of};

/// Draw a result: SVG, PNG, or lines of text in a terminal
#[derive(Debug, Args)]
#[command(
    after_help = "`vadex list charts` tells for each kind which columns it needs and which command makes them.\n\n\
    More: `vadex decompose builtin:wiod13/2011 --method wwz --exporter CHN | vadex plot waterfall - -o china.png`.\n\n\
    Example: vadex tiva builtin:wiod13 --economy CHN,MEX,USA -o tiva.csv\n  \
    vadex plot paths tiva.csv -o paths.svg\n  vadex plot lines tiva.csv --value vs_share"
)]
pub(crate) struct Plot {
    /// What to draw
    #[arg(value_name = "KIND", value_parser = kinds())]
    kind: String,
    /// Result of another command (CSV, Parquet, JSON; `-` is CSV on standard input); some kinds take a second
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Rows to draw: column=value, several values joined by +, years also as 1995-2011
    #[arg(long, value_name = "COLUMN=VALUE,..", value_delimiter = ',', value_parser = selection)]
    select: Vec<Selection>,
    /// Columns to draw [default: those that the kind looks for]
    #[arg(long, value_name = "COLUMN,..", value_delimiter = ',')]
    value: Vec<String>,
    /// Tell amounts as a percentage of another column
    #[arg(long, hide_short_help = true, value_name = "COLUMN")]
    percent_of: Option<String>,
    /// Names to show in a layer of flows; the others are put together
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
    top: usize,
    /// Title [default: made from the result]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Width in pixels: 720 suits a page, 390 a phone [default: 720; in a terminal its own width]
    #[arg(long, value_name = "PIXELS")]
    width: Option<f64>,
    /// Pixels of a PNG for each pixel of its width [default: 2]
    #[arg(long, hide_short_help = true, value_name = "FACTOR")]
    scale: Option<f32>,
    /// File to write: .svg or .png. `-` is standard output, as SVG [default: text in a terminal, SVG when piped]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Pixels of a PNG for each pixel of its width: sharp on the screens of today.
const PNG_SCALE: f32 = 2.0;

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(CHARTS.iter().map(|kind| kind.id()))
}

fn selection(text: &str) -> Result<Selection, String> {
    Selection::parse(text).ok_or_else(|| "write column=value or column=value+value".to_owned())
}

/// Where the drawing goes.
enum Target {
    Terminal,
    StandardOutput,
    Svg(PathBuf),
    Png(PathBuf),
}

impl Plot {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let target = self.target()?;
        if self.scale.is_some() && !matches!(target, Target::Png(_)) {
            return Err(Failure::request(
                "--scale is for PNG: an SVG and text have no pixels of their own",
                "leave it out, or name a file that ends in .png",
            ));
        }
        let Some(kind) = chart::find_chart(&self.kind) else {
            return Err(Failure::request(
                format!("no chart is called `{}`", self.kind),
                "`vadex list charts`",
            ));
        };
        if self.files.len() > kind.files() {
            return Err(Failure::request(
                format!("{}: {} files were given, {} is the most", self.kind, self.files.len(), kind.files()),
                "draw each by itself",
            ));
        }
        if self.files.iter().filter(|file| file.as_os_str() == "-").count() > 1 {
            return Err(Failure::request(
                "`-` twice: standard input holds one result",
                "write one to a file",
            ));
        }
        let sheets = self.files.iter().map(|file| self.sheet(file)).collect::<Result<Vec<_>, _>>()?;
        let computed = sheets[0].computed.clone();
        let meaning = |column: &str| meaning(column, &computed);
        let measure = |column: &str| measure(column, &computed);
        let request = Request {
            title: self.title.clone(),
            width: self.width.unwrap_or(chart::PAGE_WIDTH),
            values: self.value.clone(),
            percent_of: self.percent_of.clone(),
            top: self.top,
            meaning: &meaning,
            measure: &measure,
        };
        let drawing = kind.draw(&sheets, &request)?;
        self.write(&drawing, target, common)
    }

    /// Refused before anything is read when it cannot be written.
    fn target(&self) -> Result<Target, Failure> {
        let Some(path) = self.output.as_ref() else {
            let text = io::stdout().is_terminal();
            return Ok(if text { Target::Terminal } else { Target::StandardOutput });
        };
        if path.as_os_str() == "-" {
            return Ok(Target::StandardOutput);
        }
        let folder = folder_of(path);
        if !folder.is_dir() {
            return Err(Failure::request(
                format!("{}: the folder {} does not exist", path.display(), folder.display()),
                "create it first, or write somewhere else",
            ));
        }
        match path.extension().and_then(|text| text.to_str()).map(str::to_lowercase).as_deref() {
            Some("svg") => Ok(Target::Svg(path.clone())),
            Some("png") => Ok(Target::Png(path.clone())),
            Some("txt") => Err(Failure::request(
                format!("{}: a chart is written as .svg or .png", path.display()),
                "without -o a terminal shows it as text",
            )),
            _ => Err(Failure::request(
                format!("{}: a chart is written as .svg or .png", path.display()),
                "name the file so: -o chart.svg",
            )),
        }
    }

    fn sheet(&self, path: &Path) -> Result<Sheet, Failure> {
        let result = load::saved_result(path)?;
        let sheet = Sheet {
            name: if path.as_os_str() == "-" { "standard input".into() } else { short(path) },
            frame: result.frame,
            unit: result.unit,
            computed: result.computed,
            sources: result.sources,
        };
        if self.files.first().is_some_and(|first| first == path) {
            return Ok(sheet.select(&self.select)?);
        }
        // A further file need not have every column or value that is asked for.
        let selections: Vec<Selection> = self
            .select
            .iter()
            .map(|selection| {
                let there = |value: &&String| {
                    let one = Selection { column: selection.column.clone(), values: vec![(*value).clone()] };
                    sheet.select(&[one]).is_ok()
                };
                let values = selection.values.iter().filter(there).cloned().collect();
                Selection { column: selection.column.clone(), values }
            })
            .filter(|selection| !selection.values.is_empty())
            .collect();
        Ok(sheet.select(&selections)?)
    }

    fn write(&self, drawing: &Drawing, target: Target, common: &Common) -> Result<Outcome, Failure> {
        let path = match target {
            Target::Terminal => {
                let (columns, rows) =
                    terminal_size::terminal_size().map_or((80, 24), |(width, height)| (width.0, height.0));
                output::print(&drawing.terminal(columns, rows))?;
                return Ok(Outcome::Done);
            }
            Target::StandardOutput => {
                output::print(&format!("{}\n", drawing.svg()))?;
                return Ok(Outcome::Done);
            }
            Target::Svg(path) => {
                whole(&path, format!("{}\n", drawing.svg()).as_bytes())?;
                path
            }
            Target::Png(path) => {
                whole(&path, &drawing.png(self.scale.unwrap_or(PNG_SCALE))?)?;
                path
            }
        };
        if !common.quiet {
            output::say(&format!("written: {}", path.display()));
        }
        Ok(Outcome::Done)
    }
}

fn whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    output::write_whole(path, |file| Ok(file.write_all(bytes).map_err(ReportError::from)?))
}

/// A file's own name: a chart tells no folders.
fn short(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A column in words: of the indicator or method that computed it first, then of any.
fn meaning(column: &str, computed: &str) -> Option<String> {
    let base = column.split(" (").next()?;
    let of_indicator = |id: Option<&str>| {
        INDICATORS
            .iter()
            .map(|indicator| indicator.profile())
            .filter(|profile| id.is_none_or(|id| computed_by(computed, id) && profile.id == id))
            .find_map(|profile| profile.columns.iter().find(|known| known.name == base))
            .map(|known| known.meaning)
    };
    let of_method = |own: bool| {
        METHODS
            .iter()
            .filter(|method| !own || computed_by(computed, method.id()))
            .flat_map(|method| method.levels().iter().flat_map(|&level| method.terms(level)))
            .find(|term| term.symbol == base)
            .map(|term| term.meaning)
    };
    let own = computed.split_whitespace().find_map(|word| of_indicator(Some(word.trim_matches(','))));
    let found = own
        .or_else(|| of_method(true))
        .or_else(|| glossary::find(base).map(|entry| entry.meaning))
        .or_else(|| of_method(false))
        .or_else(|| of_indicator(None))?;
    Some(plain_words(found))
}

/// `decompose wwz` names `wwz`.
fn computed_by(computed: &str, id: &str) -> bool {
    computed.split([' ', ',']).any(|word| word == id)
}

/// The first clause of a meaning: conditions and remarks are for `vadex explain`.
fn plain_words(meaning: &str) -> String {
    // What a word means in one command: the chart says which.
    let text = match meaning.strip_prefix("in `").and_then(|rest| rest.split_once("`: ")) {
        Some((_, text)) => text,
        None => meaning,
    };
    let end = text.find([';', '(']).unwrap_or(text.len());
    let text = text[..end].trim_end();
    // Charts tell fractions in percent.
    if text.is_empty() { meaning.to_owned() } else { text.replace("as a fraction of", "as a share of") }
}

/// How a column is to be read.
fn measure(column: &str, computed: &str) -> Measure {
    /// Shares of `tiva`, which is no indicator of the registry.
    const SHARES: [&str; 4] = ["dva_share", "vs_share", "vax_ratio", "int_share"];
    if SHARES.contains(&column) {
        return Measure::Share;
    }
    let known = |own: bool| {
        INDICATORS
            .iter()
            .map(|indicator| indicator.profile())
            .filter(|profile| !own || computed_by(computed, profile.id))
            .find_map(|profile| profile.columns.iter().find(|known| known.name == column))
            .map(|known| known.measure)
    };
    if let Some(measure) = known(true) {
        return measure;
    }
    let is_term = METHODS.iter().any(|method| {
        method.levels().iter().any(|&level| method.terms(level).iter().any(|term| term.symbol == column))
    });
    if is_term || ["gexp", "dva", "fva", "vs", "vs1", "vax"].contains(&column) {
        return Measure::Amount;
    }
    known(false).unwrap_or(if column.ends_with("_share") { Measure::Share } else { Measure::Pure })
}
