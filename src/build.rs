//! Before the engine is built: a hash of what it is made from, so that a finished result is not taken for that of an engine
//! which computes something else under the same version.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// What the numbers depend on besides the embedded data: the sources, the versions of the libraries, how they are built.
const MADE_FROM: [&str; 3] = ["src", "Cargo.lock", "Cargo.toml"];
const DATA: &str = "data";
/// What only tests read of the data.
const TESTS_ONLY: [&str; 2] = ["fixtures", "golden"];
/// Characters of the hash that are kept.
const KEPT: usize = 16;

fn main() {
    let embedded = fs::read_dir(DATA).into_iter().flatten().flatten();
    let embedded = embedded.filter(|entry| !TESTS_ONLY.iter().any(|only| entry.file_name() == *only));
    let mut files = Vec::new();
    for path in MADE_FROM.map(PathBuf::from).into_iter().chain(embedded.map(|entry| entry.path())) {
        println!("cargo:rerun-if-changed={}", path.display());
        collect(&path, &mut files);
    }
    // In the same order whatever the file system says.
    files.sort();
    let mut hash = Sha256::new();
    for file in &files {
        // A build script has no other way to fail: a hash of less than everything would be wrong.
        let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.to_string_lossy().replace('\\', "/");
        hash.update(format!("{name}\n{}\n", bytes.len()));
        hash.update(&bytes);
    }
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo:rustc-env=VADEX_SOURCE={}", &hash[..KEPT]);
}

/// Files below a path; one that is not there is none.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
    } else if let Ok(entries) = fs::read_dir(path) {
        entries.flatten().for_each(|entry| collect(&entry.path(), files));
    }
}
