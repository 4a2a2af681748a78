"""The reports: each metric once, as an expression over the lake's tables, and the statistics."""
