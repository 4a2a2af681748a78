"""The tabs a browser has open on this server: redrawn when what they may show has changed."""

from streamlit import runtime

from mesodash.access.gate import COOKIE


def redraw(token: str | None) -> None:
    """Run the page anew in every open tab of a sign-in.

    A tab would keep showing what it showed until its next click.
    """
    if token is None or not runtime.exists():
        return
    running = runtime.get_instance()
    for one in running._session_mgr.list_active_sessions():  # noqa: SLF001 - no other way in
        browser = one.client.client_context if one.client is not None else None
        if browser is not None and browser.cookies.get(COOKIE) == token:
            one.session.request_rerun(None)
