//! Levels of a result: one row an economy, a sector, a pair, or a sector and a partner.

/// How finely a result is told.
///
/// ```
/// use vadex::level::Level;
///
/// assert_eq!(Level::find("bilateral-sector"), Some(Level::BilateralSector));
/// assert_eq!(Level::Sector.to_string(), "sector");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// One row an exporting economy.
    #[default]
    Country,
    /// One row an exporting economy and sector.
    Sector,
    /// One row a pair of exporter and partner.
    Bilateral,
    /// One row an exporting economy and sector and a partner.
    BilateralSector,
}

impl Level {
    /// Every level, from coarse to fine.
    pub const ALL: [Self; 4] = [Self::Country, Self::Sector, Self::Bilateral, Self::BilateralSector];

    /// Flat id, as on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Sector => "sector",
            Self::Bilateral => "bilateral",
            Self::BilateralSector => "bilateral-sector",
        }
    }

    /// The level of an id; nothing for a word that is none.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.id() == id)
    }

    /// Rows of a result of the whole table with `rows` rows and `economies` economies.
    pub fn size(self, rows: usize, economies: usize) -> usize {
        match self {
            Self::Country => economies,
            Self::Sector => rows,
            Self::Bilateral => economies * economies,
            Self::BilateralSector => rows * economies,
        }
    }

    /// Does a row name a partner?
    pub fn has_partner(self) -> bool {
        matches!(self, Self::Bilateral | Self::BilateralSector)
    }

    /// Does a row name a sector?
    pub fn has_sector(self) -> bool {
        matches!(self, Self::Sector | Self::BilateralSector)
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.id())
    }
}
