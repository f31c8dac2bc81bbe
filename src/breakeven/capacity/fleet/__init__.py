"""How many replicas: a first guess, the replay, spares, following the load."""
