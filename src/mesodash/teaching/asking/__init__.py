"""Asking: questions made from the catalogue, cases, points by hand, checklists, rooms."""
