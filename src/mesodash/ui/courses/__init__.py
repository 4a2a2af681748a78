"""The courses page."""
