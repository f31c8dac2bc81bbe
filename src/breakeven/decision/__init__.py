"""What follows: break-evens, horizon, flips, the verdict."""
