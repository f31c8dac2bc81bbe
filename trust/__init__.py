"""That it stays unbroken: runs by hand that try to break it, their dated results, and what was found and mended."""
