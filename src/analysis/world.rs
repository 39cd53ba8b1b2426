//! A table, opened and solved once, ready for any number of analyses.

use std::sync::OnceLock;

use nalgebra::DMatrix;

use super::{AnalysisError, Satellite};
use crate::decompose::Workspace;
use crate::frame::{Column, Frame, Measure, ResultNotes};
use crate::indicators;
use crate::labels::{Axis, Group, in_labels_of};
use crate::load::{ReadOptions, TableRef};
use crate::model::memory::{self, Asked, Workload};
use crate::model::solver::{SolveError, find_solver};
use crate::model::{Model, ModelOptions, get_or_try_init};
use crate::table::{self, FindingKind, IcioTable, Severity};

/// How a table is read and modelled.
#[derive(Debug, Clone, Default)]
pub struct Preparation {
    /// How the file is read.
    pub reading: ReadOptions,
    /// Economies as one: trade inside is domestic.
    pub groups: Vec<Group>,
    /// Split economies (CN1, CN2, ...) stay apart instead of being united after the solve.
    pub keep_splits: bool,
    /// Conventions and solver.
    pub model: ModelOptions,
    /// What will be asked of the world: refused before the model is built when it cannot fit into memory.
    pub admission: Option<Admission>,
}

/// Work that is compared with the memory there is before it starts.
#[derive(Debug, Clone)]
pub struct Admission {
    /// What the message calls it.
    pub what: String,
    /// What it will hold.
    pub asked: Asked,
    /// Models of the same size that it holds besides, each with coefficients and factors of its own.
    pub models: usize,
    /// Bytes that may be used; what the machine has left when absent.
    pub limit: Option<u64>,
    /// Told the prediction, where somebody wants to know.
    pub tell: Option<fn(&str)>,
}

/// One table under one preparation: the model, and what is said about it.
///
/// The analyses of a world run one after the other: each takes the residuals of its own solves.
pub struct World {
    model: Model,
    inventories: Option<DMatrix<f64>>,
    household_consumption: Option<DMatrix<f64>>,
    notes: ResultNotes,
    /// Economies without figures of what is traced.
    unknown: Vec<usize>,
    workspace: OnceLock<(Workspace, f64)>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("model", &self.model)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

impl Preparation {
    /// Opens a table, unites its groups and solves it.
    ///
    /// # Errors
    /// A file that cannot be read, a group that does not fit, a convention the table cannot serve, a singular system.
    ///
    /// # Cost
    /// That of [`Model::build`].
    pub fn open(&self, table: &TableRef) -> Result<World, AnalysisError> {
        self.build(table.open(&self.reading())?)
    }

    /// How a table is read: in the memory that the work may use.
    pub(super) fn reading(&self) -> ReadOptions {
        let limit = self.admission.as_ref().and_then(|admission| admission.limit);
        ReadOptions { memory: self.reading.memory.or(limit), ..self.reading.clone() }
    }

    /// The same with a satellite in place of value added.
    ///
    /// # Errors
    /// As [`Preparation::open`], and an account that does not fit the table.
    pub fn open_tracing(&self, table: &TableRef, satellite: &Satellite) -> Result<World, AnalysisError> {
        let (_, mut traced) = self.open_with(table, &[satellite])?;
        traced.remove(0)
    }

    /// A world of value added, or of a satellite in its place where one is given.
    ///
    /// # Errors
    /// As [`Preparation::open_tracing`].
    pub fn open_for(&self, table: &TableRef, satellite: Option<&Satellite>) -> Result<World, AnalysisError> {
        match satellite {
            Some(satellite) => self.open_tracing(table, satellite),
            None => self.open(table),
        }
    }

    /// The world of value added, and one world a satellite that shares everything but what is traced. An account that
    /// does not fit is an error of its own.
    ///
    /// # Errors
    /// As [`Preparation::open`].
    pub fn open_with(
        &self,
        table: &TableRef,
        satellites: &[&Satellite],
    ) -> Result<(World, Vec<Result<World, AnalysisError>>), AnalysisError> {
        self.build_with(table.open(&self.reading())?, satellites)
    }

    /// The same of a table that is in memory.
    ///
    /// # Errors
    /// As [`Preparation::open`].
    pub fn build_with(
        &self,
        table: IcioTable,
        satellites: &[&Satellite],
    ) -> Result<(World, Vec<Result<World, AnalysisError>>), AnalysisError> {
        self.admit(&table)?;
        let (table, notes) = self.united(table)?;
        let fitted: Vec<_> = satellites.iter().map(|satellite| satellite.fit(&table)).collect();
        let world = self.model(table, notes)?;
        let traced = fitted.into_iter().map(|fitted| world.tracing(&fitted?)).collect();
        Ok((world, traced))
    }

    /// Unites the groups of a table and solves it: [`Preparation::open`] for a table in memory, from a file or made of flows
    /// ([`TableParts`](crate::table::TableParts)).
    ///
    /// # Errors
    /// As [`Preparation::open`], save those of files.
    pub fn build(&self, table: IcioTable) -> Result<World, AnalysisError> {
        self.admit(&table)?;
        let (table, notes) = self.united(table)?;
        self.model(table, notes)
    }

    /// Refuses what will not fit into memory.
    fn admit(&self, table: &IcioTable) -> Result<(), AnalysisError> {
        self.admit_more(table, |work| work)
    }

    /// The same for work that holds more than the analysis does by itself.
    pub(super) fn admit_more(
        &self,
        table: &IcioTable,
        more: impl FnOnce(Workload) -> Workload,
    ) -> Result<(), AnalysisError> {
        match &self.admission {
            Some(admission) => self.admit_as(table, admission, more).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Refuses work on an opened table that will not fit into memory, and gives the bytes it takes: what
    /// [`Preparation::build`] does with the preparation's own admission.
    ///
    /// # Errors
    /// [`memory::MemoryError`]; a solver that does not exist.
    pub fn admits(&self, table: &IcioTable, admission: &Admission) -> Result<u64, AnalysisError> {
        self.admit_as(table, admission, |work| work)
    }

    fn admit_as(
        &self,
        table: &IcioTable,
        admission: &Admission,
        more: impl FnOnce(Workload) -> Workload,
    ) -> Result<u64, AnalysisError> {
        let asked = admission.asked.on(table);
        let work = more(Workload {
            solver: self.model.solver.as_deref().map(find_solver).transpose()?.map(|solver| solver.id()),
            copied: !self.unions(table.axis())?.0.is_empty(),
            copies: asked.copies + 2 * admission.models,
            ..asked
        });
        let peak = memory::admit(&admission.what, &work, admission.limit)?.peak();
        if let Some(tell) = admission.tell {
            tell(&memory::told(&admission.what, work.rows, work.storage, peak, admission.limit));
        }
        Ok(peak)
    }

    pub(super) fn model(&self, table: IcioTable, mut notes: ResultNotes) -> Result<World, AnalysisError> {
        let buys_without_output = note_findings(&table, &mut notes);
        // A pass over all flows, for the few tables that need it.
        let inputs = buys_without_output.then(|| table.input_sums());
        let inventories = indicators::inventories(&table);
        let household_consumption = indicators::household_consumption(&table);
        let unspoken = table.rows_beside(self.model.conventions.value_added);
        // The model moves into the table's memory: what else is wanted of the table has been taken.
        let model = Model::from_table(table, &self.model)?;
        describe(&model, &mut notes);
        if model.system().lost_a_pivot() {
            let year = model.description().year.map_or_else(String::new, |year| format!("{year}: "));
            notes.violations.push(format!(
                "{year}some group of industries uses more of its own output than it makes: the series I + A + A² + … does \
                 not converge, and what is solved for is no sum of rounds"
            ));
        }
        if let Some(inputs) = inputs {
            note_inputs_without_output(&model, &inputs, &mut notes);
        }
        notes.remarks.extend(unspoken);
        Ok(World {
            model,
            inventories,
            household_consumption,
            notes,
            unknown: Vec::new(),
            workspace: OnceLock::new(),
        })
    }

    /// The groups the user named and the split economies, each as one exporter; the notes say so.
    pub(super) fn united(&self, table: IcioTable) -> Result<(IcioTable, ResultNotes), AnalysisError> {
        let mut notes = ResultNotes::of("");
        let (groups, told) = self.unions(table.axis())?;
        if groups.is_empty() {
            return Ok((table, notes));
        }
        notes.remarks.extend(told);
        let united = table.regroup(&groups)?;
        for group in groups {
            notes.remarks.push(format!(
                "{} = {}: solved apart, then one economy; trade inside is domestic",
                group.name,
                group.members.join(" + ")
            ));
        }
        Ok((united, notes))
    }

    /// The economies to unite on an axis: the user's groups (a split base in a group brings its parts), then the
    /// remaining split economies; and what is to be told of groups that are known by name.
    fn unions(&self, axis: &Axis) -> Result<(Vec<Group>, Vec<String>), AnalysisError> {
        let mut splits = if self.keep_splits { Vec::new() } else { table::known_splits(axis) };
        let (mut groups, told) = in_labels_of(axis, &self.groups)?;
        for group in &mut groups {
            splits.retain(|split| {
                let Some(position) = group.members.iter().position(|member| *member == split.name) else {
                    return true;
                };
                group.members.splice(position..=position, split.members.iter().cloned());
                false
            });
        }
        groups.extend(splits);
        Ok((groups, told))
    }
}

impl World {
    /// A world of which nothing is told: one of many drawn tables.
    pub(super) fn without_notes(table: &IcioTable, model: Model) -> Self {
        Self {
            model,
            inventories: indicators::inventories(table),
            household_consumption: indicators::household_consumption(table),
            notes: ResultNotes::default(),
            unknown: Vec::new(),
            workspace: OnceLock::new(),
        }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Changes in inventories, where the table has them.
    pub fn inventories(&self) -> Option<&DMatrix<f64>> {
        self.inventories.as_ref()
    }

    /// Consumption of households, where the table tells it apart.
    pub fn household_consumption(&self) -> Option<&DMatrix<f64>> {
        self.household_consumption.as_ref()
    }

    /// What the decompositions share.
    ///
    /// # Errors
    /// A failed solve.
    pub fn workspace(&self) -> Result<&Workspace, SolveError> {
        let system = self.model.system();
        let (workspace, residual) = get_or_try_init(&self.workspace, || {
            let before = system.take_worst_residual();
            let workspace = Workspace::new(&self.model)?;
            let residual = system.take_worst_residual();
            system.count_residual(before);
            Ok::<_, SolveError>((workspace, residual))
        })?;
        system.count_residual(*residual);
        Ok(workspace)
    }

    /// Has an economy no figures of what is traced?
    pub(super) fn lacks_figures(&self, economy: usize) -> bool {
        self.unknown.contains(&economy)
    }

    /// A result without numbers where one of the keys names an economy without figures of what is traced: zero would be
    /// read as a figure.
    pub(super) fn without_unknown(&self, frame: Frame, keys: &[&str]) -> Frame {
        if self.unknown.is_empty() {
            return frame;
        }
        let unknown: Vec<&str> =
            self.unknown.iter().map(|&economy| self.model.axis().economies()[economy].as_str()).collect();
        let mut blank = vec![false; frame.n_rows()];
        for key in keys {
            match frame.column(key) {
                Some(Column::Label { names, codes }) => {
                    let lacks: Vec<bool> =
                        names.iter().map(|name| unknown.contains(&name.as_str())).collect();
                    blank.iter_mut().zip(codes).for_each(|(blank, code)| *blank |= lacks[*code as usize]);
                }
                Some(Column::Text(names)) => {
                    let lacks =
                        |name: &Option<String>| name.as_deref().is_some_and(|name| unknown.contains(&name));
                    blank.iter_mut().zip(names).for_each(|(blank, name)| *blank |= lacks(name));
                }
                _ => {}
            }
        }
        frame.into_fields().into_iter().fold(Frame::new(), |told, field| {
            let column = match field.column {
                Column::Number(values) if field.measure != Measure::Key => Column::Number(
                    values
                        .into_iter()
                        .zip(&blank)
                        .map(|(value, blank)| if *blank { f64::NAN } else { value })
                        .collect(),
                ),
                column => column,
            };
            told.with(&field.name, field.measure, column)
        })
    }

    /// Rows of the table.
    pub fn n_rows(&self) -> usize {
        self.model.axis().n_rows()
    }

    /// Notes to start an analysis with: unit, conventions, solver, source, findings. Residuals of solves count from
    /// here.
    pub fn notes(&self, computed: &str) -> ResultNotes {
        self.model.system().take_worst_residual();
        ResultNotes { computed: computed.to_owned(), ..self.notes.clone() }
    }

    /// Residual of the solves since [`World::notes`].
    pub fn residual(&self) -> f64 {
        self.model.system().worst_residual()
    }

    /// With published value added v·B need not be one: the notes say by how much.
    pub(super) fn note_value_added_gap(&self, notes: &mut ResultNotes) -> Result<(), AnalysisError> {
        let description = self.model.description();
        let residual = description.conventions.value_added == table::ValueAddedConvention::Residual;
        // Of jobs and emissions nobody says that they add up to one.
        if residual || !self.model.primary().is_value_added {
            return Ok(());
        }
        let gap = self.model.value_added_gap()?;
        if gap.worst <= ROUNDING {
            return Ok(());
        }
        let year = description.year.map_or_else(String::new, |year| format!("{year}: "));
        notes.remarks.push(format!(
            "{year}v·B differs from 1 by {:.2e} on average (weighted by output), at most {:.2e} ({}): value added and \
             double counting do not add up to exports",
            gap.mean,
            gap.worst,
            self.model.axis().row_label(gap.worst_row)
        ));
        Ok(())
    }

    pub(super) fn tracing(&self, fitted: &super::satellite::Fitted) -> Result<Self, AnalysisError> {
        let mut notes = self.notes.clone();
        fitted.note(&mut notes);
        let axis = self.model.axis();
        let lacks = |economy: &usize| {
            axis.block(*economy).any(|row| fitted.missing.iter().any(|name| name == axis.member_of(row)))
        };
        Ok(Self {
            unknown: (0..axis.n_economies()).filter(lacks).collect(),
            model: self.model.with_satellite(&fitted.name, &fitted.unit, &fitted.amounts)?,
            inventories: self.inventories.clone(),
            household_consumption: self.household_consumption.clone(),
            notes,
            workspace: OnceLock::new(),
        })
    }
}

/// v·B may miss one by this much through rounding alone: sums of some thousand terms.
const ROUNDING: f64 = 1e-12;

/// Notes that every result carries: unit, conventions, solver, source.
fn describe(model: &Model, notes: &mut ResultNotes) {
    let description = model.description();
    notes.unit = description.unit.clone();
    notes.conventions = description.conventions.to_string();
    notes.solver = model.system().solver().to_owned();
    notes.solver_reason = model.system().solver_reason().to_owned();
    notes.sources.push(description.provenance.clone());
}

/// Share of all inputs above which those of industries without output are worth a note of their own.
const DROPPED: f64 = 1e-6;

/// Inputs that no result has: coefficients of an industry without output are zero, whatever it buys.
fn note_inputs_without_output(model: &Model, inputs: &[f64], notes: &mut ResultNotes) {
    let dropped: f64 =
        inputs.iter().zip(model.flows().gross_output()).filter(|(_, x)| **x == 0.0).map(|(sum, _)| sum).sum();
    let share = dropped / inputs.iter().sum::<f64>();
    if share.abs() > DROPPED {
        notes.remarks.push(format!(
            "industries without output buy {dropped:.6} ({:.2} % of all inputs): these purchases are in no result, nor in gross \
             exports",
            100.0 * share
        ));
    }
}

/// What the accounts of a table look like, one line a finding. Does an industry buy that has no output?
fn note_findings(table: &IcioTable, notes: &mut ResultNotes) -> bool {
    let mut buys_without_output = false;
    for finding in table::check(table) {
        buys_without_output |= finding.kind == FindingKind::InputsWithoutOutput;
        let list = match finding.severity {
            Severity::Violation => &mut notes.violations,
            _ => &mut notes.findings,
        };
        list.push(finding.told(table.year()));
    }
    buys_without_output
}
