//! Groups of sectors that claims distinguish, as [`crate::labels::classification`] reads them from the labels.

pub use crate::labels::classification::SectorMap;
pub(super) use crate::labels::classification::{
    ISIC_3, ISIC_4, WIOD_2013, has_any, has_word, is_manufacture, is_mining, isic4,
};
