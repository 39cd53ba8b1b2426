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
const MILLER_BLAIR: &str =
    "Miller and Blair (2009), Input-Output Analysis, https://doi.org/10.1017/CBO9780511626982";
const FIELD: &str = "Sonis and Hewings (1992), https://doi.org/10.1080/09535319200000013";

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
];
