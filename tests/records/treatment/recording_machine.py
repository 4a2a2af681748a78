"""The steps of a practitioner, held against a plain model: any order of them, and any interruption.

Each step may be sent twice (double click), come from a stale look, be refused, or be cut off in
mid-save (an error before the transaction ends, as when the server is killed).
"""

from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar
from unittest.mock import patch

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from tests.records.treatment.recording_model import (
    DAY,
    DOCTOR,
    PLACES,
    Effect,
    Killed,
    Known,
    answers,
    areas,
    begun,
    clock,
    days,
    notes,
    off_the_figure,
    prices,
    products,
    reactions,
    sound_placed,
    sound_prices,
    sound_products,
)

from mesodash.records.audit.verification import verify
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea
from mesodash.records.courses.plans import cancel_plan, move_session, save_plan
from mesodash.records.courses.screenings import (
    confirm_screening,
    latest_screening,
    record_screening,
)
from mesodash.records.stock.deliveries import NewStock, receive_stock, stock_list
from mesodash.records.store.clinic import create_clinic
from mesodash.records.store.connection import reading, writing
from mesodash.records.store.errors import RecordError
from mesodash.records.treatment import corrections, follow_up, recording
from mesodash.records.treatment.drafts import drop_draft, keep_draft, read_draft
from mesodash.records.treatment.entries import AreaEntry, SessionEntry
from mesodash.records.treatment.follow_up import EffectAnswer, NewEffect
from mesodash.records.treatment.sessions import read_session


class Recording(RuleBasedStateMachine):
    """The steps of a practitioner, and the model they are held against."""

    taken: ClassVar[Counter] = Counter()

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "clinic.db"
        create_clinic(
            self.path, clinic_id="t", name="T", kind="clinical", actor=DOCTOR, clock=clock
        )
        with writing(self.path, DOCTOR, clock=clock) as change:
            change.db["patients"].insert({"id": 1, "patient_id": "P1", "sex": "female"})
            change.log("create", "patients")
        receive_stock(
            self.path,
            NewStock("Saline", "S-1", "2030-01", 100, 10.0),
            DOCTOR,
            nonce="nonce-of-stock",
            received_on=DAY,
            clock=clock,
        )
        self.sessions = {}
        self.contacts = set()
        self.screened = None  # (day, question -> answer)
        self.draft = None
        self.number = 0

    def did(self, *what):
        self.taken[what] += 1

    def some(self, data, state):
        names = sorted(name for name, one in self.sessions.items() if one.state == state)
        return data.draw(st.sampled_from(names)) if names else None

    def entry(self, data, on=None):
        held_at = data.draw(days) if on is None else on
        # Four of five are sound, else little would ever be recorded.
        sound = data.draw(st.sampled_from([True, True, True, True, False]))
        price, currency = data.draw(sound_prices if sound else prices)
        ends = [None, f"{held_at}T18:00", held_at]
        ended = data.draw(st.sampled_from(ends if sound else [*ends, "2026-10-01"]))
        treated = data.draw(areas.filter(bool) if sound else areas)
        points = st.one_of(st.just(()), sound_placed if sound else st.just(off_the_figure))
        return SessionEntry(
            "P1",
            held_at,
            treated,
            protocol="cellulite_mix",
            products=data.draw(sound_products if sound else products),
            reactions=data.draw(reactions),
            note=data.draw(notes),
            price=price,
            currency=currency,
            placed=data.draw(points),
            ended_at=ended,
        )

    def refused(self, entry):
        treated = {(one.area, one.side) for one in entry.areas}
        lots = {(used.product, used.lot) for used in entry.products}
        return (
            not entry.areas
            or len(lots) < len(entry.products)
            or any((one.area, one.side) not in treated for one in entry.placed)
            or any(one.u + one.v > 1 for one in entry.placed)
            or (entry.price is not None and entry.currency not in ("EUR", "GBP"))
            or (entry.price is not None and entry.price < 0)
            or (entry.ended_at is not None and entry.ended_at < entry.held_at)
        )

    @rule(data=st.data(), twice=st.booleans(), killed=st.booleans())
    def record_a_new_one(self, data, twice, killed):
        self.number += 1
        nonce, entry = f"nonce-{self.number:08}", self.entry(data)
        if self.refused(entry):
            self.did("record", "refused")
            with pytest.raises(RecordError):
                recording.record_session(self.path, entry, DOCTOR, nonce=nonce, clock=clock)
            return
        if killed:
            self.did("record", "killed")
            with (
                patch.object(recording, "insert_points", side_effect=Killed),
                suppress(Killed),
            ):
                recording.record_session(self.path, entry, DOCTOR, nonce=nonce, clock=clock)
        self.did("record", "twice" if twice else "done")
        for _again in range(1 + twice):
            name = recording.record_session(self.path, entry, DOCTOR, nonce=nonce, clock=clock)
        entry = replace(entry, session_id=name)
        self.sessions[name] = Known(entry, "held", effects=begun(entry, name))

    @rule(n=st.integers(1, 3), start=st.integers(1, 60))
    def plan_a_course(self, n, start):
        self.number += 1
        dates = tuple(DAY + timedelta(days=start + 7 * k) for k in range(n))
        plan = CoursePlan("cellulite_mix", "cellulite", (PlannedArea(*PLACES[2]),), dates)
        nonce = f"nonce-{self.number:08}"
        if self.taken_on() & {day.isoformat() for day in dates}:
            self.did("plan", "refused")
            with pytest.raises(RecordError):
                save_plan(self.path, "P1", plan, None, DOCTOR, nonce=nonce, clock=clock)
            return
        self.did("plan", "done")
        course = save_plan(self.path, "P1", plan, None, DOCTOR, nonce=nonce, clock=clock)
        for name, held_at in plan.sessions(course).items():
            entry = SessionEntry(
                "P1",
                held_at,
                (AreaEntry(*PLACES[2]),),
                protocol="cellulite_mix",
                course_id=course,
                session_id=name,
            )
            self.sessions[name] = Known(entry, "planned")

    def taken_on(self, besides=None):
        """The days on which the planned area has a session."""
        return {
            one.entry.held_at[:10]
            for name, one in self.sessions.items()
            if name != besides
            and one.state in ("planned", "held")
            and any((a.area, a.side) == PLACES[2] for a in one.entry.areas)
        }

    @rule(data=st.data(), stale=st.booleans(), twice=st.booleans())
    def hold_a_planned_one(self, data, stale, twice):
        name = self.some(data, "planned")
        if name is None:
            return
        known = self.sessions[name]
        entry = replace(self.entry(data), session_id=name, course_id=known.entry.course_id)
        seen = "2020-01-01" if stale else known.entry.held_at
        if self.refused(entry) or stale:
            self.did("hold", "stale" if stale else "refused")
            with pytest.raises(RecordError):
                recording.record_session(
                    self.path, entry, DOCTOR, nonce="nonce-of-hold", seen=seen, clock=clock
                )
            return
        self.did("hold", "twice" if twice else "done")
        for _again in range(1 + twice):
            recording.record_session(
                self.path, entry, DOCTOR, nonce="nonce-of-hold", seen=seen, clock=clock
            )
        self.sessions[name] = Known(entry, "held", effects=begun(entry, name))

    @rule(data=st.data(), state=st.sampled_from(["cancelled", "no_show"]))
    def nobody_holds_a_planned_one(self, data, state):
        name = self.some(data, "planned")
        if name is None:
            return
        self.did("close", state)
        known = self.sessions[name]
        recording.close_planned_session(
            self.path, name, DOCTOR, seen=known.entry.held_at, state=state, clock=clock
        )
        known.state = state

    @rule(data=st.data(), stale=st.booleans())
    def cancel_a_course(self, data, stale):
        name = self.some(data, "planned")
        if name is None:
            return
        course = self.sessions[name].entry.course_id
        planned = {
            other: one
            for other, one in self.sessions.items()
            if one.state == "planned" and one.entry.course_id == course
        }
        seen = {other: one.entry.held_at for other, one in planned.items()}
        if stale:
            self.did("cancel", "stale")
            seen[name] = "2020-01-01"
            with pytest.raises(RecordError):
                cancel_plan(self.path, course, DOCTOR, seen=seen, clock=clock)
            return
        self.did("cancel", "done")
        assert cancel_plan(self.path, course, DOCTOR, seen=seen, clock=clock) == len(planned)
        for one in planned.values():
            one.state = "cancelled"

    @rule(data=st.data(), by=st.integers(61, 90))
    def move_a_planned_one(self, data, by):
        name = self.some(data, "planned")
        if name is None:
            return
        known, to = self.sessions[name], DAY + timedelta(days=by)
        taken = to.isoformat() in self.taken_on(besides=name)
        self.did("move", "refused" if taken else "done")
        with pytest.raises(RecordError) if taken else nullcontext():
            move_session(self.path, name, DOCTOR, seen=known.entry.held_at, to=to, clock=clock)
        if not taken:
            known.entry = replace(known.entry, held_at=to.isoformat())

    @rule(
        data=st.data(),
        stale=st.booleans(),
        killed=st.booleans(),
        reason=st.sampled_from(["", "misread"]),
    )
    def amend_a_held_one(self, data, stale, killed, reason):
        name = self.some(data, "held")
        if name is None:
            return
        known = self.sessions[name]
        seen = read_session(self.path, name, DOCTOR, clock=clock)
        entry = replace(self.entry(data), session_id=name, course_id=known.entry.course_id)
        if stale:
            seen = replace(seen, entry=replace(seen.entry, note="never there"))
        after = self.amended(known, entry)
        wrong = self.refused(entry) or stale or (known.final and not reason) or after is None
        if killed and not wrong:
            self.did("amend", "killed")
            with patch.object(corrections, "insert_parts", side_effect=Killed), suppress(Killed):
                corrections.amend_session(
                    self.path, entry, DOCTOR, seen=seen, reason=reason, clock=clock
                )
        self.did("amend", "refused" if wrong else "done")
        with pytest.raises(RecordError) if wrong else nullcontext():
            corrections.amend_session(
                self.path, entry, DOCTOR, seen=seen, reason=reason, clock=clock
            )
        if not wrong:
            known.entry, known.effects = entry, after

    def amended(self, known, entry):
        """The effects after a correction; None where it is refused for their sake."""
        was, now = known.entry.held_at, entry.held_at
        want = {one.effect: one.severity for one in entry.reactions}
        after = {}
        for name, one in known.effects.items():
            if one.onset != was:
                after[name] = one
            elif one.effect in want:
                severity = want.pop(one.effect)
                last_seen = max(one.last_seen, now)
                after[name] = replace(one, onset=now, last_seen=last_seen, severity=severity)
            elif not one.untouched:
                return None
        late = now[:10] > was[:10] and any(
            one.onset < now or (one.end is not None and one.end[1] < now) for one in after.values()
        )
        if late:
            return None
        for effect, severity in want.items():
            after[f"{entry.session_id}-{effect}"] = Effect(effect, now, now, severity)
        return after

    @rule(data=st.data())
    def finalise_a_held_one(self, data):
        name = self.some(data, "held")
        if name is not None:
            self.did("finalise", "done")
            seen = read_session(self.path, name, DOCTOR, clock=clock)
            corrections.finalise_session(self.path, DOCTOR, seen=seen, clock=clock)
            self.sessions[name].final = True

    @rule(data=st.data(), reason=st.sampled_from(["", "mistake"]))
    def void_a_held_one(self, data, reason):
        name = self.some(data, "held")
        if name is not None:
            self.did("void", "done" if reason else "refused")
            seen = read_session(self.path, name, DOCTOR, clock=clock)
            with nullcontext() if reason else pytest.raises(RecordError):
                corrections.void_session(self.path, DOCTOR, seen=seen, reason=reason, clock=clock)
            if reason:
                self.sessions[name].state = "void"

    @rule(
        data=st.data(),
        on=days,
        channel=st.sampled_from(["phone", "visit"]),
        twice=st.booleans(),
        killed=st.booleans(),
    )
    def follow_up_by_a_contact(self, data, on, channel, twice, killed):
        """One contact: perhaps an answer about an open effect, perhaps a new effect."""
        held = {n: one for n, one in self.sessions.items() if one.state == "held"}
        if not held:
            return
        answer, changed = self.answer(data, on, held)
        new, added = self.new_effect(data, on, held)
        before = {name: one for name, one in held.items() if one.entry.held_at[:10] <= on}
        wrong = not before or (answer and changed is None) or (new and added is None)
        # Sent twice, the answer finds the end noted already; the rest is the same again.
        again = twice and not (answer and answer.state == "gone")
        given = {
            "contacted_at": on,
            "channel": channel,
            "answers": [answer] if answer else [],
            "new": [new] if new else [],
            "clock": clock,
        }
        if killed and not wrong:
            self.did("contact", "killed")
            with patch.object(follow_up, "_note_contact", side_effect=Killed), suppress(Killed):
                follow_up.record_contact(self.path, "P1", DOCTOR, **given)
        self.did("contact", "refused" if wrong else "done")
        for _again in range(1 + again):
            with pytest.raises(RecordError) if wrong else nullcontext():
                follow_up.record_contact(self.path, "P1", DOCTOR, **given)
        if wrong:
            return
        self.contacts.add((self.newest(before), on, channel))
        if answer:
            name = next(n for n, one in held.items() if answer.side_effect_id in one.effects)
            held[name].effects[answer.side_effect_id] = changed
            self.contacts.add((name, on, channel))
        if new:
            known = held[new.session_id]
            if added not in known.effects.values():
                known.effects[f"new {self.number}"] = added
                self.number += 1
            self.contacts.add((new.session_id, on, channel))

    def newest(self, held):
        """The newest session as the file orders them: by day, then by when it was written."""
        with reading(self.path) as db:
            numbers = dict(db.execute("SELECT session_id, id FROM sessions").fetchall())
        return max(held, key=lambda name: (held[name].entry.held_at, numbers[name]))

    def answer(self, data, on, held):
        """An answer about an open effect and what becomes of it; None twice where there is none."""
        named = self.named_effects()
        still_open = sorted(
            effect
            for effect, (session, one) in named.items()
            if session in held and one.end is None
        )
        if not still_open or data.draw(st.booleans()):
            return None, None
        name = data.draw(st.sampled_from(still_open))
        session, one = named[name]
        # From here on the model knows the effect by the name that the file gave it.
        effects = self.sessions[session].effects
        effects[name] = effects.pop(next(key for key, value in effects.items() if value is one))
        gone_on = data.draw(st.one_of(st.none(), days))
        answer = EffectAnswer(
            name,
            data.draw(st.sampled_from(["still_there", "gone"])),
            gone_on=gone_on,
            severity=data.draw(st.sampled_from([None, 3])),
        )
        end = gone_on or on
        if on < one.onset:
            return answer, None
        changed = replace(one, severity=answer.severity or one.severity)
        if answer.state == "still_there":
            changed.last_seen = max(on, one.last_seen)
        elif end < one.onset or on < end or end < one.last_seen:
            return answer, None
        else:
            changed.end = ("resolved" if gone_on else "gone", end)
        return answer, changed

    def named_effects(self):
        """The effects by the ids they have in the file: id -> (session, what the model knows)."""
        with reading(self.path) as db:
            rows = db.execute(
                "SELECT e.side_effect_id, s.session_id, e.effect, e.onset_at, e.last_seen_at"
                " FROM side_effects AS e JOIN sessions AS s ON s.id = e.session ORDER BY e.id"
            ).fetchall()
        named = {}
        for name, session, *what in rows:
            for one in self.sessions[session].effects.values():
                if [one.effect, one.onset, one.last_seen] == what:
                    named[name] = (session, one)
        return named

    def new_effect(self, data, on, held):
        """A new effect of a contact and what the model makes of it; None twice for none."""
        if data.draw(st.booleans()):
            return None, None
        session = data.draw(st.sampled_from(sorted(held)))
        effect = data.draw(st.sampled_from(["bruise", "swelling"]))
        new = NewEffect(session, effect, data.draw(days))
        if new.onset_at > on or new.onset_at < held[session].entry.held_at[:10]:
            return new, None
        return new, Effect(new.effect, new.onset_at, on, None)

    @rule(given=answers, on=days, twice=st.booleans())
    def screen(self, given, on, twice):
        wrong = not given or (self.screened is not None and on < self.screened[0])
        self.did("screen", "refused" if wrong else "done")
        for _again in range(1 + twice):
            with pytest.raises(RecordError) if wrong else nullcontext():
                record_screening(
                    self.path, "P1", given, DOCTOR, date.fromisoformat(on), clock=clock
                )
        if not wrong:
            day = date.fromisoformat(on)
            kept = {} if self.screened is None else self.screened[1]
            said = {code: replace(one, answered_on=day) for code, one in given.items()}
            self.screened = (on, kept | said)

    @precondition(lambda self: self.screened is not None)
    @rule(on=days)
    def confirm_the_answers(self, on):
        wrong = on < self.screened[0]
        self.did("confirm", "refused" if wrong else "done")
        day = date.fromisoformat(on)
        with pytest.raises(RecordError) if wrong else nullcontext():
            confirm_screening(self.path, "P1", DOCTOR, day, clock=clock)
        if not wrong:
            kept = {c: replace(one, answered_on=day) for c, one in self.screened[1].items()}
            self.screened = (on, kept)

    @rule(text=st.text(max_size=40))
    def type_and_close_the_tab(self, text):
        self.did("draft", "kept")
        content = {"note": text.encode("utf-8", "ignore").decode()}
        keep_draft(self.path, "P1", "session:new", content, DOCTOR, clock=clock)
        self.draft = content

    @precondition(lambda self: self.draft is not None)
    @rule()
    def throw_the_draft_away(self):
        self.did("draft", "dropped")
        drop_draft(self.path, "P1", "session:new", DOCTOR, clock=clock)
        self.draft = None

    def teardown(self):
        with reading(self.path) as db:
            states = dict(db.execute("SELECT session_id, state FROM sessions").fetchall())
            contacts = db.execute(
                "SELECT s.session_id, f.contacted_at, f.channel FROM follow_ups AS f"
                " JOIN sessions AS s ON s.id = f.session"
            ).fetchall()
            effects = db.execute(
                "SELECT s.session_id, e.effect, e.onset_at, e.last_seen_at, e.severity,"
                " e.resolved_at, e.gone_by_at FROM side_effects AS e"
                " JOIN sessions AS s ON s.id = e.session"
            ).fetchall()
        assert states == {name: one.state for name, one in self.sessions.items()}
        assert sorted(contacts) == sorted(self.contacts)
        assert Counter(effects) == Counter(
            (
                session,
                one.effect,
                one.onset,
                one.last_seen,
                one.severity,
                *(one.end[1] if one.end and one.end[0] == kind else None for kind in ENDS),
            )
            for session, known in self.sessions.items()
            for one in known.effects.values()
        )
        for name, one in self.sessions.items():
            found = read_session(self.path, name, DOCTOR, clock=clock)
            assert _plain(found.entry) == _plain(one.as_read())
            assert (found.finalised_at is not None) == one.final
        self.check_stock()
        screening = latest_screening(self.path, "P1", DOCTOR, clock=clock)
        assert self.screened == (
            screening and (screening.screened_on.isoformat(), dict(screening.answers.given))
        )
        draft = read_draft(self.path, "P1", "session:new", DOCTOR, clock=clock)
        assert (None if draft is None else draft.content) == self.draft
        assert verify(self.path).holds
        self.folder.cleanup()

    def check_stock(self):
        """What the stock says was used is what the model's held sessions used."""
        used = [
            one
            for known in self.sessions.values()
            if known.state == "held"
            for one in known.entry.products
            if one.lot == "S-1"
        ]
        (item,) = stock_list(self.path, DOCTOR, clock=clock)
        assert item.used_ml == pytest.approx(sum(one.volume_ml or 0 for one in used))
        assert item.sessions == len(used)


ENDS = ("resolved", "gone")


def _plain(entry):
    """An entry with its reactions by code and its points by area, each kept in its order."""
    return replace(
        entry,
        reactions=tuple(sorted(entry.reactions, key=lambda one: (one.effect, one.severity or 0))),
        placed=tuple(sorted(entry.placed, key=lambda one: (one.area, one.side))),
    )
