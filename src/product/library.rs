//! The accounts that are compiled into the binary, and what the accounts of one family share.

use super::account::Account;
use super::error::ProductError;
use super::schema::{FamilyFile, Margin};
use crate::labels;

macro_rules! account {
    ($path:literal) => {
        include_str!(concat!("../../data/", $path))
    };
}

/// Id and text of every embedded account, in the order of `vadex list products`.
static ACCOUNTS: &[(&str, &str)] = &[
    ("iphone-3gs-2009", account!("iphone/iphone-3gs-2009.toml")),
    ("iphone-4-2010", account!("iphone/iphone-4-2010.toml")),
    ("iphone-4-2010-observer", account!("iphone/iphone-4-2010-observer.toml")),
    ("iphone-2010-capture", account!("iphone/iphone-2010-capture.toml")),
    ("iphone-7-2016", account!("iphone/iphone-7-2016.toml")),
    ("iphone-x-2017", account!("iphone/iphone-x-2017.toml")),
    ("ipad-2010-capture", account!("iphone/ipad-2010-capture.toml")),
    ("cotton-shirt-illustrative", account!("products/cotton-shirt-illustrative.toml")),
];

static FAMILIES: &[&str] = &[account!("iphone/family.toml")];

/// Ids of the embedded accounts.
pub fn embedded_ids() -> impl Iterator<Item = &'static str> {
    ACCOUNTS.iter().map(|(id, _)| *id)
}

/// Every embedded account.
///
/// # Errors
/// None that a released binary can meet: a test parses every account.
pub fn embedded() -> Result<Vec<Account>, ProductError> {
    ACCOUNTS.iter().map(|(id, text)| Account::parse(id, text)).collect()
}

/// An embedded account by id, or the account in a file: a name that ends in `.toml` or holds a path separator is a path.
///
/// # Errors
/// [`ProductError::UnknownAccount`], [`ProductError::Io`], and as [`Account::parse`].
pub fn find(name: &str) -> Result<Account, ProductError> {
    if let Some((id, text)) = ACCOUNTS.iter().find(|(id, _)| *id == name) {
        return Account::parse(id, text);
    }
    let path = std::path::Path::new(name);
    if path.extension().is_some_and(|extension| extension == "toml") || path.components().count() > 1 {
        return Account::open(path);
    }
    Err(ProductError::UnknownAccount {
        name: name.to_owned(),
        nearest: labels::nearest(embedded_ids(), name),
        known: embedded_ids().collect::<Vec<_>>().join(", "),
    })
}

/// A point of a family's series: the assembler's share of the total in one account.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPoint {
    /// Account.
    pub account: String,
    /// Year.
    pub year: i32,
    /// Share booked to the assembler's economy.
    pub share: f64,
    /// What that share counts.
    pub scope: String,
}

/// The series of an account's family in order of years, the account itself included.
///
/// # Errors
/// As [`embedded`].
pub fn history(account: &Account) -> Result<Vec<HistoryPoint>, ProductError> {
    let mut members: Vec<Account> = Vec::new();
    if let Some(family) = &account.file().family {
        members = embedded()?;
        members.retain(|other| {
            let same_product = other.assembly().economy == account.assembly().economy;
            other.file().family.as_ref() == Some(family)
                && other.file().history
                && same_product
                && other.id() != account.id()
        });
    }
    if account.file().history {
        members.push(account.clone());
    }
    let mut points: Vec<HistoryPoint> = members
        .iter()
        .map(|member| HistoryPoint {
            account: member.id().to_owned(),
            year: member.year(),
            share: member.direct_value(&member.assembly().economy) / member.sum(),
            scope: member.scope().to_owned(),
        })
        .collect();
    points.sort_by_key(|point| point.year);
    Ok(points)
}

/// Margins of the account itself and of its family, with the words of their sources.
///
/// # Errors
/// None that a released binary can meet: a test parses every family.
pub fn margins(account: &Account) -> Result<Vec<(Margin, String)>, ProductError> {
    let named = |margin: &Margin, sources: &std::collections::BTreeMap<String, String>| {
        (margin.clone(), sources.get(&margin.source).cloned().unwrap_or_default())
    };
    let mut margins: Vec<(Margin, String)> =
        account.margins().iter().map(|margin| named(margin, &account.file().sources)).collect();
    for text in FAMILIES {
        let family: FamilyFile = toml::from_str(text).map_err(|error| ProductError::Syntax {
            account: "embedded family".into(),
            message: error.to_string(),
        })?;
        if account.file().family.as_ref() == Some(&family.id) {
            margins.extend(family.margins.iter().map(|margin| named(margin, &family.sources)));
        }
    }
    Ok(margins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_account_is_valid_and_has_the_id_it_is_listed_under() {
        for ((id, _), account) in ACCOUNTS.iter().zip(embedded().unwrap()) {
            assert_eq!(*id, account.id());
            assert_eq!(account.illustrative(), id.ends_with("illustrative"));
        }
        for text in FAMILIES {
            let family: FamilyFile = toml::from_str(text).unwrap();
            assert!(family.margins.iter().all(|margin| family.sources.contains_key(&margin.source)));
        }
    }

    #[test]
    fn an_unknown_id_gets_a_suggestion_and_a_path_is_opened() {
        let error = find("iphone-3g-2009").unwrap_err();
        assert_eq!(error.hint(), "did you mean `iphone-3gs-2009`?");
        assert!(matches!(find("missing.toml").unwrap_err(), ProductError::Io { .. }));
    }

    #[test]
    fn the_series_of_the_family_is_in_order_of_years_and_leaves_second_versions_out() {
        let points = history(&find("iphone-4-2010").unwrap()).unwrap();
        let ids: Vec<&str> = points.iter().map(|point| point.account.as_str()).collect();
        assert_eq!(ids, ["iphone-3gs-2009", "iphone-4-2010", "iphone-7-2016", "iphone-x-2017"]);
        let shares: Vec<f64> = points.iter().map(|point| (point.share * 1000.0).round() / 10.0).collect();
        assert_eq!(shares, [3.6, 3.4, 3.6, 25.4]);
    }
}
