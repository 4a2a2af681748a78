"""The second factor: codes of an authenticator app (TOTP, RFC 6238), each good once."""

import hmac
from datetime import datetime
from typing import Final

import pyotp
import segno

STEP_SECONDS: Final = 30
NEEDED_BY: Final = ("administrator", "manager")
"""The roles that do not get in without one."""
_DRIFT: Final = (-1, 0, 1)


def new_secret() -> str:
    """A secret for an authenticator app: 160 random bits, base32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step a code belongs to, one step early or late allowed; None if it is wrong."""
    typed = "".join(code.split())
    step = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    found = None
    for drift in _DRIFT:  # all are compared, so that the time tells nothing
        if hmac.compare_digest(totp.at((step + drift) * STEP_SECONDS), typed):
            found = step + drift
    return found


def picture(secret: str, account: str, clinic: str) -> str:
    """The secret as a QR code for the app: an SVG as a data address, black on white."""
    address = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=f"mesodash {clinic}")
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#ffffff"))
