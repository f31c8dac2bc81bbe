"""The case's own evaluation results: what is known of the quality of the open model."""
