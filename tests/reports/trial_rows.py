"""The CDISC pilot study's events, counted from its own files by the contract's rules."""

import gzip
import io
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parents[1] / "data" / "cdiscpilot01"
FULL_DATE = 10


def sheet(name):
    raw = gzip.decompress((DATA / f"{name}.csv.gz").read_bytes())
    return pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False)


def events(catalogue):
    """A row an event; `follows`: it did not begin before the first dose."""
    ae = sheet("ae").merge(sheet("dm")[["USUBJID", "RFPENDTC"]], on="USUBJID")
    first_dose = sheet("ex").groupby("USUBJID")["EXSTDTC"].min().to_dict()
    rows = []
    for event in ae.to_dict("records"):
        over = event["AEOUT"] == "RECOVERED/RESOLVED"
        end = event["AEENDTC"]
        if end == "NA":
            end = event["RFPENDTC"][:FULL_DATE]
        onset = event["AESTDTC"]
        precise = len(onset) == FULL_DATE and (len(end) == FULL_DATE or not over)
        known = precise and len(end) == FULL_DATE
        days = (pd.to_datetime(end) - pd.to_datetime(onset)).days if known else 0
        early = len(onset) == FULL_DATE and onset < first_dose[event["USUBJID"]][:FULL_DATE]
        rows.append(
            {
                "patient": event["USUBJID"],
                "effect": catalogue.side_effect_for_term(event["AEDECOD"]) or "other",
                "days": float(max(days, 0)),
                "over": over,
                "precise": precise,
                "follows": not early,
            }
        )
    return pd.DataFrame(rows)
