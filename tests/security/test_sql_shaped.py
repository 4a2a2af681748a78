"""Input shaped like SQL, at every argument that a person may fill in: it is text, and stays text.

The shapes are those of published holes in clinics' software: a sort or filter taken over as it is
(CVE-2026-24908 and CVE-2026-124469 of OpenEMR), stacked statements, unions, blind questions.
"""

from datetime import date

import pytest
from pysqlite3 import dbapi2 as sqlite3
from tests.exchange.small_clinic import ACTOR, FILES, clock, filled, make_clinic, write_files
from tests.recorded import NOTED, contents, schema

from mesodash.cli import main
from mesodash.exchange.cell_text import csv_line, protect
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.lake.errors import LakeError
from mesodash.permissions import NotAllowedError
from mesodash.records.accounts import accounts
from mesodash.records.courses import planned_sessions, plans, protocol_versions, screenings
from mesodash.records.patients import id_search, last_treated, overview, patients
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment import history
from mesodash.reports.core.filters import Filters, ReportError
from mesodash.reports.core.reader import Reader
from mesodash.reports.core.registry import names
from mesodash.reports.volumes.drilldown import CELL_KEYS

PAYLOADS = (
    "' OR '1'='1", "' OR 1=1 --", "' OR 1=1 #", "' OR 1=1 /*", "') OR ('1'='1", '" OR ""="',
    "' UNION SELECT name FROM sqlite_master --", "' UNION ALL SELECT NULL,NULL,NULL --",
    "'; DROP TABLE patients; --", "'; DELETE FROM patients; --", "'; UPDATE patients SET sex='' --",
    "1; ATTACH DATABASE 'x' AS y", "'; PRAGMA writable_schema=1; --", "'; VACUUM INTO 'x'",
    "patient_id DESC", "patient_id; DROP TABLE patients", "(SELECT 1)", "1 OR 1=1", "1=1", "NULL",
    "(CASE WHEN (SELECT count(*) FROM accounts)>0 THEN patient_id ELSE sex END)",
    "patient_id, (SELECT password_hash FROM accounts LIMIT 1)", "1 LIMIT 1 OFFSET 0", "rowid", "*",
    "count(*)", "patient_id COLLATE NOCASE", "randomblob(100000000)", "load_extension('x')",
    "read_csv('/etc/passwd')", "'||(SELECT sex FROM patients)||'", "%", "_", "P%", "[A-Z]*", "?",
    "?1", ":name", "@p", "$1", "{patients}", "%s", "\\", "\\'", "'", '"', "`", "''", "--", "/*",
    "*/", ";", "0x50", "X'50'", "1e309", "NaN", "P1' AND sleep(5) --", "P1\x00", "\ud800", "Ｐ１",
    "ʼ OR 1=1", "P1\n; DROP TABLE patients", "MATCH 'a*'", '"patients"."sex"', "patients--",
    "abdomen' OR 'x", "a" * 5000,
)  # fmt: skip
NOT_IDS = tuple(p for p in PAYLOADS if len(p) > 64 or not p.isprintable())
IDS = tuple(p for p in PAYLOADS if p not in NOT_IDS)
NOT_TEXT = ("\ud800",)
"""Half a character cannot be looked up in any file; a sentence says so."""
ERRORS = (RecordError, ReportError, LakeError, NotAllowedError)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory, catalogue):
    """The small clinic, with one more patient for each payload that can be an id, and a session."""
    folder = tmp_path_factory.mktemp("sql")
    db = make_clinic(folder / "clinic.db")
    people = "".join(
        filled("patients.csv", csv_line([protect(one), "female"])[:-1]) + "\n" for one in IDS
    )
    held = "".join(
        filled(
            "sessions.csv",
            csv_line([f"H{at}", protect(one), "", "", "", "2024-01-05", "held"])[:-1],
        )
        + "\n"
        for at, one in enumerate(IDS)
    )
    files = FILES | {
        "patients.csv": FILES["patients.csv"] + people,
        "sessions.csv": FILES["sessions.csv"] + held,
    }
    result = import_folder(
        db, write_files(folder / "in", files), actor=ACTOR, catalogue=catalogue, clock=clock,
        rejects=folder / "rejects.csv", changes=folder / "changes.csv",
    )  # fmt: skip
    assert result.rejected == 0
    accounts.add_account(db, "ada", "administrator", ACTOR, password_hash="x", clock=clock)
    return db


def outcome(call):
    """What a call gives, or its sentence; any other error is the engine's, and goes through."""
    try:
        return call()
    except ERRORS as error:
        return str(error)


def refused(told):
    return isinstance(told, str) and len(told.splitlines()) == 1 and len(told) < 1000


def record_calls(db, text):
    """Each argument that a person may fill in, with a payload, and what must come of it."""
    known = text in IDS
    site = history.Site("face.cheek")
    by_patient = {
        "read_patient": lambda: patients.read_patient(db, text, ACTOR).patient_id,
        "area_history": lambda: history.area_history(db, [site], ACTOR, patient_id=text),
        "patient_overview": lambda: overview.patient_overview(db, text, [site], ACTOR).planned,
        "last_treated": lambda: last_treated.last_treated(db, text, ACTOR),
        "planned_sessions": lambda: {
            one.patient_id for one in planned_sessions.planned_sessions(db, ACTOR, patient_id=text)
        },
        "latest_screening": lambda: screenings.latest_screening(db, text, ACTOR),
        "screenings_of": lambda: screenings.screenings_of(db, text, ACTOR),
    }
    own = {"read_patient": text, "area_history": (), "patient_overview": (), "last_treated": (),
           "planned_sessions": set(), "latest_screening": None, "screenings_of": ()}  # fmt: skip
    for name, call in by_patient.items():
        told = outcome(call)
        yield name, told == own[name] if known else refused(told), told
    nothing = {
        "history, area": lambda: history.area_history(db, [history.Site(text)], ACTOR),
        "history, side": lambda: history.area_history(db, [history.Site("hip", text)], ACTOR),
        "standing, area": lambda: (
            overview.patient_overview(db, "P1", [history.Site(text)], ACTOR).planned
        ),
        "last treated, protocol": lambda: last_treated.last_treated(db, "P1", ACTOR, protocol=text),
        "versions": lambda: protocol_versions.read_versions(db, text),
        "subject": lambda: accounts.find_subject(db, text, text) or (),
        "account": lambda: accounts.find_account(db, text) or (),
    }
    for name, call in nothing.items():
        told = outcome(call)
        yield name, told == () or (text in NOT_TEXT and refused(told)), told
    sentences = {
        "course of plans": lambda: planned_sessions.planned_sessions(db, ACTOR, course_id=text),
        "cancel": lambda: plans.cancel_plan(db, text, ACTOR, seen={}, reason="x"),
        "plan, practitioner": lambda: plans.save_plan(
            db, "P1", PLAN, text, ACTOR, nonce="12345678"
        ),
        "plan, nonce": lambda: plans.save_plan(
            db, "nobody", PLAN, None, ACTOR, nonce=f"{text:9.20}"
        ),
        "role of": lambda: accounts.set_role(db, text, "manager", ACTOR),
        "role": lambda: accounts.set_role(db, "ada", text, ACTOR),
        "disable": lambda: accounts.set_disabled(db, text, ACTOR),
        "password": lambda: accounts.set_password(db, text, "x", ACTOR),
        "answer": lambda: screenings.record_screening(
            db, "P1", {"pregnancy": screenings.Answer(text)}, ACTOR, date(2030, 1, 1)
        ),
    }
    for name, call in sentences.items():
        told = outcome(call)
        yield name, refused(told), told
    found = outcome(lambda: id_search.find_patient(db, text, ACTOR, limit=100))
    yield "search", found == searched(text) or (text in NOT_TEXT and refused(found)), found


PLAN = planned_sessions.CoursePlan(
    "face_ncha", "rejuv_face", (planned_sessions.PlannedArea("hip", "left"),), (date(2030, 1, 1),)
)
RECORD_CALLS = 24


def searched(text):
    """What a search must find, worked out in Python over the list of all ids."""
    everybody = sorted({*IDS, "P1", "P2"})
    wanted = text.strip()
    if not wanted:
        return id_search.PatientMatches(None)
    same = [one for one in everybody if one in (wanted, wanted.upper(), wanted.lower())]
    if same:
        return id_search.PatientMatches(wanted if wanted in same else same[0])
    starts = (wanted, wanted.upper(), wanted.lower())
    begins = tuple(one for one in everybody if one.startswith(starts))
    return id_search.PatientMatches(None, begins[:100], len(begins) > 100)


@pytest.mark.slow
def test_the_record_takes_every_argument_as_text(clinic, checks):
    shape, before = schema(clinic), contents(clinic, but=NOTED)
    with checks("SQL-shaped input, record", planned=len(PAYLOADS) * RECORD_CALLS + 2) as count:
        for text in PAYLOADS:
            for name, holds, told in record_calls(clinic, text):
                count.that(holds, f"{name} of {text[:60]!r}: {told!r:.300}")
        count.that(schema(clinic) == shape, "the schema is another one")
        count.that(contents(clinic, but=NOTED) == before, "the data are others")


def report_calls(reader, at, text):
    """Each report's keys, each kind of filter, and the cells behind a figure.

    Where the engine must answer, one call carries the payload in all places of its kind; the report
    and the single key of a cell take turns.
    """
    for name in names():
        if name != "clusters":
            yield f"{name} by", lambda name=name: reader.report(name, by=(text,)), "sentence"
    for kind in ("areas", "clinics"):
        asked = Filters(**{kind: (text,)})
        yield kind, lambda a=asked: reader.report("volumes", a), "sentence"
    yield "report", lambda: reader.report(text), "sentence"
    yield "behind", lambda: reader.sessions_behind(ACTOR, {text: "x"}), "sentence"
    both = Filters(protocols=(text,), practitioners=(text,))
    name = FILTERED[at % len(FILTERED)]
    yield f"{name}, filters", lambda: reader.report(name, both), "no rows"
    yield "due, filters", lambda: reader.due(date(2024, 6, 1), ACTOR, both), "no rows"
    key = CELL_KEYS[at % len(CELL_KEYS)]
    yield f"behind {key}", lambda: reader.sessions_behind(ACTOR, {key: text}), "no rows"
    cell = dict.fromkeys(CELL_KEYS, text)
    yield "behind all keys", lambda: reader.sessions_behind(ACTOR, cell), "no rows"


FILTERED = ("volumes", "side_effects", "outcomes", "courses")
REPORT_CALLS = len(names()) - 1 + 8
MOST = 40
"""Of the payloads, so many go where the engine must answer each of them."""


@pytest.mark.slow
def test_the_reports_take_every_argument_as_text(clinic, catalogue, checks):
    reader = Reader(clinic, catalogue)
    reader.volumes()
    before = contents(clinic, but=NOTED)
    with checks("SQL-shaped input, reports", planned=MOST * REPORT_CALLS + 1) as count:
        for at, text in enumerate(spread(PAYLOADS, MOST)):
            for name, call, expected in report_calls(reader, at, text):
                told = outcome(call)
                holds = refused(told) if expected == "sentence" else no_rows(told)
                count.that(holds, f"{name} of {text[:60]!r}: {told!r:.300}")
        count.that(contents(clinic, but=NOTED) == before, "the data are others")


def spread(texts, most):
    """So many of the texts, evenly from the whole list."""
    return [texts[at * len(texts) // most] for at in range(most)]


def no_rows(told):
    return refused(told) or (hasattr(told, "columns") and not count_of(told))


def count_of(frame):
    """Rows that count anybody: a report by fixed keys may have rows of zeros."""
    numbers = frame.select_dtypes("number")
    return len(frame) if numbers.empty else int((numbers.fillna(0) != 0).any(axis=1).sum())


def command_lines(text):
    yield ("history", "--area", text)
    yield ("history", "--area", "face", "--side", text)
    yield ("areas", "--area", text)
    yield ("areas", "--indication", text)
    yield ("protocols", "--area", text)
    yield ("protocols", "--area", "face", "--indication", text)
    yield ("report", "volumes", "--by", text)
    yield ("report", "volumes", "--from", text)
    yield ("report", "volumes", "--to", text)
    yield ("report", "volumes", "--area", text)
    yield ("report", "volumes", "--clinic", text)
    yield ("report", "volumes", "--engine", text)
    yield ("report", "volumes", "--format", text)
    yield ("report", "due", "--on", text)
    yield ("report", "monthly", "--to", "x.pdf", "--month", text)
    yield ("user", "role", "--role", "manager", "--", text)
    yield ("user", "disable", "--", text)
    yield ("user", "role", "ada", "--role", text)
    yield (text,)


COMMANDS = 19


@pytest.mark.slow
def test_the_command_line_takes_every_argument_as_text(
    clinic, checks, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    before = contents(clinic, but=NOTED)
    # No argument of a process holds a NUL or half a character.
    texts = spread([p for p in PAYLOADS if p not in NOT_TEXT and "\0" not in p], MOST)
    with checks("SQL-shaped input, commands", planned=len(texts) * COMMANDS + 1) as count:
        for text in texts:
            for line in command_lines(text):
                code = 0
                at = line.index("--") if "--" in line[:-1] else len(line)
                try:
                    main([*line[:at], "--db", str(clinic), *line[at:]])
                except SystemExit as stop:
                    code = stop.code
                told = capsys.readouterr()
                plain = code in (2, 4) and len(told.err.strip().splitlines()) == 1
                # An empty list of areas, or of a course's own, is a right answer too.
                empty = code == 0 and not told.err
                count.that(plain or empty, f"{line}: {code} {told.err[:200]!r}")
        count.that(contents(clinic, but=NOTED) == before, "the data are others")


def test_negative_control_a_pasted_query_gives_other_answers(clinic, checks):
    """The same payloads pasted into SQL: had the code done that, the tests would have seen it."""
    other = broken = 0
    with checks("SQL-shaped input, control", planned=2) as count:
        for text in IDS:
            with reading(clinic) as db:
                try:
                    pasted = db.execute(
                        f"SELECT patient_id FROM patients WHERE patient_id = '{text}'"
                    ).fetchall()
                except (sqlite3.Error, sqlite3.Warning):
                    broken += 1
                else:
                    other += [tuple(row) for row in pasted] != [(text,)]
        count.that(other >= 3, f"{other} pasted queries answer otherwise")
        count.that(broken >= 10, f"{broken} pasted queries break")
