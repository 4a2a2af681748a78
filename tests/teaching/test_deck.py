"""The deck: opened by Anki's own library, with every note, card and picture."""

from datetime import date

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from mesodash.bodymap.atlas import load_atlas
from mesodash.teaching.deck import deck_notes, make_deck

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def atlas():
    return load_atlas()


@pytest.fixture(scope="module")
def notes(catalogue, atlas):
    return deck_notes(catalogue, atlas)


def imported(path, package):
    """A collection of Anki's own into which a package was imported."""
    collection = Collection(str(path / "collection.anki2"))
    file = path / "deck.apkg"
    file.write_bytes(package)
    request = ImportAnkiPackageRequest(
        package_path=str(file), options=ImportAnkiPackageOptions(with_scheduling=False)
    )
    collection.import_anki_package(request)
    return collection


def test_anki_opens_it_and_a_second_import_adds_nothing(catalogue, atlas, notes, tmp_path):
    package = make_deck(catalogue, atlas, made_on=DAY)
    collection = imported(tmp_path, package)
    try:
        assert collection.note_count() == collection.card_count() == len(notes)
        fronts = {
            collection.get_note(number).fields[0] for number in collection.find_notes("tag:area")
        }
        assert fronts == {one.front for one in notes if one.row.startswith("areas.")}
        unused = collection.media.check()
        assert list(unused.missing) == []
        assert list(unused.unused) == []
    finally:
        collection.close()
    again = imported(tmp_path, package)
    try:
        assert again.note_count() == len(notes)
    finally:
        again.close()


def test_every_area_that_is_drawn_is_asked_once_and_not_named(catalogue, atlas, notes):
    asked = [one for one in notes if one.row.startswith("areas.")]
    drawn = {area for area, _side in atlas.areas()}
    assert sorted(one.row for one in asked) == sorted(f"areas.{area}" for area in drawn)
    for one in asked:
        label = catalogue.areas[one.row.removeprefix("areas.")].label
        assert label in one.back
        assert label not in one.front
        # Only the asked area is filled.
        assert one.front.count('fill-opacity="0.75"') == 1


def test_every_fact_names_a_source_and_each_note_is_of_one_row(catalogue, notes):
    rows = [one.row for one in notes]
    assert len(set(rows)) == len(rows)
    for one in notes:
        if one.row.startswith("protocols."):
            assert 'class="quiet">' in one.back
            assert not one.back.endswith('class="quiet"></p>')
    covered = {one.row.split(".")[1] for one in notes if one.row.startswith("protocols.")}
    assert covered == set(catalogue.protocols)
