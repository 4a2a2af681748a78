"""The lake: the clinic's pseudonymised tables as Parquet, and the engines that read them."""
