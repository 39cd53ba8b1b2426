//! `vadex claims`: the claims of the literature, each with its verdict. Also what `vadex` alone does.

use std::path::PathBuf;

use clap::Args;

use crate::claims::{
    self, CLAIMS, Claim, ClaimData, ClaimOptions, Extra, Outcome as Finding, Step, VerdictRecord,
};
use crate::cli::args::{Common, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Destination, wrapped};
use crate::cli::{Outcome, progress};
use crate::frame::ResultNotes;
use crate::load::{self, ReadOptions};
use crate::upgrading::figures::Range;
use crate::upgrading::{Figures, FunctionShares};

/// Test claims of the literature: verdict, estimate, reason
///
/// Test claims of the literature on global value chains: one line a claim, with verdict, estimate and reason.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "Verdicts: Supported, NotSupported, or Undetermined with the reason: D1 the answer depends on how it is \
    measured, D2 too little power, D3 data not loaded, D4 a causal question and a descriptive design.\n\n\
    The tables behind a verdict: `vadex claims C2 --detail paths -o paths.csv`; other tables than the embedded ones: \
    `--table DIR`.\n\n\
    Example: vadex claims C9 -v"
)]
pub(crate) struct Claims {
    /// Claims to test, by id [default: all]
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Directory of tables, one a year; may be repeated, the first gives the headline [default: the embedded tables]
    #[arg(long, value_name = "DIR")]
    table: Vec<String>,
    /// Directory of the same tables in prices of the year before, for C1, C2, C15, C18 and C36
    #[arg(long, value_name = "DIR", requires = "table")]
    prices: Option<String>,
    /// Jobs and labour income beside --table, for C18 to C20, C31, C34, C36 and C38: accounts of `vadex aggregate
    /// --satellites`
    #[arg(long, value_name = "FILE", requires = "table")]
    accounts: Option<PathBuf>,
    /// Shares of business functions, for C18, C33, C34 and C38: CSV economy,sector,year,function,share
    #[arg(long, value_name = "FILE")]
    occupations: Option<PathBuf>,
    /// Foreign-owned parts of value added, for C3 and C30: CSV economy,sector,year,share
    #[arg(long, value_name = "FILE")]
    ownership: Option<PathBuf>,
    /// Sectors that are R&D, comma-separated, for C37 [default: M72, by label]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    research: Vec<String>,
    /// A table behind the verdict instead of the verdict: specifications of most claims, others of some (economies,
    /// paths, turns, decomposition, ...); a wrong name lists those there are
    #[arg(long, value_name = "NAME")]
    detail: Option<String>,
    /// Importer id for --table (`vadex list importers`) [default: recognised from content]
    #[arg(long, value_name = "ID", requires = "table")]
    from: Option<String>,
    #[command(flatten)]
    output: OutputTo,
}

impl Claims {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let plain = self.output.output.is_none() && self.output.format.is_none();
        let destination = Destination::of(&self.output)?;
        let wanted: Vec<&'static dyn Claim> = if self.ids.is_empty() {
            CLAIMS.to_vec()
        } else {
            self.ids.iter().map(|id| claims::find(id)).collect::<Result<_, _>>()?
        };
        let options = common.reading(ReadOptions { importer: self.from.clone(), ..ReadOptions::default() });
        let tables = ClaimData::count(&self.table)?;
        let bar = progress::bar(tables + wanted.len(), "claims", common);
        let prices = self.prices.as_deref();
        let mut hears = |step: Step<'_>| match step {
            Step::Table(name) => {
                bar.set_message(name.to_owned());
                // National tables are told year by year and counted not at all.
                if bar.position() < tables as u64 {
                    bar.inc(1);
                }
            }
            Step::Memory(text) if common.verbose && !common.quiet => bar.suspend(|| output::say(text)),
            Step::Memory(_) => {}
        };
        let mut data = ClaimData::open_solved_by(&self.table, prices, &options, None, &mut hears)?;
        // National tables come in one read: what was counted and what was told may differ.
        bar.set_position(tables as u64);
        if let Some(path) = &self.accounts {
            let accounts = load::satellites(&path.to_string_lossy())?;
            data.series
                .iter_mut()
                .filter(|series| series.is_world())
                .for_each(|series| series.attach(&accounts));
        }
        data.extra = Extra {
            occupations: self.occupations.as_deref().map(FunctionShares::read).transpose()?,
            ownership: self
                .ownership
                .as_deref()
                .map(|path| Figures::read(path, "share", None, Range::Fraction))
                .transpose()?,
            research: self.research.clone(),
        };
        let mut findings = Vec::with_capacity(wanted.len());
        for claim in wanted {
            bar.set_message(claim.card().id);
            findings.push((claim, claim.evaluate(&data, &ClaimOptions::default())?));
            bar.inc(1);
        }
        bar.finish_and_clear();
        let notes = data.notes();
        if let Some(name) = &self.detail {
            return detail(&destination, name, findings, &notes, common);
        }
        if plain {
            let text = if common.verbose { whole(&findings) } else { lines(&findings) };
            output::print(&text)?;
            if !common.quiet {
                output::print_remarks(&notes, common);
            }
            return Ok(Outcome::of(&notes, common));
        }
        let records: Vec<VerdictRecord> = findings.into_iter().map(|(_, finding)| finding.record).collect();
        let unit = UNITS_OF_ESTIMATES.to_owned();
        destination.write([claims::verdict::frame(&records)], &ResultNotes { unit, ..notes }, common)
    }
}

/// Unit of a list of claims.
const UNITS_OF_ESTIMATES: &str = "of each estimate: column estimate_unit";

fn detail(
    destination: &Destination,
    name: &str,
    findings: Vec<(&'static dyn Claim, Finding)>,
    notes: &ResultNotes,
    common: &Common,
) -> Result<Outcome, Failure> {
    let mut known: Vec<(&str, Vec<&str>)> = Vec::new();
    for (claim, finding) in findings {
        for (other, frame) in finding.details {
            if other == name {
                let computed = format!("claims {} --detail {name}", claim.card().id);
                let has = |column: &str| frame.column(column).is_some();
                // An estimate is in no table's unit.
                let unit = match (has("estimate_unit"), has("estimate")) {
                    (true, _) => UNITS_OF_ESTIMATES.to_owned(),
                    (false, true) => finding.record.estimate_unit.clone(),
                    (false, false) => notes.unit.clone(),
                };
                return destination.write([frame], &ResultNotes { computed, unit, ..notes.clone() }, common);
            }
            let id = claim.card().id;
            match known.iter_mut().find(|(table, _)| *table == other) {
                Some((_, claims)) => claims.push(id),
                None => known.push((other, vec![id])),
            }
        }
    }
    let hint = if known.is_empty() {
        "the claims asked for have no tables behind them; try `vadex claims C2 --detail paths`".to_owned()
    } else {
        let known: Vec<String> =
            known.iter().map(|(table, claims)| format!("{table} ({})", claims.join(", "))).collect();
        format!("there are: {}", known.join("; "))
    };
    Err(Failure::request(format!("--detail {name}: no such table"), hint))
}

/// One entry a claim: id, verdict and statement; estimate; reason; data.
fn lines(findings: &[(&'static dyn Claim, Finding)]) -> String {
    let mut text = String::new();
    for (_, finding) in findings {
        let record = &finding.record;
        let code = record.verdict.code().map_or_else(String::new, |code| format!(" {code}"));
        let verdict = format!("{}{code}", record.verdict.word());
        text.push_str(&wrapped(&format!("{:<4}{verdict:<16}", record.claim), &record.statement));
        let mut rest = Vec::new();
        if record.estimate.is_finite() {
            rest.push(format!(
                "{} [{}, {}] {}",
                number(record.estimate),
                number(record.interval.low),
                number(record.interval.high),
                record.estimate_unit
            ));
        }
        rest.push(record.reason.clone());
        if record.verdict.code().is_some() && record.power.is_finite() && !record.reason.contains("power") {
            rest.push(format!("power {:.2}", record.power));
        }
        if record.estimate.is_finite() {
            rest.push(format!("{} {}", record.table, record.years).trim().to_owned());
        }
        text.push_str(&wrapped("      ", &rest.join(" | ")));
    }
    text
}

fn number(value: f64) -> String {
    // Three digits, as on the pages of a report.
    match value.abs() {
        0.0 => "0.000".into(),
        size if !(0.001..1000.0).contains(&size) => format!("{value:.2e}"),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// The whole argument.
fn whole(findings: &[(&'static dyn Claim, Finding)]) -> String {
    let mut text = String::new();
    for (claim, finding) in findings {
        let (card, record) = (claim.card(), &finding.record);
        text.push_str(&format!("{} {}\n", card.id, card.statement));
        let mut field = |name: &str, content: &str| {
            if !content.is_empty() {
                text.push_str(&wrapped(&format!("  {name:<12}"), content));
            }
        };
        field("verdict", record.verdict.word());
        field("reason", &record.reason);
        if record.estimate.is_finite() {
            field(
                "estimate",
                &format!(
                    "{} [{}, {}] {}, n = {}",
                    number(record.estimate),
                    number(record.interval.low),
                    number(record.interval.high),
                    record.estimate_unit,
                    record.n
                ),
            );
        }
        field("source", card.source);
        field("hypothesis", card.hypothesis);
        field("indicator", card.indicator);
        field("test", &claim.test_in_words());
        field("spec", &record.spec);
        field("data", &record.data);
        for (position, comparator) in card.comparators.iter().enumerate() {
            field(if position == 0 { "compare" } else { "" }, comparator);
        }
        for section in &finding.argument {
            text.push_str(&format!("  {}\n", section.title));
            for line in &section.lines {
                text.push_str(&wrapped("    ", line));
            }
        }
        text.push_str(&wrapped("  cannot say  ", card.cannot_say));
        text.push('\n');
    }
    text
}
