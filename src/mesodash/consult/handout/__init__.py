"""What a patient takes home: one page with what is done, what to expect and when to get help."""
