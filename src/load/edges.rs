//! Edge lists of firm-level networks: one line a purchase, `seller,buyer,value`.
//!
//! ```text
//! seller,buyer,value                                  more columns are passed over, which is noted
//! seller,buyer,value,seller_economy,buyer_economy     economies of the nodes: both columns, or neither
//! seller,buyer,value,year                             purchases of the year that is asked for; without, of one year only
//! ```
//! A network becomes a table: nodes are its industry rows, kept in compressed rows because almost all pairs never trade.
//! Four names are not nodes. As buyer, `FINAL` is final demand (in the seller's economy unless `buyer_economy` says
//! otherwise) and `EXPORTS` is sold abroad, for final use. As seller, `IMPORTS` is bought abroad and `VALUE_ADDED` is a
//! row below the nodes. What is bought from and sold to abroad makes the one node `ABROAD` of the economy `ROW`.
//!
//! Without economy columns, labels that all hold an underscore are split at the first one (`CHN_C26`), otherwise all nodes
//! are of one economy, `HOME`. A list without `FINAL` and `EXPORTS` says nothing of what leaves the network: then a node that
//! buys more than it sells is taken to sell the difference to final demand, which is the least output that its purchases
//! allow. Each of these choices is a named repair.

use std::collections::HashMap;

use nalgebra::DMatrix;
use rayon::prelude::*;
use sprs::CsMatI;

use super::assemble::UNKNOWN_UNIT;
use super::grid::is_blank;
use super::label_set::LabelSet;
use super::long_text::{self, LongLayout, Part};
use super::{Importer, LoadError, ReadOptions, Source, room};
use crate::kernel::stored::StoredMatrix;
use crate::table::{PrimaryRow, Provenance, Repair, RowRole, TableParts};

/// Buyer: final demand.
const FINAL: &str = "FINAL";
/// Buyer: final demand abroad.
const EXPORTS: &str = "EXPORTS";
/// Seller: abroad.
const IMPORTS: &str = "IMPORTS";
/// Seller: value added.
const VALUE_ADDED: &str = "VALUE_ADDED";
/// Economy of nodes whose economy is not told.
const HOME: &str = "HOME";
/// Economy and node that stand for everything abroad.
const REST: (&str, &str) = ("ROW", "ABROAD");
/// Prefixes that are taken for economies: no classification of economies has more.
const MOST_ECONOMIES: usize = 999;

/// Bytes of a purchase while a network is put together: listed, sorted, stored, and its part of the labels.
const PURCHASE: u64 = 60;

/// Reader of edge lists.
#[derive(Debug)]
pub struct Edges;

/// Fields of the file.
struct Fields {
    delimiter: u8,
    seller: usize,
    buyer: usize,
    value: usize,
    economies: Option<[usize; 2]>,
    year: Option<usize>,
    labels: Vec<String>,
}

const SELLER_ECONOMY: &str = "seller_economy";
const BUYER_ECONOMY: &str = "buyer_economy";

impl Fields {
    /// Is one of the columns of economies there without the other?
    fn half_economies(&self) -> Option<(&'static str, &'static str)> {
        let there = |name: &str| self.labels.iter().any(|label| label == name);
        match (there(SELLER_ECONOMY), there(BUYER_ECONOMY)) {
            (true, false) => Some((SELLER_ECONOMY, BUYER_ECONOMY)),
            (false, true) => Some((BUYER_ECONOMY, SELLER_ECONOMY)),
            _ => None,
        }
    }

    /// Columns that are not read.
    fn passed_over(&self) -> Vec<String> {
        let read = [self.seller, self.buyer, self.value];
        let more = self.economies.into_iter().flatten().chain(self.year);
        let read: Vec<usize> = read.into_iter().chain(more).collect();
        let names = self.labels.iter().enumerate().filter(|(place, _)| !read.contains(place));
        names.map(|(_, name)| format!("`{name}`")).collect()
    }
}

fn fields(source: &Source) -> Option<Fields> {
    let header = String::from_utf8_lossy(source.first_line()).into_owned();
    let header = header.trim_start_matches('\u{feff}').trim_end();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|byte| memchr::memchr_iter(*byte, header.as_bytes()).count())?;
    let mut record = csv::StringRecord::new();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(header.as_bytes());
    reader.read_record(&mut record).ok()?;
    let labels: Vec<String> = record.iter().map(|label| label.trim().to_ascii_lowercase()).collect();
    let place = |name: &str| labels.iter().position(|label| label == name);
    Some(Fields {
        delimiter,
        seller: place("seller")?,
        buyer: place("buyer")?,
        value: place("value")?,
        economies: place(SELLER_ECONOMY).zip(place(BUYER_ECONOMY)).map(|(seller, buyer)| [seller, buyer]),
        year: place("year"),
        labels,
    })
}

/// What a label of the file is.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Node(u32),
    Final,
    Exports,
    Imports,
    ValueAdded,
    /// No name, and no purchase.
    Nobody,
}

/// Labels and edges as listed, before it is known what the labels mean.
#[derive(Default)]
struct Network {
    labels: LabelSet,
    /// Seller, buyer, value.
    edges: Vec<(u32, u32, f64)>,
    blanks: usize,
}

impl Network {
    fn take(&mut self, part: Part) {
        let sellers = self.labels.numbers(&part.rows);
        let buyers = self.labels.numbers(&part.columns);
        self.edges.reserve(part.cells.len());
        for (seller, buyer, value, _) in part.cells {
            if is_blank(value) {
                self.blanks += 1;
            } else {
                self.edges.push((sellers[seller as usize], buyers[buyer as usize], value));
            }
        }
    }

    /// A purchase of which one side has no name: all of them together would be one firm.
    fn nameless(&self) -> Option<String> {
        let name = |label: u32| long_text::labels(self.labels.get(label as usize)).swap_remove(0);
        let nameless: Vec<u32> = (0_u32..)
            .zip(self.labels.iter())
            .filter_map(|(number, key)| long_text::is_nameless(key).then_some(number))
            .collect();
        let without = |label: u32| nameless.contains(&label);
        let side = |label: u32| if without(label) { "nobody".into() } else { format!("`{}`", name(label)) };
        let found = self.edges.iter().find(|(seller, buyer, _)| without(*seller) || without(*buyer));
        found.map(|&(seller, buyer, value)| {
            format!("a purchase of {value} from {} by {}: firms need a name", side(seller), side(buyer))
        })
    }
}

/// What the labels mean.
struct Meaning {
    roles: Vec<Role>,
    /// Economy of each label, by number; of a reserved name where the file gives one.
    economy_of: Vec<Option<u32>>,
    economies: Vec<String>,
    /// Economy and name of each node.
    nodes: Vec<(u32, String)>,
    /// How economies were found, when the file does not say.
    repair: Option<Repair>,
}

impl Meaning {
    fn of(source: &Source, network: &Network, with_economies: bool) -> Result<Self, LoadError> {
        let told: Vec<Vec<String>> = network.labels.iter().map(long_text::labels).collect();
        let reserved = |name: &str| match name {
            FINAL => Some(Role::Final),
            EXPORTS => Some(Role::Exports),
            IMPORTS => Some(Role::Imports),
            VALUE_ADDED => Some(Role::ValueAdded),
            _ => None,
        };
        let split = !with_economies && splits(&told, |name| reserved(name).is_some());
        let mut meaning = Self {
            roles: Vec::new(),
            economy_of: Vec::new(),
            economies: Vec::new(),
            nodes: Vec::new(),
            repair: None,
        };
        let mut number: HashMap<String, u32> = HashMap::new();
        let mut economies = Vec::new();
        let mut economy = |name: &str| match number.get(name) {
            Some(known) => *known,
            None => {
                let next = economies.len() as u32;
                number.insert(name.to_owned(), next);
                economies.push(name.to_owned());
                next
            }
        };
        for label in &told {
            let name = label[0].as_str();
            if name.is_empty() {
                // Of no purchase: lines without any text.
                meaning.roles.push(Role::Nobody);
                meaning.economy_of.push(None);
                continue;
            }
            let given = label.get(1).map(String::as_str).filter(|given| !given.is_empty());
            let (of, name) = match (given, split.then(|| name.split_once('_')).flatten()) {
                (Some(given), _) => (Some(given), name),
                (None, Some((prefix, rest))) if !prefix.is_empty() && !rest.is_empty() => {
                    (Some(prefix), rest)
                }
                _ => (None, name),
            };
            let upper = name.to_uppercase();
            if upper != name && reserved(&upper).is_some() {
                return Err(LoadError::EdgeList {
                    path: source.name().to_owned(),
                    message: format!(
                        "`{name}` would be a node like any other: {upper} is written in capitals (give a firm of that name \
                         another one)"
                    ),
                });
            }
            if let Some(role) = reserved(name) {
                meaning.roles.push(role);
                meaning.economy_of.push(of.map(&mut economy));
                continue;
            }
            let of = match of {
                Some(of) => of,
                None if with_economies => {
                    return Err(LoadError::EdgeList {
                        path: source.name().to_owned(),
                        message: format!(
                            "node `{name}` has no economy, although the file has columns for economies"
                        ),
                    });
                }
                None => HOME,
            };
            let of = economy(of);
            meaning.roles.push(Role::Node(meaning.nodes.len() as u32));
            meaning.economy_of.push(Some(of));
            meaning.nodes.push((of, name.to_owned()));
        }
        meaning.economies = economies;
        meaning.repair = (!with_economies).then(|| Repair {
            name: if split { "economy-from-label" } else { "one-economy" }.into(),
            detail: if split {
                "labels are split at the first underscore: economy, node".into()
            } else {
                format!("the file does not tell the economies of its nodes: all are `{HOME}`")
            },
            count: meaning.nodes.len(),
        });
        Ok(meaning)
    }
}

/// Do all node labels have the form `ECONOMY_node`, with economies few enough to be economies?
fn splits(labels: &[Vec<String>], reserved: impl Fn(&str) -> bool) -> bool {
    let mut prefixes: HashMap<&str, usize> = HashMap::new();
    let names = labels.iter().map(|label| label[0].as_str());
    // Lines without any text have no label either.
    for name in names.filter(|name| !name.is_empty() && !reserved(name)) {
        match name.split_once('_') {
            Some((prefix, rest)) if !prefix.is_empty() && !rest.is_empty() => {
                *prefixes.entry(prefix).or_default() += 1
            }
            _ => return false,
        }
    }
    prefixes.len() <= MOST_ECONOMIES
}

impl Importer for Edges {
    fn id(&self) -> &'static str {
        "edges"
    }

    fn summary(&self) -> &'static str {
        "edge list of a network of firms: seller,buyer,value (FINAL, EXPORTS, IMPORTS, VALUE_ADDED are no firms)"
    }

    fn recognises(&self, source: &Source) -> bool {
        fields(source).is_some()
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        match fields(source) {
            Some(Fields { delimiter, year: Some(column), .. }) => {
                long_text::years_of(source, delimiter, column)
            }
            _ => Ok(source.year().into_iter().collect()),
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions) -> Result<TableParts, LoadError> {
        // The first line of what is no text is not for the eyes.
        let is_text = !source.head().starts_with(b"PAR1") && !source.first_line().contains(&0);
        let found = if is_text {
            String::from_utf8_lossy(source.first_line()).trim().to_owned()
        } else {
            "a file that is not text".to_owned()
        };
        let layout = fields(source).ok_or_else(|| LoadError::EdgeList {
            path: source.name().to_owned(),
            message: format!(
                "an edge list begins with the names of its columns, among them `seller`, `buyer` and `value`; found: {found}"
            ),
        })?;
        if let Some((there, missing)) = layout.half_economies() {
            return Err(LoadError::EdgeList {
                path: source.name().to_owned(),
                message: format!(
                    "a column `{there}`, but no `{missing}`: the economies of half the nodes are not told"
                ),
            });
        }
        let year = match layout.year {
            Some(column) => long_text::year_of(source, layout.delimiter, column, options.year)?,
            None => None,
        };
        let labels = |node: usize, economy: usize| {
            let mut labels = vec![node];
            labels.extend(layout.economies.map(|economies| economies[economy]));
            labels
        };
        let long = LongLayout {
            delimiter: layout.delimiter,
            decimal_comma: false,
            row: labels(layout.seller, 0),
            column: labels(layout.buyer, 1),
            value: layout.value,
            only: layout.year.zip(year).map(|(column, year)| (column, year.to_string())),
        };
        // Lines as long as those at the start.
        let (start, lines) =
            (source.head().len().max(1) as u64, memchr::memchr_iter(b'\n', source.head()).count());
        let purchases = source.len().map_or(0, |len| len * lines as u64 / start);
        room::for_bytes(source, &format!("about {purchases} purchases"), purchases.saturating_mul(PURCHASE))?;
        let mut network = Network::default();
        long_text::each_part(source, &long, &mut |part, _| {
            network.take(part);
            Ok(())
        })?;
        if let Some(message) = network.nameless() {
            return Err(LoadError::EdgeList { path: source.name().to_owned(), message });
        }
        if network.edges.is_empty() {
            return Err(match long.only {
                Some((_, year)) => LoadError::NoSuchYear {
                    path: source.name().to_owned(),
                    year,
                    available: "other years, or none with a purchase".into(),
                },
                None => LoadError::NoRows { path: source.name().to_owned(), header_rows: 1 },
            });
        }
        let meaning = Meaning::of(source, &network, layout.economies.is_some())?;
        let mut parts = Table::of(source, network, meaning, options)?;
        parts.year = year;
        let passed_over = layout.passed_over();
        if !passed_over.is_empty() {
            parts.provenance.repairs.push(Repair {
                name: "columns-passed-over".into(),
                detail: format!("columns of the list that are not read: {}", passed_over.join(", ")),
                count: passed_over.len(),
            });
        }
        Ok(parts)
    }
}

/// The parts of the table while they are collected.
struct Table {
    rows: Vec<(String, String)>,
    /// Economies in the order in which a table has them: of their first row.
    place_of: Vec<usize>,
    final_demand: DMatrix<f64>,
    value_added: Option<Vec<f64>>,
    repairs: Vec<Repair>,
}

impl Table {
    fn of(
        source: &Source,
        network: Network,
        mut meaning: Meaning,
        options: &ReadOptions,
    ) -> Result<TableParts, LoadError> {
        let nodes = meaning.nodes.len();
        if nodes == 0 {
            return Err(LoadError::NoIndustries { path: source.name().to_owned() });
        }
        let foreign = meaning.roles.iter().any(|role| matches!(role, Role::Exports | Role::Imports));
        let mut rows: Vec<(String, String)> = meaning
            .nodes
            .drain(..)
            .map(|(economy, name)| (meaning.economies[economy as usize].clone(), name))
            .collect();
        if foreign {
            rows.push((REST.0.into(), REST.1.into()));
        }
        let mut order: Vec<&str> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (economy, _) in &rows {
            known.entry(economy).or_insert_with(|| {
                order.push(economy);
                order.len() - 1
            });
        }
        let abroad = known.get(REST.0).copied();
        let mut place_of = Vec::with_capacity(meaning.economies.len());
        for economy in &meaning.economies {
            place_of.push(*known.get(economy.as_str()).ok_or_else(|| LoadError::EdgeList {
                path: source.name().to_owned(),
                message: format!("final demand of `{economy}`, an economy without any node"),
            })?);
        }
        let economies = order.len();
        let mut table = Self {
            final_demand: DMatrix::zeros(rows.len(), economies),
            rows,
            place_of,
            value_added: None,
            repairs: meaning.repair.take().into_iter().collect(),
        };
        let (cells, leaving) = table.sort(source, &network, &meaning, abroad)?;
        if network.blanks > 0 {
            table.repairs.push(Repair {
                name: "blank-as-zero".into(),
                detail: "purchases without a figure are left out".into(),
                count: network.blanks,
            });
        }
        drop(network);
        let intermediate_use = table.compressed(cells);
        if !leaving {
            table.close(&intermediate_use, &meaning)?;
        }
        Ok(table.parts(intermediate_use, options))
    }

    /// Puts each edge where it belongs: those between nodes are returned, and whether anything leaves the network.
    fn sort(
        &mut self,
        source: &Source,
        network: &Network,
        meaning: &Meaning,
        abroad: Option<usize>,
    ) -> Result<(Vec<(u32, u32, f64)>, bool), LoadError> {
        let rest = self.rows.len() as u32 - 1;
        let nonsense = |seller: u32, buyer: u32| LoadError::EdgeList {
            path: source.name().to_owned(),
            message: format!(
                "a purchase from `{}` by `{}`: {FINAL} and {EXPORTS} only buy, {IMPORTS} and {VALUE_ADDED} only sell, and \
                 none of them trades with another",
                long_text::labels(network.labels.get(seller as usize)).join(" "),
                long_text::labels(network.labels.get(buyer as usize)).join(" "),
            ),
        };
        let mut leaving = false;
        let mut cells = Vec::with_capacity(network.edges.len());
        for &(seller, buyer, value) in &network.edges {
            match (meaning.roles[seller as usize], meaning.roles[buyer as usize]) {
                (Role::Node(i), Role::Node(j)) => cells.push((i, j, value)),
                (Role::Imports, Role::Node(j)) => cells.push((rest, j, value)),
                (Role::Imports, Role::Final) => {
                    let home = meaning.economy_of[buyer as usize]
                        .map_or(0, |economy| self.place_of[economy as usize]);
                    self.final_demand[(rest as usize, home)] += value;
                }
                (Role::Node(i), Role::Exports) => {
                    leaving = true;
                    if let Some(abroad) = abroad {
                        self.final_demand[(i as usize, abroad)] += value;
                    }
                }
                (Role::Node(i), Role::Final) => {
                    leaving = true;
                    // Without an economy of its own, final demand is at home of the seller.
                    let of = meaning.economy_of[buyer as usize].or(meaning.economy_of[seller as usize]);
                    let column = of.map_or(0, |economy| self.place_of[economy as usize]);
                    self.final_demand[(i as usize, column)] += value;
                }
                (Role::ValueAdded, Role::Node(j)) => {
                    let rows = self.rows.len();
                    self.value_added.get_or_insert_with(|| vec![0.0; rows])[j as usize] += value;
                }
                _ => return Err(nonsense(seller, buyer)),
            }
        }
        Ok((cells, leaving))
    }

    /// Compressed rows; purchases that are listed several times are added up, and counted.
    fn compressed(&mut self, mut cells: Vec<(u32, u32, f64)>) -> StoredMatrix {
        let n = self.rows.len();
        // Stable, so that repeated purchases are added up in the order of the file.
        cells.par_sort_by_key(|&(i, j, _)| (i, j));
        let listed = cells.len();
        cells.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        if cells.len() < listed {
            self.repairs.push(Repair {
                name: "repeated-purchases-added-up".into(),
                detail: "a seller and a buyer that are listed several times are one cell".into(),
                count: listed - cells.len(),
            });
        }
        let mut starts = vec![0_u32; n + 1];
        for &(i, _, _) in &cells {
            starts[i as usize + 1] += 1;
        }
        for i in 0..n {
            starts[i + 1] += starts[i];
        }
        let indices = cells.iter().map(|&(_, j, _)| j).collect();
        let values = cells.iter().map(|&(_, _, value)| value).collect();
        StoredMatrix::from(CsMatI::<f64, u32>::new((n, n), starts, indices, values))
    }

    /// Final demand where the list has none: what a node buys beyond what it sells.
    fn close(&mut self, intermediate_use: &StoredMatrix, meaning: &Meaning) -> Result<(), LoadError> {
        let (sold, bought) = (intermediate_use.row_sums(), intermediate_use.column_sums());
        let mut count = 0;
        let economies =
            meaning.economy_of.iter().zip(&meaning.roles).filter_map(|(economy, role)| match role {
                Role::Node(i) => economy.map(|economy| (*i as usize, economy)),
                _ => None,
            });
        for (i, economy) in economies {
            let gap = bought[i] - sold[i];
            if gap > 0.0 {
                self.final_demand[(i, self.place_of[economy as usize])] = gap;
                count += 1;
            }
        }
        self.repairs.push(Repair {
            name: "closed-by-final-demand".into(),
            detail: format!(
                "the list has no purchases by {FINAL} or {EXPORTS}: nodes that buy more than they sell are taken to sell \
                 the difference to final demand; those that sell more have the difference as value added"
            ),
            count,
        });
        Ok(())
    }

    fn parts(mut self, intermediate_use: StoredMatrix, options: &ReadOptions) -> TableParts {
        // What abroad is made from is not known: all it sells is its value added, in the row as in the model.
        if let (Some(value_added), Some(last)) = (&mut self.value_added, self.rows.len().checked_sub(1))
            && (self.rows[last].0.as_str(), self.rows[last].1.as_str()) == REST
        {
            value_added[last] = intermediate_use.row_sums()[last] + self.final_demand.row(last).sum();
        }
        let primary_rows = self
            .value_added
            .map(|industries| PrimaryRow {
                name: VALUE_ADDED.into(),
                role: RowRole::ValueAdded,
                industries,
                final_use: None,
            })
            .into_iter()
            .collect();
        TableParts {
            rows: self.rows,
            categories: vec![FINAL.into()],
            intermediate_use,
            final_demand: self.final_demand,
            primary_rows,
            published_output: None,
            unit: options.unit.clone().unwrap_or_else(|| UNKNOWN_UNIT.into()),
            year: None,
            provenance: Provenance { repairs: self.repairs, ..Provenance::default() },
        }
    }
}
