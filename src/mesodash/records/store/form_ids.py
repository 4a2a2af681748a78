"""Ids for what a form creates, made from the form's nonce so that sending it twice is harmless."""

from hashlib import sha256

from mesodash.language import _
from mesodash.records.store.errors import RecordError


def form_id(kind: str, nonce: str) -> str:
    """`kind-` and 16 hexadecimal digits, equal for the same form.

    Args:
        kind: what the form makes, such as `session`.
        nonce: 8 to 64 ASCII characters made with the form.

    Raises:
        RecordError: the nonce is anything else, so it does not come from one of our forms.
    """
    if not (8 <= len(nonce) <= 64 and nonce.isascii()):
        raise RecordError(_("The form is out of date; open it again."))
    return f"{kind}-{sha256(nonce.encode()).hexdigest()[:16]}"
