//! The form of a product account, as it stands in a TOML file. Only the form: [`super::Account`] checks the numbers.
//!
//! ```toml
//! id = "my-product-2011"         # flat id
//! title = "What it is"
//! year = 2011                    # of the prices; the table must be of the same year
//! currency = "USD"
//! scope = "assembly payment"     # what the assembler's share counts; accounts compare over time only if it is equal
//! illustrative = false           # true: invented figures, said on every page
//! notes = ["what a reader must know"]
//!
//! [sources]                      # every figure names one of these
//! report = "Author (year), title"
//!
//! [sectors]                      # names used below, with labels of tables; the first that the table has is taken, and
//! electronics = ["c14"]          # otherwise what `labels::classification` knows by the name
//! [economies]                    # only for names that are not labels of the table
//! row = ["RoW", "WXD"]           # alternatives, or several economies by their output:
//! EU = { spread = ["DEU", "FRA"] }
//!
//! [total]                        # what parts, rest and assembly add up to
//! base = "factory"               # retail, wholesale or factory: where this price is paid
//! value = 10.0
//! tolerance = 0.005              # rounding of the source
//! source = "report"
//! evidence = "seen"              # seen, recalled, computed or illustrative
//!
//! [[part]]                       # as many as there are
//! item = "display"
//! supplier = "a firm"
//! economy = "KOR"
//! sector = "electronics"
//! value = 6.0
//! source = "report"
//! evidence = "seen"
//!
//! [rest]                         # what no source allocates
//! item = "everything else"
//! value = 3.0
//! candidate_sector = "electronics"   # where it may come from: gives a second, narrower bound
//! source = "report"
//! evidence = "seen"
//!
//! [assembly]                     # payment to the assembler
//! economy = "CHN"
//! sector = "electronics"
//! value = 1.0
//! source = "report"
//! evidence = "seen"
//! ```
//! Optional: `[retail]` with `[[retail.layer]]` (brand, distribution), `[trade]` (importer and units), `[[published]]`
//! (printed subtotals and shares by economy, checked), `[[figure]]` (any other printed number), `[[check]]` (formulas
//! over all of these), `[[variant]]` (a part booked elsewhere), `[[margin]]` (dated operating margins), `[thresholds]`.
//! Unknown keys are errors: a misspelt key is never silently ignored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The level at which a price is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceBase {
    /// By the customer in the shop.
    Retail,
    /// By the distributor to the lead firm.
    Wholesale,
    /// By the lead firm to the assembler.
    Factory,
}

/// How a figure is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Read in a copy of the source.
    Seen,
    /// Recalled from the literature: to be checked before it is quoted.
    Recalled,
    /// Arithmetic on published figures.
    Computed,
    /// Invented, to show the form.
    Illustrative,
}

/// What parts, rest and assembly add up to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Total {
    /// Price base of the account.
    pub base: Option<PriceBase>,
    /// The stated total.
    pub value: f64,
    /// Largest difference that rounding in the source explains.
    #[serde(default = "cent")]
    pub tolerance: f64,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// One purchase.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Id, for formulas and variants.
    pub id: Option<String>,
    /// What it is.
    pub item: String,
    /// Who sells it.
    pub supplier: String,
    /// Economy it is booked to.
    pub economy: String,
    /// Sector that makes it.
    pub sector: String,
    /// Price a unit of product.
    pub value: f64,
    /// Is it what remains of another figure?
    #[serde(default)]
    pub residual: bool,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// What no source allocates to an economy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    /// What it is.
    pub item: String,
    /// Price a unit of product.
    pub value: f64,
    /// Sector it plausibly comes from.
    pub candidate_sector: Option<String>,
    /// Is it what remains of another figure?
    #[serde(default)]
    pub residual: bool,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// The payment to the assembler.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assembly {
    /// Assembling economy.
    pub economy: String,
    /// Assembling sector.
    pub sector: String,
    /// Payment a unit of product.
    pub value: f64,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// Between the factory and the customer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retail {
    /// Retail price.
    pub price: f64,
    /// Rounding of the source.
    #[serde(default = "cent")]
    pub tolerance: f64,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
    /// Brand, distribution, tax.
    #[serde(rename = "layer", default)]
    pub layers: Vec<Layer>,
}

/// Who keeps a layer of the retail price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerRole {
    /// The lead firm: brand, design.
    Lead,
    /// Distribution, retail, carriers, taxes.
    Distribution,
}

/// One layer of the retail price: value added of an economy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Id, for formulas.
    pub id: String,
    /// What it is.
    pub item: String,
    /// Whose value added.
    pub economy: String,
    /// Amount a unit of product.
    pub value: f64,
    /// Who keeps it.
    pub role: LayerRole,
    /// Is it what remains of the price? A remainder is never evidence.
    #[serde(default)]
    pub residual: bool,
    /// Smallest part of it that is value added of `economy`; the sensitivity is from here to 1.
    #[serde(default = "one")]
    pub lowest_local_share: f64,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// How many units cross which border.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trade {
    /// Importing economy.
    pub importer: String,
    /// Units.
    pub units: f64,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// A printed subtotal or share of an economy, to be checked against the parts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Economy.
    pub economy: String,
    /// Printed subtotal.
    pub value: Option<f64>,
    /// Printed share of the total, as a fraction rounded to three digits.
    pub share: Option<f64>,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// Unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FigureUnit {
    /// Currency a unit of product: needs a price base.
    Price,
    /// Millions of currency: needs a price base.
    Million,
    /// A share of a price: needs a price base.
    Share,
    /// Anything else: counts, margins of firms.
    Number,
}

/// Any other printed number.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Name in formulas.
    pub id: String,
    /// What it is.
    pub says: String,
    /// Unit.
    pub unit: FigureUnit,
    /// Price base.
    pub base: Option<PriceBase>,
    /// The number.
    pub value: f64,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// What a check is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// Arithmetic inside one source: counts for the statement that the account is consistent.
    Identity,
    /// Do two sources, or two readings of one, say the same?
    Sources,
    /// What a figure becomes under another reading: a number, no comparison.
    Reading,
}

/// A formula over the account: equal to another, inside a range, or simply computed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRule {
    /// Id.
    pub id: String,
    /// The statement.
    pub says: String,
    /// What it is for.
    pub kind: CheckKind,
    /// Formula.
    pub left: String,
    /// Formula it should equal.
    pub right: Option<String>,
    /// Formula it should not be below.
    pub low: Option<String>,
    /// Formula it should not be above.
    pub high: Option<String>,
    /// Largest difference let pass.
    pub tolerance: Option<f64>,
}

/// The account with one part booked elsewhere.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Id.
    pub id: String,
    /// Why.
    pub says: String,
    /// Id of the part.
    pub part: String,
    /// Its other economy.
    pub economy: String,
}

/// Whose margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirmRole {
    /// The firm whose brand it is.
    Lead,
    /// A firm that assembles for it.
    Assembler,
}

/// An operating margin of one dated period.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Margin {
    /// Firm.
    pub firm: String,
    /// Lead firm or assembler.
    pub role: FirmRole,
    /// Quarter (`2012Q4`) or fiscal year (`FY2010`).
    pub period: String,
    /// Operating income over revenue.
    pub operating: f64,
    /// Source.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// Where the statements draw their lines.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// "A small share": the assembler's economy gets less than this share of the total.
    pub small_share: f64,
    /// "Captures more": lead firm's margin over the assembler economy's value added above this.
    pub capture_ratio: f64,
    /// "An order of magnitude": lead firm's operating margin over the assembler's at or above this.
    pub margin_ratio: f64,
    /// "Representative": product and sector share differ by less than this.
    pub representative_within: f64,
    /// "Rose": the share changed by more than this.
    pub material_change: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            small_share: 0.10,
            capture_ratio: 1.0,
            margin_ratio: 10.0,
            representative_within: 0.05,
            material_change: 0.02,
        }
    }
}

/// A name of the account in terms of labels of tables.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum EconomyNames {
    /// The first label that the table has.
    Alternatives(Vec<String>),
    /// Several economies, by their output of the sector.
    Several {
        /// Their labels.
        spread: Vec<String>,
    },
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountFile {
    /// Flat id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Year of the prices.
    pub year: i32,
    /// Currency.
    pub currency: String,
    /// Invented figures?
    #[serde(default)]
    pub illustrative: bool,
    /// Product family: accounts of one family make the series of the sixth statement.
    pub family: Option<String>,
    /// Is it a point of its family's series? False for a second version of the same product.
    #[serde(default = "yes")]
    pub history: bool,
    /// What the assembler's share counts.
    pub scope: String,
    /// What a reader must know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Sources by id.
    pub sources: BTreeMap<String, String>,
    /// Sector names.
    #[serde(default)]
    pub sectors: BTreeMap<String, Vec<String>>,
    /// Economy names.
    #[serde(default)]
    pub economies: BTreeMap<String, EconomyNames>,
    /// Stated total.
    pub total: Total,
    /// Purchases.
    #[serde(rename = "part", default)]
    pub parts: Vec<Part>,
    /// Unallocated purchases.
    pub rest: Option<Rest>,
    /// Assembly.
    pub assembly: Assembly,
    /// Retail layers.
    pub retail: Option<Retail>,
    /// Quantities.
    pub trade: Option<Trade>,
    /// Printed subtotals.
    #[serde(default)]
    pub published: Vec<Published>,
    /// Other figures.
    #[serde(rename = "figure", default)]
    pub figures: Vec<Figure>,
    /// Formulas.
    #[serde(rename = "check", default)]
    pub checks: Vec<CheckRule>,
    /// Other bookings.
    #[serde(rename = "variant", default)]
    pub variants: Vec<Variant>,
    /// Margins.
    #[serde(rename = "margin", default)]
    pub margins: Vec<Margin>,
    /// Lines.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// What the accounts of a family share.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyFile {
    /// Family.
    pub id: String,
    /// Sources by id.
    pub sources: BTreeMap<String, String>,
    /// Margins.
    #[serde(rename = "margin", default)]
    pub margins: Vec<Margin>,
}

fn cent() -> f64 {
    0.01
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}
