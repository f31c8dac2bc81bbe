"""Where answers are made: boards that are open, and the two processes that work for them."""
