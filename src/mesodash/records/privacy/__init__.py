"""Erasure, retention and the record of processing."""
