"""The replay worker: logged requests sent to other arms at a controlled pace, each once, and what came back."""
