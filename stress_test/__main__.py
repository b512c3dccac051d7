"""``python -m stress_test``."""

import sys

from stress_test.children import end_well
from stress_test.command import main

if __name__ == "__main__":
    end_well()
    sys.exit(main())
