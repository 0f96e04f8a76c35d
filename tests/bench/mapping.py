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
from schemas.conexus_companion.logg import LOGG, Logg
from schemas.visma_samspill.plan import BUNDLE, Bundle
from tests.bench import modeller
from tests.bench.measure import Line, Spent, best, timed, told
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


def speed(count: int, repetitions: int) -> list[Line]:
    """CPU of the mapping against pydantic's, by our own adapters and by ordinary models."""
    pair = app.pair(CONEXUS, SAMSPILL, TENANT)
    bodies = [
        json.dumps(logg, ensure_ascii=False, separators=(",", ":")).encode()
        for logg, _ in generate(5, count)
    ]
    kept: list[bytes] = []
    ours_over(pair, bodies, kept)
    wires = [BUNDLE.validate_json(body) for body in kept]
    source, target = modeller.model(Logg), modeller.model(Bundle)
    models = [target.model_validate_json(body) for body in kept]
    written: list[bytes] = []
    said: list[str] = []

    def adapters() -> tuple[int, str]:
        written.clear()
        for body, wire in zip(bodies, wires, strict=True):
            LOGG.validate_json(body)
            written.append(BUNDLE.dump_json(wire))
        return len(written), ""

    def ordinary() -> tuple[int, str]:
        said.clear()
        for body, one in zip(bodies, models, strict=True):
            source.model_validate_json(body)
            said.append(one.model_dump_json())
        return len(said), ""

    spent: list[list[Spent]] = [[], [], []]
    for _ in range(repetitions):
        spent[0].append(timed(lambda: ours_over(pair, bodies, kept)))
        spent[1].append(timed(adapters))
        spent[2].append(timed(ordinary))
    a, b, c = map(best, spent)
    proof = _hash(kept)
    same = proof == _hash(written) == _hash([one.encode() for one in said])
    void = a.proof or ("" if same else "the target documents differ")
    return [
        Line(
            "B2 mapping", told(a), told(b), f"{a.cpu / b.cpu:.2f} x", "<= 3 x", a.cpu / b.cpu <= 3,
            note=f"{count} logs Conexus -> canonical -> Samspill, every leaf in the books; "
            "the reference is pydantic as we use it ourselves, into plain dictionaries",
            void=void,
        ),
        Line(
            "B2 mapping, models", told(a), told(c), f"{a.cpu / c.cpu:.2f} x", "-", None,
            note="the same against pydantic as most programs use it, into models", void=void,
        ),
    ]  # fmt: skip


def _hash(bodies: list[bytes]) -> str:
    whole = hashlib.sha256()
    for body in bodies:
        whole.update(json.dumps(json.loads(body), sort_keys=True).encode())
    return whole.hexdigest()
