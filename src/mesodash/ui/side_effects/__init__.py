"""The side effects page."""
