"""Source files: one CSV file, a folder of them."""
