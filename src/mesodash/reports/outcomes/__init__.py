"""Outcomes: change on scales."""
