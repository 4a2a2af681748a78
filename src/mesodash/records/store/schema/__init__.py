"""The schema of the clinic's file, one module per subject; `store.schema_steps` has the order."""
