//! What an account must satisfy before it exists: prices, sources, distinct items, sums, readable formulas.

use std::collections::HashMap;

use super::account::{Account, within};
use super::error::ProductError;
use super::formula::FormulaError;
use super::schema::{CheckKind, CheckRule, Figure, FigureUnit};
use crate::labels;

impl Account {
    pub(super) fn require_all(&self, name: &str) -> Result<(), ProductError> {
        self.require_prices(name)?;
        self.require_sources(name)?;
        self.require_distinct_items(name)?;
        self.require_distinct_ids(name)?;
        self.require_sums(name)?;
        self.require_formulas(name)
    }

    fn require_prices(&self, name: &str) -> Result<(), ProductError> {
        let missing = |figure: String| ProductError::MissingPriceBase { account: name.to_owned(), figure };
        if self.file().total.base.is_none() {
            return Err(missing("the total".into()));
        }
        let unlabelled = |figure: &&Figure| figure.unit != FigureUnit::Number && figure.base.is_none();
        if let Some(figure) = self.file().figures.iter().find(unlabelled) {
            return Err(missing(format!("figure `{}`", figure.id)));
        }
        let file = self.file();
        let mut prices: Vec<(String, f64)> = vec![
            ("the total".into(), file.total.value),
            ("the tolerance of the total".into(), file.total.tolerance),
            ("the assembly payment".into(), file.assembly.value),
        ];
        prices.extend(file.parts.iter().map(|part| (format!("part `{}`", part.item), part.value)));
        prices.extend(file.rest.iter().map(|rest| ("the rest".into(), rest.value)));
        prices.extend(file.trade.iter().map(|trade| ("the number of units".into(), trade.units)));
        if let Some(retail) = &file.retail {
            prices.push(("the retail price".into(), retail.price));
            prices.push(("the tolerance of the retail price".into(), retail.tolerance));
            for layer in &retail.layers {
                prices.push((format!("layer `{}`", layer.id), layer.value));
                prices.push((format!("the local share of layer `{}`", layer.id), layer.lowest_local_share));
            }
        }
        prices.extend(
            file.checks.iter().filter_map(|check| {
                Some((format!("the tolerance of check `{}`", check.id), check.tolerance?))
            }),
        );
        if let Some((figure, value)) =
            prices.into_iter().find(|(_, value)| !value.is_finite() || *value < 0.0)
        {
            return Err(ProductError::BadValue { account: name.to_owned(), figure, value });
        }
        // Margins and other figures may be negative, but not infinite.
        let others = file.figures.iter().map(|figure| (format!("figure `{}`", figure.id), figure.value));
        let margins =
            file.margins.iter().map(|m| (format!("margin of {} in {}", m.firm, m.period), m.operating));
        if let Some((figure, value)) = others.chain(margins).find(|(_, value)| !value.is_finite()) {
            return Err(ProductError::BadValue { account: name.to_owned(), figure, value });
        }
        if file.total.value <= 0.0 {
            return Err(ProductError::NothingToDivide { account: name.to_owned() });
        }
        Ok(())
    }

    fn require_sources(&self, name: &str) -> Result<(), ProductError> {
        let file = self.file();
        let mut used: Vec<(String, &str)> = vec![
            ("the total".into(), &file.total.source),
            ("the assembly payment".into(), &file.assembly.source),
        ];
        used.extend(file.parts.iter().map(|part| (format!("part `{}`", part.item), part.source.as_str())));
        used.extend(file.rest.iter().map(|rest| ("the rest".into(), rest.source.as_str())));
        used.extend(file.trade.iter().map(|trade| ("the trade".into(), trade.source.as_str())));
        if let Some(retail) = &file.retail {
            used.push(("the retail price".into(), &retail.source));
            used.extend(
                retail.layers.iter().map(|layer| (format!("layer `{}`", layer.id), layer.source.as_str())),
            );
        }
        used.extend(
            file.published.iter().map(|p| (format!("what is published of {}", p.economy), p.source.as_str())),
        );
        used.extend(file.figures.iter().map(|f| (format!("figure `{}`", f.id), f.source.as_str())));
        used.extend(file.margins.iter().map(|m| (format!("margin of {}", m.firm), m.source.as_str())));
        match used.into_iter().find(|(_, source)| !file.sources.contains_key(*source)) {
            Some((place, source)) => {
                Err(unknown(name, place, "source", source, file.sources.keys().map(String::as_str)))
            }
            None => Ok(()),
        }
    }

    fn require_distinct_items(&self, name: &str) -> Result<(), ProductError> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (position, part) in self.file().parts.iter().enumerate() {
            let item = part.item.trim().to_lowercase();
            let Some(first) = seen.insert(item, position) else { continue };
            let earlier = &self.file().parts[first];
            return Err(if earlier.economy == part.economy {
                ProductError::CountedTwice {
                    account: name.to_owned(),
                    item: part.item.clone(),
                    economy: part.economy.clone(),
                    first: first + 1,
                    second: position + 1,
                }
            } else {
                ProductError::InTwoEconomies {
                    account: name.to_owned(),
                    item: part.item.clone(),
                    first: earlier.economy.clone(),
                    second: part.economy.clone(),
                }
            });
        }
        Ok(())
    }

    fn require_distinct_ids(&self, name: &str) -> Result<(), ProductError> {
        let file = self.file();
        let layers = file.retail.iter().flat_map(|retail| &retail.layers);
        let kinds: [(&'static str, Vec<&str>); 5] = [
            ("part", file.parts.iter().filter_map(|part| part.id.as_deref()).collect()),
            ("figure", file.figures.iter().map(|figure| figure.id.as_str()).collect()),
            ("check", file.checks.iter().map(|check| check.id.as_str()).collect()),
            ("variant", file.variants.iter().map(|variant| variant.id.as_str()).collect()),
            ("layer", layers.map(|layer| layer.id.as_str()).collect()),
        ];
        for (kind, mut ids) in kinds {
            ids.sort_unstable();
            if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(ProductError::DuplicateId {
                    account: name.to_owned(),
                    kind,
                    id: pair[0].to_owned(),
                });
            }
        }
        for variant in &file.variants {
            let known = || file.parts.iter().filter_map(|part| part.id.as_deref());
            if !known().any(|id| id == variant.part) {
                let place = format!("variant `{}`", variant.id);
                return Err(unknown(name, place, "part", &variant.part, known()));
            }
        }
        Ok(())
    }

    fn require_sums(&self, name: &str) -> Result<(), ProductError> {
        let total = &self.file().total;
        if !within(self.sum() - total.value, total.tolerance, total.value) {
            return Err(ProductError::PartsDoNotAddUp {
                account: name.to_owned(),
                parts: self.parts_value(),
                rest: self.rest_value(),
                assembly: self.file().assembly.value,
                sum: self.sum(),
                stated: total.value,
                tolerance: total.tolerance,
            });
        }
        if let Some(retail) = &self.file().retail
            && !retail.layers.is_empty()
        {
            let layers: f64 = retail.layers.iter().map(|layer| layer.value).sum();
            if !within(total.value + layers - retail.price, retail.tolerance, retail.price) {
                return Err(ProductError::RetailDoesNotAddUp {
                    account: name.to_owned(),
                    factory: total.value,
                    layers,
                    price: retail.price,
                    tolerance: retail.tolerance,
                });
            }
        }
        Ok(())
    }

    fn require_formulas(&self, name: &str) -> Result<(), ProductError> {
        for check in &self.file().checks {
            let compares = check.right.is_some() || check.low.is_some() || check.high.is_some();
            let shape = |kind, expected| ProductError::CheckShape {
                account: name.to_owned(),
                check: check.id.clone(),
                kind,
                expected,
            };
            match (check.kind, compares) {
                (CheckKind::Reading, true) => return Err(shape("reading", "`left` alone")),
                (CheckKind::Identity, false) => {
                    return Err(shape("identity", "`right`, or `low` and `high`"));
                }
                (CheckKind::Sources, false) => return Err(shape("sources", "`right`, or `low` and `high`")),
                _ => {}
            }
            for formula in [Some(&check.left), check.right.as_ref(), check.low.as_ref(), check.high.as_ref()]
                .into_iter()
                .flatten()
            {
                self.value_of(formula).map_err(|error| self.formula_error(name, check, formula, error))?;
            }
        }
        Ok(())
    }

    fn formula_error(
        &self,
        name: &str,
        check: &CheckRule,
        formula: &str,
        error: FormulaError,
    ) -> ProductError {
        let (account, id, formula) = (name.to_owned(), check.id.clone(), formula.to_owned());
        match error {
            FormulaError::Syntax { position, expected, found } => ProductError::Formula {
                account,
                check: id.into(),
                formula,
                position,
                expected,
                found: found.into(),
            },
            FormulaError::UnknownName(word) => {
                let names = self.formula_names();
                unknown(name, format!("check `{id}`"), "name", &word, names.iter().map(String::as_str))
            }
            FormulaError::NotFinite(value) => {
                ProductError::FormulaNotFinite { account, check: id, formula, value }
            }
        }
    }
}

fn unknown<'a>(
    account: &str,
    place: String,
    kind: &'static str,
    wanted: &str,
    known: impl Iterator<Item = &'a str>,
) -> ProductError {
    let known: Vec<&str> = known.collect();
    ProductError::UnknownReference {
        account: account.to_owned(),
        place: place.into(),
        kind,
        name: wanted.into(),
        nearest: labels::nearest(known.iter().copied(), wanted).map(Into::into),
        known: if known.is_empty() { "none".into() } else { known.join(", ").into() },
    }
}
