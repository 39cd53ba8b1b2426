//! The OECD's trade in value added indicators, by their published codes.

use super::aggregate::{Partners, Rows};
use super::vocabulary::{
    BALGR, BALVAFD, DEXFVAP, DFD_FVA, DOM, DOM_FNL, DOM_INT, DXD_DVA, EXGR, EXGR_DDC, EXGR_DVA, EXGR_FNL,
    EXGR_FVA, EXGR_IDC, EXGR_INT, EXGR_RIM, FD_VA, FEXDVAP, FFD_DVA, IMGR, IMGR_FNL, IMGR_INT, PROD, VA,
};
use super::{Citation, DecomposeError, Decomposition, Detail, Identity, Method, Scope, Term, Workspace};
use crate::labels::Axis;
use crate::level::Level;

/// What do the OECD's TiVA indicators say for this table?
///
/// ```text
/// EXGR_DVA = D_s # e_sr = EXGR_DDC + EXGR_IDC + EXGR_RIM         EXGR_FVA = F_s # e_sr
///            v_i L_ii e_i   Σ_{k≠i} v_k L_ki e_i   d_s M_s # e_sr
/// FFD_DVA  = v_s # Σ_k B_sk y_kr                                 DFD_FVA: the partner's FFD_DVA in s
/// ```
/// # Terms
/// The published codes in lower case. `exgr*` and `dexfvap` by exporting industry; `fd_va ffd_dva dxd_dva` by industry of
/// origin and absorbing partner; `imgr* dfd_fva fexdvap` by the *partner's* industry of the same name (its exports to s,
/// its value added in s's final demand, its exports that carry s's value added). All are primary save the balances
/// `balgr` and `balvafd`.
///
/// At the bilateral levels one row an exporter has the home market as importer: `dom dom_fnl dom_int dxd_dva fd_va prod
/// va` stand there, everything that crosses a border is zero in it. So every column adds up over importers.
///
/// Where a satellite is traced in place of value added, flows (`exgr* imgr* dom* prod`) count what of it is embodied in them,
/// v B # flow, in the unit of the satellite.
///
/// # Assumptions
/// As `bm-source`.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// O(n² G) and, for `exgr_rim`, the global inverse (O(n³), shared) and O(n² N).
///
/// # Differences
/// `exgr_dva` includes domestic double counting and `exgr_fva` foreign double counting, as published. exvatools' `REF` is
/// left out: per cell it subtracts a figure by absorber from one by importer. Columns that follow the partner's
/// industry are zero where the exporter has no industry of that name; what partners sell it of industries that it does not
/// have is in no row of an industry.
///
/// # Source
/// OECD (2023), *Guide to OECD Trade in Value Added (TiVA) Indicators, 2023 edition*; concepts in Yamano and Webb (2018)
/// and Guilhoto, Webb and Yamano (2022), OECD Science, Technology and Industry Working Papers 2022/02,
/// <https://doi.org/10.1787/58aa22b1-en>.
#[derive(Debug)]
pub struct Tiva;

const TERMS: &[Term] = &[
    EXGR.primary("e_sr"),
    EXGR_FNL.primary("y_sr"),
    EXGR_INT.primary("A_sr x_r"),
    IMGR.primary("e_rs"),
    IMGR_FNL.primary("y_rs"),
    IMGR_INT.primary("A_rs x_s"),
    BALGR.residual("exgr − imgr"),
    DOM.primary("A_ss x_s + y_ss"),
    DOM_FNL.primary("y_ss"),
    DOM_INT.primary("A_ss x_s"),
    PROD.primary("x_s"),
    VA.primary("v_s # x_s"),
    EXGR_DVA.primary("D_s # e_sr"),
    EXGR_DDC.primary("v_i L_ii e_i"),
    EXGR_IDC.primary("Σ_{k≠i} v_k L_ki e_i"),
    EXGR_RIM.primary("d_s M_s # e_sr"),
    EXGR_FVA.primary("F_s # e_sr"),
    FD_VA.primary("v_s # Σ_k B_sk y_kr"),
    DXD_DVA.primary("v_s # Σ_k B_sk y_ks"),
    FFD_DVA.primary("v_s # Σ_k B_sk y_kr, r ≠ s"),
    DFD_FVA.primary("v_r # Σ_k B_rk y_ks"),
    BALVAFD.residual("ffd_dva − dfd_fva"),
    DEXFVAP.primary("v_r B_rs # e_s"),
    FEXDVAP.primary("v_s B_sr # e_r"),
];

const WITHIN_UNITS: &[Identity] = &[
    Identity::new("exgr = exgr_dva + exgr_fva", Identity::EMBODIED, &["exgr_dva", "exgr_fva"]),
    Identity::new("exgr = exgr_fnl + exgr_int", "exgr", &["exgr_fnl", "exgr_int"]),
    Identity::new(
        "exgr_dva = exgr_ddc + exgr_idc + exgr_rim",
        "exgr_dva",
        &["exgr_ddc", "exgr_idc", "exgr_rim"],
    ),
];

const OF_INDUSTRIES: &[Identity] = &[
    WITHIN_UNITS[0],
    WITHIN_UNITS[1],
    WITHIN_UNITS[2],
    Identity::new("exgr_fva = dexfvap of all partners", "exgr_fva", &["dexfvap"]),
    Identity::new("prod = dom + exgr", "prod", &["dom", "exgr"]),
    Identity::new("va = dxd_dva + ffd_dva", "va", &["dxd_dva", "ffd_dva"]),
];

impl Method for Tiva {
    fn id(&self) -> &'static str {
        "tiva"
    }

    fn summary(&self) -> &'static str {
        "the OECD's trade in value added indicators by their codes (EXGR_DVA, FFD_DVA, ...)"
    }

    fn citation(&self) -> Citation {
        Citation {
            authors: "Guilhoto, Webb and Yamano (2022)",
            work: "Guide to OECD TiVA Indicators, 2021 edition, OECD Science, Technology and Industry Working Papers \
                   2022/02",
            doi: "10.1787/58aa22b1-en",
        }
    }

    fn caution(&self) -> Option<&'static str> {
        Some("exgr_dva and exgr_fva include double counting; value added counted once is in bm-source")
    }

    fn remark(&self, axis: &Axis, level: Level) -> Option<String> {
        /// So many economies are named.
        const NAMED: usize = 5;
        if !matches!(level, Level::Sector | Level::BilateralSector) {
            return None;
        }
        let lacking: Vec<&str> = (0..axis.n_economies())
            .filter(|&economy| axis.sectors_of(economy).len() < axis.n_sectors())
            .map(|economy| axis.economies()[economy].as_str())
            .collect();
        let more = if lacking.len() > NAMED { ", ..." } else { "" };
        (!lacking.is_empty()).then(|| {
            format!(
                "tiva: {} of {} economies do not have every sector ({}{more}): what others sell them of sectors that they \
                 lack is in no row of a sector, so that imgr, imgr_fnl, imgr_int, balgr, dfd_fva, balvafd and fexdvap add \
                 up to less than those of the economy",
                lacking.len(),
                axis.n_economies(),
                lacking[..lacking.len().min(NAMED)].join(", ")
            )
        })
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, level: Level) -> &'static [Identity] {
        match level {
            Level::Country | Level::Sector => OF_INDUSTRIES,
            Level::Bilateral | Level::BilateralSector => WITHIN_UNITS,
        }
    }

    fn details(&self) -> &'static [Detail] {
        &[]
    }

    fn cost(&self) -> &'static str {
        "O(n³) for the shared global inverse, then O(n² N), n = GN"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let axis = work.axis();
        let (multipliers, once) = (work.multipliers(), work.counted_once()?);
        let leontief = work.system().local_leontief()?;
        let flows = work.flows();
        let (exports, finals) = (flows.bilateral_exports(), flows.bilateral_final_exports());
        let (intermediates, demand) = (flows.bilateral_intermediate_exports(), flows.final_demand());
        let (total, output, share) = (flows.gross_exports(), flows.gross_output(), work.share());
        let absorbed = work.output_by_absorber()?;
        let by_sector = matches!(level, Level::Sector | Level::BilateralSector);
        // Where something else than value added is traced, a flow counts as what of it is embodied in the flow.
        let worth = |row: usize| if work.counts_embodied() { work.attributed(row) } else { 1.0 };
        let rows = Rows { partners: Partners::HomeToo, ..Rows::of(self, work, level, scope) };
        Ok(rows.each_unit(|unit, out| {
            let s = unit.exporter;
            let home = axis.block(s);
            for &row in unit.rows {
                let position = row - home.start;
                let inverse = leontief[s].column(position);
                let direct = share[row] * inverse[position];
                let indirect: f64 = home
                    .clone()
                    .zip(inverse.iter())
                    .filter(|(k, _)| *k != row)
                    .map(|(k, needed)| share[k] * needed)
                    .sum();
                for &r in unit.importers {
                    let value_added = share[row] * absorbed[(row, r)];
                    out[17] += value_added;
                    if r == s {
                        let own = work.system().coefficient_block(s, s);
                        let used: f64 =
                            own.row(position).iter().zip(home.clone()).map(|(a, j)| a * output[j]).sum();
                        let worth = worth(row);
                        out[8] += worth * demand[(row, s)];
                        out[9] += worth * used;
                        out[7] += worth * (demand[(row, s)] + used);
                        out[10] += worth * output[row];
                        out[11] += share[row] * output[row];
                        out[18] += value_added;
                        continue;
                    }
                    let e = exports[(row, r)];
                    let worth = worth(row);
                    out[0] += worth * e;
                    out[1] += worth * finals[(row, r)];
                    out[2] += worth * intermediates[(row, r)];
                    out[12] += multipliers.domestic[row] * e;
                    out[13] += direct * e;
                    out[14] += indirect * e;
                    out[15] += once.domestic_double[row] * e;
                    out[16] += multipliers.foreign[row] * e;
                    out[19] += value_added;
                    out[22] += multipliers.by_origin[(r, row)] * total[row];
                }
            }
            let sector = axis.sector_of(unit.rows[0]);
            for &r in unit.importers.iter().filter(|&&r| r != s) {
                for row in axis.block(r).filter(|&row| !by_sector || axis.sector_of(row) == sector) {
                    let worth = worth(row);
                    out[3] += worth * exports[(row, s)];
                    out[4] += worth * finals[(row, s)];
                    out[5] += worth * intermediates[(row, s)];
                    out[20] += share[row] * absorbed[(row, s)];
                    out[23] += multipliers.by_origin[(s, row)] * total[row];
                }
            }
            out[6] = out[0] - out[3];
            out[21] = out[19] - out[20];
        }))
    }
}
