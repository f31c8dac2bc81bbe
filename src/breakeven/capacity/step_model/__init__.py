"""The fitted model of one engine step."""
