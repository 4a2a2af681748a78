"""Signals: groups after which an effect is too frequent."""
