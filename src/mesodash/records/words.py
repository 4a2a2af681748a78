"""The closed vocabularies of the clinic's file, as the exchange files spell them (contract)."""

SEXES = ("female", "male", "other", "unknown")
PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
SIDES = ("left", "right", "both", "midline")
COURSE_STATES = ("planned", "active", "completed", "stopped")
SESSION_STATES = ("planned", "held", "cancelled", "no_show")
RELATED = ("none", "unlikely", "possible", "probable", "definite")
CHANNELS = ("visit", "phone", "message", "portal")
TIMINGS = ("baseline", "follow_up")
YES_NO = ("yes", "no")
ANSWERS = ("yes", "no", "unknown")
CLINIC_KINDS = ("demo", "clinical")
