"""Where things are and how this is set up; the only module that reads the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = Path(__file__).resolve().parent
OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process.

    Attributes:
        db: the clinic's file (`MESODASH_DB`; default `var/demo.db` in the project).
        data: folder with `catalogue/` and `body/` (`MESODASH_DATA`; default `data/`).
        demo_sessions: size of the demo clinic made on first start (`MESODASH_DEMO_SESSIONS`).
        hosts: names under which the app may be called (`MESODASH_HOSTS`, separated by commas;
            default this computer's own).
        behind_tls: whether a proxy in front speaks https (`MESODASH_TLS=proxy`).
        ahead: whether the start asks ahead what pages will ask (`MESODASH_AHEAD=no`: it does not).
    """

    db: Path
    data: Path
    demo_sessions: int
    hosts: tuple[str, ...] = OWN_HOSTS
    behind_tls: bool = False
    ahead: bool = True

    @property
    def catalogue(self) -> Path:
        """The folder of the catalogue's CSV files."""
        return self.data / "catalogue"


def load_settings() -> Settings:
    """Read the environment, falling back to a demo clinic inside the project."""
    return Settings(
        db=Path(os.environ.get("MESODASH_DB", PROJECT / "var" / "demo.db")).expanduser().resolve(),
        data=Path(os.environ.get("MESODASH_DATA", _own_data())).expanduser().resolve(),
        demo_sessions=int(os.environ.get("MESODASH_DEMO_SESSIONS", "3000")),
        hosts=tuple(
            host.strip().lower()
            for host in os.environ.get("MESODASH_HOSTS", ",".join(OWN_HOSTS)).split(",")
            if host.strip()
        ),
        behind_tls=os.environ.get("MESODASH_TLS", "") == "proxy",
        ahead=os.environ.get("MESODASH_AHEAD", "") != "no",
    )


def _own_data() -> Path:
    """The checkout's `data/`; an installed wheel carries it inside the package."""
    return PROJECT / "data" if (PROJECT / "data" / "catalogue").is_dir() else PACKAGE / "data"


def lake_beside(db: Path) -> Path:
    """The folder of a single clinic's own lake: beside its file, with the same name."""
    return db.with_suffix(".lake")


def audit_key_file(db: Path) -> Path:
    """Where the key of a clinic's change log stands (`MESODASH_AUDIT_KEY_FILE`).

    Default: beside the clinic's file, with `.key` after its name. A place that those who can write
    the clinic's file cannot write is better.
    """
    named = os.environ.get("MESODASH_AUDIT_KEY_FILE")
    return Path(named).expanduser().resolve() if named else db.with_name(f"{db.name}.key")


def db_key_file() -> Path | None:
    """The key of encrypted clinics' files (`MESODASH_DB_KEY_FILE`); None where they are not."""
    named = os.environ.get("MESODASH_DB_KEY_FILE")
    return Path(named).expanduser().resolve() if named else None
