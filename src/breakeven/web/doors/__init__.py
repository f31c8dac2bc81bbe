"""What answers a request: one function a path."""
