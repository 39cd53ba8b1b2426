//! Labels and row order: the only place that knows which matrix row belongs to which economy and sector.
//!
//! An [`Axis`] is an ordered list of rows, grouped into one contiguous *block* an economy. Blocks may differ in
//! size: a group of economies (`EU = DEU + FRA`) or a split economy (`CHN = CHN + CN1 + CN2`) is simply a longer
//! block, so every method that is written by blocks treats it as one exporter without a special case.
//! No other module computes a row index from an economy and a sector.

mod axis;
pub mod classification;
pub mod economy_names;
mod error;
mod finding;
mod known_groups;
mod picked;
mod rule;

pub use axis::{Axis, Group, Regrouped};
pub use error::LabelError;
pub use finding::{distinct, find, nearest, suggestions, told};
pub use known_groups::{KnownGroup, find_known_group, in_labels_of, known_groups};
pub use picked::{Picked, PickedGroup, pick_economies, pick_sectors};
pub use rule::{LabelRule, rule};
