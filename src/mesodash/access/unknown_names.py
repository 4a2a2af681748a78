"""Locks for names without an account, by the accounts' rule, so that a lock reveals nothing."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Final

from mesodash.records.accounts.sign_ins import LOCKED_FOR, MOST_FAILURES

MOST_NAMES: Final = 10_000
"""So many tries take longer than a lock lasts: forgetting the oldest opens no lock early."""

TELL_EVERY: Final = timedelta(minutes=1)


class UnknownNames:
    """Counts failed tries with names without an account, in memory.

    A name is stored as a hash under a key of this process only, since people type passwords there.
    """

    def __init__(self, most: int = MOST_NAMES) -> None:
        """Start empty; `most` names are remembered, the oldest are forgotten."""
        self._most, self._key = most, secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._failures: OrderedDict[bytes, int] = OrderedDict()
        self._locked_until: OrderedDict[bytes, datetime] = OrderedDict()
        self._untold, self._told_at = 0, datetime.min.replace(tzinfo=UTC)

    def is_locked(self, name: str, now: datetime) -> bool:
        """Whether this name is locked now."""
        with self._lock:
            until = self._locked_until.get(self._hashed(name))
        return until is not None and now < until <= now + LOCKED_FOR

    def note_failure(self, name: str, now: datetime) -> None:
        """Count a wrong try; the MOST_FAILURES-th in a row locks the name for LOCKED_FOR."""
        hashed = self._hashed(name)
        with self._lock:
            failures = self._failures.pop(hashed, 0) + 1
            if failures >= MOST_FAILURES:
                self._locked_until.pop(hashed, None)
                self._locked_until[hashed] = now + LOCKED_FOR
            else:
                self._failures[hashed] = failures
            for kept in (self._failures, self._locked_until):
                while len(kept) > self._most:
                    kept.popitem(last=False)

    def to_tell(self, now: datetime) -> int:
        """How many tries the change log is to be told of now, this one among them; 0: later.

        It is told once in TELL_EVERY, however many there are, so that a flood fills no disk.
        """
        with self._lock:
            self._untold += 1
            if timedelta() <= now - self._told_at < TELL_EVERY:
                return 0
            self._told_at, told, self._untold = now, self._untold, 0
            return told

    def _hashed(self, name: str) -> bytes:
        # Small letters in ASCII only, as the record compares names (SQLite's NOCASE).
        text = name.encode("utf-8", "surrogatepass").lower()
        return hashlib.blake2b(text, digest_size=16, key=self._key).digest()
