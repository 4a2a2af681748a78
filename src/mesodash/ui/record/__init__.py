"""The record page: a session entered with the patient in the room."""
