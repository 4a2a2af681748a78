"""The page of flashcards: what is due today of one's own cards, rated after the answer is shown."""

from base64 import b64encode
from datetime import datetime, time, timedelta
from typing import Final

import streamlit as st

from mesodash.bodymap.atlas import DEFAULT
from mesodash.bodymap.picture.svg import VIEW_WORDS
from mesodash.language import _, format_day, format_duration, format_number, ngettext
from mesodash.records.accounts.learning import (
    MOST_NEW_A_DAY,
    Learner,
    begin_learning,
    end_learning,
    keep_card,
    read_learner,
    set_new_a_day,
)
from mesodash.records.store.errors import RecordError
from mesodash.settings import now
from mesodash.teaching.flashcards import CardPicture, Flashcard, flashcards
from mesodash.teaching.scheduling import RATINGS, DueCards, due_today, rated
from mesodash.ui.parts import markup
from mesodash.ui.protocols.protocol_card import source_words
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

SHOWN: Final = "flashcard_shown"
"""The row of the card whose answer is shown."""
REFUSED: Final = "flashcard_refused"
SURE: Final = "flashcard_sure"
NEW: Final = "flashcard_new_a_day"
KEYS: Final = dict(zip(RATINGS, ("1", "2", "3", "4"), strict=True))


@st.fragment
def show_flashcards() -> None:
    """Draw the card that is due, or what there is to begin, or that nothing is left today."""
    actor = context.actor()
    if not actor.may("page.flashcards"):  # the role was changed since
        st.rerun()
    learner = read_learner(context.db(), actor)
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        markup.show("not_done", title=_("Not kept"), text=refused)
    if learner is None:
        _offer()
        return
    known = {card.row: card for card in flashcards(context.catalogue(), context.atlas())}
    due = _due(learner, known)
    markup.show("note", text=_told(due))
    if due.cards:
        _show_card(known[due.cards[0]], learner)
    else:
        _show_done(due)
    _show_settings(learner)


def _due(learner: Learner, known: dict[str, Flashcard]) -> DueCards:
    moment = now()
    tomorrow = moment.date() + timedelta(days=1)
    end = datetime.combine(tomorrow, time()).astimezone()
    return due_today(learner, known, now=moment, end_of_day=end)


def _offer() -> None:
    markup.show(
        "empty",
        title=_("Learn with flashcards"),
        text=_(
            "Areas, published figures and contraindications, a few cards a day; each comes back"
            " when it is about to be forgotten. Kept of it: when each card is due and how well you"
            " know it, for yourself alone, until you erase it or your account is disabled."
        ),
    )
    if context.clinic().is_demo:
        markup.show("note", text=_("On a demo everybody who looks with a role shares its cards."))
    st.button(
        _("Begin"), type="primary", key="flashcard_begin", on_click=_begin, icon=":material/style:"
    )
    link("lessons", _("The same cards for Anki"), icon=":material/download:")


def _begin() -> None:
    begin_learning(context.db(), context.actor())


def _told(due: DueCards) -> str:
    """How many cards are left today."""
    repeated = ngettext("{n} card to repeat", "{n} cards to repeat", due.repeated)
    new = ngettext("{n} new", "{n} new", due.new)
    return _("Due today: {repeated}, {new}.").format(
        repeated=repeated.format(n=format_number(due.repeated)),
        new=new.format(n=format_number(due.new)),
    )


def _show_card(card: Flashcard, learner: Learner) -> None:
    shown = st.session_state.get(SHOWN) == card.row
    catalogue = context.catalogue()
    picture = card.picture
    markup.show(
        "flashcard",
        subject=card.subject,
        question=card.question,
        picture=None if picture is None else _address(picture),
        alt="" if picture is None else picture_words(picture),
        answers=card.answers if shown else (),
        sources=[source_words(catalogue, key) for key in card.sources],
    )
    with st.container(horizontal=True, key="flashcard_ratings"):
        if not shown:
            st.button(
                _("Show the answer"),
                type="primary",
                key="flashcard_show",
                shortcut="Space",
                on_click=_show,
                args=(card.row,),
            )
            return
        moment = now()
        for rating, word in RATINGS.items():
            after = rated(card.row, learner.cards.get(card.row), rating, at=moment)
            wait = format_duration((after.due_at - moment) / timedelta(days=1), "long")
            st.button(
                _("{rating}: {wait}").format(rating=_(word), wait=wait),
                type="primary" if rating == "good" else "secondary",
                key=f"flashcard_{rating}",
                shortcut=KEYS[rating],
                on_click=_rate,
                args=(card.row, rating),
            )


def picture_words(picture: CardPicture) -> str:
    """What is to be seen, without the answer."""
    view = _(VIEW_WORDS.get(picture.view.name, picture.view.name))
    return _("{view}: one area is filled").format(view=view)


def _address(picture: CardPicture) -> str:
    """The drawing as an address that carries it, the view's picture in it."""
    kept = b64encode((DEFAULT.parent / picture.view.picture).read_bytes()).decode()
    drawn = picture.svg(f"data:image/webp;base64,{kept}")
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"


def _show(row: str) -> None:
    st.session_state[SHOWN] = row


def _rate(row: str, rating: str) -> None:
    """Keep the answer; asked again at the click, since another tab may have rated it meanwhile."""
    if st.session_state.pop(SHOWN, None) != row:
        return
    actor = context.actor()
    try:
        learner = read_learner(context.db(), actor)
        before = learner.cards.get(row) if learner else None
        keep_card(context.db(), actor, rated(row, before, rating, at=now()))
    except RecordError as error:
        st.session_state[REFUSED] = str(error)


def _show_done(due: DueCards) -> None:
    text = _("Nothing is left today.")
    if due.next_due is not None:
        day = format_day(due.next_due.astimezone().date(), "weekday")
        text = _("Nothing is left today; the next card comes on {day}.").format(day=day)
    markup.show("done", title=_("Done for today"), text=text)
    link("lessons", _("Lessons"), icon=":material/school:")


def _show_settings(learner: Learner) -> None:
    with st.popover(_("Your flashcards"), icon=":material/tune:", key="flashcard_settings"):
        st.number_input(
            _("New cards a day"),
            min_value=0,
            max_value=MOST_NEW_A_DAY,
            value=learner.new_a_day,
            key=NEW,
            on_change=_keep_new,
        )
        kept = ngettext("{n} card is kept.", "{n} cards are kept.", len(learner.cards))
        markup.show("note", text=kept.format(n=format_number(len(learner.cards))))
        sure = st.checkbox(_("Erase all of them for good"), key=SURE)
        st.button(
            _("Stop and erase"),
            key="flashcard_end",
            disabled=not sure,
            on_click=_end,
            icon=":material/delete:",
        )


def _keep_new() -> None:
    number = st.session_state.get(NEW)
    if not isinstance(number, int):  # empty, or what no browser of ours sends
        return
    try:
        set_new_a_day(context.db(), context.actor(), number)
    except RecordError as error:
        st.session_state[REFUSED] = str(error)


def _end() -> None:
    if not st.session_state.get(SURE):
        return
    end_learning(context.db(), context.actor())
    for key in (SHOWN, NEW, SURE):
        st.session_state.pop(key, None)
