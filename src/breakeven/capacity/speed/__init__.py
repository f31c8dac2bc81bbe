"""Tokens per second of a replica within the promise: stated, measured, published, modelled."""
