"""The fields of the authorities' forms, as far as each could be read, and what fills them.

None of these is the form itself: a draft holds what would be typed there. A field that the record
has nothing for has no source here and reads "not recorded".

Sources: 21 CFR 803.32 (user facility, devices); the MHRA's paper Yellow Card (medicines, "In
Confidence", Commission on Human Medicines); the CIOMS I form (suspect adverse reaction report), for
the European Union's medicines, whose national forms were not read; the European Commission's report
form of MEDDEV 2.12/1 revision 8, annex 3, for devices: the sections on device, incident, patient
and health care facility (its successor, the MIR, is for manufacturers); SUE form A after article 23
of Regulation (EC) 1223/2009 for cosmetics.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mesodash.catalogue.types import Catalogue
from mesodash.language import N_

Fields = tuple[tuple[str, str | None], ...]
"""A field's words, and the name of what fills it; None where the record has nothing."""


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part of a form.

    Attributes:
        title: its heading.
        fields: its fields.
        each_product: whether it is repeated for each product that was used.
    """

    title: str
    fields: Fields
    each_product: bool = False


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The draft of one form.

    Attributes:
        label: its name in the list to choose from.
        source: where its fields come from.
        product: one of `PRODUCTS`, what it is made for.
        where: US, GB or EU.
        parts: its parts in order.
    """

    label: str
    source: str
    product: str
    where: str
    parts: tuple[FormPart, ...]


PRODUCTS: Final[Mapping[str, str]] = {
    "medicine": N_("Medicine"),
    "device": N_("Device"),
    "cosmetic": N_("Cosmetic"),
}
"""What a product may be; its label says it, the record does not."""
_DEVICES: Final = "eu_devices"
"""The catalogue's statement (regulations.csv) of which components are medical devices."""

_PATIENT: Final = FormPart(
    N_("Patient"),
    (
        (N_("Identifier, in confidence"), "identifier"),
        (N_("Age at the event"), "age"),
        (N_("Sex"), "sex"),
        (N_("Weight"), "weight"),
    ),
)
_DEVICE_FIELDS: Final[Fields] = (
    (N_("Name"), "product"),
    (N_("Maker"), "maker"),
    (N_("Lot"), "lot"),
    (N_("Expiry"), "expiry"),
    (N_("Device identifier (GTIN)"), "gtin"),
    (N_("Serial number"), "serial"),
    (N_("Volume"), "volume"),
)
_SERIOUS: Final = FormPart(
    N_("Why it is serious"),
    (
        (N_("Death"), "fatal"),
        (N_("Immediate risk of life"), None),
        (N_("Hospital stay, or a longer one"), None),
        (N_("Lasting disability or incapacity"), None),
        (N_("Congenital anomaly"), None),
        (N_("Medically significant for another reason"), None),
    ),
)

FORMS: Final[Mapping[str, ReportForm]] = {
    "fda_device": ReportForm(
        N_("United States: device (FDA 3500A)"),
        "21 CFR 803.32",
        "device",
        "US",
        (
            _PATIENT,
            FormPart(
                N_("Event"),
                (
                    (N_("Sign"), "sign"),
                    (N_("Reported or seen"), "told"),
                    (N_("Date of the treatment"), "held_on"),
                    (N_("Date of onset"), "onset"),
                    (N_("Date of this card"), "opened_at"),
                    (N_("Outcome"), "outcome"),
                    (N_("Examinations and tests"), "examination"),
                    (N_("Relevant history"), None),
                ),
            ),
            FormPart(N_("Product"), _DEVICE_FIELDS, each_product=True),
            FormPart(
                N_("Where and how"),
                (
                    (N_("Areas"), "areas"),
                    (N_("Operator of the device"), "operator"),
                    (N_("Reported by"), "reporter"),
                ),
            ),
        ),
    ),
    "yellow_card": ReportForm(
        N_("United Kingdom: medicine (Yellow Card)"),
        N_("the paper Yellow Card of the MHRA"),
        "medicine",
        "GB",
        (
            FormPart(_PATIENT.title, (*_PATIENT.fields, (N_("Ethnicity"), None))),
            FormPart(
                N_("Suspected drug"),
                (
                    (N_("Name"), "product"),
                    (N_("Batch"), "lot"),
                    (N_("Route"), "route"),
                    (N_("Dosage"), "volume"),
                    (N_("Date started"), "held_on"),
                    (N_("Date stopped"), "held_on"),
                    (N_("Prescribed for"), "protocol"),
                ),
                each_product=True,
            ),
            FormPart(
                N_("Suspected reaction"),
                (
                    (N_("Reaction"), "sign"),
                    (N_("Description and treatment given"), "told_and_treated"),
                    (N_("Date it started"), "onset"),
                    (N_("Date it stopped"), "ended"),
                    (N_("Outcome"), "outcome"),
                ),
            ),
            _SERIOUS,
            FormPart(
                N_("More"),
                (
                    (N_("Other drugs of the last 3 months"), None),
                    (N_("History, tests, known allergies"), "examination"),
                ),
            ),
            FormPart(
                N_("Reporter"),
                (
                    (N_("Name and profession"), "reporter"),
                    (N_("Address"), None),
                    (N_("Clinic"), "clinic"),
                    (N_("Date"), "today"),
                ),
            ),
        ),
    ),
    "eu_medicine": ReportForm(
        N_("European Union: medicine"),
        N_("the CIOMS I form; the form of your country's authority may differ"),
        "medicine",
        "EU",
        (
            FormPart(
                N_("Patient"),
                ((N_("Country"), "country"), *_PATIENT.fields),
            ),
            FormPart(
                N_("Reaction"),
                (
                    (N_("Onset"), "onset"),
                    (N_("Reaction"), "sign"),
                    (N_("Description, with tests"), "told"),
                    (N_("Examinations and tests"), "examination"),
                    (N_("Outcome"), "outcome"),
                ),
            ),
            _SERIOUS,
            FormPart(
                N_("Suspect drug"),
                (
                    (N_("Name"), "product"),
                    (N_("Batch"), "lot"),
                    (N_("Dose"), "volume"),
                    (N_("Route"), "route"),
                    (N_("Indication"), "protocol"),
                    (N_("Therapy dates"), "held_on"),
                    (N_("Better after stopping"), None),
                    (N_("Back after giving it again"), None),
                    (N_("Maker"), "maker"),
                ),
                each_product=True,
            ),
            FormPart(
                N_("More"),
                (
                    (N_("Other drugs and their dates"), None),
                    (N_("Relevant history"), None),
                ),
            ),
            FormPart(
                N_("Reporter"),
                ((N_("Name and profession"), "reporter"), (N_("Date"), "today")),
            ),
        ),
    ),
    "eu_device": ReportForm(
        N_("European Union: device"),
        N_("MEDDEV 2.12/1 revision 8, annex 3: device, incident, patient and facility"),
        "device",
        "EU",
        (
            FormPart(N_("Device"), _DEVICE_FIELDS, each_product=True),
            FormPart(
                N_("Incident"),
                (
                    (N_("Date of the incident"), "onset"),
                    (N_("Date of the treatment"), "held_on"),
                    (N_("Description"), "told"),
                    (N_("Sign"), "sign"),
                    (N_("Number of patients involved"), "one"),
                    (N_("Operator of the device"), "operator"),
                    (N_("Where the device is now"), None),
                ),
            ),
            FormPart(
                N_("Patient"),
                (
                    (N_("Outcome"), "outcome"),
                    (N_("What the facility did for the patient"), "examined_and_treated"),
                    *_PATIENT.fields[1:],
                ),
            ),
            FormPart(
                N_("Facility"),
                (
                    (N_("Clinic"), "clinic"),
                    (N_("Country"), "country"),
                    (N_("Contact person"), "reporter"),
                    (N_("Address"), None),
                ),
            ),
        ),
    ),
    "eu_cosmetic": ReportForm(
        N_("European Union: cosmetic"),
        N_("SUE form A after article 23 of Regulation (EC) 1223/2009"),
        "cosmetic",
        "EU",
        (
            FormPart(
                N_("Case report"),
                (
                    (N_("Report number"), "card"),
                    (N_("Type of the report"), None),
                    (N_("Date received"), "opened_at"),
                ),
            ),
            FormPart(
                N_("Why it is serious"),
                (
                    (N_("Temporary or permanent functional incapacity"), None),
                    (N_("Disability"), None),
                    (N_("Hospital stay"), None),
                    (N_("Congenital anomaly"), None),
                    (N_("Immediate risk of life"), None),
                    (N_("Death"), "fatal"),
                ),
            ),
            FormPart(
                N_("End user"),
                (
                    (N_("Code"), "identifier"),
                    (N_("Age at the event"), "age"),
                    (N_("Sex"), "sex"),
                    (N_("Country of residence"), None),
                ),
            ),
            FormPart(
                N_("Suspected product"),
                (
                    (N_("Full name"), "product"),
                    (N_("Company"), "maker"),
                    (N_("Category"), None),
                    (N_("Batch number"), "lot"),
                    (N_("Notification number"), None),
                    (N_("Date of first use"), None),
                    (N_("Used by a professional"), "yes"),
                    (N_("Where it was applied"), "areas"),
                    (N_("Re-exposure"), None),
                ),
                each_product=True,
            ),
            FormPart(
                N_("Undesirable effect"),
                (
                    (N_("Country of occurrence"), "country"),
                    (N_("Date of onset"), "onset"),
                    (N_("Time from last use to first symptoms"), "delay"),
                    (N_("Signs and symptoms"), "sign"),
                    (N_("Description"), "told"),
                    (N_("Diagnosis"), None),
                    (N_("Examinations and tests"), "examination"),
                    (N_("Outcome"), "outcome"),
                ),
            ),
            FormPart(
                N_("Reporter"),
                (
                    (N_("Health professional"), "reporter"),
                    (N_("Clinic"), "clinic"),
                ),
            ),
        ),
    ),
}

_EU: Final = frozenset(
    (
        "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE",
        "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    )
)  # fmt: skip


def place_of(country: str | None) -> str | None:
    """Whose forms apply in a country: GB, EU or US; None where none of them does."""
    if country in _EU:
        return "EU"
    return country if country in ("GB", "US") else None


def forms_for(country: str | None, product: str | None) -> tuple[str, ...]:
    """The codes of all forms, those that fit best first.

    What the product is weighs most, since it decides what kind of report is due; then the country.

    Args:
        country: of the clinic, two letters, or None.
        product: one of `PRODUCTS`, or None where it is not known.
    """
    where = place_of(country)
    order = list(FORMS)
    return tuple(
        sorted(
            order,
            key=lambda code: (
                product is not None and FORMS[code].product != product,
                FORMS[code].where != (where or "US"),
                order.index(code),
            ),
        )
    )


def is_made_for(code: str, country: str | None, product: str) -> bool:
    """Whether a form is the one for such a product in a country."""
    form = FORMS[code]
    return form.product == product and form.where == place_of(country)


def usual_form(country: str | None, product: str | None = None) -> str:
    """The form offered first for a product in a country."""
    return forms_for(country, product)[0]


def product_of(catalogue: Catalogue, protocol: str | None, country: str | None) -> str | None:
    """What the catalogue says the products of a protocol are there; None where it does not say.

    It says so of the components that a statement of the law names as devices, where that law holds.
    """
    known = catalogue.protocols.get(protocol or "")
    devices = catalogue.regulations.get(_DEVICES)
    if known is None or devices is None or not devices.holds_in(country) or not known.components:
        return None
    return "device" if set(known.components) <= set(devices.scope) else None
