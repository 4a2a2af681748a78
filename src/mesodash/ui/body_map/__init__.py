"""The body map page: the areas chosen, what is indicated there and what was done there."""
