//! Who is in a term: by whom a result is taken apart, and for which of them it is told.

use super::{DecomposeError, METHODS, Method};
use crate::labels::Axis;
use crate::level::Level;

/// Who is in a term: further keys that take every row apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// Whose value added it is.
    Origin,
    /// Whose value added it is, and of which of its industries.
    OriginSector,
    /// Who finally consumes it.
    Absorber,
    /// Which third economy re-exports it (Wang, Wei and Zhu).
    Third,
}

impl Detail {
    /// Every detail, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Origin, Self::OriginSector, Self::Absorber, Self::Third];

    /// The detail's id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::OriginSector => "origin-sector",
            Self::Absorber => "absorber",
            Self::Third => "third",
        }
    }

    /// Key columns that it adds to every row.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Origin => &["origin"],
            Self::OriginSector => &["origin", "origin_sector"],
            Self::Absorber => &["absorber"],
            Self::Third => &["third"],
        }
    }

    /// What a method must know to tell it: whoever tells origins tells their industries, for both are parts of v.
    fn rests_on(self) -> Self {
        if self == Self::OriginSector { Self::Origin } else { self }
    }

    /// Can a method with these details be taken apart this way?
    pub fn is_among(self, details: &[Self]) -> bool {
        details.contains(&self.rests_on())
    }
}

/// How a result is taken apart further: by whom, and for which of them. Nothing asked for leaves it whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Apart {
    /// Details, in the order of their columns.
    pub by: Vec<Detail>,
    /// Origins wanted, on the model's axis; empty means all.
    pub origins: Vec<usize>,
    /// Absorbers wanted; empty means all.
    pub absorbers: Vec<usize>,
}

impl Apart {
    /// By one detail, for everybody.
    pub fn by(detail: Detail) -> Self {
        Self { by: vec![detail], ..Self::default() }
    }

    /// Refuses what a method at a level cannot tell.
    ///
    /// # Errors
    /// A detail that the method does not know or its rows tell already, the same key twice, a choice among origins or
    /// absorbers that are not told, an index that the axis does not have.
    pub fn check(&self, method: &dyn Method, level: Level, axis: &Axis) -> Result<(), DecomposeError> {
        check_details(method, level, &self.by)?;
        for (key, indices) in [("origin", &self.origins), ("absorber", &self.absorbers)] {
            if indices.is_empty() {
                continue;
            }
            if !self.by.iter().any(|detail| detail.keys().contains(&key)) {
                return Err(DecomposeError::ChosenButNotTold { method: method.id(), key });
            }
            let count = axis.n_economies();
            if let Some(&index) = indices.iter().find(|index| **index >= count) {
                return Err(DecomposeError::OutOfRange { filter: key, index, count });
            }
        }
        Ok(())
    }

    /// The industries of each origin, or the origin as a whole?
    pub(super) fn tells_industries(&self) -> bool {
        self.by.contains(&Detail::OriginSector)
    }

    /// Origins to go through; one `None` where none is asked for.
    pub(super) fn origins(&self, economies: usize) -> Vec<Option<usize>> {
        let asked = self.by.iter().any(|detail| detail.rests_on() == Detail::Origin);
        chosen(asked, &self.origins, economies)
    }

    /// The same of absorbers.
    pub(super) fn absorbers(&self, economies: usize) -> Vec<Option<usize>> {
        chosen(self.by.contains(&Detail::Absorber), &self.absorbers, economies)
    }

    /// The same of third economies.
    pub(super) fn thirds(&self, economies: usize) -> Vec<Option<usize>> {
        chosen(self.by.contains(&Detail::Third), &[], economies)
    }
}

fn chosen(asked: bool, wanted: &[usize], economies: usize) -> Vec<Option<usize>> {
    if !asked {
        return vec![None];
    }
    (0..economies).filter(|economy| wanted.is_empty() || wanted.contains(economy)).map(Some).collect()
}

/// Can the rows of a method at a level be taken apart this way?
///
/// # Errors
/// A detail that the method does not know or its rows tell already; the same key twice.
pub fn check_details(method: &dyn Method, level: Level, by: &[Detail]) -> Result<(), DecomposeError> {
    for (position, &detail) in by.iter().enumerate() {
        let told = |key: &&str| method.keys(level).contains(key);
        if detail.keys().iter().any(told) {
            let (level, detail) = (level.id(), detail.id());
            return Err(DecomposeError::DetailIsKey { method: method.id(), level, detail });
        }
        if !detail.is_among(method.details()) {
            return Err(unsupported(method.id(), detail, method.details()));
        }
        let before = by[..position].iter().find(|before| before.rests_on() == detail.rests_on());
        if let Some(before) = before {
            return Err(DecomposeError::DetailTwice { first: before.id(), second: detail.id() });
        }
    }
    Ok(())
}

/// The error of a detail that a method does not know.
pub(super) fn unsupported(method: &'static str, detail: Detail, details: &[Detail]) -> DecomposeError {
    let known: Vec<&str> =
        Detail::ALL.into_iter().filter(|known| known.is_among(details)).map(Detail::id).collect();
    let supported = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    let others: Vec<&str> =
        METHODS.iter().filter(|other| detail.is_among(other.details())).map(|other| other.id()).collect();
    DecomposeError::UnsupportedDetail { method, detail: detail.id(), supported, others: others.join(", ") }
}
