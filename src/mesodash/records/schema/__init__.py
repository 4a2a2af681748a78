"""The schema of the clinic's file: one function a change, never edited once released."""
