"""The lake: a clinic's pseudonymised tables as Parquet, and the engine that reads them."""
