//! How two quantities move together over units that come in clusters: a rank correlation whose interval resamples the
//! clusters.
//!
//! [`super::robust::spearman`] takes the units as independent; the industries of one economy are not.

use super::bootstrap::{BootstrapEstimate, BootstrapPlan, TailRule};
use super::error::{StatsError, require_length, require_observations};
use super::random::{index_below, par_draws};
use super::robust::spearman;

/// Fewest clusters that are worth resampling.
const FEWEST_CLUSTERS: usize = 5;
/// A resample may hold too few different clusters to vary; it is drawn again at most so often.
const MOST_TRIES: usize = 50;

/// A rank correlation with the interval of resampled clusters.
///
/// Whole clusters are drawn with replacement, as many as there are, and ranks are taken anew in each draw. With one unit a
/// cluster this is the pairs bootstrap.
///
/// # Assumptions
/// Clusters independent of each other. `plan.block` and `plan.tails` play no part; the interval is the plain percentile
/// one, which is a little short with few clusters.
///
/// # Errors
/// Those of [`spearman`]; [`StatsError::TooFewObservations`] with fewer than five clusters; [`StatsError::OutOfRange`] for
/// the plan.
///
/// # Cost
/// O(draws · n log n), parallel over draws, the same bits on any number of threads.
///
/// # Source
/// Davison and Hinkley (1997), Bootstrap Methods and their Application, sections 2.4 and 3.8,
/// <https://doi.org/10.1017/CBO9780511802843>.
pub fn clustered_spearman<T: AsRef<str>>(
    x: &[f64],
    y: &[f64],
    clusters: &[T],
    plan: &BootstrapPlan,
) -> Result<BootstrapEstimate, StatsError> {
    require_length("clusters", x.len(), clusters.len())?;
    let whole = spearman(x, y)?;
    let mut members: Vec<(&str, Vec<usize>)> = Vec::new();
    for (position, name) in clusters.iter().enumerate() {
        let name = name.as_ref();
        match members.iter_mut().find(|(known, _)| *known == name) {
            Some((_, positions)) => positions.push(position),
            None => members.push((name, vec![position])),
        }
    }
    require_observations("clusters of a correlation", FEWEST_CLUSTERS, members.len())?;
    BootstrapPlan { block: 1, ..*plan }.validate(members.len())?;
    let draws = par_draws(
        plan.draws,
        plan.seed,
        || (Vec::new(), Vec::new()),
        |(a, b), rng, _| {
            for _ in 0..MOST_TRIES {
                a.clear();
                b.clear();
                for _ in 0..members.len() {
                    for &position in &members[index_below(rng, members.len())].1 {
                        a.push(x[position]);
                        b.push(y[position]);
                    }
                }
                if let Ok(found) = spearman(a, b) {
                    return found.rho;
                }
            }
            f64::NAN
        },
    );
    Ok(BootstrapEstimate::from_draws(whole.rho, draws, TailRule::plain(plan.level)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::tests::on_one_and_two_threads;

    fn plan() -> BootstrapPlan {
        BootstrapPlan { draws: 499, ..BootstrapPlan::default() }
    }

    #[test]
    fn copies_of_a_cluster_do_not_make_the_interval_narrower() {
        let x: Vec<f64> = (0..12).map(|i| f64::from((i * 5) % 12)).collect();
        // Against 0, 5, 10, 3, 8, 1, 6, 11, 4, 9, 2, 7: half in order.
        let y = [3.0, 0.0, 11.0, 1.0, 9.0, 5.0, 2.0, 8.0, 10.0, 4.0, 6.0, 7.0];
        let names: Vec<String> = (0..12).map(|i| format!("e{i}")).collect();
        let single = clustered_spearman(&x, &y, &names, &plan()).unwrap();
        let copied: Vec<usize> = (0..48).map(|i| i % 12).collect();
        let pick = |values: &[f64]| copied.iter().map(|&i| values[i]).collect::<Vec<f64>>();
        let names: Vec<&String> = copied.iter().map(|&i| &names[i]).collect();
        let fourfold = clustered_spearman(&pick(&x), &pick(&y), &names, &plan()).unwrap();
        assert!((single.value - fourfold.value).abs() < 1e-12);
        let width = |e: &BootstrapEstimate| e.interval.high - e.interval.low;
        assert!((width(&single) - width(&fourfold)).abs() < 0.05, "{single:?} {fourfold:?}");
        assert!(width(&single) > 0.1);
    }

    #[test]
    fn a_planted_tie_is_found_and_threads_do_not_matter() {
        let x: Vec<f64> = (0..30).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|v| v * v + 40.0 * (v * 1.7).sin()).collect();
        let names: Vec<String> = (0..30).map(|i| format!("e{}", i / 3)).collect();
        let (a, b) = on_one_and_two_threads(|| clustered_spearman(&x, &y, &names, &plan()).unwrap());
        assert_eq!(a, b);
        assert!(a.interval.low > 0.5 && a.p_two_sided < 0.05);
    }

    #[test]
    fn few_clusters_and_constants_are_refused() {
        let x = [1.0, 2.0, 3.0, 4.0];
        assert!(clustered_spearman(&x, &x, &["a", "b", "c", "d"], &plan()).is_err());
        assert!(clustered_spearman(&[1.0; 6], &[2.0; 6], &["a", "b", "c", "d", "e", "f"], &plan()).is_err());
    }
}
