"""Rooms: joined by a code, counted live, moved on from the desk alone, forgotten when closed."""

import pytest
from tests.conftest import TODAY

from mesodash.teaching.asking.cases import make_case
from mesodash.teaching.asking.rooms import (
    IDLE_S,
    LETTERS,
    MINUTE_S,
    MOST_LEARNERS,
    MOST_ROOMS,
    MOST_TRIES,
    RoomError,
    Rooms,
)


class Hands:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def rooms(hands):
    return Rooms(hands)


@pytest.fixture(scope="module")
def case(catalogue):
    return make_case(catalogue, 7, today=TODAY)


def opened(rooms, case, *, named=False):
    return rooms.open_room(case, named=named, is_demo=True)


def test_a_clinics_own_server_has_no_room(rooms, case):
    with pytest.raises(RoomError, match="never opened on a clinic's own server"):
        rooms.open_room(case, named=False, is_demo=False)


def test_two_learners_are_counted_as_they_answer_and_may_change_until_it_is_shown(rooms, case):
    code, desk = opened(rooms, case)
    _, ann = rooms.join(code)
    _, bob = rooms.join(f" {code[:3].lower()} {code[3:]} ")
    assert rooms.view(code).learners == 2

    rooms.answer(code, ann, 0, 1)
    rooms.answer(code, bob, 0, 1)
    assert rooms.view(code).counts == (0, 2, 0)
    rooms.answer(code, bob, 0, 2)
    assert rooms.view(code).counts == (0, 1, 1)
    assert rooms.answer_of(code, bob, 0) == 2

    rooms.show_answer(code, desk)
    with pytest.raises(RoomError, match="over"):
        rooms.answer(code, bob, 0, 0)
    assert rooms.view(code).counts == (0, 1, 1)
    rooms.move_on(code, desk, left=0)
    assert (rooms.view(code).at, rooms.view(code).shown, rooms.view(code).answered) == (1, False, 0)
    with pytest.raises(RoomError, match="over"):
        rooms.answer(code, ann, 0, 0)
    with pytest.raises(RoomError, match="no such answer"):
        rooms.answer(code, ann, 1, 99)


def test_two_clicks_on_next_leave_one_question(rooms, case):
    code, desk = opened(rooms, case)
    rooms.move_on(code, desk, left=0)
    rooms.move_on(code, desk, left=0)
    assert rooms.view(code).at == 1


def test_after_the_last_question_there_are_only_results(rooms, case):
    code, desk = opened(rooms, case, named=True)
    _, seat = rooms.join(code, "  Ann   Lee ")
    _, other = rooms.join(code)
    for at, item in enumerate(case.items):
        rooms.answer(code, seat, at, min(item.right))
        if item.critical:
            rooms.answer(code, other, at, min(item.critical))
        rooms.move_on(code, desk, left=at)
    assert rooms.view(code).over
    (name, given, good), (nobody, _given, bad) = rooms.results(code, desk)
    assert (name, nobody) == ("Ann Lee", "")
    assert given == {at: min(item.right) for at, item in enumerate(case.items)}
    assert (good.right, good.passed) == (len(case.items), True)
    assert bad.right == 0
    assert bad.critical == tuple(at for at, item in enumerate(case.items) if item.critical)


def test_no_name_is_kept_where_none_is_wanted(rooms, case):
    code, desk = opened(rooms, case)
    rooms.join(code, "Ann")
    assert [name for name, *_rest in rooms.results(code, desk)] == [""]


@pytest.mark.parametrize(
    "act",
    [
        lambda rooms, code, key: rooms.show_answer(code, key),
        lambda rooms, code, key: rooms.move_on(code, key, left=0),
        lambda rooms, code, key: rooms.close(code, key),
        lambda rooms, code, key: rooms.results(code, key),
    ],
)
def test_only_the_desk_moves_a_room(rooms, case, act):
    code, desk = opened(rooms, case)
    _, seat = rooms.join(code)
    for wrong in (seat, "", desk[:-1], "é"):
        with pytest.raises(RoomError, match="Only the trainer"):
            act(rooms, code, wrong)
    assert rooms.holds_desk(code, desk)
    assert not rooms.holds_desk(code, seat)
    act(rooms, code, desk)


def test_a_closed_room_is_forgotten(rooms, case):
    code, desk = opened(rooms, case)
    _, seat = rooms.join(code)
    assert rooms.has_seat(code, seat)
    rooms.close(code, desk)
    assert not rooms.has_seat(code, seat)
    with pytest.raises(RoomError, match="no room with this code"):
        rooms.view(code)


def test_a_room_goes_by_itself_when_nobody_does_anything(rooms, case, hands):
    code, _desk = opened(rooms, case)
    hands.now += IDLE_S - 1
    _, seat = rooms.join(code)
    hands.now += IDLE_S - 1
    assert rooms.has_seat(code, seat)
    hands.now += 2
    assert not rooms.has_seat(code, seat)


def test_wrong_codes_are_stopped_for_a_minute(rooms, case, hands):
    code, _desk = opened(rooms, case)
    for _try in range(MOST_TRIES):
        with pytest.raises(RoomError, match="no room with this code"):
            rooms.join("222222")
    with pytest.raises(RoomError, match="wait a minute"):
        rooms.join(code)
    hands.now += MINUTE_S
    assert rooms.join(code)[0] == code


def test_a_server_holds_so_many_rooms_and_a_room_so_many_learners(rooms, case):
    codes = [opened(rooms, case)[0] for _one in range(MOST_ROOMS)]
    assert len(set(codes)) == MOST_ROOMS
    assert set("".join(codes)) <= set(LETTERS)
    with pytest.raises(RoomError, match="close one first"):
        opened(rooms, case)
    for _one in range(MOST_LEARNERS):
        rooms.join(codes[0])
    with pytest.raises(RoomError, match="full"):
        rooms.join(codes[0])
