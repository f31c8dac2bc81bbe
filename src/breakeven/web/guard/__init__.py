"""Who may ask: hosts, origins, tokens, sizes; and what a browser may do with the answer."""
