//! The plain Leontief decomposition: whose value added is in whose exports.

use std::ops::Range;

use rayon::prelude::*;

use super::aggregate::{Rows, sector_rows};
use super::decomposition::{Dimension, Key};
use super::vocabulary::{CONTENT, DC, FC, GEXP};
use super::{Citation, DecomposeError, Decomposition, Detail, Identity, Method, Scope, Term, Workspace};
use crate::labels::Axis;
use crate::level::Level;

/// Which industry of which economy added the value that is in exports?
///
/// ```text
/// v̂ B ê        one row an origin industry and an exporter (country level) or exporting industry (sector level)
/// (n,n)
/// ```
/// # Terms
/// | level | keys | columns |
/// |---|---|---|
/// | country | origin, origin_sector, exporter | `content` = v_i Σ_j B_ij e_j |
/// | sector | origin, origin_sector, exporter, sector | `content` = v_i B_ij e_j |
/// | bilateral, bilateral-sector | exporter, (sector,) importer | `gexp`, `dc` = D_s # e_sr, `fc` = F_s # e_sr |
///
/// All are primary. At the bilateral levels the full list of origins would have n² G rows; `--by origin` tells the
/// economies.
///
/// # Assumptions
/// As `bm-source`.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// Sector level: the global inverse (O(n³), shared) and n² numbers; the others O(n² G).
///
/// # Differences
/// decompr's `leontief(post = "exports")` is the sector level in wide form.
///
/// # Source
/// Leontief (1936), Review of Economics and Statistics 18(3), <https://doi.org/10.2307/1927837>; for exports Hummels,
/// Ishii and Yi (2001), <https://doi.org/10.1016/S0022-1996(00)00093-3>.
#[derive(Debug)]
pub struct Leontief;

const BY_ORIGIN: &[Term] = &[CONTENT.primary("v̂ B ê")];
const CONTENTS: &[Term] = &[GEXP.primary("e_sr"), DC.primary("D_s # e_sr"), FC.primary("F_s # e_sr")];

const SUM_OVER_ORIGINS: &[Identity] = &[Identity {
    statement: "gexp = sum of content over origins",
    whole: Identity::EMBODIED,
    parts: &["content"],
    summed_over: &["origin", "origin_sector"],
}];
const SUM_OF_CONTENTS: &[Identity] = &[Identity::new("gexp = dc + fc", Identity::EMBODIED, &["dc", "fc"])];

fn lists_origins(level: Level) -> bool {
    matches!(level, Level::Country | Level::Sector)
}

impl Method for Leontief {
    fn id(&self) -> &'static str {
        "leontief"
    }

    fn summary(&self) -> &'static str {
        "value added of every origin industry in the exports of every economy or industry"
    }

    fn citation(&self) -> Citation {
        Citation {
            authors: "Leontief (1936)",
            work: "Quantitative Input and Output Relations in the Economic Systems of the United States, Review of \
                   Economics and Statistics 18(3)",
            doi: "10.2307/1927837",
        }
    }

    fn keys(&self, level: Level) -> &'static [&'static str] {
        match level {
            Level::Country => &["origin", "origin_sector", "exporter"],
            Level::Sector => &["origin", "origin_sector", "exporter", "sector"],
            Level::Bilateral | Level::BilateralSector => super::scope::export_keys(level),
        }
    }

    fn terms(&self, level: Level) -> &'static [Term] {
        if lists_origins(level) { BY_ORIGIN } else { CONTENTS }
    }

    fn identities(&self, level: Level) -> &'static [Identity] {
        if lists_origins(level) { SUM_OVER_ORIGINS } else { SUM_OF_CONTENTS }
    }

    fn details(&self) -> &'static [Detail] {
        &[Detail::Absorber, Detail::Origin]
    }

    fn needs_inverse(&self, level: Level) -> bool {
        level == Level::Sector
    }

    fn cost(&self) -> &'static str {
        "sector level O(n³) for the shared global inverse and n² numbers; the others O(n² G), n = GN"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        if lists_origins(level) {
            return origins(self, work, level, scope);
        }
        let multipliers = work.multipliers();
        let exports = work.flows().bilateral_exports();
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let e = exports[(row, r)];
            out.copy_from_slice(&[
                work.gexp(row, r),
                multipliers.domestic[row] * e,
                multipliers.foreign[row] * e,
            ]);
        }))
    }
}

/// An exporting economy (with all rows) or industry (with its rows).
struct User {
    economy: usize,
    sector: usize,
    rows: Vec<usize>,
}

/// The rows of the country and sector levels.
fn origins(
    method: &dyn Method,
    work: &Workspace,
    level: Level,
    scope: &Scope,
) -> Result<Decomposition, DecomposeError> {
    let axis = work.axis();
    let exports = work.flows().gross_exports();
    let users = users(axis, level, scope);
    let share = work.share();
    // Output of row i called forth by a user: from B e_s where the whole economy exports, from B itself otherwise.
    let by_exporter = work.model().output_by_exporter()?;
    let inverse = if level == Level::Sector { Some(work.system().global_leontief()?) } else { None };
    let called_forth = |rows: Range<usize>, user: &User, into: &mut [f64]| match inverse {
        None => into.copy_from_slice(&by_exporter.column(user.economy).as_slice()[rows]),
        Some(inverse) => {
            into.fill(0.0);
            for &column in &user.rows {
                let produced = &inverse.column(column).data.into_slice()[rows.clone()];
                for (sum, b) in into.iter_mut().zip(produced) {
                    *sum += b * exports[column];
                }
            }
        }
    };
    let by_origin: Vec<Vec<f64>> = (0..axis.n_economies())
        .into_par_iter()
        .map(|t| {
            let block = axis.block(t);
            let sectors = sector_rows(axis, t);
            let mut values = vec![0.0; sectors.len() * users.len()];
            let mut produced = vec![0.0; block.len()];
            for (u, user) in users.iter().enumerate() {
                called_forth(block.clone(), user, &mut produced);
                for (position, (_, rows)) in sectors.iter().enumerate() {
                    values[position * users.len() + u] =
                        rows.iter().map(|&row| share[row] * produced[row - block.start]).sum();
                }
            }
            values
        })
        .collect();
    let values = by_origin.concat();
    let mut keys = [const { Vec::new() }; 4];
    let mut content = Vec::with_capacity(values.len());
    let embodied: Vec<f64> = users
        .iter()
        .map(|user| user.rows.iter().map(|&row| work.attributed(row) * exports[row]).sum())
        .collect();
    for key in &mut keys {
        key.reserve(values.len());
    }
    for t in 0..axis.n_economies() {
        for sector in axis.sectors_of(t) {
            keys[0].extend(std::iter::repeat_n(t as u32, users.len()));
            keys[1].extend(std::iter::repeat_n(sector as u32, users.len()));
            keys[2].extend(users.iter().map(|user| user.economy as u32));
            keys[3].extend(users.iter().map(|user| user.sector as u32));
            content.extend(&embodied);
        }
    }
    let [origin, origin_sector, exporter, sector] = keys;
    let wanted = method.keys(level);
    let all_keys = [
        Key { name: "origin", dimension: Dimension::Economy, indices: origin },
        Key { name: "origin_sector", dimension: Dimension::Sector, indices: origin_sector },
        Key { name: "exporter", dimension: Dimension::Economy, indices: exporter },
        Key { name: "sector", dimension: Dimension::Sector, indices: sector },
    ];
    Ok(Decomposition {
        method: method.id(),
        level,
        keys: all_keys.into_iter().filter(|key| wanted.contains(&key.name)).collect(),
        terms: method.terms(level),
        values: vec![values],
        exports: Vec::new(),
        content,
        scale: work.scale().to_vec(),
    })
}

fn users(axis: &Axis, level: Level, scope: &Scope) -> Vec<User> {
    let economies = (0..axis.n_economies()).filter(|&s| scope.wants_exporter(s));
    match level {
        Level::Sector => economies
            .flat_map(|s| sector_rows(axis, s).into_iter().map(move |(sector, rows)| (s, sector, rows)))
            .filter(|(_, sector, _)| scope.wants_sector(*sector))
            .map(|(economy, sector, rows)| User { economy, sector, rows })
            .collect(),
        _ => economies.map(|s| User { economy: s, sector: 0, rows: axis.block(s).collect() }).collect(),
    }
}
