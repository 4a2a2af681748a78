"""A form sent twice is one thing; a nonce of no form is refused."""

import pytest

from mesodash.records.store.errors import RecordError
from mesodash.records.store.form_ids import form_id


def test_the_same_form_has_the_same_id():
    assert form_id("session", "a" * 8) == form_id("session", "a" * 8)
    assert form_id("session", "a" * 8) != form_id("session", "a" * 9)
    assert len(form_id("plan", "b" * 64)) == len("plan-") + 16


@pytest.mark.parametrize("nonce", ["", "a" * 7, "a" * 65, "\ud800" + "a" * 8])
def test_a_nonce_of_no_form_is_refused(nonce):
    with pytest.raises(RecordError):
        form_id("session", nonce)
