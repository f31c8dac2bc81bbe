"""The door of `breakeven`: every way out of it is a page, a message or silence, and never a traceback.

Exit codes: 0 ran, 1 case or data wrong (or the answer could not be written), 2 usage, 3 `--fail-on` met,
70 a fault of ours, 130 interrupted, 141 nobody reads the answer any more.
"""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130
THREADS = "OPENBLAS_NUM_THREADS"  # read when NumPy is loaded


def main() -> None:
    """Run the command. What is needed for it is loaded here, so that Ctrl-C while loading is quiet too."""
    os.environ.setdefault(THREADS, "1")  # our matrices are small: more threads would mostly wait for each other
    try:
        from breakeven.cli.door import run

        code = run()
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)
