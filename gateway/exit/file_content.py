"""Is the content of a log's files there? Asked by fetching it back and holding it against its hash.

A file stands when its content, fetched back, has the hash; what a system says of a file (its name,
its size, the hash it was told) proves nothing of it. Nothing here writes, and nothing of the
content leaves: only ids and numbers do.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass

from gateway.errors import Conflict, Rejected, RemoteFault
from gateway.ports.connector import Connector, Document, FileRef
from gateway.reconcile.compare import Outcome

KIND, FIELD = "Dokument", "innhold"
_OF_ONE_FILE = frozenset({"FEIL_FILSUM", "FOR_STORT_SVAR", "UGYLDIG_SVAR"})
"""What a RemoteFault says of one file's content and not of the system."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What fetching back gave: how many files have their hash, and (file id, `missing` or
    `changed`) for each that has not."""

    right: int = 0
    wrong: tuple[tuple[str, str], ...] = ()

    @property
    def tried(self) -> int:
        """How many files were asked for."""
        return self.right + len(self.wrong)

    def told(self, outcome: Outcome) -> Outcome:
        """The outcome with the files that are not there, or are others, among its places."""
        if not self.wrong:
            return outcome
        counted = Counter(change for _, change in self.wrong)
        places = tuple((KIND, FIELD, change, n) for change, n in counted.items())
        return Outcome("drifted", tuple(sorted((*outcome.places, *places))))


UNTRIED = Fetched()
"""Nothing was fetched."""


def fetched(
    system: Connector, document: Document, promised: frozenset[str] | None = None
) -> Fetched:
    """Fetch every file the document names. `promised` are the hashes of the files that were to
    stand there, where that is not what the document says: the hash a system tells of its own file
    proves nothing either. Raises Transient when the system cannot be asked, and RemoteFault for a
    fault that is not of one file's content."""
    right = 0
    wrong: list[tuple[str, str]] = []
    left = set(promised or ())
    for file in document.files:
        change = _differs(system, document.ref, file)
        if not change and promised is not None and file.sha256 not in promised:
            # Somebody's own file, beside ours, or other content under a hash of its own. What of
            # ours it stands for is not known, and is found missing below.
            continue
        left.discard(file.sha256)
        if change:
            wrong.append((file.file_id, change))
        else:
            right += 1
    return Fetched(right, (*wrong, *((sha, "missing") for sha in sorted(left))))


def _differs(system: Connector, ref: str, file: FileRef) -> str:
    """`missing`, `changed`, or "" for a file that is what it is said to be. One that is not is
    fetched once more: a proxy that answers for the system with a page of its own does it now and
    then, and a verdict stands in the ledger for good."""
    return _once(system, ref, file) and _once(system, ref, file)


def _once(system: Connector, ref: str, file: FileRef) -> str:
    try:
        data = system.file(ref, file.file_id)
    except (Conflict, Rejected):
        return "missing"
    except RemoteFault as fault:
        if fault.code not in _OF_ONE_FILE:
            raise
        return "changed"
    return "" if hashlib.sha256(data).hexdigest() == file.sha256 else "changed"
