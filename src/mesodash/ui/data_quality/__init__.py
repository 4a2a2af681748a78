"""The page Data to mend: what is doubtful or missing, with links to the forms to correct it."""
