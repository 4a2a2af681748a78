"""Signing in, and the gate before every endpoint; accounts themselves stand in records."""
