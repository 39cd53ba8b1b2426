//! Socio-economic accounts of the World Input-Output Database: jobs, hours, labour and capital income. Money is in national
//! currency and is converted at the rates that the table implies ([`SocioEconomicAccounts`]).

use super::{Published, SatelliteImporter};
use crate::load::wiod13_sea::{OF_2013, OF_2016, SocioEconomicAccounts, release_of};
use crate::load::{LoadError, Source};
use crate::table::AccountVariable;

/// Reader of the accounts of one release.
#[derive(Debug)]
pub enum WiodSea {
    /// 41 economies of 35 industries, 1995 to 2011.
    Of2013,
    /// 43 economies of 56 industries, 2000 to 2014.
    Of2016,
}

impl SatelliteImporter for WiodSea {
    fn id(&self) -> &'static str {
        match self {
            Self::Of2013 => OF_2013,
            Self::Of2016 => OF_2016,
        }
    }

    fn summary(&self) -> &'static str {
        match self {
            Self::Of2013 => {
                "WIOD, 2013 release: socio-economic accounts as published (*_July14.xlsx), or as one Parquet file"
            }
            Self::Of2016 => {
                "WIOD, 2016 release: socio-economic accounts as published (Socio_Economic_Accounts.xlsx)"
            }
        }
    }

    fn recognises(&self, source: &Source) -> bool {
        release_of(source) == Some(self.id())
    }

    fn accounts(&self, source: &Source) -> Result<Vec<AccountVariable>, LoadError> {
        Ok(SocioEconomicAccounts::read(source)?.variables())
    }

    fn read(
        &self,
        source: &Source,
        _position: usize,
        account: &AccountVariable,
    ) -> Result<Published, LoadError> {
        // All accounts are few, and money needs gross output beside it.
        Ok(Published::SocioEconomic(SocioEconomicAccounts::read(source)?, account.name.clone()))
    }
}
