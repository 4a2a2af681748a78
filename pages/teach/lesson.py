"""Lesson: one protocol on one area, step by step on the stage; or its notes in a second window."""

from mesodash.ui.lessons.lesson_page import show_lesson

show_lesson()
