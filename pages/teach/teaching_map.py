"""Body map for teaching: areas, what is indicated there, points; no patient and no clinic."""

from mesodash.ui.lessons.teaching_map import show_map

show_map()
