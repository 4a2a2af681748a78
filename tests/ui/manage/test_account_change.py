"""What may be changed about which account."""

from mesodash.records.accounts import Account
from mesodash.ui.manage.account_change import changes

PIA = Account(1, "Pia", "practitioner", False, "hash", None, 0, None, None, False, 0, None)
OIA = Account(2, "Oia", "manager", False, None, "x", 0, "https://id", "1", True, 0, None)


def test_only_what_makes_sense_is_offered():
    assert changes(PIA) == {
        "role": "Role and right to names",
        "password": "New password",
        "sign_ins": "Sign-ins",
        "disabled": "Shut out",
    }
    assert changes(OIA) == {
        "role": "Role and right to names",
        "second_factor": "Second factor",
        "sign_ins": "Sign-ins",
        "disabled": "Let in again",
    }
