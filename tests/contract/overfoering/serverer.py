"""`stafett serve` with a round every second, so that a conversation does not take a day.

Everything else is the command as it is: `python -m tests.contract.overfoering.serverer --config C`.
"""

import sys

from gateway.cli import serving
from gateway.cli.main import main

if __name__ == "__main__":
    serving.TRANSFER_SECONDS = 1.0
    sys.argv = ["stafett", "serve", *sys.argv[1:]]
    main()
