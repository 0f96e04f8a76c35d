"""No number, name, street or municipality of anybody, watched or not, is outside the sealed store.

Swept after every trap of the feed, with faults, by the commands a person uses: terminal output,
logs, every file of the data folder as raw bytes, addresses and headers of every call, process
arguments. The one place a municipality is shown is `stafett moves list`, for those it may be of.
"""

from datetime import date

from connectors.folkeregister.sandbox import feller
from connectors.folkeregister.sandbox.personer import CANARY_STREET, Innbygger
from connectors.sandbox import synthetic
from connectors.sandbox.app import Request
from schemas.folkeregister.hendelse import Entitetsendring
from tests.story.flyttebyen import CALLED, OURS, THEIRS, flytteby
from tests.story.test_canary import Eavesdropper, corpus
from tests.story.test_there_and_home import ours
from tests.story.town import CX

FAULTS = [
    {"kind": "busy503", "match": "", "times": 0, "probability": 0.05, "retry_after": 0},
    {"kind": "cut_json", "match": "", "times": 0, "probability": 0.05},
    {"kind": "html200", "match": "", "times": 0, "probability": 0.03},
]


class Watcher(Eavesdropper):
    """Hears the register's calls too, but not what is said in their bodies."""

    def __init__(self, by) -> None:
        super().__init__(by.place)
        handle = by.app.handle

        def noted(request: Request):
            seen = [request.method, request.path, *request.query.values(), *request.query]
            seen += [value for key, value in request.headers.items() if key != "authorization"]
            self.heard.append(("call to folkeregister", " ".join(seen).encode()))
            return handle(request)

        by.app.handle = noted


def strangers(count):
    """People nobody watches."""
    rng = synthetic.seeded("moves", "kanari")
    return [Innbygger(synthetic.national_id(date(2013, 2, 1), rng), OURS) for _ in range(count)]


def traps(by):
    """Every trap, as far as there are children."""
    children = [by.people[number] for _logg, number in sorted(by.children.items())]
    when = date(2026, 11, 20)
    for trap, person in zip(
        (
            lambda p: feller.move(by.app, p, THEIRS, when),
            lambda p: feller.protect(by.app, p, "fortrolig", THEIRS),
            lambda p: feller.without_moving(by.app, p, THEIRS),
            lambda p: feller.shared(by.app, p),
            lambda p: feller.silent(by.app, p),
            lambda p: feller.strange(by.app, p),
            lambda p: feller.correct(by.app, p, THEIRS, when, Entitetsendring.ANNULLERE),
            lambda p: feller.protect(by.app, p, "strengtFortrolig"),
            lambda p: feller.hole(by.app, p),
        ),
        children,
        strict=False,
    ):
        trap(person)
    feller.unreadable(by.app)
    for person in strangers(30):
        feller.settle(by.app, person)
        feller.move(by.app, person, THEIRS, when)


def test_nothing_of_anybody_is_outside_the_store(tmp_path):
    """0 occurrences of any canary in any of the places."""
    cases = corpus(CX)
    with flytteby(tmp_path, [(ours(d), f) for _case, d, f in cases.load()]) as by:
        ear = Watcher(by)
        ear.run("moves", "read")
        traps(by)
        by.running.faults(FAULTS, seed=3)
        for _ in range(3):
            ear.run("moves", "read", "--everybody")
        by.running.faults([])
        ear.run("moves", "read", "--logs")
        shown = ear.run("moves", "list", "--by", "leder")["moves"]
        listed = [heard for heard in ear.heard if heard[0] == "stdout of moves"][-1]
        assert any(row["kommune"] for row in shown)
        for row, how in zip(shown, ("overfoer", "avslutt", "behold", "feil"), strict=False):
            ear.run("moves", "decide", row["id"], "--as", how, "--by", "leder")
        ear.run("moves", "list", "--by", "leder", "--all")
        ear.run("verify")
        for path, data in by.place.on_disk():
            ear.heard.append((path.name, data + path.name.encode()))
        numbers = [*by.people, *(person.nummer for person in strangers(30))]
        canaries = [*cases.canaries(), *numbers, CANARY_STREET, "Kanarifugl", "Fugleheim"]
        found = sorted({where for where, data in ear.heard for c in canaries if c.encode() in data})
        assert found == []
        places = [heard for heard in ear.heard if heard != listed]
        assert [where for where, data in places if CALLED.encode() in data] == []
        swept = " ".join(where for where, _ in ear.heard)
        for name in ("call to folkeregister", "ledger.db", "stdout of moves", "stderr of moves"):
            assert name in swept


def test_the_sweep_would_find_a_leak(tmp_path):
    """Planted: one stranger's number in one file of the data folder is found."""
    with flytteby(tmp_path, [(ours(d), f) for _case, d, f in list(corpus(CX).load())[:2]]) as by:
        canary = strangers(1)[0].nummer.encode()
        (by.place.folder / "data" / "leak.log").write_bytes(b"x" + canary)
        assert [path.name for path, data in by.place.on_disk() if canary in data] == ["leak.log"]
