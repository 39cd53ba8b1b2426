//! Writes a network of firms with a known spectral radius as a `seller,buyer,value` list, or as binary files.
//!
//! ```sh
//! cargo run --release --example make_network -- 10000 120000 0.7 1 network.csv
//! ```
//!
//! Firms, purchases, spectral radius of A, seed, file. A name that ends in `.csv` gives purchases between firms and, with
//! buyer `FINAL`, final demand drawn so that sales add up to the output of every firm. Any other name is a folder: `indptr`
//! and `indices` (u32), `data` (f64), little endian, A in compressed rows.

use std::error::Error;
use std::fs::{File, create_dir_all};
use std::io::{BufWriter, Write};

use nalgebra::DMatrix;
use vadex::kernel::sparse::{Settings, Side, SparseSystem};

#[path = "../benches/networks.rs"]
mod networks;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [firms, edges, spectral_radius, seed, target] = arguments.as_slice() else {
        return Err("usage: make_network FIRMS PURCHASES SPECTRAL_RADIUS SEED FILE.csv|FOLDER".into());
    };
    let shape = networks::NetworkShape {
        firms: firms.parse()?,
        edges: edges.parse()?,
        spectral_radius: spectral_radius.parse()?,
        spread: 1.2,
        seed: seed.parse()?,
    };
    let network = networks::network(&shape);
    eprintln!(
        "{} firms, {} purchases, spectral radius {}",
        shape.firms,
        network.coefficients.nnz(),
        shape.spectral_radius
    );
    if target.ends_with(".csv") { write_list(network, target) } else { write_binary(&network, target) }
}

/// `seller,buyer,value`.
fn write_list(network: networks::Network, target: &str) -> Result<(), Box<dyn Error>> {
    let n = network.left_eigenvector.len();
    let demand = DMatrix::from_fn(n, 1, |i, _| 1.0 + (i % 7) as f64);
    let mut output = demand.clone();
    let system = SparseSystem::new(network.coefficients.clone());
    system.solve_in_place(Side::Plain, &mut output, Settings::default())?;
    let mut writer = csv::Writer::from_path(target)?;
    writer.write_record(["seller", "buyer", "value"])?;
    for (i, row) in network.coefficients.outer_iterator().enumerate() {
        let seller = format!("f{i}");
        for (j, a) in row.iter() {
            let value = a * output[j];
            writer.write_record([&seller, &format!("f{j}"), &value.to_string()])?;
        }
        writer.write_record([&seller, "FINAL", &demand[i].to_string()])?;
    }
    writer.flush()?;
    Ok(())
}

/// The three arrays of compressed rows.
fn write_binary(network: &networks::Network, target: &str) -> Result<(), Box<dyn Error>> {
    create_dir_all(target)?;
    let file = |name: &str| File::create(format!("{target}/{name}")).map(BufWriter::new);
    let a = &network.coefficients;
    let (mut pointers, mut indices, mut values) = (file("indptr")?, file("indices")?, file("data")?);
    for pointer in a.indptr().raw_storage() {
        pointers.write_all(&pointer.to_le_bytes())?;
    }
    for index in a.indices() {
        indices.write_all(&index.to_le_bytes())?;
    }
    for value in a.data() {
        values.write_all(&value.to_le_bytes())?;
    }
    for writer in [&mut pointers, &mut indices, &mut values] {
        writer.flush()?;
    }
    Ok(())
}
