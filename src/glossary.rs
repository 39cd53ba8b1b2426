//! The one glossary: every column in words, with equation, source and what other tools call it.

mod keys;

use std::fmt;

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Column name.
    pub symbol: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
    /// Equation in the letters of the notation page; empty for columns that are labels or words.
    pub equation: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Names elsewhere.
    pub elsewhere: &'static str,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n  {}", self.symbol, self.meaning)?;
        for (lead, text) in
            [("  ", self.equation), ("  source: ", self.source), ("  elsewhere: ", self.elsewhere)]
        {
            if !text.is_empty() {
                writeln!(f, "{lead}{text}")?;
            }
        }
        Ok(())
    }
}

/// Every entry, in the order of the columns.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().chain(keys::KEYS)
}

/// The entry of a column.
pub fn find(symbol: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.symbol == symbol)
}

const KWW: &str = "Koopman, Wang and Wei (2014), https://doi.org/10.1257/aer.104.2.459";
const HIY: &str = "Hummels, Ishii and Yi (2001), https://doi.org/10.1016/S0022-1996(00)00093-3";
const JN: &str = "Johnson and Noguera (2012), https://doi.org/10.1016/j.jinteco.2011.10.003";

const LWW: &str =
    "Lenzen, Wood and Wiedmann (2010), https://doi.org/10.1080/09535311003661226, for errors by size of cell";
const MILLER_BLAIR: &str =
    "Miller and Blair (2009), Input-Output Analysis, https://doi.org/10.1017/CBO9780511626982";
const SDA: &str = "Dietzenbacher and Los (1998), https://doi.org/10.1080/09535319800000023, for the orders";
const FIELD: &str = "Sonis and Hewings (1992), https://doi.org/10.1080/09535319200000013";

const INNOVATIONS: &str = "Bühlmann (1997), https://doi.org/10.2307/3318584, for resampled innovations; Kilian (1998), \
                           https://doi.org/10.1162/003465398557465, for the bias of the autocorrelation";
const SHIFT: &str = "McMillan and Rodrik (2011), https://doi.org/10.3386/w17143";
const FUNCTIONS: &str = "Timmer, Miroudot and de Vries (2019), Journal of Economic Geography 19(1), 1-30";
const OWNERS: &str = "Cadestin and others (2018), https://doi.org/10.1787/194ddb63-en";

static ENTRIES: &[Entry] = &[
    Entry {
        symbol: "gexp",
        meaning: "gross exports of goods and services, intermediate and final; where a satellite is traced in place of value \
                  added, what of it is embodied in them",
        equation: "e_s = Σ_{r≠s} (A_sr x_r + y_sr); of a satellite u v B ê_s",
        source: KWW,
        elsewhere: "OECD EXGR; decompr GEXP or texp; Stata icio gtrade",
    },
    Entry {
        symbol: "dva",
        meaning: "in `tiva`: domestic value-added content of exports, domestic double counting included",
        equation: "v_s B_ss e_s; dva + fva = gexp with residual value added and with any satellite",
        source: KWW,
        elsewhere: "OECD EXGR_DVA; decompr and Stata icio DC. The net DVA of Borin-Mancini is dva less ddc",
    },
    Entry {
        symbol: "fva",
        meaning: "in `tiva`: foreign value-added content of exports, foreign double counting included",
        equation: "Σ_{t≠s} v_t B_ts e_s",
        source: KWW,
        elsewhere: "OECD EXGR_FVA; decompr and Stata icio FC. In `indicators regional-content` it is the \
                    foreign value added in final goods, and the content of exports is `fc`",
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
        symbol: "before",
        meaning: "in `scenario`: the measure of the row before the change; empty for what only the change has",
        equation: "x = A x + Y u",
        source: MILLER_BLAIR,
        elsewhere: "",
    },
    Entry {
        symbol: "after",
        meaning: "in `scenario`: the measure of the row after all rounds, solved again; conditional arithmetic, not an estimate",
        equation: "x' = A' x' + Y' u",
        source: MILLER_BLAIR,
        elsewhere: "",
    },
    Entry {
        symbol: "difference",
        meaning: "in `scenario`: the total effect",
        equation: "after − before; for output (I − A')⁻¹ ((A' − A) x + Δy)",
        source: MILLER_BLAIR,
        elsewhere: "",
    },
    Entry {
        symbol: "percent",
        meaning: "in `scenario`: the total effect in per cent of what was before; empty where nothing was, and of balances",
        equation: "100 difference / before",
        source: MILLER_BLAIR,
        elsewhere: "",
    },
    Entry {
        symbol: "first_round",
        meaning: "in `scenario`: direct effect of the change at the output of before, ahead of the chain; for prices the direct \
                  cost",
        equation: "(A' − A) x + Δy, times value added or jobs a unit of output; c for prices",
        source: MILLER_BLAIR,
        elsewhere: "",
    },
    Entry {
        symbol: "indirect",
        meaning: "in `scenario`: what the first round does not explain: a remainder, never a check",
        equation: "difference − first_round",
        source: MILLER_BLAIR,
        elsewhere: "",
    },
    Entry {
        symbol: "contribution",
        meaning: "in `sda`, a structural decomposition: what the change of the factor adds to the change of GDP, mean over all \
                  orders in which the six factors can change (its Shapley value); the contributions of an economy add up to its change",
        equation: "φ_i = Σ over sets F without i of |F|! (5 − |F|)! / 6! [g(F ∪ i) − g(F)], g = v̂ (I − S ∘ T)⁻¹ (R ∘ c) f by economy",
        source: SDA,
        elsewhere: "",
    },
    Entry {
        symbol: "lowest",
        meaning: "in `sda`: the least that the factor contributes in any of the 720 orders, highest the most: what the choice of an \
                  order decides, and no interval of confidence",
        equation: "min over sets F without i of g(F ∪ i) − g(F); max for highest",
        source: SDA,
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
        symbol: "dva_share_change",
        meaning: "in `report`: domestic share of exports in the last year less that in the first, as a difference of fractions",
        equation: "dva_share − dva_share_first",
        source: KWW,
        elsewhere: "",
    },
    Entry {
        symbol: "fva_share",
        meaning: "in `report`: foreign value-added content as a fraction of gross exports",
        equation: "fva / gexp",
        source: KWW,
        elsewhere: "OECD EXGR_FVASH / 100",
    },
    Entry {
        symbol: "content",
        meaning: "in `report`: value added of the origin in the gross exports of the exporter, through all suppliers",
        equation: "C_ts = v_t B_ts e_s",
        source: KWW,
        elsewhere: "OECD EXGR_BSCI",
    },
    Entry {
        symbol: "content_share",
        meaning: "in `report`: content as a fraction of the exporter's gross exports",
        equation: "C_ts / Σ_r e_sr",
        source: KWW,
        elsewhere: "",
    },
    Entry {
        symbol: "distance",
        meaning: "in `report`: mean number of transactions between an industry's output and the final product of a chain",
        equation: "(B o − o) / o with o = B F, F the final demand for the product",
        source: "Timmer and others (2014), https://doi.org/10.1257/jep.28.2.99",
        elsewhere: "stages",
    },
    Entry {
        symbol: "va_share_output",
        meaning: "in `report`: value added in a unit of an industry's output",
        equation: "v_i = w_i / x_i",
        source: "Timmer and others (2014), https://doi.org/10.1257/jep.28.2.99",
        elsewhere: "",
    },
    Entry {
        symbol: "chain_va",
        meaning: "in `report`: value added of an industry in the world chain of a product",
        equation: "v_i o_i",
        source: "Timmer and others (2014), https://doi.org/10.1257/jep.28.2.99",
        elsewhere: "GVC income",
    },
    Entry {
        symbol: "chain_va_share",
        meaning: "in `report`: value added of an industry as a fraction of that of the whole chain",
        equation: "v_i o_i / Σ v o",
        source: "Timmer and others (2014), https://doi.org/10.1257/jep.28.2.99",
        elsewhere: "",
    },
    Entry {
        symbol: "turn",
        meaning: "in `claims C2 --detail turns`: year in which the fitted path stops rising and begins to fall; empty where it does not within the years",
        equation: "−b1 / (2 b2) of share = b0 + b1 t + b2 t²",
        source: "Lind and Mehlum (2010), https://doi.org/10.1111/j.1468-0084.2009.00569.x",
        elsewhere: "",
    },
    Entry {
        symbol: "vs_share_headline_fit",
        meaning: "in `claims C2 --detail paths`: the quadratic path through vs_share_headline, fitted without the years of crisis; \
                  with _lo and _hi its 95% interval at each year by itself",
        equation: "b0 + b1 t + b2 t²; interval ± t_{n−3} √(g' V g), g = (1, t, t²)', V the covariance of b by least squares",
        source: "Lind and Mehlum (2010), https://doi.org/10.1111/j.1468-0084.2009.00569.x, for the path",
        elsewhere: "",
    },
    Entry {
        symbol: "turn_lo",
        meaning: "in `claims C2 --detail turns`: lower end of the 95% Fieller interval of the turn (`turn_hi`: upper end); empty where it is not bounded",
        equation: "turning points that a t test at 5% does not reject",
        source: "Lind and Mehlum (2010), https://doi.org/10.1111/j.1468-0084.2009.00569.x",
        elsewhere: "",
    },
    Entry {
        symbol: "p_turn",
        meaning: "in `claims C2 --detail turns`: p-value of no rise followed by a fall within the years",
        equation: "the larger of the p-values of b1 + 2 b2 t_first > 0 and b1 + 2 b2 t_last < 0",
        source: "Lind and Mehlum (2010), https://doi.org/10.1111/j.1468-0084.2009.00569.x",
        elsewhere: "",
    },
    Entry {
        symbol: "p_turn_adj",
        meaning: "p_turn adjusted for the number of economies",
        equation: "step-up of Benjamini and Hochberg",
        source: "Benjamini and Hochberg (1995), https://doi.org/10.1111/j.2517-6161.1995.tb02031.x",
        elsewhere: "",
    },
    Entry {
        symbol: "direct",
        meaning: "in `product` and `report`: share of the price that an account books to an economy",
        equation: "D_c = (Σ_{k in c} p_k + a 1[c assembles]) / F",
        source: "Xing and Detert (2010), ADBI Working Paper 257, with tracing as in Timmer and others (2014), https://doi.org/10.1257/jep.28.2.99",
        elsewhere: "",
    },
    Entry {
        symbol: "traced",
        meaning: "in `product` and `report`: share of the price that is value added of an economy through all suppliers, what the account leaves open being bought by the import mix",
        equation: "T_c = ((V B)_c p + a_c) / F",
        source: "Xing and Detert (2010), ADBI Working Paper 257, with tracing as in Timmer and others (2014), https://doi.org/10.1257/jep.28.2.99",
        elsewhere: "",
    },
    Entry {
        symbol: "traced_lo",
        meaning: "smallest traced share over every allocation of what the account leaves open (`traced_hi`: largest); certain, given account and table",
        equation: "T_c without the rest + (o / F) min_j (V B)_cj",
        source: "Xing and Detert (2010), ADBI Working Paper 257, with tracing as in Timmer and others (2014), https://doi.org/10.1257/jep.28.2.99",
        elsewhere: "",
    },
    Entry {
        symbol: "estimate",
        meaning: "in `claims`: the effect that the claim is about, in the unit that stands beside it",
        equation: "stated by each claim",
        source: "Simonsohn, Simmons and Nelson (2020), https://doi.org/10.1038/s41562-020-0912-z",
        elsewhere: "",
    },
    Entry {
        symbol: "ci_lo",
        meaning: "lower end of the interval of an estimate (`ci_hi`: upper end), 95% unless the claim says otherwise",
        equation: "stated by each claim",
        source: "Simonsohn, Simmons and Nelson (2020), https://doi.org/10.1038/s41562-020-0912-z",
        elsewhere: "",
    },
    Entry {
        symbol: "p_adj",
        meaning: "in `claims`: one-sided p-value, adjusted where several tests were made",
        equation: "step-up of Benjamini and Hochberg",
        source: "Benjamini and Hochberg (1995), https://doi.org/10.1111/j.2517-6161.1995.tb02031.x",
        elsewhere: "",
    },
    Entry {
        symbol: "power",
        meaning: "in `claims`: simulated probability that the test finds an effect of twice the size that matters",
        equation: "share of made-up series with the noise of the data in which the test rejects, at 2.5% without the effect",
        source: "Simonsohn, Simmons and Nelson (2020), https://doi.org/10.1038/s41562-020-0912-z",
        elsewhere: "",
    },
    Entry {
        symbol: "specs_predicted",
        meaning: "share of the ways of measuring in which the estimate has the predicted sign",
        equation: "count of estimates with the sign / count",
        source: "Simonsohn, Simmons and Nelson (2020), https://doi.org/10.1038/s41562-020-0912-z",
        elsewhere: "",
    },
    Entry {
        symbol: "settle",
        meaning: "in `report`: what would turn an undetermined verdict into one of the other two",
        equation: "by the reason of the verdict: D1 to D4",
        source: "Simonsohn, Simmons and Nelson (2020), https://doi.org/10.1038/s41562-020-0912-z",
        elsewhere: "",
    },
    Entry {
        symbol: "trend",
        meaning: "in `upgrading`: slope of the straight line through the years of a measure, per cent or points a year; with \
                  trend_lo and trend_hi its interval by a bootstrap of AR(1) innovations, p its p-value and p_adj the same adjusted \
                  over all units",
        equation: "y_t = level + trend (t - mean t) + e_t, y = 100 ln(value) or 100 share; of summed changes their mean a year",
        source: INNOVATIONS,
        elsewhere: "",
    },
    Entry {
        symbol: "direction",
        meaning: "in `upgrading`: advance or decline when the interval of the trend excludes zero, else unclear",
        equation: "advance: the whole interval on the side that the measure counts as better",
        source: INNOVATIONS,
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
        meaning: "in `functions`: labour income from a business function in the economy's own exports, domestic double counting \
                  included; the paper leaves it out by the domestic inverse",
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
