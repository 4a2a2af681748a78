"""Planning a course: its form, its calendar, moving and cancelling sessions, the handout."""
