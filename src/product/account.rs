//! A product account that has been checked: every figure has a source, the parts add up, nothing is counted twice.
//!
//! An invalid account cannot exist: [`Account::parse`] is the only way to make one. What does *not* stop an account is
//! a disagreement between sources; that is what [`super::checks`] is for.

use super::error::ProductError;
use super::formula::{self, FormulaError};
use super::schema::{
    AccountFile, Assembly, Layer, LayerRole, Margin, Part, Rest, Retail, Thresholds, Total, Trade, Variant,
};

/// Room for binary rounding when a difference is compared with a tolerance given in decimals.
const DECIMAL_SLACK: f64 = 1e-9;

/// Is `gap` no larger than `tolerance`, binary rounding of amounts of size `scale` aside?
pub(super) fn within(gap: f64, tolerance: f64, scale: f64) -> bool {
    gap.abs() <= tolerance + DECIMAL_SLACK * scale.abs().max(1.0)
}

/// One product: what its parts cost, where they are booked, who assembles it, what is not allocated.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    file: AccountFile,
}

impl Account {
    /// Reads an account from TOML; `name` is the path or id that messages name.
    ///
    /// # Errors
    /// Text that is not of the documented form, and everything that [`ProductError`] lists about an account alone.
    ///
    /// # Example
    /// ```
    /// # use vadex::product::Account;
    /// let account = Account::parse("demo", r#"
    ///     id = "demo"
    ///     title = "Two parts"
    ///     year = 2011
    ///     currency = "USD"
    ///     scope = "assembly payment"
    ///     [sources]
    ///     me = "invented"
    ///     [total]
    ///     base = "factory"
    ///     value = 10.0
    ///     source = "me"
    ///     evidence = "illustrative"
    ///     [[part]]
    ///     item = "display"
    ///     supplier = "a firm"
    ///     economy = "KOR"
    ///     sector = "c14"
    ///     value = 7.0
    ///     source = "me"
    ///     evidence = "illustrative"
    ///     [assembly]
    ///     economy = "CHN"
    ///     sector = "c14"
    ///     value = 3.0
    ///     source = "me"
    ///     evidence = "illustrative"
    /// "#)?;
    /// assert_eq!(account.direct_value("CHN"), 3.0);
    /// # Ok::<(), vadex::product::ProductError>(())
    /// ```
    pub fn parse(name: &str, text: &str) -> Result<Self, ProductError> {
        let file: AccountFile = toml::from_str(text).map_err(|error| ProductError::Syntax {
            account: name.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        let account = Self { file };
        account.require_all(name)?;
        Ok(account)
    }

    /// Reads an account from a file.
    ///
    /// # Errors
    /// A file that cannot be read, and as [`Account::parse`].
    pub fn open(path: &std::path::Path) -> Result<Self, ProductError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ProductError::Io { path: name.clone(), source })?;
        Self::parse(&name, &text)
    }

    /// Every name that a formula may use.
    pub(super) fn formula_names(&self) -> Vec<String> {
        let file = &self.file;
        let mut names: Vec<String> =
            ["total", "sum", "parts", "rest", "assembly"].map(str::to_owned).to_vec();
        names.extend(file.retail.iter().flat_map(|_| ["price".to_owned(), "lead".to_owned()]));
        names.extend(file.trade.iter().map(|_| "units".to_owned()));
        names.extend(file.figures.iter().map(|figure| figure.id.clone()));
        names.extend(self.economies().iter().map(|economy| format!("parts({economy})")));
        names.extend(file.parts.iter().filter_map(|part| Some(format!("part({})", part.id.as_ref()?))));
        names.extend(self.layers().iter().map(|layer| format!("layer({})", layer.id)));
        names
    }

    /// The value of a formula over the account.
    pub(super) fn value_of(&self, formula: &str) -> Result<f64, FormulaError> {
        formula::evaluate(formula, &|name, word| self.look_up(name, word))
    }

    fn look_up(&self, name: &str, word: Option<&str>) -> Option<f64> {
        let file = &self.file;
        match (name, word) {
            ("total", None) => Some(file.total.value),
            ("sum", None) => Some(self.sum()),
            ("parts", None) => Some(self.parts_value()),
            ("parts", Some(economy)) => {
                self.economies().contains(&economy).then(|| self.parts_value_of(economy))
            }
            ("part", Some(id)) => {
                file.parts.iter().find(|part| part.id.as_deref() == Some(id)).map(|part| part.value)
            }
            ("rest", None) => Some(self.rest_value()),
            ("assembly", None) => Some(file.assembly.value),
            ("price", None) => file.retail.as_ref().map(|retail| retail.price),
            ("lead", None) => self.lead_margin(),
            ("layer", Some(id)) => self.layers().iter().find(|layer| layer.id == id).map(|layer| layer.value),
            ("units", None) => file.trade.as_ref().map(|trade| trade.units),
            (id, None) => file.figures.iter().find(|figure| figure.id == id).map(|figure| figure.value),
            _ => None,
        }
    }

    /// The account with one part booked to another economy.
    pub fn with_variant(&self, variant: &Variant) -> Self {
        let mut changed = self.clone();
        for part in &mut changed.file.parts {
            if part.id.as_ref() == Some(&variant.part) {
                part.economy.clone_from(&variant.economy);
            }
        }
        changed
    }

    /// Economies that parts and assembly are booked to, in order of appearance, as the account names them.
    pub fn economies(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let booked = self.file.parts.iter().map(|part| part.economy.as_str());
        for economy in booked.chain([self.file.assembly.economy.as_str()]) {
            if !names.contains(&economy) {
                names.push(economy);
            }
        }
        names
    }

    /// Sum of the parts.
    pub fn parts_value(&self) -> f64 {
        self.file.parts.iter().map(|part| part.value).sum()
    }

    /// Parts booked to an economy.
    pub fn parts_value_of(&self, economy: &str) -> f64 {
        self.file.parts.iter().filter(|part| part.economy == economy).map(|part| part.value).sum()
    }

    /// Parts and, for the assembler's economy, the assembly payment.
    pub fn direct_value(&self, economy: &str) -> f64 {
        let assembly = &self.file.assembly;
        self.parts_value_of(economy) + if assembly.economy == economy { assembly.value } else { 0.0 }
    }

    /// What no source allocates; zero without `[rest]`.
    pub fn rest_value(&self) -> f64 {
        self.file.rest.as_ref().map_or(0.0, |rest| rest.value)
    }

    /// Parts, rest and assembly added up: the F of every share.
    pub fn sum(&self) -> f64 {
        self.parts_value() + self.rest_value() + self.file.assembly.value
    }

    /// What the lead firm keeps; absent when no layer is the lead firm's.
    pub fn lead_margin(&self) -> Option<f64> {
        let mut lead = self.layers().iter().filter(|layer| layer.role == LayerRole::Lead).peekable();
        lead.peek()?;
        Some(lead.map(|layer| layer.value).sum())
    }

    /// Is a layer of the lead firm what remains of the price? Then it is not evidence of the firm's margin.
    pub fn lead_margin_is_residual(&self) -> bool {
        self.layers().iter().any(|layer| layer.role == LayerRole::Lead && layer.residual)
    }

    /// Flat id.
    pub fn id(&self) -> &str {
        &self.file.id
    }

    /// What it is.
    pub fn title(&self) -> &str {
        &self.file.title
    }

    /// Year of the prices.
    pub fn year(&self) -> i32 {
        self.file.year
    }

    /// Currency of the prices.
    pub fn currency(&self) -> &str {
        &self.file.currency
    }

    /// Invented figures?
    pub fn illustrative(&self) -> bool {
        self.file.illustrative
    }

    /// What the assembler's share counts.
    pub fn scope(&self) -> &str {
        &self.file.scope
    }

    /// Stated total.
    pub fn total(&self) -> &Total {
        &self.file.total
    }

    /// Purchases.
    pub fn parts(&self) -> &[Part] {
        &self.file.parts
    }

    /// Unallocated purchases.
    pub fn rest(&self) -> Option<&Rest> {
        self.file.rest.as_ref()
    }

    /// Payment to the assembler.
    pub fn assembly(&self) -> &Assembly {
        &self.file.assembly
    }

    /// Retail price.
    pub fn retail(&self) -> Option<&Retail> {
        self.file.retail.as_ref()
    }

    /// Layers of the retail price; none without `[retail]`.
    pub fn layers(&self) -> &[Layer] {
        self.file.retail.as_ref().map_or(&[], |retail| &retail.layers)
    }

    /// Importer and units.
    pub fn trade(&self) -> Option<&Trade> {
        self.file.trade.as_ref()
    }

    /// Margins that the account itself holds.
    pub fn margins(&self) -> &[Margin] {
        &self.file.margins
    }

    /// Other bookings.
    pub fn variants(&self) -> &[Variant] {
        &self.file.variants
    }

    /// Lines that the statements draw.
    pub fn thresholds(&self) -> &Thresholds {
        &self.file.thresholds
    }

    /// The file as read, for what has no short cut here.
    pub fn file(&self) -> &AccountFile {
        &self.file
    }
}
