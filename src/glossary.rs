//! The one glossary: every column in words, with equation, source and what other tools call it.

use std::fmt;

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Column name.
    pub symbol: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
    /// Equation in the letters of the notation page.
    pub equation: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Names elsewhere.
    pub elsewhere: &'static str,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n  {}\n  {}", self.symbol, self.meaning, self.equation)?;
        writeln!(f, "  source: {}", self.source)?;
        if !self.elsewhere.is_empty() {
            writeln!(f, "  elsewhere: {}", self.elsewhere)?;
        }
        Ok(())
    }
}

/// Every entry, in the order of the columns.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter()
}

/// The entry of a column.
pub fn find(symbol: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.symbol == symbol)
}

const KWW: &str = "Koopman, Wang and Wei (2014), https://doi.org/10.1257/aer.104.2.459";
const HIY: &str = "Hummels, Ishii and Yi (2001), https://doi.org/10.1016/S0022-1996(00)00093-3";
const JN: &str = "Johnson and Noguera (2012), https://doi.org/10.1016/j.jinteco.2011.10.003";

const LWW: &str =
    "Lenzen, Wood and Wiedmann (2010), https://doi.org/10.1080/09535311003661226, for errors by size of cell";
const FIELD: &str = "Sonis and Hewings (1992), https://doi.org/10.1080/09535319200000013";

const KUNSCH: &str = "Künsch (1989), https://doi.org/10.1214/aos/1176347265, for blocks of residuals";
const SHIFT: &str = "McMillan and Rodrik (2011), https://doi.org/10.3386/w17143";
const FUNCTIONS: &str = "Timmer, Miroudot and de Vries (2019), Journal of Economic Geography 19(1), 1-30";
const OWNERS: &str = "Cadestin and others (2018), https://doi.org/10.1787/194ddb63-en";

static ENTRIES: &[Entry] = &[
    Entry {
        symbol: "gexp",
        meaning: "gross exports of goods and services, intermediate and final",
        equation: "e_s = Σ_{r≠s} (A_sr x_r + y_sr)",
        source: KWW,
        elsewhere: "OECD EXGR; decompr GEXP or texp; Stata icio gtrade",
    },
    Entry {
        symbol: "dva",
        meaning: "in `tiva`: domestic value-added content of exports, domestic double counting included",
        equation: "v_s B_ss e_s; dva + fva = gexp with residual value added",
        source: KWW,
        elsewhere: "OECD EXGR_DVA; decompr and Stata icio DC. The net DVA of Borin-Mancini is dva less ddc",
    },
    Entry {
        symbol: "fva",
        meaning: "in `tiva`: foreign value-added content of exports, foreign double counting included",
        equation: "Σ_{t≠s} v_t B_ts e_s",
        source: KWW,
        elsewhere: "OECD EXGR_FVA; decompr and Stata icio FC",
    },
    Entry {
        symbol: "dva_share",
        meaning: "domestic value-added content as a fraction of gross exports; empty without exports",
        equation: "dva / gexp",
        source: KWW,
        elsewhere: "OECD EXGR_DVASH / 100",
    },
    Entry {
        symbol: "vs",
        meaning: "import content of exports: imported inputs used, directly and through domestic suppliers",
        equation: "VS_s = u (Σ_{r≠s} A_rs) L_ss e_s = fva + domestic double counting",
        source: HIY,
        elsewhere: "Borin-Mancini GVCB; not the same as fva: imports that hold returned domestic value count as foreign",
    },
    Entry {
        symbol: "vs_share",
        meaning: "import content as a fraction of gross exports; empty without exports",
        equation: "vs / gexp",
        source: HIY,
        elsewhere: "",
    },
    Entry {
        symbol: "vs1",
        meaning: "own value added embodied in other economies' exports (by sector: of origin; by pair: whose exports)",
        equation: "VS1_s = v_s Σ_{r≠s} B_sr e_r",
        source: HIY,
        elsewhere: "OECD FEXDVA; exvatools FEXDVAP; gvc e2r",
    },
    Entry {
        symbol: "vax",
        meaning: "value-added exports: own value added absorbed by final demand abroad (by pair: who finally absorbs)",
        equation: "VAX_sr = v_s Σ_k B_sk y_kr, r ≠ s",
        source: JN,
        elsewhere: "OECD FFD_DVA; VAX-C of Los and Timmer (2018)",
    },
    Entry {
        symbol: "vax_ratio",
        meaning: "value-added exports over gross exports; may exceed 1 for a sector or a pair",
        equation: "vax / gexp",
        source: JN,
        elsewhere: "VAX ratio",
    },
    Entry {
        symbol: "int_share",
        meaning: "fraction of gross exports that the buyer uses as an input",
        equation: "Σ_r A_sr x_r / gexp",
        source: "Miroudot, Lanz and Ragoussis (2009), https://doi.org/10.1787/224301018845",
        elsewhere: "OECD EXGR_INT / EXGR",
    },
    Entry {
        symbol: "_lo",
        meaning: "with `--draws`: lower end of the percentile interval of the column before it, from tables with errors in \
                  their cells that keep the margins",
        equation: "quantile (1 - level) / 2 of the number over z* = z exp(N(0, sd²) - sd²/2), balanced by RAS or GRAS",
        source: LWW,
        elsewhere: "",
    },
    Entry {
        symbol: "_hi",
        meaning: "with `--draws`: upper end of the percentile interval",
        equation: "quantile (1 + level) / 2; see _lo",
        source: LWW,
        elsewhere: "",
    },
    Entry {
        symbol: "derivative",
        meaning: "in `sensitivity`: change of the measure for one more unit of the flow (mode flows) or of the coefficient or \
                  value-added share (the other modes); where cells are added up, of a unit spread in proportion",
        equation: "∂s/∂z_ij, ∂s/∂A_ij or ∂s/∂v_j",
        source: FIELD,
        elsewhere: "field of influence, for A",
    },
    Entry {
        symbol: "elasticity",
        meaning: "in `sensitivity`: per cent by which the measure changes when the flow or coefficient grows by one",
        equation: "z_ij / s · ∂s/∂z_ij",
        source: FIELD,
        elsewhere: "",
    },
    Entry {
        symbol: "effect_of_1_percent",
        meaning: "in `sensitivity`: change of the measure, in its own unit, when the flow or coefficient grows by one per cent",
        equation: "0.01 z_ij ∂s/∂z_ij",
        source: FIELD,
        elsewhere: "",
    },
    Entry {
        symbol: "variance_share",
        meaning: "in `sensitivity`: the cell's part of the variance of the measure to first order, when all cells have errors \
                  and the table is balanced back to its margins",
        equation: "(∂s/∂z_ij − a_i − b_j)² z_ij² (exp(sd²) − 1) / Var(s); a, b: what the margins take back",
        source: LWW,
        elsewhere: "",
    },
    Entry {
        symbol: "trend",
        meaning: "in `upgrading`: slope of the straight line through the years of a measure, per cent or points a year; with \
                  trend_lo and trend_hi its block-bootstrap interval, p its p-value and p_adj the same adjusted over all units",
        equation: "y_t = level + trend (t - mean t) + e_t, y = 100 ln(value), 100 share or 100 times summed log changes",
        source: KUNSCH,
        elsewhere: "",
    },
    Entry {
        symbol: "direction",
        meaning: "in `upgrading`: advance or decline when the interval of the trend excludes zero, else unclear",
        equation: "advance: the whole interval on the side that the measure counts as better",
        source: KUNSCH,
        elsewhere: "",
    },
    Entry {
        symbol: "needs",
        meaning: "in `upgrading`: the data that are missing, with the option that reads them, or the years without figures",
        equation: "none: words",
        source: "this engine",
        elsewhere: "",
    },
    Entry {
        symbol: "within",
        meaning: "in `upgrading --show shift-share`: growth of income a worker inside sectors, 100 times log points",
        equation: "100 Σ (mean θ_i) Δp_i / L(P0, P1), θ_i share of work, p_i income a worker, L logarithmic mean",
        source: SHIFT,
        elsewhere: "",
    },
    Entry {
        symbol: "between",
        meaning: "in `upgrading`: what work that moves between sectors adds to income a worker; within + between = growth",
        equation: "100 Σ (mean p_i - mean P) Δθ_i / L(P0, P1)",
        source: SHIFT,
        elsewhere: "structural change term",
    },
    Entry {
        symbol: "rho",
        meaning: "in `upgrading --show correlations`: rank correlation of the trends of two kinds of upgrading, with rho_lo and \
                  rho_hi its interval when economies are resampled",
        equation: "Spearman's coefficient over units",
        source: "Davison and Hinkley (1997), https://doi.org/10.1017/CBO9780511802843",
        elsewhere: "",
    },
    Entry {
        symbol: "both_advance",
        meaning: "in `upgrading --show correlations`: units in which both kinds advance",
        equation: "count of units with both directions `advance`",
        source: "this engine",
        elsewhere: "",
    },
    Entry {
        symbol: "function_income",
        meaning: "in `functions`: labour income from a business function in the economy's own exports",
        equation: "f_ki = Σ share_k labour / x (B e_s) over the economy's rows",
        source: FUNCTIONS,
        elsewhere: "",
    },
    Entry {
        symbol: "function_share",
        meaning: "in `functions`: part of the labour income in exports that comes from the function; world_share the same for all \
                  economies with figures",
        equation: "f_ki / f_i; f_k / f",
        source: FUNCTIONS,
        elsewhere: "",
    },
    Entry {
        symbol: "fs",
        meaning: "in `functions`: index of functional specialisation; above one the economy earns more of its export income from \
                  the function than the world does",
        equation: "FS_ki = (f_ki / f_i) / (f_k / f); weighted by f_i / f it averages to 1",
        source: FUNCTIONS,
        elsewhere: "",
    },
    Entry {
        symbol: "research",
        meaning: "in `research`: value added of the R&D sectors embodied in the flow; research_own and research_foreign by origin, \
                  own_share, foreign_share and research_share as fractions of it",
        equation: "Σ_t v^R_t B_ts f_s, f exports or final goods completed",
        source: "Los, Timmer and de Vries (2015), https://doi.org/10.1111/jors.12121, of one kind of sector",
        elsewhere: "",
    },
    Entry {
        symbol: "research_intensity",
        meaning: "in `research`: research as a fraction of all value added in the flow",
        equation: "v^R B f / v B f",
        source: "Los, Timmer and de Vries (2015), https://doi.org/10.1111/jors.12121, of one kind of sector",
        elsewhere: "",
    },
    Entry {
        symbol: "dva_foreign_owned",
        meaning: "in `ownership`: domestic value added in exports that foreign-owned firms add; dva_domestic_owned the rest",
        equation: "Σ φ_i v_i (B e_s)_i, φ the foreign-owned part of value added of row i",
        source: OWNERS,
        elsewhere: "",
    },
    Entry {
        symbol: "foreign_owned_share",
        meaning: "in `ownership`: dva_foreign_owned / dva; empty where owners are not known",
        equation: "dva_foreign_owned / dva",
        source: OWNERS,
        elsewhere: "",
    },
    Entry {
        symbol: "foreign_owned_max",
        meaning: "in `ownership`: upper bound of the foreign-owned share, foreign_owned_min the lower; not an interval. Without \
                  owners: labour compensation stays at home, so at most the capital share",
        equation: "0 to Σ capital_i / x_i (B e_s)_i / dva",
        source: OWNERS,
        elsewhere: "",
    },
];
