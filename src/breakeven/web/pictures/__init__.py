"""Pictures as SVG, made here, so that they print and can be read aloud."""
