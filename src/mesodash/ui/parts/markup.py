"""Drawing our own cards and tables: Jinja templates, always escaped, shown through st.html.

Streamlit sanitises what st.html shows, so a template may hold structure and classes only. Text of
people (names, notes, terms) reaches a template as plain values and is escaped there.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from mesodash.language import translate_templates
from mesodash.ui.parts import phrases

FOLDER = Path(__file__).parents[1]


@cache
def environment() -> Environment:
    """The templates, with the formatting phrases as filters."""
    env = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(phrases.FILTERS)
    env.filters["unbroken"] = phrases.unbroken
    env.filters["commands"] = _commands
    return translate_templates(env)


def _commands(text: str) -> Markup:
    """The text, escaped, with what is between backticks marked up as commands."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


def render(template: str, **values: Any) -> Markup:
    """The text of `templates/<template>.html` with `values` put in, escaped.

    It comes back marked as safe, so that one template may hold another's text.
    """
    text = environment().get_template(f"{template}.html").render(**values)
    return Markup(text)  # noqa: S704 - made by an autoescaping template just above


def show(template: str, **values: Any) -> None:
    """Draw a template on the page."""
    st.html(render(template, **values))
