"""C-5: the population register's client against its sandbox, over HTTP."""

import os
import subprocess
import sys
import urllib.request
from datetime import date

import httpx
import pytest

from connectors.folkeregister.klient import Registerklient
from connectors.folkeregister.operasjoner import OPERATIONS
from connectors.folkeregister.register import open_register
from connectors.folkeregister.sandbox import feller
from connectors.folkeregister.sandbox.app import open_sandbox
from connectors.folkeregister.sandbox.personer import Innbygger
from connectors.folkeregister.sandbox.sample import settings
from connectors.sandbox import synthetic
from connectors.sandbox.server import start
from gateway.errors import Conflict, LocalFault, RemoteFault, Transient
from gateway.ports.connector import Provenance
from gateway.ports.folkeregister import Bosted, Endring, Gradering, Hendelseslag
from schemas.folkeregister.hendelse import Entitetsendring

RNG = synthetic.seeded("folkeregister", "kontrakt")
NUMBERS = [synthetic.national_id(date(2015, 3, 2), RNG) for _ in range(6)]
MOVED = date(2026, 11, 1)


class Stand:
    """The sandbox, running, and a client."""

    def __init__(self, folder):
        self.folder = folder
        self.app = open_sandbox(folder)
        self.running = start(self.app)
        self._open = []
        self.client = self.connect()

    def connect(self, **changes):
        """A client, closed with the stand."""
        values = {"timeout": 1.0, "deadline": 3.0, "attempts": 3, "retry_budget": 20.0} | changes
        made = open_register(settings(self.running.url, self.folder, **values))
        self._open.append(made)
        return made

    def close(self):
        """Stop everything."""
        for one in self._open:
            one.close()
        self.running.stop()
        self.app.close()


@pytest.fixture
def stand(tmp_path):
    """One stand."""
    made = Stand(tmp_path)
    yield made
    made.close()


def settled(stand, count=6, **changes):
    """People in one municipality."""
    return [
        feller.settle(stand.app, Innbygger(number, "9901", **changes)) for number in NUMBERS[:count]
    ]


def test_every_operation_names_its_source():
    """All of it is documented by the owner."""
    assert {op.provenance for op in OPERATIONS} == {Provenance.DOCUMENTED}
    assert all("Skatteetaten" in op.source or "digdir" in op.source for op in OPERATIONS)


def test_the_feed_is_read_by_our_own_pointer_in_pages_of_a_thousand(stand):
    """C-5: pages are fixed at 1000; what follows is asked for by number."""
    people = settled(stand, 1)
    stand.app.events([(people[0].nummer, "endringINavn", ())] * 1003)
    first = stand.client.feed(1, "")
    assert [one.seq for one in first.hendelser] == list(range(1, 1001))
    rest = stand.client.feed(1001, "")
    assert [one.seq for one in rest.hendelser] == [1001, 1002, 1003]
    assert stand.client.newest() == 1003


@pytest.mark.parametrize("old", [False, True])
def test_both_spellings_of_the_type_are_read(stand, old):
    """C-5: the spelling trap."""
    (person,) = settled(stand, 1)
    feller.move(stand.app, person, "9902", MOVED)
    stand.app.switch({"gammel_stavemaate": old})
    (event,) = stand.client.feed(1, "").hendelser
    assert (event.slag, event.nummer) == (Hendelseslag.BOSTED, person.nummer)


def test_nothing_new_costs_a_304(stand):
    """C-5: ETag and If-None-Match; with something new the page comes."""
    (person,) = settled(stand, 1)
    page = stand.client.feed(1, "")
    assert page.hendelser == () and page.etag and not page.unchanged
    again = stand.client.feed(1, page.etag)
    assert again.unchanged and again.etag == page.etag
    feller.silent(stand.app, person)
    assert not stand.client.feed(1, page.etag).unchanged
    assert stand.running.journal()["uendret"] == 1


def test_a_pointer_that_is_too_old_says_so(stand):
    """C-5: 406 is not a broken register, it is our pointer."""
    stand.app.switch({"eldste": 100})
    with pytest.raises(Conflict) as caught:
        stand.client.feed(7, "")
    assert caught.value.code == "PEKER_FORELDET"
    assert stand.running.journal()["feed"] == 0


def test_retry_after_is_obeyed_in_the_registers_own_unit(stand):
    """C-5: 1500 is a second and a half, not twenty-five minutes; 7 is taken as seconds, for waiting
    too long is polite. The call then succeeds."""
    slept = []
    client = Registerklient(settings(stand.running.url, stand.folder), sleep=slept.append)
    stand.app.switch({"vent_ms": 1500})
    assert client.feed(1, "").hendelser == ()
    stand.app.switch({"vent_ms": 7})
    assert client.newest() == 0
    client.close()
    short, long = slept
    assert 1.5 <= short < 4
    assert 7 <= long < 10


def test_a_register_that_stays_busy_is_transient(stand):
    """The caller comes back in the next round; nothing is lost."""
    stand.running.faults([{"kind": "busy429", "match": "", "times": 0, "retry_after": 0}])
    with pytest.raises(Transient):
        stand.connect(attempts=2).newest()


def test_a_look_up_asks_for_two_parts_and_carries_numbers_in_the_body_alone(stand):
    """C-4, C-5: minimised, and no number in any address or header."""
    people = settled(stand)
    feller.settle(stand.app, people[1].moved("9902", MOVED))
    found = stand.client.persons(NUMBERS, bosted=True)
    assert found[NUMBERS[0]].bosted == Bosted("9901", date(2020, 8, 1))
    assert found[NUMBERS[1]].bosted == Bosted("9902", MOVED)
    assert {one.gradering for one in found.values()} == {Gradering.INGEN}
    family = stand.client.persons(NUMBERS[:2], bosted=False)
    assert [one.bosted for one in family.values()] == [None, None]
    parts = [parts for _, parts in stand.app.asked()]
    assert parts == [frozenset({"bostedsadresse", "adressebeskyttelse"}),
                     frozenset({"adressebeskyttelse"})]  # fmt: skip
    assert stand.running.journal()["numre_i_adresser"] == 0


def test_the_sandbox_refuses_any_other_part(stand):
    """A client that asks for names, parents or a history would be seen here."""
    settled(stand, 1)
    token = stand.client._session._auth.token()
    for part in ("navn", "relasjon-utvidet", "historikk", "person-basis"):
        reply = httpx.post(
            f"{settings(stand.running.url, stand.folder).base_url}/v1/personer/bulkoppslag/"
            f"?part=bostedsadresse&part={part}",
            json={"foedselsEllerDNummer": NUMBERS[:1]},
            headers={"authorization": f"Bearer {token}"},
        )
        assert reply.status_code == 400
        assert reply.json()["kode"] == "FREG-400"


@pytest.mark.parametrize(
    "changes",
    [
        {"beskyttelse": "fortrolig"},
        {"beskyttelse": "strengtFortrolig", "uten_bosted": True},
        {"gradering": "klientadresse"},
        {"gradering": "enHeltNyGradering"},
        {"beskyttelse": "noeNytt"},
    ],
)
def test_any_grade_but_open_is_a_grade(stand, changes):
    """C-4: a value we do not know is the same as knowing."""
    settled(stand, 1, **changes)
    stand_ = stand.client.persons(NUMBERS[:1], bosted=True)[NUMBERS[0]]
    assert stand_.gradering is Gradering.GRADERT


def test_capitals_are_not_a_grade(stand):
    """The register's own examples write UGRADERT."""
    settled(stand, 1, gradering="UGRADERT")
    assert stand.client.persons(NUMBERS[:1], bosted=True)[NUMBERS[0]].gradering is Gradering.INGEN


def test_where_a_person_lives_is_read_from_each_kind_of_address(stand):
    """C-5: a street, a cadastre number, an unknown place with or without a municipality."""
    kinds = ({}, {"matrikkel": True}, {"ukjent": True}, {"uten_bosted": True})
    for number, kind in zip(NUMBERS, kinds, strict=False):
        feller.settle(stand.app, Innbygger(number, "9904", None, **kind))
    feller.settle(stand.app, Innbygger(NUMBERS[4], "", None, ukjent=True))
    found = stand.client.persons(NUMBERS[:5], bosted=True)
    homes = [found[number].bosted for number in NUMBERS[:5]]
    assert homes == [Bosted("9904"), Bosted("9904"), Bosted("9904"), None, Bosted("")]


def test_somebody_the_register_does_not_know_stops_nobody(stand):
    """The others are answered; an unknown number is asked for twice and then left out."""
    settled(stand, 2)
    found = stand.client.persons(NUMBERS[:3], bosted=True)
    assert set(found) == set(NUMBERS[:2])
    assert [len(asked) for asked, _ in stand.app.asked()] == [3, 1]


def test_a_short_answer_is_not_a_person_gone(stand):
    """Fault 7 (peers 5.2): those that were left out are asked for by themselves."""
    settled(stand)
    stand.app.switch({"kort": 4})
    assert set(stand.client.persons(NUMBERS, bosted=True)) == set(NUMBERS)


def test_a_number_that_was_changed_is_found_by_both(stand):
    """D-number to fødselsnummer: the answer names every number in use."""
    feller.settle(stand.app, Innbygger(NUMBERS[0], "9901", tidligere=(NUMBERS[1],)))
    found = stand.client.persons(NUMBERS[:1], bosted=True)
    assert found[NUMBERS[0]].numre == (NUMBERS[0],)
    stand.app.lager.put_person(
        NUMBERS[1], Innbygger(NUMBERS[0], "9901", tidligere=(NUMBERS[1],)).body()
    )
    found = stand.client.persons([NUMBERS[1]], bosted=True)
    assert set(found[NUMBERS[1]].numre) == {NUMBERS[0], NUMBERS[1]}


def test_an_answer_about_somebody_else_is_refused(stand):
    """Fault 8 (peers 5.2): valid JSON, another child."""
    settled(stand, 2)
    other = stand.app.lager.person(NUMBERS[1])
    stand.app.lager.put_person(NUMBERS[0], other)
    assert stand.client.persons(NUMBERS[:1], bosted=True) == {}


@pytest.mark.parametrize("endring", list(Entitetsendring))
def test_a_document_says_what_was_done_to_the_residence(stand, endring):
    """C-5: annullere and korrigere withdraw; a correction of history is none of ours."""
    (person,) = settled(stand, 1)
    feller.correct(stand.app, person, "9901", MOVED, endring)
    (event,) = stand.client.feed(1, "").hendelser
    told = {"registrereNy": {Endring.NY}, "korrigere": {Endring.KORRIGERT},
            "annullere": {Endring.ANNULLERT}, "korrigereHistorisk": set()}  # fmt: skip
    assert stand.client.changes(event.dokument, person.nummer) == told[endring.value]
    assert stand.client.changes(event.dokument, NUMBERS[5]) == {Endring.UKJENT}


def test_strange_events_are_unknown_and_never_harmless(stand):
    """An unknown type, an unknown change, an entry that cannot be read."""
    (person,) = settled(stand, 1)
    feller.strange(stand.app, person)
    feller.unreadable(stand.app)
    new, changed, broken = stand.client.feed(1, "").hendelser
    assert new.slag is Hendelseslag.UKJENT
    assert stand.client.changes(changed.dokument, person.nummer) == {Endring.UKJENT}
    assert (broken.nummer, broken.slag) == ("", Hendelseslag.UKJENT)


def test_a_document_that_is_gone_is_a_conflict(stand):
    """The person can still be looked up."""
    with pytest.raises(Conflict):
        stand.client.changes("0" * 32, NUMBERS[0])


def test_the_right_of_another_key_is_refused(stand, tmp_path):
    """A grant signed with a key the register does not know gives no token."""
    from connectors.folkeregister.sandbox.noekkelring import client_key

    key, certificate = client_key(tmp_path / "another")
    options = {"noekkel": str(key), "sertifikat": str(certificate)}
    with pytest.raises(LocalFault) as caught:
        stand.connect(options=options).newest()
    assert caught.value.code == "IKKE_INNLOGGET"
    with pytest.raises(LocalFault) as caught:
        stand.connect(scope="ks:fiks").newest()
    assert caught.value.code == "IKKE_INNLOGGET"


@pytest.mark.parametrize("wrong", [{}, {"noekkel": "x"}, {"noekkel": "x", "passord": "y"}])
def test_options_that_do_not_hold_are_named(stand, wrong):
    """Before anything is called, and without the value."""
    with pytest.raises(LocalFault) as caught:
        stand.connect(options=wrong)
    assert caught.value.code == "UGYLDIG_OPPSETT"
    assert "y" not in caught.value.place.split()


@pytest.mark.parametrize("kind", ["cut_json", "html200", "short_body", "wrong_encoding"])
def test_answers_that_lie_end_as_a_remote_fault(stand, kind):
    """Never as an empty page, and no number is in the error."""
    settled(stand, 1)
    stand.client.newest()
    stand.running.faults([{"kind": kind, "match": "bulkoppslag", "times": 0}])
    with pytest.raises((RemoteFault, Transient)) as caught:
        stand.connect(attempts=2).persons(NUMBERS[:1], bosted=True)
    chain = f"{caught.value!r} {caught.value} {caught.value.__context__!r}"
    assert NUMBERS[0] not in chain


def test_no_number_is_shown_by_a_value_that_crosses():
    """`repr` ends up in logs."""
    from gateway.ports.folkeregister import Hendelse, Personstand

    event = Hendelse(1, Hendelseslag.BOSTED, NUMBERS[0], "a")
    person = Personstand((NUMBERS[0],), Gradering.INGEN, Bosted("9902", MOVED))
    assert NUMBERS[0] not in repr(event) + repr(person)
    assert "9902" not in repr(person)


def test_the_sandbox_starts_alone(tmp_path):
    """`python -m connectors.folkeregister.sandbox`, with every trap played."""
    words = ["-m", "connectors.folkeregister.sandbox", "--port", "0", "--data", str(tmp_path)]
    process = subprocess.Popen(
        [sys.executable, *words, "--traps", "9902"], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        url = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"{url}/_sandbox/") as reply:
            assert b"folkeregister" in reply.read()
        client = open_register(settings(url, tmp_path))
        slag = [one.slag for one in client.feed(1, "").hendelser]
        client.close()
        assert len(set(slag)) >= 5
    finally:
        process.terminate()
        process.communicate(timeout=10)
