"""Pictures, as Vega-Lite."""
