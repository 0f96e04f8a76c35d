"""A chain's break is told by its number, and two proofs by the first place they differ."""

from dataclasses import replace

import pytest

from gateway.overfoering.bevis import Bevis, Ledd, chain, compare
from schemas.overfoering.meldinger import GENESIS

A = Ledd(1, "tilbud", "m1", "s1", GENESIS)
B = Ledd(2, "pakke", "m2", "s2", "s1")
C = Ledd(3, "akseptbekreftelse", "m3", "s3", "s2")


@pytest.mark.parametrize(
    ("ledd", "hode", "lengde", "brudd"),
    [
        ((), GENESIS, 0, None),
        ((A, B, C), "s3", 3, None),
        ((C, A, B), "s3", 3, None),
        ((B, C), GENESIS, 0, 1),
        ((A, C), "s1", 1, 2),
        ((A, A, B), "s1", 1, 2),
        ((A, B, replace(C, forrige="s1")), "s2", 2, 3),
        ((replace(A, forrige="s9"), B), GENESIS, 0, 1),
    ],
)
def test_where_a_chain_breaks(ledd, hode, lengde, brudd):
    """The head and length of what holds, and the first number that does not."""
    found = chain(ledd)
    assert (found.hode, found.lengde, found.brudd) == (hode, lengde, brudd)


@pytest.mark.parametrize(
    ("ours", "theirs", "kode", "sted"),
    [
        ((A, B), (A, B), "", ""),
        ((A, B), (A,), "BEVIS_UNDERVEIS", "fra_avgiver.2"),
        ((), (A,), "BEVIS_UNDERVEIS", "fra_avgiver.1"),
        ((A, replace(B, sha="sx")), (A, B), "BEVIS_ULIKT", "fra_avgiver.2"),
        ((A, C), (A, B), "BEVIS_BRUTT", "fra_avgiver.2"),
        ((A, B), (B,), "BEVIS_BRUTT", "fra_avgiver.1"),
    ],
)
@pytest.mark.parametrize("side", ["fra_avgiver", "fra_mottaker"])
def test_two_sides_of_one_attempt(ours, theirs, kode, sted, side):
    """Each direction by itself, and whichever side is asked."""

    def proof(links):
        both = {"fra_avgiver": (), "fra_mottaker": ()} | {side: links}
        return Bevis("o-1", 1, "FULLFOERT", "a-1", **both)

    found = compare(proof(ours), proof(theirs))
    assert (found.kode, found.sted) == (kode, sted.replace("fra_avgiver", side))


def test_the_gravest_is_told_whichever_direction_it_is_in():
    """A break, then a difference, then what is on its way; an acceptance that one side has not
    heard of yet is on its way too."""

    def proof(sender, receiver, accepted="a-1"):
        return Bevis("o-1", 1, "FULLFOERT", accepted, sender, receiver)

    found = compare(proof((A, B), (A, C)), proof((A,), (A, B)))
    assert (found.kode, found.sted) == ("BEVIS_BRUTT", "fra_mottaker.2")
    other = replace(B, sha="sx")
    found = compare(proof((A, B), (A, other)), proof((A,), (A, B)))
    assert (found.kode, found.sted) == ("BEVIS_ULIKT", "fra_mottaker.2")
    found = compare(proof((A,), (A,)), proof((A,), (A,), ""))
    assert (found.kode, found.sted) == ("BEVIS_UNDERVEIS", "aksept")
    found = compare(proof((A, B), (A,)), proof((A,), (A,), "a-2"))
    assert (found.kode, found.sted) == ("BEVIS_ULIKT", "aksept")
