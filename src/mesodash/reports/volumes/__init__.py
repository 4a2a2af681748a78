"""Volumes: sessions, products, attendance."""
