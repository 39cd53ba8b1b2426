//! Statistics: shape tests, resampling, panels, multiple testing and attribution. The ground floor: no economics.
//!
//! Everything takes slices of numbers and gives back plain results; what the numbers measure is decided above. Wrong data
//! is a [`StatsError`]; an inconclusive test is a result. Every random procedure takes a seed and returns the same bits on
//! any number of threads.
//!
//! | question | file | entry |
//! |---|---|---|
//! | what moves with what, and how sure | [`mod@ols`] | [`fn@ols`], [`Design`], [`Covariance`] |
//! | the same within units and years | [`panel`], [`within`], [`wild_cluster`] | [`Panel`], [`PanelFit`] |
//! | how sure, when shocks are correlated over time | [`bootstrap`] | [`residual_bootstrap`], [`BootstrapPlan`], [`Shuffle`] |
//! | how long shocks last | [`ar1`] | [`Ar1`] |
//! | does a path rise, bend, turn | [`trend`] | [`linear_trend`], [`quadratic_trend`], [`TurnRule`] |
//! | where does a fitted path run, and how sure | [`fitted`] | [`quadratic_path`] |
//! | is it really a U inside the sample | [`u_test`] | [`lind_mehlum`], [`test_u_shape`], [`FiellerSet`] |
//! | is there a peak and a lasting drop | [`peak`] | [`peak_drop`], [`PeakRule`] |
//! | is there a third phase | [`cubic`] | [`in_out_in`] |
//! | do two quantities move together over clustered units | [`correlation`] | [`clustered_spearman`] |
//! | is there a sudden change | [`breaks`] | [`sup_f`] |
//! | which of many tests count | [`multiple`] | [`benjamini_hochberg`], [`holm`] |
//! | does the finding depend on how it is measured | [`spec_curve`] | [`SpecCurve`] |
//! | would the test have found it | [`power`] | [`simulated_power`], [`minimum_detectable_effect`] |
//! | how much of a change is due to each factor | [`mod@shapley`] | [`fn@shapley`], [`shapley_many`] |
//! | the same without assuming normality | [`robust`] | [`sign_test`], [`spearman`], [`theil_sen`], [`mean_difference`] |
//! | percentiles, means, random weights | [`mod@quantile`], [`random`] | [`fn@quantile`], [`weighted_mean`], [`dirichlet`] |
//! | normal numbers by the million | [`normal_stream`] | [`NormalStream`] |
//!
//! Results share the vocabulary of [`inference`]: [`Interval`], [`Estimate`], [`Sign`].
//!
//! With 17 to 27 years no test here is strong, and intervals are too narrow when memory is long. The measured sizes
//! are written at [`residual_bootstrap`], [`QuadraticTrend::turn`], [`peak_drop`] and [`sup_f`].

pub mod ar1;
pub mod bootstrap;
pub mod breaks;
pub mod correlation;
pub mod cubic;
pub mod design;
pub mod error;
pub mod fitted;
pub mod inference;
mod innovations;
pub mod multiple;
pub mod normal_stream;
pub mod ols;
pub mod panel;
pub mod peak;
pub mod power;
pub mod quantile;
pub mod random;
pub mod robust;
pub mod shapley;
pub mod spec_curve;
pub mod trend;
pub mod u_test;
pub mod wild_cluster;
pub mod within;

pub use ar1::Ar1;
pub use bootstrap::{
    BootstrapEstimate, BootstrapPlan, DEFAULT_BLOCK, DEFAULT_DRAWS, DEFAULT_LEVEL, DEFAULT_SEED,
    FEWEST_DRAWS, ResidualBootstrap, Shuffle, Tails, expanded_p_one_sided, residual_bootstrap,
};
pub use breaks::{BreakModel, DEFAULT_TRIMMING, SupF, sup_f};
pub use correlation::clustered_spearman;
pub use cubic::{InOutIn, in_out_in};
pub use design::Design;
pub use error::StatsError;
pub use fitted::quadratic_path;
pub use inference::{Estimate, Interval, Sign};
pub use multiple::{DEFAULT_FDR, benjamini_hochberg, count_at_most, holm};
pub use normal_stream::NormalStream;
pub use ols::{Covariance, OlsFit, ols};
pub use panel::{FEW_CLUSTERS, Panel, PanelCoefficient, PanelFit};
pub use peak::{PeakDrop, PeakRule, peak_drop};
pub use power::{
    DEFAULT_SIZE, DEFAULT_TARGET_POWER, DetectableEffect, Power, PowerPlan, minimum_detectable_effect,
    simulated_power,
};
pub use quantile::{median, quantile, weighted_mean};
pub use random::{dirichlet, seed_for};
pub use robust::{
    MedianSlope, RankCorrelation, SignTest, mean_by_bootstrap, mean_difference, sign_test, spearman,
    theil_sen,
};
pub use shapley::{Attribution, Changed, Contribution, MOST_FACTORS, shapley, shapley_many};
pub use spec_curve::{ChoiceSummary, DimensionFlips, SpecCurve, SpecSummary, Specification};
pub use trend::{
    Curve, DEFAULT_TURN_MARGIN, LinearTrend, QuadraticTrend, TurnRule, linear_trend, quadratic_trend,
};
pub use u_test::{
    DEFAULT_FIELLER_LEVEL, FiellerSet, QuadraticEstimate, UTest, UTestOptions, lind_mehlum, test_u_shape,
};
pub use wild_cluster::{DEFAULT_WILD_DRAWS, WildBootstrap};
pub use within::Effects;
