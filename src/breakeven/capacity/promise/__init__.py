"""What is promised, and what one replica serves within it."""
