//! The store of a panel: all years of one set of labels in one Parquet file. What `vadex aggregate` and
//! `vadex import` write when several years go to one `.parquet` file, and what the embedded world tables are kept in.
//!
//! A [sparse store](super::sparse_store) of layout `panel-1`, whose labels are those of the canonical layout in its
//! order. Bytes are fetched once; a year costs one column.

use std::borrow::Cow;
use std::path::Path;

use super::assemble::Facts;
use super::grid::{Cells, Grid};
use super::sparse_store::{self, Store, damaged, list};
use super::{Importer, LoadError, ReadOptions, Source, canonical};
use crate::table::{IcioTable, TableParts};

/// Name of this layout.
pub const LAYOUT: &str = "panel-1";

/// An opened panel.
#[derive(Debug)]
pub(super) struct Panel(Store);

/// Years of a file in this layout; nothing when it is in another. Reads the end of the file only.
pub(super) fn years_of_file(path: &Path) -> Option<Vec<i32>> {
    sparse_store::layout_of_file(path).filter(|(layout, _)| layout == LAYOUT).map(|(_, years)| years)
}

impl Panel {
    /// Decodes labels and cell positions.
    pub(super) fn open(name: &str, bytes: Cow<'static, [u8]>) -> Result<Self, LoadError> {
        Store::open(name, bytes, LAYOUT).map(Self)
    }

    /// Years, in the order of the file.
    pub(super) fn years(&self) -> &[i32] {
        &self.0.years
    }

    /// Rows of each year's table.
    pub(super) fn rows(&self) -> usize {
        self.0.rows.len()
    }

    /// Columns of each year's table.
    pub(super) fn columns(&self) -> usize {
        self.0.columns.len()
    }

    /// SHA-256 of the file.
    pub(super) fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// The parts of one year's table.
    fn parts(&self, position: usize) -> Result<TableParts, LoadError> {
        let store = &self.0;
        let year = store.years[position];
        let mut cells = vec![vec![0.0; store.rows.len()]; store.columns.len()];
        for (row, column, value) in store.cells(position)? {
            if value.is_nan() {
                return Err(damaged(&store.name, &format!("a missing value in {year}")));
            }
            cells[column][row] = value;
        }
        let one_each = |labels: &[String]| labels.iter().map(|label| vec![label.clone()]).collect();
        let grid = Grid {
            path: format!("{}, {year}", store.name),
            rows: one_each(&store.rows),
            columns: one_each(&store.columns),
            cells: Cells::of_columns(cells),
        };
        let facts = Facts { unit: store.unit.clone(), year: Some(year), ..Facts::default() };
        let mut parts = canonical::parts(&grid, facts)?;
        parts.give_roles(&store.roles);
        let repairs = std::mem::take(&mut parts.provenance.repairs);
        parts.provenance = store.provenance(position, PanelParquet.id());
        parts.provenance.repairs = repairs;
        Ok(parts)
    }

    /// The table of one year.
    pub(super) fn table(&self, year: i32) -> Result<IcioTable, LoadError> {
        let parts = self.parts(self.0.position(year)?)?;
        IcioTable::new(parts)
            .map_err(|error| LoadError::Table { path: self.0.name.clone(), error: Box::new(error) })
    }
}

/// Reader of the panel layout, for a file that is named as one table.
#[derive(Debug)]
pub struct PanelParquet;

impl Importer for PanelParquet {
    fn id(&self) -> &'static str {
        "panel-parquet"
    }

    fn summary(&self) -> &'static str {
        "long Parquet, all years in one file: what `vadex aggregate` and `vadex import` write for several years"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head().starts_with(b"PAR1")
            && match source.path() {
                Some(path) => years_of_file(path).is_some(),
                None => source.bytes().is_ok_and(|bytes| {
                    sparse_store::layout_of_bytes(bytes).is_some_and(|layout| layout == LAYOUT)
                }),
            }
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        Ok(Panel::open(source.name(), Cow::Owned(source.bytes()?.to_vec()))?.years().to_vec())
    }

    fn read(&self, source: &Source, options: &ReadOptions) -> Result<TableParts, LoadError> {
        let panel = Panel::open(source.name(), Cow::Owned(source.bytes()?.to_vec()))?;
        match (panel.years(), options.year) {
            (_, Some(year)) => panel.parts(panel.0.position(year)?),
            ([_], None) => panel.parts(0),
            (years, None) => {
                Err(LoadError::SeveralYears { path: source.name().to_owned(), years: list(years) })
            }
        }
    }
}
