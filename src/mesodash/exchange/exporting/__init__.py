"""The clinic's tables as exchange files."""
