"""A folder of exchange files into the clinic's file."""
