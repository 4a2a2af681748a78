"""The exchange files by the contract: columns, cells, rules."""
