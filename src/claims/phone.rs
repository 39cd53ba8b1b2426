//! C6 and C7: the phone accounts, judged by [`crate::product`] and told as claims.
//!
//! The account is traced through the first table of its year that has its economies: one of the series at hand, or the
//! embedded one. The verdicts are those of the account's statements, none is made here.

use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Reason, Section, Verdict, VerdictRecord, cards,
};
use crate::load::{self, LoadError};
use crate::model::Model;
use crate::model::memory::{self, Workload};
use crate::product::{self, Account, Options, ProductError, ProductReport, Statement};
use crate::stats::Interval;

/// The account that both claims are about.
const ACCOUNT: &str = "iphone-4-2010";
/// The table for a series that cannot take the account.
const EMBEDDED: &str = "builtin:wiod13";

/// C6: a few dollars are added where the phone is assembled.
#[derive(Debug)]
pub(super) struct PhoneAccount;

/// C7: the assembler's margin against the lead firm's.
#[derive(Debug)]
pub(super) struct AssemblerMargins;

impl Claim for PhoneAccount {
    fn card(&self) -> &'static Card {
        &cards::C6
    }

    fn evaluate(&self, data: &ClaimData, _options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let unit = "share of the factory price traced to the assembling economy";
        Ok(of_statement(self.card(), &report(data)?, "share-traced", unit))
    }
}

impl Claim for AssemblerMargins {
    fn card(&self) -> &'static Card {
        &cards::C7
    }

    fn evaluate(&self, data: &ClaimData, _options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let unit = "lead firm's operating margin over the assembler's";
        let found = report(data)?;
        let mut outcome = of_statement(self.card(), &found, "margin-gap", unit);
        let Ok((report, _)) = &found else { return Ok(outcome) };
        // Margins are of firms: the table that the account is traced through has no part in them.
        let mut periods: Vec<&str> =
            report.margins.iter().map(|(margin, _)| margin.period.as_str()).collect();
        periods.sort_unstable();
        periods.dedup();
        outcome.record.table.clear();
        outcome.record.years = periods.join(" ");
        outcome.record.data = format!("account {ACCOUNT}: margins of firms by period");
        Ok(outcome)
    }
}

/// An account traced through a table, or why it is not.
type Traced = Result<(ProductReport, String), String>;

/// The claim as its statement judges it.
fn of_statement(card: &'static Card, found: &Traced, id: &str, unit: &str) -> Outcome {
    let (report, table) = match found {
        Ok(found) => found,
        Err(why) => return Outcome::without_data(card, why),
    };
    let Some(statement) = report.statement(id) else {
        return Outcome::without_data(card, &format!("the account makes no statement `{id}`"));
    };
    let mut record = VerdictRecord::undetermined(card, Reason::Data, "");
    record.verdict = verdict(statement);
    record.reason = match record.verdict {
        Verdict::Undetermined(reason) => format!("{reason}: {}", statement.because),
        Verdict::Supported | Verdict::NotSupported => statement.because.clone(),
    };
    record.estimate = statement.estimate;
    record.interval = Interval::new(statement.low, statement.high);
    record.estimate_unit = unit.to_owned();
    record.n = statement.n;
    record.years = report.table_year.map_or_else(String::new, |year| year.to_string());
    record.spec = format!("account {ACCOUNT}: {}", statement.statement);
    record.data = format!("account {ACCOUNT}; {table}");
    record.table.clone_from(table);
    let lines = report
        .statements
        .iter()
        .map(|statement| {
            let verdict = verdict(statement);
            let code = verdict.code().map_or_else(String::new, |code| format!(" {code}"));
            format!(
                "{}: {}{code}. {}. {}",
                statement.id,
                verdict.word(),
                statement.statement,
                statement.because
            )
        })
        .collect();
    let more = format!("`vadex product {ACCOUNT}` shows checks, traced shares by origin, bounds and priors");
    let argument = vec![Section::new("Statements of the account", lines), Section::new("More", vec![more])];
    Outcome { record, units: Vec::new(), argument, details: Vec::new() }
}

/// The statement's verdict in the words of the claims.
fn verdict(statement: &Statement) -> Verdict {
    match statement.verdict {
        product::Verdict::Supported => Verdict::Supported,
        product::Verdict::NotSupported => Verdict::NotSupported,
        product::Verdict::Undetermined(reason) => Verdict::Undetermined(match reason {
            product::Reason::ReadingsDisagree => Reason::SignFlips,
            product::Reason::TooFew => Reason::Power,
            product::Reason::DataMissing => Reason::Data,
            product::Reason::Causal => Reason::Causal,
        }),
    }
}

/// The account traced through the first table that can take it, and that table; the reasons when none can.
fn report(data: &ClaimData) -> Result<Traced, ClaimError> {
    let account = match product::find(ACCOUNT) {
        Ok(account) => account,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut inputs: Vec<&str> =
        data.series.iter().filter(|series| series.is_world()).map(|series| series.name.as_str()).collect();
    if !inputs.contains(&EMBEDDED) {
        inputs.push(EMBEDDED);
    }
    let mut reasons = Vec::new();
    for input in inputs {
        match traced(&account, input, data)? {
            Ok(report) => return Ok(Ok((report, input.to_owned()))),
            Err(reason) => reasons.push(format!("{input}: {reason}")),
        }
    }
    Ok(Err(reasons.join("; ")))
}

/// The account traced through an input, or why that has no table for it: another year, other economies, tables that came
/// without a file. What does not fit into memory or cannot be solved is no such reason.
fn traced(
    account: &Account,
    input: &str,
    data: &ClaimData,
) -> Result<Result<ProductReport, String>, ClaimError> {
    let tables = match load::discover(input, &[account.year()]) {
        Ok(tables) => tables,
        Err(error @ (LoadError::NoSuchYear { .. } | LoadError::NotFound { .. })) => {
            return Ok(Err(error.to_string()));
        }
        Err(error) => return Err(error.into()),
    };
    let Some(reference) = tables.first() else { return Ok(Err("no table".into())) };
    let reading = data.reading_of(input);
    let table = reference.open(&reading)?;
    // The table stands beside its model, and both beside what the series keep.
    let work = Workload { tables: 1, ..Workload::of(&table) };
    let what = format!("the product account on {}", reference.name());
    memory::admit_beside(&what, &work, data.held, reading.memory)?;
    let model = Model::build(&table, &data.model)
        .map_err(|error| ClaimError::Model { table: reference.name(), error })?;
    // Priors are for the product's own page.
    let options = Options { draws: 0, ..Options::default() };
    match product::evaluate_with(account, &model, &options) {
        Ok(report) => Ok(Ok(report)),
        Err(ProductError::Solve(error)) => Err(error.into()),
        Err(error) => Ok(Err(error.to_string())),
    }
}
