"""A pseudonymised export names nobody, and still holds together."""

from datetime import date, timedelta

import pytest
from tests.exchange.small_clinic import ACTOR, MANY, clock, make_clinic

from mesodash.exchange.contract.files import BY_FILE
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.exporting.pseudonyms import LEFT_OUT, Pseudonyms, shifted
from mesodash.records.privacy.inventory import IDENTIFIES, TABLES
from mesodash.records.store.connection import reading

KEY = b"k" * 32
IDENTIFIERS = (
    "P1", "P2", "D1", "C1", "C2", "S1", "S2", "S3", "E1", "E2", "E3", "L-77", "Ada", "Example",
    "tea", "coffee", "felt odd", "came back", "second", "moved away", "1983", "2024-01-05T10:30",
    "ada", "bea", "not tested", "deeper", "wedding", "pregnancy", "2024-01-20", "2024-01-04",
)  # fmt: skip


def texts(db, folder, **options):
    export_csv(db, folder, actor=ACTOR, clock=clock, **options)
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def test_nothing_that_names_a_person_is_in_it(clinic, put, take, tmp_path):
    take(clinic, put(MANY))

    plain = "".join(texts(clinic, tmp_path / "plain").values())
    hidden = texts(clinic, tmp_path / "hidden", pseudonymised=True, key=KEY)

    assert [name for name in IDENTIFIERS if name not in plain] == []  # the control
    assert [name for name in IDENTIFIERS if name in "".join(hidden.values())] == []
    assert hidden["patients.csv"].count(",1980,") == 6
    assert sorted(BY_FILE.keys() - hidden.keys()) == sorted(f"{name}.csv" for name in LEFT_OUT)


def test_it_imports_whole_and_keeps_distances_in_time(clinic, put, take, tmp_path):
    take(clinic, put(MANY))
    texts(clinic, tmp_path / "hidden", pseudonymised=True)
    other = make_clinic(tmp_path / "other.db")

    result = take(other, tmp_path / "hidden")

    assert [(f.file, f.inserted, f.rejected) for f in result.files] == [
        (name, text.count("\n") - 1, 0)
        for name, text in MANY.items()
        if name.removesuffix(".csv") not in LEFT_OUT
    ]
    with reading(other) as db:
        days = db.execute(
            "SELECT julianday(e.resolved_at) - julianday(date(s.held_at)) FROM side_effects AS e"
            " JOIN sessions AS s ON s.id = e.session WHERE e.effect = 'erythema'"
        ).fetchone()
    assert days == (2.0,)


def test_two_exports_cannot_be_joined(clinic, put, take, tmp_path):
    take(clinic, put(MANY))

    one = texts(clinic, tmp_path / "one", pseudonymised=True)["patients.csv"].splitlines()[1:]
    two = texts(clinic, tmp_path / "two", pseudonymised=True)["patients.csv"].splitlines()[1:]

    assert {line.split(",")[0] for line in one} & {line.split(",")[0] for line in two} == set()


def test_a_shared_lot_does_not_tell_how_far_apart_two_patients_were_moved():
    target = BY_FILE["products_used.csv"]
    pseudonyms = Pseudonyms(KEY, {"S1": "P1", "S2": "P2"})
    given = {"product": "Serum", "lot": "L-77", "expires_on": "2027-03-01", "volume_ml": 1000}
    one, two = (
        dict(
            zip(
                target.names,
                pseudonyms.row(
                    target, tuple({"session_id": s, **given}.get(n) for n in target.names)
                ),
                strict=True,
            )
        )
        for s in ("S1", "S2")
    )

    assert pseudonyms.shift("P1") != pseudonyms.shift("P2")
    assert one["lot"] == two["lot"] != "L-77"  # so that clusters of a lot can still be found
    assert (one["expires_on"], two["expires_on"]) == (None, None)
    assert (one["product"], one["volume_ml"]) == ("Serum", 1000)


def test_the_shift_is_one_to_365_days_back_and_constant_for_a_patient():
    pseudonyms = Pseudonyms(KEY, {})
    shifts = {pseudonyms.shift(f"P{n}") for n in range(5000)}

    assert (min(shifts), max(shifts)) == (timedelta(days=-365), timedelta(days=-1))
    assert pseudonyms.shift("P7") == pseudonyms.shift("P7")


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("2024-03-01", False, "2024-02-20"),
        ("2024-03-01T10:30", False, "2024-02-20T10:30"),
        ("2024-03", False, "2024-02"),
        ("2024-03", True, "2024-03"),
        ("2024", False, "2023"),
        ("2024", True, "2024"),
    ],
)
def test_a_date_keeps_its_precision(text, end, expected):
    assert shifted(text, timedelta(days=-10), end=end) == expected


def test_an_imprecise_end_never_comes_before_its_onset():
    for day in range(1, 32):
        for back in range(1, 366):
            by = timedelta(days=-back)
            onset = shifted(date(2024, 3, day).isoformat(), by)
            assert shifted("2024-03", by, end=True) >= onset[:7]
            assert shifted("2024-03", by) <= onset[:7]


STAYS_OF_A_PATIENT = {"patient_id", "sex", "birth_year", "phototype"}


def test_every_column_is_accounted_for_the_newest_too(checks):
    """A column or table added later is withheld until somebody has thought about it."""
    known = {"patient_of": {"P": "P"}, "shown": {"P": (1980, "female", "III")}}
    given = {"id": "P", "integer": 7, "thousandths": 7, "real": 0.5, "word": "female", "code": "x"}
    files = [one for one in BY_FILE.values() if one.table not in LEFT_OUT]
    with checks("columns of a pseudonymised export", planned=90, at_least=True) as count:
        for target in files:
            row = tuple(given.get(column.kind, "2024-05-05") for column in target.columns)
            told = dict(zip(target.names, Pseudonyms(KEY, **known).row(target, row), strict=True))
            for column in target.columns:
                value, what = told[column.name], f"{target.table}.{column.name}"
                if target.table == "patients":
                    stays = column.name in STAYS_OF_A_PATIENT
                    count.that((value is not None) == stays, f"{what}: {value}")
                elif TABLES[target.table].kind_of(column.field) == IDENTIFIES:
                    # Of another kind than an id it goes, else it is a hash under this key.
                    count.that(value != given.get(column.kind), f"{what}: {value}")
                elif column.kind == "text":
                    allowed = ("product", "lot", "maker", "needle", "name", "term")
                    count.that(value is None or column.name in allowed, f"{what}: {value}")
                elif column.kind in ("day", "partial"):
                    count.that(value != "2024-05-05", f"{what}: {value}")
                else:
                    # A trade item number names a product, which stays.
                    product = column.kind in given or column.name == "gtin"
                    count.that(product or value is None, f"{what}: {value}")
