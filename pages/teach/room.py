"""Room: learners join by a code and answer on their own devices; their answers are counted live."""

from mesodash.ui.lessons.room_page import show_room

show_room()
