"""Every field that takes text, given each hostile string: it is read back, or one sentence refuses.

What is normal is written in the functions: blanks around a name or id do not count, and those of a
reason are made single; nothing else of a text is changed.
"""

import csv
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from tests.exchange.small_clinic import ACTOR, FILES, clock, filled, make_clinic, write_files
from tests.hostile.strings import LONG, STRINGS

from mesodash.access import own_password, passwords, signing_in
from mesodash.consult.adoption import adopt
from mesodash.consult.planning import plan_course
from mesodash.exchange.cell_text import csv_line, protect
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.records.accounts import accounts
from mesodash.records.audit.actor import COMMAND_LINE
from mesodash.records.courses.planned_sessions import PlannedArea
from mesodash.records.courses.plans import cancel_plan, save_plan
from mesodash.records.courses.protocol_versions import Parameters
from mesodash.records.courses.screenings import Answer, latest_screening, record_screening
from mesodash.records.patients.id_search import PatientMatches, find_patient
from mesodash.records.privacy.erasure import erase
from mesodash.records.store.clinic import create_clinic, read_clinic
from mesodash.records.store.connection import reading
from mesodash.records.store.errors import RecordError

DAY = date(2026, 11, 22)
PLANNED = len(STRINGS)


@pytest.fixture(scope="module")
def db(tmp_path_factory, catalogue):
    """The small clinic, with one patient a string to be erased."""
    folder = tmp_path_factory.mktemp("fields")
    path = make_clinic(folder / "clinic.db")
    header = FILES["patients.csv"].splitlines()[0]
    more = "".join(filled("patients.csv", f"X{n},female,1980") + "\n" for n in range(PLANNED))
    files = {**FILES, "patients.csv": f"{FILES['patients.csv']}{more}"}
    assert files["patients.csv"].startswith(header)
    took = import_folder(
        path,
        write_files(folder / "in", files),
        actor=ACTOR,
        catalogue=catalogue,
        clock=clock,
        rejects=folder / "rejects.csv",
        changes=folder / "changes.csv",
    )
    assert took.rejected == 0
    return path


def one(db, sql: str, *values: object) -> object:
    with reading(db) as record:
        return record.execute(sql, values).fetchone()[0]


def spaced(text: str) -> str | None:
    """As a reason is kept."""
    return " ".join(text.split()) or None


def is_sentence(error: Exception) -> bool:
    """One line of words that ends, and is short enough to be read."""
    words = str(error)
    return words.endswith((".", "?")) and "\n" not in words and 12 <= len(words) <= 300


def try_each(count, put: Callable[[int, str], object], expected: Callable[[str], object]) -> None:
    """Put in each string; count whether it is read as expected or refused with a sentence."""
    refused = []
    for number, text in enumerate(STRINGS):
        shown = f"{number}: {text[:40]!a}"
        try:
            read = put(number, text)
        except (RecordError, ExchangeError, ValueError) as error:
            refused.append(text)
            count.that(is_sentence(error), f"{shown}: {error!r}")
        else:
            count.that(read == expected(text), f"{shown} is read as {ascii(read)[:60]}")
    count.that(len(refused) < len(STRINGS) / 2, f"{len(refused)} of {len(STRINGS)} are refused")


def plan_of(catalogue, reason: str, number: int):
    # No area is planned twice on a day: each number has two days of its own, 28 days apart.
    first_on = DAY + timedelta(days=56 * (number // 28) + number % 28)
    return plan_course(
        catalogue,
        "melasma_txa",
        (PlannedArea("face.chin", "midline"),),
        first_on=first_on,
        indication="melasma",
        sessions=2,
        interval_days=28,
        country="GB",
        level="unknown",
        reason=reason,
    )


def test_a_search_finds_what_begins_so_and_nothing_else(db, checks):
    with reading(db) as record:
        ids = [row[0] for row in record.execute("SELECT patient_id FROM patients")]
    with checks("fields: patient search", planned=PLANNED + 2) as count:
        for text in STRINGS:
            wanted = text.strip()
            begins = sorted(n for n in ids if n.startswith((wanted, wanted.upper())))
            none = (
                PatientMatches(None)
                if not wanted
                else PatientMatches(None, tuple(begins[:12]), len(begins) > 12)
            )
            found = find_patient(db, text, ACTOR)
            count.that(found == none, f"{text[:40]!a} finds {found}")
        count.that(find_patient(db, " p1 ", ACTOR).exact == "P1", "control: who is there is found")
        count.that(len(STRINGS) >= 120 and len(LONG) == 20_000, "as many as planned, and the long")


def test_a_screenings_detail(db, checks):
    def put(_: int, text: str) -> object:
        record_screening(db, "P1", {"heart": Answer("yes", detail=text)}, ACTOR, DAY)
        return latest_screening(db, "P1", ACTOR).answers.given["heart"].detail

    with checks("fields: screening detail", planned=PLANNED + 1) as count:
        try_each(count, put, lambda text: text)


def test_the_reasons_of_a_plan_and_of_cancelling_it(db, catalogue, checks):
    def planned(number: int, text: str) -> object:
        plan = plan_of(catalogue, text, number)
        course = save_plan(db, "P2", plan, None, ACTOR, nonce=f"nonce-{number:04d}")
        return one(
            db,
            "SELECT reason FROM plans JOIN courses AS c ON c.id = course WHERE course_id = ?",
            course,
        )

    def cancelled(number: int, text: str) -> object:
        plan = plan_of(catalogue, "asked", 280 + number)
        course = save_plan(db, "P2", plan, None, ACTOR, nonce=f"cancel-{number:04d}")
        cancel_plan(db, course, ACTOR, seen=plan.sessions(course), reason=text)
        return one(db, "SELECT stopped_reason FROM courses WHERE course_id = ?", course)

    with checks("fields: reasons of plans", planned=2 * PLANNED + 2) as count:
        try_each(count, planned, spaced)
        try_each(count, cancelled, lambda text: (spaced(text) or "")[:500] or None)


def test_an_adopted_protocols_own_words(db, catalogue, checks):
    def put(_: int, text: str) -> object:
        version = adopt(
            db,
            catalogue,
            "melasma_txa",
            Parameters(sessions=40, needle=text, mixture=text),
            actor=ACTOR,
            on=DAY,
            reason=text,
        )
        return version.parameters.needle, version.parameters.mixture, version.reason

    with checks("fields: adoption", planned=PLANNED + 1) as count:
        try_each(count, put, lambda text: (spaced(text),) * 3)


def test_an_accounts_name(db, checks):
    kept = passwords.hashed("correct horse battery", name="anybody")

    def put(_: int, text: str) -> object:
        accounts.add_account(db, text, "trainer", COMMAND_LINE, password_hash=kept)
        found = accounts.find_account(db, text.strip())
        return found and found.name

    with checks("fields: account name", planned=PLANNED + 1) as count:
        try_each(count, put, str.strip)


def test_a_password_of_ones_own(empty_clinic, checks):
    """Each string is a right password or is refused in a sentence; the file keeps none of them."""
    db = empty_clinic  # the other tests' file holds the same strings as notes
    kept = passwords.hashed("correct horse battery", name="Owner")
    accounts.add_account(db, "Owner", "trainer", COMMAND_LINE, password_hash=kept)
    token = signing_in.with_password(db, "Owner", "correct horse battery").token
    now, taken = "correct horse battery", []
    with checks("fields: own password", planned=2 * PLANNED + 2) as count:
        for text in STRINGS:
            before = accounts.find_account(db, "Owner")
            try:
                own_password.change_password(db, token, now, text)
            except passwords.PasswordError as error:
                count.that(str(error).endswith("."), f"{text[:40]!a}: {error}")
                count.that(accounts.find_account(db, "Owner") == before, f"{text[:40]!a}: changed")
                continue
            right = passwords.matches(text, accounts.find_account(db, "Owner").password_hash)
            count.that(right, f"{text[:40]!a} is another one")
            entered = signing_in.with_password(db, "Owner", f"{text} ")
            count.that(entered.token is None, f"{text[:40]!a} with a space lets in")
            now, taken = text, [*taken, text]
        count.that(len(taken) > 30, f"only {len(taken)} were taken")
        files = b"".join(file.read_bytes() for file in db.parent.iterdir() if file.is_file())
        held = [one for one in taken if len(one) > 20 and one.encode() in files]
        count.that(not held, f"the file holds {held}")


def test_a_name_at_the_sign_in_says_the_same_and_is_not_noted(db, checks):
    with checks("fields: sign-in name", planned=2 * PLANNED) as count:
        said = signing_in.with_password(db, "nobody", "a wrong password").sentence
        for text in STRINGS:
            step = signing_in.with_password(db, f"{text}?", "a wrong password")
            count.that(step.token is None and step.sentence == said, f"{text[:40]!a}: {step}")
            noted = one(
                db,
                "SELECT count(*) FROM change_log WHERE instr(coalesce(row_key, '') || actor, ?)",
                f"{text}?",
            )
            count.that(noted == 0, f"{text[:40]!a} stands in the change log")


def test_the_reason_of_an_erasure(db, checks):
    def put(number: int, text: str) -> object:
        erase(db, f"X{number}", ACTOR, reason=text)
        return one(db, "SELECT reason FROM erasures ORDER BY rowid DESC LIMIT 1")

    with checks("fields: erasure", planned=PLANNED + 1) as count:
        try_each(count, put, spaced)


def test_a_clinics_name(tmp_path, checks):
    def put(number: int, text: str) -> object:
        path = tmp_path / f"{number}.db"
        create_clinic(path, clinic_id="c", name=text, kind="clinical", actor=COMMAND_LINE)
        return read_clinic(path).name

    with checks("fields: clinic name", planned=PLANNED + 1) as count:
        try_each(count, put, lambda text: text)


IMPORTED = {
    "patients.csv": ("note", "I{n},female,1980,,{text}", "patient_id = 'I{n}'"),
    "practitioners.csv": ("name", "I{n},{text}", "practitioner_id = 'I{n}'"),
    "sessions.csv": (
        "note",
        "I{n},P1,C1,D1,face_ncha,2024-02-20,held,{text},2",
        "session_id = 'I{n}'",
    ),
    "courses.csv": (
        "stopped_reason",
        "I{n},P2,melasma,melasma_txa,,,2024-01-06,stopped,{text}",
        "course_id = 'I{n}'",
    ),
    "side_effects.csv": (
        "term",
        "I{n},S1,,,other,{text},2024-01,,,,2,no,possible,",
        "side_effect_id = 'I{n}'",
    ),
    "products_used.csv": ("product", "S{n},,{text},I{n},,1", "lot = 'I{n}'"),
}
MORE = {
    "side_effects.csv": (
        "note",
        "N{n},S1,,,other,felt odd,2024-01,,,,2,no,possible,{text}",
        "side_effect_id = 'N{n}'",
    ),
    "products_used.csv": ("lot", "S{n},,N{n},{text},,1", "product = 'N{n}'"),
}


@pytest.mark.parametrize(
    ("file", "column", "line", "where"),
    [(file, *rest) for cases in (IMPORTED, MORE) for file, rest in cases.items()],
)
def test_imported_text(db, catalogue, tmp_path, checks, file, column, line, where):
    """Each string as a row of its own; what is refused is in rejects.csv with a sentence."""
    table, header = file.removesuffix(".csv"), FILES[file].splitlines()[0]
    rejects = tmp_path / "rejects.csv"

    def taken(numbers: list[int]) -> dict[int, str]:
        """Import the rows of these strings; the reasons of those that are refused."""
        rows, lines = [], {}
        for number in numbers:
            cell = csv_line([protect(STRINGS[number])])[:-1]
            row = line.format(n=number, text=cell).replace(f"S{number},,", "S2,,")
            lines[2 + sum(one.count("\n") for one in rows)] = number
            rows.append(f"{filled(file, row)}\n")
        folder = write_files(tmp_path / str(numbers[0]), {file: "".join([f"{header}\n", *rows])})
        took = import_folder(
            db, folder, actor=ACTOR, catalogue=catalogue, clock=clock, rejects=rejects,
            changes=folder / "changes.csv",
        )  # fmt: skip
        if not took.rejected:
            return {}
        with rejects.open(encoding="utf-8", newline="") as opened:
            return {lines[int(told["line"])]: told["reason"] for told in csv.DictReader(opened)}

    # With a NUL a file is no text and is refused as a whole, so that string has one to itself.
    together = [number for number, text in enumerate(STRINGS) if "\0" not in text]
    refused = taken(together)

    def put(number: int, text: str) -> object:
        reasons = refused if number in together else taken([number])
        if number in reasons:
            raise RecordError(f"{column} {reasons[number]}.")
        return one(db, f"SELECT {column} FROM {table} WHERE {where.format(n=number)}")

    with checks(f"fields: import of {file} {column}", planned=PLANNED + 1) as count:
        try_each(count, put, lambda text: text)
