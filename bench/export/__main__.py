"""``python -m bench.export``."""

import sys

from bench.export.command import main

sys.exit(main())
