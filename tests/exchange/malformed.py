"""Files no import should take, some hundreds of them, and how each is put into a folder.

No case has a good row next to the bad one, so nothing at all may be imported from it.
"""

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from tests.exchange.small_clinic import FILES

MEGABYTE = 1_000_000
P = "patient_id,sex,note\n"


@dataclass(frozen=True)
class Case:
    """`make(folder)` writes the files; `whole` says that a file is refused, not rows of it."""

    name: str
    make: Callable[[Path], None]
    whole: bool = True


def files(name: str, content: dict[str, str | bytes], *, whole: bool = True) -> Case:
    def make(folder: Path) -> None:
        for file, text in content.items():
            (folder / file).write_bytes(text.encode() if isinstance(text, str) else text)

    return Case(name, make, whole)


def cases() -> list[Case]:
    found = [
        *encodings(),
        *structures(),
        *cells(),
        *formulas(),
        *disguised(),
        *large(),
        *places(),
    ]
    assert len({case.name for case in found}) == len(found)
    return found


def encodings() -> Iterator[Case]:
    """Every exchange file in encodings that are not UTF-8, and bytes that are no text."""
    for file, text in FILES.items():
        yield files(
            f"{file} in latin-1",
            {file: text.replace("\n", "\nÄ\xe9,", 1).encode("latin-1")},
            whole=False,  # read as a Western program wrote it; the row is too wide
        )
        yield files(f"{file} with 0xFF", {file: text.encode() + b"\xff\xff\xff"})
        yield files(f"{file} with NUL", {file: text.encode().replace(b"\n", b"\n\0", 1)})
    for encoding in ("utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        yield files(encoding, {"patients.csv": FILES["patients.csv"].encode(encoding)})
    for name, raw in {
        "overlong slash": b"\xc0\xaf",
        "a lone surrogate": b"\xed\xa0\x80",
        "beyond Unicode": b"\xf4\x90\x80\x80",
        "half a character": b"\xe2\x82",
        "shift-jis": "患者".encode("shift-jis"),
        "gb18030": "患者姓名".encode("gb18030"),
        "koi8-r": "пациент".encode("koi8-r"),
    }.items():
        yield files(name, {"patients.csv": P.encode() + b"X1,male," + raw + b"\n"})
    yield files("UTF-8 behind a UTF-16 mark", {"patients.csv": b"\xff\xfe" + P.encode()})
    yield files(
        "two UTF-8 marks", {"patients.csv": b"\xef\xbb\xbf" * 2 + b"patient_id,sex\nX,male\n"}
    )
    yield files(
        "UTF-7",
        {"patients.csv": "patient_id,sex\n".encode("utf-7") + b"+AFg-1,+AG0-\n"},
        whole=False,
    )


def row_of(name: str, file: str, before: str, cell: str) -> Case:
    """One row whose last cell, in quotes, is the bad one."""
    quoted = '"' + cell.replace('"', '""') + '"'
    return files(name, {file: f"{before}{quoted}\n"}, whole=False)


def structures() -> Iterator[Case]:
    """Headers, quotes and rows that do not hold together."""
    for file, text in FILES.items():
        header, row, *_ = text.splitlines()
        first = header.split(",")[0]
        yield files(f"{file} is empty", {file: b""})
        yield files(f"{file} has only a mark", {file: b"\xef\xbb\xbf"})
        yield files(f"{file} has blank lines only", {file: "\n\r\n  \n"})
        yield files(f"{file} names a column twice", {file: f"{header},{first}\n"})
        yield files(f"{file} has a column without a name", {file: f"{header},\n"})
        yield files(f"{file} has a column nobody knows", {file: f"{header},shoe\n"})
        yield files(f"{file} lacks its first column", {file: header.partition(",")[2] + "\n"})
        yield files(f"{file} has an open quote", {file: f'{header}\n"{row}\n'})
        yield files(f"{file} has a quote inside", {file: f'{header}\n"a"b{row}\n'})
        yield files(f"{file} is short of a cell", {file: f"{header}\nX\n"}, whole=False)
        yield files(f"{file} has a cell too many", {file: f"{header}\n{row},\n"}, whole=False)
    yield files("only CR ends lines", {"patients.csv": "patient_id,sex\rX1,male\r"})
    yield files("a CR inside a cell", {"patients.csv": P + "X1,male,a\rb\n"})
    yield files("no header", {"patients.csv": "X1,female\nX2,male\n"})
    yield files("a web page", {"patients.csv": "<!DOCTYPE html>\n<title>Sign in</title>\n"})
    yield files("JSON", {"patients.csv": '{"patient_id": "X1", "sex": "male"}\n'})
    yield files("deep JSON", {"patients.csv": "[" * 200_000})
    yield files(
        "XML with entities", {"patients.csv": '<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>\n'}
    )
    yield files(
        "a cell of other patients",
        {"patients.csv": "patient_id,sex\nX1,male\nX1,female\nX1,male\n"} | {"sessions.csv": b""},
    )
    yield files("two broken files", {"patients.csv": b"", "sessions.csv": "a,a\n"})


def cells() -> Iterator[Case]:
    """Cells that cannot be what their column says; one row a case, so no row may be taken."""
    odd_numbers = (
        "NaN", "nan", "inf", "-inf", "Infinity", "1e309", "-1e309", "1e-400", "0x1F", "1_000",
        "1,5", "٣", "１２", "--1", "1e5", "2**70", "1180591620717411303424", "1.00000.0", "½",
    )  # fmt: skip
    area = "session_id,area,side,volume_ml\nS1,face.nose,midline,"
    score = "patient_id,scale,measured_on,value\nP1,gais,2025-01-01,"
    effect = "side_effect_id,session_id,effect,onset_at,severity\nX1,S1,itch,2024-01-05,"
    for number in odd_numbers:
        yield row_of(f"volume {number}", "treated_areas.csv", area, number)
        yield row_of(f"severity {number}", "side_effects.csv", effect, number)
    for number in (*(n for n in odd_numbers if n not in ("1e5", "1e-400")), "", "6", "1e9"):
        yield row_of(f"score {number}", "outcomes.csv", score, number)
    for day in (
        "2024-02-30", "2023-02-29", "0000-00-00", "2024-13-01", "9999-99-99", "20240131", "now",
        "31.01.2024", "1/2/2024", "2024-01-31T24:00", "2024-01-31T10:00Z", "1066-10-14", "-1", "∞",
    ):  # fmt: skip
        yield files(
            f"held at {day}",
            {"sessions.csv": f"session_id,patient_id,held_at,state\nX1,P1,{day},held\n"},
            whole=False,
        )
    for name, note in {
        "a bell": "a\x07b",
        "an escape": "\x1b[2J",
        "a backspace": "a\x08",
        "a C1 control": "a\x9b31m",
        "4001 characters": "x" * 4001,
        "130 000 characters": "x" * 130_000,
    }.items():
        yield files(f"a note with {name}", {"patients.csv": f"{P}X1,male,{note}\n"}, whole=False)
    yield files("a cell of 140 000 characters", {"patients.csv": f"{P}X1,male,{'x' * 140_000}\n"})
    lines = "x\n" * MEGABYTE
    yield files("a quoted cell of 2 MB", {"patients.csv": f'{P}X1,male,"{lines}"\n'})
    yield files("a line of 2 MB", {"patients.csv": P + "X" * 2 * MEGABYTE})
    for name, text in {
        "deep parameters": "[" * 9_000 + "]" * 9_000,
        "a constant": '{""depth_mm"": NaN}',
        "a key twice": '{""depth_mm"": 1, ""depth_mm"": 2}',
        "a huge number": '{""depth_mm"": 1' + "0" * 5000 + "}",
    }.items():
        row = f'face_ncha,9,2024-01-01,ada,"{text}",'
        header = FILES["protocol_versions.csv"].splitlines()[0]
        yield files(name, {"protocol_versions.csv": f"{header}\n{row}\n"}, whole=False)
    for name in (
        "../../etc/passwd",
        "C:\\Windows",
        "x" * 65,
        " ",
        "a\x00b".replace("\x00", "\x01"),
    ):
        yield files(
            f"a session of {name[:20]!r}",
            {"sessions.csv": f"session_id,patient_id,held_at,state\nX1,{name},2024-01-01,held\n"},
            whole=False,
        )


def formulas() -> Iterator[Case]:
    """What a spreadsheet would run, in columns that are no free text."""
    area = "session_id,area,side,volume_ml\nS1,face.nose,midline,"
    for formula in (
        "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A0",
        '=HYPERLINK("http://x";"y")', "=DDE(1)", "＝1+1",
    ):  # fmt: skip
        yield row_of(f"sex {formula!r}", "patients.csv", "patient_id,sex\nX1,", formula)
        yield row_of(f"volume {formula!r}", "treated_areas.csv", area, formula)


def workbook(rows: int) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for at in range(rows):
            page.write_row(at, 0, ["patient_id", "sex", "x" * 100])
    return kept.getvalue()


def zipped(name: str, content: bytes, *, times: int = 1) -> bytes:
    for _ in range(times):
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr(name, content)
        content = kept.getvalue()
    return content


def disguised() -> Iterator[Case]:
    """Other kinds of files under a CSV's name, or where CSV files should be."""
    bomb = zipped("patients.csv", b"0" * 30 * MEGABYTE)
    raws = {
        "a workbook": workbook(3),
        "a workbook of many rows": workbook(20_000),
        "a zip": zipped("patients.csv", FILES["patients.csv"].encode()),
        "a zip bomb": bomb,
        "a zip in a zip": zipped("a.zip", bomb, times=3),
        "a zip that leads out": zipped("../../patients.csv", b"x"),
        "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 512,
        "a gzip": b"\x1f\x8b\x08\x00abc",
        "a PDF": b"%PDF-1.7\n1 0 obj\n",
        "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
        "a program": b"\x7fELF" + bytes(range(256)),
        "a database": b"SQLite format 3\0" + b"\0" * 84,
        "a Parquet file": b"PAR1" + bytes(range(256)) + b"PAR1",
    }
    for name, raw in raws.items():
        yield files(f"{name} named patients.csv", {"patients.csv": raw})
    for name in ("a workbook", "a zip bomb", "a zip"):
        yield files(f"{name} alone", {"patients.xlsx": raws[name], "patients.zip": raws[name]})
    yield files("names in other letters", {"PATIENTS.CSV.txt": FILES["patients.csv"]})
    yield files("a name with an escape", {"\x1b[2J.csv": "x", "patients.csv": b""})
    yield files("a name with a line end", {"a\nb.csv": "x", "patients.csv": b""})


def large() -> Iterator[Case]:
    """Files made to fill the memory or take the evening."""
    wide = ",".join(f"c{at}" for at in range(200_000))
    yield files("200 000 columns", {"patients.csv": f"{wide}\n{wide}\n"})
    yield files("201 columns", {"patients.csv": ",".join(f"c{at}" for at in range(201))})
    yield files("200 000 commas in a row", {"patients.csv": P + "X," * 200_000 + "\n"}, whole=False)
    yield files("a million bad rows", {"patients.csv": P + "X\n" * MEGABYTE})
    yield files("one row half a million times", {"patients.csv": P + "X1,male,\n" * 500_000})
    yield files("a million blank lines", {"patients.csv": "\n" * MEGABYTE})
    yield files("a million open quotes", {"patients.csv": P + '"\n' * (MEGABYTE + 1)})
    yield files("a million quotes", {"patients.csv": P + '"' * MEGABYTE})
    yield files("half a million codes", {"screening_answers.csv": _codes()}, whole=False)

    def sparse(size: int) -> Callable[[Path], None]:
        def make(folder: Path) -> None:
            with (folder / "patients.csv").open("wb") as out:
                out.write(P.encode())
                out.truncate(size)

        return make

    yield Case("100 MB of nothing", sparse(100 * MEGABYTE))
    yield Case("2 GB of nothing", sparse(2000 * MEGABYTE))


def _codes() -> str:
    header = FILES["screening_answers.csv"].splitlines()[0]
    codes = ";".join(["face"] * 15_000 + ["x"])
    return f'{header}\nP1,3,2024-03-01,ada,,pregnancy,no,"{codes}",,2024-03-01\n'


def places() -> Iterator[Case]:
    """Links, folders and pipes where a file should be."""

    def linked(target: str) -> Callable[[Path], None]:
        return lambda folder: (folder / "patients.csv").symlink_to(target)

    def real_elsewhere(folder: Path) -> None:
        (folder / "other.txt").write_text(FILES["patients.csv"], encoding="utf-8")
        (folder / "patients.csv").symlink_to(folder / "other.txt")

    yield Case("a link to the passwords", linked("/etc/passwd"))
    yield Case("a link to endless zeros", linked("/dev/zero"))
    yield Case("a link to itself", linked("patients.csv"))
    yield Case("a link to nowhere", linked("nowhere"))
    yield Case("a link to a good file", real_elsewhere)
    yield Case("a folder", lambda folder: (folder / "patients.csv").mkdir())
    yield Case("a pipe", lambda folder: os.mkfifo(folder / "patients.csv"))
    yield Case("nothing", lambda _: None)
