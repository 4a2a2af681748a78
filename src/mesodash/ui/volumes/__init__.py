"""The volumes page."""
