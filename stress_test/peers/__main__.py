"""``python -m stress_test.peers``."""

from __future__ import annotations

import sys

from stress_test.children import end_well
from stress_test.peers.command import main

if __name__ == "__main__":
    end_well()
    sys.exit(main())
