"""Pages and reports of clinics made from the schema: whatever is missing or extreme, none fails.

A small slice of benchmarks/generated_clinics.py, which opens everything in every role.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.conftest import TODAY
from tests.exchange.generated_clinics import clinics
from tests.exchange.taken_in import taken_in
from tests.pages.every_look import fault_of, pages, reports

from mesodash.catalogue.load import load_catalogue
from mesodash.exchange.contract.cells import vocabulary_of
from mesodash.settings import load_settings

CLINICS = 3
EVERY = 36
"""Of the looks at a clinic so many are left out between two, another one in each clinic."""
MADE_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.slow
def test_each_look_at_a_generated_clinic_works(tmp_path_factory, checks):
    catalogue = load_catalogue(load_settings().catalogue)
    faults, made = {}, []

    @seed(1)
    @settings(
        max_examples=CLINICS,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(clinics(vocabulary_of(catalogue, TODAY)))
    def look_at(files):
        folder = tmp_path_factory.mktemp("generated")
        db, result = taken_in(files, folder, catalogue, TODAY)
        made.append(sum(file.inserted for file in result.files))
        looks = [*pages(db), *reports(db, catalogue, MADE_AT, folder)]
        for what, look in looks[len(made) % EVERY :: EVERY]:
            faults[f"clinic {len(made)}, {what}"] = fault_of(look)

    look_at()
    with checks("looks at generated clinics", planned=20, at_least=True) as count:
        for what, fault in faults.items():
            count.that(not fault, f"{what}: {fault}")
    assert len(made) == CLINICS
    assert all(made)


def test_negative_control_a_look_that_fails_is_told():
    assert "KeyError" in fault_of(lambda: {}["a"])
    assert fault_of(lambda: None) == ""
