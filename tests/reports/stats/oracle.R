# Numbers of R's survival for the tests: Rscript oracle.R FOLDER
# reads durations.csv (source, effect, patient, days, over) and courses.csv (source, patient, days,
# end), and writes curves.csv, medians.csv and ends.csv beside them.
suppressPackageStartupMessages(library(survival))
folder <- commandArgs(trailingOnly = TRUE)[1]
digits <- function(x) ifelse(is.na(x), "", formatC(x, digits = 15, format = "g"))
write <- function(rows, name) {
  numbers <- sapply(rows, is.numeric)
  rows[numbers] <- lapply(rows[numbers], digits)
  write.csv(rows, file.path(folder, name), row.names = FALSE, quote = FALSE)
}

rows <- read.csv(file.path(folder, "durations.csv"), stringsAsFactors = FALSE)
curves <- list()
medians <- list()
for (group in split(rows, list(rows$source, rows$effect), drop = TRUE)) {
  fit <- survfit(Surv(days, over) ~ 1, data = group, cluster = patient, conf.type = "log-log")
  plain <- survfit(Surv(days, over) ~ 1, data = group, conf.type = "log-log")
  curves[[length(curves) + 1]] <- data.frame(
    source = group$source[1], effect = group$effect[1], time = fit$time, at_risk = fit$n.risk,
    surv = fit$surv, se = fit$std.err, low = fit$lower, high = fit$upper,
    plain_se = plain$std.err * plain$surv)
  # R takes the middle of a flat stretch at exactly 0.5; the smallest time is read off instead.
  first <- function(x, at) { k <- which(x <= at + 1e-9); if (length(k)) fit$time[k[1]] else NA }
  medians[[length(medians) + 1]] <- data.frame(
    source = group$source[1], effect = group$effect[1], n = nrow(group),
    patients = length(unique(group$patient)), median = first(fit$surv, 0.5),
    low = first(fit$lower, 0.5), high = first(fit$upper, 0.5), tenth = first(fit$surv, 0.1),
    tenth_low = first(fit$lower, 0.1), tenth_high = first(fit$upper, 0.1))
}
write(do.call(rbind, curves), "curves.csv")
write(do.call(rbind, medians), "medians.csv")

rows <- read.csv(file.path(folder, "courses.csv"), stringsAsFactors = FALSE)
ends <- list()
for (group in split(rows, rows$source)) {
  group$state <- factor(group$end, levels = c("", sort(setdiff(unique(group$end), ""))))
  group$row <- seq_len(nrow(group))
  # With several states this R leaves `cluster` out of the error, so each row's influence on a
  # share is summed by patient here. Its first column is time 0.
  fit <- survfit(Surv(days, state) ~ 1, data = group, id = row, influence = 1)
  for (k in 2:length(fit$states)) {
    own <- rowsum(fit$influence.pstate[, -1, k], group$patient)
    ends[[length(ends) + 1]] <- data.frame(
      source = group$source[1], end = fit$states[k], time = fit$time, share = fit$pstate[, k],
      se = sqrt(colSums(own^2)))
  }
}
write(do.call(rbind, ends), "ends.csv")
