"""The pages, their order and groups, and the menu that leads to them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mesodash.language import N_, _
from mesodash.settings import APP


class PageSpec(NamedTuple):
    """One page: its file under pages/, its English title, its icon, whether it is in the menu."""

    file: str
    title: str
    icon: str
    listed: bool = True

    @property
    def path(self) -> Path:
        """The page's file."""
        return APP.joinpath("pages", self.file)

    @property
    def url_path(self) -> str:
        """The last part of the page's address."""
        return self.file.rsplit("/", 1)[1].removesuffix(".py")

    @property
    def group(self) -> str:
        """The group of the menu it is in: its folder under pages/."""
        return self.file.split("/", 1)[0]

    @property
    def action(self) -> str:
        """The action of opening it in the matrix of roles."""
        return f"page.{self.url_path}"


PAGES = (
    PageSpec("consult/today.py", N_("Today"), ":material/today:"),
    PageSpec("consult/body_map.py", N_("Body map"), ":material/accessibility_new:"),
    PageSpec("consult/protocols.py", N_("Protocols"), ":material/menu_book:"),
    PageSpec("consult/adopted.py", N_("Our protocols"), ":material/fact_check:"),
    # Reached from its own button in the menu.
    PageSpec("consult/search.py", N_("Search"), ":material/search:", listed=False),
    # Reached from a patient's name and from the day's list.
    PageSpec("consult/patient.py", N_("Patient"), ":material/person:", listed=False),
    PageSpec("consult/record.py", N_("Record a session"), ":material/edit_note:", listed=False),
    PageSpec("review/month.py", N_("Month"), ":material/calendar_month:"),
    PageSpec("review/due.py", N_("Due"), ":material/event_upcoming:"),
    PageSpec("review/volumes.py", N_("Volumes"), ":material/bar_chart:"),
    PageSpec("review/courses.py", N_("Courses"), ":material/route:"),
    PageSpec("review/outcomes.py", N_("Outcomes"), ":material/trending_up:"),
    PageSpec("review/side_effects.py", N_("Side effects"), ":material/timelapse:"),
    PageSpec("review/signals.py", N_("Signals"), ":material/notification_important:"),
    PageSpec("teach/lessons.py", N_("Lessons"), ":material/school:"),
    PageSpec("teach/teaching_map.py", N_("Body map"), ":material/accessibility_new:"),
    PageSpec("teach/cases.py", N_("Cases"), ":material/quiz:"),
    PageSpec("teach/flashcards.py", N_("Flashcards"), ":material/style:"),
    PageSpec("teach/room.py", N_("Room"), ":material/groups:"),
    PageSpec("teach/compare.py", N_("Compare protocols"), ":material/compare:"),
    PageSpec("teach/adherence.py", N_("Adherence"), ":material/rule_settings:"),
    # Reached from the list of lessons; a lesson has its own address.
    PageSpec("teach/lesson.py", N_("Lesson"), ":material/co_present:", listed=False),
    PageSpec("manage/stock.py", N_("Stock"), ":material/inventory_2:"),
    PageSpec("manage/data_quality.py", N_("Data to correct"), ":material/rule:"),
    PageSpec("manage/import_data.py", N_("Import"), ":material/upload_file:"),
    PageSpec("manage/accounts.py", N_("Accounts"), ":material/manage_accounts:"),
    PageSpec("manage/change_log.py", N_("Change log"), ":material/history:"),
    PageSpec("manage/data_protection.py", N_("Data protection"), ":material/shield_person:"),
    PageSpec("manage/account.py", N_("Your account"), ":material/account_circle:"),
)
GROUPS: Final = {
    "consult": N_("Consult"),
    "review": N_("Review"),
    "teach": N_("Teach"),
    "manage": N_("Manage"),
}
"""The groups of the menu: folder under pages/ -> English title."""
SEARCH_KEYS: Final = "Mod+K"
"""What opens the search: Ctrl and K, or Command and K."""
_FIRST: Final = {
    "administrator": "today",
    "manager": "month",
    "practitioner": "today",
    "trainer": "lessons",
    "auditor": "change_log",
}


def first_page(role: str) -> PageSpec:
    """The first page of a role, which shows something useful before any click."""
    return next(spec for spec in PAGES if spec.url_path == _FIRST[role])


def show_menu(
    pages: Mapping[PageSpec, StreamlitPage],
    current: PageSpec,
    *,
    search: StreamlitPage,
    account: str,
    sign_out: Callable[[], None],
) -> None:
    """Draw a button for each group that has a page for this role; it opens the links to them.

    The same at every width. Streamlit's own menu writes a group into its narrow form as a list that
    screen readers do not recognise as one, and without groups puts eighteen pages in a row.

    Args:
        pages: what the menu may name, in its order.
        current: the page that is shown; its group's button stands out.
        search: the page that finds everything by name.
        account: who is signed in, which names the group of managing; "" on a demo, which has no
            account.
        sign_out: ends the sign-in.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="frame_menu"):
        for group, title in GROUPS.items():
            specs = [spec for spec in pages if spec.group == group]
            if not specs:
                continue
            own = bool(account) and group == "manage"
            # Another key on another page: a menu that led there is drawn anew, shut.
            key = f"menu_{group}{'_here' if group == current.group else ''}_{current.url_path}"
            with st.popover(account if own else _(title), type="tertiary", key=key):
                for spec in specs:
                    st.page_link(pages[spec], width="stretch")
                if own and st.button(
                    _("Sign out"), key="sign_out", icon=":material/logout:", type="tertiary"
                ):
                    sign_out()
                    st.rerun()
        if st.button(
            _("Search"),
            icon=":material/search:",
            shortcut=SEARCH_KEYS,
            type="tertiary",
            key="menu_search",
        ):
            st.switch_page(search)


def link(url_path: str, label: str, *, icon: str | None = None, **parameters: str) -> None:
    """Draw a link to a page of PAGES, opened without loading the app anew.

    Args:
        url_path: the page's address, such as `patient`.
        label: its text.
        icon: a material icon, or none.
        parameters: what the page's address carries, such as `patient="P-0129"`.
    """
    spec = next(one for one in PAGES if one.url_path == url_path)
    page = st.Page(spec.path, url_path=spec.url_path)
    st.page_link(page, label=label, icon=icon, query_params=parameters)


def patient_links(ids: Iterable[str], *, key: str, most: int = 12) -> None:
    """The first patients of a list, each with a link to the patient's page.

    Args:
        ids: of the rows, in their order; one that comes again is left out.
        key: names the row of links on its page.
        most: how many at the most.
    """
    with st.container(horizontal=True, key=key):
        for patient_id in list(dict.fromkeys(ids))[:most]:
            link("patient", patient_id, icon=":material/person:", patient=patient_id)


def faults(pages: Iterable[PageSpec], *, folder: Path, actions: Collection[str]) -> Iterator[str]:
    """Faults that keep pages from being opened, a sentence each that names the fix.

    Args:
        pages: the navigation.
        folder: where the pages' files are.
        actions: the actions in the matrix of roles.
    """
    listed = set()
    for page in pages:
        listed.add(page.file)
        if page.action not in actions:
            yield _(
                "Nobody may open the page {file}: permissions/matrix.csv has no row {action}; add"
                " one."
            ).format(file=page.file, action=page.action)
        if not (folder / page.file).is_file():
            yield _("The page {file} has no file in {folder}; add it.").format(
                file=page.file, folder=folder
            )
    for path in sorted(folder.rglob("*.py")):
        file = path.relative_to(folder).as_posix()
        if file not in listed:
            yield _(
                "The page {file} is not in the navigation; add its line to ui/shell/pages.py."
            ).format(file=file)
