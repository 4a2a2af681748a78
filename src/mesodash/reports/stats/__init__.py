"""The mathematics of the reports: numbers in, numbers out; no tables, no engine."""
