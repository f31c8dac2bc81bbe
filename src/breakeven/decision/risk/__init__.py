"""Draws, chance, regret, the worth of information, when to start."""
