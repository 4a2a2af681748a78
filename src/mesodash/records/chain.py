"""Whether the change log is as it was written: every seal, and the anchors noted outside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mesodash.records.anchors import Anchor, anchors_beside, note
from mesodash.records.chain_key import Keyring, read_keys
from mesodash.records.connection import Clock, reading, utc_now
from mesodash.records.errors import RecordError
from mesodash.records.sealing import COLUMNS, first_seal, is_sealed, seal

CLOCK_MAY_STEP_BACK = timedelta(minutes=5)
"""A computer's clock that is put right steps back a little; a transaction may also wait."""

_AT = COLUMNS.index("at")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking at every entry found.

    Attributes:
        holds: every entry could be checked and is as it was written.
        broken: some entry is not; False together with `holds` False: it could not be told for all.
        rows: entries in the log.
        chained_from: the first entry with a seal of its own; None if none has one.
        first_broken: the first entry that is not as it was written, or is missing.
        head: the last seal, hexadecimal.
        sentence: all of this in plain words.
    """

    holds: bool
    broken: bool
    rows: int
    chained_from: int | None
    first_broken: int | None
    head: str | None
    sentence: str


@dataclass(slots=True)
class _Walk:
    """What has been seen so far, going through the log from its first entry."""

    rows: int = 0
    chained_from: int | None = None
    head: str | None = None
    latest: str = ""
    unsealed: list[Sequence[Any]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class _BrokenError(Exception):
    """Entry `number` is not as it was written."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(what)
        self.number = number


def verify(
    path: Path, *, keys: Keyring | None = None, anchors: Sequence[Anchor] | None = None
) -> Verdict:
    """Check every seal of the change log, its times, and the anchors: 10 to 25 µs an entry.

    Args:
        path: the clinic's file.
        keys: the keys to check with; None: the clinic's own key file.
        anchors: where the log stood before; None: those the app noted beside the file.

    Raises:
        NotAClinicError, DamagedError, BusyError, CannotWriteError: each with one sentence.
        RecordError: the file of anchors cannot be read.
    """
    ring = read_keys(path) if keys is None else keys
    known = anchors_beside(path) if anchors is None else anchors
    with reading(path) as db:
        if not is_sealed(db):
            (rows,) = db.execute("SELECT count(*) FROM change_log").fetchone()
            return Verdict(
                holds=False, broken=False, rows=rows, chained_from=None, first_broken=None,
                head=None, sentence="This file is of an earlier version, whose change log has no"
                " seals; starting the app on it brings it up to date.",
            )  # fmt: skip
        (clinic_id,) = db.execute("SELECT clinic_id FROM clinic").fetchone()
        walk = _Walk()
        try:
            _walk(db, walk, ring, _heads(clinic_id, known))
        except _BrokenError as found:
            return Verdict(
                holds=False, broken=True, rows=walk.rows, chained_from=walk.chained_from,
                first_broken=found.number, head=walk.head, sentence=str(found),
            )  # fmt: skip
    return Verdict(
        holds=not walk.doubts, broken=False, rows=walk.rows, chained_from=walk.chained_from,
        first_broken=None, head=walk.head, sentence=_sentence(walk, len(known)),
    )  # fmt: skip


def verify_and_anchor(path: Path, *, clock: Clock = utc_now) -> Verdict:
    """Check the change log as `verify`, and note an anchor beside the file unless it is broken.

    Raises:
        RecordError: as `verify`, or the anchor cannot be noted.
    """
    verdict = verify(path)
    if not verdict.broken:
        note(path, clock=clock)
    return verdict


def _heads(clinic_id: str, anchors: Sequence[Anchor]) -> dict[int, list[Anchor]]:
    heads: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        if anchor.clinic_id != clinic_id:
            raise RecordError(
                f"The anchor of {anchor.at} is of the clinic {anchor.clinic_id}, not of"
                f" {clinic_id}; name this clinic's own."
            )
        heads.setdefault(anchor.rows, []).append(anchor)
    return heads


def _walk(db: Database, walk: _Walk, ring: Keyring, heads: dict[int, list[Anchor]]) -> None:
    chains = dict(db.execute("SELECT from_seq, key_name FROM chains ORDER BY from_seq").fetchall())
    key: bytes | None = None
    before = b""
    for *row, mac in db.execute(f"SELECT {', '.join(COLUMNS)}, mac FROM change_log ORDER BY seq"):
        number = row[0]
        if number != walk.rows + 1:
            raise _BrokenError(
                walk.rows + 1,
                f"The change log was changed: entry {walk.rows + 1} was taken out of it.",
            )
        if number in chains:
            key = ring.named(chains[number])
            if key is None:
                walk.doubts.append(_no_key(number, ring))
        if mac is None and walk.chained_from is None and not chains.keys() & {number}:
            walk.unsealed.append(row)
        else:
            before = _check(walk, row, mac, key, before)
        walk.rows, walk.head = number, mac
        _check_time(walk, row)
        for anchor in heads.get(number, ()):
            if anchor.head != mac:
                raise _BrokenError(
                    number,
                    f"The change log was changed: entry {number} is not the one anchored on"
                    f" {anchor.at}.",
                )
    if chains and walk.chained_from is None:
        raise _BrokenError(1, "The change log was changed: its sealed entries were taken out.")
    longest = max(heads, default=0)
    if longest > walk.rows:
        raise _BrokenError(
            walk.rows + 1,
            f"The change log was changed: it has {walk.rows} entries, and had {longest} on"
            f" {heads[longest][0].at}; the newest were cut off, or an older copy was put in place.",
        )


def _check(
    walk: _Walk, row: Sequence[Any], mac: str | None, key: bytes | None, before: bytes
) -> bytes:
    """Check one entry's seal; gives back the seal to go on from."""
    number = row[0]
    if mac is None:
        raise _BrokenError(number, f"The change log was changed: entry {number} has lost its seal.")
    if walk.chained_from is None:
        walk.chained_from = number
        before = b"" if key is None else first_seal(key, walk.unsealed)
        walk.unsealed.clear()
    if key is not None and seal(key, before, row).hex() != mac:
        raise _BrokenError(
            number,
            f"The change log was changed: entry {number} or one before it is not as it was"
            " written.",
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
            f"The clock went back at entry {row[0]}, from {then:%Y-%m-%d %H:%M} to"
            f" {now:%Y-%m-%d %H:%M} (UTC), so the times from there on may be wrong."
        )
        walk.latest = at


def _no_key(number: int, ring: Keyring) -> str:
    if not ring.keys:
        return (
            f"There is no key at {ring.file}, so nobody can tell whether the change log was"
            " changed; put the clinic's own key back there."
        )
    return (
        f"The entries from {number} on were sealed with a key that is not in {ring.file}; add that"
        " key above the others."
    )


def _sentence(walk: _Walk, anchors: int) -> str:
    if walk.doubts:
        return " ".join(walk.doubts[:3])
    if walk.chained_from is None:
        return f"The change log has {walk.rows} entries and no seal yet; the next change begins it."
    since = "" if walk.chained_from == 1 else f" (sealed one by one from {walk.chained_from} on)"
    against = (
        "; there was no anchor to compare with, so entries cut off its end would not show"
        if not anchors
        else f", and agrees with {anchors} {'anchor' if anchors == 1 else 'anchors'}"
    )
    return f"The change log is as it was written: {walk.rows} entries{since}{against}."
