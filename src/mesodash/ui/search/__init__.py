"""The page Search: one field for patients, areas, protocols, lots and pages."""
