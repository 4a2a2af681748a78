"""The steps that make the schema of the clinic's file, in their order."""

from mesodash.records.store.schema import (
    accounts,
    audit,
    consultation,
    flashcards,
    photographs,
    recording,
    treatment,
    versions,
)

STEPS = (
    treatment.m001_clinic,
    treatment.m002_treatment,
    treatment.m003_what_followed,
    consultation.m004_screenings,
    consultation.m005_plans,
    accounts.m006_accounts,
    audit.m007_chain,
    audit.m008_erasure,
    accounts.m009_given_passwords,
    recording.m010_recording,
    versions.m011_versions,
    accounts.m012_teaching,
    accounts.m013_language,
    photographs.m014_photographs,
    flashcards.m015_flashcards,
    recording.m016_lot_from,
    accounts.m017_preferences,
    recording.m018_departure,
)
"""In the order in which `store.migrations` applies them."""

NEWEST = STEPS[-1].__name__
"""The last step that this version knows; a file that has a later one is refused."""
