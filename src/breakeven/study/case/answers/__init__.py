"""Answers to the readiness questions, in a file."""
