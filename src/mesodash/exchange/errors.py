"""Errors of an exchange as a whole; the messages are plain sentences that name the fix."""


class ExchangeError(Exception):
    """The exchange is not possible as requested: wrong folder or wrong options."""


class MappingError(ExchangeError):
    """The mapping file contains something that cannot be followed."""


class BrokenFileError(ExchangeError):
    """One or more files cannot be read at all, so nothing was imported; one sentence per line."""


class CellError(Exception):
    """One cell is refused; the message is the reason for rejects.csv."""
