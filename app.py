"""What `streamlit run app.py` starts: the web application around the pages."""

from starlette.middleware import Middleware
from streamlit.starlette import App

from mesodash.access.gate import Gate
from mesodash.access.web import routes
from mesodash.settings import load_settings
from mesodash.ui.headers import SecurityHeaders
from mesodash.ui.start import lifespan

app = App(
    "src/mesodash/ui/frame.py",
    lifespan=lifespan,
    routes=routes(lambda: load_settings().db, secure=lambda: load_settings().behind_tls),
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(Gate, db=lambda: load_settings().db, hosts=lambda: load_settings().hosts),
    ],
)
