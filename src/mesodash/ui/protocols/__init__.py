"""The catalogue's protocols and the versions that this clinic adopted."""
