"""What must hold before the server answers anybody: a wrong set-up is refused with one sentence."""

import ipaddress
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mesodash.records.accounts import accounts
from mesodash.records.clinic import read_clinic

# Streamlit's options that open something at the side, and the value each must have. Unless it is
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
    options: Mapping[str, Any],
    posix: bool = True,
) -> None:
    """Refuse a set-up in which somebody could look in from the side.

    Args:
        db: the clinic's file, which exists.
        address: where the server listens; None or empty is everywhere.
        hosts: the names under which it may be called.
        behind_tls: whether a proxy in front speaks https.
        options: Streamlit's options as they stand, for NEEDED_OPTIONS.
        posix: whether the file's mode means something on this system.

    Raises:
        WrongSetUpError: with the sentence.
        RecordError: the file is missing, damaged or no clinic.
    """
    clinic = read_clinic(db)
    own = is_loopback(address)
    if clinic.is_demo:
        if not own:
            raise WrongSetUpError(
                "A demo clinic has no sign-in, so it is not served on"
                f" {address or 'every address'}; leave the address at 127.0.0.1."
            )
        return
    _check_options(options)
    if not any(a.role == "administrator" and not a.disabled for a in accounts(db)):
        raise WrongSetUpError(
            f"{db.name} has no administrator yet; make one with"
            f" `mesodash user add NAME --role administrator --db {db.name}`."
        )
    if posix:
        _check_modes(db)
    if own:
        return
    where = address or "every address"
    if not behind_tls:
        raise WrongSetUpError(
            f"On {where} passwords would travel readable; put an https proxy in front and say so"
            " with MESODASH_TLS=proxy, or leave the address at 127.0.0.1."
        )
    if all(is_loopback(host) for host in hosts):
        raise WrongSetUpError(
            "Say under which name the app is called from outside, as"
            " MESODASH_HOSTS=clinic.example.org."
        )


def _check_options(options: Mapping[str, Any]) -> None:
    for name, value in NEEDED_OPTIONS.items():
        if options.get(name) != value:
            raise WrongSetUpError(
                f"The setting {name} is {options.get(name)!r}; set it to {value!r} in"
                " .streamlit/config.toml for a clinical file."
            )


def _check_modes(db: Path) -> None:
    """Neither the file nor its folder may be open to the computer's other users."""
    if db.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise WrongSetUpError(
            f"Other users of this computer may read {db.name}; run `chmod 600 {db.name}` first."
        )
    folder = db.parent.stat().st_mode
    # In a folder with the sticky bit, as /tmp, only a file's owner may replace it.
    if folder & stat.S_IWOTH and not folder & stat.S_ISVTX:
        raise WrongSetUpError(
            f"Every user of this computer may replace {db.name}; take the right to write in"
            f" {db.parent} away from others."
        )


def check_secrets(files: Iterable[Path], *, posix: bool = True) -> None:
    """Refuse files with a provider's secrets that other users of the computer may read.

    Raises:
        WrongSetUpError: with the sentence.
    """
    for file in files:
        if posix and file.is_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise WrongSetUpError(
                f"Other users of this computer may read {file.name}, which holds secrets; run"
                f" `chmod 600 {file}` first."
            )


def is_loopback(address: str | None) -> bool:
    """Whether only this computer can call the address."""
    if not address:
        return False
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
