"""The closed vocabularies of the clinic's file, as the exchange files spell them (contract)."""

IMMUTABLE = ("protocol_versions", "plans", "screening_answers")
"""Tables whose rows are inserted or found equal, never updated."""

LONGEST_DETAIL = 500
"""The longest detail of a screening's answer, in characters."""

SEXES = ("female", "male", "other", "unknown")
PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
SIDES = ("left", "right", "both", "midline")
COURSE_STATES = ("planned", "active", "completed", "stopped")
SESSION_STATES = ("planned", "held", "cancelled", "no_show", "void")
NOT_HELD = ("patient_asked", "patient_ill", "not_fit", "clinic", "not_known")
"""Why a planned session was not held: the short list of the forms. Free text may follow after a
colon, or stand alone; what an import brings is any text, or nothing."""

RELATED = ("none", "unlikely", "possible", "probable", "definite")
CHANNELS = ("visit", "phone", "message", "portal")
TIMINGS = ("baseline", "follow_up")
YES_NO = ("yes", "no")
ANSWERS = ("yes", "no", "unknown")
CLINIC_KINDS = ("demo", "clinical")
EFFECT_OUTCOMES = (
    "resolved",
    "resolved_with_sequelae",
    "recovering",
    "ongoing",
    "fatal",
    "unknown",
)
TOLD_BY = ("patient", "practitioner", "other")
LOT_FROM = ("code", "list", "typed")
"""How a lot came into the record: read from the package's code, chosen from the list, or typed."""

STOCK_STATES = ("in_stock", "used_up", "expired", "recalled", "discarded")
CONSENT_PURPOSES = (
    "treatment",
    "off_label",
    "photographs",
    "teaching",
    "publication",
    "messages",
)
CONSENT_FORMS = ("paper", "screen", "spoken")
PHOTOGRAPH_VIEWS = (
    "front",
    "oblique_left",
    "left",
    "back",
    "right",
    "oblique_right",
    "close",
)
PHOTOGRAPH_MOMENTS = ("before", "after")
