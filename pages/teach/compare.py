"""Compare: two or three protocols side by side, what differs marked."""

from mesodash.ui.lessons.compare_page import show_comparison

show_comparison()
