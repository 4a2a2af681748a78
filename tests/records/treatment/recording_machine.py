"""The steps of a practitioner, held against a plain model: any order of them, and any interruption.

Each step may be sent twice (double click), come from a stale look (an earlier one of one's own or a
colleague's), be refused, or be cut off in mid-save: by a rerun of the page, or by the end of the
process (SIGKILL), before the transaction ends. A step that was cut off is sent again.
"""

from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.records.treatment.recording_model import (
    COLLEAGUE,
    DAY,
    DOCTOR,
    PLACES,
    Effect,
    Known,
    answers,
    areas,
    begun,
    clock,
    cut_off,
    cuts,
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


def any_planned(machine):
    return any(one.state == "planned" for one in machine.sessions.values())


def any_held(machine):
    return any(one.state == "held" for one in machine.sessions.values())


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
        self.looks = {}  # session_id -> (as somebody saw it, as the model knew it then)
        self.contacts = set()
        self.screened = None  # (day, question -> answer)
        self.draft = None
        self.number = 0

    def did(self, *what):
        self.taken[what] += 1

    def do(self, kind, act, *, cut=None, refused=False):
        """One change: cut off and sent again, or refused; what it gives back."""
        if cut and not refused and cut_off(cut, act):
            self.did(kind, cut)
        with pytest.raises(RecordError) if refused else nullcontext():
            return act()

    def some(self, data, state):
        names = sorted(name for name, one in self.sessions.items() if one.state == state)
        return data.draw(st.sampled_from(names))

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

    @initialize()
    def begin_a_course(self):
        self.plan_a_course(3, 7, twice=False, cut=None)

    @rule(data=st.data(), twice=st.booleans(), cut=cuts)
    def record_a_new_one(self, data, twice, cut):
        self.number += 1
        nonce, entry = f"nonce-{self.number:08}", self.entry(data)

        def send():
            return recording.record_session(self.path, entry, DOCTOR, nonce=nonce, clock=clock)

        if self.refused(entry):
            self.did("record", "refused")
            self.do("record", send, refused=True)
            return
        self.did("record", "twice" if twice else "done")
        name = self.do("record", send, cut=cut)
        if twice:
            assert send() == name
        entry = replace(entry, session_id=name)
        self.sessions[name] = Known(entry, "held", effects=begun(entry, name))

    @rule(n=st.integers(1, 3), start=st.integers(1, 60), twice=st.booleans(), cut=cuts)
    def plan_a_course(self, n, start, twice, cut):
        self.number += 1
        dates = tuple(DAY + timedelta(days=start + 7 * k) for k in range(n))
        plan = CoursePlan("cellulite_mix", "cellulite", (PlannedArea(*PLACES[2]),), dates)
        nonce = f"nonce-{self.number:08}"

        def send():
            return save_plan(self.path, "P1", plan, None, DOCTOR, nonce=nonce, clock=clock)

        if self.taken_on() & {day.isoformat() for day in dates}:
            self.did("plan", "refused")
            self.do("plan", send, refused=True)
            return
        self.did("plan", "twice" if twice else "done")
        course = self.do("plan", send, cut=cut)
        if twice:
            assert send() == course
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

    @precondition(any_planned)
    @rule(data=st.data(), stale=st.booleans(), twice=st.booleans(), cut=cuts)
    def hold_a_planned_one(self, data, stale, twice, cut):
        name = self.some(data, "planned")
        known = self.sessions[name]
        entry = replace(self.entry(data), session_id=name, course_id=known.entry.course_id)
        seen = "2020-01-01" if stale else known.entry.held_at

        def send():
            recording.record_session(
                self.path, entry, DOCTOR, nonce="nonce-of-hold", seen=seen, clock=clock
            )

        if self.refused(entry) or stale:
            self.did("hold", "stale" if stale else "refused")
            self.do("hold", send, refused=True)
            return
        self.did("hold", "twice" if twice else "done")
        self.do("hold", send, cut=cut)
        if twice:
            send()
        self.sessions[name] = Known(entry, "held", effects=begun(entry, name))

    @precondition(any_planned)
    @rule(
        data=st.data(),
        state=st.sampled_from(["cancelled", "no_show"]),
        stale=st.booleans(),
        twice=st.booleans(),
        cut=cuts,
    )
    def nobody_holds_a_planned_one(self, data, state, stale, twice, cut):
        name = self.some(data, "planned")
        known = self.sessions[name]
        seen = "2020-01-01" if stale else known.entry.held_at

        def send():
            recording.close_planned_session(
                self.path, name, DOCTOR, seen=seen, state=state, reason="ill", clock=clock
            )

        self.did("close", "stale" if stale else "twice" if twice else state)
        self.do("close", send, cut=cut, refused=stale)
        if not stale:
            known.state = state
            if twice:
                # It is no longer planned, as the second click learns.
                self.do("close", send, refused=True)

    @precondition(any_planned)
    @rule(data=st.data(), stale=st.booleans(), cut=cuts)
    def cancel_a_course(self, data, stale, cut):
        name = self.some(data, "planned")
        course = self.sessions[name].entry.course_id
        planned = {
            other: one
            for other, one in self.sessions.items()
            if one.state == "planned" and one.entry.course_id == course
        }
        seen = {other: one.entry.held_at for other, one in planned.items()}
        if stale:
            seen[name] = "2020-01-01"

        def send():
            return cancel_plan(self.path, course, DOCTOR, seen=seen, reason="ill", clock=clock)

        self.did("cancel", "stale" if stale else "done")
        cancelled = self.do("cancel", send, cut=cut, refused=stale)
        if not stale:
            assert cancelled == len(planned)
            for one in planned.values():
                one.state = "cancelled"

    @precondition(any_planned)
    @rule(data=st.data(), by=st.integers(61, 90), stale=st.booleans(), cut=cuts)
    def move_a_planned_one(self, data, by, stale, cut):
        name = self.some(data, "planned")
        known, to = self.sessions[name], DAY + timedelta(days=by)
        seen = "2020-01-01" if stale else known.entry.held_at
        taken = to.isoformat() in self.taken_on(besides=name)

        def send():
            move_session(self.path, name, DOCTOR, seen=seen, to=to, clock=clock)

        self.did("move", "stale" if stale else "refused" if taken else "done")
        self.do("move", send, cut=cut, refused=stale or taken)
        if not (stale or taken):
            known.entry = replace(known.entry, held_at=to.isoformat())

    @precondition(any_held)
    @rule(data=st.data())
    def look_at_a_session(self, data):
        """What somebody has open while others go on; corrections may come from it."""
        name = self.some(data, "held")
        self.did("look", "taken")
        seen = read_session(self.path, name, COLLEAGUE, clock=clock)
        self.looks[name] = (seen, self.as_known(name))

    def as_known(self, name):
        """What the model knows of a session that a look at it shows."""
        known = self.sessions[name]
        return known.state, known.final, _plain(known.as_read())

    def seen(self, data, name):
        """A look at a session, and whether it is no longer as it was then."""
        if name in self.looks and data.draw(st.booleans()):
            seen, then = self.looks[name]
            return seen, then != self.as_known(name)
        return read_session(self.path, name, DOCTOR, clock=clock), False

    @precondition(any_held)
    @rule(
        data=st.data(),
        actor=st.sampled_from([DOCTOR, COLLEAGUE]),
        cut=cuts,
        twice=st.booleans(),
        reason=st.sampled_from(["", "misread"]),
    )
    def amend_a_held_one(self, data, actor, cut, twice, reason):
        name = self.some(data, "held")
        known = self.sessions[name]
        seen, stale = self.seen(data, name)
        entry = replace(self.entry(data), session_id=name, course_id=known.entry.course_id)
        after = self.amended(known, entry)
        wrong = self.refused(entry) or stale or (known.final and not reason) or after is None

        def send():
            corrections.amend_session(
                self.path, entry, actor, seen=seen, reason=reason, clock=clock
            )

        done = "twice" if twice else "done"
        self.did("amend", "stale" if stale else "refused" if wrong else done)
        self.do("amend", send, cut=cut, refused=wrong)
        if not wrong:
            known.entry, known.effects = entry, after
            if twice:
                # The second click comes from a look before the first, and learns so.
                now = read_session(self.path, name, actor, clock=clock)
                self.do("amend", send, refused=now != seen)

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

    @precondition(any_held)
    @rule(data=st.data(), twice=st.booleans(), cut=cuts)
    def finalise_a_held_one(self, data, twice, cut):
        name = self.some(data, "held")
        known = self.sessions[name]
        seen, stale = self.seen(data, name)

        def send():
            corrections.finalise_session(self.path, DOCTOR, seen=seen, clock=clock)

        self.did("finalise", "stale" if stale else "twice" if twice else "done")
        self.do("finalise", send, cut=cut, refused=stale)
        if not stale:
            if twice:
                self.do("finalise", send, refused=not known.final)
            known.final = True

    @precondition(any_held)
    @rule(data=st.data(), reason=st.sampled_from(["", "mistake"]), twice=st.booleans(), cut=cuts)
    def void_a_held_one(self, data, reason, twice, cut):
        name = self.some(data, "held")
        seen, stale = self.seen(data, name)

        def send():
            corrections.void_session(self.path, DOCTOR, seen=seen, reason=reason, clock=clock)

        wrong = stale or not reason
        done = "twice" if twice else "done"
        self.did("void", "stale" if stale else "refused" if wrong else done)
        self.do("void", send, cut=cut, refused=wrong)
        if not wrong:
            self.sessions[name].state = "void"
            if twice:
                self.do("void", send, refused=True)

    @precondition(any_held)
    @rule(
        data=st.data(),
        on=days,
        channel=st.sampled_from(["phone", "visit"]),
        twice=st.booleans(),
        cut=cuts,
    )
    def follow_up_by_a_contact(self, data, on, channel, twice, cut):
        """One contact: perhaps an answer about an open effect, perhaps a new effect."""
        held = {n: one for n, one in self.sessions.items() if one.state == "held"}
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

        def send():
            follow_up.record_contact(self.path, "P1", DOCTOR, **given)

        self.did("contact", "refused" if wrong else "twice" if again else "done")
        self.do("contact", send, cut=cut, refused=wrong)
        if again:
            self.do("contact", send, refused=wrong)
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

    @rule(given=answers, on=days, same_day=st.booleans(), twice=st.booleans(), cut=cuts)
    def screen(self, given, on, same_day, twice, cut):
        if same_day and self.screened is not None:
            on = self.screened[0]
        wrong = not given or (self.screened is not None and on < self.screened[0])

        def send():
            record_screening(self.path, "P1", given, DOCTOR, date.fromisoformat(on), clock=clock)

        self.did("screen", "refused" if wrong else "twice" if twice else "done")
        self.do("screen", send, cut=cut, refused=wrong)
        if twice:
            self.do("screen", send, refused=wrong)
        if not wrong:
            day = date.fromisoformat(on)
            kept = {} if self.screened is None else self.screened[1]
            said = {code: replace(one, answered_on=day) for code, one in given.items()}
            self.screened = (on, kept | said)

    @precondition(lambda self: self.screened is not None)
    @rule(on=days, same_day=st.booleans())
    def confirm_the_answers(self, on, same_day):
        on = self.screened[0] if same_day else on
        wrong = on < self.screened[0]
        self.did("confirm", "refused" if wrong else "done")
        day = date.fromisoformat(on)
        with pytest.raises(RecordError) if wrong else nullcontext():
            confirm_screening(self.path, "P1", DOCTOR, day, clock=clock)
        if not wrong:
            kept = {c: replace(one, answered_on=day) for c, one in self.screened[1].items()}
            self.screened = (on, kept)

    @rule(text=st.text(max_size=40), then=st.sampled_from(["kept", "reopened", "twice", "dropped"]))
    def type_and_close_the_tab(self, text, then):
        """A draft, found again on another device, sent once more, or thrown away."""
        self.did("draft", then)
        content = {"note": text.encode("utf-8", "ignore").decode()}
        for _again in range(1 + (then == "twice")):
            keep_draft(self.path, "P1", "session:new", content, DOCTOR, clock=clock)
        self.draft = content
        if then == "reopened":
            draft = read_draft(self.path, "P1", "session:new", DOCTOR, clock=clock)
            assert draft is not None
            assert draft.content == self.draft
        if then == "dropped":
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
