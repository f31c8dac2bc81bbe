"""The dashboard in a browser: drag a number, see the answer turn. No number is computed outside Python."""
