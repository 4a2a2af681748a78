"""Planned courses, adopted protocol versions, screenings."""
