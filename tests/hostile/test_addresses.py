"""Every parameter of every address, typed by hand, shaped like SQL: read as text, or as nothing."""

from typing import Any
from urllib.parse import quote

from tests.hostile.client import Client
from tests.hostile.conftest import token_of
from tests.security.test_sql_shaped import MOST, NOT_TEXT, PAYLOADS, spread

from mesodash.records.store.connection import reading
from mesodash.ui.shell.pages import PAGES

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


def look(url, token, page, query="") -> Any:
    """What a new window shows at an address."""
    with Client(url, token) as client:
        return client.run(page, query=query)


def test_no_parameter_of_an_address_is_more_than_text(url, log, clinic, checks):
    """Each payload in all parameters of a page at once: one run a page and payload.

    Pages share their filters: with each payload such a parameter is tried on one of them, in turn.
    """
    texts = spread([text for text in PAYLOADS if text not in NOT_TEXT], MOST)
    token, before = token_of(clinic, "administrator"), (schema(clinic), rows(clinic))
    tried: set[str] = set()
    with checks("SQL-shaped addresses", planned=28 * MOST, at_least=True) as count:
        honest = {spec.url_path: look(url, token, spec.url_path) for spec in PAGES}
        names = {page: {*OWN.get(page, ()), *parameters(seen)} for page, seen in honest.items()}
        pages = [page for page in names if names[page]]
        for number, text in enumerate(texts):
            turn, said = number % len(pages), set()
            for page in (*pages[turn:], *pages[:turn]):
                new = sorted(names[page] - said)
                if not new:
                    continue
                said.update(new)
                query = "&".join(f"{name}={quote(text, safe='')}" for name in new)
                seen = look(url, token, page, query)
                for name in new:
                    held = not seen.failed and not seen.holds("OperationalError")
                    count.that(held, f"{page}?{name}={text!a}")
            tried.update(said)
        for page, seen in honest.items():
            same = len(look(url, token, page).widgets) == len(seen.widgets)
            count.that(same, f"{page}: another page afterwards")
        count.that(len(tried) >= 20, f"only {sorted(tried)}")
        count.that((schema(clinic), rows(clinic)) == before, "the file is another one")
        count.that("OperationalError" not in log.read_text("utf-8"), "the log tells of SQL")
        # Control: what an address may say is read from it.
        seen = look(url, token, "body_map", "area=face.chin&side=midline&patient=ANNA")
        count.that(seen.holds("Patient ANNA "), "control: an honest address")
