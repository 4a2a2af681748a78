"""Forms that open with a click, and the way to each of them over the websocket."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.hostile.client import Client, Kept, Seen

ANNA = "area=face.chin&side=midline&patient=ANNA"
NOTHING: Kept = {}


@dataclass(frozen=True)
class Open:
    """A form as somebody sees it: what to send again, and what the last run sent.

    Attributes:
        page: which page.
        query: its address.
        kept: the widgets' states that lead here, to be sent with each further run.
        seen: the last run.
    """

    page: str
    query: str
    kept: Kept
    seen: Seen

    def again(self, client: Client, states: Kept = NOTHING) -> "Open":
        """One more run of the page with these states as well."""
        kept = {**self.kept, **states}
        return Open(self.page, self.query, kept, client.run(self.page, kept, query=self.query))


def page(client: Client, name: str, query: str = "") -> Open:
    """A page as it is first seen."""
    return Open(name, query, NOTHING, client.run(name, query=query))


def screening(client: Client) -> Open:
    """The questionnaire of ANNA."""
    return page(client, "body_map", f"{ANNA}&show=Screening")


def plan(client: Client, query: str = ANNA) -> Open:
    """The form of a course in the chosen areas, filled in, so that it may be saved."""
    first = page(client, "body_map", query)
    choose = next(one for _, one, _ in first.seen.widgets if "-choose_" in one.id)
    client.run("body_map", {choose.id: {"trigger_value": True}}, query=query)
    form = first.again(client, {first.seen.widget("-show")[1].id: {"string_value": "Plan"}})
    return form.again(
        client,
        {
            form.seen.widget("-plan_sessions")[1].id: {"double_value": 4},
            form.seen.widget("-plan_interval")[1].id: {"double_value": 28},
            form.seen.widget("-plan_reason")[1].id: {"string_value": "asked on the phone"},
        },
    )


def adoption(client: Client, which: int = 0) -> Open:
    """The form of the next version of one of the protocols."""
    empty = page(client, "adopted")
    choose = empty.seen.widget("-adopt")[1]
    return empty.again(client, {choose.id: {"string_value": choose.options[which]}})


def small_body(client: Client) -> Open:
    """The figure among the filters of a review page."""
    closed = page(client, "due")
    return closed.again(
        client, {closed.seen.widget("filter_body_open")[1].id: {"bool_value": True}}
    )


FORMS: dict[str, Callable[[Client], Open]] = {
    "screening": screening,
    "plan": plan,
    "adoption": adoption,
    "small body": small_body,
}
"""name -> how to get there; what each must hold, to know that it was reached, is in REACHED."""

REACHED = {
    "screening": "-screen_save",
    "plan": "-plan_save",
    "adoption": "-adopt_save",
    "small body": "-filter_body",
}
