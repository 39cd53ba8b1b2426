//! A result taken apart by origin, absorber or third economy, handed over piece by piece.
//!
//! Every term is linear in value added and in final demand, so the pieces add up to the whole. A full result of a 77 x 45
//! table by sector, partner and origin has 20 million rows; one piece of it has 260 thousand, and no more than one is in
//! memory.

use super::{Apart, DecomposeError, Decomposition, Detail, Dimension, Method, Scope, Workspace};
use crate::level::Level;

/// Runs a method and hands its result over: whole when it is not taken apart, else one piece for each combination of
/// those who are told, in order: of absorbers first, then of third economies, then of origins and their industries.
///
/// Pieces have the details as their last keys. By origin `gexp` of a piece is what the origin's value added makes of gross
/// exports, so that it adds up too; by third economy only the re-export terms are told, and rows in which the third economy
/// would be the exporter or importer are left out.
///
/// # Errors
/// As `run`; a detail that the method does not know; whatever `take` returns.
///
/// # Cost
/// By origin O(n (N + G)) a piece on top of the whole, by its industries a solve with N right-hand sides an origin too, by
/// absorber O(n²) and the flows of the method, by third economy O(n N G + n²).
pub fn stream<E: From<DecomposeError>>(
    method: &dyn Method,
    work: &Workspace,
    level: Level,
    scope: &Scope,
    apart: &Apart,
    mut take: impl FnMut(Decomposition) -> Result<(), E>,
) -> Result<(), E> {
    method.check(level, scope, work.axis())?;
    apart.check(method, level, work.axis())?;
    let economies = work.axis().n_economies();
    // What an absorber calls forth is made once for all origins.
    for absorber in apart.absorbers(economies) {
        let restricted = absorber.map(|absorber| work.only_absorber(absorber)).transpose();
        let restricted = restricted.map_err(DecomposeError::from)?;
        let work = restricted.as_ref().unwrap_or(work);
        for third in apart.thirds(economies) {
            let narrowed = match third {
                Some(third) => {
                    let Some(scope) = without(work, method, level, scope, third) else { continue };
                    Some(scope)
                }
                None => None,
            };
            let scope = narrowed.as_ref().unwrap_or(scope);
            let piece = |work: &Workspace| match third {
                Some(third) => method.compute_third(work, third, level, scope),
                None => method.compute(work, level, scope),
            };
            for origin in apart.origins(economies) {
                let place = Place { absorber, third, origin, industry: None };
                match origin {
                    None => take(place.named(piece(work)?, &apart.by))?,
                    Some(economy) if apart.tells_industries() => {
                        // Anew for each absorber: kept they would be an n x n matrix, and the pieces cost far more.
                        let multipliers =
                            work.multipliers_of_industries(economy).map_err(DecomposeError::from)?;
                        for (k, sector) in work.axis().sectors_of(economy).into_iter().enumerate() {
                            let part = work
                                .only_industry(economy, sector, multipliers.column(k).as_slice())
                                .map_err(DecomposeError::from)?;
                            let place = Place { industry: Some(sector), ..place };
                            take(place.named(piece(&part)?, &apart.by))?;
                        }
                    }
                    Some(economy) => {
                        let part = work.only_origin(economy).map_err(DecomposeError::from)?;
                        take(place.named(piece(&part)?, &apart.by))?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// Who is in a piece; nobody where it is not asked.
#[derive(Clone, Copy)]
struct Place {
    absorber: Option<usize>,
    third: Option<usize>,
    origin: Option<usize>,
    industry: Option<usize>,
}

impl Place {
    /// The piece with its further keys.
    fn named(self, piece: Decomposition, by: &[Detail]) -> Decomposition {
        by.iter().flat_map(|detail| detail.keys()).fold(piece, |piece, &key| {
            let (dimension, index) = match key {
                "origin_sector" => (Dimension::Sector, self.industry),
                "origin" => (Dimension::Economy, self.origin),
                "absorber" => (Dimension::Economy, self.absorber),
                _ => (Dimension::Economy, self.third),
            };
            piece.with_key(key, dimension, index.expect("a detail that is asked for is gone through"))
        })
    }
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
