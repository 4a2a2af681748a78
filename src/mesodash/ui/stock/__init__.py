"""The page Stock: what came in, what is left, what was recalled and who had it."""
