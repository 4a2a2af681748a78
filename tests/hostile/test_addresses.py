"""Every parameter of every address, typed by hand, shaped like SQL: read as text, or as nothing."""

from urllib.parse import quote

from tests.hostile.client import Client
from tests.hostile.conftest import token_of
from tests.security.test_sql_shaped import MOST, NOT_TEXT, PAYLOADS, spread

from mesodash.records.connection import reading
from mesodash.ui.pages import PAGES

OWN = {"body_map": ("area", "side", "patient", "show")}
"""Those that a page reads itself; the others are said with the widgets that keep them."""


def parameters(seen) -> set[str]:
    """The names under which the widgets of a run keep their values in the address."""
    return {getattr(widget, "query_param_key", "") for _, widget, _ in seen.widgets} - {""}


def schema(clinic) -> list[tuple]:
    with reading(clinic) as db:
        return [tuple(row) for row in db.execute("SELECT type, name, sql FROM sqlite_master")]


def rows(clinic) -> dict[str, int]:
    noted = ("change_log", "sign_ins")
    with reading(clinic) as db:
        return {name: db.table(name).count for name in db.table_names() if name not in noted}


def test_no_parameter_of_an_address_is_more_than_text(url, log, clinic, checks):
    """Each payload in all parameters of a page at once: one run a page and payload."""
    texts = spread([text for text in PAYLOADS if text not in NOT_TEXT], MOST)
    token, before = token_of(clinic, "administrator"), (schema(clinic), rows(clinic))
    tried: set[str] = set()
    with checks("SQL-shaped addresses", planned=28 * MOST, at_least=True) as count:
        for spec in PAGES:
            with Client(url, token) as client:
                honest = client.run(spec.url_path)
            names = sorted({*OWN.get(spec.url_path, ()), *parameters(honest)})
            tried.update(names)
            plain = len(honest.widgets)
            for text in texts if names else ():
                query = "&".join(f"{name}={quote(text, safe='')}" for name in names)
                with Client(url, token) as client:
                    seen = client.run(spec.url_path, query=query)
                for name in names:
                    held = not seen.failed and not seen.holds("OperationalError")
                    count.that(held, f"{spec.url_path}?{name}={text!a}")
            with Client(url, token) as client:
                again = client.run(spec.url_path)
            count.that(len(again.widgets) == plain, f"{spec.url_path}: another page afterwards")
        count.that(len(tried) >= 20, f"only {sorted(tried)}")
        count.that((schema(clinic), rows(clinic)) == before, "the file is another one")
        count.that("OperationalError" not in log.read_text("utf-8"), "the log tells of SQL")
        # Control: what an address may say is read from it.
        with Client(url, token) as client:
            seen = client.run("body_map", query="area=face.chin&side=midline&patient=ANNA")
        count.that(seen.holds("Patient ANNA "), "control: an honest address")
