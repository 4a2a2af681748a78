"""Validation of an identity provider's claims: issuer, audience and age."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mesodash.access.providers import Providers

SKEW: Final = timedelta(minutes=1)
"""How far the provider's clock may be off."""
FRESH: Final = timedelta(minutes=10)
"""How old a token may be: signing in at the provider took place just now."""


class ClaimsError(Exception):
    """The claims are not valid; the message names the failed check and is never shown to a user."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person who signed in at an identity provider.

    Attributes:
        issuer: the provider, as named in its tokens.
        subject: the person, unique for that issuer only.
        two_factors: whether the provider says it asked for more than one factor
            (`amr` holds `mfa`, RFC 8176).
    """

    issuer: str
    subject: str
    two_factors: bool


def person_of(claims: Mapping[str, Any], providers: Providers, now: datetime) -> Person:
    """The person that a valid ID token's claims identify (OpenID Connect Core 1.0, 3.1.3.7).

    Signature and nonce were checked when the token was fetched; Streamlit then keeps the claims
    for a month whatever `exp` says, so the times are checked here. Role, name and e-mail address
    in the claims are ignored.

    Args:
        claims: of the ID token, with `provider` and `origin` as Streamlit adds them.
        providers: the configured ones.
        now: the time.

    Raises:
        ClaimsError: something is missing or does not fit.
    """
    provider = providers.named(_text(claims, "provider"))
    if provider is None or claims.get("origin") != providers.origin:
        raise ClaimsError("provider")
    issuer, subject = _text(claims, "iss").rstrip("/"), _text(claims, "sub")
    if issuer != provider.issuer:
        raise ClaimsError("iss")
    _check_audience(claims, provider.client_id)
    ends, made = _time(claims, "exp"), _time(claims, "iat")
    if now >= ends + SKEW:
        raise ClaimsError("exp")
    if not made - SKEW <= now < made + FRESH:
        raise ClaimsError("iat")
    methods = claims.get("amr")
    return Person(issuer, subject, isinstance(methods, list) and "mfa" in methods)


def _check_audience(claims: Mapping[str, Any], client: str) -> None:
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    if client not in meant:
        raise ClaimsError("aud")
    party = claims.get("azp")
    if (len(meant) > 1 or party is not None) and party != client:
        raise ClaimsError("azp")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise ClaimsError(name)
    return value


def _time(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimsError(name)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ClaimsError(name) from error
