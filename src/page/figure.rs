//! What a section hands over: figures in words and numbers, without any HTML.
//!
//! Every cell of a table names the column of the CSV that it shows, so what is printed and what is written cannot part.

use std::sync::Arc;

use super::PageError;
use super::dataset::Dataset;
use super::number;
use crate::chart::{ChartError, Drawing};
use crate::decompose::{Citation, Method};
use crate::indicators::Indicator;

/// A figure: heading, what it says, drawings and tables, where the numbers come from.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Anchor, unique on the page.
    pub id: String,
    /// Heading.
    pub heading: String,
    /// What it shows and states, one or more sentences made from the numbers.
    pub says: String,
    /// How to read it.
    pub reads: String,
    /// Units, in words.
    pub unit: String,
    /// Where the numbers come from.
    pub source: String,
    /// How they were computed.
    pub methods: Vec<MethodNote>,
    /// Glossary entries that a reader may want.
    pub terms: Vec<&'static str>,
    /// What is seen.
    pub body: Vec<Body>,
    /// The numbers.
    pub data: Vec<Arc<Dataset>>,
}

/// A part of a figure.
#[derive(Debug, Clone)]
pub enum Body {
    /// A drawing as SVG.
    Drawing(String),
    /// A table.
    Table(Table),
}

/// Rows of a dataset as a table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Caption.
    pub caption: String,
    /// The numbers.
    pub data: Arc<Dataset>,
    /// Columns; the first is the header of each row.
    pub columns: Vec<Shown>,
    /// Rows of the dataset, in the order of the table.
    pub rows: Vec<usize>,
}

/// A column of a table: its heading and what stands in it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Heading.
    pub heading: String,
    /// What stands in it.
    pub cell: Cell,
}

/// What stands in the cells of a column. Names are those of the dataset's columns.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Text as it is.
    Text(&'static str),
    /// The code of an economy with its name.
    Economy(&'static str),
    /// The code of a sector by its name.
    Sector(&'static str),
    /// A year or another whole number.
    Whole(&'static str),
    /// A fraction in percent.
    Percent(&'static str),
    /// A difference of fractions in percentage points.
    Points(&'static str),
    /// An amount.
    Amount(&'static str),
    /// A number with decimals.
    Plain(&'static str, usize),
    /// A number of any size with three digits.
    Significant(&'static str),
    /// Point, low and high: `x [low, high]`, each as [`Cell::Significant`].
    Estimate(&'static str, &'static str, &'static str),
    /// As [`Cell::Estimate`], followed by the text of a column that says what the number counts.
    EstimateOf(&'static str, &'static str, &'static str, &'static str),
    /// Two texts, one after the other.
    Two(&'static str, &'static str),
    /// Low and high of a fraction in percent.
    PercentRange(&'static str, &'static str),
    /// A year with its interval; empty where there is none.
    Turn(&'static str, &'static str, &'static str),
    /// A verdict and the code of its reason.
    Verdict(&'static str, &'static str),
    /// Something that is no number, one a row of the table, and the same in words for those who do not see it: a small path,
    /// for example.
    Given(Vec<(String, String)>),
    /// Words, one text a row of the table, where the dataset has only their key.
    Said(Vec<String>),
    /// As [`Cell::Economy`], as a link to the economy's page.
    EconomyLink(&'static str),
}

/// A number as it is printed, and the column that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words and signs.
    Words(String),
    /// A number of the column of this name.
    Number(&'static str, String),
}

impl Shown {
    /// A column.
    pub fn new(heading: impl Into<String>, cell: Cell) -> Self {
        Self { heading: heading.into(), cell }
    }
}

impl Cell {
    /// Are the cells numbers, to be set flush right?
    pub fn is_number(&self) -> bool {
        !matches!(
            self,
            Self::Text(_)
                | Self::Economy(_)
                | Self::EconomyLink(_)
                | Self::Sector(_)
                | Self::Verdict(..)
                | Self::Two(..)
                | Self::EstimateOf(..)
                | Self::Given(_)
                | Self::Said(_)
        )
    }

    /// What stands in the cell of row `row` of the dataset, the `position`-th of the table.
    pub fn pieces(&self, data: &Dataset, row: usize, position: usize) -> Vec<Piece> {
        let value = |column: &str| data.number(column, row);
        let words = |text: String| vec![Piece::Words(text)];
        let one = |column: &'static str, text: String| {
            if value(column).is_finite() {
                vec![Piece::Number(column, text)]
            } else {
                words(number::NONE.into())
            }
        };
        let spread = |column: &'static str, of: &dyn Fn(f64) -> String| {
            if value(column).is_finite() {
                Piece::Number(column, of(value(column)))
            } else {
                Piece::Words(number::NONE.into())
            }
        };
        match self {
            Self::Text(column) => words(data.text(column, row)),
            Self::Economy(column) | Self::EconomyLink(column) => {
                words(super::names::economy(&data.text(column, row)))
            }
            Self::Sector(column) => words(super::names::sector(&data.text(column, row))),
            Self::Whole(column) => {
                let text = data.text(column, row);
                if text.is_empty() { words(number::NONE.into()) } else { one(column, text) }
            }
            Self::Percent(column) => one(column, number::percent(value(column))),
            Self::Points(column) => one(column, number::points(value(column))),
            Self::Amount(column) => one(column, number::amount(value(column))),
            Self::Plain(column, decimals) => one(column, number::plain(value(column), *decimals)),
            Self::Significant(column) => one(column, number::significant(value(column))),
            Self::Estimate(point, low, high) => {
                if !value(point).is_finite() {
                    return words(number::UNKNOWN.into());
                }
                let show = |value: f64| number::significant(value);
                if !value(low).is_finite() && !value(high).is_finite() {
                    return vec![spread(point, &show), Piece::Words(" (no interval)".into())];
                }
                vec![
                    spread(point, &show),
                    Piece::Words(" [".into()),
                    spread(low, &show),
                    Piece::Words(", ".into()),
                    spread(high, &show),
                    Piece::Words("]".into()),
                ]
            }
            Self::EstimateOf(point, low, high, unit) => {
                let mut pieces = Self::Estimate(point, low, high).pieces(data, row, position);
                if value(point).is_finite() {
                    pieces.push(Piece::Words(format!(" {}", data.text(unit, row))));
                }
                pieces
            }
            Self::Two(first, second) => {
                words(format!("{}. {}", data.text(first, row), data.text(second, row)))
            }
            Self::PercentRange(low, high) => vec![
                spread(low, &number::percent),
                Piece::Words(" to ".into()),
                spread(high, &number::percent),
            ],
            Self::Turn(point, low, high) => {
                if !value(point).is_finite() {
                    return words("none in these years".into());
                }
                let show = |value: f64| format!("{value:.1}");
                let mut pieces = vec![spread(point, &show)];
                if value(low).is_finite() && value(high).is_finite() {
                    pieces.extend([
                        Piece::Words(" [".into()),
                        spread(low, &show),
                        Piece::Words(", ".into()),
                        spread(high, &show),
                        Piece::Words("]".into()),
                    ]);
                } else {
                    pieces.push(Piece::Words(" (interval not bounded)".into()));
                }
                pieces
            }
            Self::Verdict(verdict, code) => {
                let (verdict, code) = (data.text(verdict, row), data.text(code, row));
                let verdict = if verdict == "NotSupported" { "Not supported".into() } else { verdict };
                words(if code.is_empty() { verdict } else { format!("{verdict} ({code})") })
            }
            Self::Given(drawn) => {
                words(drawn.get(position).map_or_else(String::new, |(drawn, _)| drawn.clone()))
            }
            Self::Said(texts) => words(texts.get(position).cloned().unwrap_or_default()),
        }
    }
}

/// How the numbers of a figure were computed: an entry of the page's appendix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodNote {
    /// Id, as on the command line.
    pub id: String,
    /// In words.
    pub words: String,
    /// Equation, where there is one.
    pub equation: String,
    /// Sources: words and DOI.
    pub sources: Vec<(String, String)>,
    /// What a reader must beware of.
    pub cautions: Vec<String>,
}

impl MethodNote {
    /// The note of a decomposition.
    pub fn of_method(method: &dyn Method) -> Self {
        Self {
            id: method.id().to_owned(),
            words: method.summary().to_owned(),
            equation: String::new(),
            sources: vec![cited(&method.citation())],
            cautions: method.caution().map(str::to_owned).into_iter().collect(),
        }
    }

    /// The note of an indicator.
    pub fn of_indicator(indicator: &dyn Indicator) -> Self {
        let profile = indicator.profile();
        Self {
            id: profile.id.to_owned(),
            words: profile.question.to_owned(),
            equation: profile.equation.to_owned(),
            sources: profile.citations.iter().map(cited).collect(),
            cautions: profile.cautions.iter().map(|caution| (*caution).to_owned()).collect(),
        }
    }

    /// Content of exports and value-added exports, the command `tiva`.
    pub fn tiva() -> Self {
        let source = |words: &str, doi: &str| (words.to_owned(), doi.to_owned());
        Self {
            id: "tiva".into(),
            words: "How much of what an economy exports was made there, how much came from abroad, and where its own \
                    value added ends up."
                .into(),
            equation: "dva = v_s B_ss e_s; fva = \u{3a3}_{t\u{2260}s} v_t B_ts e_s; vax = v_s \u{3a3}_k B_sk y_kr".into(),
            sources: vec![
                source("Hummels, Ishii and Yi (2001)", "10.1016/S0022-1996(00)00093-3"),
                source("Johnson and Noguera (2012)", "10.1016/j.jinteco.2011.10.003"),
                source("Koopman, Wang and Wei (2014)", "10.1257/aer.104.2.459"),
            ],
            cautions: vec![
                "dva and fva are contents: what crosses a border twice is counted twice, as in the OECD's EXGR_DVA and EXGR_FVA"
                    .into(),
            ],
        }
    }
}

fn cited(citation: &Citation) -> (String, String) {
    (format!("{}, {}", citation.authors, citation.work), citation.doi.to_owned())
}

/// A drawing for figure `id`, or the error that names it.
///
/// # Errors
/// [`PageError::Chart`].
pub fn drawn(id: &str, drawing: Result<Drawing, ChartError>) -> Result<Body, PageError> {
    drawing
        .map(|drawing| Body::Drawing(drawing.svg()))
        .map_err(|source| PageError::Chart { figure: id.to_owned(), source })
}
