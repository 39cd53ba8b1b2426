//! Does the account agree with itself, and do its sources agree with each other? Numbers, never prose alone.
//!
//! Some checks apply to every account (sums, printed subtotals and shares, retail price); the others are formulas in
//! the account's own file. A check that holds because one of its members was computed as the remainder is marked
//! [`Outcome::ByConstruction`] and is never counted as evidence.

use serde::Serialize;

use super::account::{Account, within};
use super::error::ProductError;
use super::schema::CheckKind;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The two sides agree within the tolerance.
    Consistent,
    /// They do not.
    Inconsistent,
    /// They agree because one side is the remainder of the other: no evidence.
    ByConstruction,
    /// A number under another reading: nothing to compare with.
    Reading,
}

impl Outcome {
    /// As printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::Inconsistent => "inconsistent",
            Self::ByConstruction => "by construction",
            Self::Reading => "reading",
        }
    }
}

/// One check, computed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Id.
    pub id: String,
    /// The statement.
    pub says: String,
    /// What it is for.
    pub kind: CheckKind,
    /// Value of the left side.
    pub left: f64,
    /// Smallest value it should have; equal to `high` when it should equal one figure.
    pub low: Option<f64>,
    /// Largest value it should have.
    pub high: Option<f64>,
    /// Distance from that range; zero inside it.
    pub gap: Option<f64>,
    /// Largest distance let pass.
    pub tolerance: f64,
    /// How it came out.
    pub outcome: Outcome,
}

/// Half a unit of the last digit of a share printed as a per cent with one decimal.
const SHARE_ROUNDING: f64 = 0.0005;
/// Half a cent.
const CENT_ROUNDING: f64 = 0.005;

/// Every check of an account.
///
/// # Errors
/// A formula without a value; [`Account::parse`] has refused those already.
pub fn check(account: &Account) -> Result<Vec<Check>, ProductError> {
    let mut checks = vec![parts_add_up(account)];
    checks.extend(printed_subtotals(account));
    checks.extend(retail_adds_up(account));
    for rule in &account.file().checks {
        // Formulas were evaluated when the account was parsed; a value that is gone now is reported, not invented.
        let value = |formula: &String| {
            account.value_of(formula).map_err(|_| ProductError::FormulaNotFinite {
                account: account.id().to_owned(),
                check: rule.id.clone(),
                formula: formula.clone(),
                value: f64::NAN,
            })
        };
        let left = value(&rule.left)?;
        let right = rule.right.as_ref().map(value).transpose()?;
        let low = rule.low.as_ref().map(value).transpose()?.or(right);
        let high = rule.high.as_ref().map(value).transpose()?.or(right);
        let tolerance = rule.tolerance.unwrap_or(CENT_ROUNDING);
        checks.push(compare(&rule.id, rule.says.clone(), rule.kind, left, (low, high), tolerance));
    }
    Ok(checks)
}

fn compare(
    id: &str,
    says: String,
    kind: CheckKind,
    left: f64,
    (low, high): (Option<f64>, Option<f64>),
    tolerance: f64,
) -> Check {
    let gap = (low.is_some() || high.is_some()).then(|| {
        let below = low.map_or(0.0, |low| (low - left).max(0.0));
        let above = high.map_or(0.0, |high| (left - high).max(0.0));
        above - below
    });
    let outcome = match gap {
        None => Outcome::Reading,
        Some(gap) if within(gap, tolerance, left) => Outcome::Consistent,
        Some(_) => Outcome::Inconsistent,
    };
    Check { id: id.to_owned(), says, kind, left, low, high, gap, tolerance, outcome }
}

fn equal(id: &str, says: String, left: f64, right: f64, tolerance: f64) -> Check {
    compare(id, says, CheckKind::Identity, left, (Some(right), Some(right)), tolerance)
}

fn parts_add_up(account: &Account) -> Check {
    let total = account.total();
    let says = "parts, rest and assembly add up to the stated total".to_owned();
    let mut check = equal("sum-of-parts", says, account.sum(), total.value, total.tolerance);
    let residual =
        account.rest().is_some_and(|rest| rest.residual) || account.parts().iter().any(|part| part.residual);
    if residual {
        check.outcome = Outcome::ByConstruction;
    }
    check
}

fn printed_subtotals(account: &Account) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut printed_shares = 0.0;
    let mut direct_shares = 0.0;
    let mut count = 0_u32;
    for published in &account.file().published {
        let economy = &published.economy;
        let direct = account.direct_value(economy);
        let id = economy.to_lowercase();
        if let Some(value) = published.value {
            let says = format!("what is booked to {economy} is the printed subtotal");
            checks.push(equal(&format!("subtotal-{id}"), says, direct, value, CENT_ROUNDING));
        }
        if let Some(share) = published.share {
            let says = format!("... and its share the printed {:.1} %", share * 100.0);
            let left = direct / account.sum();
            checks.push(equal(&format!("share-{id}"), says, left, share, SHARE_ROUNDING));
            printed_shares += share;
            direct_shares += left;
            count += 1;
        }
    }
    if count > 1 {
        let says = "printed shares and the unallocated share add up to one, within rounding".to_owned();
        let left = printed_shares + (1.0 - direct_shares);
        checks.push(equal("shares-add-up", says, left, 1.0, SHARE_ROUNDING * f64::from(count)));
    }
    checks
}

fn retail_adds_up(account: &Account) -> Option<Check> {
    let retail = account.retail().filter(|retail| !retail.layers.is_empty())?;
    let layers: f64 = retail.layers.iter().map(|layer| layer.value).sum();
    let says = "factory price and retail layers add up to the retail price".to_owned();
    let left = account.total().value + layers;
    let mut check = equal("retail-price", says, left, retail.price, retail.tolerance);
    if retail.layers.iter().any(|layer| layer.residual) {
        check.outcome = Outcome::ByConstruction;
    }
    Some(check)
}
