//! What other tools call each column, and what else they have a word for. The names of decompr, exvatools and gvc are
//! compared by number, too: a test maps the answers of those tools, kept under their own column names, through this table.

/// One thing under the names of several tools; an empty name where a tool does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crosswalk {
    /// In which result the columns stand.
    pub of: &'static str,
    /// Our columns: several where commands have their own word for the same number.
    pub columns: &'static [&'static str],
    /// Stata icio: `return()` or row of the detailed output.
    pub icio: &'static str,
    /// R decompr 7, and R icio.
    pub decompr: &'static str,
    /// R exvatools 0.9.
    pub exvatools: &'static str,
    /// OECD TiVA.
    pub tiva: &'static str,
    /// R gvc 6.4.
    pub gvc: &'static str,
    /// Python pymrio 0.7, of an extension that holds value added.
    pub pymrio: &'static str,
}

/// The tools, in the order of the columns of the page.
pub const TOOLS: [&str; 6] = ["Stata icio", "decompr", "exvatools", "OECD TiVA", "gvc", "pymrio"];

impl Crosswalk {
    /// The names in the order of [`TOOLS`].
    pub fn by_tool(&self) -> [&'static str; 6] {
        [self.icio, self.decompr, self.exvatools, self.tiva, self.gvc, self.pymrio]
    }

    /// `decompr DVA; exvatools DVA`: only those that have a name.
    pub fn names(&self) -> String {
        let named = TOOLS.iter().zip(self.by_tool()).filter(|(_, name)| !name.is_empty());
        named.map(|(tool, name)| format!("{tool} {name}")).collect::<Vec<_>>().join("; ")
    }
}

/// A word of another tool, or of the literature, that is no column there: a method, an option, a function, the tool itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias {
    /// The spellings of it.
    pub words: &'static [&'static str],
    /// Who says so.
    pub tool: &'static str,
    /// Words that are explained here, the nearest first.
    pub ours: &'static [&'static str],
    /// What it is here.
    pub here: &'static str,
}

/// What a name of another tool is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The tools that say so.
    pub tools: String,
    /// Words that are explained here, the nearest first.
    pub ours: &'static [&'static str],
    /// What it is here.
    pub here: String,
}

/// What other tools mean by a word, in any case and with dashes for underscores; nothing when none has it.
///
/// ```
/// use vadex::manual::called_elsewhere;
///
/// assert_eq!(called_elsewhere("DFDDVA")[0].ours, ["dxd_dva"]);
/// assert_eq!(called_elsewhere("bm-src")[0].ours, ["bm-source"]);
/// assert!(called_elsewhere("dva_shre").is_empty());
/// ```
pub fn called_elsewhere(word: &str) -> Vec<Meaning> {
    let wanted = plain(word);
    let columns = CROSSWALK.iter().filter_map(|row| {
        let tools: Vec<&str> = TOOLS
            .iter()
            .zip(row.by_tool())
            .filter(|(_, cell)| is_name(cell, &wanted))
            .map(|(tool, _)| *tool)
            .collect();
        let here = || format!("column `{}` ({})", row.columns.join("`, `"), row.of);
        (!tools.is_empty()).then(|| Meaning { tools: tools.join(", "), ours: row.columns, here: here() })
    });
    let others = ALIASES.iter().filter(|alias| alias.words.iter().any(|known| plain(known) == wanted));
    let others = others.map(|alias| Meaning {
        tools: alias.tool.to_owned(),
        ours: alias.ours,
        here: alias.here.to_owned(),
    });
    columns.chain(others).collect()
}

/// A name without what differs from language to language: case, dashes, points, the brackets of a call.
fn plain(name: &str) -> String {
    name.trim().trim_end_matches("()").to_lowercase().replace(['-', '.', ' '], "_")
}

/// Is a cell that name, in all or by its first word (`EXGR_DVASH / 100`, `va, with origin()`)?
fn is_name(cell: &str, wanted: &str) -> bool {
    let first = cell.split([' ', ',']).next().unwrap_or_default();
    !cell.is_empty() && (plain(cell) == wanted || plain(first) == wanted)
}

/// The page: one row a column, then one row a word.
pub fn crosswalk_page() -> String {
    let mut page = String::from(
        "# What other tools call it\n\n\
         Names of Stata icio are words of its option `return()` or rows of its detailed output. A name in two rows is used \
         twice by that tool.\n\n\
         | column | in | Stata icio | decompr, R icio | exvatools | OECD TiVA | gvc | pymrio |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in CROSSWALK {
        let columns: Vec<String> = row.columns.iter().map(|column| format!("`{column}`")).collect();
        page.push_str(&format!("| {} | {} | {} |\n", columns.join(", "), row.of, row.by_tool().join(" | ")));
    }
    page.push_str("\nMethods, options, functions and notions:\n\n| word | where | here |\n|---|---|---|\n");
    for alias in ALIASES {
        let words: Vec<String> = alias.words.iter().map(|word| format!("`{word}`")).collect();
        page.push_str(&format!("| {} | {} | {} |\n", words.join(", "), alias.tool, alias.here));
    }
    page
}

const BM: &str = "bm-*, kww, wwz groups";
const KWW: &str = "kww, wwz-kww";
const BM_TERMS: &str = "bm-source-terms, bm-sink-terms";

/// icio, decompr, exvatools, TiVA, gvc, pymrio.
const fn row(of: &'static str, columns: &'static [&'static str], names: [&'static str; 6]) -> Crosswalk {
    let [icio, decompr, exvatools, tiva, gvc, pymrio] = names;
    Crosswalk { of, columns, icio, decompr, exvatools, tiva, gvc, pymrio }
}

/// Every row.
pub static CROSSWALK: &[Crosswalk] = &[
    row("tiva, bm-*", &["gexp"], ["gtrade", "GEXP", "EXGR", "EXGR", "", ""]),
    row("wwz", &["gexp"], ["", "texp", "EXGR", "", "", ""]),
    row("tiva", &["dva"], ["dc", "DC", "DC", "EXGR_DVA", "", ""]),
    row("tiva", &["fva"], ["fc", "FC", "FC", "EXGR_FVA", "i2e", ""]),
    row("tiva", &["dva_share"], ["", "", "", "EXGR_DVASH / 100", "", ""]),
    row("tiva, hiy", &["vs"], ["gvcb", "GVCB", "GVCB", "", "", ""]),
    row("tiva, hiy", &["vs1"], ["", "", "", "FEXDVA", "e2r", ""]),
    row("tiva", &["vax"], ["vax", "VAX", "VAX", "FFD_DVA", "ffddva", "D_exp_reg"]),
    row("tiva", &["int_share"], ["", "", "", "EXGR_INT / EXGR", "", ""]),
    row(BM, &["dc"], ["dc", "DC", "DC", "EXGR_DVA", "", ""]),
    row(BM, &["dva"], ["dva", "DVA", "DVA", "", "", ""]),
    row(BM, &["vax"], ["VAX (detailed)", "VAX", "VAX", "", "", ""]),
    row("bm-source", &["davax"], ["DAVAX (detailed)", "DAVAX", "DAVAX", "", "", ""]),
    row("bm-sink", &["vaxim"], ["", "VAXIM", "VAXIM", "", "", ""]),
    row(BM, &["ref"], ["REF (detailed)", "REF", "REF", "", "", ""]),
    row(BM, &["ddc"], ["DDC (detailed)", "DDC", "DDC", "", "", ""]),
    row(BM, &["fc"], ["fc", "FC", "FC", "EXGR_FVA", "", ""]),
    row(BM, &["fva"], ["fva", "FVA", "FVA", "", "", ""]),
    row(BM, &["fdc"], ["FDC (detailed)", "FDC", "FDC", "", "", ""]),
    row("bm-source", &["gvc"], ["gvc", "GVC", "GVC", "", "", ""]),
    row("bm-source", &["gvcb"], ["gvcb", "GVCB", "GVCB", "", "", ""]),
    row("bm-source", &["gvcf"], ["gvcf", "GVCF", "GVCF", "", "", ""]),
    row(BM_TERMS, &["vax_fin"], ["", "", "VAX1", "", "", ""]),
    row(BM_TERMS, &["vax_int"], ["", "", "VAX2", "", "", ""]),
    row(BM_TERMS, &["vax_rex_fin"], ["", "", "VAX3", "", "", ""]),
    row(BM_TERMS, &["vax_rex_int"], ["", "", "VAX4", "", "", ""]),
    row(BM_TERMS, &["ref_fin"], ["", "", "REF1", "", "", ""]),
    row(BM_TERMS, &["ref_int"], ["", "", "REF2", "", "", ""]),
    row(BM_TERMS, &["fva_fin"], ["", "", "FVA1", "", "", ""]),
    row(BM_TERMS, &["fva_int"], ["", "", "FVA2", "", "", ""]),
    row(BM_TERMS, &["fva_rex_fin"], ["", "", "FVA3", "", "", ""]),
    row(BM_TERMS, &["fva_rex_int"], ["", "", "FVA4", "", "", ""]),
    row("bm-imports", &["gimp"], ["gtrade", "GIMP", "", "", "", ""]),
    row("bm-imports", &["va"], ["va", "VA", "", "", "", ""]),
    row("bm-imports", &["dc"], ["", "DC", "", "", "", ""]),
    row(KWW, &["kww_t1"], ["", "DVA_FIN", "VAX1", "", "", ""]),
    row(KWW, &["kww_t2"], ["", "DVA_INT", "VAX2", "", "", ""]),
    row(KWW, &["kww_t3"], ["", "DVA_INTrex", "VAX3", "", "", ""]),
    row(KWW, &["kww_t4"], ["", "RDV_FIN", "REF1", "", "", ""]),
    row(KWW, &["kww_t5"], ["", "RDV_INT", "REF2", "", "", ""]),
    row(KWW, &["kww_t6"], ["", "DDC", "DDC", "", "", ""]),
    row(KWW, &["kww_t7"], ["", "FVA_FIN", "FVA1", "", "", ""]),
    row(KWW, &["kww_t8"], ["", "FVA_INT", "FVA2", "", "", ""]),
    row(KWW, &["kww_t9"], ["", "FDC", "FDC", "", "", ""]),
    row("wwz", &["dva_fin"], ["", "DVA_FIN", "DVA_FIN", "", "", ""]),
    row("wwz", &["dva_int"], ["", "DVA_INT", "DVA_INT", "", "", ""]),
    row("wwz", &["dva_intrexi1"], ["", "DVA_INTrexI1", "DVA_INTrex1", "", "", ""]),
    row("wwz", &["dva_intrexf"], ["", "DVA_INTrexF", "DVA_INTrex2", "", "", ""]),
    row("wwz", &["dva_intrexi2"], ["", "DVA_INTrexI2", "DVA_INTrex3", "", "", ""]),
    row("wwz", &["rdv_int"], ["", "RDV_INT", "RDV_INT", "", "", ""]),
    row("wwz", &["rdv_fin"], ["", "RDV_FIN", "RDV_FIN1", "", "", ""]),
    row("wwz", &["rdv_fin2"], ["", "RDV_FIN2", "RDV_FIN2", "", "", ""]),
    row("wwz", &["ova_fin"], ["", "OVA_FIN", "FVA_FIN2", "", "", ""]),
    row("wwz", &["mva_fin"], ["", "MVA_FIN", "FVA_FIN1", "", "", ""]),
    row("wwz", &["ova_int"], ["", "OVA_INT", "FVA_INT2", "", "", ""]),
    row("wwz", &["mva_int"], ["", "MVA_INT", "FVA_INT1", "", "", ""]),
    row("wwz", &["ddc_fin"], ["", "DDC_FIN", "DDC_FIN", "", "", ""]),
    row("wwz", &["ddc_int"], ["", "DDC_INT", "DDC_INT", "", "", ""]),
    row("wwz", &["odc"], ["", "ODC", "ODC", "", "", ""]),
    row("wwz", &["mdc"], ["", "MDC", "MDC", "", "", ""]),
    row("miroudot-ye-world", &["fdc1"], ["", "", "FDC1", "", "", ""]),
    row("miroudot-ye-world", &["fdc2"], ["", "", "FDC2", "", "", ""]),
    row("method tiva", &["exgr_dva"], ["dc", "DC", "EXGR_DVA", "EXGR_DVA", "", ""]),
    row("method tiva", &["exgr_fva"], ["fc", "FC", "EXGR_FVA", "EXGR_FVA", "", ""]),
    row("method tiva", &["exgr_ddc"], ["", "", "EXGR_DDC", "EXGR_DDC", "", ""]),
    row("method tiva", &["exgr_idc"], ["", "", "EXGR_IDC", "EXGR_IDC", "", ""]),
    row("method tiva", &["exgr_rim"], ["", "", "EXGR_RIM", "EXGR_RIM", "", ""]),
    row("method tiva", &["exgr_fnl"], ["", "", "EXGR_FNL", "EXGR_FNL", "", ""]),
    row("method tiva", &["exgr_int"], ["", "", "EXGR_INT", "EXGR_INT", "", ""]),
    row(
        "method tiva",
        &["fd_va"],
        ["va, with origin() and destination()", "", "FD_VA", "FD_VA", "", "D_cba_reg"],
    ),
    row("method tiva", &["dxd_dva"], ["", "", "DXD_DVA", "DXD_DVA", "dfddva", ""]),
    row("method tiva", &["ffd_dva"], ["", "", "FFD_DVA", "FFD_DVA", "ffddva", "D_exp_reg"]),
    row("method tiva", &["dfd_fva"], ["", "", "DFD_FVA", "DFD_FVA", "dfdfva", "D_imp_reg"]),
    row("method tiva", &["va"], ["", "", "", "", "", "D_pba_reg"]),
    row("method tiva", &["balvafd"], ["", "", "BALVAFD", "BALVAFD", "", ""]),
    row("method tiva", &["dexfvap"], ["", "", "DEXFVAP", "DEXFVAP", "", ""]),
    row("method tiva", &["fexdvap"], ["", "", "FEXDVAP", "FEXDVAP", "e2r", ""]),
    row("upstreamness", &["upstreamness"], ["", "", "", "", "upstream", ""]),
    row("downstreamness", &["downstreamness"], ["", "", "", "", "downstream", ""]),
];

const fn alias(
    words: &'static [&'static str],
    tool: &'static str,
    ours: &'static [&'static str],
    here: &'static str,
) -> Alias {
    Alias { words, tool, ours, here }
}

const ICIO: &str = "Stata icio";
const ENVIRONMENT: &str = "environmental input-output";
const R_LEONTIEF: &str = "R leontief";
const IOANALYSIS: &str = "R ioanalysis";

/// Every other word.
pub static ALIASES: &[Alias] = &[
    alias(
        &["icio", "icio_load"],
        "Stata",
        &["coming-from"],
        "the tasks of icio stand in `vadex explain coming-from`; the OECD's tables of that name: `vadex fetch --list`",
    ),
    alias(&["sectbil"], ICIO, &["bm-self"], "`--method bm-self --level bilateral-sector`"),
    alias(&["sectexp"], ICIO, &["bm-self"], "`--method bm-self --level sector`"),
    alias(&["sectimp"], ICIO, &[], "not offered: imports of one sector as a perimeter of their own"),
    alias(&["decompr"], "R", &["coming-from"], "its tasks stand in `vadex explain coming-from`"),
    alias(
        &["wwz2kww"],
        "decompr",
        &["wwz-kww", "kww"],
        "`--method wwz-kww --level bilateral-sector`; with `aggregate = TRUE` `--method kww`",
    ),
    alias(
        &["exvatools", "make_exvadec"],
        "R",
        &["coming-from"],
        "its tasks stand in `vadex explain coming-from`",
    ),
    alias(
        &["bm_src"],
        "exvatools",
        &["bm-source"],
        "`--method bm-source`; with `output = \"terms\"` `bm-source-terms`",
    ),
    alias(
        &["bm_snk"],
        "exvatools",
        &["bm-sink"],
        "`--method bm-sink`; with `output = \"terms\"` `bm-sink-terms`",
    ),
    alias(
        &["my"],
        "exvatools",
        &["miroudot-ye"],
        "`--method miroudot-ye`; with `perim = \"WLD\"` `miroudot-ye-world`",
    ),
    alias(
        &["make_exvadir"],
        "exvatools",
        &["bm-source", "leontief"],
        "`--method bm-source --by origin`, by its industries `--by origin-sector`",
    ),
    alias(&["nrca"], "gvc", &["rca_content"], "column `rca_content` of `vadex indicators rca`"),
    alias(&["vertical_specialisation"], "gvc", &["fva"], "column `fva` of `vadex tiva`"),
    alias(&["pymrio"], "Python", &["coming-from"], "its tasks stand in `vadex explain coming-from`"),
    alias(
        &["D_cba"],
        "pymrio",
        &["fd_va"],
        "column `fd_va` of `--method tiva --level bilateral`, added up by importer",
    ),
    alias(&["D_pba"], "pymrio", &["va"], "column `va` of `--method tiva`, by sector with `--level sector`"),
    alias(&["D_imp"], "pymrio", &["dfd_fva"], "column `dfd_fva` of `--method tiva`"),
    alias(&["D_exp"], "pymrio", &["ffd_dva"], "column `ffd_dva` of `--method tiva`"),
    alias(
        &["F_Y", "F_hh"],
        "pymrio",
        &["va", "fd_va"],
        "in no result: what final users emit themselves passes through no industry; the notes say how much it is, to be added to \
         `va` and to `fd_va` of the own economy, as pymrio does in D_pba and D_cba",
    ),
    alias(
        &["M"],
        "pymrio",
        &["value_added_multiplier"],
        "column `value_added_multiplier` of `vadex indicators multipliers --satellite FILE`; by industry of origin `vadex matrix \
         --of value-added-multiplier --satellite FILE`",
    ),
    alias(
        &["mario", "mariopy"],
        "Python",
        &["coming-from"],
        "its tasks stand in `vadex explain coming-from`",
    ),
    alias(
        &["footprint", "consumption-based accounts", "CBA"],
        ENVIRONMENT,
        &["fd_va"],
        "column `fd_va` of `--method tiva --level bilateral --satellite FILE`: what final demand of the importer calls forth in \
         the exporter; added up by importer its footprint, without what its final users emit themselves",
    ),
    alias(
        &["EEBT", "emissions embodied in bilateral trade"],
        ENVIRONMENT,
        &["dva"],
        "column `dva` of `--method bm-source --level bilateral --satellite FILE`: f_s L_ss e_sr, made at home for what is sold to \
         the partner; `fva` and `ddc` beside it have passed a border before",
    ),
    alias(
        &["leontief_inverse", "leontief.inv"],
        "R leontief, ioanalysis",
        &["global-leontief"],
        "`vadex matrix --of global-leontief`; `vadex indicators multipliers` has its sums",
    ),
    alias(&["ghosh.inv"], IOANALYSIS, &["ghosh-inverse"], "`vadex matrix --of ghosh-inverse`"),
    alias(
        &["income_multiplier", "employment_multiplier"],
        R_LEONTIEF,
        &["value_added_multiplier"],
        "column `value_added_multiplier` of `vadex indicators multipliers --satellite FILE`; R divides it by the industry's own \
         coefficient",
    ),
    alias(
        &["augmented_input_requirement"],
        R_LEONTIEF,
        &["type-2-multipliers"],
        "`vadex indicators type-2-multipliers`, where consumption is a share of income, not of output",
    ),
    alias(
        &["backward_linkage"],
        R_LEONTIEF,
        &["bl_direct"],
        "column `bl_direct` of `vadex indicators direct-linkages`",
    ),
    alias(
        &["forward_linkage"],
        R_LEONTIEF,
        &["fl_direct"],
        "column `fl_direct` of `vadex indicators direct-linkages`, which are shares of the seller's output: R adds up shares of \
         the buyers'",
    ),
    alias(
        &["power_dispersion", "power_dispersion_cv"],
        R_LEONTIEF,
        &["bl", "bl_cv"],
        "columns `bl` and `bl_cv` of `vadex indicators rasmussen`",
    ),
    alias(
        &["sensitivity_dispersion", "sensitivity_dispersion_cv"],
        R_LEONTIEF,
        &["fl", "fl_cv"],
        "columns `fl` and `fl_cv` of `vadex indicators rasmussen`, by the Ghosh inverse: R takes rows of the Leontief inverse",
    ),
    alias(
        &["key.sector"],
        IOANALYSIS,
        &["key_sector"],
        "column `key_sector` of `vadex indicators rasmussen`",
    ),
    alias(
        &["output.decomposition"],
        IOANALYSIS,
        &["coming-from"],
        "`vadex sda`: a change between two tables, by its factors",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decompose::METHODS;
    use crate::{glossary, indicators::INDICATORS};

    #[test]
    fn every_row_is_about_a_column_that_there_is_and_names_a_tool() {
        let mut known: Vec<&str> = glossary::entries().map(|entry| entry.symbol).collect();
        for method in METHODS {
            for &level in method.levels() {
                known.extend(method.terms(level).iter().map(|term| term.symbol));
            }
        }
        known.extend(INDICATORS.iter().flat_map(|one| one.profile().columns).map(|column| column.name));
        for row in CROSSWALK {
            for column in row.columns {
                assert!(known.contains(column), "`{column}` is no column");
            }
            assert!(!row.names().is_empty(), "{:?} has no name anywhere", row.columns);
        }
    }

    #[test]
    fn every_other_word_leads_to_what_is_explained_and_is_not_explained_itself() {
        for alias in ALIASES {
            for ours in alias.ours {
                assert!(
                    crate::manual::explain(ours).is_some(),
                    "{:?}: `{ours}` is not explained",
                    alias.words
                );
            }
            for word in alias.words {
                assert!(
                    crate::manual::explain(word).is_none(),
                    "`{word}` is a word of ours: nobody is told this"
                );
                assert!(called_elsewhere(word).iter().any(|meaning| meaning.here == alias.here), "{word}");
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case_by_all_of_a_cell_or_its_first_word() {
        for (word, ours) in [
            ("dfddva", "dxd_dva"),
            ("EXGR_DVASH", "dva_share"),
            ("exgr_dvash / 100", "dva_share"),
            ("VAX1", "kww_t1"),
            ("upstream()", "upstreamness"),
            ("Texp", "gexp"),
            ("d_imp_reg", "dfd_fva"),
            ("D_pba", "va"),
            ("bm-src", "bm-source"),
            ("Emissions embodied in bilateral trade", "dva"),
        ] {
            let found = called_elsewhere(word);
            assert!(found.iter().any(|meaning| meaning.ours[0] == ours), "{word}: {found:?}");
        }
        let gtrade: Vec<&str> =
            called_elsewhere("GTRADE").iter().flat_map(|meaning| meaning.ours).copied().collect();
        assert_eq!(gtrade, ["gexp", "gimp"]);
        for word in ["", "()", "dva_shre", "FFD", "x"] {
            assert!(called_elsewhere(word).is_empty(), "{word}");
        }
    }
}
