"""Signing in, and the gate before every endpoint; the accounts themselves are kept in records."""
