"""What a number is: lines, inputs, sources. Knows nothing of LLMs."""
