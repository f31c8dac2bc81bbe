"""Inputs with anything wrong in them, given to whole commands: `make fuzz`; a short run is part of `make test`."""
