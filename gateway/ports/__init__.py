"""The ports: protocols and the small values that cross them."""
