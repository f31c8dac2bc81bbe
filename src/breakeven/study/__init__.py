"""The front door: a case in, a study out."""
