"""The user's own measurements, from the result files of load generators."""
