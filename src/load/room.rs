//! Is there memory for what a file holds? Asked as soon as the file tells its size, and before it is asked for.

use super::{LoadError, Source};
use crate::machine;

/// Bytes of a cell while a matrix is put together: as it was read, and as the table has it.
const CELL: u64 = 16;

/// Room for the cells of a matrix in double precision.
///
/// # Errors
/// [`LoadError::NoRoom`].
pub(super) fn for_cells(source: &Source, rows: u64, columns: u64) -> Result<(), LoadError> {
    let bytes = CELL.saturating_mul(rows).saturating_mul(columns);
    for_bytes(source, &format!("{rows} x {columns} cells"), bytes)
}

/// Room for something else; `what` says how much of it there is.
///
/// # Errors
/// [`LoadError::NoRoom`].
pub(super) fn for_bytes(source: &Source, what: &str, needed: u64) -> Result<(), LoadError> {
    let stated = source.memory();
    match stated.or_else(machine::usable) {
        Some(there) if needed > there => Err(LoadError::NoRoom {
            path: source.name().to_owned(),
            what: what.to_owned(),
            needed,
            there,
            stated: stated.is_some(),
        }),
        _ => Ok(()),
    }
}
