"""Checks before the server starts: an unsafe set-up is refused with one sentence."""

import ipaddress
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mesodash.language import _
from mesodash.records.accounts.accounts import accounts
from mesodash.records.store.clinic import Clinic, read_clinic

# Streamlit's options that would open another way in, and the value each must have. Unless it is
# headless, a message of its protocol may write files beside the app; its rich tracebacks print
# messages of exceptions, which our log leaves out.
NEEDED_OPTIONS: Mapping[str, Any] = {
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.headless": True,
    "logger.enableRich": False,
    "client.showErrorDetails": "none",
}


class WrongSetUpError(Exception):
    """The server may not start like this; the message is one sentence that names the fix."""


def check_set_up(
    db: Path,
    *,
    address: str | None,
    hosts: tuple[str, ...],
    behind_tls: bool,
    teaching: bool = False,
    options: Mapping[str, Any],
    fixed_day: str | None = None,
    posix: bool = True,
) -> None:
    """Refuse a set-up that would leave a way past the sign-in.

    Args:
        db: the clinic's file, which exists.
        address: where the server listens; None or empty is everywhere.
        hosts: the names under which it may be called.
        behind_tls: whether a proxy in front speaks https.
        teaching: whether it is to be a teaching server: a demo for a network, on which everybody
            may do what a trainer may.
        options: Streamlit's current options, for NEEDED_OPTIONS.
        fixed_day: the day that replaces the calendar's, if any.
        posix: whether file modes have a meaning on this system.

    Raises:
        WrongSetUpError: with the sentence.
        RecordError: the file is missing, damaged or no clinic.
    """
    clinic = read_clinic(db)
    own = is_loopback(address)
    if teaching:
        _check_teaching(clinic, own=own, hosts=hosts, options=options)
        return
    if clinic.is_demo:
        if not own:
            raise WrongSetUpError(
                _(
                    "A demo clinic has no sign-in, so it is not served on {value}; make it a"
                    " teaching server with MESODASH_TEACHING=yes, or leave the address at"
                    " 127.0.0.1."
                ).format(value=address or "every address")
            )
        return
    _check_options(options)
    if fixed_day is not None:
        raise WrongSetUpError(
            _(
                "MESODASH_TODAY holds the calendar on {day}, which is for tests and demo clinics;"
                " unset it for a clinical file."
            ).format(day=fixed_day)
        )
    if not any(a.role == "administrator" and not a.disabled for a in accounts(db)):
        raise WrongSetUpError(
            _(
                "{file} has no administrator yet; make one with"
                " `mesodash user add NAME --role administrator --db {file}`."
            ).format(file=db.name)
        )
    if posix:
        _check_modes(db)
    if own:
        return
    where = address or "every address"
    if not behind_tls:
        raise WrongSetUpError(
            _(
                "On {where} passwords would travel readable; put an https proxy in front and"
                " say so with MESODASH_TLS=proxy, or leave the address at 127.0.0.1."
            ).format(where=where)
        )
    _check_named(hosts)


def _check_named(hosts: tuple[str, ...]) -> None:
    if all(is_loopback(host) for host in hosts):
        raise WrongSetUpError(
            _(
                "Say under which name the app is called from outside, as"
                " MESODASH_HOSTS=clinic.example.org."
            )
        )


def _check_teaching(
    clinic: Clinic, *, own: bool, hosts: tuple[str, ...], options: Mapping[str, Any]
) -> None:
    """A teaching server shows synthetic patients alone; nobody types a password there."""
    if not clinic.is_demo:
        raise WrongSetUpError(
            _("MESODASH_TEACHING=yes is for a demo clinic; unset it for a clinical file.")
        )
    if not own:
        _check_options(options)
        _check_named(hosts)


def _check_options(options: Mapping[str, Any]) -> None:
    for name, value in NEEDED_OPTIONS.items():
        if options.get(name) != value:
            raise WrongSetUpError(
                _(
                    "The setting {name} is {get!r}; set it to {value!r} in"
                    " .streamlit/config.toml for a clinical file."
                ).format(name=name, get=options.get(name), value=value)
            )


def _check_modes(db: Path) -> None:
    """Refuse a file or folder that the computer's other users may read."""
    if db.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise WrongSetUpError(
            _("Other users of this computer may read {name}; run `chmod 600 {name}` first.").format(
                name=db.name
            )
        )
    folder = db.parent.stat().st_mode
    # In a folder with the sticky bit, as /tmp, only a file's owner may replace it.
    if folder & stat.S_IWOTH and not folder & stat.S_ISVTX:
        raise WrongSetUpError(
            _(
                "Every user of this computer may replace {name}; take the right to write in"
                " {parent} away from others."
            ).format(name=db.name, parent=db.parent)
        )


def check_secrets(files: Iterable[Path], *, posix: bool = True) -> None:
    """Refuse files with a provider's secrets that other users of the computer may read.

    Raises:
        WrongSetUpError: with the sentence.
    """
    for file in files:
        if posix and file.is_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise WrongSetUpError(
                _(
                    "Other users of this computer may read {name}, which holds secrets; run"
                    " `chmod 600 {file}` first."
                ).format(name=file.name, file=file)
            )


def is_loopback(address: str | None) -> bool:
    """Whether an address can be reached from this computer only."""
    if not address:
        return False
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
