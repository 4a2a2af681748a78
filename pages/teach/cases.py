"""Cases: somebody who does not exist comes for a protocol; a decision, questions, a score."""

from mesodash.ui.lessons.case_page import show_cases

show_cases()
