"""The patient page: who it is, what was done, what is planned, what is open."""
