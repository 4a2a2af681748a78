"""Rooms: learners answer a trainer's case from their own devices, and are counted as they do.

All of it is in memory and goes with the room: when the trainer closes it, when nobody did anything
for IDLE_S, or with the server. Names are asked for only where the trainer wants a score sheet. A
clinic's own server has no rooms (`open_room`).
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from mesodash.language import _
from mesodash.teaching.asking.cases import CaseScore, TaughtCase, score
from mesodash.teaching.asking.question_types import TaughtQuestion

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""The characters of a code: none that is mistaken for another on a wall."""
CODE_LENGTH: Final = 6
MOST_ROOMS: Final = 20
MOST_LEARNERS: Final = 60
IDLE_S: Final = 2 * 3600.0
LONGEST_S: Final = 8 * 3600.0
LONGEST_NAME: Final = 40
MOST_TRIES: Final = 60
"""Wrong codes in a minute, from everybody: 31^6 codes would take longer than a room lasts."""
MINUTE_S: Final = 60.0


class RoomError(Exception):
    """A request to a room cannot be met; the message says what to do."""


@dataclass(frozen=True, slots=True)
class RoomView:
    """The state of a room, as a screen shows it.

    Attributes:
        code: what learners type.
        case: the case in progress.
        at: the place of the question that is asked, from 0.
        shown: whether its answer is shown.
        over: whether the last question is over, so that only results are shown.
        named: whether names are asked for.
        learners: how many joined.
        counts: of the question, how many chose each option.
    """

    code: str
    case: TaughtCase
    at: int
    shown: bool
    over: bool
    named: bool
    learners: int
    counts: tuple[int, ...]

    @property
    def question(self) -> TaughtQuestion:
        """What is asked now."""
        return self.case.items[self.at]

    @property
    def answered(self) -> int:
        """How many have answered it."""
        return sum(self.counts)


@dataclass(slots=True)
class _Learner:
    name: str
    answers: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Room:
    code: str
    desk: str
    case: TaughtCase
    named: bool
    opened: float
    used: float
    at: int = 0
    shown: bool = False
    over: bool = False
    learners: dict[str, _Learner] = field(default_factory=dict)


class Rooms:
    """The rooms of one server. Safe for threads: each method holds the lock while it works."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without a room; `clock` gives seconds that only grow."""
        self._clock, self._lock = clock, threading.Lock()
        self._rooms: dict[str, _Room] = {}
        self._tries: deque[float] = deque(maxlen=MOST_TRIES)

    def open_room(self, case: TaughtCase, *, named: bool, is_demo: bool) -> tuple[str, str]:
        """Open a room on a case; gives its code and the key of its desk, which moves it on.

        Raises:
            RoomError: this is a clinic's own server, or it has as many rooms as it may.
        """
        if not is_demo:
            raise RoomError(
                _("Rooms are never opened on a clinic's own server; use a demo or teaching server.")
            )
        with self._lock:
            self._forget_old()
            if len(self._rooms) >= MOST_ROOMS:
                raise RoomError(
                    _("This server has {n} rooms already; close one first.").format(n=MOST_ROOMS)
                )
            code = self._new_code()
            now, desk = self._clock(), secrets.token_urlsafe(16)
            self._rooms[code] = _Room(code, desk, case, named, now, now)
            return code, desk

    def view(self, code: str) -> RoomView:
        """The current state of a room.

        Raises:
            RoomError: there is none with this code.
        """
        with self._lock:
            return _seen(self._room(code))

    def holds_desk(self, code: str, desk: str) -> bool:
        """Whether this is the key of a room's desk."""
        with self._lock:
            self._forget_old()
            room = self._rooms.get(code)
            return room is not None and secrets.compare_digest(room.desk.encode(), desk.encode())

    def join(self, typed: str, name: str = "") -> tuple[str, str]:
        """Enter a room by its code as typed; gives the code and the learner's seat.

        Raises:
            RoomError: there is no such room, it is full, or too many wrong codes were typed.
        """
        code = "".join(letter for letter in typed.upper() if letter in LETTERS)
        with self._lock:
            now = self._clock()
            if len(self._tries) == MOST_TRIES and now - self._tries[0] < MINUTE_S:
                raise RoomError(
                    _("Too many wrong codes were typed; wait a minute, then try again.")
                )
            self._forget_old()
            if code not in self._rooms:
                self._tries.append(now)
            room = self._room(code)
            if len(room.learners) >= MOST_LEARNERS:
                raise RoomError(
                    _("This room is full: {n} learners are in it.").format(n=MOST_LEARNERS)
                )
            seat = secrets.token_urlsafe(12)
            kept = " ".join(name.split())[:LONGEST_NAME] if room.named else ""
            room.learners[seat] = _Learner(kept)
            room.used = now
            return code, seat

    def has_seat(self, code: str, seat: str) -> bool:
        """Whether somebody joined a room with this seat."""
        with self._lock:
            self._forget_old()
            room = self._rooms.get(code)
            return room is not None and seat in room.learners

    def answer(self, code: str, seat: str, at: int, option: int) -> None:
        """Answer the question that is asked, once or again until its answer is shown.

        Raises:
            RoomError: the question was left meanwhile, or room, seat or option do not exist.
        """
        with self._lock:
            room = self._room(code)
            learner = room.learners.get(seat)
            if learner is None:
                raise RoomError(_("You are not in this room; join it by its code."))
            if at != room.at or room.shown or room.over:
                raise RoomError(_("This question is over; the next one comes by itself."))
            if not 0 <= option < len(room.case.items[at].options):
                raise RoomError(_("This question has no such answer."))
            learner.answers[at] = option
            room.used = self._clock()

    def answer_of(self, code: str, seat: str, at: int) -> int | None:
        """What a learner chose for a question; None if nothing yet.

        Raises:
            RoomError: there is no such room.
        """
        with self._lock:
            learner = self._room(code).learners.get(seat)
            return None if learner is None else learner.answers.get(at)

    def show_answer(self, code: str, desk: str) -> None:
        """Show the answer of the question; nobody can answer it any more.

        Raises:
            RoomError: no such room, or not its desk.
        """
        with self._lock:
            self._at_desk(code, desk).shown = True

    def move_on(self, code: str, desk: str, *, left: int) -> None:
        """Ask the next question, or end after the last.

        Args:
            code: the room's.
            desk: its key.
            left: the place of the question that is left; another one was left by an earlier click.

        Raises:
            RoomError: no such room, or not its desk.
        """
        with self._lock:
            room = self._at_desk(code, desk)
            if left != room.at or room.over:
                return
            room.shown = False
            if room.at + 1 < len(room.case.items):
                room.at += 1
            else:
                room.over = True

    def close(self, code: str, desk: str) -> None:
        """Close a room and forget everything of it.

        Raises:
            RoomError: no such room, or not its desk.
        """
        with self._lock:
            self._at_desk(code, desk)
            del self._rooms[code]

    def results(self, code: str, desk: str) -> tuple[tuple[str, Mapping[int, int], CaseScore], ...]:
        """Each learner's name (empty where none is kept), answers by question, and score.

        Raises:
            RoomError: no such room, or not its desk.
        """
        with self._lock:
            room = self._at_desk(code, desk)
            return tuple(
                (
                    one.name,
                    dict(one.answers),
                    score(room.case, {at: (option,) for at, option in one.answers.items()}),
                )
                for one in room.learners.values()
            )

    def _new_code(self) -> str:
        while True:
            code = "".join(secrets.choice(LETTERS) for _at in range(CODE_LENGTH))
            if code not in self._rooms:
                return code

    def _room(self, code: str) -> _Room:
        self._forget_old()
        room = self._rooms.get(code)
        if room is None:
            raise RoomError(_("There is no room with this code; look at the trainer's screen."))
        return room

    def _at_desk(self, code: str, desk: str) -> _Room:
        room = self._room(code)
        if not secrets.compare_digest(room.desk.encode(), desk.encode()):
            raise RoomError(_("Only the trainer who opened this room moves it on."))
        room.used = self._clock()
        return room

    def _forget_old(self) -> None:
        now = self._clock()
        self._rooms = {
            code: room
            for code, room in self._rooms.items()
            if now - room.used < IDLE_S and now - room.opened < LONGEST_S
        }


def _seen(room: _Room) -> RoomView:
    options = range(len(room.case.items[room.at].options))
    given = [one.answers.get(room.at) for one in room.learners.values()]
    return RoomView(
        room.code,
        room.case,
        room.at,
        room.shown,
        room.over,
        room.named,
        len(room.learners),
        tuple(given.count(option) for option in options),
    )
