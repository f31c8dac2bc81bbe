"""Which design to serve with: what a case leaves open is looked for."""
