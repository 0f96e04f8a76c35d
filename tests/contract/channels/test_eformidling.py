"""What only eFormidling can do wrong: half-made messages, locks, receipts, files it cannot read."""

import copy
import dataclasses
import io
import json
import os
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.eformidling.asic import package_in
from connectors.eformidling.dokument import TRIES, agreed_of, build, id_of, message_ids, sender_of
from connectors.eformidling.operasjoner import OPERATIONS
from connectors.eformidling.profil import Profil, read
from connectors.eformidling.sandbox.nett import PROSESS
from gateway.errors import LocalFault, Rejected, Transient, UnknownOutcome
from gateway.ports.connector import Provenance
from gateway.ports.kanal import PAKKENAVN, Transportstand
from tests.contract.channels.jsonskjema import Skjema
from tests.contract.channels.stand import NOBODY, ORGNR, A, B, by_id, stand_of
from tests.contract.conftest import CANARY

STEPS = {
    "create": r"^POST /api/messages/out$",
    "upload": r"^PUT /api/messages/out/",
    "dispatch": r"^POST /api/messages/out/",
}
NEVER = 9e12


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two integrasjonspunkt."""
    made = stand_of("eformidling")(tmp_path_factory.mktemp("eformidling"), lambda: "")
    yield made
    made.close()


@pytest.fixture
def stand(platform: Any) -> Iterator[Any]:
    """Both, with empty boxes."""
    platform.calm()
    platform.nett.switch({})
    platform.nett.set_now(datetime.now(UTC))
    platform.drain(A)
    platform.seen.clear()
    yield platform
    platform.calm()
    platform.shut()


def sent_sbd(stand: Any) -> Any:
    """The document of the last message that was made."""
    made = [r for r in stand.seen if (r.method, r.path) == ("POST", "/api/messages/out")]
    return json.loads(made[-1].body)


@pytest.fixture
def skjema(standards: Path) -> Skjema:
    """The documentation's own schemas."""
    folder = standards / "felleslosninger-docs" / "schemas"
    return Skjema(
        folder / "eformidling" / "eformidling_avtalt.schema.json",
        folder / "common" / "sbdh.schema.json",
    )


def test_the_document_follows_the_documentation(stand: Any, skjema: Skjema) -> None:
    """Held against the schemas the owner has published; and what they would not take is seen."""
    stand.open(A).send(stand.forsendelse())
    sbd = sent_sbd(stand)
    assert skjema.faults(sbd) == []
    broken = copy.deepcopy(sbd)
    del broken["standardBusinessDocumentHeader"]["receiver"]
    broken["avtalt"]["barn"] = "x"
    broken["standardBusinessDocumentHeader"]["documentIdentification"]["instanceIdentifier"] = "7"
    broken["standardBusinessDocumentHeader"]["sender"] = []
    assert len(skjema.faults(broken)) == 4
    assert skjema.faults({}) and skjema.faults([])


def test_the_products_own_sample_is_read(standards: Path) -> None:
    """A document of somebody else's kind has an id and no agreed content, in any order."""
    folder = standards / "efm-integrasjonspunkt" / "samples" / "sbd"
    for name in ("StandardBusinessDocument.json", "StandardBusinessDocument-unordered.json"):
        sbd = json.loads((folder / name).read_text())
        assert id_of(sbd) == "ff88849c-e281-4809-8555-7cd54952b916"
        assert agreed_of(sbd) == ("", "")
        assert sender_of(sbd) == "910077473"


def test_a_document_with_more_in_it_is_still_ours(stand: Any) -> None:
    """The other integrasjonspunkt may add scopes, nulls and fields; what is agreed is read."""
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    sbd = sent_sbd(stand)
    head = sbd["standardBusinessDocumentHeader"]
    head["businessScope"]["scope"] += [{"type": "SenderRef", "identifier": None}, {"type": "X"}]
    head["documentIdentification"]["creationDateAndTime"] = None
    sbd["avtalt"]["sikkerhetsnivaa"] = 4
    sbd["avtalt"]["content"]["mer"] = [1]
    assert agreed_of(sbd) == (sent.melding_id, "tilbud")
    assert sender_of(sbd) == ORGNR[A]


def test_who_agreed_is_asked_before_anything_is_sent(stand: Any) -> None:
    """What two parties put in an agreed message is a proposal; the rest is documented."""
    assumed = {o.name for o in OPERATIONS if o.provenance is Provenance.ASSUMED}
    assert assumed == {"melding.opprett"}
    kanal = stand.open(A, base_url="https://integrasjonspunkt.example", attempts=1)
    with pytest.raises(LocalFault, match="UBEKREFTET_KONTRAKT"):
        kanal.send(stand.forsendelse())


@pytest.mark.parametrize("step", sorted(STEPS))
@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "reset", "server500", "short_body"])
@pytest.mark.parametrize("size", [100, 200_000])
def test_every_half_made_message_is_made_whole(stand: Any, step: str, kind: str, size: int) -> None:
    """Lost at any of the three steps, before or after it was done: the same again is one; also
    when the refusal of the second file quotes too much to be read."""
    a, b = stand.open(A), stand.open(B)
    sent = stand.forsendelse(pakke=os.urandom(size))
    handled = {"handled": True} if kind in {"reset", "server500"} else {}
    stand.servers[A].faults([{"kind": kind, "match": STEPS[step], **handled}])
    with pytest.raises(UnknownOutcome):
        a.send(sent)
    stand.calm()
    assert a.send(sent) == sent.melding_id
    assert by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}
    assert stand.nett.data.tally() == {ORGNR[B]: 1}
    assert a.send(sent) == sent.melding_id
    assert stand.nett.data.tally() == {ORGNR[B]: 1}


@pytest.mark.parametrize("switch", ["feil", "utloept"])
def test_a_message_that_was_given_up_is_sent_anew(stand: Any, switch: str) -> None:
    """Under an id derived from its own, for the platform takes an id once; the receiver knows it
    by ours. After some tries it is a person's task."""
    a, b = stand.open(A), stand.open(B)
    sent = stand.forsendelse()
    stand.nett.switch({switch: 2})
    first = a.send(sent)
    assert a.stand(first) is Transportstand.FEILET
    second = a.send(sent)
    third = a.send(sent)
    assert [first, second, third] == message_ids(sent.melding_id)[:3]
    assert by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}
    assert a.send(sent) == third
    told = stand.fetch(a, 1)
    code = "KANAL_SERVERFEIL" if switch == "feil" else "KANAL_TIDSAVBRUDD"
    assert (told[0].svarer, told[0].feil) == (first, code)
    stand.nett.switch({switch: -1})
    hopeless = stand.forsendelse()
    assert len({a.send(hopeless) for _ in range(TRIES)}) == TRIES
    with pytest.raises(Rejected, match="KANAL_SERVERFEIL"):
        a.send(hopeless)


def test_statuses_are_words_about_transport(stand: Any) -> None:
    """On its way, delivered when the other system has taken it away, failed when nobody did."""
    a, b = stand.open(A), stand.open(B)
    transport = a.send(stand.forsendelse())
    assert a.stand(transport) is Transportstand.UNDERVEIS
    [found] = stand.fetch(b, 1)
    assert a.stand(transport) is Transportstand.UNDERVEIS
    b.kvitter(found.ref)
    assert a.stand(transport) is Transportstand.LEVERT
    late = a.send(stand.forsendelse(levetid=60))
    stand.nett.pass_seconds(61)
    assert b.hent(5) == []
    assert a.stand(late) is Transportstand.FEILET
    assert a.stand("ikke en id") is Transportstand.UKJENT


def test_a_time_that_is_out_already_is_a_persons_task(stand: Any) -> None:
    """The integrasjonspunkt refuses it at the last step, and says so in a status."""
    with pytest.raises(Rejected, match="KANAL_TIDSAVBRUDD"):
        stand.open(A).send(stand.forsendelse(levetid=-10))


def test_other_systems_statuses_are_left_alone_where_the_queue_is_shared(stand: Any) -> None:
    """`delt`: nothing is taken off the queue, and `stand` alone tells."""
    shared = stand.open(A, options={"statuskoe": "delt"})
    stand.nett.switch({"feil": 1})
    transport = shared.send(stand.forsendelse())
    assert shared.hent(5) == []
    assert stand.nett.data.queue_head(ORGNR[A]) is not None
    assert shared.stand(transport) is Transportstand.FEILET
    own = stand.open(A)
    [told] = own.hent(5)
    assert told.svarer == transport
    own.kvitter(told.ref)
    own.kvitter(told.ref)
    assert own.hent(5) == [] and stand.nett.data.queue_head(ORGNR[A]) is None


def test_messages_come_also_when_the_status_queue_does_not(stand: Any) -> None:
    """The queue of statuses is one thing, the messages another."""
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    b = stand.open(B)
    stand.servers[B].faults([{"kind": "busy503", "match": "/statuses/peek", "times": 0}])
    assert by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}
    b.kvitter(sent.melding_id)
    with pytest.raises(Transient):
        b.hent(5)


def test_an_acknowledgement_after_the_lock_ran_out(stand: Any) -> None:
    """Storing took longer than five minutes: locked again, and removed."""
    a, b = stand.open(A), stand.open(B)
    first, second = stand.forsendelse(), stand.forsendelse()
    a.send(first)
    a.send(second)
    found = stand.fetch(b, 2)
    stand.later()
    b.kvitter(found[1].ref)
    assert stand.nett.data.tally() == {ORGNR[B]: 1}
    b.kvitter(found[0].ref)
    assert stand.nett.data.tally() == {}
    assert b.hent(5) == []


def test_a_lock_that_ran_out_gives_the_same_message_again(stand: Any) -> None:
    """Believed held no longer than the option says, and then given by the platform anew."""
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    b = stand.open(B)
    [found] = stand.fetch(b, 1)
    b._held[found.ref] = (0.0, found)
    assert b.hent(5) == []
    stand.later()
    assert [one.ref for one in stand.fetch(b, 1)] == [found.ref]


def test_a_receipt_has_no_content_and_is_removed(stand: Any) -> None:
    """204 at `pop`: nothing for the protocol, and it does not lie there for ever."""
    ident = str(uuid.uuid4())
    sbd = {
        "standardBusinessDocumentHeader": {"documentIdentification": {"instanceIdentifier": ident}}
    }
    stand.nett.data.put_in(ORGNR[B], ident, sbd, PROSESS, None, NEVER)
    assert stand.open(B).hent(5) == []
    assert stand.nett.data.tally() == {}


def test_a_file_the_platform_cannot_read_is_gone_and_the_next_one_comes(stand: Any) -> None:
    """500 at `pop`, and the message is removed: passed over, not met again."""
    ident = str(uuid.uuid4())
    sbd = {
        "standardBusinessDocumentHeader": {"documentIdentification": {"instanceIdentifier": ident}}
    }
    stand.nett.data.put_in(ORGNR[B], ident, sbd, PROSESS, b"", NEVER)
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    b = stand.open(B)
    assert by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}
    b.kvitter(sent.melding_id)
    assert stand.nett.data.tally() == {}


@pytest.mark.parametrize("kind", ["busy503", "html200", "short_body", "reset", "cut_json"])
def test_content_that_does_not_come_is_never_taken_for_nothing(stand: Any, kind: str) -> None:
    """A package that was not read comes again when the lock has run out; never an empty one."""
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    b = stand.open(B)
    stand.servers[B].faults([{"kind": kind, "match": "/in/pop/", "times": 0}])
    try:
        found = list(b.hent(5))
    except Transient:
        found = []
    # Half a container has the right length and the right type: only its own seal tells.
    assert [one.pakke for one in found] in ([], [b""] if kind == "cut_json" else [])
    stand.calm()
    stand.later()
    if not found:
        assert by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}


def test_another_process_is_never_touched(stand: Any) -> None:
    """Messages of other kinds belong to other systems at the same integrasjonspunkt."""
    ident = str(uuid.uuid4())
    sbd = {
        "standardBusinessDocumentHeader": {"documentIdentification": {"instanceIdentifier": ident}}
    }
    stand.nett.data.put_in(ORGNR[B], ident, sbd, "urn:no:difi:profile:annet", b"x", NEVER)
    assert stand.open(B).hent(5) == []
    assert stand.nett.data.locked(ORGNR[B], ident, stand.nett.now()) == (False, b"x")


def test_a_refusal_of_a_document_says_nothing_of_it(stand: Any) -> None:
    """The product's message quotes everything; ours has a code and our id."""
    a = stand.open(A)
    with pytest.raises(LocalFault, match="UGYLDIG_MELDING"):
        a.send(dataclasses.replace(stand.forsendelse(), meldingstype="Tilbud til Kari"))
    other = stand.open(A, options={"orgnr": NOBODY})
    sent = stand.forsendelse()
    with pytest.raises(Rejected) as caught:
        other.send(sent)
    assert str(caught.value) == f"AVVIST ({sent.melding_id})"


def test_the_user_of_the_integrasjonspunkt_is_needed_where_it_asks(stand: Any) -> None:
    """Wrong, or none: our set-up, and nothing is sent."""
    for change in ({"client_secret": "feil"}, {"client_id": ""}):
        with pytest.raises(LocalFault, match="IKKE_INNLOGGET"):
            stand.open(A, **change).facts()


def container(*files: tuple[str, bytes]) -> bytes:
    """A zip with these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            with archive.open(zipfile.ZipInfo(name), "w") as entry:
                entry.write(data)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_only_our_file_is_taken_out_of_a_container() -> None:
    """Once, or twice the same; never another's, two that differ, or more than the cap."""
    whole = container(("mimetype", b"x"), (PAKKENAVN, b"pakke"), ("META-INF/m.xml", b"<x/>"))
    assert package_in(whole, 5) == b"pakke"
    assert package_in(whole, 4) == b""
    assert package_in(container(("x.pdf", b"pakke")), 99) == b""
    assert package_in(container((f"../{PAKKENAVN}", b"x"), (f"a/{PAKKENAVN}", b"x")), 99) == b""
    assert package_in(container((PAKKENAVN, b"pakke"), (PAKKENAVN, b"pakke")), 99) == b"pakke"
    assert package_in(container((PAKKENAVN, b"pakke"), (PAKKENAVN, b"annen")), 99) == b""
    assert package_in(container((PAKKENAVN, b"\0" * 50_000_000)), 1000) == b""
    for spoilt in (b"", b"PK", whole[:-30], whole[30:], whole.replace(b"pakke", b"pokke")):
        assert package_in(spoilt, 99) in {b"", b"pakke"}


def test_ids_are_the_same_at_every_attempt() -> None:
    """The first is the message's own; each is another and none is guessed anew."""
    own = str(uuid.uuid4())
    ids = message_ids(own)
    assert ids[0] == own and len(set(ids)) == len(ids) == TRIES
    assert message_ids(own) == ids


def test_the_deadline_is_the_senders(stand: Any) -> None:
    """`levetid` becomes the moment after which nobody needs to read it."""
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    sbd = build(stand.forsendelse(levetid=3600), str(uuid.uuid4()), Profil(orgnr=ORGNR[A]), now)
    [scope] = sbd["standardBusinessDocumentHeader"]["businessScope"]["scope"]
    [told] = scope["scopeInformation"]
    assert told["expectedResponseDateTime"] == "2026-03-01T13:00:00.000+00:00"
    assert CANARY not in json.dumps(sbd)


def test_a_wrong_option_is_named_and_not_shown() -> None:
    """The key that is wrong, never its value."""
    for options in ({"orgnr": "hemmelig"}, {"orgnr": ORGNR[A], "ukjent": "hemmelig"}, {}):
        with pytest.raises(LocalFault, match="UGYLDIG_PROFIL") as caught:
            read(options)
        assert "hemmelig" not in str(caught.value)
