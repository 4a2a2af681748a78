"""The page Data to mend: what is doubtful or missing, with the way to the form that mends it."""
