"""A photograph is in the clinic's file alone: in no cache, lake, exchange file or demo.

A marker is planted in a picture, and everything else is searched for it, as it is, in Base64 and in
hexadecimal. Each way of searching is tried on something that does hold it.
"""

import functools
import gc
import types
from base64 import b64encode
from datetime import date
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import streamlit as st
from streamlit.runtime.caching import cache_data_api, cache_resource_api
from tests.consult_clinic import make_clinic
from tests.pages.identities import IDENTITIES, add_accounts
from tests.pages.signed_in_page import as_who, named, opened, ran
from tests.pictures_made import photograph, saved

from mesodash.exchange.exporting.export_fhir import export_fhir
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.sources.photograph_file import drawn_anew
from mesodash.lake.publish import publish
from mesodash.records.audit.actor import Actor
from mesodash.records.patients.new_patient import add_patient
from mesodash.records.store.connection import reading
from mesodash.records.watch.consents import record_consent
from mesodash.records.watch.photographs import (
    NewPhotograph,
    add_photograph,
    declare_disk,
    picture_of,
)

MARKER = b"planted-in-a-photograph-" * 8
PLAIN = drawn_anew(saved(photograph((300, 400))))
# The marker as a comment of the JPEG, right after its first two bytes.
PICTURE = (
    PLAIN.jpeg[:2] + b"\xff\xfe" + (len(MARKER) + 2).to_bytes(2, "big") + MARKER + PLAIN.jpeg[2:]
)
FORMS = (MARKER[:48], b64encode(PICTURE[6:66]), PICTURE[6:66].hex().encode())
DAY = date(2026, 11, 20)
DOCTOR = Actor("Pia", "practitioner")
HEAD = Actor("Ada", "administrator")


@pytest.fixture
def clinic(tmp_path):
    path = make_clinic(tmp_path / "own" / "rooms.db", kind="clinical")
    add_accounts(path)
    declare_disk(path, HEAD, declared=True)
    record_consent(
        path, "HUGO", DOCTOR, nonce="nonce-of-consent", purpose="photographs",
        given_on=date(2026, 11, 1), given_how="paper", today=DAY,
    )  # fmt: skip
    new = NewPhotograph(
        PICTURE, PLAIN.width, PLAIN.height, "scalp.vertex", "midline", "close", "before", DAY
    )
    add_photograph(path, "HUGO", new, DOCTOR, nonce="nonce-of-photo", today=DAY)
    return path


def holds(content):
    return any(form in content for form in FORMS)


def holding(folder):
    """The files of a folder that hold the picture; tables of Parquet are read for it."""
    found = []
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        content = file.read_bytes()
        if file.suffix == ".parquet":
            cells = pq.read_table(file).to_pylist()
            content += b" ".join(
                value if isinstance(value, bytes) else str(value).encode()
                for row in cells
                for value in row.values()
            )
        if holds(content):
            found.append(file.name)
    return found


def cached():
    """The text and bytes that any cache of this process holds, ours and Streamlit's."""
    waiting = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    waiting += [cache_data_api._data_caches, cache_resource_api._resource_caches]
    beyond = (type, types.ModuleType, types.FunctionType, types.FrameType)
    seen = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, beyond):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes | bytearray):
            yield one.encode(errors="replace") if isinstance(one, str) else bytes(one)
        else:
            waiting += gc.get_referents(one)


def in_a_cache():
    return any(map(holds, cached()))


def test_a_look_at_one_leaves_it_in_no_cache(monkeypatch, clinic):
    as_who(monkeypatch, clinic, IDENTITIES[3])
    page = opened("consult/patient.py")
    page.query_params["patient"] = "HUGO"
    ran(page)
    ran(named(page.toggle, "Show the 1 photograph").set_value(True))

    looks = "SELECT count(*) FROM change_log WHERE action = 'view' AND row_key LIKE 'photo-%'"
    with reading(clinic) as db:
        assert db.execute(looks).fetchone() == (1,)
    assert not in_a_cache()


@pytest.mark.parametrize("kept", [functools.cache, functools.lru_cache(maxsize=4), st.cache_data])
@pytest.mark.parametrize("written", [bytes, lambda picture: f"data:{b64encode(picture).decode()}"])
def test_negative_control_what_a_cache_keeps_is_found(clinic, kept, written):
    @kept
    def shown(photograph_id):
        return [written(picture_of(clinic, photograph_id, DOCTOR))]

    assert not in_a_cache()
    shown(f"photo-{sha256(b'nonce-of-photo').hexdigest()[:16]}")
    assert in_a_cache()
    (shown.clear if hasattr(shown, "clear") else shown.cache_clear)()
    assert not in_a_cache()


def test_no_lake_and_no_exchange_file_holds_it(clinic, tmp_path, catalogue):
    for name in ("OLGA", "NILS", "RUTH", "EMIL"):  # a handful may not be exported without names
        add_patient(clinic, name, HEAD, sex="female")
    out = tmp_path / "out"
    out.mkdir()
    publish(clinic, out / "lake")
    for nameless in (False, True):
        export_csv(clinic, out / f"csv-{nameless}", actor=HEAD, pseudonymised=nameless)
        export_fhir(
            clinic, out / f"fhir-{nameless}", actor=HEAD, catalogue=catalogue,
            pseudonymised=nameless,
        )  # fmt: skip

    assert len({file.parent for file in out.rglob("*") if file.is_file()}) >= 5
    assert holding(out) == []
    assert holding(clinic.parent) == [clinic.name]


def test_negative_control_a_table_and_a_text_that_hold_it_are_found(tmp_path):
    table = pa.table({"n": list(range(500)), "picture": [PICTURE] * 500})
    pq.write_table(table, tmp_path / "a.parquet", compression="zstd")
    (tmp_path / "b.csv").write_bytes(b"1," + b64encode(PICTURE))
    (tmp_path / "c.json").write_text(f'{{"data": "{PICTURE.hex()}"}}', "utf-8")
    (tmp_path / "d.csv").write_text("1,nothing", "utf-8")

    assert holding(tmp_path) == ["a.parquet", "b.csv", "c.json"]


def test_a_demo_has_none(demo_clinic, clinic):
    def counted(path):
        with reading(path) as db:
            return db.execute("SELECT count(*) FROM photographs").fetchone()[0]

    assert (counted(demo_clinic), counted(clinic)) == (0, 1)
