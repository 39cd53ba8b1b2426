# The R packages on a canonical CSV: Rscript compare.R TABLE.csv ECONOMIES SECTORS
# One line of JSON a measurement; {"missing": NAME} for a package that is not installed. Called by compare.py.

arguments <- commandArgs(trailingOnly = TRUE)
economies <- as.integer(arguments[2])
sectors <- as.integer(arguments[3])
rows <- economies * sectors

read <- function(path) {
  if (requireNamespace("data.table", quietly = TRUE)) {
    as.data.frame(data.table::fread(path, data.table = FALSE))
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
output <- rowSums(z) + rowSums(y)
value_added <- output - colSums(z)
economy <- unique(sub("\\..*", "", labels))
sector <- unique(sub("^[^.]*\\.", "", labels))

peak <- function() {
  status <- tryCatch(readLines("/proc/self/status"), error = function(e) character())
  line <- grep("^VmHWM", status, value = TRUE)
  if (length(line)) as.numeric(gsub("[^0-9]", "", line)) / 1024 else NA
}
forget_peak <- function() try(cat("5", file = "/proc/self/clear_refs"), silent = TRUE)

measure <- function(package, task, work) {
  if (!requireNamespace(package, quietly = TRUE)) return(invisible())
  gc()
  forget_peak()
  elapsed <- min(replicate(3, system.time(work())[["elapsed"]]))
  memory <- peak()
  cat(sprintf(
    '{"tool": "%s", "version": "%s", "task": "%s", "seconds": %.4f, "peak_mib": %s}\n', package,
    as.character(utils::packageVersion(package)), task, elapsed, if (is.na(memory)) "null" else sprintf("%.0f", memory)
  ))
}

for (package in c("decompr", "icio", "exvatools", "gvc")) {
  if (!requireNamespace(package, quietly = TRUE)) cat(sprintf('{"missing": "%s"}\n', package))
}

decompr_table <- function() decompr::load_tables_vectors(x = z, y = y, k = economy, i = sector, o = output)
measure("decompr", "leontief:sector", function() decompr::leontief(decompr_table()))
measure("decompr", "wwz:bilateral-sector", function() decompr::wwz(decompr_table()))
measure("decompr", "kww:country", function() decompr::kww(decompr_table()))
for (approach in c("source", "sink")) {
  measure("decompr", paste0("bm-", approach, ":bilateral-sector"), function() {
    decompr::bm(decompr_table(), aggregation = "bilateral", perspective = "exporter", approach = approach)
  })
}
icio_table <- function() icio::load_icio(z, y, economy, sector, output, value_added)
measure("icio", "bm:country", function() icio::decomp(icio_table(), method = "bm"))
measure("icio", "wwz:bilateral-sector", function() icio::decomp(icio_table(), method = "wwz"))
exvatools_table <- function() {
  exvatools::make_custom_wio(
    df = cbind(z, y), g_names = economy, n_names = sector, fd_names = "FD"
  )
}
measure("exvatools", "bm-source:bilateral-sector", function() {
  exvatools::make_exvadec(exvatools_table(), exporter = "all", method = "bm_src")
})
measure("exvatools", "wwz:bilateral-sector", function() {
  exvatools::make_exvadec(exvatools_table(), exporter = "all", method = "wwz")
})
measure("gvc", "upstream and vs1 (e2r)", function() {
  object <- decompr_table()
  gvc::upstream(object)
  gvc::e2r(decompr::leontief(object))
})
