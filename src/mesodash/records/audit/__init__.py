"""Authorisation and the sealed change log."""
