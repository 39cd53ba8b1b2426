//! GLORIA: supply and use of 164 regions by 120 industries and products, in comma-separated texts without labels.
//!
//! `T` (39,360 squared, 6 GB) is read line by line and only what a table needs is kept: U (products used by industries)
//! and S (products made by industries). The table is industry by industry under the fixed product sales structure,
//!
//! ```text
//! Z = D U      Y = D Y_products      D = S q̂⁻¹      q = column sums of S      x = row sums of S
//! ```
//!
//! S of the published release is diagonal, so that D is the identity and every other construct gives the same table.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use nalgebra::DMatrix;

use super::grid::is_blank;
use super::large::Large;
use super::source::years_in;
use super::text_grid::{self, number};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::{PrimaryRow, Provenance, Repair, RowRole, TableParts};

pub(super) const DATABASE: &str = "GLORIA";
pub(super) const CITATION: &str = "Lenzen et al. (2022), Implementing the material footprint to measure progress towards Sustainable \
    Development Goals 8 and 12, Nature Sustainability 5: 157-166; data under CC BY-NC-SA 4.0";
/// Regions, sectors and final uses of every release so far, for a file without its read-me.
const PUBLISHED: (usize, usize) = (164, 120);
const FINAL_USES: [&str; 6] = [
    "Household final consumption P.3h",
    "Non-profit institutions serving households P.3n",
    "Government final consumption P.3g",
    "Gross fixed capital formation P.51",
    "Changes in inventories P.52",
    "Acquisitions less disposals of valuables P.53",
];
const PRIMARY_INPUTS: [&str; 6] = [
    "Compensation of employees D.1",
    "Taxes on production D.29",
    "Subsidies on production D.39",
    "Net operating surplus B.2n",
    "Net mixed income B.3n",
    "Consumption of fixed capital K.1",
];

/// Reader of GLORIA.
#[derive(Debug)]
pub struct Gloria;

impl Importer for Gloria {
    fn id(&self) -> &'static str {
        "gloria"
    }

    fn summary(&self) -> &'static str {
        "GLORIA: *_T-Results_*Markup001(full).csv with its Y and V (and the read-me workbook for the labels), thousand USD"
    }

    fn recognises(&self, source: &Source) -> bool {
        basic_prices(source.file_name()) && is_kind(source, "T")
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        Ok(year(source).into_iter().collect())
    }

    fn companion(&self, file_name: &str) -> bool {
        file_name.contains("-Results_") || file_name.starts_with("GLORIA_ReadMe")
    }

    fn companions(&self, source: &Source) -> Result<Vec<Source>, LoadError> {
        let mut files = Vec::new();
        for kind in ["Y", "V"] {
            match beside(source, kind) {
                Ok(file) => files.push(file),
                // Opening says so.
                Err(LoadError::MissingPart { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        files.extend(Labels::workbook(source)?);
        Ok(files)
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let part = |kind: &str| beside(source, kind);
        let (demand, value_added) = (part("Y")?, part("V")?);
        let labels = Labels::read(source, &demand)?;
        let mut repairs = labels.repairs.clone();
        let mut strays = 0;
        let (make, flows) = transactions(source, &labels, &mut strays)?;
        let mut tables = Tables {
            final_demand: final_demand(&demand, &labels, &mut strays)?,
            primary: primary_inputs(&value_added, &labels, &mut strays)?,
            output: make.output(labels.industries.len()),
            flows,
        };
        if strays > 0 {
            repairs.push(Repair {
                name: "cells-outside-supply-and-use-left-out".into(),
                detail: format!(
                    "{strays} cells say that an industry uses an industry, a product a product, or final demand an industry"
                ),
                count: strays,
            });
        }
        repairs.extend(make.sell(&mut tables, &labels));
        let kept = tables.kept_regions(&labels);
        repairs.extend(tables.drop_others(&labels, &kept));
        let (intermediate_use, rounded) = tables.flows.finish();
        repairs.extend(rounded);
        Ok(TableParts {
            rows: labels
                .industries
                .iter()
                .filter(|(region, _)| kept[*region])
                .map(|(region, sector)| (labels.regions[*region].clone(), labels.sectors[*sector].clone()))
                .collect(),
            categories: labels.final_uses.clone(),
            intermediate_use,
            final_demand: tables.final_demand,
            primary_rows: tables.primary,
            published_output: Some(tables.output),
            unit: "thousand USD, current basic prices".into(),
            year: year(source),
            provenance: Provenance { repairs, citation: Some(CITATION.into()), ..Provenance::default() },
        })
    }
}

/// Basic prices are the first of the five valuations.
fn basic_prices(name: &str) -> bool {
    name.contains("Markup001")
}

/// `20230314_120secMother_AllCountries_002_T-Results_2014_057_Markup001(full).csv`: the year stands after the kind.
pub(super) fn year(source: &Source) -> Option<i32> {
    let (_, rest) = source.file_name().split_once("-Results_")?;
    years_in(rest).first().copied().or(source.year_of_folder())
}

/// The file of another kind of the same year.
fn beside(source: &Source, kind: &str) -> Result<Source, LoadError> {
    let ending = ending_of(source, kind);
    ending_in(source, &ending)?.ok_or_else(|| LoadError::MissingPart {
        path: source.name().to_owned(),
        part: format!("*{ending}"),
        database: DATABASE,
    })
}

/// How the name of the file of another kind of the same year ends; the dates in front differ.
pub(super) fn ending_of(source: &Source, kind: &str) -> String {
    let (_, rest) = source.file_name().split_once("-Results_").unwrap_or_default();
    format!("_{kind}-Results_{rest}")
}

/// The file beside a source whose name ends so.
pub(super) fn ending_in(source: &Source, ending: &str) -> Result<Option<Source>, LoadError> {
    for name in source.siblings()? {
        if name.ends_with(ending)
            && let Some(found) = source.sibling(&name)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Is it a text of comma-separated numbers of a kind?
pub(super) fn is_kind(source: &Source, kind: &str) -> bool {
    source.file_name().contains(&format!("_{kind}-Results_"))
        && source.first_line().split(|&byte| byte == b',').take(100).all(|field| number(field).is_some())
}

/// What a row or column of T is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Industry(usize),
    Product(usize),
}

/// Labels of the database, in the order of its files.
pub(super) struct Labels {
    pub(super) regions: Vec<String>,
    pub(super) sectors: Vec<String>,
    pub(super) final_uses: Vec<String>,
    primary_inputs: Vec<String>,
    /// Region and sector of each industry, as of each product.
    pub(super) industries: Vec<(usize, usize)>,
    /// What each row and column of T is.
    pub(super) kinds: Vec<Kind>,
    /// Name of the workbook, for messages.
    pub(super) path: String,
    repairs: Vec<Repair>,
}

impl Labels {
    /// Labels of the read-me workbook beside the files or the archive; made up where there is none.
    fn read(source: &Source, demand: &Source) -> Result<Self, LoadError> {
        match Self::workbook(source)? {
            Some(file) => Self::of_workbook(&file),
            None => Self::made_up(source, demand),
        }
    }

    pub(super) fn workbook(source: &Source) -> Result<Option<Source>, LoadError> {
        let readme = source
            .names_beside()?
            .into_iter()
            .find(|name| name.contains("GLORIA_ReadMe") && name.to_lowercase().ends_with(".xlsx"));
        readme.map_or(Ok(None), |name| source.beside(&name))
    }

    pub(super) fn of_workbook(file: &Source) -> Result<Self, LoadError> {
        let damaged = |message: String| LoadError::Damaged {
            path: file.name().to_owned(),
            format: "a workbook",
            message,
        };
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes()?)).map_err(|e| damaged(e.to_string()))?;
        let mut column = |sheet: &str, header: &str| -> Result<Vec<String>, LoadError> {
            let range = book.worksheet_range(sheet).map_err(|error| damaged(error.to_string()))?;
            let mut rows = range.rows();
            let place = rows
                .by_ref()
                .find_map(|row| row.iter().position(|cell| text(cell) == header))
                .ok_or_else(|| damaged(format!("sheet `{sheet}` has no column `{header}`")))?;
            Ok(rows
                .map(|row| row.get(place).map(text).unwrap_or_default())
                .filter(|t| !t.is_empty())
                .collect())
        };
        let regions = column("Regions", "Region_acronyms")?;
        let names = column("Regions", "Region_names")?;
        let sectors = column("Sectors", "Sector_names")?;
        let primary_inputs = column("Value added and final demand", "Value_added_names")?;
        let final_uses = column("Value added and final demand", "Final_demand_names")?;
        let sequence = column("Sequential region-sector labels", "Sequential_regionSector_labels")?;
        let mut labels = Self {
            regions,
            sectors,
            final_uses,
            primary_inputs,
            industries: Vec::new(),
            kinds: Vec::new(),
            path: file.name().to_owned(),
            repairs: Vec::new(),
        };
        if labels.primary_inputs.is_empty() || labels.final_uses.is_empty() {
            return Err(damaged("it names no value added or no final demand".into()));
        }
        labels.place(&sequence, &names).map_err(damaged)?;
        Ok(labels)
    }

    /// Which industry or product each line of the sequence is: `Region name (ACR) Sector name industry|product`.
    fn place(&mut self, sequence: &[String], names: &[String]) -> Result<(), String> {
        let heads: Vec<String> =
            names.iter().zip(&self.regions).map(|(name, acronym)| format!("{name} ({acronym}) ")).collect();
        let mut seen = [Vec::new(), Vec::new()];
        for label in sequence {
            let region = heads
                .iter()
                .position(|head| label.starts_with(head.as_str()))
                .ok_or_else(|| format!("`{label}` begins with no region of the sheet `Regions`"))?;
            let rest = &label[heads[region].len()..];
            let (sector, product) = match (rest.strip_suffix(" industry"), rest.strip_suffix(" product")) {
                (Some(sector), _) => (sector, false),
                (None, Some(sector)) => (sector, true),
                (None, None) => return Err(format!("`{label}` is neither an industry nor a product")),
            };
            let sector = self
                .sectors
                .iter()
                .position(|known| known == sector)
                .ok_or_else(|| format!("`{label}` names no sector of the sheet `Sectors`"))?;
            let list = &mut seen[usize::from(product)];
            self.kinds.push(if product { Kind::Product(list.len()) } else { Kind::Industry(list.len()) });
            list.push((region, sector));
        }
        let [industries, products] = seen;
        if industries != products {
            return Err(format!(
                "{} industries and {} products, or in different orders",
                industries.len(),
                products.len()
            ));
        }
        self.industries = industries;
        Ok(())
    }

    /// Region-major, industries before products: the order of every release so far.
    fn made_up(source: &Source, demand: &Source) -> Result<Self, LoadError> {
        let fields = |source: &Source| -> Result<usize, LoadError> {
            Ok(text_grid::first_lines(source, b',', 1)?.first().map_or(0, Vec::len))
        };
        let (width, uses) = (fields(source)?, fields(demand)?);
        let regions =
            if width == 2 * PUBLISHED.0 * PUBLISHED.1 { PUBLISHED.0 } else { uses / FINAL_USES.len() };
        if regions == 0 || !width.is_multiple_of(2 * regions) || uses != regions * FINAL_USES.len() {
            return Err(LoadError::MissingPart {
                path: source.name().to_owned(),
                part: format!(
                    "GLORIA_ReadMe_*.xlsx (its labels are needed: {width} columns and {uses} final uses are no \
                     published size)"
                ),
                database: DATABASE,
            });
        }
        let sectors = width / (2 * regions);
        let numbered =
            |letter: char, count: usize| (1..=count).map(|k| format!("{letter}{k:03}")).collect::<Vec<_>>();
        let industries = (0..regions).flat_map(|region| (0..sectors).map(move |sector| (region, sector)));
        let kinds = (0..regions).flat_map(|region| {
            let range = region * sectors..(region + 1) * sectors;
            range.clone().map(Kind::Industry).chain(range.map(Kind::Product))
        });
        Ok(Self {
            regions: numbered('R', regions),
            sectors: numbered('S', sectors),
            final_uses: FINAL_USES.map(str::to_owned).into(),
            primary_inputs: PRIMARY_INPUTS.map(str::to_owned).into(),
            industries: industries.collect(),
            kinds: kinds.collect(),
            path: "the published order of labels".into(),
            repairs: vec![Repair {
                name: "labels-made-up".into(),
                detail:
                    "no GLORIA_ReadMe workbook is beside the files: regions and sectors are numbered in the \
                         published order"
                        .into(),
                count: regions + sectors,
            }],
        })
    }

    /// Name of a row or column of T, for messages.
    fn name(&self, place: usize) -> String {
        match self.kinds.get(place) {
            Some(Kind::Industry(k)) => format!("{} industry", self.industry(*k)),
            Some(Kind::Product(k)) => format!("{} product", self.industry(*k)),
            None => format!("{}", place + 1),
        }
    }

    fn industry(&self, k: usize) -> String {
        let (region, sector) = self.industries[k];
        format!("{}.{}", self.regions[region], self.sectors[sector])
    }

    fn expect(&self, path: &str, what: &'static str, found: usize, expected: usize) -> Result<(), LoadError> {
        if found == expected {
            return Ok(());
        }
        Err(LoadError::LabelCount { path: path.to_owned(), what, found, labels: self.path.clone(), expected })
    }
}

fn text(cell: &Data) -> String {
    cell.to_string().trim().to_owned()
}

/// What the read-me says of a satellite account.
pub(super) struct AccountLabel {
    pub(super) head: String,
    pub(super) name: String,
    pub(super) unit: String,
}

/// The satellite accounts that the read-me lists, in the order of the lines of TQ and YQ.
pub(super) fn account_labels(file: &Source) -> Result<Vec<AccountLabel>, LoadError> {
    const SHEET: &str = "Satellites";
    const COLUMNS: [&str; 3] = ["Sat_head_indicator", "Sat_indicator", "Sat_unit"];
    let damaged =
        |message: String| LoadError::Damaged { path: file.name().to_owned(), format: "a workbook", message };
    let absent = |part: String| LoadError::MissingPart {
        path: file.name().to_owned(),
        part,
        database: "the read-me of GLORIA",
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes()?)).map_err(|e| damaged(e.to_string()))?;
    if !book.sheet_names().iter().any(|name| name == SHEET) {
        return Err(absent(format!("sheet `{SHEET}`, which names the accounts")));
    }
    let range = book.worksheet_range(SHEET).map_err(|error| damaged(error.to_string()))?;
    let mut rows = range.rows();
    let place = |row: &[Data], header: &str| row.iter().position(|cell| text(cell) == header);
    let header = rows.by_ref().find(|row| place(row, COLUMNS[1]).is_some());
    let header = header.ok_or_else(|| absent(format!("column `{}` of sheet `{SHEET}`", COLUMNS[1])))?;
    let places = COLUMNS.map(|column| place(header, column));
    let mut labels = Vec::new();
    for row in rows {
        let [head, name, unit] =
            places.map(|place| place.and_then(|place| row.get(place)).map(text).unwrap_or_default());
        if !name.is_empty() {
            labels.push(AccountLabel { head, name, unit });
        }
    }
    Ok(labels)
}

/// A line of numbers of which some are wanted.
pub(super) struct Line<'a> {
    pub(super) source: &'a Source,
    pub(super) labels: &'a Labels,
    pub(super) line: usize,
}

impl Line<'_> {
    /// Gives `take` the wanted fields that are not zero or blank. Returns how many of the others hold something.
    pub(super) fn each(
        &self,
        text: &[u8],
        width: usize,
        wanted: impl Fn(usize) -> bool,
        mut take: impl FnMut(usize, f64),
    ) -> Result<usize, LoadError> {
        let (mut count, mut strays) = (0, 0);
        for (place, field) in text.split(|&byte| byte == b',').enumerate() {
            count += 1;
            if field == b"0" || place >= width {
                continue;
            }
            let value = number(field).ok_or_else(|| LoadError::NotANumber {
                path: self.source.name().to_owned(),
                row: format!("{}", self.line + 1),
                column: if width == self.labels.kinds.len() {
                    self.labels.name(place)
                } else {
                    format!("{}", place + 1)
                },
                value: String::from_utf8_lossy(field).into_owned(),
            })?;
            if value == 0.0 || is_blank(value) {
                continue;
            }
            if wanted(place) {
                take(place, value);
            } else {
                strays += 1;
            }
        }
        if count == width {
            return Ok(strays);
        }
        Err(LoadError::Ragged {
            path: self.source.name().to_owned(),
            line: self.line + 1,
            found: count,
            expected: width,
        })
    }
}

/// What a line of T gives.
enum Parsed {
    /// Products made by an industry: the few that are not zero.
    Make(usize, Vec<(usize, f64)>),
    /// Industries that use a product.
    Use(usize, Vec<f64>),
}

/// The products that each industry makes.
struct Make {
    /// (industry, product, value).
    cells: Vec<(usize, usize, f64)>,
}

/// S and U of T.
fn transactions(source: &Source, labels: &Labels, strays: &mut usize) -> Result<(Make, Large), LoadError> {
    let (width, side) = (labels.kinds.len(), labels.industries.len());
    let mut make = Make { cells: Vec::new() };
    let mut flows = Large::zeros(source, side)?;
    let industry = |place: usize| matches!(labels.kinds[place], Kind::Industry(_));
    let parse = |line: usize, text: &[u8]| {
        let reader = Line { source, labels, line };
        match labels.kinds.get(line) {
            Some(Kind::Industry(maker)) => {
                let mut made = Vec::new();
                let strays = reader.each(
                    text,
                    width,
                    |place| !industry(place),
                    |place, value| {
                        if let Kind::Product(product) = labels.kinds[place] {
                            made.push((product, value));
                        }
                    },
                )?;
                Ok((Parsed::Make(*maker, made), strays))
            }
            Some(Kind::Product(product)) => {
                let mut used = vec![0.0; side];
                let strays = reader.each(text, width, industry, |place, value| {
                    if let Kind::Industry(user) = labels.kinds[place] {
                        used[user] = value;
                    }
                })?;
                Ok((Parsed::Use(*product, used), strays))
            }
            None => {
                labels.expect(source.name(), "rows", line + 1, width)?;
                Ok((Parsed::Make(0, Vec::new()), 0))
            }
        }
    };
    let rows = text_grid::each_line(source, parse, |_, (parsed, more)| {
        *strays += more;
        match parsed {
            Parsed::Make(industry, made) => {
                make.cells.extend(made.into_iter().map(|(product, value)| (industry, product, value)));
            }
            Parsed::Use(product, used) => flows.put_row(product, used),
        }
        Ok(())
    })?;
    labels.expect(source.name(), "rows", rows, width)?;
    Ok((make, flows))
}

/// Y, products by region and final use. The rows of industries hold nothing.
fn final_demand(source: &Source, labels: &Labels, strays: &mut usize) -> Result<DMatrix<f64>, LoadError> {
    let width = labels.regions.len() * labels.final_uses.len();
    let mut matrix = DMatrix::zeros(labels.industries.len(), width);
    let parse = |line: usize, text: &[u8]| {
        let mut values = Vec::new();
        let product = matches!(labels.kinds.get(line), Some(Kind::Product(_)));
        let strays = Line { source, labels, line }.each(
            text,
            width,
            |_| product,
            |place, value| values.push((place, value)),
        )?;
        Ok((values, strays))
    };
    let rows = text_grid::each_line(source, parse, |line, (values, more)| {
        *strays += more;
        if let Some(Kind::Product(product)) = labels.kinds.get(line) {
            values.into_iter().for_each(|(column, value)| matrix[(*product, column)] = value);
        }
        Ok(())
    })?;
    labels.expect(source.name(), "rows", rows, labels.kinds.len())?;
    Ok(matrix)
}

/// V: the inputs of each region stand under its own industries; here they are one row each.
fn primary_inputs(
    source: &Source,
    labels: &Labels,
    strays: &mut usize,
) -> Result<Vec<PrimaryRow>, LoadError> {
    let (width, kinds) = (labels.kinds.len(), labels.primary_inputs.len());
    let mut rows: Vec<PrimaryRow> = labels
        .primary_inputs
        .iter()
        .map(|name| PrimaryRow {
            name: name.clone(),
            // Every primary input is a part of value added, whatever it is called.
            role: match RowRole::of(name) {
                RowRole::Other => RowRole::ValueAdded,
                role => role,
            },
            industries: vec![0.0; labels.industries.len()],
            final_use: None,
        })
        .collect();
    let parse = |line: usize, text: &[u8]| {
        let mut values = Vec::new();
        let industry = |place: usize| matches!(labels.kinds[place], Kind::Industry(_));
        let strays = Line { source, labels, line }.each(text, width, industry, |place, value| {
            if let Kind::Industry(industry) = labels.kinds[place] {
                values.push((industry, value));
            }
        })?;
        Ok((values, strays))
    };
    let found = text_grid::each_line(source, parse, |line, (values, more)| {
        *strays += more;
        let row = &mut rows[line % kinds].industries;
        values.into_iter().for_each(|(industry, value)| row[industry] += value);
        Ok(())
    })?;
    labels.expect(source.name(), "rows", found, labels.regions.len() * kinds)?;
    Ok(rows)
}

/// The table while it is made.
struct Tables {
    flows: Large,
    final_demand: DMatrix<f64>,
    primary: Vec<PrimaryRow>,
    output: Vec<f64>,
}

impl Make {
    /// Gross output of the industries: row sums of S.
    fn output(&self, industries: usize) -> Vec<f64> {
        let mut output = vec![0.0; industries];
        self.cells.iter().for_each(|(industry, _, value)| output[*industry] += value);
        output
    }

    /// Sales of products to sales of industries: D U and D Y, nothing to do where D is the identity.
    fn sell(&self, tables: &mut Tables, labels: &Labels) -> Vec<Repair> {
        let products = labels.industries.len();
        let mut made = vec![0.0; products];
        self.cells.iter().for_each(|(_, product, value)| made[*product] += value);
        let mut repairs = Vec::new();
        let (sold, _) = tables.flows.occupied();
        let consumed = |product: usize| tables.final_demand.row(product).iter().any(|value| *value != 0.0);
        let orphans = (0..products).filter(|&p| made[p] == 0.0 && (sold[p] || consumed(p))).count();
        if orphans > 0 {
            repairs.push(Repair {
                name: "product-that-nobody-makes".into(),
                detail: format!(
                    "{orphans} products are sold though no industry makes them: sales of the industry of the same name"
                ),
                count: orphans,
            });
        }
        let others = self.cells.iter().filter(|(industry, product, _)| industry != product).count();
        if others == 0 {
            return repairs;
        }
        let mut shares: Vec<(usize, usize, f64)> = self
            .cells
            .iter()
            .filter(|(_, product, _)| made[*product] != 0.0)
            .map(|(industry, product, value)| (*industry, *product, value / made[*product]))
            .collect();
        shares.extend((0..products).filter(|&product| made[product] == 0.0).map(|p| (p, p, 1.0)));
        let sell = |column: &[f64]| {
            let mut sold = vec![0.0; products];
            shares.iter().for_each(|(industry, product, share)| sold[*industry] += share * column[*product]);
            sold
        };
        tables.flows.change_columns(|column| *column = sell(column));
        for mut column in tables.final_demand.column_iter_mut() {
            let sold = sell(column.as_slice());
            column.copy_from_slice(&sold);
        }
        repairs.push(Repair {
            name: "industry-table-by-fixed-product-sales".into(),
            detail: "industries make several products: each product is sold as it is made (Z = S q̂⁻¹ U)"
                .into(),
            count: others,
        });
        repairs
    }
}

impl Tables {
    /// Regions that make, buy or consume anything.
    fn kept_regions(&mut self, labels: &Labels) -> Vec<bool> {
        let (sells, buys) = self.flows.occupied();
        let mut kept = vec![false; labels.regions.len()];
        for (row, (region, _)) in labels.industries.iter().enumerate() {
            let sold_finally = || self.final_demand.row(row).iter().any(|value| *value != 0.0);
            kept[*region] |= sells[row] || buys[row] || self.output[row] != 0.0 || sold_finally();
        }
        let uses = labels.final_uses.len();
        for (region, kept) in kept.iter_mut().enumerate() {
            *kept |= (region * uses..(region + 1) * uses)
                .any(|column| self.final_demand.column(column).iter().any(|value| *value != 0.0));
        }
        kept
    }

    /// Drops the other regions.
    fn drop_others(&mut self, labels: &Labels, kept: &[bool]) -> Option<Repair> {
        let dropped: Vec<&str> = labels
            .regions
            .iter()
            .zip(kept)
            .filter(|(_, kept)| !**kept)
            .map(|(region, _)| region.as_str())
            .collect();
        if dropped.is_empty() {
            return None;
        }
        let rows: Vec<usize> =
            (0..labels.industries.len()).filter(|&row| kept[labels.industries[row].0]).collect();
        let uses = labels.final_uses.len();
        let columns: Vec<usize> = (0..kept.len() * uses).filter(|column| kept[column / uses]).collect();
        self.flows.keep(&rows);
        self.final_demand = self.final_demand.select_rows(&rows).select_columns(&columns);
        self.output = rows.iter().map(|&row| self.output[row]).collect();
        for primary in &mut self.primary {
            primary.industries = rows.iter().map(|&row| primary.industries[row]).collect();
        }
        Some(Repair {
            name: "empty-region-dropped".into(),
            detail: format!("no output, inputs or final demand: {}", dropped.join(", ")),
            count: dropped.len(),
        })
    }
}
