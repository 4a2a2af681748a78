"""The page that compares protocols, techniques, sources or versions and marks differences."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import streamlit as st

from mesodash.catalogue.types import Catalogue
from mesodash.consult.adoption import current, versions
from mesodash.language import N_, _, format_day, ngettext
from mesodash.teaching.comparison import (
    MOST,
    ComparedRow,
    compare,
    compare_sources,
    compare_techniques,
    compare_versions,
    sources_of,
)
from mesodash.ui.parts import markup, phrases
from mesodash.ui.protocols.protocol_card import source_words
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

ADDRESS = "compared"
CHOSEN = "compare_chosen"
Code = TypeVar("Code", int, str)
WRITTEN = "compare_written"


KINDS = {
    "protocols": N_("Protocols"),
    "techniques": N_("Techniques"),
    "sources": N_("Sources"),
    "versions": N_("Versions"),
}
PUBLISHED = 0
"""Chosen among the versions: what is published."""


def show_comparison() -> None:
    """Draw the choice of what to compare, and the rows."""
    catalogue = context.catalogue()
    kind = st.segmented_control(
        _("What to compare"),
        list(KINDS),
        default="protocols",
        format_func=phrases.wording(KINDS),
        key="compare_kind",
        required=True,
        label_visibility="collapsed",
    )
    if kind == "techniques":
        _compare_techniques(catalogue)
    elif kind == "sources":
        _compare_sources(catalogue)
    elif kind == "versions":
        _compare_versions(catalogue)
    else:
        _compare_protocols(catalogue)


def _compare_techniques(catalogue: Catalogue) -> None:
    names = {t.code: t.label for t in catalogue.techniques.values()}
    chosen = _chosen(_("Techniques"), names, "compare_techniques")
    techniques = [catalogue.techniques[code] for code in chosen]
    if len(techniques) < 2:
        _show_nothing(_("Choose two or three techniques"))
        return
    _show_rows(
        compare_techniques(catalogue, techniques),
        title=_("Techniques side by side"),
        heads=[t.label for t in techniques],
        sources=[[source_words(catalogue, key) for key in t.sources] for t in techniques],
    )


def _compare_sources(catalogue: Catalogue) -> None:
    several = [p for p in catalogue.protocols.values() if len(sources_of(catalogue, p)) > 1]
    names = {p.code: p.label for p in several}
    code = st.selectbox(
        _("Protocol"),
        list(names),
        index=None,
        format_func=phrases.wording(names),
        key="compare_sources_of",
        placeholder=_("Choose a protocol of several sources"),
        width=420,
    )
    if code not in names:
        _show_nothing(_("Choose a protocol"))
        return
    protocol = catalogue.protocols[code]
    keys = sources_of(catalogue, protocol)
    words = {key: source_words(catalogue, key) for key in keys}
    chosen = _chosen(_("Sources"), words, f"compare_sources_{code}")
    if len(chosen) < 2:
        _show_nothing(_("Choose two or three sources"))
        return
    _show_rows(
        compare_sources(catalogue, protocol, chosen),
        title=_("Sources side by side"),
        heads=list(chosen),
        sources=[[words[key]] for key in chosen],
    )


def _compare_versions(catalogue: Catalogue) -> None:
    adopted = current(context.db())
    names = {p.code: p.label for p in catalogue.protocols.values() if p.code in adopted}
    if not names:
        markup.show(
            "empty",
            title=_("No protocol is adopted yet"),
            text=_("Versions are compared once the clinic has adopted a protocol."),
        )
        link("adopted", _("Our protocols"), icon=":material/fact_check:")
        return
    code = st.selectbox(
        _("Protocol"),
        list(names),
        index=0 if len(names) == 1 else None,
        format_func=phrases.wording(names),
        key="compare_versions_of",
        placeholder=_("Choose an adopted protocol"),
        width=420,
    )
    if code not in names:
        _show_nothing(_("Choose a protocol"))
        return
    known = {version.version: version for version in versions(context.db(), code)}
    words = {PUBLISHED: _("What is published")} | {
        number: _("Version {version}, {day}").format(
            version=number, day=format_day(version.adopted_on)
        )
        for number, version in known.items()
    }
    newest = list(known)[:2]
    key = f"compare_versions_{code}_{len(known)}"
    # The two newest, or the only one beside what is published.
    st.session_state.setdefault(key, newest if len(newest) > 1 else [PUBLISHED, *newest])
    chosen = _chosen(_("Versions"), words, key)
    if len(chosen) < 2:
        _show_nothing(_("Choose two or three versions"))
        return
    sources = [source_words(catalogue, one) for one in catalogue.protocols[code].sources]
    by = _("Adopted by {who}")
    _show_rows(
        compare_versions(catalogue, [known.get(number) for number in chosen]),
        title=_("Versions side by side"),
        heads=[words[number] for number in chosen],
        sources=[
            [by.format(who=known[number].adopted_by)] if number in known else sources
            for number in chosen
        ],
    )


def _chosen(label: str, names: Mapping[Code, str], key: str) -> list[Code]:
    found = st.multiselect(
        label,
        list(names),
        format_func=phrases.wording(names),
        key=key,
        max_selections=MOST,
        placeholder=_("Choose two or three"),
    )
    # A browser may have sent a code that the list does not offer.
    return [code for code in found if code in names][:MOST]


def _show_nothing(title: str) -> None:
    text = _("They stand side by side, as their sources report them; what differs is marked.")
    markup.show("empty", title=title, text=text)


def _show_rows(
    rows: Sequence[ComparedRow], *, title: str, heads: list[str], sources: list[list[str]]
) -> None:
    only = st.toggle(_("Only what differs"), key="compared_only")
    differing = sum(row.differs for row in rows)
    text = ngettext("{n} of {of} rows differs", "{n} of {of} rows differ", differing)
    markup.show("note", text=text.format(n=differing, of=len(rows)))
    markup.show(
        "comparison",
        title=title,
        heads=heads,
        rows=[row for row in rows if row.differs or not only],
        sources=sources,
    )


def _compare_protocols(catalogue: Catalogue) -> None:
    names = {p.code: p.label for p in catalogue.protocols.values()}
    # The address keeps codes, so that a link holds in every language.
    asked = [code for code in st.query_params.get_all(ADDRESS) if code in names]
    if asked and st.session_state.get(WRITTEN) != asked:
        st.session_state[CHOSEN] = list(dict.fromkeys(asked))[:MOST]
    chosen = st.multiselect(
        _("Protocols"),
        list(names),
        format_func=phrases.wording(names),
        key=CHOSEN,
        max_selections=MOST,
        placeholder=_("Choose two or three"),
    )
    # A browser may have sent a code that the list does not offer.
    protocols = [catalogue.protocols[code] for code in chosen if code in names][:MOST]
    codes = [p.code for p in protocols]
    if st.query_params.get_all(ADDRESS) != codes:
        st.query_params[ADDRESS] = codes
    st.session_state[WRITTEN] = codes
    if len(protocols) < 2:
        _show_nothing(_("Choose two or three protocols"))
        return
    _show_rows(
        compare(catalogue, protocols),
        title=_("Protocols side by side"),
        heads=[p.label for p in protocols],
        sources=[[source_words(catalogue, key) for key in p.sources] for p in protocols],
    )
