"""From a clinic's own columns and words to the exchange files."""
