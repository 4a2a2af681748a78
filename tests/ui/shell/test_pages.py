"""The list of pages: each has its file and its row in the matrix of roles, or the start says so."""

from mesodash.permissions import ROLES, matrix, may
from mesodash.settings import PROJECT
from mesodash.ui.shell.pages import GROUPS, PAGES, PageSpec, faults, first_page

NEW = PageSpec("review/stock.py", "Stock", ":material/inventory:")


def test_nothing_keeps_a_page_from_being_opened():
    assert list(faults(PAGES, folder=PROJECT / "pages", actions=matrix())) == []


def test_the_matrix_names_no_page_that_is_not_there():
    assert {action for action in matrix() if action.startswith("page.")} == {
        spec.action for spec in PAGES
    }


def test_every_role_may_open_the_page_on_which_it_lands():
    landing = {role: first_page(role) for role in ROLES}

    assert {role: may(role, spec.action) for role, spec in landing.items()} == dict.fromkeys(
        ROLES, True
    )
    assert (landing["manager"].url_path, landing["trainer"].url_path) == ("month", "lessons")


def test_the_menu_shows_at_most_five_entries():
    groups = {spec.group for spec in PAGES}

    assert groups == set(GROUPS)
    assert len(groups) <= 5


def test_each_of_a_page_s_three_places_is_missed(tmp_path):
    (tmp_path / "review").mkdir()
    without_file = list(faults([NEW], folder=tmp_path, actions={"page.stock"}))
    (tmp_path / NEW.file).touch()
    without_row = list(faults([NEW], folder=tmp_path, actions={"page.due"}))
    without_line = list(faults([], folder=tmp_path, actions={"page.stock"}))

    assert [(NEW.file in said, str(tmp_path) in said) for said in without_file] == [(True, True)]
    (sentence,) = without_row
    assert "permissions/matrix.csv has no row page.stock" in sentence
    (sentence,) = without_line
    assert (NEW.file in sentence, "ui/shell/pages.py" in sentence) == (True, True)
    assert list(faults([NEW], folder=tmp_path, actions={"page.stock"})) == []
