//! From the bytes of a file to a table, for every layout that can be made here: canonical CSV and Parquet as the engine
//! writes them, and the OECD's layout; text also by polars' own reader and a copy into a matrix. Set `VADEX_BENCH_FULL=1` for an OECD-size table (81 x 50, a CSV of some 220 MB)
//! besides 20 x 35.

mod synthetic;

use std::fmt::Write as _;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::DMatrix;
use polars::prelude::{CsvReadOptions, DataType, SerReader};
use vadex::load::{IMPORTERS, ReadOptions, Source, discover};
use vadex::report::{TableFormat, write_table};
use vadex::table::IcioTable;

/// Final demand by category as the OECD has it.
const CATEGORIES: [&str; 6] = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"];

/// Three letters, as the codes of ISO 3166 have.
fn letters(economy: usize) -> String {
    [economy / 676, economy / 26 % 26, economy % 26]
        .map(|place| char::from(b'A' + place as u8))
        .iter()
        .collect()
}

/// The layout of the OECD's inter-country tables: `V1`, `AUS_A01`, ..., `AUS_HFCE`, ..., `OUT`; rows `TLS`, `VA`, `OUT`.
fn oecd(table: &IcioTable) -> Vec<u8> {
    let axis = table.axis();
    let n = axis.n_rows();
    let label =
        |row: usize| format!("{}_{}", letters(axis.economy_of(row)), axis.sectors()[axis.sector_of(row)]);
    let mut text = String::from("V1");
    for row in 0..n {
        let _ = write!(text, ",{}", label(row));
    }
    for economy in (0..axis.n_economies()).map(letters) {
        CATEGORIES.iter().for_each(|category| {
            let _ = write!(text, ",{economy}_{category}");
        });
    }
    text.push_str(",OUT\n");
    let (output, inputs) = (table.row_sums(), table.input_sums());
    let flows = table.intermediate_use().as_dense().expect("a synthetic table is dense");
    for row in 0..n {
        text.push_str(&label(row));
        for value in flows.row(row).iter() {
            let _ = write!(text, ",{value:.5e}");
        }
        for economy in 0..axis.n_economies() {
            let _ = write!(text, ",{:.9e},0,0,0,0,0", table.final_demand()[(row, economy)]);
        }
        let _ = writeln!(text, ",{:.9e}", output[row]);
    }
    let empty = ",".repeat(axis.n_economies() * CATEGORIES.len());
    let mut below = |name: &str, value: &dyn Fn(usize) -> f64| {
        text.push_str(name);
        for column in 0..n {
            let _ = write!(text, ",{:.9e}", value(column));
        }
        text.push_str(&empty);
        text.push_str(",\n");
    };
    below("TLS", &|_| 0.0);
    below("VA", &|column| output[column] - inputs[column]);
    below("OUT", &|column| output[column]);
    text.into_bytes()
}

fn canonical(table: &IcioTable, format: TableFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_table(table, format, &mut bytes).expect("memory takes it");
    bytes
}

fn by_polars(path: &str) -> DMatrix<f64> {
    let frame = CsvReadOptions::default()
        .try_into_reader_with_file_path(Some(path.into()))
        .and_then(SerReader::finish)
        .expect("polars reads it");
    let columns = &frame.columns()[1..];
    let mut matrix = DMatrix::zeros(frame.height(), columns.len());
    for (target, column) in matrix.column_iter_mut().zip(columns) {
        let cells = column.cast(&DataType::Float64).expect("numbers");
        let cells = cells.f64().expect("numbers");
        target.into_iter().zip(cells.iter()).for_each(|(target, cell)| *target = cell.unwrap_or(0.0));
    }
    matrix
}

fn load(criterion: &mut Criterion) {
    let full = std::env::var_os("VADEX_BENCH_FULL").is_some();
    let sizes: &[(usize, usize)] = if full { &[(20, 35), (81, 50)] } else { &[(20, 35)] };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for &(economies, sectors) in sizes {
        let table = synthetic::table(economies, sectors, 1);
        let files = [
            ("canonical.csv", canonical(&table, TableFormat::Csv)),
            ("canonical.parquet", canonical(&table, TableFormat::Parquet)),
            ("2016_SML.csv", oecd(&table)),
        ];
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::write(&path, &bytes).expect("the temporary folder takes it");
            let source = Source::from_path(&path).expect("it was written a moment ago");
            // What no importer knows yet is no benchmark.
            let Some(importer) = IMPORTERS.iter().find(|importer| importer.recognises(&source)) else {
                println!("load: no importer recognises {name}");
                continue;
            };
            let input = path.to_str().expect("a temporary path is text");
            group.throughput(Throughput::Bytes(bytes.len() as u64));
            let id = BenchmarkId::new(format!("{}/{name}", importer.id()), format!("{economies}x{sectors}"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    let tables = discover(input, &[]).expect("the file is there");
                    tables[0].open(&ReadOptions::default()).expect("the file is a table")
                });
            });
            if name.ends_with(".csv") {
                // What a user would write instead: the frame, then its numbers in a matrix.
                let id =
                    BenchmarkId::new(format!("polars-read-csv/{name}"), format!("{economies}x{sectors}"));
                group.bench_function(id, |bencher| bencher.iter(|| by_polars(input)));
            }
        }
    }
    group.finish();
}

criterion_group!(benches, load);
criterion_main!(benches);
