"""The page Data to correct: what is doubtful or missing, with links to the forms to correct it."""
