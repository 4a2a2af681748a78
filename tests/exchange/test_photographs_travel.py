"""photos.csv with its pictures, and amendments.csv: out of one clinic, into another."""

import io
import json
from base64 import b64decode, b64encode
from datetime import date
from hashlib import sha256

import pytest
from PIL import Image
from tests.exchange.fhir.invariants import broken
from tests.exchange.small_clinic import ACTOR, FILES, MANY, clock, make_clinic, write_files

from mesodash.exchange.contract.files import AMENDMENTS, PHOTOS, picture_name
from mesodash.exchange.errors import ExchangeError
from mesodash.exchange.exporting.export_fhir import export_fhir
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.sources.photograph_file import drawn_anew, plain_size
from mesodash.records.audit.actor import Actor
from mesodash.records.store.connection import reading
from mesodash.records.transfer.import_undo import latest_import, undo_import
from mesodash.records.treatment.corrections import amend_session, finalise_session
from mesodash.records.treatment.sessions import read_session
from mesodash.records.watch.photographs import (
    NewPhotograph,
    add_photograph,
    declare_disk,
    remove_photograph,
)

PRACTITIONER = Actor("ada", "practitioner")
TAKEN = date(2024, 2, 1)
CONSENTED = {
    "consents.csv": FILES["consents.csv"]
    + "".join(f"K{n},{n},photographs,,,2024-01-01,paper,ada,,,,\n" for n in ("P1", "P2"))
}


def picture(shade):
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (shade, 90, 60)).save(out, "PNG")
    return drawn_anew(out.getvalue())


@pytest.fixture
def pictured(clinic, put, take):
    """The small clinic with two photographs, one of them of an intimate area."""
    take(clinic, put(FILES | CONSENTED))
    declare_disk(clinic, ACTOR, declared=True, clock=clock)
    for at, (patient, area) in enumerate((("P1", "face.cheek"), ("P2", "buttock"))):
        made = picture(80 + at)
        new = NewPhotograph(
            made.jpeg, made.width, made.height, area, "left", "front", "before", TAKEN
        )
        add_photograph(
            clinic, patient, new, PRACTITIONER, nonce=f"nonce-{at}-0", today=TAKEN, clock=clock
        )
    return clinic


@pytest.fixture
def elsewhere(tmp_path):
    """An empty clinic on a disk that is declared to be encrypted."""
    db = make_clinic(tmp_path / "elsewhere.db")
    declare_disk(db, ACTOR, declared=True, clock=clock)
    return db


def export(db, folder, **options):
    counts = export_csv(db, folder, actor=ACTOR, clock=clock, **options)
    return counts, {one.name: one.read_bytes() for one in folder.iterdir()}


def kept(db):
    with reading(db) as file:
        return file.execute(
            "SELECT g.photograph_id, p.patient_id, g.intimate, g.sha256, g.picture"
            " FROM photographs AS g JOIN patients AS p ON p.id = g.patient ORDER BY p.patient_id"
        ).fetchall()


def result_of(result, file):
    return next(one for one in result.files if one.file == file)


def test_pictures_lie_beside_their_file_only_where_asked_for(pictured, tmp_path):
    counts, files = export(pictured, tmp_path / "without")
    rows = files["photos.csv"].decode().splitlines()

    assert counts["photos.csv"] == 2
    assert rows[0] == ",".join(PHOTOS.names)
    assert [row.split(",")[9] for row in sorted(rows[1:])] != ["yes", "yes"]
    assert [name for name in files if name.endswith(".jpg")] == []

    _, files = export(pictured, tmp_path / "with", photographs=True)
    ours, hidden = kept(pictured)
    assert [name for name in files if name.endswith(".jpg")] == [picture_name(ours[3])]
    assert sha256(files[picture_name(ours[3])]).hexdigest() == ours[3]
    assert (tmp_path / "with" / picture_name(ours[3])).stat().st_mode & 0o077 == 0
    with reading(pictured) as db:
        noted = db.execute(
            "SELECT row_key FROM change_log WHERE action = 'export' AND table_name = 'photographs'"
            " AND patient IS NOT NULL"
        ).fetchall()
    assert noted == [(ours[0],)]
    assert hidden[2] == 1


def media_in(folder):
    return [json.loads(line) for line in (folder / "Media.ndjson").read_text("utf-8").splitlines()]


def test_fhir_tells_what_photographs_show_and_brings_pictures_only_where_asked_for(
    pictured, elsewhere, take, tmp_path, catalogue
):
    ours, hidden = kept(pictured)
    options = {"actor": ACTOR, "catalogue": catalogue, "clock": clock}
    export_fhir(pictured, tmp_path / "without", **options)
    told = {one["identifier"][0]["value"]: one for one in media_in(tmp_path / "without")}
    assert told.keys() == {ours[0], hidden[0]}
    cheek = told[ours[0]]
    assert (cheek["createdDateTime"], cheek["width"], cheek["height"]) == ("2024-02-01", 320, 240)
    assert cheek["bodySite"]["coding"][0]["code"] == "face.cheek"
    assert cheek["view"]["coding"][0]["code"] == "front"
    assert [one["content"] for one in told.values()] == [{"contentType": "image/jpeg"}] * 2
    assert all(broken(one)[0] == [] for one in told.values())

    lacking = result_of(take(elsewhere, tmp_path / "without"), "photos.csv")
    assert (lacking.read, lacking.rejected, kept(elsewhere)) == (2, 2, [])
    # Into the clinic that they come from nothing changes, and nothing is gone.
    again = result_of(take(pictured, tmp_path / "without"), "photos.csv")
    assert (again.unchanged, again.rejected, again.absent) == (2, 0, 0)

    export_fhir(pictured, tmp_path / "with", photographs=True, **options)
    given = {one["identifier"][0]["value"]: one["content"] for one in media_in(tmp_path / "with")}
    assert "data" not in given[hidden[0]]
    assert b64decode(given[ours[0]]["data"]) == ours[4]
    arrived = result_of(take(elsewhere, tmp_path / "with"), "photos.csv")
    assert (arrived.inserted, arrived.rejected) == (1, 1)
    assert kept(elsewhere) == [ours]
    with reading(pictured) as db:
        noted = db.execute(
            "SELECT row_key FROM change_log WHERE action = 'export' AND table_name = 'photographs'"
            " AND patient IS NOT NULL"
        ).fetchall()
    assert noted == [(ours[0],)]


def test_negative_control_another_picture_in_fhir_is_refused(
    pictured, elsewhere, take, tmp_path, catalogue
):
    folder = tmp_path / "with"
    export_fhir(pictured, folder, photographs=True, actor=ACTOR, catalogue=catalogue, clock=clock)
    media = media_in(folder)
    for one in media:
        one["content"]["data"] = b64encode(picture(200).jpeg).decode()
    (folder / "Media.ndjson").write_text("\n".join(map(json.dumps, media)), "utf-8")

    result = result_of(take(elsewhere, folder), "photos.csv")
    assert (result.inserted, result.rejected, kept(elsewhere)) == (0, 2, [])


def test_nothing_of_photographs_is_in_a_pseudonymised_export(pictured, take, tmp_path, catalogue):
    take(pictured, write_files(tmp_path / "many", MANY))
    _, files = export(pictured, tmp_path / "out", pseudonymised=True)

    assert {"photos.csv", "amendments.csv"} & files.keys() == set()
    digests = [row[3].encode() for row in kept(pictured)]
    assert [name for name, text in files.items() if any(one in text for one in digests)] == []
    with pytest.raises(ExchangeError, match="pseudonymised"):
        export(pictured, tmp_path / "both", pseudonymised=True, photographs=True)
    options = {"actor": ACTOR, "catalogue": catalogue, "clock": clock, "pseudonymised": True}
    export_fhir(pictured, tmp_path / "fhir", **options)
    assert [p.name for p in (tmp_path / "fhir").iterdir() if b"image" in p.read_bytes()] == []
    with pytest.raises(ExchangeError, match="pseudonymised"):
        export_fhir(pictured, tmp_path / "two", photographs=True, **options)


def test_photographs_come_into_another_clinic_byte_by_byte(
    pictured, elsewhere, take, tmp_path, catalogue
):
    _, files = export(pictured, tmp_path / "out", photographs=True)
    ours, hidden = kept(pictured)

    tried = take(elsewhere, tmp_path / "out", dry_run=True)
    assert (result_of(tried, "photos.csv").inserted, kept(elsewhere)) == (1, [])
    taken = take(elsewhere, tmp_path / "out")

    assert kept(elsewhere) == [ours]
    found = result_of(taken, "photos.csv")
    assert (found.read, found.inserted, found.rejected, taken.rejected) == (2, 1, 1, 1)
    assert hidden[3] in taken.rejects.read_text(encoding="utf-8")
    again = result_of(take(elsewhere, tmp_path / "out"), "photos.csv")
    assert (again.inserted, again.unchanged, again.rejected) == (0, 1, 1)
    _, back = export(elsewhere, tmp_path / "back", photographs=True)
    assert {n: t for n, t in back.items() if n not in ("photos.csv", "amendments.csv")} == {
        n: t for n, t in files.items() if n not in ("photos.csv", "amendments.csv")
    }
    assert set(back["photos.csv"].splitlines()) < set(files["photos.csv"].splitlines())


def test_an_undone_import_takes_its_photographs_along(pictured, elsewhere, take, tmp_path):
    export(pictured, tmp_path / "out", photographs=True)
    take(elsewhere, tmp_path / "out")

    undo_import(elsewhere, ACTOR, entry=latest_import(elsewhere, ACTOR).entry)

    assert kept(elsewhere) == []


def test_a_clinic_that_may_keep_no_photographs_takes_none(pictured, take, tmp_path):
    export(pictured, tmp_path / "out", photographs=True)
    other = make_clinic(tmp_path / "other.db")

    found = result_of(take(other, tmp_path / "out"), "photos.csv")

    assert (found.inserted, found.rejected, kept(other)) == (0, 2, [])


def with_exif(jpeg):
    return jpeg[:2] + b"\xff\xe1\x00\x08Exif\0\0" + jpeg[2:]


def with_comment(jpeg):
    return jpeg[:2] + b"\xff\xfe\x00\x06here" + jpeg[2:]


@pytest.mark.parametrize(
    "spoiled",
    [
        with_exif,
        with_comment,
        lambda jpeg: jpeg + b"PK\x03\x04\xff\xd9",
        lambda jpeg: jpeg[: len(jpeg) // 2],
        lambda _: b"<svg/>" * 60,
        lambda jpeg: jpeg[:2],
        lambda jpeg: jpeg[:4] + b"\xff\xff" + jpeg[6:],
    ],
    ids=["exif", "comment", "tail", "half", "no picture", "start", "length"],
)
def test_a_picture_with_more_than_its_pixels_is_refused(
    spoiled, pictured, elsewhere, take, tmp_path
):
    export(pictured, tmp_path / "out", photographs=True)
    ours = kept(pictured)[0]
    content = spoiled(ours[4])
    digest = sha256(content).hexdigest()
    (tmp_path / "out" / picture_name(digest)).write_bytes(content)
    rows = tmp_path / "out" / "photos.csv"
    rows.write_text(rows.read_text("utf-8").replace(ours[3], digest), encoding="utf-8")

    assert plain_size(ours[4]) == (320, 240)
    assert plain_size(content) is None
    assert result_of(take(elsewhere, tmp_path / "out"), "photos.csv").inserted == 0
    assert kept(elsewhere) == []


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("P1,", "P9,", "patient_id"),
        ("P1,,", "P1,S3,", "session_id"),
        (",2024-02-01,", ",2023-02-01,", "taken_on"),
        (",320,", ",321,", "sha256"),
        ("face.cheek", "face.ear", "area"),
    ],
)
def test_rows_that_do_not_fit_are_refused_with_their_column(
    before, after, column, pictured, elsewhere, take, tmp_path
):
    export(pictured, tmp_path / "out", photographs=True)
    rows = tmp_path / "out" / "photos.csv"
    header, *lines = rows.read_text("utf-8").splitlines()
    changed = [line.replace(before, after) for line in lines if "face.cheek" in line]
    assert changed != [line for line in lines if "face.cheek" in line]
    rows.write_text("\n".join([header, *changed, ""]), encoding="utf-8")

    taken = take(elsewhere, tmp_path / "out")

    assert kept(elsewhere) == []
    refused = taken.rejects.read_text(encoding="utf-8").splitlines()
    assert [one.split(",")[:3] for one in refused[1:]] == [["photos.csv", "2", column]]


def test_another_photograph_under_the_same_id_is_refused(pictured, elsewhere, take, tmp_path):
    export(pictured, tmp_path / "out", photographs=True)
    take(elsewhere, tmp_path / "out")
    rows = tmp_path / "out" / "photos.csv"
    rows.write_text(rows.read_text("utf-8").replace("before", "after"), encoding="utf-8")

    found = result_of(take(elsewhere, tmp_path / "out"), "photos.csv")

    assert (found.unchanged, found.rejected) == (0, 2)
    assert kept(elsewhere) == [kept(pictured)[0]]


def test_photographs_may_come_alone(pictured, elsewhere, take, tmp_path):
    export(pictured, tmp_path / "out", photographs=True)
    take(elsewhere, tmp_path / "out")
    remove_photograph(elsewhere, kept(elsewhere)[0][0], PRACTITIONER, reason="blurred", clock=clock)
    for one in (tmp_path / "out").iterdir():
        if one.name != "photos.csv" and one.suffix == ".csv":
            one.unlink()

    taken = take(elsewhere, tmp_path / "out")

    assert [(one.file, one.inserted) for one in taken.files] == [("photos.csv", 1)]


def test_amendments_say_what_was_replaced_and_are_passed_over_coming_in(
    pictured, elsewhere, take, tmp_path
):
    seen = read_session(pictured, "S1", PRACTITIONER, clock=clock)
    if seen.finalised_at is None:
        finalise_session(pictured, PRACTITIONER, seen=seen, reason="no consent yet", clock=clock)
        seen = read_session(pictured, "S1", PRACTITIONER, clock=clock)
    entry = seen.entry.__class__(**{f: getattr(seen.entry, f) for f in seen.entry.__slots__})
    object.__setattr__(entry, "note", "the other needle")
    amend_session(
        pictured, entry, PRACTITIONER, seen=seen, reason="wrong needle noted", clock=clock
    )

    counts, files = export(pictured, tmp_path / "out")

    lines = files["amendments.csv"].decode().splitlines()
    assert lines[0] == ",".join(AMENDMENTS.names)
    (note,) = [line.split(",") for line in lines[1:] if ",note," in line and "sessions.csv" in line]
    assert (note[0], note[2], note[3], note[6]) == ("S1", "ada", "wrong needle noted", "changed")
    assert note[-1] == "the other needle"
    removed = {line.split(",")[4] for line in lines[1:] if ",removed," in line}
    assert "treated_areas.csv" in removed
    assert counts["amendments.csv"] == len(lines) - 1

    taken = result_of(take(elsewhere, tmp_path / "out"), "amendments.csv")
    assert (taken.read, taken.skipped, taken.inserted) == (len(lines) - 1, len(lines) - 1, 0)
    with reading(elsewhere) as db:
        assert db.execute("SELECT note FROM sessions WHERE session_id = 'S1'").fetchone() == (
            "the other needle",
        )
