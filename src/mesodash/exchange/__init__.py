"""Exchange: the CSV files of the contract in and out, with mappings."""
