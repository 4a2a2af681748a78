"""What an account may hold: the roles there are, and how an identity provider names a person."""

from urllib.parse import urlsplit

from mesodash import permissions
from mesodash.catalogue.quoting import quoted
from mesodash.records.errors import RecordError


def known_role(role: str) -> None:
    """Refuse a role that the matrix does not have.

    Raises:
        RecordError: naming those it has.
    """
    if role not in permissions.ROLES:
        raise RecordError(
            f"There is no role {quoted(role)}; choose from {', '.join(permissions.ROLES)}."
        )


def known_issuer(issuer: str, subject: str) -> str:
    """The issuer as it is kept: an https address without a slash at its end.

    Plain http serves for a provider on this computer only.

    Raises:
        RecordError: it is no such address, or the subject is empty or too long.
    """
    address = urlsplit(issuer)
    own = address.scheme == "http" and address.hostname in ("127.0.0.1", "localhost", "::1")
    if not (address.scheme == "https" and address.hostname) and not own:
        raise RecordError(
            "An issuer is the https address the provider calls itself in its settings, such as"
            " https://login.example.org."
        )
    if not 1 <= len(subject) <= 255 or not subject.isprintable():
        raise RecordError("A subject has 1 to 255 characters; copy it from the provider.")
    return issuer.rstrip("/")
