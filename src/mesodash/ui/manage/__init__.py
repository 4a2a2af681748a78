"""Looking after the clinic's file: who may sign in, who did what, and what happens to the data."""
