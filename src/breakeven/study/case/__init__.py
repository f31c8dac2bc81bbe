"""What a person writes: the case, its places, its mistakes."""
