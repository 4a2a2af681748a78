"""`mesodash course ...`: a course planned, listed, moved, cancelled, and what is taken home."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

import click

from mesodash.bodymap.choice import AreaSide
from mesodash.catalogue.load import load_catalogue
from mesodash.cli.common import REFUSED, Failure, db_option, format_option, plain_errors, print_rows
from mesodash.cli.lookup import read_subject, verdicts_for
from mesodash.cli.record.patient import DAY, day_of
from mesodash.cli.record.words import not_held_help
from mesodash.consult.adoption import current
from mesodash.consult.calendar_file import assessment_events, calendar, session_events
from mesodash.consult.planning import plan_course
from mesodash.language import ENGLISH, _, available, ngettext, use_language
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.courses.planned_sessions import planned_sessions
from mesodash.records.courses.plans import cancel_plan, move_session, save_plan
from mesodash.records.files.outputs import refuse_output, write_output
from mesodash.records.patients.last_treated import last_treated
from mesodash.records.patients.patients import read_patient
from mesodash.records.store.clinic import read_clinic
from mesodash.records.store.connection import utc_now
from mesodash.records.store.errors import RecordError
from mesodash.records.store.vocabulary import SIDES
from mesodash.settings import load_settings, today

LISTED = (
    "held_at",
    "session_id",
    "course_id",
    "patient_id",
    "protocol",
    "state",
    "number",
    "planned_sessions",
    "practitioner",
    "areas",
)


class TimeOfDay(click.ParamType[time]):
    """HH:MM."""

    name = "time"

    def convert(
        self, value: str | time, param: click.Parameter | None, ctx: click.Context | None
    ) -> time:
        """Read a time of day; another word is wrong use."""
        if isinstance(value, time):
            return value
        try:
            return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007 - the clinic's clock
        except ValueError:
            sentence = _("{text} is not a time of day; write it as 09:30.").format(text=value[:20])
            self.fail(sentence, param, ctx)


@click.group("course")
def course() -> None:
    """Plan a patient's course; list, move and cancel its planned sessions."""


@course.command("plan")
@click.argument("patient_id")
@click.option("--protocol", required=True, help=_("Protocol code."))
@click.option(
    "--area",
    "places",
    multiple=True,
    required=True,
    help=_("AREA:SIDE, or AREA:SIDE:POINTS; repeatable."),
)
@click.option(
    "--first-on", type=DAY, required=True, help=_("Date of the first session, YYYY-MM-DD.")
)
@click.option("--at", type=TimeOfDay(), help=_("Time of day, HH:MM; default: not set."))
@click.option(
    "--sessions", type=int, help=_("Number of sessions; default: as adopted or published.")
)
@click.option(
    "--interval-days", type=int, help=_("Days between sessions; default: as adopted or published.")
)
@click.option("--indication", help=_("Indication; required if the protocol has several."))
@click.option("--schedule", help=_("Code of the published schedule to follow."))
@click.option("--practitioner", help=_("Practitioner id."))
@click.option("--reason", help=_("Reason for departing from what is published or advised."))
@click.option(
    "--nonce", help=_("Idempotency key, 8 to 64 characters: a repeated key plans nothing twice.")
)
@db_option
def plan(
    patient_id: str,
    protocol: str,
    places: tuple[str, ...],
    first_on: datetime,
    at: time | None,
    sessions: int | None,
    interval_days: int | None,
    indication: str | None,
    schedule: str | None,
    practitioner: str | None,
    reason: str | None,
    nonce: str | None,
    db: Path,
) -> None:
    """Plan a course within the limits of the screening; prints only its id."""
    catalogue = load_catalogue(load_settings().catalogue)
    chosen, points = _places(places)
    with plain_errors(refused=REFUSED):
        subject = read_subject(db, patient_id, refused=REFUSED)
        known = protocol in catalogue.protocols and all(
            site.area in catalogue.areas for site in chosen
        )
        # An unknown code is for the plan itself to refuse, which names the fix.
        verdict = (
            verdicts_for(catalogue, [protocol], [site.area for site in chosen], subject).get(
                protocol
            )
            if known
            else None
        )
        made = save_plan(
            db,
            patient_id,
            plan_course(
                catalogue,
                protocol,
                chosen,
                first_on=first_on.date(),
                indication=indication,
                version=current(db).get(protocol),
                sessions=sessions,
                interval_days=interval_days,
                at=at,
                points=points,
                country=subject.country,
                level="unknown" if verdict is None else verdict.level,
                reason=reason,
                schedule=schedule,
                last_treated=_last_here(db, patient_id, chosen),
            ),
            practitioner,
            COMMAND_LINE,
            nonce=nonce or secrets.token_hex(16),
        )
    click.echo(made)


@course.command("list")
@click.option("--patient", help=_("Only this patient, including held sessions."))
@click.option("--course", "course_id", help=_("Only this course, including held sessions."))
@click.option("--from", "start", type=DAY, help=_("First day to list."))
@click.option("--to", "end", type=DAY, help=_("Last day to list."))
@format_option("table", "csv", "json", default="table")
@db_option
def list_sessions(
    patient: str | None,
    course_id: str | None,
    start: datetime | None,
    end: datetime | None,
    output: str,
    db: Path,
) -> None:
    """List the sessions of planned courses, by time; the access is logged."""
    with plain_errors(refused=REFUSED):
        found = planned_sessions(
            db,
            COMMAND_LINE,
            patient_id=patient,
            course_id=course_id,
            start=day_of(start),
            end=day_of(end),
        )
    rows = [
        {name: getattr(one, name) for name in LISTED}
        | {"areas": " ".join(f"{area.area}:{area.side}" for area in one.areas)}
        for one in found
    ]
    print_rows(LISTED, rows, output)


@course.command("move")
@click.argument("session_id")
@click.option("--to", type=DAY, required=True, help=_("New date, YYYY-MM-DD."))
@click.option("--at", type=TimeOfDay(), help=_("Time of day, HH:MM; default: not set."))
@click.option(
    "--seen", help=_("Planned time as last seen, to detect a concurrent change; default: any.")
)
@db_option
def move(session_id: str, to: datetime, at: time | None, seen: str | None, db: Path) -> None:
    """Move one planned session; the other sessions of its course are not moved."""
    with plain_errors(refused=REFUSED):
        stands = move_session(
            db,
            session_id,
            COMMAND_LINE,
            seen=seen or _planned_at(db, session_id),
            to=to.date(),
            at=at,
        )
    click.echo(_("Planned on {day}.").format(day=stands))


@course.command("cancel")
@click.argument("course_id")
@click.option("--reason", required=True, help=not_held_help())
@db_option
def cancel(course_id: str, reason: str, db: Path) -> None:
    """Stop a course and cancel its planned sessions; held sessions are kept."""
    with plain_errors(refused=REFUSED):
        seen = {
            one.session_id: one.held_at
            for one in planned_sessions(db, COMMAND_LINE, course_id=course_id)
            if one.state == "planned"
        }
        cancelled = cancel_plan(db, course_id, COMMAND_LINE, seen=seen, reason=reason)
    if not cancelled:
        raise Failure(_("No session of this course is still planned."), REFUSED)
    click.echo(
        ngettext(
            "{n} session will not be held; the course is stopped.",
            "{n} sessions will not be held; the course is stopped.",
            cancelled,
        ).format(n=cancelled)
    )


@course.command("calendar")
@click.argument("course_id")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("Output file (.ics)."),
)
@click.option("--force", is_flag=True, help=_("Overwrite an existing file."))
@db_option
def calendar_file(course_id: str, target: Path, db: Path, *, force: bool) -> None:
    """Export a course's planned sessions as a calendar file without the patient's name."""
    with plain_errors(refused=REFUSED):
        refuse_output(target, force=force)
        clinic = read_clinic(db).name_on_documents
        sessions = planned_sessions(db, COMMAND_LINE, course_id=course_id)
        events = session_events(sessions, clinic=clinic, title=_("Session {number} of {of}"))
        events += assessment_events(
            sessions,
            load_catalogue(load_settings().catalogue),
            clinic=clinic,
            title=_("Score the result"),
        )
        write_output(target, calendar(events, clinic, utc_now()), force=force)
    click.echo(_("Wrote {target}.").format(target=target))


@course.command("handout")
@click.argument("course_id")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("Output file (.pdf)."),
)
@click.option(
    "--language",
    default=ENGLISH,
    show_default=True,
    help=_("Language code, as in data/languages."),
)
@click.option("--contact", default="", help=_("How to reach the clinic, in one line."))
@click.option("--force", is_flag=True, help=_("Overwrite an existing file."))
@db_option
def handout_file(
    course_id: str, target: Path, language: str, contact: str, db: Path, *, force: bool
) -> None:
    """Write the patient's handout of a course, with the days that are still planned."""
    # Slow to import, and needed by this command alone.
    from mesodash.bodymap.atlas import load_atlas  # noqa: PLC0415
    from mesodash.consult.handout.of_course import handout_of, still_planned  # noqa: PLC0415
    from mesodash.consult.handout.page import handout  # noqa: PLC0415
    from mesodash.reports.core.reader import Reader  # noqa: PLC0415

    if language not in available():
        sentence = _("There is no language {code}; choose one of {known}.")
        known = ", ".join(sorted(available()))
        raise Failure(sentence.format(code=language[:20], known=known), REFUSED)
    catalogue = load_catalogue(load_settings().catalogue)
    with plain_errors(refused=REFUSED):
        refuse_output(target, force=force)
        sessions = planned_sessions(db, COMMAND_LINE, course_id=course_id)
        patient_id = sessions[0].patient_id if sessions else ""
        plan = still_planned(db, patient_id, course_id, COMMAND_LINE) if sessions else None
        if plan is None or plan.protocol not in catalogue.protocols:
            raise RecordError(_("No session of this course is still planned."))
        patient = read_patient(db, patient_id, COMMAND_LINE)
        with use_language(language):
            name = read_clinic(db).name_on_documents
        ask = handout_of(
            plan,
            Reader(db, catalogue),
            catalogue,
            clinic=name,
            contact=contact,
            version=current(db).get(plan.protocol),
            printed_on=today(),
            figure="male" if patient.sex == "male" else "female",
            patient_id=patient_id,
        )
        page = handout(ask, catalogue=catalogue, atlas=load_atlas(), language=language)
        write_output(target, page, force=force)
    click.echo(_("Wrote {target}.").format(target=target))


def _places(given: Sequence[str]) -> tuple[tuple[AreaSide, ...], dict[AreaSide, int]]:
    """Areas with their sides, and the points where they are said."""
    chosen: list[AreaSide] = []
    points: dict[AreaSide, int] = {}
    for text in given:
        area, _colon, rest = text.partition(":")
        side, _colon, count = rest.partition(":")
        if not area or side not in SIDES or (count and not count.isdecimal()):
            sentence = _("{text} is not AREA:SIDE; write face.cheek:left, or face.cheek:left:20.")
            raise Failure(sentence.format(text=text[:80]))
        site = AreaSide(area, side)
        chosen.append(site)
        if count:
            points[site] = int(count)
    return tuple(chosen), points


def _last_here(db: Path, patient_id: str, chosen: Sequence[AreaSide]) -> date | None:
    """When any of the chosen areas was last treated; both sides are the left and the right."""
    return max(
        (
            one.on
            for one in last_treated(db, patient_id, COMMAND_LINE)
            if any(
                site.area == one.area and (site.side == one.side or "both" in (site.side, one.side))
                for site in chosen
            )
        ),
        default=None,
    )


def _planned_at(db: Path, session_id: str) -> str:
    for one in planned_sessions(db, COMMAND_LINE):
        if one.session_id == session_id:
            return one.held_at
    sentence = _("No planned session has the id {id!r}; see `mesodash course list`.")
    raise RecordError(sentence.format(id=session_id[:64]))


COMMANDS = (course,)
