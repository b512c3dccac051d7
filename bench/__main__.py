"""``python -m bench``."""

import signal
import sys
from typing import NoReturn

from bench.command import main


def _ended(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    # Ended from outside, the functions under test must end too: this way their blocks are left.
    signal.signal(signal.SIGTERM, _ended)
    sys.exit(main())
