//! The papers behind the indicators, each once.

use crate::decompose::Citation;

const fn cite(authors: &'static str, work: &'static str, doi: &'static str) -> Citation {
    Citation { authors, work, doi }
}

pub(super) const KOOPMAN_POWERS_WANG_WEI_2010: Citation = cite(
    "Koopman, Powers, Wang and Wei (2010)",
    "Give credit where credit is due: tracing value added in global production chains. NBER Working Paper 16426",
    "10.3386/w16426",
);
pub(super) const WANG_WEI_YU_ZHU_2017_PARTICIPATION: Citation = cite(
    "Wang, Wei, Yu and Zhu (2017)",
    "Measures of participation in global value chains and global business cycles. NBER Working Paper 23222",
    "10.3386/w23222",
);
pub(super) const WANG_WEI_YU_ZHU_2017_LENGTH: Citation = cite(
    "Wang, Wei, Yu and Zhu (2017)",
    "Characterizing global value chains: production length and upstreamness. NBER Working Paper 23261",
    "10.3386/w23261",
);
pub(super) const BORIN_MANCINI_2023: Citation = cite(
    "Borin and Mancini (2023)",
    "Measuring what matters in value-added trade. Economic Systems Research 35(4), 586-613",
    "10.1080/09535314.2022.2153221",
);
pub(super) const BORIN_MANCINI_TAGLIONI_2025: Citation = cite(
    "Borin, Mancini and Taglioni (2025)",
    "Economic consequences of trade and global value chain integration: a measurement perspective. World Bank \
     Economic Review",
    "10.1093/wber/lhaf017",
);
pub(super) const ANTRAS_CHOR_FALLY_HILLBERRY_2012: Citation = cite(
    "Antras, Chor, Fally and Hillberry (2012)",
    "Measuring the upstreamness of production and trade flows. American Economic Review 102(3), 412-416",
    "10.1257/aer.102.3.412",
);
pub(super) const ANTRAS_CHOR_2013: Citation = cite(
    "Antras and Chor (2013)",
    "Organizing the global value chain. Econometrica 81(6), 2127-2204",
    "10.3982/ECTA10813",
);
pub(super) const ANTRAS_CHOR_2018: Citation = cite(
    "Antras and Chor (2018)",
    "On the measurement of upstreamness and downstreamness in global value chains. NBER Working Paper 24185",
    "10.3386/w24185",
);
pub(super) const DIETZENBACHER_ROMERO_2007: Citation = cite(
    "Dietzenbacher and Romero (2007)",
    "Production chains in an interregional framework: identification by means of average propagation lengths. \
     International Regional Science Review 30(4), 362-383 (after Dietzenbacher, Romero and Bosma 2005)",
    "10.1177/0160017607305366",
);
pub(super) const TIMMER_LOS_STEHRER_DE_VRIES_2013: Citation = cite(
    "Timmer, Los, Stehrer and de Vries (2013)",
    "Fragmentation, incomes and jobs: an analysis of European competitiveness. Economic Policy 28(76), 613-661",
    "10.1111/1468-0327.12018",
);
pub(super) const TIMMER_ERUMBAN_LOS_STEHRER_DE_VRIES_2014: Citation = cite(
    "Timmer, Erumban, Los, Stehrer and de Vries (2014)",
    "Slicing up global value chains. Journal of Economic Perspectives 28(2), 99-118",
    "10.1257/jep.28.2.99",
);
pub(super) const LOS_TIMMER_DE_VRIES_2015: Citation = cite(
    "Los, Timmer and de Vries (2015)",
    "How global are global value chains? A new approach to measure international fragmentation. Journal of Regional \
     Science 55(1), 66-92",
    "10.1111/jors.12121",
);
pub(super) const JOHNSON_NOGUERA_2012: Citation = cite(
    "Johnson and Noguera (2012)",
    "Accounting for intermediates: production sharing and trade in value added. Journal of International Economics \
     86(2), 224-236",
    "10.1016/j.jinteco.2011.10.003",
);
pub(super) const BALASSA_1965: Citation = cite(
    "Balassa (1965)",
    "Trade liberalisation and revealed comparative advantage. The Manchester School 33(2), 99-123",
    "10.1111/j.1467-9957.1965.tb00050.x",
);
pub(super) const KOOPMAN_WANG_WEI_2014: Citation = cite(
    "Koopman, Wang and Wei (2014)",
    "Tracing value-added and double counting in gross exports. American Economic Review 104(2), 459-494",
    "10.1257/aer.104.2.459",
);
pub(super) const MILLER_BLAIR_2009: Citation = cite(
    "Miller and Blair (2009), chapter 12, after Rasmussen (1956) and Hirschman (1958)",
    "Input-output analysis: foundations and extensions, 2nd edition. Cambridge University Press",
    "10.1017/CBO9780511626982",
);
pub(super) const MILLER_BLAIR_2009_CLOSED: Citation = cite(
    "Miller and Blair (2009), sections 2.5 and 6.2.2",
    "Input-output analysis: foundations and extensions, 2nd edition. Cambridge University Press",
    "10.1017/CBO9780511626982",
);
pub(super) const CHENERY_WATANABE_1958: Citation = cite(
    "Chenery and Watanabe (1958)",
    "International comparisons of the structure of production. Econometrica 26(4), 487-521",
    "10.2307/1907514",
);
pub(super) const DIETZENBACHER_1992: Citation = cite(
    "Dietzenbacher (1992)",
    "The measurement of interindustry linkages: key sectors in the Netherlands. Economic Modelling 9(4), 419-437",
    "10.1016/0264-9993(92)90024-X",
);
pub(super) const DIETZENBACHER_LAHR_2013: Citation = cite(
    "Dietzenbacher and Lahr (2013)",
    "Expanding extractions. Economic Systems Research 25(3), 341-360",
    "10.1080/09535314.2013.774266",
);
pub(super) const OOSTERHAVEN_STELDER_2002: Citation = cite(
    "Oosterhaven and Stelder (2002)",
    "Net multipliers avoid exaggerating impacts: with a bi-regional illustration for the Dutch transportation sector. \
     Journal of Regional Science 42(3), 533-543",
    "10.1111/1467-9787.00270",
);
pub(super) const DIETZENBACHER_1997: Citation = cite(
    "Dietzenbacher (1997)",
    "In vindication of the Ghosh model: a reinterpretation as a price model. Journal of Regional Science 37(4), \
     629-651",
    "10.1111/0022-4146.00073",
);
pub(super) const BALDWIN_FREEMAN_THEODORAKOPOULOS_2023: Citation = cite(
    "Baldwin, Freeman and Theodorakopoulos (2023)",
    "Hidden exposure: measuring US supply chain reliance. NBER Working Paper 31820",
    "10.3386/w31820",
);
