"""The pages and their order in the navigation: file under pages/, title, icon."""

from typing import NamedTuple


class PageSpec(NamedTuple):
    """One page: its file under pages/, its title, its icon, and whether the navigation shows it."""

    file: str
    title: str
    icon: str
    listed: bool = True

    @property
    def url_path(self) -> str:
        """The last part of the page's address."""
        return self.file.rsplit("/", 1)[1].removesuffix(".py")

    @property
    def action(self) -> str:
        """What the matrix of roles calls opening it."""
        return f"page.{self.url_path}"


PAGES = (
    PageSpec("consult/body_map.py", "Body map", ":material/accessibility_new:"),
    PageSpec("consult/protocols.py", "Protocols", ":material/menu_book:"),
    PageSpec("consult/adopted.py", "Our protocols", ":material/fact_check:"),
    PageSpec("review/volumes.py", "Volumes", ":material/bar_chart:"),
    PageSpec("review/courses.py", "Courses", ":material/route:"),
    PageSpec("review/due.py", "Due", ":material/event_upcoming:"),
    PageSpec("review/outcomes.py", "Outcomes", ":material/trending_up:"),
    PageSpec("review/side_effects.py", "Side effects", ":material/timelapse:"),
    PageSpec("review/signals.py", "Signals", ":material/notification_important:"),
    PageSpec("manage/accounts.py", "Accounts", ":material/manage_accounts:"),
    PageSpec("manage/change_log.py", "Change log", ":material/history:"),
    PageSpec("manage/data_protection.py", "Data protection", ":material/shield_person:"),
    # Reached from the bar on top, beside who is signed in.
    PageSpec("manage/account.py", "Your account", ":material/account_circle:", listed=False),
)
