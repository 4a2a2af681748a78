"""Exports that meet hostile text: no cell of any of them runs, and no number is touched."""

import csv
import io
import re
from datetime import UTC, date, datetime

import openpyxl
import pandas as pd
import pytest
from icalendar import Calendar
from tests.exchange.small_clinic import ACTOR, MANY, clock, make_clinic, write_files

from mesodash.cli import main
from mesodash.consult.calendar_file import Event, calendar
from mesodash.demo import make_demo
from mesodash.documents.tables import DownloadTable, to_csv, to_excel
from mesodash.exchange.cell_text import csv_line, protect
from mesodash.exchange.contract.files import BY_FILE
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.records.audit.actor import DEMO
from mesodash.records.store.connection import reading

LIVE = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "'=")
BODY = "cmd|'/c calc'!A0"
TEXT_KINDS = ("id", "text")


def parsed(raw):
    return list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))


def hostile(prefix):
    """The small clinic with the prefix before every id and every free text that is filled in."""
    spaced = prefix in "\t\r\n"  # an id takes no such characters: its import refuses them
    files = {}
    for name, text in MANY.items():
        target = BY_FILE[name]
        rows = parsed(text.encode())
        made = [csv_line(rows[0])]
        for row in rows[1:]:
            cells = []
            for column, cell in zip(target.columns, row, strict=True):
                marked = column.kind == "text" or (column.kind == "id" and not spaced)
                cells.append(protect(f"{prefix}{BODY}{cell}") if cell and marked else cell)
            made.append(csv_line(cells))
        files[name] = "".join(made)
    return files


def out(db, folder, **options):
    export_csv(db, folder, actor=ACTOR, clock=clock, **options)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


TEXT_COLUMNS = [
    (name, c.name) for name, s in BY_FILE.items() for c in s.columns if c.kind == "text"
]
ID_COLUMNS = [(name, c.name) for name, s in BY_FILE.items() for c in s.columns if c.kind == "id"]
PLAIN = sum(prefix in "\t\r\n" for prefix in PREFIXES)
PLANNED = len(PREFIXES) * (len(TEXT_COLUMNS) + len(BY_FILE) + 3) + (len(PREFIXES) - PLAIN) * len(
    ID_COLUMNS
)


@pytest.mark.slow
def test_no_exported_cell_runs_and_all_comes_back(tmp_path, take, checks):
    with checks("formulas on export", planned=PLANNED) as count:
        for number, prefix in enumerate(PREFIXES):
            place = tmp_path / str(number)
            place.mkdir()
            db, other = make_clinic(place / "1.db"), make_clinic(place / "2.db")
            result = take(db, write_files(place / "in", hostile(prefix)))
            count.that(result.rejected == 0, f"{prefix!r}: {result}")
            files = out(db, place / "out")
            marked = TEXT_COLUMNS + (ID_COLUMNS if prefix not in "\t\r\n" else [])
            for name, column in marked:
                rows = parsed(files[name])
                at = rows[0].index(column)
                told = [row[at] for row in rows[1:] if row[at]]
                count.that(
                    told and all(cell.startswith(f"'{prefix}{BODY}") for cell in told),
                    f"{prefix!r} in {name}, {column}: {told[:2]}",
                )
            for name, target in BY_FILE.items():
                count.that(
                    untouched(target, files[name]) == untouched(target, MANY[name].encode())
                    and not live(files[name]),
                    f"{prefix!r} in {name}: {live(files[name])[:2]} or a number is another one",
                )
            take(other, place / "out")
            count.that(out(other, place / "again") == files, f"{prefix!r} does not come back")
            hidden = b"".join(out(db, place / "hidden", pseudonymised=True).values())
            told = [c for row in parsed(hidden) for c in row if LIVE.match(c) or "calc" in c]
            # A product is the one free text that stays in it, under protection.
            count.that(all(c.startswith("'") for c in told), f"{prefix!r} pseudonymised: {told}")


def live(raw):
    return [cell for row in parsed(raw) for cell in row if LIVE.match(cell)]


def untouched(target, raw):
    """The cells that are neither text nor ids, in any order of rows."""
    kept = [at for at, c in enumerate(target.columns) if c.kind not in TEXT_KINDS]
    return sorted([row[at] for at in kept] for row in parsed(raw))


def test_negative_control_an_export_without_protection_is_seen(tmp_path, take, monkeypatch):
    monkeypatch.setattr("mesodash.exchange.exporting.export_folder.protect", lambda text: text)
    take(make_clinic(tmp_path / "1.db"), write_files(tmp_path / "in", hostile("=")))

    assert live(out(tmp_path / "1.db", tmp_path / "out")["patients.csv"])


def test_no_kept_table_runs(checks):
    texts = [f"{prefix}{BODY}" for prefix in PREFIXES]
    numbers = [-1.5, 1e-9, 0.1, 2.0, -0.0, 1e300, 3.25, -7.0, 1.0]
    columns = {
        "object": pd.Series(texts, dtype="object"),
        "string": pd.Series(texts, dtype="string"),
        "category": pd.Series(texts, dtype="category"),
        "counts": pd.Series([{text: 1} for text in texts], dtype="object"),
        "lists": pd.Series([[text] for text in texts], dtype="object"),
        "numbers": pd.Series(numbers),
        "days": pd.Series([date(2026, 1, 1)] * len(texts)),
    }
    frame = pd.DataFrame(columns | {text: pd.Series(numbers) for text in texts})
    target = DownloadTable(
        title=texts[0],
        frame=frame,
        definitions=dict.fromkeys(texts, texts[0]),
        about=tuple((text, text) for text in texts),
    )
    with checks("formulas in kept tables", planned=len(PREFIXES) * 8 + 3) as count:
        raw = to_csv(target)
        rows = parsed(raw)
        count.that(not any(LIVE.match(c) for row in rows for c in row if not number(c)), rows)
        read = [float(row[rows[0].index("numbers")]) for row in rows[1:]]
        count.that(read == numbers, read)
        book = openpyxl.load_workbook(io.BytesIO(to_excel(target)))
        cells = [cell for page in book for row in page.iter_rows() for cell in row]
        count.that({cell.data_type for cell in cells} <= {"s", "n", "d"}, "a formula or link")
        for at, text in enumerate(texts, start=2):
            row = [cell.value for cell in book["Data"][at]]
            for cell in row[:5]:
                count.that(not LIVE.match(str(cell)), f"{text!r} as {cell!r}")
            count.that(row[5] == numbers[at - 2], f"{numbers[at - 2]} as {row[5]!r}")
            count.that(not LIVE.match(str(book["Data"][1][at + 5].value)), f"{text!r} as a head")
            about = [str(cell.value) for cell in book["About"][at]]
            count.that(not any(map(LIVE.match, about)), f"{about}")


def number(cell):
    return re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)


def test_no_cell_of_a_printed_csv_runs(tmp_path, take, capsys):
    db = make_clinic(tmp_path / "1.db")
    take(db, write_files(tmp_path / "in", hostile("=")))

    main(["history", "--area", "face", "--db", str(db), "--format", "csv"])

    rows = parsed(capsys.readouterr().out.encode())
    assert len(rows) > 2
    assert [c for row in rows for c in row if LIVE.match(c)] == []
    assert any(c.startswith("'=") for row in rows for c in row)


ICS = (
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil", "a\nATTACH:http://x", "a\rBEGIN:VALARM",
    "a;b,c\\n:d", "x" * 500, "é" * 200, "💉" * 60, "\u2028BEGIN:VEVENT", '"=1+1"', "a\tb",
    "=HYPERLINK(1)", "\x85END:VCALENDAR",
)  # fmt: skip
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_no_calendar_text_ends_its_event(checks):
    with checks("calendar injection", planned=len(ICS) * 4 * 3) as count:
        for text in ICS:
            for at in range(4):
                given = {
                    name: text if at == n else "plain"
                    for n, name in enumerate(("title", "text", "place", "uid"))
                }
                raw = calendar([Event(on=date(2026, 11, 24), **given)], "Clinic", NOW)
                names = [one.name for one in Calendar.from_ical(raw).walk()]
                count.that(names == ["VCALENDAR", "VEVENT"], f"{text!r} makes {names}")
                lines = raw.split(b"\r\n")
                count.that(all(len(line) <= 75 for line in lines), f"{text!r} is not folded")
                heads = {line.split(b":")[0].split(b";")[0] for line in lines if line[:1].isalpha()}
                count.that(not heads & {b"ATTACH", b"BEGIN:VALARM"}, f"{text!r} makes {heads}")


def identifiers(db):
    """All that names somebody or something of theirs: ids, names, free text, lots."""
    asked = {
        "patients": ("patient_id", "note"),
        "practitioners": ("practitioner_id", "name"),
        "courses": ("course_id", "stopped_reason"),
        "sessions": ("session_id", "note"),
        "side_effects": ("side_effect_id", "term", "note"),
        "products_used": ("lot",),
        "plans": ("made_by", "reason"),
        "screening_answers": ("detail",),
    }
    with reading(db) as file:
        return {
            str(value)
            for table, columns in asked.items()
            for column in columns
            for (value,) in file.execute(f"SELECT DISTINCT {column} FROM {table}")
            if value not in (None, "")
        }


@pytest.mark.slow
def test_a_pseudonymised_export_holds_no_identifier(tmp_path, catalogue, checks):
    db = tmp_path / "demo.db"
    make_demo(db, sessions=400, today=date(2026, 11, 22), catalogue=catalogue)
    names = identifiers(db)

    export_csv(db, tmp_path / "plain", actor=DEMO)
    export_csv(db, tmp_path / "hidden", actor=DEMO, pseudonymised=True)

    def text_of(folder):
        return "\n".join(p.read_text(encoding="utf-8") for p in sorted(folder.iterdir()))

    plain, hidden = text_of(tmp_path / "plain"), text_of(tmp_path / "hidden")
    cells = {cell for row in parsed(hidden.encode()) for cell in row}
    with checks("identifiers in a pseudonymised export", planned=800, at_least=True) as count:
        for name in sorted(names):
            # A short one may be part of a hash by chance, so it is looked for as a cell.
            there = name in hidden if len(name) > 4 else name in cells
            count.that(not there, f"{name!r} is in it")
        count.that(
            all(name in plain for name in names if "\n" not in name and '"' not in name),
            "the control: a plain export holds them all",
        )
