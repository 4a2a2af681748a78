"""Flashcards: what is due today of one's own, made of the catalogue and the atlas."""

from mesodash.ui.lessons.flashcard_page import show_flashcards

show_flashcards()
