"""What `streamlit run app.py` starts: the web application around the pages."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from mesodash.access.gate import Gate
from mesodash.access.oidc import OidcCallback
from mesodash.access.routes import routes
from mesodash.settings import PACKAGE, load_settings
from mesodash.ui.shell.operation.metrics import operation_routes
from mesodash.ui.shell.operation.opened_file import OPENED
from mesodash.ui.shell.operation.own_sessions import OWN_SESSIONS, keep_sessions_apart
from mesodash.ui.shell.operation.uploads import Uploads, takes_files
from mesodash.ui.shell.server import identity
from mesodash.ui.shell.server.downloads import OWN_FILES, keep_whose
from mesodash.ui.shell.server.failed_requests import FailedRequests
from mesodash.ui.shell.server.headers import SecurityHeaders
from mesodash.ui.shell.server.incidents import show_incident
from mesodash.ui.shell.server.old_addresses import OldAddresses
from mesodash.ui.shell.server.open_tabs import redraw
from mesodash.ui.shell.server.spoken_language import SpokenLanguage
from mesodash.ui.shell.server.start import lifespan
from mesodash.ui.shell.server.stylesheets import Stylesheets


def _db() -> Path:
    """The clinic's file, if it still is the one that was opened; else a sentence is raised."""
    db = load_settings().db
    if OPENED.knows(db):
        OPENED.look_at(db)
    return db


def _with_oidc() -> bool:
    return identity.providers() is not None


def _secure() -> bool:
    return load_settings().behind_tls


def _ready() -> None:
    """Take what Streamlit keeps into our care before the first page."""
    keep_whose()
    keep_sessions_apart()


def _withdraw(token: str | None) -> None:
    """Take back what a sign-in was shown and given before teaching mode."""
    if token is not None:
        OWN_FILES.forget(token)
    redraw(token)


app = App(
    PACKAGE / "ui" / "shell" / "frame.py",
    lifespan=lifespan(with_oidc=_with_oidc, on_ready=_ready),
    on_script_error=show_incident,
    routes=[
        *routes(_db, secure=_secure, flow=identity.STREAMLIT, redraw=_withdraw),
        *operation_routes(_db, teaching=lambda: load_settings().teaching),
    ],
    middleware=[
        Middleware(SpokenLanguage),
        Middleware(SecurityHeaders, secure=_secure),
        Middleware(FailedRequests),
        Middleware(
            Gate,
            db=_db,
            hosts=lambda: load_settings().hosts,
            with_oidc=_with_oidc,
            own_file=OWN_FILES.hold,
        ),
        Middleware(OidcCallback, flow=identity.STREAMLIT, db=_db, secure=_secure),
        Middleware(
            Uploads,
            own=OWN_SESSIONS,
            takes=lambda session, token: takes_files(_db(), session, token),
        ),
        Middleware(OldAddresses, db=_db),
        Middleware(Stylesheets),
    ],
)
