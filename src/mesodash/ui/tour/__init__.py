"""A tour for each role: what is where, shown on the page itself, and startable again."""
