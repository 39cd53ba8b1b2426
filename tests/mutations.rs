//! Can the evidence fail? One number of A, B, L, v or the exports is damaged; every method whose result changes must show
//! a gap, or stand in the list below with the reason why its identities cannot see it.

use vadex::audit::{IDENTITY_TOLERANCE, worst_evidence};
use vadex::decompose::{Decomposition, METHODS, Scope, Workspace};
use vadex::level::Level;
use vadex::model::Damage;

use super::support::{fixture, model, open};

/// (method, damage): what is told and cannot be noticed from inside the result.
const BLIND: &[(&str, Damage, &str)] = {
    const THREE_ANSWERS: &str =
        "three answers to three questions: no equation binds them, other methods hold each";
    const SAME_FACTOR: &str = "v multiplies the whole and its parts alike";
    const SAME_BLOCK: &str = "exports made again are taken from the flows of final demand with the same block of B, so \
                              the errors cancel; tests/brute_force.rs holds the flows against a real extraction";
    &[
        ("vax", Damage::LocalLeontief, THREE_ANSWERS),
        ("vax", Damage::GlobalLeontief, THREE_ANSWERS),
        ("vax", Damage::ValueAddedShare, THREE_ANSWERS),
        ("vax", Damage::Exports, THREE_ANSWERS),
        ("extraction", Damage::ValueAddedShare, SAME_FACTOR),
        ("nagengast-stehrer-sink", Damage::GlobalLeontief, SAME_BLOCK),
    ]
};

/// Largest relative change of a term between two results.
fn change(before: &Decomposition, after: &Decomposition) -> f64 {
    let scale = before.values.iter().flatten().fold(0.0_f64, |scale, value| scale.max(value.abs()));
    before
        .values
        .iter()
        .flatten()
        .zip(after.values.iter().flatten())
        .map(|(before, after)| (before - after).abs() / scale)
        .fold(0.0, f64::max)
}

#[test]
fn damage_that_changes_a_result_is_noticed_by_its_identities() {
    let sound = model(&open(&fixture("leather.csv")));
    // An input of Turkish textiles from Argentina; for exports the importer is Germany.
    let damages = [
        (Damage::InputCoefficients, 1, 4),
        (Damage::GlobalLeontief, 1, 4),
        (Damage::GlobalLeontief, 4, 4),
        (Damage::LocalLeontief, 4, 4),
        (Damage::LocalLeontief, 3, 4),
        (Damage::ValueAddedShare, 4, 0),
        (Damage::Exports, 4, 2),
    ];
    let mut blind = Vec::new();
    for method in METHODS {
        for &level in method.levels() {
            let before = method.run(&Workspace::new(&sound).unwrap(), level, &Scope::default()).unwrap();
            let gap = worst_evidence(*method, &before, sound.axis()).map_or(0.0, |gap| gap.relative_gap);
            assert!(gap < 1e-14, "{} is not exact on a sound model: {gap:e}", method.id());
            for (damage, row, column) in damages {
                let damaged = sound.damaged(damage, row, column, 1.01).unwrap();
                // A solve that refuses the damaged system has noticed too.
                let Ok(work) = Workspace::new(&damaged) else { continue };
                let Ok(after) = method.run(&work, level, &Scope::default()) else { continue };
                let gap = worst_evidence(*method, &after, sound.axis()).map_or(0.0, |gap| gap.relative_gap);
                let changed = change(&before, &after);
                let known = BLIND.iter().any(|(id, what, _)| *id == method.id() && *what == damage);
                if changed > 1e-7 && gap < IDENTITY_TOLERANCE && !known {
                    blind.push(format!(
                        "{} {} {damage:?} ({row}, {column}): result off by {changed:.1e}, gap {gap:.1e}",
                        method.id(),
                        level.id()
                    ));
                }
            }
        }
    }
    assert!(blind.is_empty(), "unnoticed damage:\n{}", blind.join("\n"));
}

#[test]
fn every_exception_names_a_method_that_exists() {
    for (id, _, reason) in BLIND {
        assert!(METHODS.iter().any(|method| method.id() == *id) && !reason.is_empty(), "{id}");
    }
    let _ = Level::ALL;
}
