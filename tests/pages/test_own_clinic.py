"""Each role in one place: practitioners their clinic, managers figures, trainers never patients."""

from datetime import date

import pytest
from tests.reports.made_clinic import make_clinic

from mesodash.lake.publish import publish
from mesodash.permissions import NotAllowedError, matrix, may
from mesodash.records.audit.actor import Actor
from mesodash.reports.core.filters import Filters, ReportError
from mesodash.reports.core.reader import Reader

ON = date(2026, 1, 5)
PIA = Actor("Pia", "practitioner")
SINGLE = {
    "who is due": lambda reader, who, filters: reader.due(ON, who, filters),
    "sessions behind a bar": lambda reader, who, filters: reader.sessions_behind(
        who, {"area": "face.cheek"}, filters
    ),
    "open side effects": lambda reader, who, filters: reader.open_effects(who, filters),
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory, catalogue):
    """Two clinics whose inner numbers are the same, published into one lake."""
    folder = tmp_path_factory.mktemp("chain")
    lake = folder / "lake"
    for seed, name in enumerate(("one", "two"), start=1):
        publish(make_clinic(folder / f"{name}.db", name, sessions=120, seed=seed), lake)
    return folder, lake


@pytest.mark.slow
def test_a_lake_of_several_clinics_shows_single_patients_of_the_own_one_only(
    chain, catalogue, checks
):
    folder, lake = chain
    own, alone = (
        Reader(folder / "one.db", catalogue, lake=lake),
        Reader(folder / "one.db", catalogue),
    )
    with checks("single patients of one clinic", planned=3 * len(SINGLE)) as count:
        for what, look in SINGLE.items():
            seen = look(own, PIA, Filters())
            count.that(len(seen) > 0, f"{what}: nothing to tell apart")
            count.that(seen.equals(look(alone, PIA, Filters())), f"{what}: another clinic's rows")
            try:
                look(own, PIA, Filters(clinics=("two",)))
                count.that(False, f"{what}: gave the other clinic's")
            except ReportError as error:
                count.that('This file is the clinic "one"' in str(error), f"{what}: {error}")
    # Control: the lake does hold both, and figures, which name nobody, add them up.
    both = own.report("volumes", by=())["sessions"].sum()
    assert both > alone.report("volumes", by=())["sessions"].sum()


@pytest.mark.parametrize("what", SINGLE)
def test_a_lake_alone_names_nobody(chain, catalogue, what):
    with pytest.raises(ReportError, match="clinic's file"):
        SINGLE[what](Reader(None, catalogue, lake=chain[1]), PIA, Filters())


@pytest.mark.parametrize("what", SINGLE)
def test_a_manager_sees_figures_and_single_patients_only_with_the_right(chain, catalogue, what):
    reader = Reader(chain[0] / "one.db", catalogue)
    assert len(reader.report("volumes")) > 0
    with pytest.raises(NotAllowedError):
        SINGLE[what](reader, Actor("Mia", "manager"), Filters())
    assert len(SINGLE[what](reader, Actor("Nia", "manager", sees_names=True), Filters())) > 0


@pytest.mark.parametrize("names", [True, False])
def test_a_trainer_never_sees_a_patient_whatever_the_right_to_names(chain, catalogue, names):
    tom = Actor("Tom", "trainer", sees_names=names)
    reader = Reader(chain[0] / "one.db", catalogue)
    for look in SINGLE.values():
        with pytest.raises(NotAllowedError):
            look(reader, tom, Filters())
    granted = [action for action in matrix() if may("trainer", action, names=names)]
    assert granted == [
        "page.teaching_map",
        "page.lessons",
        "page.lesson",
        "page.compare",
        "page.cases",
        "page.flashcards",
        "page.room",
        "page.adherence",
        "page.search",
        "page.protocols",
        "page.adopted",
        "page.account",
        "rooms.open",
        "flashcards.own",
        "account.own",
    ]


def test_an_auditor_changes_nothing_and_sees_no_patient():
    granted = [action for action in matrix() if may("auditor", action, names=True)]
    assert [action for action in granted if not action.startswith("page.")] == [
        "audit.view",
        "server.see",
        "flashcards.own",
        "account.own",
    ]
