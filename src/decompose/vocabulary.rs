//! The words of all decompositions: one symbol, one meaning, wherever it appears.
//!
//! A method never spells a symbol itself: it takes a [`Word`] from here and adds how *it* computes the term. The few
//! symbols that the literature uses twice are two words here, and the test below names them.

/// Is a term computed by its own formula, or as what is left over?
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By its own formula: an identity of primary terms is evidence.
    Primary,
    /// As a remainder: an identity with it holds by construction and proves nothing.
    Residual,
}

/// A named part of exports, as one method computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Lower-case symbol, the column name.
    pub symbol: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
    /// Primary or residual in this method.
    pub kind: Kind,
    /// How it is computed, in the letters of `notation.md`.
    pub equation: &'static str,
}

/// A symbol and its meaning, before a method says how it computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Lower-case symbol, the column name.
    pub symbol: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
}

impl Word {
    /// The term of a method that has a formula of its own for it.
    pub const fn primary(self, equation: &'static str) -> Term {
        Term { symbol: self.symbol, meaning: self.meaning, kind: Kind::Primary, equation }
    }

    /// The term of a method that takes what is left over.
    pub const fn residual(self, equation: &'static str) -> Term {
        Term { symbol: self.symbol, meaning: self.meaning, kind: Kind::Residual, equation }
    }
}

macro_rules! words {
    ($($name:ident $symbol:literal $meaning:literal;)*) => {
        $(
            #[doc = concat!("`", $symbol, "`: ", $meaning, ".")]
            pub const $name: Word = Word { symbol: $symbol, meaning: $meaning };
        )*
        /// Every word, in the order of this file.
        pub static WORDS: &[Word] = &[$($name),*];
    };
}

words! {
    GEXP "gexp" "gross exports (with a satellite or one origin alone: what of it is embodied in them, v B e)";
    DC "dc" "domestic content";
    DVA "dva" "domestic value added, each dollar counted once";
    VAX "vax" "domestic value added absorbed abroad";
    VAXIM "vaxim" "domestic value added absorbed by the direct importer, processing in third economies allowed";
    VAX_THIRD "vaxthird" "domestic value added absorbed in third economies";
    VAX_FIN "vax_fin" "domestic value added in final exports, absorbed by the importer";
    VAX_INT "vax_int" "domestic value added in intermediate exports that the importer absorbs without exporting them on";
    VAX_REX_FIN "vax_rex_fin" "domestic value added in intermediates that the importer exports on in final goods, to third economies";
    VAX_REX_INT "vax_rex_int" "domestic value added in intermediates that the importer exports on in intermediates, absorbed abroad";
    DAVAX "davax" "domestic value added absorbed by the direct importer without crossing another border";
    REF "ref" "domestic value added that returns home and is absorbed there (reflection)";
    REF_FIN "ref_fin" "domestic value added in intermediates that the importer sells back in final goods";
    REF_INT "ref_int" "domestic value added in intermediates that the importer exports on in intermediates, absorbed at home";
    DDC "ddc" "domestic double counting";
    FC "fc" "foreign content";
    FVA "fva" "foreign value added, each dollar counted once";
    FVA_FIN "fva_fin" "foreign value added in final exports, each dollar counted once";
    FVA_INT "fva_int" "foreign value added in intermediate exports that the importer absorbs without exporting them on";
    FVA_REX_FIN "fva_rex_fin" "foreign value added in intermediates that the importer exports on in final goods";
    FVA_REX_INT "fva_rex_int" "foreign value added in intermediates that the importer exports on in intermediates";
    FDC "fdc" "foreign double counting";
    FDC1 "fdc1" "foreign value added at its first entry into another economy's production";
    FDC2 "fdc2" "foreign value added that had crossed a border before it entered";
    GVC "gvc" "trade related to global value chains: what crosses more than one border";
    GVCB "gvcb" "backward global value chain trade: imported inputs in exports";
    GVCF "gvcf" "forward global value chain trade: domestic value added that the buyer exports on";
    VS "vs" "vertical specialisation: imported inputs embodied in exports";
    DV "dv" "domestic value embodied in exports, the complement of vertical specialisation";
    VS1 "vs1" "own value added embodied in other economies' exports";
    VAXC "vaxc" "value-added exports by final absorber (consumption based)";
    VAXP "vaxp" "value-added exports by the economy that completes the final product (production based)";
    VAXD "vaxd" "value-added exports by hypothetical extraction of the exports (direct trade based)";
    VA "va" "value added of the industry";
    VA_LEFT "va_left" "value added that would be left without these exports";
    CONTENT "content" "value added of the origin industry embodied in the exports";
    GIMP "gimp" "gross imports";
    VA_IMPORTED "va" "value added of the origin in gross imports, counted once";
    DC_IMPORTED "dc" "double counting in gross imports, by origin of the value added";
    KWW_T1 "kww_t1" "domestic value added in final exports";
    KWW_T2 "kww_t2" "domestic value added in intermediate exports absorbed by the direct importer";
    KWW_T3 "kww_t3" "domestic value added in intermediate exports re-exported to third economies";
    KWW_T4 "kww_t4" "domestic value added that returns home in final imports";
    KWW_T5 "kww_t5" "domestic value added that returns home in intermediate imports and is absorbed there";
    KWW_T6 "kww_t6" "double-counted domestic intermediate exports";
    KWW_T7 "kww_t7" "foreign value added in final exports";
    KWW_T8 "kww_t8" "foreign value added in intermediate exports";
    KWW_T9 "kww_t9" "double-counted foreign intermediate exports";
    DVA_FIN "dva_fin" "domestic value added in final exports";
    DVA_INT "dva_int" "domestic value added in intermediate exports absorbed by the direct importer";
    DVA_INTREXI1 "dva_intrexi1" "domestic value added in intermediates re-exported as intermediates, absorbed in third economies";
    DVA_INTREXF "dva_intrexf" "domestic value added in intermediates re-exported as final goods to third economies";
    DVA_INTREXI2 "dva_intrexi2" "domestic value added in intermediates re-exported as intermediates that third economies use for final exports";
    RDV_INT "rdv_int" "domestic value added that returns in intermediates and is absorbed at home";
    RDV_FIN "rdv_fin" "domestic value added that returns in final goods of the direct importer";
    RDV_FIN2 "rdv_fin2" "domestic value added that returns in final goods of third economies";
    OVA_FIN "ova_fin" "third economies' value added in final exports";
    MVA_FIN "mva_fin" "the importer's value added in final exports";
    OVA_INT "ova_int" "third economies' value added in intermediate exports absorbed by the importer";
    MVA_INT "mva_int" "the importer's value added in intermediate exports absorbed there";
    DDC_FIN "ddc_fin" "domestic double counting from final exports production";
    DDC_INT "ddc_int" "domestic double counting from intermediate exports production";
    ODC "odc" "double-counted value added of third economies";
    MDC "mdc" "double-counted value added of the importer";
    EXGR "exgr" "EXGR: gross exports";
    EXGR_FNL "exgr_fnl" "EXGR_FNL: gross exports of final products";
    EXGR_INT "exgr_int" "EXGR_INT: gross exports of intermediate products";
    IMGR "imgr" "IMGR: gross imports of the sector's products";
    IMGR_FNL "imgr_fnl" "IMGR_FNL: gross imports of final products";
    IMGR_INT "imgr_int" "IMGR_INT: gross imports of intermediate products";
    BALGR "balgr" "BALGR: gross trade balance";
    DOM "dom" "domestic sales (in the row of the home market)";
    DOM_FNL "dom_fnl" "domestic sales to final demand";
    DOM_INT "dom_int" "domestic sales to industries";
    EXGR_DVA "exgr_dva" "EXGR_DVA: domestic value added content of gross exports, double counting included";
    EXGR_DDC "exgr_ddc" "EXGR_DDC: direct domestic industry value added content of gross exports";
    EXGR_IDC "exgr_idc" "EXGR_IDC: indirect domestic content of gross exports, from upstream domestic industries";
    EXGR_RIM "exgr_rim" "EXGR_RIM: re-imported domestic value added content of gross exports";
    EXGR_FVA "exgr_fva" "EXGR_FVA: foreign value added content of gross exports, double counting included";
    FD_VA "fd_va" "FD_VA: value added of the source industry in the final demand of the partner";
    DXD_DVA "dxd_dva" "DXD_DVA: domestic value added embodied in domestic final demand";
    FFD_DVA "ffd_dva" "FFD_DVA: domestic value added embodied in foreign final demand";
    DFD_FVA "dfd_fva" "DFD_FVA: foreign value added embodied in domestic final demand";
    BALVAFD "balvafd" "BALVAFD: value-added trade balance, FFD_DVA less DFD_FVA";
    DEXFVAP "dexfvap" "DEXFVAP: the partner's value added in gross exports (backward participation)";
    FEXDVAP "fexdvap" "FEXDVAP: domestic value added in the partner's gross exports (forward participation); by sector: of the partner's exporting industry";
    PROD "prod" "PROD: gross output (in the row of the home market)";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_has_one_meaning_save_the_two_that_the_import_decomposition_shares() {
        let mut twice: Vec<&str> = Vec::new();
        for (index, word) in WORDS.iter().enumerate() {
            if WORDS[..index].iter().any(|earlier| earlier.symbol == word.symbol) {
                twice.push(word.symbol);
            }
        }
        // `va` and `dc` of imports keep the names under which decompr and Stata icio report them.
        assert_eq!(twice, ["va", "dc"]);
    }
}
