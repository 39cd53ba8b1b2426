//! Who is in a term: a result taken apart by origin, absorber or third economy, handed over piece by piece.
//!
//! Every term is linear in value added and in final demand, so the pieces add up to the whole. A full result of a 77 x 45
//! table by sector, partner and origin has 20 million rows; one piece of it has 260 thousand, and no more than one is in
//! memory.

use super::{DecomposeError, Decomposition, Detail, Method, Scope, Workspace, unsupported_detail};
use crate::level::Level;

/// Runs a method and hands its result over: whole without a detail, else one piece an economy, in order.
///
/// Pieces have the detail as their last key. With [`Detail::Origin`] `gexp` of a piece is what the origin's value added
/// makes of gross exports, so that it adds up too; with [`Detail::Third`] only the re-export terms are told, and rows in
/// which the third economy would be the exporter or importer are left out.
///
/// # Errors
/// As `run`; a detail that the method does not know; whatever `take` returns.
///
/// # Cost
/// By origin O(n (N + G)) a piece on top of the whole, by absorber O(n²) and the flows of the method, by third economy
/// O(n N G + n²).
pub fn stream<E: From<DecomposeError>>(
    method: &dyn Method,
    work: &Workspace,
    level: Level,
    scope: &Scope,
    detail: Option<Detail>,
    mut take: impl FnMut(Decomposition) -> Result<(), E>,
) -> Result<(), E> {
    method.check(level, scope, work.axis())?;
    let Some(detail) = detail else {
        return take(method.compute(work, level, scope)?);
    };
    check_detail(method, level, detail)?;
    for economy in 0..work.axis().n_economies() {
        let piece = match detail {
            Detail::Origin => {
                method.compute(&work.only_origin(economy).map_err(DecomposeError::from)?, level, scope)?
            }
            Detail::Absorber => {
                method.compute(&work.only_absorber(economy).map_err(DecomposeError::from)?, level, scope)?
            }
            Detail::Third => {
                let Some(scope) = without(work, method, level, scope, economy) else { continue };
                method.compute_third(work, economy, level, &scope)?
            }
        };
        take(piece.with_detail(detail, economy))?;
    }
    Ok(())
}

/// Can the rows of a method at a level be taken apart this way?
///
/// # Errors
/// A method that cannot; rows that tell it already.
pub fn check_detail(method: &dyn Method, level: Level, detail: Detail) -> Result<(), DecomposeError> {
    if method.keys(level).contains(&detail.id()) {
        let (level, detail) = (level.id(), detail.id());
        return Err(DecomposeError::DetailIsKey { method: method.id(), level, detail });
    }
    if !method.details().contains(&detail) {
        return Err(unsupported_detail(method.id(), detail, method.details()));
    }
    Ok(())
}

/// The scope without one economy among exporters and importers; nothing when no exporter or importer is left.
fn without(
    work: &Workspace,
    method: &dyn Method,
    level: Level,
    scope: &Scope,
    economy: usize,
) -> Option<Scope> {
    let others = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..work.axis().n_economies()).filter(|&e| e != economy && wanted(e)).collect()
    };
    let exporters = others(&|e| scope.wants_exporter(e));
    let importers = others(&|e| scope.wants_importer(e));
    let has_importers = method.keys(level).contains(&"importer");
    (!exporters.is_empty() && !importers.is_empty()).then(|| Scope {
        exporters,
        importers: if has_importers { importers } else { Vec::new() },
        sectors: scope.sectors.clone(),
    })
}
