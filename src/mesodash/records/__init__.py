"""The clinic's file: its schema and everything that reads or writes it. The only place with SQL."""
