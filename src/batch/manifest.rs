//! The manifest as it is written: TOML, checked for form, every value with its place in the file.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use toml::Spanned;

use super::BatchError;
use crate::labels;

/// A manifest file: what it says, and where it stands.
#[derive(Debug)]
pub(super) struct Manifest {
    /// Path as the user gave it.
    pub path: PathBuf,
    /// Its text, to turn places into lines.
    text: String,
    /// What it says.
    pub file: ManifestFile,
}

/// The sections of a manifest.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestFile {
    #[serde(default)]
    pub output: OutputEntry,
    #[serde(default)]
    pub model: ModelEntry,
    #[serde(default)]
    pub table: Vec<Spanned<TableEntry>>,
    #[serde(default)]
    pub satellite: Vec<Spanned<SatelliteEntry>>,
    #[serde(default)]
    pub task: Vec<Spanned<TaskEntry>>,
}

/// `[output]`: where results go, and in which formats.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputEntry {
    pub folder: Option<PathBuf>,
    pub format: Option<Spanned<Words>>,
}

/// `[model]`: conventions, solver, groups; the words of the command line.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ModelEntry {
    pub gross_output: Option<Spanned<String>>,
    pub value_added: Option<Spanned<String>>,
    pub solver: Option<Spanned<String>>,
    pub store: Option<Spanned<String>>,
    pub split: Option<Spanned<String>>,
    pub group: Option<Spanned<Words>>,
}

/// `[[table]]`: a file, a directory of years or an embedded series.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableEntry {
    pub path: Spanned<String>,
    pub name: Option<Spanned<String>>,
    pub year: Option<Spanned<Words>>,
    pub from: Option<Spanned<String>>,
    pub unit: Option<String>,
    pub store: Option<Spanned<String>>,
    pub layout: Option<Spanned<String>>,
}

/// `[[satellite]]`: something to trace in place of value added.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SatelliteEntry {
    pub path: Spanned<String>,
    pub name: Option<Spanned<String>>,
    pub account: Option<Spanned<String>>,
}

/// `[[task]]`: a command and its options.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TaskEntry {
    pub command: Spanned<String>,
    pub name: Option<Spanned<String>>,
    pub table: Option<Spanned<Words>>,
    pub method: Option<Spanned<Words>>,
    pub indicator: Option<Spanned<Words>>,
    pub family: Option<Spanned<Words>>,
    pub level: Option<Spanned<Words>>,
    pub economy: Option<Spanned<Words>>,
    pub exporter: Option<Spanned<Words>>,
    pub importer: Option<Spanned<Words>>,
    pub sector: Option<Spanned<Words>>,
    pub partner: Option<Spanned<Words>>,
    pub sum: Option<Spanned<Words>>,
    pub by: Option<Spanned<Words>>,
    pub origin: Option<Spanned<Words>>,
    pub absorber: Option<Spanned<Words>>,
    pub tidy: Option<Spanned<bool>>,
    pub sectors: Option<Spanned<bool>>,
    pub satellite: Option<Spanned<Words>>,
    pub regions: Option<Spanned<String>>,
    pub account: Option<Spanned<Words>>,
    pub year: Option<Spanned<i32>>,
    pub of: Option<Spanned<Words>>,
    pub mode: Option<Spanned<String>>,
    pub rank: Option<Spanned<String>>,
    pub top: Option<Spanned<usize>>,
    pub draws: Option<Spanned<usize>>,
    pub seed: Option<Spanned<u64>>,
    pub interval: Option<Spanned<f64>>,
    pub draw_sd: Option<Spanned<f64>>,
    pub draw_sd_exponent: Option<Spanned<f64>>,
    pub draw_sd_min: Option<Spanned<f64>>,
    pub draw_sd_max: Option<Spanned<f64>>,
    pub draw_final_demand: Option<Spanned<String>>,
    pub draw_value_added_sd: Option<Spanned<f64>>,
    pub draw_tolerance: Option<Spanned<f64>>,
}

/// One word or a list of words; a whole number counts as a word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Words, E> {
                Ok(Words(vec![text.to_owned()]))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Words, E> {
                Ok(Words(vec![number.to_string()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(Words(more)) = list.next_element()? {
                    words.extend(more);
                }
                if words.is_empty() {
                    return Err(de::Error::custom(
                        "an empty list, expected a text or a list of texts: without the key the default is taken",
                    ));
                }
                Ok(Words(words))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

impl Manifest {
    /// Reads a manifest.
    pub fn read(path: &Path) -> Result<Self, BatchError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| BatchError::Unreadable { path: name.clone(), source })?;
        match toml::from_str(&text) {
            Ok(file) => Ok(Self { path: path.to_owned(), text, file }),
            Err(error) => Err(BatchError::Form {
                path: name,
                line: line_of(&text, error.span().map_or(0, |span| span.start)),
                nearest: nearest_known(error.message()),
                message: error.message().replace('\n', " "),
            }),
        }
    }

    /// The text, as its hash is taken of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line of a place, from 1.
    pub fn line(&self, span: Range<usize>) -> usize {
        line_of(&self.text, span.start)
    }

    /// The path, for messages.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// A path of the manifest: relative ones are relative to the folder it stands in.
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.base().join(path)
    }

    /// A path or `builtin:` name of the manifest, in the form that the loaders take.
    pub fn resolve_input(&self, input: &str) -> String {
        if input.starts_with("builtin:") {
            input.to_owned()
        } else {
            self.resolve(input).display().to_string()
        }
    }

    /// A path as the manifest has it: results do not say from which folder the engine was started.
    pub fn as_written(&self, path: &str) -> String {
        match Path::new(path).strip_prefix(self.base()) {
            Ok(inside) if !self.base().as_os_str().is_empty() => inside.display().to_string(),
            _ => path.to_owned(),
        }
    }

    /// A message without the folder of the manifest in its paths.
    pub fn without_base(&self, message: &str) -> String {
        let base = self.base().display().to_string();
        if base.is_empty() {
            return message.to_owned();
        }
        // Where a path begins, not in the middle of one: `a/` is not the folder of `data/x.csv`.
        let begins = |before: &str| {
            before.chars().next_back().is_none_or(|last| last.is_whitespace() || "`'\"(=:,".contains(last))
        };
        let folder = format!("{base}/");
        let (mut told, mut rest) = (String::new(), message);
        while let Some(at) = rest.find(&folder) {
            told.push_str(&rest[..at]);
            if !begins(&told) {
                told.push_str(&folder);
            }
            rest = &rest[at + folder.len()..];
        }
        told + rest
    }

    fn base(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

fn line_of(text: &str, position: usize) -> usize {
    text.as_bytes().iter().take(position).filter(|byte| **byte == b'\n').count() + 1
}

/// From "unknown field `metod`, expected one of `method`, ...": the known word that is near.
fn nearest_known(message: &str) -> Option<String> {
    let mut words = message.split('`').skip(1).step_by(2);
    let found = words.next()?;
    labels::nearest(words, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest, BatchError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.toml");
        std::fs::write(&path, text).unwrap();
        Manifest::read(&path)
    }

    #[test]
    fn a_word_or_a_list_of_words_and_numbers() {
        let manifest =
            read("[[table]]\npath = 'a'\nyear = 2011\n[[table]]\npath = 'b'\nyear = ['1995-1997', 2011]\n")
                .unwrap();
        let years =
            |table: usize| manifest.file.table[table].get_ref().year.as_ref().unwrap().get_ref().0.clone();
        assert_eq!(years(0), ["2011"]);
        assert_eq!(years(1), ["1995-1997", "2011"]);
        assert_eq!(manifest.line(manifest.file.table[1].get_ref().path.span()), 5);
    }

    #[test]
    fn an_empty_list_asks_for_nothing_and_is_no_default() {
        for text in ["[output]\nformat = []\n", "[[task]]\ntable = []\n", "[[task]]\nlevel = [[]]\n"] {
            let error = read(text).unwrap_err();
            assert!(matches!(&error, BatchError::Form { line: 2, .. }), "{error}");
            assert!(error.to_string().contains("an empty list"), "{error}");
        }
    }

    #[test]
    fn a_manifest_in_another_encoding_is_told_to_be_saved_as_utf_8() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.toml");
        std::fs::write(&path, b"# \xE9\n").unwrap();
        let error = Manifest::read(&path).unwrap_err();
        assert!(error.hint().contains("UTF-8"), "{}", error.hint());
    }

    #[test]
    fn the_folder_is_taken_off_where_a_path_begins_and_nowhere_else() {
        let of = |path: &str| Manifest { path: path.into(), ..read("[[table]]\npath = 'a'\n").unwrap() };
        for (path, message, told) in [
            ("m/y.toml", "m/random/bad.csv: not a layout", "random/bad.csv: not a layout"),
            ("m/y.toml", "random/bad.csv and `m/a.csv`, (m/b.csv)", "random/bad.csv and `a.csv`, (b.csv)"),
            ("./y.toml", "./../tables/bad.csv: wrong", "../tables/bad.csv: wrong"),
            ("./y.toml", "see ../tables/bad.csv", "see ../tables/bad.csv"),
            ("y.toml", "tables/bad.csv", "tables/bad.csv"),
        ] {
            assert_eq!(of(path).without_base(message), told, "{path}");
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_its_neighbour() {
        let error = read("[[task]]\ncommand = 'decompose'\nmetod = 'wwz'\n").unwrap_err();
        assert!(matches!(&error, BatchError::Form { line: 3, .. }), "{error}");
        assert!(error.to_string().contains("m.toml:3: unknown field `metod`"), "{error}");
        assert_eq!(error.hint(), "did you mean `method`?");
    }

    #[test]
    fn paths_are_relative_to_the_manifest_and_results_say_what_it_says() {
        let manifest = read("").unwrap();
        let resolved = manifest.resolve_input("tables/2011.csv");
        assert!(resolved.ends_with("/tables/2011.csv") && resolved.starts_with('/'));
        assert_eq!(manifest.as_written(&resolved), "tables/2011.csv");
        assert_eq!(manifest.resolve_input("builtin:wiod13"), "builtin:wiod13");
        assert_eq!(manifest.as_written("builtin:wiod13/2011"), "builtin:wiod13/2011");
    }
}
