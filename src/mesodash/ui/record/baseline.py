"""The score before the first session, asked for while the session is recorded."""

from mesodash.language import _
from mesodash.ui.parts import markup
from mesodash.ui.record.encounter import Encounter
from mesodash.ui.shell.pages import link


def ask(encounter: Encounter) -> None:
    """Say which baseline the course needs and lacks, with the way to enter it."""
    if not encounter.lacks_baseline:
        return
    text = _("No baseline yet; one of: {scales}.").format(
        scales=", ".join(encounter.lacks_baseline)
    )
    markup.show("finding", level="reason", text=text)
    link(
        "patient",
        _("Enter the baseline before the session"),
        icon=":material/monitoring:",
        patient=encounter.patient.patient_id,
    )
