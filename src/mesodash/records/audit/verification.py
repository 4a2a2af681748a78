"""Whether the record is as mesodash wrote it: seals, rows, the end of the log, and anchors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.language import _, format_moment, ngettext
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import Actor
from mesodash.records.audit.anchors import Anchor, anchors_beside, beside, note
from mesodash.records.audit.keys import Keyring, read_keys
from mesodash.records.audit.row_verification import (
    BrokenError,
    Chain,
    check_rows,
    check_triggers,
    check_versions,
)
from mesodash.records.audit.seals import (
    COLUMNS,
    check_end,
    first_seal,
    has_versions,
    head_seal,
    is_sealed,
    seal,
)
from mesodash.records.store.connection import Clock, reading, utc_now, writing
from mesodash.records.store.errors import RecordError

CLOCK_MAY_STEP_BACK = timedelta(minutes=5)
"""A computer's clock that is put right steps back a little; a transaction may also wait."""

_AT = COLUMNS.index("at")


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of checking every entry and every row.

    Attributes:
        holds: everything could be checked and is as it was written.
        broken: something is not. If both are False, some of it could not be checked.
        rows: entries in the log.
        chained_from: the first entry with a seal of its own; None if none has one.
        first_broken: the first entry that is not as it was written, or is missing; None if it is
            a row that is not.
        head: the last seal, hexadecimal.
        sentence: all of this in plain words.
        changed: rows that are not as they were written: table -> how many.
    """

    holds: bool
    broken: bool
    rows: int
    chained_from: int | None
    first_broken: int | None
    head: str | None
    sentence: str
    changed: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Walk:
    """The state of a walk through the log from its first entry."""

    rows: int = 0
    chained_from: int | None = None
    head: str | None = None
    latest: str = ""
    unsealed: list[Sequence[Any]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)


def verify(
    path: Path, *, keys: Keyring | None = None, anchors: Sequence[Anchor] | None = None
) -> Verification:
    """Check every seal of the change log, its times, the anchors, and every row against its
    versions: some 10 µs per entry and per row.

    Args:
        path: the clinic's file.
        keys: the keys to check with; None: the clinic's own key file.
        anchors: earlier states of the log; None: those the app wrote beside the file.

    Raises:
        NotAClinicError, DamagedError, BusyError, CannotWriteError: each with one sentence.
        RecordError: the file of anchors cannot be read.
    """  # noqa: D205
    ring = read_keys(path) if keys is None else keys
    known = anchors_beside(path) if anchors is None else anchors
    with reading(path) as db:
        if not is_sealed(db):
            return _of_earlier_version(db, ring, known)
        walk = _Walk()
        try:
            clinic_id = _clinic_id(db)
            chains = _chains(db, ring)
            _walk(db, walk, chains, ring, _heads(clinic_id, known))
            if has_versions(db):
                _check_head(db, walk, chains)
                check_triggers(db)
                check_versions(db, walk.changed, chains)
                check_rows(db, walk.changed, chains)
        except BrokenError as found:
            return Verification(
                holds=False, broken=True, rows=walk.rows, chained_from=walk.chained_from,
                first_broken=found.number, head=walk.head, sentence=str(found),
                changed=walk.changed,
            )  # fmt: skip
        if not has_versions(db):
            walk.doubts.append(
                _(
                    "This file is of an earlier version, whose rows are not sealed; starting the"
                    " app on it brings it up to date."
                )
            )
    return Verification(
        holds=not walk.doubts, broken=False, rows=walk.rows, chained_from=walk.chained_from,
        first_broken=None, head=walk.head, sentence=_sentence(walk, len(known)),
    )  # fmt: skip


def check_start(path: Path) -> None:
    """Refuse a file whose log has lost its end, its seals or its key: a few point reads.

    `verify` looks at all of it, which takes longer than a start may.

    Raises:
        ChangedOutsideError: with the way out.
        NotAClinicError, DamagedError, BusyError, CannotWriteError: each with one sentence.
    """
    with reading(path) as db:
        check_end(db, read_keys(path))


def restart(path: Path, actor: Actor, reason: str, *, clock: Clock = utc_now) -> None:
    """Begin a new log over the file's present content, accepted unchecked, under an available key.

    For a key that was lost, or after an outside change was investigated. Earlier entries are kept;
    `verify` says from which entry on it can vouch, and why.

    Raises:
        NotAllowedError: the role may not.
        RecordError: the reason is empty or too long, or the key cannot be made.
    """
    require(path, actor, "records.backup", clock=clock)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= 200:
        raise RecordError(_("Say why in 1 to 200 characters."))
    with writing(path, actor, clock=clock, restart=reason) as change:
        change.log("restart", "change_log")
    old = beside(path)
    if old.exists():
        old.rename(old.with_name(f"{old.name}-until-{clock().astimezone(UTC):%Y%m%dT%H%M%SZ}"))
    note(path, clock=clock)


def verify_and_anchor(path: Path, *, clock: Clock = utc_now) -> Verification:
    """Check the record as `verify` does, and write an anchor beside the file unless it is broken.

    Raises:
        RecordError: as `verify`, or the anchor cannot be written.
    """
    verdict = verify(path)
    if not verdict.broken:
        note(path, clock=clock)
    return verdict


def _of_earlier_version(db: Database, ring: Keyring, known: Sequence[Anchor]) -> Verification:
    (rows,) = db.execute("SELECT count(*) FROM change_log").fetchone()
    stripped = bool(ring.keys or known)
    sentence = (
        _("The change log has lost its seals, though there is a key for it ({file}).").format(
            file=ring.file
        )
        if stripped
        else _(
            "This file is of an earlier version, whose change log has no seals; starting the app"
            " on it brings it up to date."
        )
    )
    return Verification(
        holds=False, broken=stripped, rows=rows, chained_from=None,
        first_broken=1 if stripped else None, head=None, sentence=sentence,
    )  # fmt: skip


def _clinic_id(db: Database) -> str:
    row = db.execute("SELECT clinic_id FROM clinic").fetchone()
    if row is None:
        raise BrokenError(
            None, _("The file was changed from outside: it names no clinic any more.")
        )
    return str(row[0])


def _heads(clinic_id: str, anchors: Sequence[Anchor]) -> dict[int, list[Anchor]]:
    heads: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        if anchor.clinic_id != clinic_id:
            raise RecordError(
                _(
                    "The anchor of {at} is of the clinic {clinic_id}, not of {own};"
                    " name this clinic's own."
                ).format(at=anchor.at, clinic_id=anchor.clinic_id, own=clinic_id)
            )
        heads.setdefault(anchor.rows, []).append(anchor)
    return heads


def _chains(db: Database, ring: Keyring) -> list[Chain]:
    """The chains since the last restart, oldest first."""
    restarted = "restarted" if has_versions(db) else "NULL"
    rows = db.execute(
        f"SELECT from_seq, key_name, {restarted} FROM chains ORDER BY from_seq"
    ).fetchall()
    found = [Chain(start, ring.named(name), why) for start, name, why in rows]
    begun = max((at for at, one in enumerate(found) if one.restarted is not None), default=0)
    if not found and has_versions(db):
        raise BrokenError(1, _("The change log was changed: its seals were taken off."))
    return found[begun:]


def _walk(
    db: Database,
    walk: _Walk,
    chains: Sequence[Chain],
    ring: Keyring,
    heads: dict[int, list[Anchor]],
) -> None:
    beginning = {chain.start: chain for chain in chains}
    restart = chains[0] if chains and chains[0].restarted is not None else None
    versions = has_versions(db)
    columns = ", ".join((*COLUMNS, *(["versions"] if versions else [])))
    key: bytes | None = None
    before = b""
    for *row, mac in db.execute(f"SELECT {columns}, mac FROM change_log ORDER BY seq"):
        number = row[0]
        if number != walk.rows + 1:
            raise BrokenError(
                walk.rows + 1,
                _("The change log was changed: entry {rows} was taken out of it.").format(
                    rows=walk.rows + 1
                ),
            )
        if number in beginning:
            key = beginning[number].key
            if key is None:
                walk.doubts.append(_no_key(number, ring))
        if _is_before_the_chain(walk, number, mac, chains):
            walk.unsealed.append(row[: len(COLUMNS)])
        else:
            before = _check(walk, row, mac, key, before)
        walk.rows, walk.head = number, mac
        _check_time(walk, row)
        _check_anchors(heads.get(number, ()), number, mac)
    if chains and walk.chained_from is None:
        raise BrokenError(1, _("The change log was changed: its sealed entries were taken out."))
    if restart is not None:
        walk.doubts.append(
            _(
                "The log was begun anew at entry {number} ({reason}); nothing can be told of what"
                " was changed before."
            ).format(number=restart.start, reason=restart.restarted)
        )
    longest = max(heads, default=0)
    if longest > walk.rows:
        raise BrokenError(
            walk.rows + 1,
            _(
                "The change log was changed: it has {rows} entries, and had {longest} on"
                " {at}; the newest were cut off, or an older copy was put in place."
            ).format(rows=walk.rows, longest=longest, at=heads[longest][0].at),
        )


def _is_before_the_chain(
    walk: _Walk, number: int, mac: str | None, chains: Sequence[Chain]
) -> bool:
    """Whether an entry is covered by the first seal of the next chain instead of its own."""
    if walk.chained_from is not None or any(chain.start == number for chain in chains):
        return False
    return mac is None or bool(chains and chains[0].restarted is not None)


def _check_anchors(anchors: Sequence[Anchor], number: int, mac: str | None) -> None:
    for anchor in anchors:
        if anchor.head != mac:
            raise BrokenError(
                number,
                _(
                    "The change log was changed: entry {number} is not the one anchored on {at}."
                ).format(number=number, at=anchor.at),
            )


def _check(
    walk: _Walk, row: Sequence[Any], mac: str | None, key: bytes | None, before: bytes
) -> bytes:
    """Check one entry's seal; return the seal that the next one continues."""
    number = row[0]
    if mac is None:
        raise BrokenError(
            number,
            _("The change log was changed: entry {number} has lost its seal.").format(
                number=number
            ),
        )
    if walk.chained_from is None:
        walk.chained_from = number
        before = b"" if key is None else first_seal(key, walk.unsealed)
        walk.unsealed.clear()
    if key is not None and seal(key, before, row).hex() != mac:
        raise BrokenError(
            number,
            _(
                "The change log was changed: entry {number} or one before it is not as it"
                " was written."
            ).format(number=number),
        )
    return bytes.fromhex(mac)


def _check_time(walk: _Walk, row: Sequence[Any]) -> None:
    at: str = row[_AT]
    if at >= walk.latest:  # all are UTC in one format, so texts sort as times do
        walk.latest = at
        return
    then, now = datetime.fromisoformat(walk.latest), datetime.fromisoformat(at)
    if now < then - CLOCK_MAY_STEP_BACK:
        walk.doubts.append(
            _(
                "The clock went back at entry {number}, from {then} to {now} (UTC), so the times"
                " from there on may be wrong."
            ).format(number=row[0], then=format_moment(then, UTC), now=format_moment(now, UTC))
        )
        walk.latest = at


def _check_head(db: Database, walk: _Walk, chains: Sequence[Chain]) -> None:
    """Check that the log ends where its sealed end says, which notices entries cut off."""
    head = db.execute("SELECT seq, mac, seal FROM chain_head").fetchone()
    if head is None:
        raise BrokenError(walk.rows, _("The change log was changed: the seal of its end is gone."))
    seq, mac, sealed = head
    if (seq, mac) != (walk.rows, walk.head):
        raise BrokenError(
            min(seq, walk.rows) + 1,
            _("The change log was changed: it has {rows} entries where {seq} were sealed.").format(
                rows=walk.rows, seq=seq
            ),
        )
    key = chains[-1].key
    if key is not None and sealed != head_seal(key, seq, mac):
        raise BrokenError(seq, _("The change log was changed: the seal of its end is not ours."))


def _no_key(number: int, ring: Keyring) -> str:
    if not ring.keys:
        return _(
            "There is no key at {file}, so nobody can tell whether the change log was changed;"
            " put the clinic's own key back there."
        ).format(file=ring.file)
    return _(
        "The entries from {number} on were sealed with a key that is not in {file}; add that key"
        " above the others."
    ).format(number=number, file=ring.file)


def _sentence(walk: _Walk, anchors: int) -> str:
    if walk.doubts:
        return " ".join(walk.doubts[:3])
    if walk.chained_from is None:
        return ngettext(
            "The change log has {n} entry and no seal yet; the next change begins it.",
            "The change log has {n} entries and no seal yet; the next change begins it.",
            walk.rows,
        ).format(n=walk.rows)
    since = (
        ""
        if walk.chained_from == 1
        else _(" (sealed one by one from {number} on)").format(number=walk.chained_from)
    )
    against = (
        _("; there was no anchor to compare with, so an older copy put in place would not show")
        if not anchors
        else ngettext(
            ", and agrees with {n} anchor", ", and agrees with {n} anchors", anchors
        ).format(n=anchors)
    )
    return ngettext(
        "The change log is as it was written: {n} entry{since}{against}.",
        "The change log is as it was written: {n} entries{since}{against}.",
        walk.rows,
    ).format(n=walk.rows, since=since, against=against)
