//! What can be wrong with a product account, or between an account and a table: what, where, expected, found.

use crate::labels::{LabelError, classification};
use crate::model::solver::SolveError;
use crate::stats::StatsError;

/// Why an account could not be read, or not be traced through a table. There is never a verdict beside an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProductError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {source}")]
    Io {
        /// Path.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
    /// No embedded account of that name.
    #[error("there is no product account `{name}`; there are: {known}")]
    UnknownAccount {
        /// What was asked for.
        name: String,
        /// The nearest id, when one is close.
        nearest: Option<String>,
        /// Every id.
        known: String,
    },
    /// The text is not TOML of the documented form.
    #[error("{account}: not a product account: {message}")]
    Syntax {
        /// File or id.
        account: String,
        /// What the parser said, with line and column.
        message: String,
    },
    /// A price without the level at which it is paid.
    #[error(
        "{account}: {figure} has no price base: expected `base = \"retail\"`, `\"wholesale\"` or `\"factory\"`"
    )]
    MissingPriceBase {
        /// File or id.
        account: String,
        /// Which figure.
        figure: String,
    },
    /// A negative or infinite price.
    #[error("{account}: {figure} is {value}: a price must be a finite number, zero or more")]
    BadValue {
        /// File or id.
        account: String,
        /// Which figure.
        figure: String,
        /// The value.
        value: f64,
    },
    /// The total is zero, so there are no shares.
    #[error("{account}: the total is zero: nothing to divide")]
    NothingToDivide {
        /// File or id.
        account: String,
    },
    /// Parts, rest and assembly do not make the stated total.
    #[error(
        "{account}: parts {parts:.2}, rest {rest:.2} and assembly {assembly:.2} make {sum:.2}, but the stated total is \
         {stated:.2} (difference {:+.2}, tolerance {tolerance})",
        sum - stated
    )]
    PartsDoNotAddUp {
        /// File or id.
        account: String,
        /// Sum of the parts.
        parts: f64,
        /// The unallocated part.
        rest: f64,
        /// The assembly payment.
        assembly: f64,
        /// Their sum.
        sum: f64,
        /// The stated total.
        stated: f64,
        /// Largest difference let pass.
        tolerance: f64,
    },
    /// Factory price and layers do not make the retail price.
    #[error(
        "{account}: factory price {factory:.2} and retail layers {layers:.2} make {:.2}, but the retail price is \
         {price:.2} (tolerance {tolerance})",
        factory + layers
    )]
    RetailDoesNotAddUp {
        /// File or id.
        account: String,
        /// Stated total.
        factory: f64,
        /// Sum of the layers.
        layers: f64,
        /// Retail price.
        price: f64,
        /// Largest difference let pass.
        tolerance: f64,
    },
    /// The same part stands twice in one economy.
    #[error("{account}: `{item}` of {economy} is counted twice (parts {first} and {second})")]
    CountedTwice {
        /// File or id.
        account: String,
        /// The item.
        item: String,
        /// Its economy.
        economy: String,
        /// Position, from 1.
        first: usize,
        /// Position, from 1.
        second: usize,
    },
    /// The same item is booked to two economies.
    #[error("{account}: `{item}` is booked to two economies, {first} and {second}")]
    InTwoEconomies {
        /// File or id.
        account: String,
        /// The item.
        item: String,
        /// One economy.
        first: String,
        /// The other.
        second: String,
    },
    /// An id used twice.
    #[error("{account}: the {kind} id `{id}` is used twice")]
    DuplicateId {
        /// File or id.
        account: String,
        /// `part`, `figure`, `check` ...
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// A reference inside the account to something that it does not have.
    #[error(
        "{account}: {place} names the {kind} `{name}`, which the account does not have (it has: {known})"
    )]
    UnknownReference {
        /// File or id.
        account: String,
        /// Where.
        place: Box<str>,
        /// `source`, `part`, `name`.
        kind: &'static str,
        /// What was asked for.
        name: Box<str>,
        /// The nearest that exists.
        nearest: Option<Box<str>>,
        /// What there is.
        known: Box<str>,
    },
    /// A check that compares with nothing, or a reading that compares.
    #[error("{account}: check `{check}` of kind {kind} needs {expected}")]
    CheckShape {
        /// File or id.
        account: String,
        /// Check id.
        check: String,
        /// Its kind.
        kind: &'static str,
        /// What it needs.
        expected: &'static str,
    },
    /// A formula of a check that cannot be read.
    #[error(
        "{account}: check `{check}`: `{formula}`, character {position}: expected {expected}, found {found}"
    )]
    Formula {
        /// File or id.
        account: String,
        /// Check id.
        check: Box<str>,
        /// The formula.
        formula: String,
        /// Position, from 1.
        position: usize,
        /// What may stand there.
        expected: &'static str,
        /// What does.
        found: Box<str>,
    },
    /// A formula whose value is not a number.
    #[error("{account}: check `{check}`: `{formula}` is {value}: a division by zero?")]
    FormulaNotFinite {
        /// File or id.
        account: String,
        /// Check id.
        check: String,
        /// The formula.
        formula: String,
        /// Its value.
        value: f64,
    },
    /// An economy or sector of the account that the table does not have.
    #[error("{account}: {item}: {error}")]
    NotInTable {
        /// File or id.
        account: String,
        /// Which part.
        item: String,
        /// What is unknown.
        error: Box<LabelError>,
    },
    /// A supplier sector without output: nothing can be bought from it.
    #[error("{account}: {item}: {economy} has no output in sector `{sector}` in this table")]
    NoOutput {
        /// File or id.
        account: String,
        /// Which part.
        item: String,
        /// Economy, as the account names it.
        economy: String,
        /// Sector, as the account names it.
        sector: String,
    },
    /// The assembler must be one economy.
    #[error("{account}: the assembling economy `{economy}` stands for several economies of the table")]
    AssemblerNotOne {
        /// File or id.
        account: String,
        /// As the account names it.
        economy: String,
    },
    /// The importer must be one economy.
    #[error("{account}: the importing economy `{economy}` stands for several economies of the table")]
    ImporterNotOne {
        /// File or id.
        account: String,
        /// As the account names it.
        economy: String,
    },
    /// The table is of another year than the account.
    #[error("{account} is an account of {account_year}, the table is of {table_year}")]
    OtherYear {
        /// Id.
        account: String,
        /// Year of the account.
        account_year: i32,
        /// Year of the table.
        table_year: i32,
    },
    /// A solve failed.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A draw of a prior failed.
    #[error(transparent)]
    Stats(#[from] StatsError),
}

impl ProductError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Io { .. } => "give a TOML file, or an id of `vadex list products`".into(),
            Self::UnknownAccount { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownAccount { .. } => {
                "`vadex list products` shows the embedded accounts; a path ends in `.toml`".into()
            }
            Self::Syntax { .. } => {
                "start from a copy of data/products/cotton-shirt-illustrative.toml, which shows every section".into()
            }
            Self::MissingPriceBase { .. } => {
                "say at which level the price is paid; shares of different levels do not compare".into()
            }
            Self::BadValue { .. } => "prices are per unit of the product; returns and rebates belong in the rest".into(),
            Self::NothingToDivide { .. } => "give at least one part with a price".into(),
            Self::PartsDoNotAddUp { .. } => {
                "look for a part that is missing or counted twice; put what no source allocates into `[rest]`; raise \
                 `total.tolerance` only for rounding in the source"
                    .into()
            }
            Self::RetailDoesNotAddUp { .. } => {
                "add the missing layer (distribution, tax, carrier), marked `residual = true` when it is what remains"
                    .into()
            }
            Self::CountedTwice { .. } => "delete one of the two, or give them different item names".into(),
            Self::InTwoEconomies { .. } => {
                "one item has one origin; if two suppliers share it, name two items (`display, first source`) with \
                 their own values"
                    .into()
            }
            Self::DuplicateId { .. } => "ids must be unique within the account".into(),
            Self::UnknownReference { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownReference { kind: "source", .. } => "declare it under `[sources]`".into(),
            Self::UnknownReference { .. } => {
                "formulas know total, parts, parts(ECONOMY), part(ID), rest, assembly, price, lead, layer(ID), units and \
                 the ids of figures"
                    .into()
            }
            Self::CheckShape { .. } => {
                "identities and sources compare `left` with `right`, or with `low` and `high`; a reading only has `left`".into()
            }
            Self::Formula { .. } => "formulas are numbers, names, + - * / and parentheses".into(),
            Self::FormulaNotFinite { .. } => "look at the denominator".into(),
            // What is called a near label is no help where the labels do not tell the branch.
            Self::NotInTable { error, .. } if is_branch(error) => {
                "the labels of the table do not tell it: name the sector by its label under `[sectors]` of a copy of the \
                 account; `vadex inspect TABLE` lists the labels"
                    .into()
            }
            Self::NotInTable { error, .. } => format!(
                "{}; or map the name in the account's `[economies]` or `[sectors]`",
                error.hint()
            ),
            Self::NoOutput { .. } => "choose a sector that the economy has in this table".into(),
            Self::AssemblerNotOne { .. } => "name one economy in `[assembly]`".into(),
            Self::ImporterNotOne { .. } => "name one economy as the `importer` in `[trade]`".into(),
            Self::OtherYear { account_year, .. } => format!(
                "take a table of {account_year}, or name another year with `--year` to trace the account through it \
                 knowingly"
            ),
            Self::Solve(error) => error.hint(),
            Self::Stats(_) => "the table's import mix has weights that cannot be drawn from: `vadex check TABLE`".into(),
        }
    }
}

/// Is what the table does not have a branch that the classification of its labels would tell?
fn is_branch(error: &LabelError) -> bool {
    match error {
        // `electronics (c14, CPA_C26)`: the alternatives stand behind the name.
        LabelError::Unknown { kind: "sector", label, .. } => {
            classification::is_branch(label.split(" (").next().unwrap_or(label))
        }
        _ => false,
    }
}
