"""The page Import: files dropped, mapped by hand, tried, and taken into the clinic."""
