"""What `streamlit run app.py` starts: the web application around the pages."""

from starlette.middleware import Middleware
from streamlit.starlette import App

from mesodash.ui.headers import SecurityHeaders
from mesodash.ui.start import lifespan

app = App(
    "src/mesodash/ui/frame.py",
    lifespan=lifespan,
    middleware=[Middleware(SecurityHeaders)],
)
