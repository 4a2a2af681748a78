"""Errors of an exchange as a whole; the messages are plain sentences that name the fix."""


class ExchangeError(Exception):
    """The exchange is not possible as requested: wrong folder or wrong options."""


class MappingError(ExchangeError):
    """The mapping file contains something that cannot be followed."""


class BrokenFileError(ExchangeError):
    """One or more files cannot be read at all, so nothing was imported; one sentence per line.

    Attributes:
        what, values: what is said of one file, with places, and what fills them: from a process
            that knows no language and leaves the words to the one that it works for.
    """

    def __init__(self, message: str, what: str = "", **values: object) -> None:
        super().__init__(message)
        self.what = what
        self.values = values


class CellError(Exception):
    """One cell is refused; the message is the reason for rejects.csv."""


class NoDateError(CellError):
    """The cell holds no date in any of the formats."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which the extractor knows
    """Mark a text for translation, as `language.N_`, in modules that run without packages."""
    return text
