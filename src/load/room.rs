//! Is there memory for what a file holds? Asked as soon as the file tells its size, and before it is asked for.

use super::{LoadError, Source};
use crate::kernel::stored::Storage;
use crate::machine;
use crate::table::IcioTable;

/// Bytes of a cell while a matrix is put together: as it was read, and as the table has it.
const CELL: u64 = 16;

/// Room for the cells of a matrix in double precision.
///
/// # Errors
/// [`LoadError::NoRoom`].
pub(super) fn for_cells(source: &Source, rows: u64, columns: u64) -> Result<(), LoadError> {
    for_matrix(source.memory(), source.name(), rows, columns)
}

/// The same where a file has been opened for all its years: room for the cells of one.
///
/// # Errors
/// [`LoadError::NoRoom`].
pub(super) fn for_panel(
    memory: Option<u64>,
    path: &str,
    rows: usize,
    columns: usize,
) -> Result<(), LoadError> {
    for_matrix(memory, path, rows as u64, columns as u64)
}

fn for_matrix(memory: Option<u64>, path: &str, rows: u64, columns: u64) -> Result<(), LoadError> {
    let bytes = CELL.saturating_mul(rows).saturating_mul(columns);
    within(memory, path, &format!("{rows} x {columns} cells"), bytes)
}

/// Room for final demand, in which every category is one of every economy. Labels that have the economy in the code, too
/// (`DEU.HH_DEU`), make as many of them as there are economies, and most columns empty.
///
/// # Errors
/// [`LoadError::NoRoom`].
pub(super) fn for_final_demand(
    path: &str,
    rows: usize,
    economies: usize,
    categories: usize,
) -> Result<(), LoadError> {
    let what = format!(
        "{rows} rows of final demand in {economies} economies x {categories} categories, each code of a column one of them,"
    );
    let bytes =
        [rows, economies, categories].iter().fold(8_u64, |all, count| all.saturating_mul(*count as u64));
    within(None, path, &what, bytes)
}

/// Room for something else; `what` says how much of it there is.
///
/// # Errors
/// [`LoadError::NoRoom`].
pub(super) fn for_bytes(source: &Source, what: &str, needed: u64) -> Result<(), LoadError> {
    within(source.memory(), source.name(), what, needed)
}

/// Room for the intermediate block of a table kept in another way, beside the one that there is.
///
/// # Errors
/// [`LoadError::NoRoom`].
pub(super) fn for_storage(
    memory: Option<u64>,
    path: &str,
    table: &IcioTable,
    storage: Storage,
) -> Result<(), LoadError> {
    let block = table.intermediate_use();
    if block.storage() == storage {
        return Ok(());
    }
    let rows = block.nrows() as u64;
    let cell = match (storage, block.storage()) {
        (Storage::Compressed, _) => 0,
        (Storage::Single, Storage::Double) => 4,
        // By way of double precision.
        (Storage::Single, _) => 12,
        _ => 8,
    };
    let compressed = if storage == Storage::Compressed { 12 * block.non_zeros() as u64 } else { 0 };
    // A stated limit is for both; what is there already is in what the machine has left.
    let there = if memory.is_some() { block.bytes() as u64 } else { 0 };
    let needed = there + cell * rows * rows + compressed;
    within(memory, path, &format!("{rows} x {rows} cells, to be kept as {storage}"), needed)
}

/// Room for a table that is embedded and so is opened before it is asked for: where less is allowed, that holds.
///
/// # Errors
/// [`LoadError::NoRoom`].
pub(super) fn for_opened(memory: Option<u64>, path: &str, table: &IcioTable) -> Result<(), LoadError> {
    let (rows, columns) = (table.axis().n_rows(), table.axis().n_rows() + table.final_demand().ncols());
    if memory.is_none() { Ok(()) } else { for_panel(memory, path, rows, columns) }
}

fn within(memory: Option<u64>, path: &str, what: &str, needed: u64) -> Result<(), LoadError> {
    match memory.or_else(machine::available) {
        Some(there) if needed > there => Err(LoadError::NoRoom {
            path: path.to_owned(),
            what: what.to_owned(),
            needed,
            there,
            stated: memory.is_some(),
        }),
        _ => Ok(()),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn final_demand_of_a_category_an_economy_is_refused_before_it_is_asked_for() {
        assert!(for_final_demand("t.csv", 8_000, 80, 6).is_ok());
        let error = for_final_demand("t.csv", 1_000_000, 10_000, 10_000).unwrap_err();
        let told = error.to_string();
        assert!(told.contains("t.csv: 1000000 rows of final demand in 10000 economies"), "{told}");
    }
}
