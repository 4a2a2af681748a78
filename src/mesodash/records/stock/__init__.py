"""The stock: what came in and is left, the products in use, what they cost."""
