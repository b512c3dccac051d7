"""``python -m bench.profile``."""

import sys

from bench.profile.command import main

if __name__ == "__main__":
    sys.exit(main())
