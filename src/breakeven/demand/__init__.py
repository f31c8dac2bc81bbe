"""What our own usage is: request log, load curve, demand."""
