"""breakeven: keep buying LLM tokens, serve open weights yourself, or own the base load and burst."""
