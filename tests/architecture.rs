//! The structure: dependencies point one way, ids are unique, nothing below `cli` knows clap, polars stays at the edge.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Layers from the ground up; a module may use modules of lower layers only.
const LAYERS: [&[&str]; 15] = [
    &["labels", "kernel", "stats", "level", "interrupt", "machine"],
    &["blocks"],
    &["table"],
    &["frame"],
    &["load", "model", "fetch"],
    &["decompose"],
    &["audit", "indicators", "uncertainty", "product", "upgrading"],
    &["scenario", "analysis"],
    &["claims"],
    &["chart"],
    &["report", "glossary"],
    &["page"],
    &["batch", "manual"],
    &["error"],
    &["cli"],
];

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// (file, module of the file, module it uses), from every `crate::NAME` outside comments.
fn arrows() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut arrows = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        // What stands below the tests' marker is not part of the structure.
        let code = text.split("#[cfg(test)]").next().unwrap();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let used: String =
                    part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                if used.chars().next().is_some_and(char::is_lowercase) {
                    arrows.push((relative.to_owned(), module.clone(), used));
                }
            }
        }
    }
    arrows
}

#[test]
fn every_arrow_points_down() {
    let wrong: Vec<String> = arrows()
        .into_iter()
        .filter(|(_, from, to)| from != to)
        .filter_map(|(file, from, to)| {
            let (above, below) = (layer_of(&from)?, layer_of(&to)?);
            // `error` wraps the errors of every layer below `cli`; the writers are used by it too.
            (below >= above)
                .then(|| format!("{}: `{from}` (layer {above}) uses `{to}` (layer {below})", file.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "dependencies that run backwards:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_layer() {
    for (file, from, to) in arrows() {
        for module in [&from, &to] {
            assert!(
                layer_of(module).is_some(),
                "{}: module `{module}` has no layer: add it to LAYERS and to ARCHITECTURE.md",
                file.display()
            );
        }
    }
}

#[test]
fn clap_lives_in_cli_and_polars_at_the_edge() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        for (krate, allowed) in [
            ("clap", &["cli"][..]),
            ("polars", &["load", "report"][..]),
            ("indicatif", &["cli"][..]),
            ("kuva", &["chart"][..]),
        ] {
            let uses = text.lines().any(|line| {
                let line = line.trim_start();
                line.starts_with(&format!("use {krate}::")) || line.contains(&format!("{krate}::prelude"))
            });
            let folder = relative.iter().next().unwrap().to_str().unwrap();
            assert!(!uses || allowed.contains(&folder), "{}: uses {krate}", relative.display());
        }
    }
}

/// Where `unsafe` may stand. The lint is denied in `Cargo.toml`, and lifted there function by function.
const UNSAFE: [&str; 3] = ["kernel/pages.rs", "kernel/tile/mod.rs", "machine.rs"];

#[test]
fn unsafe_code_stands_where_it_is_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
        // Blocks, functions and implementations, and the lint that is lifted for them.
        let word = |part: &str| part == "unsafe" || part == "unsafe_code";
        let stands =
            code.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')).any(word);
        if stands && !UNSAFE.contains(&name.as_str()) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "unsafe code, which ARCHITECTURE.md does not know of: {wrong:?}");
}

#[test]
fn ids_are_unique_within_each_registry() {
    let registries: [(&str, Vec<&str>); 8] = [
        ("indicators", vadex::indicators::INDICATORS.iter().map(|i| i.id()).collect()),
        ("methods", vadex::decompose::METHODS.iter().map(|m| m.id()).collect()),
        (
            "importers",
            vadex::load::IMPORTERS
                .iter()
                .map(|i| i.id())
                .chain(vadex::load::NATIONAL_IMPORTERS.iter().map(|i| i.id()))
                .chain(vadex::load::SATELLITE_IMPORTERS.iter().map(|i| i.id()))
                .collect(),
        ),
        ("solvers", vadex::model::solver::SOLVERS.iter().map(|s| s.id()).collect()),
        (
            "scenarios",
            vadex::scenario::SCENARIOS
                .iter()
                .map(|kind| kind.profile().id)
                .chain(vadex::scenario::embedded().iter().map(|file| file.id))
                .collect(),
        ),
        ("formats", vadex::report::WRITERS.iter().map(|w| w.id()).collect()),
        ("charts", vadex::chart::CHARTS.iter().map(|c| c.id()).collect()),
        ("matrices", vadex::model::MATRICES.iter().map(|kind| kind.id).collect()),
    ];
    for (registry, ids) in registries {
        let mut seen = HashMap::new();
        for id in ids {
            assert!(seen.insert(id, ()).is_none(), "{registry}: id `{id}` stands twice");
            assert!(
                id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{registry}: id `{id}` is not lower-case with dashes"
            );
        }
    }
}

#[test]
fn list_shows_every_entry_of_its_registry() {
    for (what, ids) in [
        ("methods", vadex::decompose::METHODS.iter().map(|m| m.id()).collect::<Vec<_>>()),
        ("indicators", vadex::indicators::INDICATORS.iter().map(|i| i.id()).collect()),
        (
            "importers",
            vadex::load::IMPORTERS
                .iter()
                .map(|i| i.id())
                .chain(vadex::load::NATIONAL_IMPORTERS.iter().map(|i| i.id()))
                .chain(vadex::load::SATELLITE_IMPORTERS.iter().map(|i| i.id()))
                .collect(),
        ),
        ("solvers", vadex::model::solver::SOLVERS.iter().map(|s| s.id()).collect()),
        (
            "scenarios",
            vadex::scenario::SCENARIOS
                .iter()
                .map(|kind| kind.profile().id)
                .chain(vadex::scenario::embedded().iter().map(|file| file.id))
                .collect(),
        ),
        ("formats", vadex::report::WRITERS.iter().map(|w| w.id()).collect()),
        ("charts", vadex::chart::CHARTS.iter().map(|c| c.id()).collect()),
        ("matrices", vadex::model::MATRICES.iter().map(|kind| kind.id).collect()),
        ("terms", vadex::glossary::entries().map(|entry| entry.symbol).collect()),
    ] {
        let printed = super::support::stdout(&super::support::vadex(&["list", what]));
        let first: Vec<&str> = printed.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(first, ids, "vadex list {what}");
    }
}

/// A method that is held only to its own identities may be wrong in all of them.
#[test]
fn every_method_is_held_to_numbers_from_elsewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let twins: String = ["brute_force", "methods", "textbook"]
        .map(|name| std::fs::read_to_string(root.join(format!("tests/{name}.rs"))).unwrap())
        .concat();
    let alone: Vec<&str> = vadex::decompose::METHODS
        .iter()
        .map(|method| method.id())
        .filter(|id| !root.join("data/golden").join(id).is_dir() && !twins.contains(&format!("\"{id}\"")))
        .collect();
    assert!(
        alone.is_empty(),
        "no figures of another tool in data/golden/<id> and no second computation in tests/brute_force.rs: {alone:?}"
    );
}
