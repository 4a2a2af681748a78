"""The latest backup, whether it was restored for trial, and a button that makes one now."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import streamlit as st

from mesodash.language import _, format_day
from mesodash.permissions import NotAllowedError
from mesodash.records.files.scheduled import LatestBackup, back_up_and_try, latest_backup
from mesodash.records.store.connection import utc_now
from mesodash.records.store.errors import RecordError
from mesodash.settings import backups_folder
from mesodash.ui.admin import notices
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

ACTION: Final = "records.backup"
_OLD: Final = timedelta(days=2)


def show() -> None:
    """Say how old the latest backup is and where it lies, to whoever may make one."""
    actor, clinic, db = context.actor(), context.clinic(), context.db()
    if clinic.is_demo or not actor.may(ACTION):
        return
    folder, now = backups_folder(db), utc_now()
    with st.container(border=True, key="manage_backups"):
        if folder is None:
            markup.show(
                "section",
                level=2,
                title=_("Backups"),
                aside=_("switched off"),
                text=_(
                    "The app makes none, because MESODASH_BACKUPS is no; take it out, or run"
                    " `mesodash backup` daily."
                ),
            )
            return
        latest = latest_backup(folder, clinic.clinic_id, now)
        markup.show(
            "section",
            level=2,
            title=_("Backups"),
            aside=_age(latest, now),
            text=_where(latest, folder, db),
        )
        if st.button(_("Back up now"), key="backups_now", icon=":material/backup:"):
            _make(db, folder)
            st.rerun()


def _age(latest: LatestBackup | None, now: datetime) -> str:
    if latest is None:
        return _("none yet")
    day = format_day(latest.made_at.astimezone().date())
    if now - latest.made_at > _OLD:
        return _("old: {day}").format(day=day)
    return _("latest: {day}").format(day=day)


def _where(latest: LatestBackup | None, folder: Path, db: Path) -> str:
    words = [
        _(
            "While it runs, the app makes one a day in {folder} and keeps 7 days and 4 weeks."
        ).format(folder=folder)
    ]
    if latest is not None:
        words.append(
            _("The latest was restored for trial, and is whole.")
            if latest.restored_at
            else _("The latest was not restored for trial; make one now, or look into the log.")
        )
    there = folder if folder.exists() else folder.parent
    if there.exists() and there.stat().st_dev == db.stat().st_dev:
        words.append(
            _(
                "They lie on the clinic's own disk, and would be lost with it: name a folder on"
                " another with MESODASH_BACKUPS."
            )
        )
    return " ".join(words)


def _make(db: Path, folder: Path) -> None:
    try:
        made = back_up_and_try(db, folder, actor=context.actor())
    except (RecordError, NotAllowedError) as error:
        notices.show_refusal(_("No backup was made"), error)
        st.stop()
    notices.keep(
        _("Backup made"),
        _("{name}, restored for trial: all {n} rows are there.").format(
            name=made.backup.name, n=made.rows
        ),
    )
