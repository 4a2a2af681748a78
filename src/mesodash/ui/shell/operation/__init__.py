"""What the running server does by itself, and how it is watched."""
