"""Signing in and the gate before every endpoint; roles stand in permissions, accounts in records."""
