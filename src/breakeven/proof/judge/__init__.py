"""What a shadow run shows: tests that hold however often one looks, and what follows from them."""
