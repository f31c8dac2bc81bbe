"""What the world says, dated and sourced: prices, GPUs, models, measurements."""
