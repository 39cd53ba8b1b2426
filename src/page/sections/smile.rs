//! A smile curve: what the stages of one world chain keep of their output, by their distance from the final product.

use std::sync::Arc;

use super::Section;
use super::verdicts::verdict_words;
use crate::chart::{Smile, SmilePoint, Words};
use crate::frame::Measure;
use crate::page::chain_stages::ChainStages;
use crate::page::dataset::{Dataset, frame, numbers, texts};
use crate::page::figure::drawn;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Figure, MethodNote, PageError, Shown, Table, names, number};

/// The curve.
pub(super) struct SmileCurve;

/// Stages in the table, the largest first.
const STAGES: usize = 20;

/// Stages of the chain by industry, wherever they are.
///
/// ```text
/// distance = Σ o d / Σ o        value added in output = Σ v o / Σ o        over the economies of an industry
/// ```
fn industries(stages: &Dataset) -> Arc<Dataset> {
    let mut names: Vec<String> = Vec::new();
    for row in stages.rows() {
        let sector = stages.text("sector", row);
        if !names.contains(&sector) {
            names.push(sector);
        }
    }
    let sum = |sector: &str, of: &dyn Fn(usize) -> f64| -> f64 {
        stages.rows_with(&[("sector", sector)]).into_iter().map(of).sum()
    };
    let output = |row: usize| stages.number("chain_output", row);
    let column = |name: &str, measure: Measure, of: &dyn Fn(&str) -> f64| {
        numbers(name, measure, names.iter().map(|sector| of(sector)).collect::<Vec<_>>())
    };
    let frame = frame([
        texts("sector", names.iter().cloned()),
        column("distance", Measure::Pure, &|sector| {
            sum(sector, &|row| output(row) * stages.number("distance", row)) / sum(sector, &output)
        }),
        column("va_share_output", Measure::Share, &|sector| {
            sum(sector, &|row| stages.number("chain_va", row)) / sum(sector, &output)
        }),
        column("chain_va", Measure::Amount, &|sector| sum(sector, &|row| stages.number("chain_va", row))),
        column("chain_va_share", Measure::Share, &|sector| {
            sum(sector, &|row| stages.number("chain_va_share", row))
        }),
    ]);
    Dataset::new("chain-industries", frame, stages.notes.clone(), "")
}

/// A name short enough for a point: up to the first comma or `and`. One word of several may be another industry
/// (`Manufacturing` of `Manufacturing not elsewhere classified`), so two are kept at least.
fn short(name: &str) -> String {
    let stops = [", ", "; ", " and ", " not "];
    let mut ends: Vec<usize> = stops
        .iter()
        .flat_map(|stop| name.match_indices(*stop).map(|(at, _)| at))
        .chain([name.len()])
        .collect();
    ends.sort_unstable();
    let long_enough = |end: &&usize| name[..**end].split_whitespace().count() > 1;
    let end = ends.iter().find(long_enough).copied().unwrap_or(name.len());
    name[..end].to_owned()
}

impl Section for SmileCurve {
    fn id(&self) -> &'static str {
        "smile"
    }

    fn title(&self) -> &'static str {
        "Do the ends of a chain earn most?"
    }

    fn wants(&self) -> Vec<Wanted> {
        vec![Wanted::new("chain-stages", Span::Last, ChainStages, "")]
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let Some(data) = found.data("chain-stages") else { return Ok(Vec::new()) };
        let rows = data.largest(data.rows().collect(), "chain_va_share", STAGES);
        let Some(&first) = rows.first() else { return Ok(Vec::new()) };
        let product = names::sector_said(&data.text("product", first));
        let industries = industries(data);
        let points = industries
            .rows()
            .filter(|&row| industries.number("chain_va_share", row) > 0.0)
            .map(|row| SmilePoint {
                name: short(&names::sector(&industries.text("sector", row))),
                position: industries.number("distance", row),
                share: 100.0 * industries.number("va_share_output", row),
                size: industries.number("chain_va_share", row),
            })
            .collect();
        let heading = format!("The world chain of {product}{}", found.in_last_year());
        let words = Words {
            title: String::new(),
            x: "Distance from the final product (transactions)".into(),
            y: "Value added in output (%)".into(),
            source: String::new(),
            note: "Area of a circle: part of the chain's value added.".into(),
            description: format!(
                "A circle for each industry over all economies ({}): to the right the farther from the final product, upward the \
                 more of a unit of output is value added; the area of a circle is its part of the chain's value added.",
                number::count(industries.frame.n_rows(), "industry", "industries")
            ),
        };
        let drawing = drawn("fig-smile", Smile { words, points }.draw())?;
        let part: f64 = rows.iter().map(|&row| data.number("chain_va_share", row)).sum();
        let claim = found.claims.as_ref().and_then(|claims| claims.find("C32")).map_or_else(
            || {
                " Whether the ends earn most is the question of claim C32, which was not asked for."
                    .to_owned()
            },
            |finding| {
                let record = &finding.outcome.record;
                format!(
                    " Whether the ends of chains earn most over all manufactures is claim C32: {} ({}).",
                    verdict_words(record.verdict),
                    record.reason
                )
            },
        );
        let name = format!(
            "{} of {}",
            names::sector_said(&data.text("sector", first)),
            names::said(&data.text("economy", first))
        );
        let all_shown = rows.len() == data.frame.n_rows();
        let stages = number::count(data.frame.n_rows(), "stage", "stages");
        let together = if all_shown {
            format!("The chain has {stages} (an industry of an economy each)")
        } else {
            format!(
                "Of {stages} (an industry of an economy each) the {} earn {} of the chain's value added",
                number::largest(rows.len(), "one", "ones"),
                number::percent(part)
            )
        };
        let table = Table {
            caption: if all_shown {
                "Every stage of the chain".into()
            } else {
                format!("The {} of the chain", number::largest(rows.len(), "stage", "stages"))
            },
            columns: vec![
                Shown::new("Economy", Cell::EconomyLink("economy")),
                Shown::new("Industry", Cell::Sector("sector")),
                Shown::new("Distance, transactions", Cell::Plain("distance", 2)),
                Shown::new("Value added in output", Cell::Percent("va_share_output")),
                Shown::new("Value added in the chain", Cell::Amount("chain_va")),
                Shown::new("Part of the chain", Cell::Percent("chain_va_share")),
            ],
            rows: rows.clone(),
            data: Arc::clone(data),
        };
        let of_industries = industries.largest(industries.rows().collect(), "chain_va_share", usize::MAX);
        let by_industry = Table {
            caption: "Industries of the chain, over all economies".into(),
            columns: vec![
                Shown::new("Industry", Cell::Sector("sector")),
                Shown::new("Distance, transactions", Cell::Plain("distance", 2)),
                Shown::new("Value added in output", Cell::Percent("va_share_output")),
                Shown::new("Value added in the chain", Cell::Amount("chain_va")),
                Shown::new("Part of the chain", Cell::Percent("chain_va_share")),
            ],
            rows: of_industries,
            data: industries.clone(),
        };
        Ok(vec![Figure {
            id: "fig-smile".into(),
            heading,
            says: format!(
                "{together}; the largest is {name} with {}{}.{claim}",
                number::percent(data.number("chain_va_share", first)),
                if all_shown { " of the chain's value added" } else { "" }
            ),
            reads: "Circles are industries over all economies; the table has the largest single stages. A smile would show high points at both ends and low points between. Stages after the factory (distribution, \
                    marketing) lie outside a chain at basic prices, so the right-hand end of the usual drawing is not seen here."
                .into(),
            unit: format!("transactions; percent of output; value added in {}", found.unit),
            source: found.source(),
            methods: vec![MethodNote {
                id: "chain-stages".into(),
                words: "Output of every industry in the world chain that ends in one product, and the mean number of transactions \
                        between the two."
                    .into(),
                equation: "o = B F; distance = (B o \u{2212} o) / o; value added = v # o".into(),
                sources: vec![
                    ("Ye, Meng and Wei (2015), measuring smile curves in global value chains, IDE Discussion Paper 530".into(), String::new()),
                    ("Timmer, Erumban, Los, Stehrer and de Vries (2014)".into(), "10.1257/jep.28.2.99".into()),
                ],
                cautions: vec!["the average technology of an industry, whatever it makes for the chain".into()],
            }],
            terms: vec!["distance", "va_share_output", "chain_va_share"],
            body: vec![drawing, Body::Table(by_industry), Body::Table(table)],
            data: vec![industries, Arc::clone(data)],
        }])
    }
}
