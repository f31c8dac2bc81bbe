"""What it costs. Every function here is a line."""
