"""Adherence: sessions beside the clinic's own versions of protocols, as spreads by practitioner."""

from mesodash.ui.lessons.adherence_page import show_adherence

show_adherence()
