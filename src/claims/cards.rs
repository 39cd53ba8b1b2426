//! The ledger in words: what each claim says, who says it, what would follow, what others found.
//!
//! Sources: the seed texts are an industrial-innovation brief (S0), Lauridsen on industrial policy and global value chains
//! (S1), Ernst on innovation offshoring (S2), and handbook entries on industrial upgrading (S3) and industrial
//! cooperation (S4). Comparators are published figures, with their authors.

use super::Card;

const ANY_SERIES: &str = "any table series of ten years or more";
const WORLD_SERIES: &str = "an inter-country table series";

pub(super) static C1: Card = Card {
    id: "C1",
    statement: "Entering global chains thins the domestic value added in exports",
    source: "Lauridsen, after Milberg, Jiang and Gereffi (2014)",
    hypothesis: "after its backward participation starts to rise, an economy's domestic share of exports falls, because inputs are sourced abroad",
    indicator: "foreign share of exports: VS (Hummels, Ishii and Yi), foreign content, 1 - VAX ratio; import content of the marginal export",
    data: ANY_SERIES,
    test: "trend and quadratic with a bootstrap of AR(1) innovations joint over economies; Benjamini-Hochberg over economies; specification curve; Shapley decomposition of the rise; event study (descriptive)",
    comparators: &[
        "Hummels, Ishii and Yi (2001): VS 21% of exports in 14 countries, up by about 30% 1970-90",
        "Johnson and Noguera (2017): world VAX ratio down 10 points 1970-2009, manufactures 20",
    ],
    cannot_say: "Ordinary tables understate VS where processing exporters import more than others (China, Mexico). A falling share says nothing about the level of domestic value added, which stands beside it. Without previous-year prices the rise cannot be cleared of relative prices beyond leaving mining out.",
};

pub(super) static C2: Card = Card {
    id: "C2",
    statement: "After upgrading, domestic value added in exports thickens again",
    source: "Lauridsen, after Milberg, Jiang and Gereffi (2014)",
    hypothesis: "the foreign share of exports rises and then falls (inverted U), and the fall is due to domestic sourcing, not to the mix of exports, prices or a slump",
    indicator: "turn of the foreign share: the weaker of its rise at the start and its fall at the end; Shapley decomposition of the fall",
    data: ANY_SERIES,
    test: "slopes at both ends of a quadratic by a joint bootstrap of AR(1) innovations (the larger p, after Lind and Mehlum), Fieller set inside the sample, peak and a fall that lasts three years, cubic as the rival; Benjamini-Hochberg over economies; specification curve; 2009 and mining left out",
    comparators: &[
        "Kee and Tang (2016): China's domestic share 65 to 70%, 2000-07",
        "Koopman, Wang and Wei (2012): China's manufactures about 50% before, 60% after joining the WTO",
        "Pei et al.: China's VS 21% (1997) to 30% (2005)",
        "Duan et al.: China's VS up 2000-04, down to 2012",
        "TiVA: foreign content of China's exports 21.9% (2008) to 17.2% (2018)",
        "Lee, Szapiro and Mao (2018): a third phase, in-out-in",
    ],
    cannot_say: "That the turn follows upgrading rather than protection, exchange rates or the size of the home market. Processing exports are not apart, so the level of the foreign share is too low for China and Mexico.",
};

pub(super) static C3: Card = Card {
    id: "C3",
    statement: "Global suppliers localise first, domestic firms later",
    source: "Lauridsen, on the order of localisation",
    hypothesis: "the rise of the domestic share is led by foreign-owned value added, whose part then falls",
    indicator: "domestic value added in exports split by owner",
    data: "value added by owner (OECD AMNE inter-country tables), given as shares with --ownership",
    test: "trend of the foreign-owned part with a joint bootstrap of AR(1) innovations",
    comparators: &[],
    cannot_say: "The early phase of China and Korea: ownership tables start in 2000.",
};

pub(super) static C4: Card = Card {
    id: "C4",
    statement: "Two families of chains: vertically specialised ones thin, additive resource chains do not",
    source: "Lauridsen, after Kaplinsky and Morris (2016)",
    hypothesis: "the domestic share is lower and falls faster in textiles, machinery, electronics and vehicles than in agro, mining, wood, paper, fuels and metals",
    indicator: "VS of the two groups of sectors: level and slope",
    data: ANY_SERIES,
    test: "difference of mean slopes with a bootstrap over economies, paired sign test; repeated without mining",
    comparators: &["Kaplinsky and Morris call thinning a strategy: a falling share is not a failure"],
    cannot_say: "Whether linkages were formed on purpose; relative prices of resources move both groups.",
};

pub(super) static C5: Card = Card {
    id: "C5",
    statement: "Import-dependent growth is thin, and poorer",
    source: "Lauridsen, on import-dependent export growth",
    hypothesis: "a higher VS goes with slower growth of the value added in exports",
    indicator: "growth of domestic value added in exports against the change of VS",
    data: ANY_SERIES,
    test: "panel with economy and year effects, errors clustered by economy, wild cluster bootstrap",
    comparators: &[
        "Kummritz (2015): positive for middle and high incomes",
        "Fagerberg, Lundvall and Srholec (2018): no growth gain in 125 countries 1997-2013",
        "Constantinescu et al.: 10% more participation, 1.7% more productivity",
    ],
    cannot_say: "What causes what: exports stand in the denominator of VS. Growth is in one currency at current prices.",
};

pub(super) static C6: Card = Card {
    id: "C6",
    statement: "Of an iPhone 4's retail price, a few dollars are added where it is assembled",
    source: "Lauridsen, after OECD (2011): retail 600, factory gate 194, Chinese value added 6.5, Apple 270",
    hypothesis: "the published account adds up, and tracing its parts through a table does not overturn it",
    indicator: "arithmetic of the account; value added by origin, direct and traced",
    data: "the product account (embedded) and a world table of its year",
    test: "checks of the account at stated tolerance; tracing; exact bounds over what is not allocated",
    comparators: &["Xing and Detert (2010) for the 3G; Kraemer, Linden and Dedrick (2011) for value capture"],
    cannot_say: "What the unallocated part hides; margins booked where no work is done.",
};

pub(super) static C7: Card = Card {
    id: "C7",
    statement: "Assemblers earn an order of magnitude less on sales than the lead firm",
    source: "Lauridsen, after press reports of margins of 1.7% and 0.8%",
    hypothesis: "operating margins of assemblers are at most a tenth of the lead firm's, over several years",
    indicator: "operating margin of assemblers over that of the lead firm, by date",
    data: "margins by firm and quarter (embedded with the product accounts)",
    test: "ratio of dated margins",
    comparators: &[
        "Hon Hai 0.9% (Q1 2012), 3.7% (Q4 2012); Apple 39.3% in a quarter of 2012, 28.2% in fiscal 2010",
    ],
    cannot_say: "A single quarter is not a margin of the business; accounting rules changed in between.",
};

pub(super) static C8: Card = Card {
    id: "C8",
    statement: "The lead firm keeps the ends of the chain that are rich in rents",
    source: "Lauridsen, on value capture",
    hypothesis: "income that is neither labour nor tangible capital is large and rises, and sits with the lead economy",
    indicator: "income without a factor (Chen, Los and Timmer) as a share of final output",
    data: "labour compensation, capital stocks and user costs by industry",
    test: "level and trend of the residual",
    comparators: &["Chen, Los and Timmer: rising 2000-08, durables most"],
    cannot_say: "Which firm earns it.",
};

pub(super) static C9: Card = Card {
    id: "C9",
    statement: "Intermediates are half of world trade",
    source: "Lauridsen, on trade in intermediates",
    hypothesis: "the share of goods exports that the buyer uses as an input lies between 45 and 60%",
    indicator: "exports for intermediate use over exports, goods",
    data: WORLD_SERIES,
    test: "share by year with a bootstrap over economies",
    comparators: &["Miroudot, Lanz and Ragoussis (2009): 56% of goods, 73% of services"],
    cannot_say: "Tables split uses by proportional rules; broad economic categories give another share.",
};

pub(super) static C10: Card = Card {
    id: "C10",
    statement: "Made in the world: a tariff hits the own exports of whoever sets it",
    source: "Lauridsen, after Lamy",
    hypothesis: "own value added that returns in imports is a material part of the tariff base",
    indicator: "returned value added; cumulative tariff on own value added",
    data: "a world table and a tariff matrix",
    test: "arithmetic by economy",
    comparators: &[],
    cannot_say: "How trade would respond.",
};

pub(super) static C11: Card = Card {
    id: "C11",
    statement: "Chains turn from global to regional",
    source: "Lauridsen, on regional chains",
    hypothesis: "the part of foreign content that comes from the own region rises",
    indicator: "intra-region share of foreign value added",
    data: WORLD_SERIES,
    test: "trend by economy, rest of the world left out",
    comparators: &["Los, Timmer and de Vries (2015): value added from outside the region grew faster"],
    cannot_say: "The rest of the world hides much of South-East Asia in WIOD.",
};

pub(super) static C12: Card = Card {
    id: "C12",
    statement: "Trade among developing economies grows faster than their size explains",
    source: "Lauridsen, on South-South trade",
    hypothesis: "the intensity of South-South value-added trade rises, size accounted for",
    indicator: "South-South share of world VAX over the product of shares",
    data: WORLD_SERIES,
    test: "trend of the intensity",
    comparators: &[],
    cannot_say: "WIOD names few southern economies; the rest is one block.",
};

pub(super) static C13: Card = Card {
    id: "C13",
    statement: "Large emerging economies become end-markets of the chains",
    source: "Lauridsen, on shifting end-markets",
    hypothesis: "the share of value-added exports that large emerging economies finally absorb rises",
    indicator: "share of foreign value added absorbed by BRICS",
    data: WORLD_SERIES,
    test: "trend with a bootstrap of AR(1) innovations",
    comparators: &[],
    cannot_say: "Standards and quality in those markets.",
};

pub(super) static C14: Card = Card {
    id: "C14",
    statement: "Production concentrates in a few emerging economies",
    source: "Lauridsen, on consolidation of chains",
    hypothesis: "the concentration of value added by origin rises within product chains",
    indicator: "Herfindahl index and top-four share of origins",
    data: WORLD_SERIES,
    test: "trend with a bootstrap of AR(1) innovations",
    comparators: &[],
    cannot_say: "Consolidation of supplier firms needs firm data. Concentration within the rest of the world is not seen.",
};

pub(super) static C15: Card = Card {
    id: "C15",
    statement: "Terms of trade of labour-intensive exporters fall since 2000",
    source: "Lauridsen, on terms of trade",
    hypothesis: "export prices of economies specialised in labour-intensive manufactures fall against their import prices, more than elsewhere, and the price of own value added against that of the foreign value added absorbed",
    indicator: "net barter terms of trade of goods; beside it income terms of trade and the price of own value added against that of foreign value added absorbed",
    data: "tables in previous-year prices",
    test: "trend since 2000 with a joint bootstrap of AR(1) innovations, economies with a comparative advantage in value added in labour-intensive manufactures; against other economies, without mining, and in value added; Benjamini-Hochberg over economies; specification curve",
    comparators: &[
        "UNCTAD (2016): net barter 1980-2014 a year, developing -0.6%, exporters of manufactures -1.1%, Asian ones -1.5%, with income terms of trade of +6.2 and +10.4%",
    ],
    cannot_say: "Quality change within prices. Price indices of value added by double deflation take up what is wrong in those of output and inputs.",
};

pub(super) static C16: Card = Card {
    id: "C16",
    statement: "Export demand is not the main source of growth",
    source: "Lauridsen, on export-led growth",
    hypothesis: "foreign final demand accounts for less than half of GDP growth",
    indicator: "part of the change of GDP due to foreign final demand",
    data: WORLD_SERIES,
    test: "structural decomposition by economy, exact Shapley",
    comparators: &[],
    cannot_say: "Spill-overs of exporting on productivity; what domestic demand would have been without export income.",
};

pub(super) static C17: Card = Card {
    id: "C17",
    statement: "Joining chains worked for Thailand as building them did for Korea and Taiwan",
    source: "Lauridsen, after Baldwin (2011)",
    hypothesis: "at equal years since take-off the joiner is not below the builders in domestic value added and forward participation",
    indicator: "domestic share, VS1, domestic multiplier of machinery, electronics and vehicles",
    data: "an inter-country series with the economies compared",
    test: "comparison of joiners and builders; sourcing decomposition",
    comparators: &["Lee, Qu and Mao (2021): China best, Thailand second, Malaysia last"],
    cannot_say: "Take-offs before 1995; builders can thin too.",
};

pub(super) static C18: Card = Card {
    id: "C18",
    statement: "Malaysia stalled in assembly",
    source: "Lauridsen, after Rasiah (2011)",
    hypothesis: "a break near 2000 in the growth of manufacturing value added, and flat domestic shares in electronics",
    indicator: "growth of manufacturing value added against Taiwan, Korea and China, domestic share of electronics, functions",
    data: "a series with Malaysia from 1996 or before, in previous-year prices too; functions and jobs where given",
    test: "change of mean growth at 2000 with a bootstrap of AR(1) innovations; sup-F at no given date; trend of the domestic share",
    comparators: &["manufacturing share of GDP 26.9% (1990), 32.3% (2000), 30.1% (2007)"],
    cannot_say: "Skills of foreign workers. Few years lie before the break, and the crisis of 1998 is one of them; at current prices growth holds rates of exchange.",
};

pub(super) static C19: Card = Card {
    id: "C19",
    statement: "Simple export processing does not sustain development",
    source: "Lauridsen, on export processing",
    hypothesis: "exporters with high foreign content and little forward participation grow less afterwards",
    indicator: "growth of domestic value added and jobs in exports over the five years that follow, of exporters with more than half of foreign content and less than a tenth of VS1 against others",
    data: "processing rows of exporters (OECD ICIO CN1, CN2, MX1, MX2), jobs of these parts (--accounts)",
    test: "panel regression on being of the type with effects of years (of exporters too in the specifications), parts of split economies as exporters of their own, errors clustered by economy, wild cluster bootstrap; specification curve",
    comparators: &[],
    cannot_say: "What causes what: income a head is not held fixed. Few exporters are of the type, so the power is low. Who has left the type counts among the others from then on: what processing led to is not followed.",
};

pub(super) static C20: Card = Card {
    id: "C20",
    statement: "Ordinary exports by domestic firms, not processing, drove China's growth",
    source: "Lauridsen, after Jarreau and Poncet (2012)",
    hypothesis: "gains are confined to ordinary exports of domestic firms",
    indicator: "domestic value added, imports and jobs a dollar of processing and ordinary exports; what both and demand at home add to growth",
    data: "processing rows (OECD ICIO CN1, CN2), jobs of these parts (--accounts); growth by province",
    test: "accounts by kind of export: mean gap a dollar with a bootstrap of AR(1) innovations over years, at the same mix of products too, parts in the growth of value added; specification curve; growth by province is not tested",
    comparators: &[
        "Chen et al. (2012): domestic demand > ordinary > processing exports in value added a dollar",
        "Yang et al. (2015): ordinary tables hide the imports of processing",
    ],
    cannot_say: "The growth half: national tables have no provinces. Whose firms export: parts tell kinds of exports, not owners.",
};

pub(super) static C21: Card = Card {
    id: "C21",
    statement: "Small and least-developed economies gain little; openness as such does not matter",
    source: "Lauridsen, on small economies",
    hypothesis: "the return to participation rises with size and capability",
    indicator: "growth on participation, with interactions",
    data: "many small economies with income and capability measures",
    test: "panel with interactions",
    comparators: &["Fagerberg et al. (2018) agree, the World Development Report (2020) does not"],
    cannot_say: "What causes what.",
};

pub(super) static C22: Card = Card {
    id: "C22",
    statement: "Chains can lead to downgrading (cassava, timber)",
    source: "Lauridsen, footnote on Thailand and Gabon",
    hypothesis: "exports to China move upstream and lose value added a unit",
    indicator: "upstreamness and unit value added of the products",
    data: "product-level trade",
    test: "trend with a joint bootstrap of AR(1) innovations",
    comparators: &[],
    cannot_say: "Products are finer than any table.",
};

pub(super) static C23: Card = Card {
    id: "C23",
    statement: "Opening for intermediates can contract income",
    source: "Lauridsen, on unilateral opening",
    hypothesis: "replacing domestic by imported inputs lowers GDP unless exports rise enough",
    indicator: "change of value added at fixed prices; break-even growth of exports",
    data: "a table; responses of exports and costs",
    test: "scenario: one coefficient block changed and solved again",
    comparators: &[
        "Amiti and Konings (2007), Goldberg et al. (2010): lower input tariffs raise productivity",
    ],
    cannot_say: "Whether it does: a scenario is arithmetic, not an estimate.",
};

pub(super) static C24: Card = Card {
    id: "C24",
    statement: "Efficient importers export more",
    source: "Lauridsen, on imported inputs",
    hypothesis: "a higher share of imported inputs raises export value added",
    indicator: "elasticity of value added in exports to imported inputs",
    data: "tariffs as an instrument",
    test: "panel with instruments",
    comparators: &[],
    cannot_say: "What causes what without the instrument.",
};

pub(super) static C25: Card = Card {
    id: "C25",
    statement: "Local content requirements raise local value",
    source: "Lauridsen and the entry on industrial upgrading, on local content",
    hypothesis: "a forced domestic share raises the value added of the sector and of the economy",
    indicator: "value added of sector and economy; cost push on users; break-even wedge",
    data: "rules with dates; price wedges",
    test: "scenario; before and after",
    comparators: &["OECD model: up in the target sector, down elsewhere, GDP and trade lower"],
    cannot_say: "The sign for the economy depends on the price wedge.",
};

pub(super) static C26: Card = Card {
    id: "C26",
    statement: "Strong domestic linkages give robustness",
    source: "Lauridsen, on domestic linkages",
    hypothesis: "value added fell less in 2009 where inputs were more domestic",
    indicator: "fall of value added in 2009 on the domestic backward linkage",
    data: WORLD_SERIES,
    test: "cross-section with controls for the mix of exports; predicted fall as offset",
    comparators: &[],
    cannot_say: "One crisis is one observation of the world; exchange rates moved in it too.",
};

pub(super) static C27: Card = Card {
    id: "C27",
    statement: "Diversified suppliers reduce exposure",
    source: "entries on industrial upgrading and industrial cooperation, on resilience",
    hypothesis: "economies and sectors with less concentrated suppliers lost less",
    indicator: "concentration of suppliers, direct and looked through, against losses",
    data: WORLD_SERIES,
    test: "cross-section; hypothetical extraction",
    comparators: &["Baldwin, Freeman and Theodorakopoulos: look-through exposure well above face value"],
    cannot_say: "How fast firms find other suppliers.",
};

pub(super) static C28: Card = Card {
    id: "C28",
    statement: "Industrial cooperation raises productivity and innovation",
    source: "entry on industrial cooperation",
    hypothesis: "cooperating firms become more productive than comparable others",
    indicator: "total factor productivity, patents",
    data: "firm or project data",
    test: "difference in differences",
    comparators: &[],
    cannot_say: "Input-output tables do not see cooperation.",
};

pub(super) static C29: Card = Card {
    id: "C29",
    statement: "Participation transmits volatility",
    source: "Lauridsen and the entry on industrial upgrading, on shocks",
    hypothesis: "value added is more volatile where foreign content and VS1 are higher",
    indicator: "standard deviation of growth of value added on participation",
    data: WORLD_SERIES,
    test: "cross-section and panel",
    comparators: &[],
    cannot_say: "What causes what.",
};

pub(super) static C30: Card = Card {
    id: "C30",
    statement: "Local value added may not stay with domestic firms",
    source: "Lauridsen, on ownership",
    hypothesis: "the foreign-owned part of domestic value added in exports exceeds 30% in chain-intensive sectors",
    indicator: "domestic value added in exports by owner",
    data: "value added by owner (--ownership); without it capital income, for bounds; income payments",
    test: "mean over economies; without owners bounds from zero to the capital share",
    comparators: &[],
    cannot_say: "Transfer pricing, and where within the bounds the part lies: labour compensation is taken to stay at home, capital income could go anywhere.",
};

pub(super) static C31: Card = Card {
    id: "C31",
    statement: "Jobs a dollar of exports fall as imported content rises, while wages and productivity grow",
    source: "Lauridsen and the entry on industrial upgrading, on jobs",
    hypothesis: "jobs a dollar of exports fall with VS; productivity and jobs trade off",
    indicator: "jobs in exports a dollar; labour share of chain income",
    data: "a world series with jobs and labour income",
    test: "panel regression with effects of economies and years",
    comparators: &[
        "China: 0.375 (1995), 0.242 (2002), 0.096 (2007) person-years a thousand dollars",
        "Pahl and Timmer (2020): productivity up, no positive effect on jobs",
    ],
    cannot_say: "Decent work.",
};

pub(super) static C32: Card = Card {
    id: "C32",
    statement: "The ends of the chain earn most (smile curve)",
    source: "Lauridsen, on value along the chain",
    hypothesis: "value added a stage is U-shaped in the distance to final demand",
    indicator: "value-added share against upstreamness within product chains",
    data: WORLD_SERIES,
    test: "quadratic in position by least squares, an effect for each chain, errors clustered by economy; U test at both ends",
    comparators: &[],
    cannot_say: "Industries are not functions: headquarters, design and assembly of one firm are one industry. Distribution and marketing after the factory are outside chains valued at basic prices, so the near end of the smile is hardly seen.",
};

pub(super) static C33: Card = Card {
    id: "C33",
    statement: "Functional upgrading is blocked",
    source: "Lauridsen and the entry on industrial upgrading, on functions",
    hypothesis: "specialisation of middle-income economies in R&D does not rise",
    indicator: "functional specialisation index",
    data: "shares of business functions by economy, sector and year (--occupations), labour compensation",
    test: "trend of the index with a joint bootstrap of AR(1) innovations, against a rise that would matter",
    comparators: &["Timmer, Miroudot and de Vries (2019): R&D rises with income, fabrication falls"],
    cannot_say: "Who blocks it.",
};

pub(super) static C34: Card = Card {
    id: "C34",
    statement: "There are four kinds of upgrading",
    source: "entry on industrial upgrading, on upgrading",
    hypothesis: "product, process, functional and sectoral upgrading advance together",
    indicator: "a measure of each, and their correlations",
    data: "a series with jobs and hours; prices and business functions for the product and functional kinds",
    test: "rank correlations over economies, economies resampled",
    comparators: &[],
    cannot_say: "Unit values mix quality and price. Value added a worker is in current prices beside the world's, so exchange rates are in it; process and inter-sectoral measures share value added and jobs, so an error in these moves both.",
};

pub(super) static C35: Card = Card {
    id: "C35",
    statement: "Korea, Taiwan and China moved from assembly to components",
    source: "entry on industrial upgrading, on upgrading in Asia",
    hypothesis: "own value added in others' exports (VS1) rises while VS does not, unlike in Mexico and Central Europe",
    indicator: "VS1 and VS of electrical equipment, upstreamness of exports",
    data: "an inter-country series with the economies compared",
    test: "trends; difference of the two groups",
    comparators: &[],
    cannot_say: "Whose firms make the components; what moved before the tables start. Processing exports are not apart, so VS of China and Mexico is too low.",
};

pub(super) static C36: Card = Card {
    id: "C36",
    statement: "Manufacturing converges, structural change need not help",
    source: "Lauridsen, after Rodrik",
    hypothesis: "productivity converges within manufacturing; reallocation contributes little",
    indicator: "growth of value added a worker on its level, by manufacturing industry; within and between parts of growth",
    data: "tables in previous-year prices and employment",
    test: "pooled cross-section with industry effects, errors clustered by economy; Benjamini-Hochberg over industries; decomposition, mean of southern economies",
    comparators: &["Rodrik (2013): 2.9% a year in 118 countries"],
    cannot_say: "Causes of structural change. A first year that is told too low converges by itself.",
};

pub(super) static C37: Card = Card {
    id: "C37",
    statement: "Innovation is offshored, and the parent gains most",
    source: "Ernst, abstract on innovation offshoring",
    hypothesis: "the foreign share of R&D services in exports rises",
    indicator: "R&D value added by origin",
    data: "R&D as a sector (M72, or --research); owners; payments for intellectual property",
    test: "trend with a joint bootstrap of AR(1) innovations",
    comparators: &[],
    cannot_say: "The parent's gain without income payments.",
};

pub(super) static C38: Card = Card {
    id: "C38",
    statement: "Those who create value do not capture it",
    source: "brief on industrial innovation policy, on value creation and capture",
    hypothesis: "the share of an economy in R&D income exceeds its share in chain income, ever more where it is specialised in R&D",
    indicator: "share in the world's R&D income less share in all income of the chains of manufactures",
    data: "income by function",
    test: "trend of the gap of economies specialised in R&D in the first year, by chain, with a joint bootstrap of AR(1) innovations; manufactures together; Benjamini-Hochberg over chains; specification curve",
    comparators: &[],
    cannot_say: "The middle-income trap: causal (D4). Income is counted where labour works and value is added; what R&D earns elsewhere by licences and transfer prices is not seen.",
};

pub(super) static C39: Card = Card {
    id: "C39",
    statement: "Chains exclude and disarticulate",
    source: "Lauridsen, on exclusion",
    hypothesis: "domestic industries lose while the sector's exports rise",
    indicator: "share of supplying industries that shrink",
    data: "value added in constant prices; tables of regions",
    test: "share with interval",
    comparators: &[],
    cannot_say: "Places within countries.",
};

pub(super) static C40: Card = Card {
    id: "C40",
    statement: "Production comes home (reshoring)",
    source: "entry on industrial upgrading, on reshoring",
    hypothesis: "the domestic share of inputs and of final manufactures of the United States rises after 2010",
    indicator: "domestic share of intermediate inputs and of final manufactures",
    data: "a series that reaches several years beyond 2010",
    test: "trend and break after 2010",
    comparators: &[],
    cannot_say: "Whether firms moved or markets shrank; a few years after 2010 cannot tell a turn from a cycle. Relative prices of imports are in the shares.",
};
