"""Folders that people really have: each file's right values, by id and number.

The folders are in cases/, with a README each that says where its like was found. `mapping.yaml` is
the mapping that the person wrote; `mended.yaml` is the same with what a mapping may say besides.
"""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.exchange.cases_of_facts import FACTS
from tests.exchange.cases_of_files import EFFECTS, FILES_AND_MAPPINGS, SESSIONS
from tests.exchange.small_clinic import ACTOR, make_clinic

from mesodash.exchange.errors import BrokenFileError
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.exchange.mapping.mapping_file import load_mapping
from mesodash.records.store.connection import reading

CASES = Path(__file__).parent / "cases"
IN = "inserted"


def clock():
    return datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


EXPECTED = {**FILES_AND_MAPPINGS, **FACTS}
"""Of the cases that are read; by folder and the mapping that is used."""

REFUSED = {"43-pandas-to-csv-index": "patients.csv has no name for column 1"}
WITH_A_ZONE = {"25-take-date-cuts-a-zone", "27-summer-time"}


def take(folder, mapping, catalogue, place, **options):
    db = make_clinic(place / "clinic.db", **options)
    rules = load_mapping(folder / f"{mapping}.yaml") if mapping else None
    result = import_folder(
        db,
        folder / "in",
        actor=ACTOR,
        catalogue=catalogue,
        mapping=rules,
        rejects=place / "rejects.csv",
        changes=place / "changes.csv",
        clock=clock,
    )
    return db, result


def rejected(result):
    found = {}
    if result.rejects:
        with result.rejects.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                value = row["value"].removeprefix("'")
                found.setdefault(row["file"], []).append((int(row["line"]), row["column"], value))
    return {file: sorted(rows) for file, rows in found.items()}


def every_table(result):
    return {one.file.removesuffix(".csv"): one.inserted for one in result.files if one.inserted}


@pytest.mark.slow
def test_every_case_gives_its_right_values(catalogue, tmp_path, checks):
    planned = sum(7 + len(e.values) + len(e.notes) for e in EXPECTED.values()) + len(REFUSED) + 1
    with checks("cases of import", planned=planned) as count:
        folders = {path.name for path in CASES.iterdir() if path.is_dir()}
        named = {name for name, _ in EXPECTED} | set(REFUSED) | WITH_A_ZONE
        count.that(named == folders and len(folders) == 33, f"other folders: {named ^ folders}")
        for (name, mapping), expected in EXPECTED.items():
            place = tmp_path / f"{name}-{mapping}"
            place.mkdir()
            db, result = take(CASES / name, mapping, catalogue, place)
            what = f"{name} {mapping}"
            got = every_table(result)
            count.that(got == expected.inserted, f"{what}: {got}")
            count.that(rejected(result) == expected.rejects, f"{what}: {rejected(result)}")
            words = {(one.column, one.word): one.rows for one in result.unnamed}
            count.that(words == expected.unnamed, f"{what}: {words}")
            doubtful = dict(result.questionable)
            count.that(doubtful == expected.questionable, f"{what}: {doubtful}")
            skipped = sum(one.skipped for one in result.files)
            count.that(skipped == expected.skipped, f"{what}: {skipped} skipped")
            repeated = sum(one.repeated for one in result.files)
            count.that(repeated == expected.repeated, f"{what}: {repeated} repeated")
            count.that(
                all(
                    one.read
                    == one.inserted
                    + one.updated
                    + one.unchanged
                    + one.rejected
                    + one.skipped
                    + one.repeated
                    for one in result.files
                ),
                f"{what}: rows do not add up",
            )
            told = [note for one in result.files for note in one.notes]
            for note in expected.notes:
                count.that(any(note in one for one in told), f"{what}: {told}")
            with reading(db) as snapshot:
                for query, rows in expected.values.items():
                    kept = [tuple(row) for row in snapshot.execute(query)]
                    count.that(kept == rows, f"{what}: {kept}")
        for name, sentence in REFUSED.items():
            place = tmp_path / name
            place.mkdir()
            with pytest.raises(BrokenFileError) as caught:
                take(CASES / name, "", catalogue, place)
            count.that(str(caught.value).startswith(sentence), str(caught.value))


def test_times_in_a_clinic_whose_zone_is_known(catalogue, tmp_path, checks):
    with checks("cases of import, with a zone", planned=5) as count:
        for name in sorted(WITH_A_ZONE):
            (tmp_path / name).mkdir()
        name = "25-take-date-cuts-a-zone"
        place = tmp_path / name
        db, result = take(CASES / name, "mapping", catalogue, place, timezone="Europe/Paris")
        with reading(db) as snapshot:
            kept = [tuple(row) for row in snapshot.execute(SESSIONS)]
        count.that(kept == [("A1", "2024-02-01"), ("A2", "2024-02-15")], str(kept))
        refused = [(4, "At", "2024-03-011"), (5, "At", "2024-04-15 garbage")]
        count.that(rejected(result) == {"v.csv": refused}, str(rejected(result)))
        name = "27-summer-time"
        place = tmp_path / name
        db, result = take(CASES / name, "", catalogue, place, timezone="Europe/Paris")
        with reading(db) as snapshot:
            kept = [tuple(row) for row in snapshot.execute(EFFECTS)]
        ends = [
            ("E1", "heat", "2026-03-29T01:55", "2026-03-29T03:15"),
            ("E2", "heat", "2026-10-25T02:50", "2026-10-25T02:10"),
        ]
        count.that(kept == ends, str(kept))
        refused = [(4, "onset_at", "2026-03-29T02:30")]
        count.that(rejected(result) == {"side_effects.csv": refused}, str(rejected(result)))
        told = [note for one in result.files for note in one.notes]
        count.that(
            [note.split(":")[1].split(",")[0].strip() for note in told]
            == [f"{name} in an hour that occurs twice" for name in ("onset_at", "resolved_at")],
            str(told),
        )


def test_a_second_import_of_a_case_changes_nothing_and_tells_the_same(catalogue, tmp_path, checks):
    names = ("09-when-word-with-blank-case-or-new", "45-effect-before-the-first-treatment")
    with checks("cases imported twice", planned=2 * len(names)) as count:
        for name in names:
            place = tmp_path / name
            place.mkdir()
            db, first = take(CASES / name, "mapping", catalogue, place)
            again = import_folder(
                db,
                CASES / name / "in",
                actor=ACTOR,
                catalogue=catalogue,
                mapping=load_mapping(CASES / name / "mapping.yaml"),
                rejects=place / "rejects.csv",
                changes=place / "changes.csv",
                clock=clock,
            )
            count.that(sum(f.inserted + f.updated for f in again.files) == 0, name)
            told = (again.unnamed, again.questionable)
            count.that(told == (first.unnamed, first.questionable), f"{name}: {told}")
