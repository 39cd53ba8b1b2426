//! What the decompositions of Borin and Mancini have in common: citation, identities and the terms that no perimeter
//! changes.

use super::flow_parts::LocalUse;
use super::multipliers::{CountedOnce, Multipliers};
use super::{Citation, Identity, Workspace};
use crate::model::solver::SolveError;

/// The paper behind all of them.
pub(super) const CITATION: Citation = Citation {
    authors: "Borin and Mancini (2023)",
    work: "Measuring what matters in value-added trade, Economic Systems Research 35(4)",
    doi: "10.1080/09535314.2022.2153221",
};

/// Equations between the terms of every export perimeter.
pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new("gexp = dc + fc", Identity::EMBODIED, &["dc", "fc"]),
    Identity::new("gexp = dva + ddc + fva + fdc", Identity::EMBODIED, &["dva", "ddc", "fva", "fdc"]),
    Identity::new("dc = dva + ddc", "dc", &["dva", "ddc"]),
    Identity::new("fc = fva + fdc", "fc", &["fva", "fdc"]),
    Identity::new("dva = vax + ref", "dva", &["vax", "ref"]),
    Identity::new("gexp = davax + gvcb + gvcf", Identity::EMBODIED, &["davax", "gvcb", "gvcf"]),
    Identity::new("gvc = gvcb + gvcf", "gvc", &["gvcb", "gvcf"]),
];

/// Equations between the terms by use and those that they are parts of.
pub(super) const TERM_IDENTITIES: &[Identity] = &[
    Identity::new("gexp = dc + fc", Identity::EMBODIED, &["dc", "fc"]),
    Identity::new("gexp = dva + ddc + fva + fdc", Identity::EMBODIED, &["dva", "ddc", "fva", "fdc"]),
    Identity::new("dc = dva + ddc", "dc", &["dva", "ddc"]),
    Identity::new("fc = fva + fdc", "fc", &["fva", "fdc"]),
    Identity::new("dva = vax + ref", "dva", &["vax", "ref"]),
    Identity::new(
        "vax = vax_fin + vax_int + vax_rex_fin + vax_rex_int",
        "vax",
        &["vax_fin", "vax_int", "vax_rex_fin", "vax_rex_int"],
    ),
    Identity::new("ref = ref_fin + ref_int", "ref", &["ref_fin", "ref_int"]),
    Identity::new(
        "fva = fva_fin + fva_int + fva_rex_fin + fva_rex_int",
        "fva",
        &["fva_fin", "fva_int", "fva_rex_fin", "fva_rex_int"],
    ),
];

/// Multipliers and flows that every perimeter of exports needs.
pub(super) struct Common<'a> {
    pub work: &'a Workspace,
    pub multipliers: &'a Multipliers,
    pub once: &'a CountedOnce,
    pub local_use: &'a LocalUse,
}

/// Value-chain trade of one cell: the same in every perimeter, because what crosses one border only is recorded in the
/// same cell whichever crossing counts.
pub(super) struct ChainTrade {
    pub davax: f64,
    pub gvc: f64,
    pub gvcb: f64,
    pub gvcf: f64,
}

impl<'a> Common<'a> {
    pub fn of(work: &'a Workspace) -> Result<Self, SolveError> {
        Ok(Self {
            work,
            multipliers: work.multipliers(),
            once: work.counted_once()?,
            local_use: work.local_use()?,
        })
    }

    /// Gross exports of a cell, in the table's money whatever is traced: what multipliers are applied to.
    pub fn exports(&self, row: usize, importer: usize) -> f64 {
        self.work.flows().bilateral_exports()[(row, importer)]
    }

    /// y_sr of a cell.
    pub fn final_exports(&self, row: usize, importer: usize) -> f64 {
        self.work.flows().bilateral_final_exports()[(row, importer)]
    }

    /// DAVAX, GVC, GVCB, GVCF of a cell.
    pub fn chain_trade(&self, row: usize, importer: usize) -> ChainTrade {
        let local = self.multipliers.local[row];
        let davax = local * (self.final_exports(row, importer) + self.local_use.absorbed[(row, importer)]);
        ChainTrade {
            davax,
            gvc: self.work.gexp(row, importer) - davax,
            gvcb: (self.multipliers.foreign[row] + self.once.domestic_double[row])
                * self.exports(row, importer),
            gvcf: local * self.local_use.reexported[(row, importer)],
        }
    }
}
