"""The rows of the catalogue's files: one frozen class per file, one field per column.

Everywhere None, or an empty tuple, means not published or not known, never zero.
"""
