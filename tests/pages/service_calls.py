"""Every action of the matrix as calls of the functions behind it, and what each leaves noted."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mesodash.access import passwords
from mesodash.catalogue.types import Catalogue
from mesodash.exchange.exporting import export_csv
from mesodash.exchange.importing import import_folder
from mesodash.records import (
    account_care,
    accounts,
    accounts_own,
    change_log,
    processing,
    retention,
    sign_ins,
)
from mesodash.records.actor import COMMAND_LINE, Actor
from mesodash.records.backup import backup_clinic, restore_clinic
from mesodash.records.behind import ids_behind
from mesodash.records.erasure import erase, preview
from mesodash.records.history import Site, area_history
from mesodash.records.last_treated import last_treated
from mesodash.records.patient_areas import patient_standing
from mesodash.records.patient_search import find_patient, recent_patients
from mesodash.records.patients import ids_of_patients_and_courses, patient_ids, read_patient
from mesodash.records.plan_rows import CoursePlan, PlannedArea
from mesodash.records.plans import cancel_plan, planned_sessions, save_plan
from mesodash.records.protocol_versions import Parameters, add_version
from mesodash.records.screenings import (
    Answer,
    confirm_screening,
    latest_screening,
    record_screening,
    screenings_of,
)
from mesodash.reports.reader import Reader

TODAY = date(2026, 11, 22)
VERTEX = Site("scalp.vertex", "midline")
PSEUDONYM = "a pseudonym"
HASH = passwords.hashed("another long password", name="all")
PLAN = CoursePlan(
    indication="hair_aga_m",
    protocol="hair_duta",
    areas=(PlannedArea("scalp.vertex", "midline"),),
    dates=(date(2026, 12, 1),),
    interval_days=None,
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
    "products_used", "side_effects", "follow_ups", "outcomes", "plans", "screening_answers",
)  # fmt: skip
NAMELESS = tuple(
    t for t in EXPORTED if t not in ("protocol_versions", "plans", "screening_answers")
)
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
        place.db, place.folder, actor=place.actor, catalogue=place.catalogue, clock=place.clock
    )


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
         lambda p: patient_standing(p.db, "HUGO", [VERTEX], p.actor, clock=p.clock),
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
    Call("adopt", "protocols.adopt",
         lambda p: add_version(p.db, "hair_duta", Parameters(), p.actor, on=TODAY, clock=p.clock),
         (("adopt", "protocol_versions", "hair_duta 1"),)),
    Call("import", "records.import", take_in, (("import", "practitioners", None),)),
    Call("export", "records.export",
         lambda p: export_csv(p.db, p.folder / "out", actor=p.actor, clock=p.clock),
         tuple(("export", table, "csv") for table in EXPORTED)),
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
         lambda p: accounts_own.own_sign_ins(*p.given, "", clock=p.clock), ()),
    Call("end one's other sign-ins", "account.own",
         lambda p: accounts_own.end_other_sign_ins(*p.given, "", clock=p.clock),
         (("sign_out", "accounts", "own, all others"),)),
    Call("own password", "account.own",
         lambda p: accounts_own.keep_own_password(*p.given, HASH, "", clock=p.clock),
         (("update", "accounts", "own password"),)),
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
         lambda p: account_care.cared_accounts(p.db, p.actor, clock=p.clock), ()),
    Call("reset a second factor", "accounts.manage",
         lambda p: account_care.reset_second_factor(p.db, "Mia", p.actor, clock=p.clock),
         changed("Mia: second factor")),
)  # fmt: skip
