"""What can be wrong with an exchange as a whole, each as plain sentences that name the fix."""


class ExchangeError(Exception):
    """The exchange cannot be done as asked: wrong folder or wrong wish."""


class MappingError(ExchangeError):
    """The mapping file says something that cannot be followed."""


class BrokenFileError(ExchangeError):
    """One or more files cannot be read at all, so nothing was taken; one sentence a line."""


class CellError(Exception):
    """One cell cannot be taken; the message is the reason that goes into rejects.csv."""
