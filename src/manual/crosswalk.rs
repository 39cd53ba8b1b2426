//! What other tools call each column. The names of decompr, exvatools and gvc are compared by number, too: a test maps the
//! answers of those tools, kept under their own column names, through this table.

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

/// The page: one row a column.
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
    page
}

const BM: &str = "bm-*, kww, wwz groups";

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
    row("bm-imports", &["gimp"], ["gtrade", "GIMP", "", "", "", ""]),
    row("bm-imports", &["va"], ["va", "VA", "", "", "", ""]),
    row("bm-imports", &["dc"], ["", "DC", "", "", "", ""]),
    row("kww", &["kww_t1"], ["", "DVA_FIN", "VAX1", "", "", ""]),
    row("kww", &["kww_t2"], ["", "DVA_INT", "VAX2", "", "", ""]),
    row("kww", &["kww_t3"], ["", "DVA_INTrex", "VAX3", "", "", ""]),
    row("kww", &["kww_t4"], ["", "RDV_FIN", "REF1", "", "", ""]),
    row("kww", &["kww_t5"], ["", "RDV_INT", "REF2", "", "", ""]),
    row("kww", &["kww_t6"], ["", "DDC", "DDC", "", "", ""]),
    row("kww", &["kww_t7"], ["", "FVA_FIN", "FVA1", "", "", ""]),
    row("kww", &["kww_t8"], ["", "FVA_INT", "FVA2", "", "", ""]),
    row("kww", &["kww_t9"], ["", "FDC", "FDC", "", "", ""]),
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
    row("method tiva", &["ffd_dva"], ["", "", "FFD_DVA", "FFD_DVA", "ffddva", ""]),
    row("method tiva", &["dfd_fva"], ["", "", "DFD_FVA", "DFD_FVA", "dfdfva", ""]),
    row("method tiva", &["balvafd"], ["", "", "BALVAFD", "BALVAFD", "", ""]),
    row("method tiva", &["dexfvap"], ["", "", "DEXFVAP", "DEXFVAP", "", ""]),
    row("method tiva", &["fexdvap"], ["", "", "FEXDVAP", "FEXDVAP", "e2r", ""]),
    row("upstreamness", &["upstreamness"], ["", "", "", "", "upstream", ""]),
    row("downstreamness", &["downstreamness"], ["", "", "", "", "downstream", ""]),
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
}
