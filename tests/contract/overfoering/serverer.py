"""`stafett serve` with a round every second, so that a conversation does not take a day.

Everything else is the command as it is: `python -m tests.contract.overfoering.serverer --config C`.
With `--plant NAME` first, one fault of `plantede` is put in.
"""

import sys

from gateway.cli import serving
from gateway.cli.main import main
from tests.contract.overfoering.plantede import PLANTER

if __name__ == "__main__":
    serving.TRANSFER_SECONDS = 1.0
    words = sys.argv[1:]
    if words[:1] == ["--plant"]:
        PLANTER[words[1]][2]()
        words = words[2:]
    sys.argv = ["stafett", "serve", *words]
    main()
