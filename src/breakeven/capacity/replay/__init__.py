"""An engine that replays requests, step by step."""
