//! The ordered rows of a table, and groups of economies as longer blocks of them.

use std::collections::HashMap;
use std::ops::Range;

use super::finding::abridge;
use super::{LabelError, find};

/// One named union of economies, to be treated as a single economy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name that the union gets, for example `EU`.
    pub name: String,
    /// Economies that belong to it.
    pub members: Vec<String>,
}

/// The ordered rows of a table: economies, sectors and who owns which row.
///
/// Rows of one economy are contiguous; economies and sectors keep the order of the source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    economies: Vec<String>,
    sectors: Vec<String>,
    members: Vec<String>,
    offsets: Vec<usize>,
    row_sector: Vec<usize>,
    row_member: Vec<usize>,
}

impl Axis {
    /// Builds the axis from `(economy, sector)` pairs in file order, and the permutation that makes each economy
    /// contiguous: `order[new_row] = old_row` (the identity for every published layout).
    ///
    /// # Errors
    /// [`LabelError::Duplicate`] when a pair appears twice.
    pub fn new(pairs: &[(String, String)]) -> Result<(Self, Vec<usize>), LabelError> {
        let mut seen: HashMap<(&str, &str), usize> = HashMap::with_capacity(pairs.len());
        let mut economies: Vec<String> = Vec::new();
        let mut economy_index: HashMap<&str, usize> = HashMap::new();
        let mut sectors: Vec<String> = Vec::new();
        let mut sector_index: HashMap<&str, usize> = HashMap::new();
        let mut rows_of: Vec<Vec<usize>> = Vec::new();
        for (row, (economy, sector)) in pairs.iter().enumerate() {
            if let Some(first) = seen.insert((economy, sector), row) {
                return Err(LabelError::Duplicate {
                    label: format!("{economy}.{sector}"),
                    first: first + 1,
                    second: row + 1,
                });
            }
            let e = *economy_index.entry(economy).or_insert_with(|| {
                economies.push(economy.clone());
                rows_of.push(Vec::new());
                economies.len() - 1
            });
            sector_index.entry(sector).or_insert_with(|| {
                sectors.push(sector.clone());
                sectors.len() - 1
            });
            rows_of[e].push(row);
        }
        let mut offsets = vec![0];
        let mut order = Vec::with_capacity(pairs.len());
        let mut row_member = Vec::with_capacity(pairs.len());
        for (e, rows) in rows_of.iter().enumerate() {
            order.extend(rows);
            row_member.extend(std::iter::repeat_n(e, rows.len()));
            offsets.push(order.len());
        }
        let row_sector = order.iter().map(|&row: &usize| sector_index[pairs[row].1.as_str()]).collect();
        let axis = Self { members: economies.clone(), economies, sectors, offsets, row_sector, row_member };
        Ok((axis, order))
    }

    /// Number of economies (G).
    pub fn n_economies(&self) -> usize {
        self.economies.len()
    }

    /// Number of distinct sectors (N for a rectangular table).
    pub fn n_sectors(&self) -> usize {
        self.sectors.len()
    }

    /// Number of rows (GN for a rectangular table).
    pub fn n_rows(&self) -> usize {
        self.row_sector.len()
    }

    /// Names of the economies, in order.
    pub fn economies(&self) -> &[String] {
        &self.economies
    }

    /// Names of the sectors, in order of first appearance.
    pub fn sectors(&self) -> &[String] {
        &self.sectors
    }

    /// Rows of economy `economy`.
    ///
    /// # Panics
    /// When there is no economy of that index.
    pub fn block(&self, economy: usize) -> Range<usize> {
        self.offsets[economy]..self.offsets[economy + 1]
    }

    /// Rows of every economy, in order.
    pub fn blocks(&self) -> Vec<Range<usize>> {
        (0..self.n_economies()).map(|economy| self.block(economy)).collect()
    }

    /// Sectors that an economy has, each once, in order of their rows.
    ///
    /// # Panics
    /// When there is no economy of that index.
    pub fn sectors_of(&self, economy: usize) -> Vec<usize> {
        let mut seen = vec![false; self.sectors.len()];
        self.block(economy)
            .map(|row| self.row_sector[row])
            .filter(|&sector| !std::mem::replace(&mut seen[sector], true))
            .collect()
    }

    /// Has an economy several rows of one sector, those of the members of a group?
    ///
    /// # Panics
    /// When there is no economy of that index.
    pub fn is_group(&self, economy: usize) -> bool {
        let block = self.block(economy);
        let several = self.row_member[block.start] != self.row_member[block.end - 1];
        several && self.sectors_of(economy).len() < block.len()
    }

    /// [`Axis::is_group`] of every economy.
    pub fn groups(&self) -> Vec<bool> {
        (0..self.n_economies()).map(|economy| self.is_group(economy)).collect()
    }

    /// Size of the largest block.
    pub fn max_block(&self) -> usize {
        (0..self.n_economies()).map(|e| self.block(e).len()).max().unwrap_or(0)
    }

    /// Economy that owns a row (a group, when economies were grouped). For a number that is no row of the table what comes
    /// back is no economy of it.
    pub fn economy_of(&self, row: usize) -> usize {
        self.offsets.partition_point(|&offset| offset <= row) - 1
    }

    /// Sector of a row, as an index into [`Axis::sectors`].
    ///
    /// # Panics
    /// When there is no such row.
    pub fn sector_of(&self, row: usize) -> usize {
        self.row_sector[row]
    }

    /// The economy of the source table that a row comes from: a member's name inside a group.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn member_of(&self, row: usize) -> &str {
        &self.members[self.row_member[row]]
    }

    /// Label of a row in the canonical format: `ECONOMY.sector`, with the member's name inside a group.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row_label(&self, row: usize) -> String {
        format!("{}.{}", self.member_of(row), self.sectors[self.row_sector[row]])
    }

    /// Index of an economy by name.
    ///
    /// # Errors
    /// [`LabelError::Unknown`], with the nearest name; [`LabelError::InGroup`].
    pub fn find_economy(&self, name: &str) -> Result<usize, LabelError> {
        find("economy", &self.economies, name).map_err(|unknown| {
            match (0..self.n_rows()).find(|&row| self.member_of(row) == name) {
                Some(row) => LabelError::InGroup {
                    member: name.to_owned(),
                    group: self.economies[self.economy_of(row)].clone(),
                },
                None => unknown,
            }
        })
    }

    /// Index of a sector by name.
    ///
    /// # Errors
    /// [`LabelError::Unknown`], with the nearest name.
    pub fn find_sector(&self, name: &str) -> Result<usize, LabelError> {
        find("sector", &self.sectors, name)
    }

    /// Row of an economy and sector by name. Inside a group each member keeps its rows, so an economy is called here as in
    /// the table before it was grouped, and a pair is one row.
    ///
    /// # Errors
    /// [`LabelError::Unknown`], with the nearest name; [`LabelError::NoSuchRow`] where the economy lacks the sector.
    ///
    /// # Cost
    /// O(n): for many rows go over them once, with [`Axis::member_of`] and [`Axis::sector_of`].
    pub fn find_row(&self, economy: &str, sector: &str) -> Result<usize, LabelError> {
        let member = find("economy", &self.members, economy)?;
        let wanted = self.find_sector(sector)?;
        let rows: Vec<usize> = (0..self.n_rows()).filter(|&row| self.row_member[row] == member).collect();
        rows.iter().copied().find(|&row| self.row_sector[row] == wanted).ok_or_else(|| {
            let known: Vec<String> =
                rows.iter().map(|&row| self.sectors[self.row_sector[row]].clone()).collect();
            LabelError::NoSuchRow {
                economy: economy.to_owned(),
                sector: sector.to_owned(),
                known_count: known.len(),
                known: abridge(&known),
            }
        })
    }

    /// The same rows with other names of economies and sectors. The new names must be as distinct as the old.
    #[must_use]
    pub fn renamed(&self, economy: impl Fn(&str) -> String, sector: impl Fn(&str) -> String) -> Self {
        Self {
            economies: self.economies.iter().map(|name| economy(name)).collect(),
            members: self.members.iter().map(|name| economy(name)).collect(),
            sectors: self.sectors.iter().map(|name| sector(name)).collect(),
            ..self.clone()
        }
    }

    /// Unites economies: the axis with one block a group, the row permutation (`order[new_row] = old_row`) and, for
    /// each old economy, its new index. A group stands where its first member stood.
    ///
    /// # Errors
    /// Unknown members, an economy in two groups, a name that another group or economy has.
    pub fn regroup(&self, groups: &[Group]) -> Result<Regrouped, LabelError> {
        let mut group_of: Vec<Option<usize>> = vec![None; self.n_economies()];
        for (g, group) in groups.iter().enumerate() {
            if groups[..g].iter().any(|other| other.name == group.name) {
                return Err(LabelError::GroupNamedTwice { name: group.name.clone() });
            }
            for member in &group.members {
                let economy = self.find_economy(member)?;
                if let Some(other) = group_of[economy].replace(g)
                    && other != g
                {
                    return Err(LabelError::InTwoGroups {
                        economy: member.clone(),
                        first: groups[other].name.clone(),
                        second: group.name.clone(),
                    });
                }
            }
            if let Some(taken) = self.economies.iter().position(|name| *name == group.name)
                && group_of[taken] != Some(g)
            {
                return Err(LabelError::GroupNameTaken { name: group.name.clone() });
            }
        }
        let mut economies = Vec::new();
        let mut new_index = vec![usize::MAX; self.n_economies()];
        let mut blocks: Vec<Vec<usize>> = Vec::new();
        let mut index_of_group: HashMap<usize, usize> = HashMap::new();
        for economy in 0..self.n_economies() {
            let target = match group_of[economy] {
                None => {
                    economies.push(self.economies[economy].clone());
                    blocks.push(Vec::new());
                    economies.len() - 1
                }
                Some(g) => *index_of_group.entry(g).or_insert_with(|| {
                    economies.push(groups[g].name.clone());
                    blocks.push(Vec::new());
                    economies.len() - 1
                }),
            };
            new_index[economy] = target;
            blocks[target].extend(self.block(economy));
        }
        let mut offsets = vec![0];
        let mut order = Vec::with_capacity(self.n_rows());
        for block in &blocks {
            order.extend(block);
            offsets.push(order.len());
        }
        let axis = Self {
            economies,
            sectors: self.sectors.clone(),
            members: self.members.clone(),
            offsets,
            row_sector: order.iter().map(|&row| self.row_sector[row]).collect(),
            row_member: order.iter().map(|&row| self.row_member[row]).collect(),
        };
        Ok(Regrouped { axis, order, new_index })
    }
}

/// What [`Axis::regroup`] gives.
#[derive(Debug, Clone)]
pub struct Regrouped {
    /// The axis with groups as economies.
    pub axis: Axis,
    /// `order[new_row] = old_row`.
    pub order: Vec<usize>,
    /// For each old economy, its index on the new axis.
    pub new_index: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(labels: &[(&str, &str)]) -> Vec<(String, String)> {
        labels.iter().map(|(e, s)| ((*e).into(), (*s).into())).collect()
    }

    #[test]
    fn scattered_rows_become_contiguous_blocks() {
        let (axis, order) = Axis::new(&pairs(&[("A", "x"), ("B", "x"), ("A", "y")])).unwrap();
        assert_eq!(axis.economies(), ["A", "B"]);
        assert_eq!(order, [0, 2, 1]);
        assert_eq!(axis.block(0), 0..2);
        assert_eq!(axis.row_label(1), "A.y");
        assert_eq!(axis.economy_of(2), 1);
    }

    #[test]
    fn a_label_that_stands_twice_is_refused_with_both_places() {
        let error = Axis::new(&pairs(&[("A", "x"), ("B", "x"), ("A", "x")])).unwrap_err();
        assert_eq!(error.to_string(), "label `A.x` appears twice (rows 1 and 3 of the table)");
    }

    #[test]
    fn a_group_is_one_longer_block_where_its_first_member_stood() {
        let (axis, _) = Axis::new(&pairs(&[("A", "x"), ("B", "x"), ("C", "x")])).unwrap();
        let group = Group { name: "G".into(), members: vec!["A".into(), "C".into()] };
        let grouped = axis.regroup(&[group]).unwrap();
        assert_eq!(grouped.axis.economies(), ["G", "B"]);
        assert_eq!(grouped.order, [0, 2, 1]);
        assert_eq!(grouped.new_index, [0, 1, 0]);
        assert_eq!(grouped.axis.row_label(1), "C.x");
        // Two rows of one name could not be told apart.
        let one = |member: &str| Group { name: "G".into(), members: vec![member.into()] };
        let error = axis.regroup(&[one("A"), one("C")]).unwrap_err();
        assert_eq!(error.to_string(), "two groups are called `G`");
    }

    #[test]
    fn a_row_is_found_by_names_also_inside_a_group() {
        let (axis, _) = Axis::new(&pairs(&[("A", "x"), ("A", "y"), ("B", "x"), ("C", "y")])).unwrap();
        assert_eq!(axis.find_row("B", "x"), Ok(2));
        let error = axis.find_row("B", "y").unwrap_err();
        assert_eq!(error.to_string(), "`B` has no sector `y`: it has 1 (x)");
        let group = Group { name: "G".into(), members: vec!["A".into(), "C".into()] };
        let grouped = axis.regroup(&[group]).unwrap().axis;
        assert_eq!((grouped.find_row("A", "y"), grouped.find_row("C", "y")), (Ok(1), Ok(2)));
        assert_eq!(grouped.find_row("B", "x"), Ok(3));
        assert!(matches!(grouped.find_row("G", "x"), Err(LabelError::Unknown { kind: "economy", .. })));
    }

    #[test]
    fn a_sector_inside_a_span_is_found_by_its_number() {
        let pairs =
            [("A", "c3"), ("A", "c4t5"), ("A", "c15"), ("A", "c29_31t35"), ("A", "D01T02"), ("A", "c36")];
        let (axis, _) = Axis::new(&self::pairs(&pairs)).unwrap();
        for (asked, holder) in
            [("c5", "c4t5"), ("C4", "c4t5"), ("c29", "c29_31t35"), ("c33", "c29_31t35"), ("d02", "D01T02")]
        {
            let error = find("sector", axis.sectors(), asked).unwrap_err();
            assert_eq!(error.hint(), format!("did you mean `{holder}`?"), "{asked}");
        }
        // Outside every span what is near is what is like it.
        assert!(!find("sector", axis.sectors(), "c30").unwrap_err().hint().contains("c29_31t35"));
    }

    #[test]
    fn a_misspelt_economy_gets_a_suggestion() {
        let (axis, _) = Axis::new(&pairs(&[("DEU", "x"), ("FRA", "x")])).unwrap();
        let error = axis.find_economy("DUE").unwrap_err();
        assert_eq!(error.hint(), "did you mean `DEU`?");
    }

    #[test]
    fn a_label_in_another_case_is_told_and_not_taken() {
        let known = ["DEU", "CHE", "CHN", "AT", "AU", "c4t5", "C5", "x", "X"].map(str::to_owned);
        for (asked, label) in
            [("deu", "DEU"), ("Chn", "CHN"), ("che", "CHE"), ("at", "AT"), ("C4T5", "c4t5"), ("c5", "C5")]
        {
            for kind in ["economy", "sector"] {
                let error = find(kind, &known, asked).unwrap_err();
                assert_eq!(error.hint(), format!("did you mean `{label}`?"), "{asked}");
            }
        }
        assert_eq!(find("sector", &known, "X"), Ok(8));
    }

    #[test]
    fn an_economy_is_found_by_its_name() {
        let (axis, _) = Axis::new(&pairs(&[("AUS", "x"), ("AUT", "x"), ("DEU", "x")])).unwrap();
        for (name, code) in [("Austria", "AUT"), ("australia", "AUS"), ("Germany", "DEU")] {
            assert_eq!(axis.find_economy(name).unwrap_err().hint(), format!("did you mean `{code}`?"));
        }
        // Not what the table does not have.
        assert!(!axis.find_economy("Vietnam").unwrap_err().hint().contains("VNM"));
    }
}
