//! Why did the GDP of each economy, or the value added of its industries, change between two tables, and how much of it
//! through whom? A structural decomposition over six factors and every order in which they can change, by whose final demand
//! it is: [`SdaAnalysis`] has the equations.

mod chain;
mod rows;
mod shares;
mod years;

use self::rows::{Layout, Told, Unit};
use self::shares::YEARS;
use self::years::{Years, note_mixed};
use super::{AnalysisError, Piece, World, note_picked, picked_economies};
use crate::frame::{IdentityGap, ResultNotes};
use crate::labels::Axis;
use crate::level::Level;
use crate::model::Primary;
use crate::model::memory::{Asked, coarser_than};
use crate::model::solver::Side;
use crate::stats::{StatsError, shapley_many};
use crate::table::{OutputConvention, money_and_prices, tells_other_prices};
use crate::upgrading::UpgradingError;
use crate::upgrading::panel::difference;

/// One factor of the decomposition, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// What the result calls it.
    pub id: &'static str,
    /// What changes when it changes.
    pub meaning: &'static str,
    /// The same as an equation.
    pub equation: &'static str,
}

/// How many factors there are.
const COUNT: usize = 6;

/// The factors, in the order of the result: bit i of a set of changed factors is factor i.
pub static FACTORS: [Factor; COUNT] = [
    Factor {
        id: "value-added-share",
        meaning: "value added a unit of output; with --coupled, inputs a unit of output go along",
        equation: "v_j = W_j / x_j",
    },
    Factor {
        id: "technology",
        meaning: "what each industry buys of each sector a unit of output, whoever supplies; with --coupled, the mix of its inputs",
        equation: "T_ij = Σ over suppliers of A_kj, k of sector i; with --coupled T_ij / Σ_i T_ij",
    },
    Factor {
        id: "input-sourcing",
        meaning: "parts of the supplying economies, home among them, in what each industry buys of each sector",
        equation: "S_kj = A_kj / T_ij",
    },
    Factor {
        id: "final-sourcing",
        meaning: "parts of the supplying economies, home among them, in final demand for each sector's products",
        equation: "R_kr = y_kr / Σ over suppliers of y_kr",
    },
    Factor {
        id: "demand-mix",
        meaning: "parts of the sectors in the final demand of each economy, whoever supplies",
        equation: "c_ir = Σ over suppliers of y_kr / f_r",
    },
    Factor {
        id: "demand-level",
        meaning: "final demand of every economy: how much is bought in all, at home (domestic_demand) and abroad",
        equation: "f_r = Σ_k y_kr",
    },
];

/// What takes the place of `value-added-share` where a satellite is traced in place of value added.
pub static INTENSITY: Factor = Factor {
    id: "intensity",
    meaning: "with --satellite: what it counts (jobs, hours, emissions) a unit of output, in place of value-added-share",
    equation: "v_j = amount_j / x_j",
};

/// Orders in which six factors can change.
const ORDERS: usize = 720;
/// Shares, mix and level of final demand, each of one of the years.
const DEMANDS: usize = 8;
/// Numbers for each row and factor of the result: its columns, and what they are made of.
const COLUMNS: usize = 14 * COUNT;
/// Values of what is decomposed for every set of changed factors, and their attribution; counted as what is kept twice.
const VALUES: usize = (1 << COUNT) / 2 + 15;
/// (n, G) matrices of purchases by sector and what belongs to them, held besides the models.
const FLOWS: usize = 8;

/// What `vadex sda` computes of two tables.
///
/// ```text
/// g_s = Σ_{j in s} v_j [(I − A)⁻¹ y]_j        A_kj = S_kj T_ij        y_k = Σ_r R_kr c_ir f_r        i the sector of row k
/// (G)              (GN)                       (GN,GN)                 (GN)
/// ```
/// | factor | letter | shape | what it is |
/// |---|---|---|---|
/// | `value-added-share` | v | GN | value added a unit of output |
/// | `technology` | T | N x GN | input of a sector's products a unit of output, whoever supplies: A added up over suppliers |
/// | `input-sourcing` | S | GN x GN | part of each supplier in that input |
/// | `final-sourcing` | R | GN x G | part of each supplier in an economy's final demand for a sector's products |
/// | `demand-mix` | c | N x G | part of each sector in an economy's final demand, whoever supplies |
/// | `demand-level` | f | G | final demand of each economy |
///
/// What is bought and whom it is bought of are apart, at home and abroad alike: an economy that loses suppliers' shares to
/// others loses by `input-sourcing` or `final-sourcing`, also where its customers buy more.
///
/// A share of nothing is not defined. Where a sector's products are not bought in one of the years, suppliers have the shares
/// of the other year; where an industry has no output in one of them, so have its value-added share and its inputs; so has the
/// mix of an economy without final demand. Where suppliers' amounts cancel (changes of stocks), no shares are made: what changes
/// is `technology` or `demand-mix`; where all that an economy demands cancels, no mix is: what changes is `demand-level`. All of
/// it is told in the notes.
///
/// v and T are not independent: with residual value added v_j = 1 − Σ_i T_ij, so that a change of one is a change of the other,
/// and the two contributions of an economy are to be read together. [`SdaAnalysis::coupled`] takes T_ij = u_j m_ij apart into
/// inputs a unit of output, which change with v, and their mix, which is `technology` then. The accounts of what is mixed of the
/// two years are closed then, and over a world in which every industry has output only `demand-level` adds anything.
///
/// # Assumptions
/// Factors can be set independently of each other, and every order counts the same. It attributes; it does not explain, and
/// at the prices of each year what it attributes is nominal. Economies that are united have one final demand: what moves
/// between them is `final-sourcing`.
///
/// # By whose demand it is
/// Final demand is a sum over those who absorb it, and everything after it is linear in it. With y_u = R_·u c_·u f_u alone
/// ```text
/// g_s(F) = Σ_u g_su(F)        g_su = Σ_{j in s} v_j [(I − A)⁻¹ y_u]_j        for every set F of changed factors
/// ```
/// and a mean over orders is linear in g: the contribution of *each* factor is the sum over u of that to g_su, exactly. In
/// `domestic_demand` is the part of u = s, in `foreign_demand` that of all others, and the bilateral levels tell every u.
///
/// It is what factors of their own for each absorber add, too. Take f_u for every u in place of f: 5 + G factors. f_u moves
/// g_su and no other g_sw, and g_su is moved by the five and f_u alone. Where a factor that moves nothing stands in an order
/// changes no step of the others, so that in the mean over all (5 + G)! orders those of g_su are met in the order of the six
/// equally often: the contribution of f_u to g_s is that of `demand-level` to g_su. So it is with sourcing and mix, R_·u and
/// c_·u. Of `value-added-share`, `technology` and `input-sourcing`, which are of the industries and of no absorber, it is the
/// part that works through what u absorbs. Ends over orders do not add up.
///
/// # Industries
/// v_j x_j in place of their sum: linear again, and the contributions of the industries of an economy add up to its own.
///
/// # Satellites
/// Of two worlds that trace jobs or emissions (`Preparation::open_tracing`) it is these that are decomposed, with what they are
/// a unit of output in place of v: `intensity` ([`INTENSITY`]). It does not depend on T, so that nothing is to be coupled.
///
/// # Source
/// Dietzenbacher and Los (1998), <https://doi.org/10.1080/09535319800000023>, for the orders of a structural decomposition;
/// Albrecht, François and Schoors (2002), Energy Policy 30(9), 727-736, for their mean as a Shapley value; Dietzenbacher and Los
/// (2000), Economic Systems Research 12(4), 497-514, for determinants that depend on each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SdaAnalysis {
    /// Economies to tell, or groups of them by name; all when empty.
    pub economies: Vec<String>,
    /// How finely to tell: economies or their industries; at the bilateral levels by whose final demand it is.
    pub level: Level,
    /// Do inputs a unit of output change with the value-added share that they leave?
    pub coupled: bool,
}

impl SdaAnalysis {
    /// What the notes call it.
    pub fn computed(&self) -> String {
        "sda".into()
    }

    /// What it will hold in memory besides two models and, for the time of its solve, a third.
    pub fn asked(&self) -> Asked {
        let values = if self.level.has_partner() { VALUES } else { 3 * VALUES };
        Asked { less: coarser_than(self.level), ..Asked::of_level(self.level, COLUMNS + values, FLOWS) }
    }

    /// Systems that are solved: the two tables, and what is mixed of both.
    pub fn systems(&self) -> usize {
        self.triples().len()
    }

    /// Years of inputs a unit of output, of their mix and of suppliers' shares.
    fn triples(&self) -> Vec<[usize; 3]> {
        let all = (0..8_usize).map(|bits| [bits & 1, bits >> 1 & 1, bits >> 2 & 1]);
        all.filter(|[ratio, mix, _]| self.coupled || ratio == mix).collect()
    }

    /// The change of GDP from one world to the other, attributed; `step` is called after each system.
    ///
    /// # Errors
    /// [`UpgradingError::OtherLabels`] and [`AnalysisError::OtherUnits`] when the tables cannot be compared, or trace something
    /// else each; [`AnalysisError::CoupledSatellite`]; economies that they do not have; coefficients that are not kept dense in
    /// double precision; a mixture that cannot be solved.
    ///
    /// # Cost
    /// Two factorisations besides those of the worlds (six when coupled; two more where industries have output in one of the
    /// years only), 8 G right-hand sides with each, G at a time, and one (n, n) matrix at a time.
    pub fn run(&self, from: &World, to: &World, step: &dyn Fn()) -> Result<Piece, AnalysisError> {
        let mut notes = from.notes(&self.computed());
        notes.absorb(to.notes(&self.computed()));
        let (told, remarks) = self.decomposed(from, to, step, &mut notes)?;
        self.note([from, to], &mut notes);
        notes.remarks.extend(remarks);
        Ok(Piece { frame: self.layout(from).frame(&[(None, &told)]), notes })
    }

    /// How the result is laid out.
    fn layout<'a>(&self, world: &'a World) -> Layout<'a> {
        let is_value_added = world.model().primary().is_value_added;
        let mut factors = FACTORS.map(|factor| factor.id);
        if !is_value_added {
            factors[0] = INTENSITY.id;
        }
        Layout { axis: world.model().axis(), level: self.level, is_value_added, factors }
    }

    /// The numbers of two worlds, and what is to be told of what was not defined in them.
    fn decomposed(
        &self,
        from: &World,
        to: &World,
        step: &dyn Fn(),
        notes: &mut ResultNotes,
    ) -> Result<(Told, Vec<String>), AnalysisError> {
        comparable(from, to)?;
        let primary = from.model().primary();
        if self.coupled && !primary.is_value_added {
            return Err(AnalysisError::CoupledSatellite { account: primary.name.clone() });
        }
        let axis = from.model().axis();
        let picked = picked_economies(axis, &self.economies)?;
        note_picked("economy", &picked, notes);
        let mut shown = picked.indices();
        if shown.is_empty() {
            shown = (0..axis.n_economies()).collect();
        }
        let units = Unit::all(axis, &shown, self.level);
        let years = Years::of(from, to)?;
        let own = YEARS.map(|year| units.iter().map(|unit| unit.own(&years, year)).collect::<Vec<f64>>());
        let mut values = self.values(&years, &units, step, notes)?;
        // Each set is asked for once.
        let attributions = shapley_many(COUNT, |changed| {
            Ok::<_, StatsError>(std::mem::take(&mut values[changed.bits() as usize]))
        })?;
        notes.worst_residual = notes.worst_residual.max(from.residual()).max(to.residual());
        let of = [from, to].map(|world| world.model().description().year);
        let mut told = Told::of(of, self.level, &units, &own, &attributions);
        note_gaps(axis, &units, &own, &told, what(primary), notes);
        told.blank(|economy| from.lacks_figures(economy) || to.lacks_figures(economy));
        Ok((told, years.told(self.coupled)))
    }

    /// What is decomposed, of each unit, for each set of changed factors.
    fn values(
        &self,
        years: &Years<'_>,
        units: &[Unit],
        step: &dyn Fn(),
        notes: &mut ResultNotes,
    ) -> Result<Vec<Vec<f64>>, AnalysisError> {
        let mut values = vec![Vec::new(); 1 << COUNT];
        for triple in self.triples() {
            let [ratio, mix, shares] = triple;
            let mixed = years.mixed(triple)?;
            let system = mixed.as_ref().unwrap_or(years.system(mix));
            for demand in 0..DEMANDS {
                let mut output = years.demanded(demand);
                system.solve_in_place(Side::Direct, &mut output)?;
                for value in (0..2).filter(|value| !self.coupled || *value == ratio) {
                    let set = value | (mix << 1) | (shares << 2) | (demand << 3);
                    values[set] = units
                        .iter()
                        .flat_map(|unit| unit.values(years, value, &output, self.level))
                        .collect();
                }
            }
            if let Some(mixed) = &mixed {
                note_mixed(mixed, notes);
            }
            step();
        }
        Ok(values)
    }

    /// What a reader must know.
    fn note(&self, worlds: [&World; 2], notes: &mut ResultNotes) {
        let units = worlds.map(|world| world.model().description().unit.as_str());
        notes.remarks.push(format!(
            "contributions are means over all {ORDERS} orders in which the factors can change; lowest and highest are the ends \
             over these orders"
        ));
        let primary = worlds[0].model().primary();
        let dependence = if !primary.is_value_added {
            "intensity is what the satellite counts for a unit of output"
        } else if self.coupled {
            "value-added-share holds inputs a unit of output, too; technology is the mix of inputs"
        } else {
            "value-added-share and technology depend on each other (what is not bought is added): read their sum, or ask for \
             --coupled"
        };
        notes.remarks.push(dependence.into());
        if units.iter().all(|unit| !tells_other_prices(unit)) {
            let prices = if units.iter().all(|unit| unit.contains("current")) {
                "at the prices of each year"
            } else {
                "the unit does not say at which prices: at those of each year"
            };
            let where_most = if primary.is_value_added {
                "most of it in demand-level; the others are larger by it, too"
            } else {
                "most of it in demand-level and, against it, in intensity"
            };
            notes.remarks.push(format!(
                "{prices}, what prices and exchange rates moved is in the contributions, {where_most}, and a currency that \
                 rises looks like sourcing; `vadex deflate` puts a table at prices of another year"
            ));
        }
        if units[0] != units[1] {
            notes.remarks.push(format!(
                "prices: {} against {}; the change is one of volumes only where both are the prices of one year",
                units[0], units[1]
            ));
        } else if units[0].contains("previous") {
            notes.remarks.push(
                "both tables are at prices of the year before their own: only a table at current prices and the next one at \
                 its prices have the same"
                    .into(),
            );
        }
        let [one, other] = worlds.map(|world| world.model().description());
        match (one.year, other.year) {
            (Some(from), Some(to)) if from > to => notes.remarks.push(format!(
                "from {from} back to {to}: contributions add up to {} of {to} less that of {from}",
                what(primary)
            )),
            (Some(from), Some(to)) if from == to => {
                notes
                    .remarks
                    .push(format!("both tables are of {from}: what changed is the source, not the economy"));
            }
            _ => {}
        }
        if [one, other].iter().any(|table| table.conventions.output != OutputConvention::RowSum) {
            notes.remarks.push(
                "gross output is as published: where it is not the sum of the row, what is between them is in the change and \
                 in no factor, and contributions do not add up to the change"
                    .into(),
            );
        }
    }
}

/// What is decomposed, over an economy.
fn what(primary: &Primary) -> &str {
    if primary.is_value_added { "GDP" } else { &primary.name }
}

/// What is evidence: the change of GDP, or of what takes its place, as the tables have it, which no solve went into.
fn note_gaps(
    axis: &Axis,
    units: &[Unit],
    own: &[Vec<f64>; 2],
    told: &Told,
    what: &str,
    notes: &mut ResultNotes,
) {
    let mut of_economy = vec![[0.0; 3]; axis.n_economies()];
    for (place, unit) in units.iter().enumerate() {
        for year in YEARS {
            of_economy[unit.economy][year] += own[year][place];
        }
    }
    for row in &told.rows {
        of_economy[row.economy][2] += row.parts.iter().map(|part| part.mean).sum::<f64>();
    }
    let mut seen = vec![false; axis.n_economies()];
    for unit in units {
        if std::mem::replace(&mut seen[unit.economy], true) {
            continue;
        }
        let [before, after, sum] = of_economy[unit.economy];
        notes.note_gap(IdentityGap {
            identity: format!("contributions = change of {what}, of {what}"),
            at: axis.economies()[unit.economy].clone(),
            relative_gap: (sum - (after - before)).abs()
                / before.abs().max(after.abs()).max(f64::MIN_POSITIVE),
        });
    }
}

/// Refuses tables of other rows or another currency, and worlds that trace something else each.
fn comparable(from: &World, to: &World) -> Result<(), AnalysisError> {
    let [from, to] = [from, to].map(World::model);
    let [one, other] = [from, to].map(|model| model.description());
    if from.axis() != to.axis() {
        return Err(UpgradingError::OtherLabels {
            table: other.provenance.source.clone(),
            reference: one.provenance.source.clone(),
            difference: difference(from.axis(), to.axis()),
        }
        .into());
    }
    if money_and_prices(&one.unit).0 != money_and_prices(&other.unit).0 {
        return Err(AnalysisError::OtherUnits {
            from: one.provenance.source.clone(),
            from_unit: one.unit.clone(),
            to: other.provenance.source.clone(),
            to_unit: other.unit.clone(),
        });
    }
    let traced = [from, to].map(|model| {
        let Primary { name, unit, is_value_added, .. } = model.primary();
        // The prices of value added are looked at with those of the flows.
        if *is_value_added { name.clone() } else { format!("{name} ({})", money_and_prices(unit).0) }
    });
    if traced[0] != traced[1] {
        let [from_unit, to_unit] = traced;
        return Err(AnalysisError::OtherUnits {
            from: one.provenance.source.clone(),
            from_unit,
            to: other.provenance.source.clone(),
            to_unit,
        });
    }
    Ok(())
}
