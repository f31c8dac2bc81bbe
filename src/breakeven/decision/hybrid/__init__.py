"""Owning the base and buying the rest."""
