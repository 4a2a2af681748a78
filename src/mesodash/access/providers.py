"""Identity providers as `.streamlit/secrets.toml` names them, checked before the server starts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from mesodash.access.startup_checks import WrongSetUpError, is_loopback
from mesodash.language import N_, _, format_list

CALLBACK: Final = "/oauth2callback"
"""Streamlit's own address to which a provider sends a browser back."""

_WHERE: Final = ".streamlit/secrets.toml"
_SHORTEST_SECRET: Final = 32
_NEEDED: Final = ("client_id", "client_secret", "server_metadata_url")
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
# Streamlit takes a provider's name apart at underscores; the rest would be odd in an address.
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_DEFAULT: Final = "default"


@dataclass(frozen=True, slots=True)
class Provider:
    """One identity provider.

    Attributes:
        name: of its section `[auth.NAME]`; `default` for one that is set in `[auth]` itself.
        label: the text of its button.
        issuer: the issuer that its tokens must name, without a trailing slash.
        client_id: this app's id at the provider; its tokens must be issued for it.
    """

    name: str
    label: str
    issuer: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Providers:
    """All providers, and the one origin (`https://host`) they send browsers back to."""

    origin: str
    all: tuple[Provider, ...]

    def named(self, name: str | None) -> Provider | None:
        """The provider of this name."""
        return next((provider for provider in self.all if provider.name == name), None)


def read_providers(
    section: Mapping[str, Any], redirect_uri: str | None, *, hosts: tuple[str, ...]
) -> Providers | None:
    """The providers of the section `[auth]`; None if there is no such section.

    Args:
        section: `[auth]` as Streamlit documents it, with `label` and `issuer` as our additions.
        redirect_uri: as Streamlit understands it (`{port}` filled in).
        hosts: the names under which the app may be called.

    Raises:
        WrongSetUpError: one sentence that names what to write instead.
    """
    if not section:
        return None
    secret = section.get("cookie_secret")
    if not isinstance(secret, str) or len(secret.encode()) < _SHORTEST_SECRET:
        raise WrongSetUpError(
            _(
                "The cookie_secret under [auth] in {_WHERE} has fewer than"
                " {_SHORTEST_SECRET} bytes; write there what `openssl rand -base64 48`"
                " prints."
            ).format(_WHERE=_WHERE, _SHORTEST_SECRET=_SHORTEST_SECRET)
        )
    origin = _origin(redirect_uri or "", hosts)
    found = tuple(_provider(name, given) for name, given in _sections(section))
    if not found:
        raise WrongSetUpError(
            _("[auth] in {where} names no provider; write its {names} there.").format(
                where=_WHERE, names=format_list(_NEEDED)
            )
        )
    return Providers(origin, found)


def _sections(section: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The provider in `[auth]` itself, then each `[auth.NAME]`."""
    if any(key in section for key in _NEEDED):
        yield _DEFAULT, section
    for name, given in section.items():
        # Options for the client are in a table of their own, next to the providers'.
        if isinstance(given, Mapping) and name != "client_kwargs":
            yield name, given


def _provider(name: str, given: Mapping[str, Any]) -> Provider:
    where = f"[auth{'' if name == _DEFAULT else f'.{name}'}] in {_WHERE}"
    if not _NAME.fullmatch(name):
        raise WrongSetUpError(
            _(
                "The name of {where} has other signs than a-z, 0-9 and hyphens; give it a"
                " plain one."
            ).format(where=where)
        )
    missing = [key for key in _NEEDED if not isinstance(given.get(key), str) or not given[key]]
    if missing:
        raise WrongSetUpError(
            _("{where} has no {names}; copy that from the provider.").format(
                where=where, names=format_list(missing)
            )
        )
    metadata = str(given["server_metadata_url"])
    if not _is_safe(urlsplit(metadata)) or not metadata.endswith(_WELL_KNOWN):
        raise WrongSetUpError(
            _(
                "The server_metadata_url of {where} is not an https address that ends with"
                " {_WELL_KNOWN}; copy it from the provider."
            ).format(where=where, _WELL_KNOWN=_WELL_KNOWN)
        )
    # OpenID Connect Discovery 1.0, 4.3: the issuer is the address under which this was found.
    issuer = str(given.get("issuer", metadata.removesuffix(_WELL_KNOWN))).rstrip("/")
    label = str(
        given.get("label", N_("your organisation") if name == _DEFAULT else name.capitalize())
    )
    return Provider(name, label, issuer, str(given["client_id"]))


def _origin(redirect_uri: str, hosts: tuple[str, ...]) -> str:
    address = urlsplit(redirect_uri)
    host = f"[{address.hostname}]" if ":" in (address.hostname or "") else address.hostname
    if host not in hosts or address.path != CALLBACK:
        raise WrongSetUpError(
            _(
                "The redirect_uri under [auth] in {_WHERE} is {value}; write"
                " https://NAME{CALLBACK} with one of the names in MESODASH_HOSTS."
            ).format(_WHERE=_WHERE, value=redirect_uri or _("missing"), CALLBACK=CALLBACK)
        )
    if not _is_safe(address):
        raise WrongSetUpError(
            _(
                "The redirect_uri under [auth] in {_WHERE} does not begin with https; http"
                " serves for this computer's own address only."
            ).format(_WHERE=_WHERE)
        )
    return f"{address.scheme}://{address.netloc}"


def _is_safe(address: SplitResult) -> bool:
    own = address.scheme == "http" and is_loopback(address.hostname)
    return bool(address.hostname) and (address.scheme == "https" or own)
