"""Sessions and what followed them."""
