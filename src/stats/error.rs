//! What can go wrong in the statistics layer, with the numbers that say why.
//!
//! One enum for the whole layer. A variant is a wrong *request* or wrong *data*; an inconclusive test is not an
//! error but a result (see the result types of each file).

/// A request or a data set that a statistical procedure cannot work with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StatsError {
    /// The sample is shorter than the procedure needs.
    #[error("{what}: {found} observations, at least {needed} needed")]
    TooFewObservations {
        /// The series or procedure.
        what: String,
        /// Smallest usable number.
        needed: usize,
        /// Number given.
        found: usize,
    },
    /// Two inputs that must line up do not.
    #[error("{what}: length {found}, expected {expected}")]
    LengthMismatch {
        /// The input with the wrong length.
        what: String,
        /// Length required by the other inputs.
        expected: usize,
        /// Length given.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("{what}: observation {} is {value}, not a finite number", position + 1)]
    NotFinite {
        /// The series.
        what: String,
        /// Zero-based position in the series.
        position: usize,
        /// The value found.
        value: f64,
    },
    /// A column of the design is, to rounding, a combination of the columns before it.
    #[error(
        "column \"{column}\" is collinear with the columns before it: {remaining:.1e} of its length is its own, tolerance {tolerance:.0e}"
    )]
    Collinear {
        /// Name of the redundant column.
        column: String,
        /// Share of the column's length that the earlier columns do not span.
        remaining: f64,
        /// Smallest share accepted.
        tolerance: f64,
    },
    /// A series is constant, so nothing about its shape can be tested.
    #[error("{what} does not vary: all {observations} values equal {value} to rounding")]
    NoVariation {
        /// The series.
        what: String,
        /// Number of observations.
        observations: usize,
        /// The common value.
        value: f64,
    },
    /// A parameter lies outside its range.
    #[error("{parameter} is {value}, must lie in [{low}, {high}]")]
    OutOfRange {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value given.
        value: f64,
        /// Smallest value allowed.
        low: f64,
        /// Largest value allowed.
        high: f64,
    },
    /// One observation is fitted exactly by construction, so HC3 divides by zero.
    #[error("observation {} has leverage 1: the design fits it exactly", position + 1)]
    FullLeverage {
        /// Zero-based position of the observation.
        position: usize,
    },
    /// Fewer clusters than cluster-robust inference needs.
    #[error("{found} clusters, at least {needed} needed")]
    TooFewClusters {
        /// Smallest usable number.
        needed: usize,
        /// Number given.
        found: usize,
    },
    /// A unit or period occurs once, so its fixed effect fits it exactly.
    #[error("{dimension} \"{label}\" has one observation, which its own fixed effect absorbs")]
    Singleton {
        /// `"unit"` or `"period"`.
        dimension: &'static str,
        /// Label of the unit or period.
        label: String,
    },
    /// The same unit and period occur twice.
    #[error("unit \"{unit}\" occurs twice in period {period}")]
    DuplicateObservation {
        /// Label of the unit.
        unit: String,
        /// The period.
        period: i32,
    },
    /// A regressor is absorbed by the fixed effects.
    #[error(
        "regressor \"{column}\" has no variation within: {remaining:.1e} of it survives the fixed effects, tolerance {tolerance:.0e}"
    )]
    NoWithinVariation {
        /// Name of the regressor.
        column: String,
        /// Share of its length left after the effects are removed.
        remaining: f64,
        /// Smallest share accepted.
        tolerance: f64,
    },
    /// Exact attribution over all orderings asked for too many factors.
    #[error("{found} factors, at most {limit} for an exact attribution")]
    TooManyFactors {
        /// Largest number allowed.
        limit: usize,
        /// Number given.
        found: usize,
    },
    /// A name that the object does not know.
    #[error("no {what} called \"{label}\"")]
    UnknownLabel {
        /// Kind of thing looked up.
        what: &'static str,
        /// The name asked for.
        label: String,
    },
    /// Time labels must increase.
    #[error("{what} must increase strictly: {previous} is followed by {next}")]
    NotIncreasing {
        /// The series.
        what: String,
        /// Earlier label.
        previous: f64,
        /// The label that does not exceed it.
        next: f64,
    },
}

impl StatsError {
    /// What to try next, in one sentence.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooFewObservations { .. } => "use a longer series or a model with fewer terms",
            Self::LengthMismatch { .. } => "build all inputs from the same list of observations",
            Self::NotFinite { .. } => "drop the observation, or repair it by a named rule, before the test",
            Self::Collinear { .. } => "leave the column out, or centre the variable before taking powers",
            Self::NoVariation { .. } => "check the indicator: a constant series has no shape to test",
            Self::OutOfRange { .. } => "choose a value inside the range",
            Self::FullLeverage { .. } => {
                "use Covariance::Hc1 or drop the column that only this observation uses"
            }
            Self::TooFewClusters { .. } => {
                "cluster on a finer level, or report the coefficient without an error"
            }
            Self::Singleton { .. } => "drop the singleton; it carries no information and shrinks the errors",
            Self::DuplicateObservation { .. } => "aggregate or select so that each unit occurs once a period",
            Self::NoWithinVariation { .. } => "leave the regressor out: the fixed effects already contain it",
            Self::TooManyFactors { .. } => "group factors, or attribute in two stages",
            Self::UnknownLabel { .. } => "check the spelling against the labels of the object",
            Self::NotIncreasing { .. } => "sort the observations by time and keep one for each period",
        }
    }
}

/// `Err(NotFinite)` for the first value that is NaN or infinite.
pub(super) fn require_finite(what: &str, values: &[f64]) -> Result<(), StatsError> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(position) => {
            Err(StatsError::NotFinite { what: what.to_owned(), position, value: values[position] })
        }
    }
}

/// `Err(LengthMismatch)` unless `found == expected`.
pub(super) fn require_length(what: &str, expected: usize, found: usize) -> Result<(), StatsError> {
    if found == expected {
        return Ok(());
    }
    Err(StatsError::LengthMismatch { what: what.to_owned(), expected, found })
}

/// `Err(TooFewObservations)` when `found < needed`.
pub(super) fn require_observations(what: &str, needed: usize, found: usize) -> Result<(), StatsError> {
    if found >= needed {
        return Ok(());
    }
    Err(StatsError::TooFewObservations { what: what.to_owned(), needed, found })
}

/// `Err(OutOfRange)` unless `low <= value <= high` (NaN fails).
pub(super) fn require_range(
    parameter: &'static str,
    value: f64,
    low: f64,
    high: f64,
) -> Result<(), StatsError> {
    if value >= low && value <= high {
        return Ok(());
    }
    Err(StatsError::OutOfRange { parameter, value, low, high })
}

/// `Err(OutOfRange)` unless `0 < value < 1`: levels of tests and intervals.
pub(super) fn require_open_unit(parameter: &'static str, value: f64) -> Result<(), StatsError> {
    require_range(parameter, value, f64::MIN_POSITIVE, 1.0 - f64::EPSILON)
}

/// Relative spread below which a series counts as constant. Sums of some thousand table cells round at about 1e-13.
const CONSTANT_TOLERANCE: f64 = 1e-12;

/// Checks the outcome of a shape test: finite, and not constant to rounding.
pub(super) fn require_variation(what: &str, values: &[f64]) -> Result<(), StatsError> {
    require_finite(what, values)?;
    let largest = values.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    if high - low > CONSTANT_TOLERANCE * largest {
        return Ok(());
    }
    Err(StatsError::NoVariation {
        what: what.to_owned(),
        observations: values.len(),
        value: values.first().copied().unwrap_or(f64::NAN),
    })
}

/// Checks that a time axis is finite and strictly increasing.
pub(super) fn require_increasing(what: &str, values: &[f64]) -> Result<(), StatsError> {
    require_finite(what, values)?;
    match values.windows(2).find(|w| w[1] <= w[0]) {
        None => Ok(()),
        Some(pair) => {
            Err(StatsError::NotIncreasing { what: what.to_owned(), previous: pair[0], next: pair[1] })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_carry_labels_and_numbers() {
        let error = require_finite("vs", &[1.0, f64::NAN]).unwrap_err();
        assert_eq!(error.to_string(), "vs: observation 2 is NaN, not a finite number");
        let error = require_observations("quadratic", 5, 3).unwrap_err();
        assert_eq!(error.to_string(), "quadratic: 3 observations, at least 5 needed");
        assert_eq!(error.hint(), "use a longer series or a model with fewer terms");
        let error = require_increasing("time", &[1995.0, 1995.0]).unwrap_err();
        assert_eq!(error.to_string(), "time must increase strictly: 1995 is followed by 1995");
    }

    #[test]
    fn rounding_noise_counts_as_constant_and_a_real_change_does_not() {
        let noise = [0.3, 0.3 + 1e-16, 0.1 + 0.2];
        assert!(matches!(
            require_variation("y", &noise),
            Err(StatsError::NoVariation { observations: 3, .. })
        ));
        assert!(require_variation("y", &[0.3, 0.3 + 1e-9]).is_ok());
    }

    #[test]
    fn a_level_of_zero_one_or_nan_is_refused() {
        for bad in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(require_open_unit("level", bad).is_err(), "{bad}");
        }
        assert!(require_open_unit("level", 0.95).is_ok());
    }
}
