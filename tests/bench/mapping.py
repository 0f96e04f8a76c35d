"""B2: Conexus to Samspill with the books, against pydantic's own reading and writing of the same.

Ours parses, decodes, encodes, settles every leaf and dumps; the reference validates the same
source JSON, as the vendor sends it, and dumps the same target JSON, and maps nothing.
"""

import hashlib
import json

from connectors.conexus_companion.sandbox.generator import generate
from gateway import app
from gateway.plan.draft import Pair
from mappings.books import settle
from schemas.conexus_companion.logg import LOGG
from schemas.visma_samspill.plan import BUNDLE
from tests.bench.measure import Line, best, timed, told
from tests.bench.stage import CONEXUS, SAMSPILL, TENANT


def ours_over(pair: Pair, bodies: list[bytes], kept: list[bytes]) -> tuple[int, str]:
    """Map every document; the bytes are kept for the proof."""
    source, target = pair.source, pair.target
    kept.clear()
    unbalanced = 0
    for body in bodies:
        wire = source.parse(body)
        decoded = source.decode(wire, TENANT)
        encoded = target.encode(decoded.logg, TENANT)
        books = settle(source, target, wire, decoded, encoded, {})
        unbalanced += not books.balanced
        kept.append(target.dump(encoded.wire))
    return len(bodies), "" if not unbalanced else f"{unbalanced} unbalanced"


def speed(count: int, repetitions: int) -> Line:
    """CPU of the mapping against pydantic's."""
    pair = app.pair(CONEXUS, SAMSPILL, TENANT)
    bodies = [
        json.dumps(logg, ensure_ascii=False, separators=(",", ":")).encode()
        for logg, _ in generate(5, count)
    ]
    kept: list[bytes] = []
    ours_over(pair, bodies, kept)
    wires = [BUNDLE.validate_json(body) for body in kept]
    written: list[bytes] = []

    def reference() -> tuple[int, str]:
        written.clear()
        for body, wire in zip(bodies, wires, strict=True):
            LOGG.validate_json(body)
            written.append(BUNDLE.dump_json(wire))
        return len(written), ""

    ours, floor = [], []
    for _ in range(repetitions):
        ours.append(timed(lambda: ours_over(pair, bodies, kept)))
        floor.append(timed(reference))
    a, b = best(ours), best(floor)
    same = _hash(kept) == _hash(written)
    return Line(
        "B2 mapping", told(a), told(b), f"{a.cpu / b.cpu:.2f} x", "<= 3 x", a.cpu / b.cpu <= 3,
        note=f"{count} logs Conexus -> canonical -> Samspill, every leaf in the books",
        void=a.proof or ("" if same else "the target documents differ"),
    )  # fmt: skip


def _hash(bodies: list[bytes]) -> str:
    whole = hashlib.sha256()
    for body in bodies:
        whole.update(json.dumps(json.loads(body), sort_keys=True).encode())
    return whole.hexdigest()
