"""The body: views, outlines and areas as numbers, and the clickable figure."""
