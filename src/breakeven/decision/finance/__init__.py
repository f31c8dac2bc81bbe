"""What finance asks: payback, rates of return, statements, outages."""
