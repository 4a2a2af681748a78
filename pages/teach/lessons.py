"""Lessons: a protocol each, found by its area."""

from mesodash.ui.lessons.lesson_list import show_list

show_list()
