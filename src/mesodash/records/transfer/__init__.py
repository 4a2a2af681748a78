"""Many rows at once: lookup, upsert, bulk load, dump, changes for the lake."""
