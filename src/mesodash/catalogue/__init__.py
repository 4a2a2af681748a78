"""What the clinic can do and see: areas, indications, protocols, side effects and their sources."""
