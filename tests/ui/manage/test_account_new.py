"""Passwords made on the page: good enough for the rule, and never twice the same."""

from mesodash.access.passwords import hashed, matches
from mesodash.ui.manage.account_new import new_password


def test_a_made_password_passes_the_rule_and_is_new_each_time():
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {27}
    one = made.pop()
    assert matches(one, hashed(one, name="x"))
