"""Trying and running an import: counts, refused rows, changes, files to download."""

from typing import Any

import streamlit as st

from mesodash.exchange.errors import ExchangeError, MappingError
from mesodash.exchange.importing.import_folder import ImportResult, first_rows, import_folder
from mesodash.exchange.importing.take_rows import FileResult
from mesodash.exchange.mapping.mapping_file import Mapping, read_mapping
from mesodash.exchange.mapping.proposals import as_yaml
from mesodash.language import _, ngettext
from mesodash.permissions import NotAllowedError
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment.questionable_effects import REASONS
from mesodash.ui.import_data import files, kept_mapping
from mesodash.ui.parts import markup, phrases
from mesodash.ui.shell import context

_TRIED = "import_tried"
_DONE = "import_done"
_STOPPED = "import_stopped"
_COLUMNS = (
    "read", "inserted", "updated", "unchanged", "rejected", "skipped", "repeated", "absent",
)  # fmt: skip


def offer(place: files.Place, content: dict[str, Any] | None) -> None:
    """Draw the buttons and their results; without content for FHIR, which needs no mapping.

    Import is offered for the very mapping and files that were tried.
    """
    try:
        mapping = read_mapping(content) if content is not None else None
    except MappingError as error:
        markup.show("not_done", title=_("The choices do not hold together"), text=str(error))
        return
    asked = (str(place.path), as_yaml(content) if content is not None else "")
    left, middle, right = st.columns(3)
    if left.button(_("Try"), key="import_try", width="stretch"):
        _run(place, mapping, asked, dry_run=True)
    tried = st.session_state.get(_TRIED)
    ready = tried is not None and tried[0] == asked
    pressed = middle.button(
        _("Import"),
        key="import_do",
        type="primary",
        disabled=not ready,
        width="stretch",
        help=_("Try first; then what was tried is imported."),
    )
    if content is not None:
        right.download_button(
            _("Keep the mapping"),
            asked[1],
            file_name="mapping.yaml",
            mime="application/yaml",
            key="import_mapping",
            width="stretch",
            help=_("For `mesodash import --mapping`."),
        )
    if pressed and _run(place, mapping, asked, dry_run=False) and content is not None:
        kept_mapping.write(context.db(), content)
    if st.session_state.pop(_STOPPED, False) and _DONE not in st.session_state:
        markup.show(
            "done", title=_("Cancelled"), text=_("Nothing was written; the clinic is as it was.")
        )
    shown = st.session_state.get(_DONE) or st.session_state.get(_TRIED)
    if shown is not None and shown[0] == asked:
        _show(place, mapping, shown[1])


def _run(
    place: files.Place, mapping: Mapping | None, asked: tuple[str, str], *, dry_run: bool
) -> ImportResult | None:
    """Run an import with a bar; pressing anything on the page stops it, and writes nothing.

    Streamlit stops a run where it next draws: `advance`, which an import calls until its rows are
    all written. The result is kept before anything is drawn again, so a press that comes too late
    does not hide it.
    """
    st.session_state.pop(_DONE, None)
    bar = st.progress(0.0, text=_("Reading"))
    stop = st.empty()
    stop.button(_("Cancel"), key="import_cancel", on_click=_stopped)
    count = 0

    def advance(file: str, rows: int) -> None:
        nonlocal count
        count += rows
        text = ngettext("{file}: {n} row", "{file}: {n} rows", count).format(file=file, n=count)
        bar.progress(min(0.99, count / (count + 2000)), text=text)

    try:
        result = import_folder(
            context.db(),
            place.dropped,
            actor=context.actor(),
            catalogue=context.catalogue(),
            mapping=mapping,
            dry_run=dry_run,
            rejects=place.path / "rejects.csv",
            changes=place.path / "changes.csv",
            absent=place.path / "absent.csv",
            today=context.today(),
            progress=advance,
        )
        st.session_state[_TRIED if dry_run else _DONE] = (asked, result)
    except (ExchangeError, RecordError, NotAllowedError) as error:
        st.session_state.pop(_TRIED, None)
        markup.show("not_done", title=_("Nothing was imported"), text=str(error))
        return None
    finally:
        bar.empty()
        stop.empty()
    return result


def _stopped() -> None:
    st.session_state[_STOPPED] = True


def _show(place: files.Place, mapping: Mapping | None, result: ImportResult) -> None:
    title = _("Tried: nothing is written yet") if result.dry_run else _("Imported")
    markup.show("done", title=title, text=_sentence(result))
    names = {
        "read": _("read"),
        "inserted": _("new"),
        "updated": _("changed"),
        "unchanged": _("unchanged"),
        "rejected": _("refused"),
        "skipped": _("left out"),
        "repeated": _("repeated"),
        "absent": _("not in the file"),
    }
    markup.show(
        "import_rows",
        caption=_("What becomes of the rows"),
        header=(_("file"), *(names[name] for name in _COLUMNS)),
        rows=[_row(one) for one in result.files],
        more=0,
    )
    _show_absent(result)
    for line in _remarks(result):
        markup.show("note", text=line)
    if result.dry_run and mapping is not None:
        for file, header, rows in first_rows(place.dropped, mapping, context.catalogue()):
            markup.show(
                "import_rows",
                caption=_("First rows of {file}, as they are understood").format(file=file),
                header=header,
                rows=rows,
                more=0,
            )
    for path, label in (
        (result.rejects, _("Download the refused rows")),
        (result.changes, _("Download what changes, old and new")),
        (result.absent, _("Download the rows that are not in the files")),
    ):
        if path is not None and path.is_file():
            st.download_button(label, path.read_bytes(), path.name, "text/csv", key=path.name)


def _show_absent(result: ImportResult) -> None:
    """The first rows of each file that the clinic has and the file has not."""
    rows = [
        (one.file, row.row, row.patient_id or phrases.MISSING, row.place or phrases.MISSING)
        for one in result.files
        for row in one.gone
    ]
    if not rows:
        return
    markup.show(
        "import_rows",
        caption=_("In the clinic and not in the files; they stay"),
        header=(_("file"), _("row"), _("patient"), _("may be the refused row")),
        rows=rows,
        more=0,
    )
    for one in result.files:
        if one.absent > len(one.gone):
            text = _("{file}: the first {n} of {all} are named; the download has all.")
            markup.show("note", text=text.format(file=one.file, n=len(one.gone), all=one.absent))


def _row(one: FileResult) -> tuple[str, ...]:
    """What became of a file's rows."""
    counts = (getattr(one, name) for name in _COLUMNS[:-1])
    return (
        f"{one.file} ({one.source})",
        *map(str, counts),
        _absent(one),
    )


def _absent(one: FileResult) -> str:
    """How many rows of the clinic are not in a file: a range where refused ones may be them."""
    return f"{one.absent - one.perhaps}–{one.absent}" if one.perhaps else str(one.absent)


def _sentence(result: ImportResult) -> str:
    new = sum(one.inserted for one in result.files)
    changed = sum(one.updated for one in result.files)
    return _("{new} rows new, {changed} changed, {refused} refused.").format(
        new=new, changed=changed, refused=result.rejected
    )


def _remarks(result: ImportResult) -> list[str]:
    """What a person should look at, one line each."""
    lines = [f"{one.source}: {note}" for one in result.files for note in one.notes]
    if result.not_read:
        lines.append(_("Not read: {files}.").format(files=", ".join(result.not_read)))
    lines += [
        _("{word} in {column} of {file} is named by no rule ({n} rows)").format(
            word=one.word, column=one.column, file=one.source, n=one.rows
        )
        for one in result.unnamed
    ]
    for reason, words in REASONS.items():
        ids = [name for name, why in result.questionable if why == reason]
        if ids:
            lines.append(
                ngettext(
                    "{n} side effect is kept though {reason}: {ids}",
                    "{n} side effects are kept though {reason}: {ids}",
                    len(ids),
                ).format(n=len(ids), reason=_(words), ids=", ".join(ids[:10]))
            )
    return lines
