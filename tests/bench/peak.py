"""The most memory this process has held, of its own.

`ru_maxrss` survives `exec` on Linux: a small process started by a large one shows the large one's
peak. `VmHWM` begins anew with the program.
"""

import resource
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_kb() -> int:
    """Kilobytes."""
    if STATUS.exists():
        for line in STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
