"""A room: the trainer's screen with its code and the answers as they come; a learner's own."""

import csv
from functools import cache
from io import StringIO
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from mesodash.language import _, format_day, format_number, ngettext, pgettext
from mesodash.records.audit.access import require
from mesodash.teaching.asking.cases import history_words, make_case
from mesodash.teaching.asking.question_types import TaughtQuestion
from mesodash.teaching.asking.questions import KINDS
from mesodash.teaching.asking.rooms import CODE_LENGTH, LONGEST_NAME, RoomError, Rooms, RoomView
from mesodash.ui.lessons.question_parts import LAST_CASE, asked_curve, plain_cell
from mesodash.ui.parts import markup, phrases
from mesodash.ui.protocols.protocol_card import source_words
from mesodash.ui.review import page
from mesodash.ui.shell import context
from mesodash.ui.shell.pages import link

ROOM, SEAT, DESK = "room", "seat", "desk"
"""Parameters of the address: the code, a learner's seat, the key of the trainer's desk."""
OPENING = "rooms.open"
EVERY_S = 2.0
"""How often a screen is refreshed from the room."""


@cache
def rooms() -> Rooms:
    """The rooms of this server."""
    return Rooms()


def show_room() -> None:
    """Draw the trainer's screen, a learner's, or the ways in; nothing on a clinic's own server."""
    if not context.clinic().is_demo:
        markup.show(
            "empty",
            title=_("No rooms here"),
            text=_(
                "Rooms are never opened on a clinic's own server; use a demo or teaching server."
            ),
        )
        return
    code = st.query_params.get(ROOM, "")
    if rooms().holds_desk(code, st.query_params.get(DESK, "")):
        _desk()
    elif rooms().has_seat(code, st.query_params.get(SEAT, "")):
        _seat()
    else:
        _ways_in(code)


def _ways_in(code: str) -> None:
    """The form to join a room, and for those who may open rooms, the form to open one."""
    known = _known(code) if code else None
    closed = known is None and not {SEAT, DESK}.isdisjoint(st.query_params)
    if closed:
        markup.show("empty", title=_("This room is closed"), text=_("All of it was forgotten."))
    with st.form("room_join", border=True):
        markup.show(
            "heading", title=_("Join a room"), text=_("By the code on the trainer's screen.")
        )
        typed = st.text_input(
            _("Code"), value="" if closed else code, max_chars=CODE_LENGTH + 4, width=200
        )
        name = ""
        if known is None or known.named:
            name = st.text_input(
                _("Name of the day"),
                max_chars=LONGEST_NAME,
                width=260,
                help=_("Kept only where the trainer wants a score sheet, and gone with the room."),
            )
        if st.form_submit_button(_("Join"), type="primary"):
            _join(typed, name)
    if not code and context.actor().may(OPENING):
        _open_form()


def _known(code: str) -> RoomView | None:
    try:
        return rooms().view(code)
    except RoomError:
        return None


def _join(typed: str, name: str) -> None:
    try:
        code, seat = rooms().join(typed, name)
    except RoomError as error:
        markup.show("not_done", title=_("Not joined"), text=str(error))
        return
    st.query_params.from_dict({ROOM: code, SEAT: seat})
    st.rerun()


def _open_form() -> None:
    catalogue = context.catalogue()
    names = {p.code: p.label for p in catalogue.protocols.values()}
    with st.form("room_open", border=True):
        text = _("Learners answer a case on their own devices; you see the answers as they come.")
        markup.show("heading", title=_("Open a room"), text=text)
        with st.container(horizontal=True, vertical_alignment="bottom", key="room_row"):
            protocol = st.selectbox(
                _("Protocol"),
                list(names),
                index=None,
                format_func=phrases.wording(names),
                placeholder=_("Any protocol"),
                width=340,
            )
            seed = st.number_input(
                _("Case number"), min_value=1, max_value=LAST_CASE, value=1, width=150
            )
        named = st.toggle(
            _("Ask for names, for a score sheet"),
            help=_("Names are of the day, live in the room and go with it."),
        )
        if not st.form_submit_button(_("Open"), type="primary"):
            return
    require(context.db(), context.actor(), OPENING)
    case = make_case(
        catalogue,
        int(seed),
        today=context.today(),
        protocol=protocol if protocol in names else None,
        country=context.clinic().country,
    )
    try:
        code, desk = rooms().open_room(case, named=named, is_demo=context.clinic().is_demo)
    except RoomError as error:
        markup.show("not_done", title=_("Not opened"), text=str(error))
        return
    st.query_params.from_dict({ROOM: code, DESK: desk})
    st.rerun()


@st.fragment(run_every=EVERY_S)
def _desk() -> None:
    """The trainer's screen."""
    code, desk = st.query_params.get(ROOM, ""), st.query_params.get(DESK, "")
    if not context.actor().may(OPENING) or not rooms().holds_desk(code, desk):
        st.rerun()
    view = rooms().view(code)
    address = _address(code)
    markup.show(
        "room_code",
        code=f"{code[:3]} {code[3:]}",
        address=address,
        picture=segno.make(address, error="m").svg_data_uri(scale=4, border=2, light="#ffffff"),
        joined=ngettext("{n} learner is in the room", "{n} learners are in the room", view.learners)
        .format(n=format_number(view.learners)),
        alone=(urlsplit(address).hostname or "") in ("127.0.0.1", "localhost", "::1"),
    )  # fmt: skip
    if view.over:
        _show_results(view, desk)
    else:
        # Above what is asked, so that both stay where they are whatever is shown below.
        with st.container(horizontal=True, key="room_ways"):
            st.button(
                _("Show the answer"),
                disabled=view.shown,
                on_click=rooms().show_answer,
                args=(code, desk),
                key="room_show",
            )
            last = view.at + 1 == len(view.case.items)
            st.button(
                _("Results") if last else _("Next question"),
                type="primary",
                on_click=_move_on,
                args=(code, desk, view.at),
                key="room_next",
            )
        _show_question(view)
        _show_counts(view)
    st.button(
        _("Close the room"),
        icon=":material/close:",
        help=_("Answers and names are forgotten."),
        on_click=_close,
        args=(code, desk),
        key="room_close",
    )


def _move_on(code: str, desk: str, left: int) -> None:
    rooms().move_on(code, desk, left=left)


def _close(code: str, desk: str) -> None:
    rooms().close(code, desk)


def _address(code: str) -> str:
    """The address for a learner's device: this server as the trainer's browser calls it."""
    here = urlsplit(st.context.url or "")
    path = here.path.rpartition("/")[0]
    return f"{here.scheme}://{here.netloc}{path}/room?{urlencode({ROOM: code})}"


def _show_question(view: RoomView) -> None:
    who = list(history_words(view.case))
    where = context.catalogue().label(view.case.area)
    asked = _("Asks for: {protocol}, {area}").format(protocol=view.case.protocol.label, area=where)
    number = _("Question {n} of {of}").format(n=view.at + 1, of=len(view.case.items))
    if view.at == 0:
        markup.show("case_head", title=number, sentences=[*who, asked])
    else:
        markup.show("case_head", title=number, sentences=[asked])
    if view.question.curve:
        page.show_chart(asked_curve(view.question), key=f"room_curve_{view.at}")


def _show_counts(view: RoomView) -> None:
    """The options with how many of the room chose each; marked once the answer is shown."""
    item = view.question
    markup.show(
        "room_counts",
        text=item.text,
        told=_("{n} of {of} have answered").format(
            n=format_number(view.answered), of=format_number(view.learners)
        ),
        options=[
            {
                "text": option,
                "n": view.counts[at],
                "share": round(100 * view.counts[at] / max(view.learners, 1)),
                "mark": _mark(item, at) if view.shown else "",
                "right": view.shown and at in item.right,
            }
            for at, option in enumerate(item.options)
        ],
        why=item.why if view.shown else "",
        sources=[source_words(context.catalogue(), key) for key in item.sources]
        if view.shown
        else [],
    )


def _mark(item: TaughtQuestion, at: int) -> str:
    if at in item.right:
        return pgettext("answer", "Right")
    return _("Critical mistake") if at in item.critical else ""


def _show_results(view: RoomView, desk: str) -> None:
    found = rooms().results(view.code, desk)
    passed = sum(result.passed for _name, _given, result in found)
    critical = sum(bool(result.critical) for _name, _given, result in found)
    text = _("{passed} of {of} passed; {critical} made a critical mistake.").format(
        passed=format_number(passed), of=format_number(len(found)), critical=format_number(critical)
    )
    rows = [text]
    for at, item in enumerate(view.case.items):
        right = sum(given.get(at) in item.right for _name, given, _result in found)
        said = _("{n} of {of} right").format(n=format_number(right), of=format_number(len(found)))
        rows.append(f"{_kind(item)}: {said}")
    markup.show("case_head", title=_("Results"), sentences=rows)
    if view.named and found:
        st.download_button(
            _("Score sheet (CSV)"),
            _sheet(view, desk),
            file_name=f"room-{view.code}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _kind(item: TaughtQuestion) -> str:
    return _(KINDS[item.kind][0]) if item.kind in KINDS else _("Decision")


def _sheet(view: RoomView, desk: str) -> str:
    """The score sheet: a row a learner and question, with the catalogue's row it is scored by."""
    out = StringIO()
    write = csv.writer(out)
    write.writerow(["name", "day", "case", "item", "kind", "answer", "scored", "passed", "row"])
    day = format_day(context.today(), "medium")
    for number, (name, given, result) in enumerate(rooms().results(view.code, desk), start=1):
        for at, item in enumerate(view.case.items):
            taken = given.get(at)
            scored = "right" if taken in item.right else "wrong"
            write.writerow(
                [
                    plain_cell(name) or number,
                    day,
                    view.case.seed,
                    at + 1,
                    item.kind,
                    "" if taken is None else item.options[taken],
                    "critical" if at in result.critical else scored,
                    "yes" if result.passed else "no",
                    item.row,
                ]
            )
    return out.getvalue()


@st.fragment(run_every=EVERY_S)
def _seat() -> None:
    """A learner's screen: the question that is asked, their answer, and how it was."""
    code, seat = st.query_params.get(ROOM, ""), st.query_params.get(SEAT, "")
    context.actor()  # if the sign-in has ended elsewhere, the frame says so
    if not rooms().has_seat(code, seat):
        st.rerun()
    view = rooms().view(code)
    if view.over:
        markup.show("done", title=_("That was all"), text=_("The trainer shows the results."))
        link("lessons", _("Lessons"), icon=":material/school:")
        return
    _show_question(view)
    given = rooms().answer_of(code, seat, view.at)
    if view.shown:
        _show_own(view, given)
        return
    item = view.question
    with st.form(f"room_answer_{view.at}", border=False):
        taken = st.radio(
            item.text,
            range(len(item.options)),
            index=None,
            format_func=phrases.wording(dict(enumerate(item.options))),
            key=f"room_taken_{code}_{view.at}",
        )
        if st.form_submit_button(_("Send"), type="primary"):
            given = _send(view, seat, taken, given)
    if given is not None:
        text = _("“{answer}”. You may change it until the answer is shown.").format(
            answer=item.options[given]
        )
        markup.show("done", title=_("Sent"), text=text)


def _send(view: RoomView, seat: str, taken: int | None, given: int | None) -> int | None:
    if taken is None:
        markup.show("not_done", title=_("Not sent"), text=_("Choose an answer first."))
        return given
    try:
        rooms().answer(view.code, seat, view.at, taken)
    except RoomError as error:
        markup.show("not_done", title=_("Not sent"), text=str(error))
        return given
    return taken


def _show_own(view: RoomView, given: int | None) -> None:
    item = view.question
    wanted = " · ".join(item.options[at] for at in sorted(item.right))
    if given in item.right:
        markup.show("done", title=pgettext("answer", "Right"), text=item.why)
        return
    title = _("Critical mistake") if given in item.critical else _("Wrong")
    if given is None:
        title = _("No answer")
    text = _("Right is: {answer}. {why}").format(answer=wanted, why=item.why)
    markup.show("not_done", title=title, text=text)
