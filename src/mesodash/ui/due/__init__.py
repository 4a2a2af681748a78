"""The due page."""
