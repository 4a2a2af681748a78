"""Figures: a DataFrame in, a plotly Figure out; theme.py is the one template."""
