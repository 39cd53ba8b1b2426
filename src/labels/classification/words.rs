//! What the words of a label say, where it is of no list of codes.

pub(crate) fn has_any(label: &str, words: &[&str]) -> bool {
    words.iter().any(|word| label.contains(word))
}

/// The label as a list of words: `oil_gas` is oil and gas, `soil` is not.
pub(crate) fn has_word(label: &str, words: &[&str]) -> bool {
    label.split(|c: char| !c.is_alphanumeric()).any(|part| words.contains(&part))
}

fn is_utility(label: &str) -> bool {
    has_any(label, &["electricity", "utilit", "water supply"])
}

/// Words that say that a thing is sold, lent or mended and not made: `Computer and related activities`.
fn is_service(label: &str) -> bool {
    has_any(label, &["trade", "repair", "services", "activities", "renting", "retail"])
}

pub(crate) fn is_mining(label: &str) -> bool {
    let words = [
        "min",
        "mine",
        "mines",
        "oil",
        "gas",
        "coal",
        "crude",
        "ores",
        "ore",
        "energy",
        "petroleum",
        "fuel",
        "fuels",
        "raw",
        "mnq",
    ];
    !is_utility(label)
        && !has_any(label, &["coke", "refin"])
        && (has_any(label, &["mining", "quarr", "extract", "crude"]) || has_word(label, &words))
}

pub(super) fn is_electrical(label: &str) -> bool {
    let words = ["elec", "ele", "ict", "elx", "eeq", "electrics"];
    !is_utility(label)
        && !is_service(label)
        && (has_any(label, &["electron", "electrical", "computer", "optical", "semicond", "telecom equip"])
            || label.contains("communication equip")
            || has_word(label, &words))
}

pub(crate) fn is_manufacture(label: &str) -> bool {
    let parts = [
        "manuf",
        "textil",
        "apparel",
        "leather",
        "footwear",
        "chemic",
        "pharma",
        "plastic",
        "rubber",
        "machin",
        "motor",
        "vehicle",
        "automo",
        "metal",
        "steel",
        "wood",
        "paper",
        "printing",
        "furniture",
        "beverage",
        "tobacco",
        "mineral prod",
        "non-metallic",
        "transport equip",
        "refin",
        "coke",
    ];
    let words = [
        "man", "mfg", "mnf", "manu", "ind", "industry", "food", "auto", "autos", "cars", "clothing", "tex",
        "chem", "mach", "goods",
    ];
    is_electrical(label)
        || (!is_mining(label) && !is_service(label) && (has_any(label, &parts) || has_word(label, &words)))
}
