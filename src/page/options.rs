//! The options of a report in words: for commands that give the same numbers, and for readers of what an option does not
//! reach.

use crate::analysis::Preparation;
use crate::labels::Group;
use crate::table::Conventions;

/// A word for the shell.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Options with which a command reads and models tables in the same way, each behind a space; nothing for the defaults.
pub(super) fn modelling(preparation: &Preparation) -> String {
    let mut options: Vec<String> = importer(preparation).into_iter().collect();
    options.extend(preparation.reading.unit.as_ref().map(|unit| format!("--unit {}", quoted(unit))));
    options.extend(conventions(preparation));
    options.extend(preparation.model.solver.as_ref().map(|solver| format!("--solver {}", quoted(solver))));
    options.extend(preparation.keep_splits.then(|| "--split keep".to_owned()));
    options.extend(groups(preparation));
    options.iter().map(|option| format!(" {option}")).collect()
}

/// Options with which `vadex claims` tests the same tables; it takes neither --unit nor --solver.
pub(super) fn of_claims(tables: &[String], preparation: &Preparation) -> String {
    let tables = tables.iter().map(|table| format!("--table {}", quoted(table)));
    tables.chain(importer(preparation)).map(|option| format!(" {option}")).collect()
}

/// `--from ID`, where an importer was named.
fn importer(preparation: &Preparation) -> Option<String> {
    preparation.reading.importer.as_ref().map(|importer| format!("--from {}", quoted(importer)))
}

/// Conventions that are not the defaults, as options.
fn conventions(preparation: &Preparation) -> Vec<String> {
    let (chosen, usual) = (preparation.model.conventions, Conventions::default());
    let output = (chosen.output != usual.output).then(|| format!("--gross-output {}", chosen.output.name()));
    let value_added = (chosen.value_added != usual.value_added)
        .then(|| format!("--value-added {}", chosen.value_added.name()));
    output.into_iter().chain(value_added).collect()
}

/// `--group EU=DEU,FRA` of each group.
fn groups(preparation: &Preparation) -> Vec<String> {
    let told =
        |group: &Group| format!("--group {}", quoted(&format!("{}={}", group.name, group.members.join(","))));
    preparation.groups.iter().map(told).collect()
}

/// Options that do not reach the claims, and why: they have their own way with tables of many years.
pub(super) fn beyond_claims(preparation: &Preparation) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut remark = |of: &str, options: Vec<String>| {
        if !options.is_empty() {
            remarks.push(format!("claims {of}: {} does not reach them", options.join(" ")));
        }
    };
    remark(
        "take output as the sum of the row and value added as what inputs leave of it",
        conventions(preparation),
    );
    remark("test the economies of the tables one by one", groups(preparation));
    remark(
        "unite the parts of split economies",
        preparation.keep_splits.then(|| "--split keep".to_owned()).into_iter().collect(),
    );
    remarks
}

/// What does not reach a product that is traced through another table than the report's.
pub(super) fn beyond_product(preparation: &Preparation, table: &str) -> Option<String> {
    let mut options = conventions(preparation);
    options.extend(groups(preparation));
    (!options.is_empty()).then(|| {
        format!(
            "the product is traced through {table} as that comes: {} does not reach it",
            options.join(" ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::ReadOptions;
    use crate::model::ModelOptions;
    use crate::table::OutputConvention;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        for plain in ["builtin:wiod13/2011", "tables/icio-2018.csv", "EU=DEU,FRA", "a_b+c@d"] {
            assert_eq!(quoted(plain), plain);
        }
        for (text, word) in
            [("", "''"), ("million $", "'million $'"), ("R&D.csv", "'R&D.csv'"), ("it's", r"'it'\''s'")]
        {
            assert_eq!(quoted(text), word);
        }
    }

    #[test]
    fn options_are_told_as_they_are_typed_and_the_defaults_are_not() {
        assert_eq!(modelling(&Preparation::default()), "");
        assert!(beyond_claims(&Preparation::default()).is_empty());
        assert!(beyond_product(&Preparation::default(), "builtin:wiod13").is_none());
        let group = |name: &str| Group { name: name.into(), members: vec!["DEU".into(), "FRA".into()] };
        let preparation = Preparation {
            groups: vec![group("EU"), group("Euro area")],
            keep_splits: true,
            model: ModelOptions {
                conventions: Conventions { output: OutputConvention::Published, ..Conventions::default() },
                solver: Some("dense-lu".into()),
            },
            ..Preparation::default()
        };
        assert_eq!(
            modelling(&preparation),
            " --gross-output published --solver dense-lu --split keep --group EU=DEU,FRA --group 'Euro area=DEU,FRA'"
        );
        let remarks = beyond_claims(&preparation);
        assert_eq!(remarks.len(), 3);
        for words in ["--gross-output published does not", "--group EU=DEU,FRA", "--split keep does not"] {
            assert!(remarks.iter().any(|remark| remark.contains(words)), "{words}: {remarks:?}");
        }
        // The solver does reach them.
        assert!(!remarks.iter().any(|remark| remark.contains("--solver")), "{remarks:?}");
        // How the file is read comes first.
        let reading = ReadOptions {
            importer: Some("oecd".into()),
            unit: Some("million US$".into()),
            ..ReadOptions::default()
        };
        let read = Preparation { reading, ..Preparation::default() };
        assert_eq!(modelling(&read), " --from oecd --unit 'million US$'");
        let tables = ["a b".to_owned(), "icio/".to_owned()];
        assert_eq!(of_claims(&tables, &read), " --table 'a b' --table icio/ --from oecd");
        assert_eq!(of_claims(&[], &Preparation::default()), "");
        let product = beyond_product(&preparation, "builtin:wiod13").unwrap();
        assert!(product.contains("--gross-output published --group EU=DEU,FRA --group 'Euro"), "{product}");
    }
}
