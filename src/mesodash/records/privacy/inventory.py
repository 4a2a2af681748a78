"""Every table and column of the clinic's file: whose data, of what kind, and why it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from mesodash.language import N_

IDENTIFIES = N_("names the person")
PERSONAL = N_("about the person, not their name")
HEALTH = N_("health")
WORDS = N_("free text")
STAFF = N_("names staff")
HIDDEN = N_("kept as a hash or a key")
INNER = N_("technical")

KINDS = (IDENTIFIES, PERSONAL, HEALTH, WORDS, STAFF, HIDDEN, INNER)

WHOSE = (N_("patients"), N_("staff"), N_("nobody"))

CARE = N_("to treat safely and to know what was done")
SAFETY = N_("to follow side effects and to recall lots")
RESULTS = N_("to see how well treatments work")
SCREENING = N_("to find who must not be treated")
CONSENT = N_("to show what patients agreed to")
PROOF = N_("to show who looked at or changed what")
ACCESS = N_("to let only those in who may")
RUNNING = N_("to run the clinic's file")
LEARNING = N_("to show its owner when a flashcard is due again")
PREFERRED = N_("to open the app as its owner left it")


@dataclass(frozen=True, slots=True)
class Use:
    """Why a table is kept.

    Attributes:
        whose: patients, staff, or nobody.
        why: the purpose.
        columns: kind -> names, separated by spaces.
    """

    whose: str
    why: str
    columns: Mapping[str, str]

    def kind_of(self, column: str) -> str | None:
        """The kind of a column; None if it is not accounted for."""
        return next((kind for kind, names in self.columns.items() if column in names.split()), None)


TABLES: Mapping[str, Use] = {
    "clinic": Use(
        N_("nobody"),
        RUNNING,
        {
            INNER: "id clinic_id name kind country timezone created_at revision keep_years",
            STAFF: "disk_declared_by",
        },
    ),
    "patients": Use(
        N_("patients"),
        CARE,
        {
            IDENTIFIES: "patient_id given_name family_name birth_date phone email",
            PERSONAL: "birth_year sex phototype died_on left_on",
            HEALTH: "weight_g",
            WORDS: "note",
            INNER: "id",
        },
    ),
    "practitioners": Use(N_("staff"), CARE, {STAFF: "practitioner_id name", INNER: "id"}),
    "courses": Use(
        N_("patients"),
        CARE,
        {
            IDENTIFIES: "course_id",
            HEALTH: "indication protocol planned_sessions interval_days started_on state",
            WORDS: "stopped_reason",
            INNER: "id patient",
        },
    ),
    "sessions": Use(
        N_("patients"),
        CARE,
        {
            IDENTIFIES: "session_id",
            HEALTH: "protocol held_at started_at ended_at state departure",
            PERSONAL: "price_milli currency",
            WORDS: "note reason departure_text",
            STAFF: "finalised_by",
            INNER: "id patient course practitioner protocol_version finalised_at",
        },
    ),
    "treated_areas": Use(
        N_("patients"),
        CARE,
        {
            HEALTH: "held_at area side technique depth_um points volume_ul needle angle_deg"
            " inserted_um",
            INNER: "id session patient",
        },
    ),
    "products_used": Use(
        N_("patients"),
        SAFETY,
        {
            HEALTH: "area product lot expires_on volume_ul gtin serial maker lot_from",
            INNER: "id session stock",
        },
    ),
    "injection_points": Use(
        N_("patients"),
        CARE,
        {
            HEALTH: "area side number triangle u v depth_um volume_ul product",
            INNER: "id session",
        },
    ),
    "stock": Use(
        N_("nobody"),
        SAFETY,
        {
            INNER: "id stock_id product gtin lot serial maker expires_on received_on containers"
            " volume_ul price_milli currency state changed_on",
            WORDS: "note",
        },
    ),
    "side_effects": Use(
        N_("patients"),
        SAFETY,
        {
            IDENTIFIES: "side_effect_id",
            HEALTH: "area side effect onset_at resolved_at last_seen_at gone_by_at severity serious"
            " related outcome treatment_given reported_on",
            PERSONAL: "told_by",
            WORDS: "term note",
            INNER: "id session",
        },
    ),
    "follow_ups": Use(
        N_("patients"),
        SAFETY,
        {PERSONAL: "contacted_at channel", INNER: "id session"},
    ),
    "outcomes": Use(
        N_("patients"),
        RESULTS,
        {HEALTH: "area scale value measured_on timing", INNER: "id patient course session"},
    ),
    "consents": Use(
        N_("patients"),
        CONSENT,
        {
            IDENTIFIES: "consent_id signature",
            HEALTH: "protocol",
            PERSONAL: "purpose given_on given_how withdrawn_on",
            STAFF: "taken_by",
            WORDS: "note",
            INNER: "id patient text_version document_sha256",
        },
    ),
    "consent_texts": Use(N_("nobody"), CONSENT, {INNER: "id version words"}),
    "photographs": Use(
        N_("patients"),
        RESULTS,
        {
            IDENTIFIES: "photograph_id picture",
            HEALTH: "area side view moment taken_on intimate",
            STAFF: "taken_by",
            INNER: "id patient session width height sha256",
        },
    ),
    "red_cards": Use(
        N_("patients"),
        SAFETY,
        {
            IDENTIFIES: "red_card_id",
            HEALTH: "flag opened_at acknowledged_at escalated_at closed_at",
            STAFF: "opened_by owner acknowledged_by closed_by",
            WORDS: "examination closing_reason note",
            INNER: "id patient session side_effect",
        },
    ),
    "drafts": Use(
        N_("patients"),
        CARE,
        {
            STAFF: "begun_by",
            WORDS: "content",
            INNER: "id draft_id form patient session saved_at",
        },
    ),
    "screenings": Use(
        N_("patients"),
        SCREENING,
        {HEALTH: "screened_on", STAFF: "screened_by", INNER: "id patient confirms"},
    ),
    "screening_answers": Use(
        N_("patients"),
        SCREENING,
        {HEALTH: "question said areas answered_on", WORDS: "detail", INNER: "id screening"},
    ),
    "plans": Use(
        N_("patients"),
        CARE,
        {STAFF: "made_by", WORDS: "reason", INNER: "id nonce course made_at content"},
    ),
    "protocol_versions": Use(
        N_("staff"),
        CARE,
        {
            STAFF: "adopted_by",
            WORDS: "reason",
            INNER: "id protocol version adopted_on parameters",
        },
    ),
    "accounts": Use(
        N_("staff"),
        ACCESS,
        {
            STAFF: "name issuer subject",
            HIDDEN: "password_hash totp_secret",
            INNER: "id role sees_names totp_step disabled failures locked_until created_at"
            " must_change language",
        },
    ),
    "sign_ins": Use(
        N_("staff"),
        ACCESS,
        {
            HIDDEN: "token_hash",
            STAFF: "account began_at seen_at ended_at",
            INNER: "id stage teaching",
        },
    ),
    "learners": Use(
        N_("staff"), LEARNING, {STAFF: "account", INNER: "id demo_role new_a_day began_at"}
    ),
    "learned_cards": Use(
        N_("staff"),
        LEARNING,
        {
            STAFF: "learner card state step stability_days difficulty due_at reviewed_at begun_on",
            INNER: "id",
        },
    ),
    "preferences": Use(N_("staff"), PREFERRED, {STAFF: "account value", INNER: "id name"}),
    "change_log": Use(
        N_("patients and staff"),
        PROOF,
        {
            IDENTIFIES: "row_key",
            STAFF: "actor role",
            INNER: "seq at revision action table_name patient month row_count mac versions",
        },
    ),
    "chains": Use(N_("nobody"), PROOF, {INNER: "from_seq key_name began_at", WORDS: "restarted"}),
    "chain_head": Use(N_("nobody"), PROOF, {INNER: "id seq mac seal"}),
    "row_versions": Use(
        N_("patients and staff"),
        PROOF,
        {
            IDENTIFIES: "before",
            WORDS: "reason",
            INNER: "seq entry table_name row patient action before_mac after_mac reason_mac",
        },
    ),
    "erasures": Use(
        N_("patients"),
        PROOF,
        {
            STAFF: "erased_by",
            WORDS: "reason",
            INNER: "id patient pseudonym erased_at",
        },
    ),
    "_sqlite_migrations": Use(N_("nobody"), RUNNING, {INNER: "id migration_set name applied_at"}),
}
