"""The CHECKs that columns of several tables share."""


def one_of(column: str, allowed: tuple[str, ...]) -> str:
    """A CHECK that a column holds one of the words."""
    return f"CHECK ({column} IN ({', '.join(repr(word) for word in allowed)}))"


def day(column: str) -> str:
    """A CHECK that a column holds a real date (YYYY-MM-DD) or date-time (…THH:MM[:SS])."""
    return (
        f"CHECK (date(substr({column}, 1, 10)) IS substr({column}, 1, 10)"
        f" AND (length({column}) = 10 OR ({column} GLOB '*T*' AND time({column}) IS NOT NULL)))"
    )


def partial(column: str) -> str:
    """Like `day`, but YYYY and YYYY-MM are allowed too: precision is kept, never invented."""
    padded = (
        f"substr({column} || CASE length({column})"
        " WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10)"
    )
    return (
        f"CHECK (date({padded}) IS {padded} AND (length({column}) IN (4, 7, 10)"
        f" OR ({column} GLOB '*T*' AND time({column}) IS NOT NULL)))"
    )
