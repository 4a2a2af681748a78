"""The demo clinic goes out, comes in and goes out again: the same bytes."""

from datetime import date

from mesodash.demo import make_demo
from mesodash.exchange.exporting import export_csv
from mesodash.exchange.importing import import_folder
from mesodash.records.actor import DEMO


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_demo_clinic_survives_the_journey(tmp_path, empty_clinic, catalogue):
    demo, out, again = tmp_path / "demo.db", tmp_path / "out", tmp_path / "again"
    make_demo(demo, sessions=250, today=date(2026, 11, 22), catalogue=catalogue)
    export_csv(demo, out, actor=DEMO)
    result = import_folder(
        empty_clinic, out, actor=DEMO, catalogue=catalogue, rejects=tmp_path / "rejects.csv"
    )
    export_csv(empty_clinic, again, actor=DEMO)

    assert files(again) == files(out)
    assert sum(file.rejected for file in result.files) == 0
    assert len(files(out)["sessions.csv"].splitlines()) == 251
