"""What the pages of a clinic show: words, widgets, charts, and the files they offer."""

import base64
import contextlib
import html.parser
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from clinic_dump.command_line import AREAS
from clinic_dump.documents import read_document

FORMATS = {"f8": "d", "f4": "f", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I"}


class Words(html.parser.HTMLParser):
    """The words of a piece of markup, and what its attributes say to people and screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the attributes that are read out or lead somewhere."""
        said = ("aria-label", "alt", "title", "href", "role", "lang")
        self.found += [f"[{tag} {k}={v}]" for k, v in attrs if k in said and v]

    def handle_data(self, data: str) -> None:
        """Keep words, white space made one."""
        if words := " ".join(data.split()):
            self.found.append(words)


def words_of(markup: str) -> list[str]:
    """Words and labels of a piece of HTML; of a style sheet nothing."""
    if markup.lstrip().startswith("<style"):
        return []
    parser = Words()
    parser.feed(markup)
    return parser.found


def plain(value: Any) -> Any:
    """A figure's JSON with plotly's packed arrays as numbers."""
    if isinstance(value, dict):
        if set(value) >= {"bdata", "dtype"}:
            raw = base64.b64decode(value["bdata"])
            return list(memoryview(raw).cast(FORMATS[value["dtype"]]))
        return {key: plain(one) for key, one in value.items() if key != "template"}
    return [plain(one) for one in value] if isinstance(value, list) else value


def element(node: Any) -> Any:
    """What one element of a page shows: its message without numbers that only Streamlit needs."""
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415 - pages only

    if node.type == "html":
        return words_of(node.proto.body)
    if node.type == "plotly_chart":
        return {"alt": node.proto.alt, "figure": plain(json.loads(node.proto.spec))}
    shown = MessageToDict(node.proto) if hasattr(node.proto, "DESCRIPTOR") else {}
    for name in (
        "id", "formId", "url", "deferredFileId", "jsContent", "jsSourcePath", "cssContent",
        "cssSourcePath", "groupId", "elementHash", "page", "pageScriptHash",
    ):  # fmt: skip
        shown.pop(name, None)
    if node.type == "arrow_data_frame":
        shown = {"rows": json.loads(node.value.to_json(orient="split", date_format="iso"))}
    for name in ("json", "body"):
        if isinstance(shown.get(name), str):
            with contextlib.suppress(json.JSONDecodeError):
                shown[name] = json.loads(shown[name])
    if isinstance(mixed := shown.get("mixed"), dict) and isinstance(mixed.get("json"), str):
        shown["mixed"] = json.loads(mixed["json"])
    return shown


class Offered:
    """Files that the pages hand out, as they make them."""

    def __init__(self) -> None:
        self.files: dict[str, Any] = {}

    def patched(self) -> contextlib.ExitStack:
        """Have Streamlit's keeper of files tell what is given to it."""
        from streamlit.runtime.media_file_manager import MediaFileManager  # noqa: PLC0415

        add, deferred = MediaFileManager.add, MediaFileManager.add_deferred

        def noted(keeper: Any, data: Any, mimetype: str, *rest: Any, **named: Any) -> str:
            name = named.get("file_name") or (rest[1] if len(rest) > 1 else None)
            if name:
                self.files[name] = data
            return add(keeper, data, mimetype, *rest, **named)

        def noted_later(keeper: Any, make: Any, mimetype: Any, *rest: Any, **named: Any) -> str:
            name = named.get("file_name") or (rest[1] if len(rest) > 1 else None)
            self.files[str(name)] = make
            return deferred(keeper, make, mimetype, *rest, **named)

        stack = contextlib.ExitStack()
        stack.enter_context(mock.patch.object(MediaFileManager, "add", noted))
        stack.enter_context(mock.patch.object(MediaFileManager, "add_deferred", noted_later))
        return stack

    def taken(self) -> dict[str, Any]:
        """What was offered since the last look, read: tables as rows, documents as text."""
        files, self.files = self.files, {}
        return {name: read_document(name, data) for name, data in sorted(files.items())}


class Pages:
    """Every page of a clinic, opened through the frame as a browser would, in one role."""

    def __init__(self, db: Path, offered: Offered) -> None:
        self.db, self.offered = db, offered
        (self.frame,) = Path.cwd().glob("src/*/ui/**/frame.py")

    def open(self, address: str, role: int = 0, **query: str) -> Any:
        """A page at its address with a query, drawn in the role of that number."""
        from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - pages only
        from streamlit.util import calc_hash  # noqa: PLC0415

        page = AppTest.from_file(self.frame, default_timeout=600)
        page._page_hash = calc_hash(address)  # noqa: SLF001 - AppTest opens no page by its address
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        if role:
            self.roles(page).select_index(role).run()
        return page

    @staticmethod
    def roles(page: Any) -> Any:
        """The list of roles that a demo has on top."""
        return next(box for box in page.selectbox if "Administrator" in box.options)

    def seen(self, page: Any) -> dict[str, Any]:
        """All that a drawn page shows."""
        shown = []
        for node in page._tree:  # noqa: SLF001 - the one way to all elements in their order
            if not hasattr(node, "children"):
                shown.append({node.type: element(node)})
            elif label := getattr(node, "label", None):
                shown.append({node.type: str(label)})
        return {
            "shown": [one for one in shown if one != {"html": []}],
            "address": {k: list(v) for k, v in page.query_params.items()},
            "files": self.offered.taken(),
        }

    def explore(self, address: str, title: str, **query: str) -> Iterator[tuple[str, Any]]:
        """A page as it comes, then with each choice of each of its short lists made.

        The filters that all pages share are tried on the volumes only.
        """
        page = self.open(address, **query)
        yield title, self.seen(page)
        named = [
            (widget.type, widget.key, list(widget.options))
            for widget in (*page.selectbox, *page.get("button_group"), *page.radio)
            if widget.key
            and not widget.proto.disabled
            and 1 < len(widget.options) <= 12
            and "Administrator" not in widget.options
            and (address == "volumes" or not widget.key.startswith("filter_"))
        ]
        for kind, key, options in named:
            for n, option in enumerate(options):
                same = [w for w in page.get(kind) if w.key == key and n < len(w.options)]
                if not same:
                    page = self.open(address, **query)
                    same = [w for w in page.get(kind) if w.key == key and n < len(w.options)]
                for widget in same[:1]:
                    if kind == "button_group":
                        pick = [widget.options[n]]
                        shown = property(lambda _, pick=pick: pick)
                        with mock.patch.object(type(widget), "formatted_values", shown):
                            widget.run()
                    else:
                        widget.select_index(n).run()
                    yield f"{title} / {key} = {option}", self.seen(page)
            page = self.open(address, **query)


def consultation(pages: Pages, patient: str) -> Iterator[tuple[str, Any]]:
    """A patient is asked all questions, a protocol chosen, a course planned and handed out."""
    page = pages.open("body_map", area="scalp.vertex", side="midline", patient=patient)

    def show(tab: str) -> None:
        page.session_state["show"] = tab
        page.run()

    def press(label: str) -> None:
        for button in [one for one in page.button if one.label.startswith(label)][:1]:
            button.click().run()

    show("Screening")
    for box in page.checkbox:
        box.check()
    page.run()
    press("Keep the answers")
    yield "Screening", pages.seen(page)
    press("Choose ")
    yield "Chosen", pages.seen(page)
    show("Plan")
    yield "Plan", pages.seen(page)
    press("Save as planned")
    yield "Planned", pages.seen(page)
    show("History")
    yield "History", pages.seen(page)


class Fresh:
    """Copies of a clinic's file with its lake, so that no page finds the traces of another."""

    def __init__(self, db: Path, folder: Path, offered: Offered) -> None:
        self._db, self._copy, self._offered = db, folder / "pages.db", offered

    def __call__(self) -> Pages:
        """The pages of a new copy, which is now the clinic of this process."""
        for part in self._db.parent.glob(f"{self._db.stem}.*"):
            to = self._copy.parent / part.name.replace(self._db.stem, self._copy.stem, 1)
            if part.is_dir():
                shutil.rmtree(to, ignore_errors=True)
                shutil.copytree(part, to)
            else:
                shutil.copy(part, to)
        os.environ["MESODASH_DB"] = str(self._copy)
        return Pages(self._copy, self._offered)


def all_pages(
    db: Path, folder: Path, patients: list[str], *, brief: bool = False
) -> Iterator[tuple[str, Any]]:
    """Every page in every role, each choice of its lists, and the body map's areas and patients.

    In brief: every page as it comes in the first role, and the body map's areas.
    """
    offered = Offered()
    fresh = Fresh(db, folder, offered)
    with offered.patched():
        yield from _pages_by_role(fresh, offered, brief=brief)
        yield from _body_map(fresh, [] if brief else patients, brief=brief)


def consultations(db: Path, folder: Path) -> Iterator[tuple[str, Any]]:
    """Two of the patients that the body map offers, from screening to a planned course."""
    offered = Offered()
    fresh = Fresh(db, folder, offered)
    with offered.patched():
        page = fresh().open("body_map")
        (box,) = (one for one in page.selectbox if "P-0" in "".join(one.options))
        for patient in [one for one in box.options if one.startswith("P-")][:2]:
            for name, seen in consultation(fresh(), patient):
                yield f"{patient}/{name}", seen


def _pages_by_role(fresh: Fresh, offered: Offered, *, brief: bool) -> Iterator[tuple[str, Any]]:
    pages = fresh()
    roles = list(pages.roles(pages.open("volumes")).options)
    offered.taken()
    for address in sorted(path.stem for path in Path("pages").rglob("*.py")):
        for n, role in enumerate(roles[:1] if brief else roles):
            pages = fresh()
            yield f"{address}/{role}", pages.seen(pages.open(address, n))
        if address != "body_map" and not brief:
            for name, seen in fresh().explore(address, "all time", filter_period="all"):
                yield f"{address}/choices/{name}", seen


def _body_map(fresh: Fresh, patients: list[str], *, brief: bool) -> Iterator[tuple[str, Any]]:
    for n, query in enumerate(AREAS):
        pages = fresh()
        title = f"{n} {query.get('area', '')} {query.get('side', '')}".strip()
        if brief:
            yield f"body_map/areas/{title}", pages.seen(pages.open("body_map", **query))
            continue
        for name, seen in pages.explore("body_map", title, **query):
            yield f"body_map/areas/{name}", seen
        for patient in patients[:1] if n else patients:
            seen = pages.seen(pages.open("body_map", **query, patient=patient))
            yield f"body_map/areas/{title} / {patient}", seen
