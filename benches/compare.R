# The R packages on a canonical CSV: Rscript compare.R TABLE.csv ECONOMIES SECTORS
# One line of JSON a measurement; {"missing": NAME} for a package that is not installed, {"failed": TASK, "error": WHY}
# for a call that stopped, {"setting": TEXT} for R and its BLAS. Called by compare.py.

arguments <- commandArgs(trailingOnly = TRUE)
economies <- as.integer(arguments[2])
sectors <- as.integer(arguments[3])
rows <- economies * sectors

read <- function(path) {
  if (requireNamespace("data.table", quietly = TRUE)) {
    data.table::fread(path, header = TRUE, data.table = FALSE)
  } else {
    read.csv(path, check.names = FALSE)
  }
}
table <- read(arguments[1])
labels <- table[[1]][seq_len(rows)]
industry <- colnames(table)[-1] %in% labels
numbers <- as.matrix(table[seq_len(rows), -1])
z <- unname(numbers[, industry])
storage.mode(z) <- "double"
y <- unname(numbers[, !industry & colnames(table)[-1] != "OUT"])
storage.mode(y) <- "double"
economy <- unique(sub("\\..*", "", labels))
sector <- unique(sub("^[^.]*\\.", "", labels))
# What is held besides the table would count in every peak.
rm(table, numbers)

peak <- function() {
  status <- tryCatch(readLines("/proc/self/status"), error = function(e) character())
  line <- grep("^VmHWM", status, value = TRUE)
  if (length(line)) as.numeric(gsub("[^0-9]", "", line)) / 1024 else NA
}
forget_peak <- function() try(cat("5", file = "/proc/self/clear_refs"), silent = TRUE)

installed <- function(package) nzchar(system.file(package = package))

# Each in a process of its own: what R frees it does not always give back, and the next peak would hold it.
measure <- function(package, task, work, gap = function(result) NA) {
  if (!installed(package)) return(invisible())
  failed <- function(why) {
    sprintf('{"failed": "%s %s", "error": "%s"}\n', package, task, gsub('["\\\\\n]', " ", why))
  }
  line <- parallel::mccollect(parallel::mcparallel(
    tryCatch(measured(package, task, work, gap), error = function(e) failed(conditionMessage(e)))
  ))[[1]]
  cat(if (is.character(line)) line else failed("the process ended"))
}
# The best of three runs, but one is enough of what takes minutes. `gap` is asked of the last result, outside time and
# peak.
measured <- function(package, task, work, gap) {
  loadNamespace(package)
  result <- NULL
  gc()
  forget_peak()
  elapsed <- numeric()
  while (length(elapsed) == 0 || (length(elapsed) < 3 && elapsed[1] < 60)) {
    # The result of the run before is no part of this one's memory.
    result <- NULL
    elapsed <- c(elapsed, system.time(result <- work())[["elapsed"]])
  }
  memory <- peak()
  sprintf(
    '{"tool": "%s", "version": "%s", "task": "%s", "seconds": %.4f, "peak_mib": %s, "accuracy": %s}\n', package,
    as.character(utils::packageVersion(package)), task, min(elapsed), number(memory, "%.0f"),
    number(gap(result), "%.2e")
  )
}
# Only what was not measured is null: a gap that is no number must show.
number <- function(value, format) {
  if (is.nan(value)) return("NaN")
  if (is.na(value)) "null" else if (is.infinite(value)) "Infinity" else sprintf(format, value)
}

# The worst unit's gap between its exports and what its terms add up to, relative to all exports of its exporter: as the
# engine measures its own.
worst_gap <- function(terms, exports, exporter) {
  exporter <- as.integer(exporter)
  max(abs(Reduce(`+`, terms) - exports) / rowsum(exports, exporter)[as.character(exporter), ])
}
# One row a unit, the terms in columns.
gap_of_rows <- function(exports, terms) {
  function(result) worst_gap(as.list(result)[terms], result[[exports]], result[["Exporting_Country"]])
}
# One matrix a term, exporting industries x importers.
gap_of_matrices <- function(terms) {
  exporter <- rep(rep(seq_len(economies), each = sectors), economies)
  function(result) worst_gap(lapply(result[terms], c), c(result$EXGR), exporter)
}

cat(sprintf('{"setting": "R %s, BLAS %s"}\n', getRversion(), extSoftVersion()[["BLAS"]]))
for (package in c("decompr", "icio", "exvatools", "gvc")) {
  if (!installed(package)) cat(sprintf('{"missing": "%s"}\n', package))
}

decompr_table <- function() decompr::load_tables_vectors(x = z, y = y, k = economy, i = sector)
icio_table <- function() icio::load_icio(z, y, economy, sector)
wwz_terms <- c(
  "DVA_FIN", "DVA_INT", "DVA_INTrexI1", "DVA_INTrexF", "DVA_INTrexI2", "RDV_INT", "RDV_FIN", "RDV_FIN2", "OVA_FIN",
  "MVA_FIN", "OVA_INT", "MVA_INT", "DDC_FIN", "DDC_INT", "ODC", "MDC"
)
# icio carries on decompr with the same functions.
for (package in c("decompr", "icio")) {
  build <- if (package == "decompr") decompr_table else icio_table
  call <- function(name, ...) getExportedValue(package, name)(build(), ...)
  measure(package, "leontief:sector", function() call("leontief"), function(result) {
    by_user <- matrix(result[["FVAX"]], rows)
    home <- rep(seq_len(economies), each = sectors)
    exports <- rowSums(z * outer(home, home, "!=")) + rowSums(y * outer(home, seq_len(economies), "!="))
    worst_gap(list(rowSums(by_user)), exports, home)
  })
  measure(package, "wwz:bilateral-sector", function() call("wwz"), gap_of_rows("texp", wwz_terms))
  # No gap: the last of its nine terms is what exports leave over.
  measure(package, "kww:country", function() call("kww"))
  for (approach in c("source", "sink")) {
    measure(package, paste0("bm-", approach, ":bilateral-sector"), function() {
      call("bm", aggregation = "bilateral", perspective = "exporter", approach = approach)
    }, gap_of_rows("GEXP", c("DC", "FC")))
  }
  measure(package, "bm-self:bilateral-sector", function() {
    call("bm", aggregation = "bilateral", perspective = "self")
  }, gap_of_rows("GEXP", c("DC", "FC")))
}

# Not quiet, it prints summaries, which are no part of the work.
exvatools_decomposition <- function(method, output) {
  table <- exvatools::make_custom_wio(
    df = cbind(z, y), g_names = economy, n_names = sector, fd_names = "FD", quiet = TRUE
  )
  exvatools::make_exvadec(table, exporter = "all", method = method, output = output, quiet = TRUE)
}
# `standard` gives the thirteen terms that decompr and the engine give.
measure("exvatools", "bm-source:bilateral-sector", function() {
  exvatools_decomposition("bm_src", "standard")
}, gap_of_matrices(c("VAX", "REF", "DDC", "FVA", "FDC")))
# `terms`: all sixteen, where `standard` adds them up to eight.
measure("exvatools", "wwz:bilateral-sector", function() exvatools_decomposition("wwz", "terms"), gap_of_matrices(c(
  "DVA_FIN", "DVA_INT", "DVA_INTrex1", "DVA_INTrex2", "DVA_INTrex3", "RDV_FIN1", "RDV_FIN2", "RDV_INT", "DDC_FIN",
  "DDC_INT", "FVA_FIN1", "FVA_FIN2", "FVA_INT1", "FVA_INT2", "MDC", "ODC"
)))

measure("gvc", "vs1 (e2r):sector", function() gvc::e2r(decompr::leontief(decompr_table())))
# On decompr's object `upstream` finds only the imported coefficients (`A` matches `Am`); icio's has all.
if (installed("icio")) {
  measure("gvc", "upstream:sector", function() gvc::upstream(icio_table()))
}
