"""What one replica is, and whether a model fits."""
