"""What the signals page and the monthly report say of rises that are not called for their cover."""

import pandas as pd

from mesodash.language import format_number, ngettext
from mesodash.reports.signals.rising import set_apart


def apart_words(rising: pd.DataFrame) -> str:
    """That so many effects are not called, since the follow-up changed; empty if none.

    Args:
        rising: the report `rising`.
    """
    n = len(set_apart(rising))
    if not n:
        return ""
    return ngettext(
        "{n} effect was heard of more lately, but is not called: the sessions were not followed up"
        " as the earlier ones were.",
        "{n} effects were heard of more lately, but are not called: the sessions were not followed"
        " up as the earlier ones were.",
        n,
    ).format(n=format_number(n))
