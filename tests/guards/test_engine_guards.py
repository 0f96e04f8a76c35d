"""The durable engine's traps are closed: no pickle, nothing readable, stable names."""

import json

import dbos._serialization as serialization
import pytest
from cryptography.exceptions import InvalidTag

from gateway.engine import durable
from gateway.engine.durable import Engine
from gateway.ledger.keys import KeyRing

RING = KeyRing({"k1": b"1" * 32})


def test_pickle_is_refused_both_ways():
    """A row that says it is pickled would run code when read; both directions raise."""
    default = serialization.DefaultSerializer()
    with pytest.raises(TypeError):
        default.serialize({"a": 1})
    with pytest.raises(TypeError):
        default.deserialize("gASVAA==")


def test_arguments_are_sealed():
    """What is stored cannot be read without the key, and comes back with it."""
    sealed = durable.Sealed(RING)
    text = sealed.serialize({"args": ["run-1", 3, 1]})
    assert "run-1" not in text
    assert sealed.deserialize(text) == {"args": ["run-1", 3, 1]}
    with pytest.raises(InvalidTag):
        durable.Sealed(KeyRing({"k1": b"2" * 32})).deserialize(text)


def test_rotation_of_the_engines_key():
    """A new first key seals; what an old one sealed still opens."""
    old = durable.Sealed(RING).serialize([1])
    assert durable.Sealed(KeyRing({"k2": b"2" * 32} | RING.keys)).deserialize(old) == [1]


def test_an_exception_keeps_its_type_and_code_only():
    """Errors come back as text with a type; nothing else of them is stored."""
    sealed = durable.Sealed(RING)
    back = sealed.deserialize(sealed.serialize(ValueError("KODE (sted)")))
    assert str(back) == "ValueError: KODE (sted)"
    assert json.dumps(str(back))


def test_the_version_is_pinned_by_hand():
    """A version made from the source would strand every run at the next release."""
    assert durable.VERSION == "gw-1"


def test_two_municipalities_in_one_database_have_a_queue_each(tmp_path):
    """A worker takes work of its own municipality alone: never with another's settings."""

    class Client:
        def __init__(self):
            self.queued = []

        def list_workflows(self, **_kw):
            return []

        def enqueue(self, options, *_args):
            self.queued.append(options["queue_name"])

    seen = []
    for tenant in ("899100107", "899100115"):
        engine = Engine("", tmp_path, KeyRing({"k1": b"s" * 32}), tenant)
        engine._client = client = Client()
        engine.submit_lane("natt", 0)
        engine.submit_night("natt", "system")
        engine.submit_chunk("run", 1, 1)
        engine.submit_close("run", 1)
        assert len(client.queued) == 4
        assert len(set(client.queued)) == 1
        seen += set(client.queued)
        engine._database.dispose()
    assert len(set(seen)) == 2
