"""Puts into a wheel what stands in the project's own folder: the app, its pages, its settings.

They must stay there for `streamlit run app.py`. In an editable installation they are used from
there, so it gets none.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = {
    "app.py": "mesodash/app/app.py",
    "pages": "mesodash/app/pages",
    ".streamlit/config.toml": "mesodash/app/.streamlit/config.toml",
}


class Carry(BuildHookInterface):
    """Adds CARRIED to a wheel that is not editable."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds."""
        if version == "standard":
            build_data["force_include"].update(CARRIED)
