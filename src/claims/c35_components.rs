//! C35: did Korea, Taiwan and China move from assembly to components, unlike Mexico and Central Europe?
//!
//! An economy that makes components sends its value added into others' exports (VS1); one that assembles takes others'
//! value added into its own (VS). The index is VS1 minus VS of electrical and optical equipment, over its exports. Without
//! mining VS is a part of what exports contain beside mining; VS1 has none, for it counts these sectors alone.

use super::data::Series;
use super::groups::{ASSEMBLERS, BUILDERS};
use super::measures::{economy_path, in_exports_of_others, mining_choices, mining_words};
use super::path::Path;
use super::study::{BOUND as MATERIAL, FEWEST_YEARS};
use super::trends::{TrendQuestion, Variant, defined, trend_of, worlds};
use super::verdict::unless_above_zero;
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, branches,
    cards,
};
use crate::stats::{Interval, Sign};

/// Points of exports a year: five in a decade, about half of what China's index moves.
const BOUND: f64 = 0.5;

/// C35.
#[derive(Debug)]
pub(super) struct Components;

/// What is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Index {
    Gap,
    Forward,
    Backward,
}

impl Claim for Components {
    fn card(&self) -> &'static Card {
        &cards::C35
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let electrical = series.map.electrical.clone();
        let (builders, lacking) = BUILDERS.present_and_missing(series);
        let (assemblers, others) = ASSEMBLERS.present_and_missing(series);
        let without_mining = series.map.knows_mining();
        let path = gap(series, &electrical, Index::Gap, without_mining);
        if builders.is_empty() || assemblers.is_empty() || !branches::any(&electrical) || !defined(&path) {
            let why = format!(
                "needs electrical equipment as a sector, one of {} and one of {}, all exporting it; {} lacks {}",
                BUILDERS.members.join(" "),
                ASSEMBLERS.members.join(" "),
                series.name,
                [lacking, others].concat().join(" ")
            );
            return Ok(Outcome::without_data(self.card(), &why));
        }
        let own = own_trends(series, &electrical, without_mining, options)?;
        let question = TrendQuestion {
            card: self.card(),
            series,
            data,
            units: vec!["builders minus assemblers".into()],
            unit_word: "paths",
            paths: vec![path],
            predicted: Sign::Positive,
            bound: BOUND,
            bound_words: "the groups part by five points of exports in a decade",
            estimate_unit: "percentage points of exports a year, (VS1 - VS) of builders minus that of assemblers",
            spec: format!(
                "electrical and optical, {}; builders {}, assemblers {}; means over members",
                mining_words(series),
                builders.join(" "),
                assemblers.join(" ")
            ),
            dimensions: &["table", "index", "sectors", "mining"],
            variants: variants(&all),
            level: |share| format!("{:+.1} points", 100.0 * share),
            causal: false,
        };
        let mut outcome = question.judge(options, own.conditions)?;
        outcome.argument.insert(1, Section::new("Each economy", own.lines));
        Ok(outcome)
    }
}

/// One economy's VS1 (own value added of these sectors in others' exports), VS, or their gap, over its exports of them.
fn index(series: &Series, s: usize, sectors: &[bool], index: Index, without_mining: bool) -> Path {
    economy_path(series, s, |facts, s| {
        let (_, sold) = facts.content_of_exports(s, sectors, false);
        let (foreign, whole) = facts.content_of_exports(s, sectors, without_mining);
        let forward = in_exports_of_others(facts, s, sectors);
        match index {
            Index::Gap => (forward - foreign / whole * sold, sold),
            Index::Forward => (forward, sold),
            Index::Backward => (foreign, whole),
        }
    })
}

/// Mean of a group, economy by economy equal.
fn mean(paths: &[Path]) -> Option<Path> {
    let first = paths.first()?;
    let n = paths.len() as f64;
    let of = |pick: fn(&Path) -> &Vec<f64>| -> Vec<f64> {
        (0..first.years.len()).map(|t| paths.iter().map(|path| pick(path)[t]).sum::<f64>() / n).collect()
    };
    Some(Path {
        years: first.years.clone(),
        share: of(|p| &p.share),
        part: of(|p| &p.part),
        whole: of(|p| &p.whole),
        own: of(|p| &p.own),
    })
}

/// Builders minus assemblers; not defined when a group is empty.
fn gap(series: &Series, sectors: &[bool], of: Index, without_mining: bool) -> Path {
    let side = |members: Vec<usize>| {
        let paths: Vec<Path> =
            members.into_iter().map(|s| index(series, s, sectors, of, without_mining)).collect();
        mean(&paths)
    };
    match (side(BUILDERS.of(series)), side(ASSEMBLERS.of(series))) {
        (Some(builders), Some(assemblers)) => Path {
            share: builders.share.iter().zip(&assemblers.share).map(|(a, b)| a - b).collect(),
            ..builders
        },
        _ => Path {
            years: Vec::new(),
            share: vec![f64::NAN],
            part: Vec::new(),
            whole: Vec::new(),
            own: Vec::new(),
        },
    }
}

fn variants(series: &[&Series]) -> Vec<Variant> {
    let mut variants = Vec::new();
    for one in series {
        let sets = [
            ("electrical and optical", one.map.electrical.clone()),
            ("machinery, electronics, vehicles", branches::assembled(&one.sectors)),
        ];
        for (name, sectors) in sets.iter().filter(|(_, sectors)| branches::any(sectors)) {
            for (of, what) in [(Index::Gap, "VS1 - VS"), (Index::Forward, "VS1")] {
                for (without_mining, mining) in mining_choices(one) {
                    let path = gap(one, sectors, of, without_mining);
                    if defined(&path) {
                        variants.push(Variant::new(one, &[what, name, mining], vec![path]));
                    }
                }
            }
        }
    }
    variants
}

struct Own {
    conditions: Vec<Condition>,
    lines: Vec<String>,
}

/// What each builder did by itself: VS1 up, VS not up.
fn own_trends(
    series: &Series,
    sectors: &[bool],
    without_mining: bool,
    options: &ClaimOptions,
) -> Result<Own, ClaimError> {
    let mut lines = Vec::new();
    let words =
        |value: f64, interval: Interval| format!("{value:+.2} [{:+.2}, {:+.2}]", interval.low, interval.high);
    for (group, name) in [(BUILDERS, "builder"), (ASSEMBLERS, "assembler")] {
        for s in group.of(series) {
            let code = &series.economies[s];
            let forward = index(series, s, sectors, Index::Forward, without_mining);
            let backward = index(series, s, sectors, Index::Backward, without_mining);
            let (f, fi) = trend_of(std::slice::from_ref(&forward), options, &format!("C35 VS1 {code}"))?;
            let (b, bi) = trend_of(std::slice::from_ref(&backward), options, &format!("C35 VS {code}"))?;
            let last = forward.share.len() - 1;
            lines.push(format!(
                "{code} ({name}): VS1 {:.1}% to {:.1}%, {} points a year; VS {:.1}% to {:.1}%, {}",
                100.0 * forward.share[0],
                100.0 * forward.share[last],
                words(f, fi),
                100.0 * backward.share[0],
                100.0 * backward.share[last],
                words(b, bi)
            ));
        }
    }
    let of = |index_: Index, without_mining: bool| -> Vec<Path> {
        BUILDERS.of(series).into_iter().map(|s| index(series, s, sectors, index_, without_mining)).collect()
    };
    let (f, fi) = trend_of(&of(Index::Forward, without_mining), options, "C35 VS1 of builders")?;
    let mut conditions = vec![Condition {
        name: "VS1 of the builders rises".into(),
        holds: fi.low > 0.0,
        found: format!("median builder {} points a year", words(f, fi)),
        otherwise: unless_above_zero(fi),
    }];
    for (without_mining, mining) in mining_choices(series) {
        let label = format!("C35 VS of builders {mining} mining");
        let (b, bi) = trend_of(&of(Index::Backward, without_mining), options, &label)?;
        let refuted = bi.low > MATERIAL;
        let headline = conditions.len() == 1;
        conditions.push(Condition {
            name: match (headline, without_mining) {
                (true, true) => "VS of the builders, without mining, does not rise".into(),
                (true, false) => "VS of the builders does not rise".into(),
                (false, _) => "nor with mining".into(),
            },
            holds: bi.high < MATERIAL,
            found: format!(
                "median builder {} points a year: builders that import more assemble too",
                words(b, bi)
            ),
            // A rise that is clearly material contradicts the claim; one that may be either leaves it open, and so does
            // one that raw materials alone make.
            otherwise: match (refuted, headline) {
                (true, true) => Verdict::NotSupported,
                (true, false) => Verdict::Undetermined(Reason::SignFlips),
                (false, _) => Verdict::Undetermined(Reason::Power),
            },
        });
    }
    Ok(Own { conditions, lines })
}
