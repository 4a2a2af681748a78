"""Where the catalogue's figures come from."""

from dataclasses import dataclass
from typing import Annotated, Literal

from mesodash.catalogue.fields import (
    Choice,
    Code,
    Column,
    Several,
    SourceKey,
    Text,
    TextOrNone,
)

HowRead = Literal["text", "abstract", "label", "secondary", "not_read", "choice"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from: read, known (from memory), uncertain or our own default."""

    key: Annotated[SourceKey, Column("what the other files name, in capitals")]
    text: Annotated[Text, Column("what it is")]
    address: Annotated[
        TextOrNone,
        Column("where it was read; most were read as abstracts or excerpts, not in full"),
    ]
    kind: Annotated[
        Literal["read", "known", "uncertain", "default"],
        Choice,
        Column(
            "read; known (literature from memory, not looked up again); uncertain; default (a"
            " choice of this catalogue)"
        ),
    ]

    how_read: Annotated[
        HowRead,
        Choice,
        Column(
            "text (in full, or the part that matters), abstract (or an excerpt, a table), label (of"
            " a product, or a regulator's text), secondary (a page that tells of it), not_read,"
            " choice (this catalogue's own)"
        ),
    ]

    @property
    def code(self) -> str:
        """Its key, under the same name as in every other row."""
        return self.key


@dataclass(frozen=True, slots=True)
class Passage:
    """What was found when a row was checked against its source."""

    code: Code
    file: Annotated[Text, Column("the file of the row, without `.csv`")]
    rows: Annotated[Several, Column("the codes of the rows that rest on it")]
    source: Annotated[SourceKey, Column("which source", refers=("sources",))]
    how_read: Annotated[HowRead, Choice, Column("as in sources.csv, for this passage")]
    finding: Annotated[
        Literal["confirmed", "corrected", "not_in_source", "not_read"],
        Choice,
        Column(
            "confirmed; corrected (the row differed and was mended); not_in_source (the source does"
            " not say it, so the row says so or lost it); not_read"
        ),
    ]
    says: Annotated[Text, Column("the passage, short, in our own words")]
    read_at: Annotated[TextOrNone, Column("where it was read, if not at the source's address")]
