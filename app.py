"""What `streamlit run app.py` starts: the web application around the pages."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from mesodash.access.elsewhere import Return
from mesodash.access.gate import Gate
from mesodash.access.web import routes
from mesodash.settings import load_settings
from mesodash.ui.server import identity
from mesodash.ui.server.downloads import OWN_FILES
from mesodash.ui.server.headers import SecurityHeaders
from mesodash.ui.server.start import lifespan


def _db() -> Path:
    return load_settings().db


def _secure() -> bool:
    return load_settings().behind_tls


app = App(
    "src/mesodash/ui/frame.py",
    lifespan=lifespan,
    routes=routes(_db, secure=_secure, elsewhere=identity.STREAMLIT),
    middleware=[
        Middleware(SecurityHeaders, secure=_secure),
        Middleware(
            Gate,
            db=_db,
            hosts=lambda: load_settings().hosts,
            elsewhere=lambda: identity.providers() is not None,
            own_file=OWN_FILES.hold,
        ),
        Middleware(Return, elsewhere=identity.STREAMLIT, db=_db, secure=_secure),
    ],
)
