"""The list of pages: each file is there, and the matrix of roles speaks of each and of no other."""

from mesodash.permissions import ROLES, matrix, may
from mesodash.settings import PROJECT
from mesodash.ui.pages import PAGES


def test_each_page_is_a_file():
    assert [spec.file for spec in PAGES if not (PROJECT / "pages" / spec.file).is_file()] == []


def test_the_matrix_names_exactly_the_pages():
    assert sorted(spec.action for spec in PAGES) == sorted(
        action for action in matrix() if action.startswith("page.")
    )


def test_every_role_has_a_page_to_open():
    for role in ROLES:
        assert any(may(role, spec.action) for spec in PAGES), role
