//! Terms that figures name, in words: from the glossary, or from the method or indicator whose term it is.
//!
//! `dva` is the glossary's; `bm-source/dva` is the term of that decomposition, `bm-participation/gvc_backward` the column
//! of that indicator. One symbol may mean two things, and a page must say which.

use crate::decompose::METHODS;
use crate::glossary;
use crate::indicators::INDICATORS;
use crate::level::Level;

/// A term in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Definition {
    /// Anchor on a page.
    pub anchor: String,
    /// As it is called.
    pub name: String,
    /// In words.
    pub meaning: String,
    /// Equation; may be empty.
    pub equation: String,
    /// Where it comes from.
    pub source: String,
    /// Names elsewhere; may be empty.
    pub elsewhere: String,
}

/// The definition of a term; nothing when there is none of that name, which a test excludes.
pub(super) fn define(term: &str) -> Option<Definition> {
    let Some((owner, symbol)) = term.split_once('/') else {
        let entry = glossary::find(term)?;
        return Some(Definition {
            anchor: format!("term-{term}"),
            name: term.to_owned(),
            meaning: entry.meaning.to_owned(),
            equation: entry.equation.to_owned(),
            source: entry.source.to_owned(),
            elsewhere: entry.elsewhere.to_owned(),
        });
    };
    let (meaning, equation, source) = of_method(owner, symbol).or_else(|| of_indicator(owner, symbol))?;
    Some(Definition {
        anchor: format!("term-{owner}-{symbol}"),
        name: format!("{symbol} ({owner})"),
        meaning,
        equation,
        source,
        elsewhere: String::new(),
    })
}

fn of_method(id: &str, symbol: &str) -> Option<(String, String, String)> {
    let method = METHODS.iter().find(|method| method.id() == id)?;
    let term = method.terms(Level::Country).iter().find(|term| term.symbol == symbol)?;
    let citation = method.citation();
    let source = format!("{}, https://doi.org/{}", citation.authors, citation.doi);
    Some((term.meaning.to_owned(), term.equation.to_owned(), source))
}

fn of_indicator(id: &str, symbol: &str) -> Option<(String, String, String)> {
    let profile = INDICATORS.iter().map(|one| one.profile()).find(|profile| profile.id == id)?;
    let column = profile.columns.iter().find(|column| column.name == symbol)?;
    let source: Vec<String> = profile
        .citations
        .iter()
        .map(|citation| format!("{}, https://doi.org/{}", citation.authors, citation.doi))
        .collect();
    Some((column.meaning.to_owned(), String::new(), source.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_of_a_method_is_not_that_of_the_glossary() {
        let (content, counted_once) = (define("fva").unwrap(), define("bm-source/fva").unwrap());
        assert_ne!(content.meaning, counted_once.meaning);
        assert_eq!(counted_once.name, "fva (bm-source)");
        assert!(define("bm-participation/gvc_backward").is_some() && define("no-such-term").is_none());
    }
}
