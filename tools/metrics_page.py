"""Write docs/metrics.md from what the reports declare: `python tools/metrics_page.py`.

With `--check` nothing is written; the exit code is 1 if the page is not what it would write.
"""

import sys
from inspect import cleandoc
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from mesodash.reports.core.registry import specs
from mesodash.reports.core.spec import KEYS, ReportSpec
from mesodash.reports.courses import due
from mesodash.reports.signals import signals
from mesodash.reports.stats import (
    clustering,
    cusum,
    exact,
    funnel_limits,
    rates,
    shrinkage,
    survival,
)

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"

HEAD = """# Metrics

What every figure in the reports means: what is counted (n), out of what (the denominator), which \
date must lie in the period, by which formula, and where the formula comes from. Written by \
`tools/metrics_page.py` from what each report declares (`ReportSpec`); a test holds that it is \
current and that every column of every report has exactly one definition. How well the statistics \
do on data whose truth is known stands in [statistics.md](statistics.md).

## Common to all

- Source: the lake (Parquet tables published from the clinic's file); nothing but counts and sums \
leaves the query engine, the statistics are then computed from those.
- Empty is not zero: a figure that is not known (no volume recorded, no rule for a response, a \
median not reached) is empty in tables and CSV and `null` in JSON.
- Shares are 0 to 1, times are days, volumes are millilitres, scores are in their scale's units.
- Intervals are 95 %. None is shown where the data say nothing about the spread.
- Only *held* sessions count as sessions. A session without a protocol of its own has its course's.
- An area filter takes in all areas below the one named. A practitioner is shown by \
`practitioner_id` where the clinic's file is at hand, as `<clinic>/<number>` in a bare lake.
- Patient, session and course numbers are unique only within a clinic; every join and every count \
of different patients is by clinic.
- Rows of keys that overlap (areas, lots, products) may not be added up: one session can treat two \
areas.
- **Durations** run from onset to end, in minutes where both carry a time of day, else in whole \
days. Computed once, when publishing, as whole minutes. Those still open are censored at the last \
contact (a follow-up of the session, or, where nothing says when they were last seen, a later held \
session of the patient), never dropped and never counted as zero. An area treated again meanwhile \
changes none of this: see `retreatment`.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, _keys(), *(_section(one) for one in specs().values()), _formulas()]
    return "\n".join(parts)


def _keys() -> str:
    rows = "\n".join(f"| `{key}` | {text} |" for key, text in KEYS.items())
    return f"## Keys\n\nWhat reports may be counted by; each says which.\n\n{_table(rows)}"


def _section(known: ReportSpec) -> str:
    head = (
        f"## {'side-effects' if known.name == 'side_effects' else known.name}\n\n"
        + "\n\n".join(known.about)
        + "\n"
    )
    keys = f"\nKeys: {', '.join(known.keys)}.\n" if known.keys else ""
    rows = "\n".join(
        f"| {', '.join(f'`{column.name}`' for column in group)} | {_cell(text)} |"
        for text, group in groupby(known.columns, key=attrgetter("help"))
    )
    made = ", ".join(f"`{one.name}` ({one.help or one.label})" for one in known.made)
    extra = f"\nOn the pages: {_cell(made)}.\n" if made else ""
    extra += f"\n{_reasons()}" if known.name == "due" else ""
    return f"{head}{keys}\n{_table(rows)}{extra}"


def _table(rows: str) -> str:
    return f"| column | what it is |\n|---|---|\n{rows}\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _reasons() -> str:
    """The rules of the due list, from its module's docstring."""
    rules: dict[str, str] = {}
    last = None
    for line in cleandoc(due.__doc__ or "").splitlines():
        name, found, text = line.strip().partition(": ")
        if line.startswith("    ") and found and name in due.REASONS:
            rules[name], last = text, name
        elif last and line.startswith("     "):
            rules[last] += f" {line.strip()}"
        else:
            last = None
    rows = "\n".join(f"| {name} | {_cell(text)} |" for name, text in rules.items())
    return f"| reason | rule |\n|---|---|\n{rows}\n"


def _formulas() -> str:
    """How it is computed, and the sources: the docstrings of the modules that compute."""
    made = ["## Formulas and sources\n"]
    for module in (survival, clustering, rates, exact, cusum, shrinkage, funnel_limits, signals):
        paragraphs = cleandoc(module.__doc__ or "").split("\n\n")
        text = "\n\n".join(" ".join(one.split()) for one in paragraphs)
        made.append(f"`{module.__name__.removeprefix('mesodash.')}`: {text}\n")
    made.append(
        "Where S is 0 the bounds are taken as 0, as lifelines and statsmodels do; a curve that"
        " falls from 1 to 0 at once has no interval. Agreement with lifelines and statsmodels:"
        " 1e-12 for S and its bounds, exact for medians; 1e-5 for the Turnbull estimate."
        " (statsmodels' median asks for S < 0.5, these reports for S ≤ 0.5.)\n"
    )
    return "\n".join(made)


def main(arguments: list[str]) -> int:
    """Write the page, or only compare it."""
    text = page()
    if "--check" in arguments:
        return int(PAGE.read_text("utf-8") != text)
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
