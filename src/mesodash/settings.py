"""Paths and settings; the only module that reads the environment."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = Path(__file__).resolve().parent
IS_CHECKOUT = (PROJECT / "app.py").is_file() and (PROJECT / "data" / "catalogue").is_dir()
APP = PROJECT if IS_CHECKOUT else PACKAGE / "app"
"""The folder of app.py, the pages and the server's settings; a wheel carries it in the package."""
OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process.

    Attributes:
        db: the clinic's file (`MESODASH_DB`; default `var/demo.db` in the project, and `demo.db` in
            the current folder where mesodash was installed as a package).
        data: folder with `catalogue/`, `body/` and `languages/` (`MESODASH_DATA`; default `data/`).
        demo_sessions: size of the demo clinic made on first start (`MESODASH_DEMO_SESSIONS`).
        hosts: names under which the app may be called (`MESODASH_HOSTS`, separated by commas;
            default this computer's own).
        behind_tls: whether a proxy in front speaks https (`MESODASH_TLS=proxy`).
        teaching: whether this is a teaching server, on which a demo is shown to a network and
            everybody is in teaching mode (`MESODASH_TEACHING=yes`).
        ahead: whether the start runs the queries of the pages ahead of time (`MESODASH_AHEAD=no`:
            it does not).
        language: the code of the language the app is in (`MESODASH_LANGUAGE`; default `en`).
    """

    db: Path
    data: Path
    demo_sessions: int
    hosts: tuple[str, ...] = OWN_HOSTS
    behind_tls: bool = False
    teaching: bool = False
    ahead: bool = True
    language: str = "en"

    @property
    def catalogue(self) -> Path:
        """The folder of the catalogue's CSV files."""
        return self.data / "catalogue"

    @property
    def languages(self) -> Path:
        """The folder of the translations, one folder per language."""
        return self.data / "languages"


def load_settings() -> Settings:
    """Read the environment, falling back to a demo clinic."""
    own_db = PROJECT / "var" / "demo.db" if IS_CHECKOUT else Path("demo.db")
    return Settings(
        db=Path(os.environ.get("MESODASH_DB", own_db)).expanduser().resolve(),
        data=Path(os.environ.get("MESODASH_DATA", _own_data())).expanduser().resolve(),
        demo_sessions=int(os.environ.get("MESODASH_DEMO_SESSIONS", "3000")),
        hosts=tuple(
            host.strip().lower()
            for host in os.environ.get("MESODASH_HOSTS", ",".join(OWN_HOSTS)).split(",")
            if host.strip()
        ),
        behind_tls=os.environ.get("MESODASH_TLS", "") == "proxy",
        teaching=os.environ.get("MESODASH_TEACHING", "") == "yes",
        ahead=os.environ.get("MESODASH_AHEAD", "") != "no",
        language=os.environ.get("MESODASH_LANGUAGE", "en"),
    )


def fixed_day() -> str | None:
    """The day that `MESODASH_TODAY` puts in the calendar's place, as written; None if not set."""
    return os.environ.get("MESODASH_TODAY") or None


def now() -> datetime:
    """The current moment in the machine's time zone, on the day of `MESODASH_TODAY` if that is set.

    Raises:
        ValueError: `MESODASH_TODAY` is not a day as 2026-11-22.
    """
    here = datetime.now().astimezone()
    day = fixed_day()
    if day is None:
        return here
    try:
        return datetime.combine(date.fromisoformat(day), here.time()).astimezone()
    except ValueError:
        raise ValueError(
            f"MESODASH_TODAY is {day!r}, which is not a day; write it as 2026-11-22 or leave"
            " it out."
        ) from None


def today() -> date:
    """The clinic's calendar day: the machine's local date, unless `MESODASH_TODAY` fixes one.

    Whatever depends on the day takes it as an argument and gets it from here, so that tests and
    demonstrations can be held on any day. Clinical files are not served on a fixed day.

    Raises:
        ValueError: `MESODASH_TODAY` is not a day as 2026-11-22.
    """
    return now().date()


def _own_data() -> Path:
    """The checkout's `data/`; an installed wheel carries it inside the package."""
    return PROJECT / "data" if IS_CHECKOUT else PACKAGE / "data"


def lake_beside(db: Path) -> Path:
    """The folder of a single clinic's own lake: beside its file, with the same name."""
    return db.with_suffix(".lake")


def audit_key_file(db: Path) -> Path:
    """Where the key of a clinic's change log is kept (`MESODASH_AUDIT_KEY_FILE`).

    Default: beside the clinic's file, with `.key` after its name. A place that those who can write
    the clinic's file cannot write is better.
    """
    named = os.environ.get("MESODASH_AUDIT_KEY_FILE")
    return Path(named).expanduser().resolve() if named else db.with_name(f"{db.name}.key")


def backups_folder(db: Path) -> Path | None:
    """Where the app makes a clinic's daily backups (`MESODASH_BACKUPS`); None: it makes none.

    Default: a folder beside the clinic's file, with the same name and the ending `.backups`. A
    folder on another disk is better. `no` switches them off.
    """
    named = os.environ.get("MESODASH_BACKUPS", "")
    if named == "no":
        return None
    return Path(named).expanduser().resolve() if named else db.with_suffix(".backups")


def log_is_json() -> bool:
    """Whether the server's log is lines of JSON (`MESODASH_LOG=json`)."""
    return os.environ.get("MESODASH_LOG", "") == "json"


def db_key_file() -> Path | None:
    """The key of encrypted clinics' files (`MESODASH_DB_KEY_FILE`); None where they are not."""
    named = os.environ.get("MESODASH_DB_KEY_FILE")
    return Path(named).expanduser().resolve() if named else None
