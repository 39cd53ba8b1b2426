//! EMERGING: 245 economies by 133 to 146 sectors in a MATLAB v7.3 file (HDF5), read in slices.
//!
//! Variables `z`, `f`, `va`, `X` (edition E: `MRIO_Z_E` and so on), labels in the cell arrays `country_list`,
//! `sector_list`, `final_list`. HDF5 stores a MATLAB matrix by columns, so a slice of its rows is a run of columns of z.
//! Which way the sales run is checked against the published output: rows of z and f add up to X.

use hdf5_pure::{Dataset, File, Object};
use nalgebra::DMatrix;

use super::large::Large;
use super::source::Place;
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::{PrimaryRow, Provenance, Repair, RowRole, TableParts};

const CITATION: &str = "Huo et al. (2022), Full-scale, near real-time multi-regional input-output table for the global \
    emerging economies (EMERGING), Journal of Industrial Ecology 26: 1218-1232; data under CC BY 4.0";
/// Names of intermediate use, final demand, value added and output, by edition.
const VARIABLES: [[&str; 4]; 2] = [["z", "f", "va", "X"], ["MRIO_Z_E", "MRIO_F_E", "MRIO_VA_E", "MRIO_X_E"]];
/// Economies, sectors, final uses.
const LISTS: [&str; 3] = ["country_list", "sector_list", "final_list"];
/// First bytes of an HDF5 file, at the start or after MATLAB's block of 512 bytes.
const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// Bytes of a slice.
const SLICE: usize = 64 << 20;
/// Bytes of cells that a byte of the file can hold: deflate expands to no more.
const EXPANSION: u64 = 1032;
/// More labels than any list has, and more letters than any label.
const LABELS: u64 = 1 << 16;

/// Reader of EMERGING.
#[derive(Debug)]
pub struct Emerging;

impl Importer for Emerging {
    fn id(&self) -> &'static str {
        "emerging"
    }

    fn summary(&self) -> &'static str {
        "EMERGING, a MATLAB v7.3 file with z, f, va, X and the lists of labels, million USD"
    }

    fn recognises(&self, source: &Source) -> bool {
        let head = source.head();
        (head.starts_with(SIGNATURE) || head.get(512..).is_some_and(|rest| rest.starts_with(SIGNATURE)))
            && open(source).is_ok_and(|file| variables(&file).is_some())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let damaged = |error: hdf5_pure::Error| wrong(source, error.to_string());
        let file = open(source)?;
        let [flows, final_demand, value_added, output] =
            variables(&file).ok_or_else(|| wrong(source, "it has no variables z, f, va and X".into()))?;
        let read = |name: &str| file.dataset(name).map_err(damaged);
        let [economies, sectors, finals] = LISTS.map(|name| strings(source, name, &read(name)?));
        let (economies, sectors, finals) = (economies?, sectors?, finals?);
        let side = economies.len() * sectors.len();
        let lists = LISTS[..2].join(" and ");
        let expect = |what, found: usize, expected: usize, labels: &str| match found == expected {
            true => Ok(()),
            false => Err(LoadError::LabelCount {
                path: source.name().to_owned(),
                what,
                found,
                labels: labels.to_owned(),
                expected,
            }),
        };
        // The count before the cells: memory is asked for by the count, and a damaged file tells any.
        let most = EXPANSION.saturating_mul(file.file_size());
        let cells = |name, what, expected, labels: &str| {
            let variable = read(name)?;
            expect(what, count(source, name, &variable, most)?, expected, labels)?;
            let cells = variable.read_f64().map_err(damaged)?;
            expect(what, cells.len(), expected, labels)?;
            Ok(cells)
        };
        let output = cells(output, "values of output", side, &lists)?;
        let value_added = cells(value_added, "values of value added", side, &lists)?;
        let width = economies.len() * finals.len();
        // By columns of MATLAB, unless somebody saved the transpose.
        let standing = read(final_demand)?.shape().map_err(damaged)?.first() == Some(&(width as u64));
        let uses =
            cells(final_demand, "cells of final demand", side.saturating_mul(width), &LISTS.join(" and "))?;
        let mut repairs = Vec::new();
        let final_demand = if standing || side == width {
            DMatrix::from_vec(side, width, uses)
        } else {
            DMatrix::from_row_slice(side, width, &uses)
        };
        let (name, flows) = (flows, read(flows)?);
        count(source, name, &flows, most)?;
        let shape = flows.shape().map_err(damaged)?;
        expect("rows", shape.first().map_or(0, |rows| *rows as usize), side, &lists)?;
        expect("columns", shape.get(1).map_or(0, |columns| *columns as usize), side, &lists)?;
        let (mut matrix, sums) = square(source, &flows, side)?;
        let final_sums: Vec<f64> = final_demand.row_iter().map(|row| row.sum()).collect();
        let miss = |sums: &[f64]| -> f64 {
            sums.iter().zip(&final_sums).zip(&output).map(|((z, y), x)| (z + y - x).abs()).sum()
        };
        if miss(&sums.slices) < miss(&sums.across) {
            matrix.transpose();
            repairs.push(Repair {
                name: "transposed".into(),
                detail: "the file holds buyers by rows: output is the sum of its columns and final demand"
                    .into(),
                count: 1,
            });
        }
        let (intermediate_use, rounded) = matrix.finish();
        repairs.extend(rounded);
        Ok(TableParts {
            rows: economies
                .iter()
                .flat_map(|economy| sectors.iter().map(move |sector| (economy.clone(), sector.clone())))
                .collect(),
            categories: finals,
            intermediate_use,
            final_demand,
            primary_rows: vec![PrimaryRow {
                name: "VA".into(),
                role: RowRole::ValueAdded,
                industries: value_added,
                final_use: None,
            }],
            published_output: Some(output),
            unit: "million USD, current prices".into(),
            year: source.year(),
            provenance: Provenance { repairs, citation: Some(CITATION.into()), ..Provenance::default() },
        })
    }
}

fn wrong(source: &Source, message: String) -> LoadError {
    LoadError::Damaged { path: source.name().to_owned(), format: "a MATLAB v7.3 (HDF5) file", message }
}

/// A file on disk is read where it is; a member of an archive is unpacked to memory.
fn open(source: &Source) -> Result<File, LoadError> {
    let opened = match source.place() {
        Place::File(path) => File::open_streaming(path),
        Place::Memory | Place::Member { .. } => File::from_bytes(source.bytes()?.to_vec()),
    };
    opened.map_err(|error| wrong(source, error.to_string()))
}

/// Names of the four variables, by the edition that has them all.
fn variables(file: &File) -> Option<[&'static str; 4]> {
    let known = file.root().datasets().ok()?;
    VARIABLES.into_iter().find(|names| names.iter().all(|name| known.iter().any(|have| have == name)))
}

/// Number of elements of a variable, refused where they take more than `most` bytes.
fn count(source: &Source, name: &str, variable: &Dataset, most: u64) -> Result<usize, LoadError> {
    let failed = |error: hdf5_pure::Error| wrong(source, error.to_string());
    let shape = variable.shape().map_err(failed)?;
    let size = variable.element_size().map_err(failed)?;
    let count = shape.iter().try_fold(1_u64, |product, extent| product.checked_mul(*extent));
    match count.filter(|count| count.checked_mul(size).is_some_and(|bytes| bytes <= most)) {
        Some(count) => Ok(count as usize),
        None => {
            let shape: Vec<String> = shape.iter().map(u64::to_string).collect();
            let shape = shape.join(" x ");
            Err(wrong(
                source,
                format!(
                    "{name} tells {shape} elements of {size} bytes, and at most {most} bytes can be there"
                ),
            ))
        }
    }
}

/// A cell array of texts: references to arrays of UTF-16 units.
fn strings(source: &Source, name: &str, list: &Dataset) -> Result<Vec<String>, LoadError> {
    let failed = |error: hdf5_pure::Error| wrong(source, error.to_string());
    // A reference takes eight bytes.
    count(source, name, list, 8 * LABELS)?;
    let mut texts = Vec::new();
    for object in list.dereference().map_err(failed)? {
        let Object::Dataset(text) = object else {
            return Err(wrong(source, "a list of labels holds something else than texts".into()));
        };
        count(source, name, &text, 2 * LABELS)?;
        let units = text.read_u16().map_err(failed)?;
        texts.push(String::from_utf16_lossy(&units).trim_matches(['\0', ' ']).to_owned());
    }
    Ok(texts)
}

/// Sums of the stored matrix: of each slice (a column of MATLAB), and across slices.
struct Sums {
    slices: Vec<f64>,
    across: Vec<f64>,
}

/// Reads a square matrix slice by slice.
fn square(source: &Source, stored: &Dataset, side: usize) -> Result<(Large, Sums), LoadError> {
    let mut matrix = Large::zeros(source, side)?;
    let mut sums = Sums { slices: Vec::with_capacity(side), across: vec![0.0; side] };
    let step = (SLICE / (8 * side.max(1))).max(1);
    for start in (0..side).step_by(step) {
        let count = step.min(side - start);
        let values = stored
            .read_f64_rows(start as u64, count as u64)
            .map_err(|error| wrong(source, error.to_string()))?;
        if values.len() != count * side {
            return Err(wrong(source, format!("slice {start} holds {} cells", values.len())));
        }
        for (k, column) in values.chunks(side).enumerate() {
            if let Some(row) = column.iter().position(|value| !value.is_finite()) {
                return Err(wrong(
                    source,
                    format!("row {}, column {} of z is {}", row + 1, start + k + 1, column[row]),
                ));
            }
            matrix.put_column(start + k, column);
            sums.slices.push(column.iter().sum());
            sums.across.iter_mut().zip(column).for_each(|(sum, value)| *sum += value);
        }
    }
    Ok((matrix, sums))
}
