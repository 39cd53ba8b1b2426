//! What an entry chooses beyond what the names of its folders say: two entries of one name are told apart by it.

use std::path::Path;

use toml::Spanned;

use super::{Command, Reader, file_word};
use crate::load::sha256;

/// Longest part of a name that says what is chosen by one key: more is counted and hashed.
const LONGEST: usize = 40;

impl Reader<'_> {
    /// `-200-seed-7-importer-DEU-FRA`: draws, then every other key that is written, in one order.
    pub(super) fn choices(&self, command: Command) -> String {
        fn text<T: ToString>(value: Option<&Spanned<T>>) -> Option<String> {
            value.map(|value| value.get_ref().to_string())
        }
        let entry = self.entry;
        let mut name = String::new();
        // The number stands behind the word that the name of a task with draws ends with.
        if let Some(draws) = text(entry.draws.as_ref()) {
            name.push_str(&format!("-{draws}"));
        }
        let numbers = [
            ("seed", text(entry.seed.as_ref())),
            ("interval", text(entry.interval.as_ref())),
            ("sd", text(entry.draw_sd.as_ref())),
            ("sd-exponent", text(entry.draw_sd_exponent.as_ref())),
            ("sd-min", text(entry.draw_sd_min.as_ref())),
            ("sd-max", text(entry.draw_sd_max.as_ref())),
            ("final-demand", text(entry.draw_final_demand.as_ref())),
            ("value-added-sd", text(entry.draw_value_added_sd.as_ref())),
            ("tolerance", text(entry.draw_tolerance.as_ref())),
            ("year", text(entry.year.as_ref())),
            ("top", text(entry.top.as_ref())),
            ("regions", entry.regions.as_ref().map(|path| stem(path.get_ref()))),
        ];
        for (key, word) in numbers {
            if let Some(word) = word {
                name.push_str(&part(key, &[word]));
            }
        }
        let lists = [
            ("economy", entry.economy.as_ref()),
            ("sector", entry.sector.as_ref()),
            ("exporter", entry.exporter.as_ref()),
            ("importer", entry.importer.as_ref()),
            ("partner", entry.partner.as_ref()),
            ("origin", entry.origin.as_ref()),
            ("absorber", entry.absorber.as_ref()),
        ];
        for (key, list) in lists {
            // Those of derivatives are in the name already, one a task.
            let said = command == Command::Sensitivity;
            if let Some(list) = list.filter(|_| !said) {
                name.push_str(&part(key, &list.get_ref().0));
            }
        }
        name
    }
}

/// `-importer-DEU-FRA`, or how many there are and a hash of them where that is long.
fn part(key: &str, words: &[String]) -> String {
    let whole = file_word(&words.join("-"));
    if whole.len() <= LONGEST {
        return format!("-{key}-{whole}");
    }
    let hash = sha256(words.join("\n").as_bytes());
    format!("-{key}-{}-{}", words.len(), &hash[..8])
}

/// The name of a file without folder and ending.
fn stem(path: &str) -> String {
    Path::new(path).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_words_are_said_and_many_are_counted_and_hashed() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(part("importer", &words(&["DEU", "FRA"])), "-importer-DEU-FRA");
        assert_eq!(part("sector", &words(&["Food, drink"])), "-sector-Food--drink");
        let many: Vec<String> = (0..30).map(|number| format!("E{number}")).collect();
        let (all, fewer) = (part("economy", &many), part("economy", &many[..29]));
        assert!(all.starts_with("-economy-30-") && fewer.starts_with("-economy-29-"), "{all} {fewer}");
        assert_eq!(all.len(), "-economy-30-".len() + 8);
        assert_eq!(stem("lists/regions.csv"), "regions");
    }
}
