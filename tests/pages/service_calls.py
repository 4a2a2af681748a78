"""Every action of the matrix as calls of the functions behind it, and what each leaves noted."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from tests.conftest import TODAY

from mesodash.access import passwords
from mesodash.catalogue.types import Catalogue
from mesodash.exchange.exporting.export_folder import export_csv
from mesodash.exchange.importing.import_folder import import_folder
from mesodash.records.accounts import accounts, administration, learning, own_account, sign_ins
from mesodash.records.audit import change_log
from mesodash.records.audit.access import require
from mesodash.records.audit.actor import COMMAND_LINE, Actor
from mesodash.records.courses.planned_sessions import CoursePlan, PlannedArea, planned_sessions
from mesodash.records.courses.plans import cancel_plan, save_plan
from mesodash.records.courses.protocol_versions import Parameters, add_version
from mesodash.records.courses.screenings import (
    Answer,
    confirm_screening,
    latest_screening,
    record_screening,
    screenings_of,
)
from mesodash.records.files.backup import backup_clinic, restore_clinic
from mesodash.records.patients.completeness import ticks_of
from mesodash.records.patients.id_search import find_patient, recent_patients
from mesodash.records.patients.last_treated import last_treated
from mesodash.records.patients.new_patient import add_patient
from mesodash.records.patients.overview import patient_overview
from mesodash.records.patients.patients import (
    ids_of_patients_and_courses,
    patient_ids,
    read_patient,
)
from mesodash.records.patients.practitioners import add_practitioner
from mesodash.records.patients.text_search import find_anyone
from mesodash.records.privacy import processing, retention
from mesodash.records.privacy.erasure import erase, preview
from mesodash.records.privacy.person import everything_about
from mesodash.records.stock.deliveries import (
    NewStock,
    change_stock,
    receive_stock,
    stock_list,
    who_had,
)
from mesodash.records.stock.products import known_products, lot_entries, products_of_lot
from mesodash.records.transfer.drilldown import ids_behind
from mesodash.records.transfer.import_undo import latest_import, undo_import
from mesodash.records.treatment.corrections import (
    amend_session,
    finalise_session,
    former_rows,
    void_session,
)
from mesodash.records.treatment.data_quality import data_findings
from mesodash.records.treatment.drafts import keep_draft
from mesodash.records.treatment.effect_corrections import (
    correct_effect,
    effects_of,
    remove_effect,
)
from mesodash.records.treatment.entries import AreaEntry, SessionEntry
from mesodash.records.treatment.follow_up import open_effects, record_contact
from mesodash.records.treatment.history import Site, area_history, patient_history
from mesodash.records.treatment.recording import close_planned_session, record_session
from mesodash.records.treatment.sessions import last_session, read_session, sessions_of_day
from mesodash.records.watch.consents import consents_of, record_consent, withdraw_consent
from mesodash.records.watch.late_watch import follow_ups_due
from mesodash.records.watch.photographs import (
    NewPhotograph,
    add_photograph,
    declare_disk,
    photographs_of,
    picture_of,
    released_picture,
    remove_photograph,
)
from mesodash.records.watch.red_cards import (
    acknowledge_red_card,
    close_red_card,
    count_escalated_red_cards,
    count_open_red_cards,
    escalate_red_cards,
    open_red_cards,
    raise_red_card,
    raise_reported,
    red_cards_of,
)
from mesodash.records.watch.scores import courses_of, record_score
from mesodash.reports.core.reader import Reader
from mesodash.ui.shell.operation.metrics import metrics

VERTEX = Site("scalp.vertex", "midline")
PSEUDONYM = "a pseudonym"
ENTRY = "the number of an entry"
HASH = passwords.hashed("another long password", name="all")
PLAN = CoursePlan(
    indication="hair_aga_m",
    protocol="hair_duta",
    areas=(PlannedArea("scalp.vertex", "midline"),),
    dates=(date(2026, 12, 1),),
    interval_days=None,
)

ENTRY = SessionEntry("HUGO", "2026-11-21", (AreaEntry("scalp.vertex", "midline"),))
RECORDED = f"session-{sha256(b'nonce-of-record').hexdigest()[:16]}"
NOW = datetime.fromisoformat("2026-11-22T10:00")
CARD = f"red-{sha256(b'nonce-of-card').hexdigest()[:16]}"
STOCK = f"stock-{sha256(b'nonce-of-stock').hexdigest()[:16]}"
CONSENT = f"consent-{sha256(b'nonce-of-consent').hexdigest()[:16]}"
PHOTO = f"photo-{sha256(b'nonce-of-photo').hexdigest()[:16]}"
INTIMATE_PHOTO = f"photo-{sha256(b'nonce-of-intimate').hexdigest()[:16]}"
PICTURE = NewPhotograph(
    bytes(range(256)), 300, 400, "scalp.vertex", "midline", "close", "before", TODAY
)


@dataclass(frozen=True)
class Place:
    """Where one call happens: a clinic of its own, so that no call finds another's traces."""

    db: Path
    actor: Actor
    clock: Callable
    folder: Path
    catalogue: Catalogue

    @property
    def given(self):
        """What nearly every function takes."""
        return self.db, self.actor

    @property
    def reader(self):
        return Reader(self.db, self.catalogue, clock=self.clock)


@dataclass(frozen=True)
class Call:
    """One function behind an action.

    Attributes:
        name: unique.
        action: of the matrix.
        make: calls it at a place.
        rows: (action, table, key) of the change log where it is allowed.
    """

    name: str
    action: str
    make: Callable
    rows: tuple


EXPORTED = (
    "patients", "practitioners", "protocol_versions", "courses", "sessions", "treated_areas",
    "stock", "products_used", "injection_points", "side_effects", "follow_ups", "outcomes", "plans",
    "screening_answers", "consents", "red_cards", "photographs", "row_versions",
)  # fmt: skip
NOT_NAMELESS = (
    "protocol_versions", "plans", "screening_answers", "stock", "consents", "red_cards",
    "photographs", "row_versions",
)  # fmt: skip
NAMELESS = tuple(t for t in EXPORTED if t not in NOT_NAMELESS)
RESTORED = (
    "courses", "outcomes", "patients", "practitioners", "products_used", "sessions",
    "side_effects", "treated_areas", "clinic",
)  # fmt: skip


def bring_back(place):
    backup, _ = backup_clinic(place.db, place.folder / "b", actor=COMMAND_LINE, clock=place.clock)
    kept = place.folder / "kept.db"
    shutil.copyfile(backup, kept)
    restore_clinic(kept, place.db, actor=place.actor, force=True, clock=place.clock)


def past(place):
    if place.actor.may("patients.erase"):
        retention.set_years(place.db, COMMAND_LINE, 10, clock=place.clock)
    retention.past(*place.given, TODAY, clock=place.clock)


def take_in(place):
    place.folder.mkdir(exist_ok=True)
    (place.folder / "practitioners.csv").write_text(
        "practitioner_id,name\nD9,Practitioner B\n", encoding="utf-8"
    )
    import_folder(
        place.db,
        place.folder,
        actor=place.actor,
        catalogue=place.catalogue,
        rejects=place.folder / "rejects.csv",
        changes=place.folder / "changes.csv",
        clock=place.clock,
    )


def held(place):
    return read_session(place.db, "S3", COMMAND_LINE, clock=place.clock)


def effect(place):
    return effects_of(place.db, "HUGO", COMMAND_LINE, clock=place.clock)[0]


def card(place, actor=COMMAND_LINE):
    return raise_red_card(
        place.db, "HUGO", "pus", actor, at=NOW, nonce="nonce-of-card", clock=place.clock
    )


def delivery(place, actor=COMMAND_LINE):
    return receive_stock(
        place.db, NewStock("Saline", "S-1", "2030-01"), actor, nonce="nonce-of-stock",
        received_on=TODAY, clock=place.clock,
    )  # fmt: skip


def consent(place, actor=COMMAND_LINE):
    return record_consent(
        place.db, "HUGO", actor, nonce="nonce-of-consent", purpose="treatment", given_on=TODAY,
        given_how="paper", today=TODAY, clock=place.clock,
    )  # fmt: skip


def photo(place, actor=COMMAND_LINE):
    return add_photograph(
        place.db, "HUGO", PICTURE, actor, nonce="nonce-of-photo", today=TODAY, clock=place.clock
    )


def add_intimate_photograph(db, clock):
    """What only some may see, made by one who may; with what any photograph needs."""
    declare_disk(db, COMMAND_LINE, declared=True, clock=clock)
    for purpose in ("photographs", "teaching"):
        record_consent(
            db, "HUGO", COMMAND_LINE, nonce=f"nonce-of-{purpose}", purpose=purpose,
            given_on=TODAY, given_how="paper", today=TODAY, clock=clock,
        )  # fmt: skip
    add_photograph(
        db, "HUGO", replace(PICTURE, area="buttock", side="left"), Actor("x", "practitioner"),
        nonce="nonce-of-intimate", today=TODAY, clock=clock,
    )  # fmt: skip


def score(place):
    record_score(
        place.db, "HUGO", place.catalogue.scales["norwood"], 3, place.actor, measured_on=TODAY,
        timing="follow_up", today=TODAY, clock=place.clock,
    )  # fmt: skip


def allowed_only(action, first):
    """What must be there before, made where the call is let in: a refused one changes nothing."""

    def make(place, call):
        if place.actor.may(action):
            first(place)
        call(place)

    return make


WITH_CARD = allowed_only("red_cards.handle", card)
WITH_STOCK = allowed_only("stock.manage", delivery)
WITH_CONSENT = allowed_only("consents.record", consent)
WITH_PHOTO = allowed_only("photographs.see", photo)
WITH_OWN_PHOTO = allowed_only("photographs.take", photo)
ANSWERED_AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
LEARNED = learning.LearnedCard(
    "areas.face.cheek", "review", None, 3.0, 5.0, ANSWERED_AT, ANSWERED_AT, TODAY
)


def learns(place, call):
    """A call of somebody who learns with flashcards of their own."""
    learning.begin_learning(*place.given, clock=place.clock)
    call(place)


def view(table, key):
    return (("view", table, key),)


def changed(key):
    return (("update", "accounts", key),)


CALLS = (
    Call("list of ids", "patients.list",
         lambda p: patient_ids(*p.given, clock=p.clock), view("patients", "list")),
    Call("newest patients", "patients.list",
         lambda p: recent_patients(*p.given, clock=p.clock), view("patients", "list")),
    Call("search", "patients.list",
         lambda p: find_patient(p.db, "HU", p.actor, clock=p.clock), view("patients", "list")),
    Call("ids behind numbers", "patients.list",
         lambda p: ids_of_patients_and_courses(*p.given, reason="due", clock=p.clock),
         view("patients", "due")),
    Call("who is due", "patients.list",
         lambda p: p.reader.due(TODAY, p.actor), view("patients", "due")),
    Call("one patient", "patients.view",
         lambda p: read_patient(p.db, "HUGO", p.actor, clock=p.clock), view("patients", "HUGO")),
    Call("latest screening", "patients.view",
         lambda p: latest_screening(p.db, "HUGO", p.actor, clock=p.clock),
         view("screenings", "HUGO")),
    Call("all screenings", "patients.view",
         lambda p: screenings_of(p.db, "HUGO", p.actor, clock=p.clock),
         view("screenings", "HUGO")),
    Call("last treated", "patients.view",
         lambda p: last_treated(p.db, "HUGO", p.actor, clock=p.clock), view("sessions", "HUGO")),
    Call("standing", "patients.view",
         lambda p: patient_overview(p.db, "HUGO", [VERTEX], p.actor, clock=p.clock),
         view("sessions", "HUGO")),
    Call("screen", "patients.screen",
         lambda p: record_screening(p.db, "HUGO", {"pregnancy": Answer("no")}, p.actor, TODAY,
                                    clock=p.clock),
         (("create", "screenings", "HUGO"),)),
    Call("confirm a screening", "patients.screen",
         lambda p: confirm_screening(p.db, "MIA", p.actor, TODAY, clock=p.clock),
         (("create", "screenings", "MIA"),)),
    Call("history of an area", "sessions.view",
         lambda p: area_history(p.db, [VERTEX], p.actor, clock=p.clock),
         view("sessions", "scalp.vertex")),
    Call("history of a patient", "sessions.view",
         lambda p: area_history(p.db, [VERTEX], p.actor, patient_id="HUGO", clock=p.clock),
         view("sessions", "HUGO")),
    Call("ids behind a bar", "sessions.view",
         lambda p: ids_behind(*p.given, reason="behind", sessions=[1], clock=p.clock),
         view("sessions", "behind")),
    Call("sessions behind a bar", "sessions.view",
         lambda p: p.reader.sessions_behind(p.actor, {"protocol": "hair_duta"}),
         view("sessions", "behind protocol=hair_duta")),
    Call("open side effects", "sessions.view",
         lambda p: p.reader.open_effects(p.actor), view("sessions", "open_effects")),
    Call("late side effects", "sessions.view",
         lambda p: p.reader.late_effects(p.actor), view("sessions", "late_effects")),
    Call("planned sessions", "sessions.view",
         lambda p: planned_sessions(*p.given, clock=p.clock), view("sessions", "planned")),
    Call("planned sessions of a patient", "sessions.view",
         lambda p: planned_sessions(*p.given, patient_id="HUGO", clock=p.clock),
         view("sessions", "HUGO")),
    Call("plan", "sessions.plan",
         lambda p: save_plan(p.db, "HUGO", PLAN, practitioner=None, actor=p.actor,
                             nonce="nonce-of-plan", clock=p.clock),
         (("create", "courses", "plan-c2b1092a96bc3e3d"), ("create", "sessions", None),
          ("create", "treated_areas", None))),
    Call("cancel a plan", "sessions.plan",
         lambda p: cancel_plan(p.db, "C1", p.actor, seen={"S4": "2026-11-27"},
                               reason="moved away", clock=p.clock),
         (("update", "courses", "C1"), ("update", "sessions", None))),
    Call("sessions of a day", "patients.list",
         lambda p: sessions_of_day(p.db, TODAY, p.actor, clock=p.clock),
         view("sessions", TODAY.isoformat())),
    Call("a session", "sessions.view",
         lambda p: read_session(p.db, "S3", p.actor, clock=p.clock), view("sessions", "HUGO")),
    Call("the last session", "sessions.view",
         lambda p: last_session(p.db, "HUGO", p.actor, clock=p.clock), view("sessions", "HUGO")),
    Call("all sessions of a patient", "sessions.view",
         lambda p: patient_history(p.db, "HUGO", p.actor, clock=p.clock),
         view("sessions", "HUGO")),
    Call("record", "sessions.record",
         lambda p: record_session(p.db, ENTRY, p.actor, nonce="nonce-of-record", clock=p.clock),
         (("create", "sessions", RECORDED), ("create", "treated_areas", RECORDED))),
    Call("close a planned session", "sessions.record",
         lambda p: close_planned_session(p.db, "S4", p.actor, seen="2026-11-27", state="no_show",
                                         reason="not_known", clock=p.clock),
         (("update", "sessions", "S4"),)),
    Call("keep a draft", "sessions.record",
         lambda p: keep_draft(p.db, "HUGO", "session:new", {}, p.actor, clock=p.clock), ()),
    Call("known products", "sessions.record",
         lambda p: known_products(p.db, p.actor, clock=p.clock), ()),
    Call("whom to follow up", "sessions.view",
         lambda p: follow_ups_due(*p.given, date(2026, 11, 27), days=(7, 28), clock=p.clock),
         view("sessions", "follow-ups due")),
    Call("open side effects of a patient", "sessions.view",
         lambda p: open_effects(p.db, "HUGO", p.actor, clock=p.clock), view("sessions", "HUGO")),
    Call("correct a session", "sessions.correct",
         lambda p: amend_session(p.db, replace(held(p).entry, note="other"), p.actor,
                                 seen=held(p), clock=p.clock),
         (("update", "sessions", "S3"), ("update", "treated_areas", "S3"),
          ("update", "products_used", "S3"), ("update", "side_effects", "S3"))),
    Call("finalise a session", "sessions.correct",
         lambda p: finalise_session(p.db, p.actor, seen=held(p), clock=p.clock),
         (("update", "sessions", "S3"),)),
    Call("void a session", "sessions.correct",
         lambda p: void_session(p.db, p.actor, seen=held(p), reason="mistake", clock=p.clock),
         (("void", "sessions", "S3"),)),
    Call("all side effects of a patient", "sessions.view",
         lambda p: effects_of(p.db, "HUGO", p.actor, clock=p.clock), view("side_effects", "HUGO")),
    Call("correct a side effect", "sessions.correct",
         lambda p: correct_effect(p.db, replace(effect(p), severity=2), p.actor, seen=effect(p),
                                  today=TODAY, clock=p.clock),
         (("update", "side_effects", "E2"),)),
    Call("take a side effect out", "sessions.correct",
         lambda p: remove_effect(p.db, p.actor, seen=effect(p), reason="slip", clock=p.clock),
         (("void", "side_effects", "E2"),)),
    Call("ticks of a patient's sessions", "sessions.view",
         lambda p: ticks_of(p.db, "HUGO", p.actor, today=TODAY.isoformat(), clock=p.clock),
         view("sessions", "HUGO")),
    Call("earlier versions of a session", "sessions.view",
         lambda p: former_rows(p.db, "S3", p.actor, clock=p.clock), view("row_versions", "S3")),
    Call("open a red card", "red_cards.handle", lambda p: card(p, p.actor),
         (("create", "red_cards", CARD),)),
    Call("open the red cards that were told of", "red_cards.handle",
         lambda p: raise_reported(p.db, "HUGO", p.catalogue, p.actor, on=TODAY, at=NOW,
                                  clock=p.clock), ()),
    Call("take on a red card", "red_cards.handle",
         lambda p: WITH_CARD(p, lambda p: acknowledge_red_card(p.db, CARD, p.actor, at=NOW,
                                                               clock=p.clock)),
         (("update", "red_cards", CARD),)),
    Call("escalate red cards", "red_cards.handle",
         lambda p: escalate_red_cards(p.db, p.catalogue.red_flags, p.actor, at=NOW,
                                      clock=p.clock), ()),
    Call("close a red card", "red_cards.handle",
         lambda p: WITH_CARD(p, lambda p: close_red_card(p.db, CARD, p.actor, at=NOW,
                                                         examination="soft", reason="bruise",
                                                         clock=p.clock)),
         (("update", "red_cards", CARD),)),
    Call("open red cards", "red_cards.handle",
         lambda p: open_red_cards(*p.given, clock=p.clock), ()),
    Call("red cards of a patient", "red_cards.handle",
         lambda p: red_cards_of(p.db, "HUGO", p.actor, clock=p.clock),
         view("red_cards", "HUGO")),
    Call("count of red cards", "red_cards.count",
         lambda p: count_open_red_cards(*p.given, clock=p.clock), ()),
    Call("count of escalated red cards", "red_cards.count",
         lambda p: count_escalated_red_cards(p.db, p.catalogue.red_flags, p.actor, at=NOW,
                                             clock=p.clock), ()),
    Call("consents", "patients.view",
         lambda p: consents_of(p.db, "HUGO", p.actor, clock=p.clock), view("consents", "HUGO")),
    Call("consent", "consents.record", lambda p: consent(p, p.actor),
         (("create", "consents", CONSENT),)),
    Call("withdraw a consent", "consents.record",
         lambda p: WITH_CONSENT(p, lambda p: withdraw_consent(p.db, CONSENT, p.actor, on=TODAY,
                                                              today=TODAY, clock=p.clock)),
         (("update", "consents", CONSENT),)),
    Call("photographs of a patient", "photographs.see",
         lambda p: photographs_of(p.db, "HUGO", p.actor, clock=p.clock),
         view("photographs", "HUGO")),
    Call("a photograph", "photographs.see",
         lambda p: WITH_PHOTO(p, lambda p: picture_of(p.db, PHOTO, p.actor, clock=p.clock)),
         view("photographs", PHOTO)),
    Call("a photograph for teaching", "photographs.see",
         lambda p: WITH_PHOTO(p, lambda p: released_picture(p.db, PHOTO, "teaching", p.actor,
                                                            on=TODAY, clock=p.clock)),
         (*view("consents", "HUGO"), ("export", "photographs", PHOTO))),
    Call("a photograph of an intimate area", "photographs.see_intimate",
         lambda p: picture_of(p.db, INTIMATE_PHOTO, p.actor, clock=p.clock),
         view("photographs", INTIMATE_PHOTO)),
    Call("keep a photograph", "photographs.take",
         lambda p: photo(p, p.actor),
         (*view("consents", "HUGO"), ("create", "photographs", PHOTO))),
    Call("take a photograph out", "photographs.take",
         lambda p: WITH_OWN_PHOTO(p, lambda p: remove_photograph(
             p.db, PHOTO, p.actor, reason="blurred", clock=p.clock)),
         (("void", "photographs", PHOTO),)),
    Call("declare the disk", "photographs.allow",
         lambda p: declare_disk(*p.given, declared=True, clock=p.clock),
         (("update", "clinic", "encrypted disk: declared"),)),
    Call("courses of a patient", "patients.view",
         lambda p: courses_of(p.db, "HUGO", p.actor, clock=p.clock), view("courses", "HUGO")),
    Call("score", "outcomes.record", score, (("create", "outcomes", "HUGO"),)),
    Call("open a room for learners", "rooms.open",
         lambda p: require(p.db, p.actor, "rooms.open", clock=p.clock), ()),
    Call("stock", "stock.see", lambda p: stock_list(*p.given, clock=p.clock), ()),
    Call("how lots were entered", "stock.see",
         lambda p: lot_entries(p.db, TODAY, TODAY, p.actor, clock=p.clock), ()),
    Call("products of a lot", "stock.see",
         lambda p: products_of_lot(p.db, "LOT7", p.actor, clock=p.clock), ()),
    Call("take stock in", "stock.manage", lambda p: delivery(p, p.actor),
         (("create", "stock", STOCK),)),
    Call("recall a lot", "stock.manage",
         lambda p: WITH_STOCK(p, lambda p: change_stock(p.db, STOCK, "recalled", p.actor,
                                                        seen="in_stock", on=TODAY,
                                                        reason="maker", clock=p.clock)),
         (("update", "stock", STOCK),)),
    Call("what is to be mended", "sessions.view",
         lambda p: data_findings(p.db, {}, TODAY.isoformat(), p.actor, clock=p.clock),
         view("sessions", "data_quality")),
    Call("call list of a lot", "sessions.view",
         lambda p: who_had(p.db, "Dutasteride 0.05 %", "LOT7", p.actor, clock=p.clock),
         view("products_used", "lot LOT7")),
    Call("find anyone", "patients.list",
         lambda p: find_anyone(p.db, "HU", p.actor, clock=p.clock), view("patients", "list")),
    Call("follow up", "effects.follow_up",
         lambda p: record_contact(p.db, "HUGO", p.actor, contacted_at="2026-11-22",
                                  channel="phone", clock=p.clock),
         (("create", "follow_ups", "S3"),)),
    Call("add a patient", "patients.add",
         lambda p: add_patient(p.db, "P-0001", p.actor, sex="female", clock=p.clock),
         (("create", "patients", "P-0001"),)),
    Call("add a practitioner", "practitioners.add",
         lambda p: add_practitioner(p.db, "Practitioner B", p.actor, clock=p.clock),
         (("create", "practitioners", "D2"),)),
    Call("adopt", "protocols.adopt",
         lambda p: add_version(p.db, "hair_duta", Parameters(), p.actor, on=TODAY, clock=p.clock),
         (("adopt", "protocol_versions", "hair_duta 1"),)),
    Call("import", "records.import", take_in, (("import", "practitioners", None),)),
    Call("look at the latest import", "records.import",
         lambda p: latest_import(*p.given, clock=p.clock), ()),
    Call("take back the latest import", "records.import",
         lambda p: undo_import(p.db, p.actor, entry=latest_import(p.db, COMMAND_LINE).entry,
                               clock=p.clock),
         (("undo", "patients", ENTRY),) * 3),
    Call("export", "records.export",
         lambda p: export_csv(p.db, p.folder / "out", actor=p.actor, clock=p.clock),
         tuple(("export", table, "csv") for table in EXPORTED)),
    Call("everything about one person", "records.export",
         lambda p: everything_about(p.db, "HUGO", p.actor, clock=p.clock),
         (("export", "patients", "HUGO"),)),
    Call("pseudonymised export", "records.export_pseudonymised",
         lambda p: export_csv(p.db, p.folder / "out", actor=p.actor, pseudonymised=True,
                              clock=p.clock),
         tuple(("export", table, "csv pseudonymised") for table in NAMELESS)),
    Call("back up", "records.backup",
         lambda p: backup_clinic(p.db, p.folder / "b", actor=p.actor, clock=p.clock),
         (("export", "clinic", "rooms-20261122T100000Z.db"),)),
    Call("restore", "records.backup", bring_back,
         tuple(("import", table, "kept.db") for table in RESTORED)),
    Call("look at an erasure", "patients.erase",
         lambda p: preview(p.db, "HUGO", p.actor, clock=p.clock), ()),
    Call("erase", "patients.erase",
         lambda p: erase(p.db, "HUGO", p.actor, reason="asked for it", clock=p.clock),
         (("erase", "patients", PSEUDONYM),)),
    Call("set how long records are kept", "patients.erase",
         lambda p: retention.set_years(p.db, p.actor, 10, clock=p.clock),
         (("update", "clinic", "keep records: 10"),)),
    Call("who is past keeping", "patients.erase", past, view("patients", "retention")),
    Call("record of processing", "audit.view",
         lambda p: processing.record(*p.given, clock=p.clock), ()),
    Call("change log", "audit.view",
         lambda p: change_log.entries(*p.given, clock=p.clock), ()),
    Call("who stands in the log", "audit.view",
         lambda p: change_log.known_actors(*p.given, clock=p.clock), ()),
    Call("what stands in the log", "audit.view",
         lambda p: change_log.known_actions(*p.given, clock=p.clock), ()),
    Call("own sign-ins", "account.own",
         lambda p: own_account.own_sign_ins(*p.given, "", clock=p.clock), ()),
    Call("end one's other sign-ins", "account.own",
         lambda p: own_account.end_other_sign_ins(*p.given, "", clock=p.clock),
         (("sign_out", "accounts", "own, all others"),)),
    Call("own password", "account.own",
         lambda p: own_account.keep_own_password(*p.given, HASH, "", clock=p.clock),
         (("update", "accounts", "own password"),)),
    Call("own flashcards", "flashcards.own",
         lambda p: learning.read_learner(*p.given, clock=p.clock), ()),
    Call("begin flashcards", "flashcards.own",
         lambda p: learning.begin_learning(*p.given, clock=p.clock),
         changed("own flashcards: on")),
    Call("new flashcards a day", "flashcards.own",
         lambda p: learns(p, lambda p: learning.set_new_a_day(*p.given, 5, clock=p.clock)),
         changed("own flashcards: on")),
    Call("answer to a flashcard", "flashcards.own",
         lambda p: learns(p, lambda p: learning.keep_card(*p.given, LEARNED, clock=p.clock)),
         changed("own flashcards: on")),
    Call("erase own flashcards", "flashcards.own",
         lambda p: learns(p, lambda p: learning.end_learning(*p.given, clock=p.clock)),
         (*changed("own flashcards: on"), *changed("own flashcards: erased"))),
    Call("erase somebody's flashcards", "accounts.manage",
         lambda p: learning.forget_learning(p.db, "Tom", p.actor, clock=p.clock), ()),
    Call("see how the server is doing", "server.see",
         lambda p: metrics(p.db, p.actor, clock=p.clock), ()),
    Call("add an account", "accounts.manage",
         lambda p: accounts.add_account(p.db, "Zoe", "trainer", p.actor, password_hash=HASH,
                                        clock=p.clock),
         (("create", "accounts", "Zoe"),)),
    Call("change a role", "accounts.manage",
         lambda p: accounts.set_role(p.db, "Tom", "auditor", p.actor, clock=p.clock),
         changed("Tom: auditor")),
    Call("shut out", "accounts.manage",
         lambda p: accounts.set_disabled(p.db, "Tom", p.actor, clock=p.clock),
         changed("Tom: off")),
    Call("new password", "accounts.manage",
         lambda p: accounts.set_password(p.db, "Tom", HASH, p.actor, clock=p.clock),
         changed("Tom: password")),
    Call("identity provider", "accounts.manage",
         lambda p: accounts.set_subject(p.db, "Tom", "https://id.example", "1", p.actor,
                                        clock=p.clock),
         changed("Tom: identity provider")),
    Call("end sign-ins", "accounts.manage",
         lambda p: sign_ins.end_all(p.db, p.actor, name="Tom", clock=p.clock),
         (("sign_out", "accounts", "Tom"),)),
    Call("see the accounts", "accounts.manage",
         lambda p: administration.account_overviews(p.db, p.actor, clock=p.clock), ()),
    Call("reset a second factor", "accounts.manage",
         lambda p: administration.reset_second_factor(p.db, "Mia", p.actor, clock=p.clock),
         changed("Mia: second factor")),
)  # fmt: skip
