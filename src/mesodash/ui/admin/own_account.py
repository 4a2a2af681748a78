"""One's own account: changing the password, and open sign-ins, all others of which can be ended."""

import streamlit as st

from mesodash.access import own_password, passwords, signing_in
from mesodash.access.gate import COOKIE, LANGUAGE
from mesodash.language import _, current, format_moment, language_name, ngettext
from mesodash.language.choice import other_languages
from mesodash.permissions import NotAllowedError
from mesodash.records.accounts.accounts import find_account
from mesodash.records.accounts.own_account import OwnSignIn, end_other_sign_ins, own_sign_ins
from mesodash.records.store.errors import RecordError
from mesodash.ui.admin import notices
from mesodash.ui.parts import markup
from mesodash.ui.shell import context

_ROUND = "account_own_round"


def show_language() -> None:
    """Draw the language in use for this person, and buttons for the others."""
    markup.show(
        "section",
        level=2,
        title=_("Language"),
        aside=language_name(current().code),
        text=_("Kept with your account, for every browser you sign in with."),
    )
    markup.show("language_choice", others=other_languages(), address=LANGUAGE)


def show_password() -> None:
    """Draw the form for another password, and keep it when asked to."""
    markup.show(
        "section",
        level=2,
        title=_("Another password"),
        aside="",
        text=_(
            "Your other sign-ins end, this one stays. It stands in the change log, without the"
            " password."
        ),
    )
    account = find_account(context.db(), context.actor().actor_id)
    if account is None or account.issuer is not None:
        markup.show("note", text=_("You sign in elsewhere; change your password there."))
        return
    # After a change the form is a new one: nothing typed is left in it.
    at = st.session_state.setdefault(_ROUND, 0)
    with st.form(f"own_password_{at}", border=False):
        old = _typed(_("Old password"), f"own_old_{at}", "current-password")
        new = _typed(_("New password"), f"own_new_{at}", "new-password")
        again = _typed(_("The same again"), f"own_again_{at}", "new-password")
        asked = st.form_submit_button(_("Change the password"), type="primary")
    if asked:
        _change(old, new, again)


def show_sign_ins() -> None:
    """Draw the open sign-ins, and end the others when asked to."""
    this = signing_in.hashed_token(st.context.cookies.get(COOKIE, ""))
    found = own_sign_ins(context.db(), context.actor(), this)
    others = len(found) - sum(one.this for one in found)
    markup.show(
        "table",
        title=_("Your sign-ins"),
        aside=ngettext("{n} sign-in", "{n} sign-ins", len(found)).format(n=len(found)),
        caption=_(
            "A sign-in ends after 15 minutes without use, and after 10 hours in any case."
            " One you do not know: end it, and change your password."
        ),
        # Without a kind: on a phone the moments break into two lines, and nothing is cut off.
        columns=[
            {"label": label, "number": False, "help": ""}
            for label in (_("Where"), _("Since"), _("Last used"))
        ],
        rows=[row(one) for one in found],
    )
    if others and st.button(_("End the others"), key="own_end"):
        ended = end_other_sign_ins(context.db(), context.actor(), this)
        notices.keep(
            _("Ended"),
            ngettext(
                "{n} other sign-in ended; this one stays.",
                "{n} other sign-ins ended; this one stays.",
                ended,
            ).format(n=ended),
        )
        st.rerun()


def row(one: OwnSignIn) -> list[str]:
    """A sign-in as a row of the table."""
    where = _("this browser") if one.this else _("another browser")
    return [where, format_moment(one.began), format_moment(one.last_used)]


def _typed(label: str, key: str, kind: str) -> str:
    return st.text_input(
        label, type="password", max_chars=passwords.LONGEST, key=key, autocomplete=kind
    )


def _change(old: str, new: str, again: str) -> None:
    if new != again:
        notices.show_refusal(
            _("Not changed"), RecordError(_("The two are not the same; type them again."))
        )
        return
    try:
        own_password.change_password(context.db(), st.context.cookies.get(COOKIE), old, new)
    except (RecordError, NotAllowedError, passwords.PasswordError) as error:
        notices.show_refusal(_("Not changed"), error)
        return
    notices.keep(
        _("Your password is changed"), _("Your other sign-ins have ended; this one stays.")
    )
    st.session_state[_ROUND] += 1
    st.rerun()
