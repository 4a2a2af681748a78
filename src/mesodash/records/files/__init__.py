"""Copies of the clinic's file: backup, encryption, check."""
