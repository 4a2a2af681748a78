"""What leaves with the patient: the calendar file and the handout, made when they are asked for."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from mesodash.bodymap.choice import AreaSide
from mesodash.consult.calendar_file import calendar, session_events
from mesodash.consult.handout import Handout, handout, own_medians
from mesodash.consult.language import Language, available, load_language
from mesodash.records.plans import CoursePlan, planned_sessions
from mesodash.reports.filters import Filters
from mesodash.settings import load_settings
from mesodash.ui import access, phrases
from mesodash.ui.consult.scene import Scene

LANGUAGE = "handout_language"
FIRST = "en"
CALENDAR = "Calendar (.ics)"


def offer(scene: Scene, plan: CoursePlan, course: str | None) -> None:
    """Draw the downloads of a plan; `course` is its id once it is saved.

    Nothing is made before the click. The calendar file names sessions, so it needs a saved course.
    """
    folder = load_settings().data / "languages"
    names = {code: _language(folder, code).name for code in _in_order(folder)}
    with st.container(horizontal=True, vertical_alignment="bottom", key="take_away"):
        code = (
            st.segmented_control(
                "Handout in",
                list(names),
                format_func=phrases.wording(names),
                default=next(iter(names)),
                required=True,
                key=LANGUAGE,
            )
            or FIRST
        )
        language = _language(folder, code)
        st.download_button(
            "Handout (PDF)",
            _handout(scene, plan, language),
            file_name=f"handout-{plan.protocol.replace('_', '-')}-{code}.pdf",
            mime="application/pdf",
            key="handout",
            icon=":material/print:",
            on_click="ignore",
        )
        if course is not None:
            _calendar_button("calendar_file", course, language)


def offer_calendar(course: str, which: str, words: str) -> None:
    """Draw the download of a saved course's calendar file as it stands now.

    `which` of several stands on it, and what the course is, in `words`, in its help.
    """
    folder = load_settings().data / "languages"
    code = st.session_state.get(LANGUAGE)
    language = _language(folder, code if code in available(folder) else FIRST)
    key, label = f"calendar_of_{course}", f"{CALENDAR}{which}"
    _calendar_button(key, course, language, label=label, words=words)


def _calendar_button(
    key: str, course: str, language: Language, *, label: str = CALENDAR, words: str | None = None
) -> None:
    st.download_button(
        label,
        _calendar(course, language),
        file_name=f"{course}.ics",
        mime="text/calendar",
        key=key,
        help=words,
        icon=":material/calendar_month:",
        on_click="ignore",
    )


def _in_order(folder: Path) -> list[str]:
    """The languages there are, the one of this app first."""
    return sorted(available(folder), key=lambda code: (code != FIRST, code))


@st.cache_resource(max_entries=16, show_spinner=False)
def _language(folder: Path, code: str) -> Language:
    """A language file, read once a process."""
    return load_language(folder, code)


def _handout(scene: Scene, plan: CoursePlan, language: Language) -> Callable[[], bytes]:
    """What makes the PDF; it runs on another thread than the page, so it asks Streamlit nothing."""
    catalogue, atlas, reader = scene.catalogue, access.atlas(), access.reader()
    version = scene.versions.get(plan.protocol)
    protocol = catalogue.protocols[plan.protocol]
    sites = tuple(AreaSide(area.area, area.side) for area in plan.areas)
    top_up = version.parameters.top_up_days if version else None
    if top_up is None and protocol.top_up_days is not None:
        top_up = round(protocol.top_up_days)
    clinic = access.clinic().name
    techniques = dict.fromkeys(area.technique for area in plan.areas)

    def make() -> bytes:
        rows = reader.report("side_effects", Filters(protocols=(plan.protocol,)), ("effect",))
        ask = Handout(
            clinic=clinic,
            protocol=plan.protocol,
            areas=sites,
            printed_on=scene.today,
            indication=plan.indication,
            dates=plan.dates,
            at=plan.at,
            sessions=len(plan.dates),
            interval_days=plan.interval_days,
            top_up_days=top_up,
            technique=next(iter(techniques)) if len(techniques) == 1 else None,
            own=own_medians(rows.to_dict("records")),
            figure=scene.figure,
            patient=scene.patient_id or "",
        )
        return handout(ask, catalogue=catalogue, atlas=atlas, language=language)

    return make


def _calendar(course: str, language: Language) -> Callable[[], bytes]:
    """What makes the calendar file of a saved course."""
    db, actor, clinic = access.db(), access.actor(), access.clinic().name

    def make() -> bytes:
        sessions = planned_sessions(db, actor, course_id=course)
        events = session_events(sessions, clinic=clinic, title=language.texts["sentences.calendar"])
        return calendar(events, clinic, datetime.now(UTC))

    return make
