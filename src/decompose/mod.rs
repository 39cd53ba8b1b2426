//! Decompositions of gross exports: a model in, one row of named terms a unit out.
//!
//! One id is one definite list of terms, one citation and one set of levels; there are no option products. To add a
//! method: one file that implements [`Method`], one line in [`METHODS`].
//!
//! Nearly every term of the literature is a *multiplier* (what is in one unit of exports: depends on A and v) times a
//! *flow* (where that unit goes: depends on A and Y), cell by cell. [`Workspace`] computes each multiplier and each flow
//! once for all methods; a method is then a few lines that say which product is which term. One origin alone is another
//! set of multipliers over the same flows, one absorber alone another set of flows under the same multipliers: this is
//! what makes the details of [`stream`] cheap. No method inverts a global matrix for an exporter: closed forms in
//! `feedback` replace them.

mod aggregate;
mod apart;
mod bm_family;
mod bm_imports;
mod bm_self;
mod bm_sink;
mod bm_sink_terms;
mod bm_source;
mod bm_source_terms;
mod bm_world_sink;
mod bm_world_source;
mod decomposition;
mod extraction;
mod feedback;
mod flow_parts;
mod hiy;
mod kww;
mod kww_corrected;
mod leontief;
mod miroudot_ye;
mod miroudot_ye_world;
mod multipliers;
mod nagengast_stehrer;
mod others;
mod own_flow;
mod reexport_flows;
mod scope;
mod stream;
mod sums;
mod tiva;
mod vax;
mod vocabulary;
mod workspace;
mod wwz;
mod wwz_flows;
mod wwz_kww;

pub use apart::{Apart, Detail, check_details};
pub use decomposition::{Decomposition, Dimension, Key};
pub use scope::Scope;
pub use stream::stream;
pub use sums::{SumOver, Sums, check_sum, sums_in_words};
pub use vocabulary::{Kind, Term, WORDS, Word};
pub use workspace::Workspace;

use crate::labels::Axis;
use crate::level::Level;
use crate::model::Model;
use crate::model::solver::SolveError;

/// An equation between terms that must hold in every unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Words: `gexp = dc + fc`.
    pub statement: &'static str,
    /// The term on the left, or [`Identity::EMBODIED`].
    pub whole: &'static str,
    /// The terms whose sum it is.
    pub parts: &'static [&'static str],
    /// Keys over which the parts are added up first: `origin` where the parts of all origins make the whole.
    pub summed_over: &'static [&'static str],
}

impl Identity {
    /// Stands for the part of gross exports (or imports) to which the table attributes value added, v B e: all of it,
    /// save rows without output and tables whose published value added leaves taxes and margins out.
    pub const EMBODIED: &'static str = "v B e";
    /// Stands for final plus intermediate exports, straight from the flows.
    pub const EXPORTS: &'static str = "y + A x";
    /// Gross exports in two ways: for methods that use them in no other equation.
    pub const TWO_USES: Self = Self::new("gexp = final + intermediate exports", Self::EXPORTS, &["gexp"]);

    /// An equation within each unit.
    pub const fn new(statement: &'static str, whole: &'static str, parts: &'static [&'static str]) -> Self {
        Self { statement, whole, parts, summed_over: &[] }
    }
}

/// Where a method comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Citation {
    /// Authors and year.
    pub authors: &'static str,
    /// Title and journal.
    pub work: &'static str,
    /// DOI without the resolver.
    pub doi: &'static str,
}

/// A way of taking exports apart.
pub trait Method: Sync {
    /// Flat id, as on the command line.
    fn id(&self) -> &'static str;
    /// The question it answers, in one sentence.
    fn summary(&self) -> &'static str;
    /// The paper.
    fn citation(&self) -> Citation;
    /// A known bias or limit that the user must meet with the numbers.
    fn caution(&self) -> Option<&'static str> {
        None
    }
    /// What must be told with the numbers of tables with these rows.
    fn remark(&self, _axis: &Axis, _level: Level) -> Option<String> {
        None
    }
    /// Levels at which it is defined.
    fn levels(&self) -> &'static [Level] {
        &Level::ALL
    }
    /// What answers at a level at which it is not defined, in words, and how far it is the same.
    fn at_other_levels(&self) -> Option<&'static str> {
        None
    }
    /// Key columns at a level, in order.
    fn keys(&self, level: Level) -> &'static [&'static str] {
        scope::export_keys(level)
    }
    /// Its terms at a level, in column order.
    fn terms(&self, level: Level) -> &'static [Term];
    /// Equations between its terms. Those without a residual member are evidence.
    fn identities(&self, level: Level) -> &'static [Identity];
    /// Does it need the inverse of the whole world at this level?
    fn needs_inverse(&self, _level: Level) -> bool {
        true
    }
    /// By whom its terms can be taken apart further.
    fn details(&self) -> &'static [Detail] {
        &[Detail::Origin, Detail::Absorber]
    }
    /// What the sum of its rows over a key is.
    fn sums(&self, key: SumOver) -> Sums {
        Sums::of_exports(key)
    }
    /// Cost in G and N, in words.
    fn cost(&self) -> &'static str;
    /// Computes every unit of a scope that has been checked; callers use [`run`](trait.Method.html#method.run).
    ///
    /// # Errors
    /// A failed solve.
    fn compute(&self, work: &Workspace, level: Level, scope: &Scope)
    -> Result<Decomposition, DecomposeError>;
    /// The terms that third economies re-export, for one of them; for methods whose details name [`Detail::Third`].
    ///
    /// # Errors
    /// A failed solve; a method without such terms.
    fn compute_third(
        &self,
        _work: &Workspace,
        _third: usize,
        _level: Level,
        _scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        Err(apart::unsupported(self.id(), Detail::Third, self.details()))
    }
}

impl dyn Method + '_ {
    /// Computes every unit of the scope.
    ///
    /// # Errors
    /// A level the method is not defined at, a filter on a key it does not have, an index that the axis does not have, a
    /// failed solve.
    pub fn run(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        self.check(level, scope, work.axis())?;
        self.compute(work, level, scope)
    }

    /// Refuses what the method cannot answer.
    fn check(&self, level: Level, scope: &Scope, axis: &Axis) -> Result<(), DecomposeError> {
        if !self.levels().contains(&level) {
            return Err(DecomposeError::UnsupportedLevel {
                method: self.id(),
                level: level.id(),
                supported: self.levels().iter().map(|l| l.id()).collect::<Vec<_>>().join(", "),
            });
        }
        scope.check(self, level, axis)
    }
}

/// Every method, in the order of `vadex list methods`.
pub static METHODS: &[&dyn Method] = &[
    &leontief::Leontief,
    &hiy::Hiy,
    &vax::Vax,
    &extraction::Extraction,
    &kww::Kww,
    &kww_corrected::KwwCorrected,
    &wwz::Wwz,
    &wwz_kww::WwzKww,
    &bm_source::BmSource,
    &bm_source_terms::BmSourceTerms,
    &bm_sink::BmSink,
    &bm_sink_terms::BmSinkTerms,
    &bm_world_source::BmWorldSource,
    &bm_world_sink::BmWorldSink,
    &bm_self::BmSelf,
    &bm_imports::BmImports,
    &miroudot_ye::MiroudotYe,
    &miroudot_ye_world::MiroudotYeWorld,
    &nagengast_stehrer::NagengastStehrerSource,
    &nagengast_stehrer::NagengastStehrerSink,
    &tiva::Tiva,
];

/// Looks a method up by id.
///
/// # Errors
/// [`DecomposeError::UnknownMethod`].
pub fn find_method(id: &str) -> Result<&'static dyn Method, DecomposeError> {
    METHODS.iter().find(|method| method.id() == id).copied().ok_or_else(|| DecomposeError::UnknownMethod {
        name: id.to_owned(),
        known: METHODS.iter().map(|method| method.id()).collect::<Vec<_>>().join(", "),
        nearest: crate::labels::nearest(METHODS.iter().map(|method| method.id()), id),
    })
}

/// One method, once: for several methods on the same model build a [`Workspace`] and [`run`](trait.Method.html) in it.
///
/// ```
/// use vadex::decompose::{Scope, decompose, find_method};
/// use vadex::level::Level;
/// use vadex::model::{Model, ModelOptions};
/// use vadex::nalgebra::DMatrix;
/// use vadex::table::{IcioTable, TableParts};
///
/// let rows = [("A", "x"), ("B", "x")].map(|(economy, sector)| (economy.to_owned(), sector.to_owned()));
/// let z = DMatrix::from_row_slice(2, 2, &[20.0, 5.0, 10.0, 10.0]);
/// let y = DMatrix::from_row_slice(2, 2, &[50.0, 25.0, 40.0, 50.0]);
/// let table = IcioTable::new(TableParts::new(rows.to_vec(), vec!["final".into()], z, y, "million"))?;
/// let model = Model::build(&table, &ModelOptions::default())?;
///
/// let scope = Scope::named(model.axis(), &["A"], &[], &[])?;
/// let result = decompose(&model, find_method("bm-source")?, Level::Country, &scope)?;
/// assert_eq!(result.n_units(), 1);
/// let term = |symbol| result.term(symbol).unwrap()[0];
/// // A sells 5 of inputs and 25 of final goods; what of it was made at home is v_A B_AA e_A = 0.7 · 200/159 · 30.
/// assert!((term("gexp") - 30.0).abs() < 1e-12);
/// assert!((term("dc") - 4200.0 / 159.0).abs() < 1e-12);
/// assert!((term("gexp") - term("dc") - term("fc")).abs() < 1e-12);
/// # Ok::<(), vadex::Error>(())
/// ```
///
/// # Errors
/// As `run`.
pub fn decompose(
    model: &Model,
    method: &dyn Method,
    level: Level,
    scope: &Scope,
) -> Result<Decomposition, DecomposeError> {
    method.check(level, scope, model.axis())?;
    method.compute(&Workspace::new(model)?, level, scope)
}

/// Why a decomposition could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecomposeError {
    /// The method is not defined at this level.
    #[error("method `{method}` is not defined at level `{level}`; it is at: {supported}")]
    UnsupportedLevel {
        /// Method id.
        method: &'static str,
        /// Level asked for.
        level: &'static str,
        /// Levels there are.
        supported: String,
    },
    /// The method cannot be taken apart this way.
    #[error("method `{method}` cannot be taken apart by {detail}; it can by: {supported}")]
    UnsupportedDetail {
        /// Method id.
        method: &'static str,
        /// Detail asked for.
        detail: &'static str,
        /// Details there are.
        supported: String,
        /// Methods that can be.
        others: String,
    },
    /// The rows tell what was asked for already.
    #[error("rows of `{method}` at level `{level}` tell the {detail} already")]
    DetailIsKey {
        /// Method id.
        method: &'static str,
        /// Level asked for.
        level: &'static str,
        /// Detail asked for.
        detail: &'static str,
    },
    /// Two details that tell the same.
    #[error("{first} and {second} tell the same: one of them is enough")]
    DetailTwice {
        /// The one named first.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A choice among those who are not told.
    #[error("no {key} can be chosen: rows of `{method}` are not asked to tell the {key}")]
    ChosenButNotTold {
        /// Method id.
        method: &'static str,
        /// `origin` or `absorber`.
        key: &'static str,
    },
    /// A filter on a key that the rows do not have.
    #[error("`{filter}` cannot be chosen here: rows of `{method}` at this level have the keys {keys}")]
    FilterWithoutKey {
        /// Method id.
        method: &'static str,
        /// The filter.
        filter: &'static str,
        /// Keys there are.
        keys: String,
        /// Levels of the method whose rows have the key; empty when none has.
        levels: String,
        /// Keys that the method has at any level.
        all_keys: String,
    },
    /// Rows that do not add up.
    #[error("rows of `{method}` do not add up over `{key}`: {reason}")]
    NotAdditive {
        /// Method id.
        method: &'static str,
        /// The key.
        key: &'static str,
        /// Why.
        reason: &'static str,
        /// Methods whose rows do.
        others: String,
    },
    /// An index in a scope that the axis does not have.
    #[error("{filter} number {index} of a scope: there are {count}, counted from 0")]
    OutOfRange {
        /// `exporter`, `importer` or `sector`.
        filter: &'static str,
        /// The index.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// No method of that name.
    #[error("unknown method `{name}`: there are {known}")]
    UnknownMethod {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
        /// The nearest id, when one is close.
        nearest: Option<String>,
    },
    /// A failed solve.
    #[error(transparent)]
    Solve(#[from] SolveError),
}

impl DecomposeError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::UnsupportedLevel { method, supported, .. } => {
                match find_method(method).ok().and_then(|method| method.at_other_levels()) {
                    Some(instead) => format!("choose one of: {supported}; {instead}"),
                    None => format!("choose one of: {supported}"),
                }
            }
            Self::UnsupportedDetail { detail, others, .. } => {
                format!("methods that can be taken apart by {detail}: {others}")
            }
            Self::DetailTwice { second, .. } => format!("leave {second} out of --by"),
            Self::ChosenButNotTold { method, key } => how_to_tell(method, key),
            Self::DetailIsKey { .. } => "leave --by out, or choose another --level".into(),
            Self::FilterWithoutKey { method, filter, levels, all_keys, .. } if levels.is_empty() => format!(
                "leave --{filter} out: no level of `{method}` has rows by {filter}, its keys are {all_keys}"
            ),
            Self::FilterWithoutKey { filter, levels, .. } => {
                format!("choose a level whose rows have `{filter}`: --level {levels}")
            }
            Self::NotAdditive { key: "importer", others, .. } => format!(
                "`--group NAME=A,B` (or a known group) makes one partner of them and decomposes the trade with it; rows add up \
                 in {others}"
            ),
            Self::NotAdditive { others, .. } => format!("rows add up in {others}"),
            Self::OutOfRange { .. } => {
                "indices are those of the model's own axis: `Scope::named` finds them by name".into()
            }
            Self::UnknownMethod { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownMethod { .. } => "`vadex list methods` describes them".into(),
            Self::Solve(error) => error.hint(),
        }
    }
}

/// How the rows of a method come to tell a key: by a detail, or at a level that has it.
fn how_to_tell(method: &str, key: &str) -> String {
    let Ok(method) = find_method(method) else { return format!("add `--by {key}`") };
    if method.details().iter().any(|detail| detail.keys().contains(&key)) {
        return format!("add `--by {key}`");
    }
    let levels = method.levels().iter().filter(|level| method.keys(**level).contains(&key));
    let levels: Vec<&str> = levels.map(|level| level.id()).collect();
    match levels.as_slice() {
        [] => format!("leave --{key} out: no row of `{}` tells it", method.id()),
        _ => format!("choose a level whose rows have `{key}`: --level {}", levels.join(" or ")),
    }
}
