"""The words of a hand-over: the two sides, their states, what happens, and what follows.

Two state machines, one at each side, joined by messages that may be lost, doubled, delayed and
reordered (rules.md E-2). One row of a machine is one attempt; a new attempt is a new row. This
module holds words only; `avgiver.py` and `mottaker.py` hold the tables.
"""

from enum import StrEnum


class Side(StrEnum):
    """Who holds the row: the sender of the log or its receiver."""

    AVGIVER = "avgiver"
    MOTTAKER = "mottaker"


class Tilstand(StrEnum):
    """States of E-2. The receiver has four of its own: INGEN, TILBUDT, PAKKET, AKSEPT_AVVENTES.

    IKKE_FORSTAATT: the responsibility has moved, and the receiver's gateway cannot read the log in
    the package that it opened. The sender keeps the key, and its log open, until it is read.
    """

    UTKAST = "UTKAST"
    SAMTYKKE_AVVENTES = "SAMTYKKE_AVVENTES"
    KLAR = "KLAR"
    SENDT = "SENDT"
    INGEN = "INGEN"
    TILBUDT = "TILBUDT"
    PAKKET = "PAKKET"
    MOTTATT = "MOTTATT"
    TILDELT = "TILDELT"
    AKSEPT_AVVENTES = "AKSEPT_AVVENTES"
    AKSEPTERT = "AKSEPTERT"
    IKKE_FORSTAATT = "IKKE_FORSTAATT"
    FULLFOERT = "FULLFOERT"
    AVVIST = "AVVIST"
    UTLOEPT = "UTLOEPT"
    TRUKKET = "TRUKKET"
    FEILET = "FEILET"
    SPERRET = "SPERRET"


ENDT = frozenset(
    {
        Tilstand.FULLFOERT,
        Tilstand.AVVIST,
        Tilstand.UTLOEPT,
        Tilstand.TRUKKET,
        Tilstand.FEILET,
        Tilstand.SPERRET,
    }
)
"""The attempt is over. SPERRET waits for a person, but nothing of this attempt goes on."""

OVERTATT = frozenset({Tilstand.AKSEPTERT, Tilstand.IKKE_FORSTAATT, Tilstand.FULLFOERT})
"""The switch has been made (at the sender) or is known to have been made (at the receiver)."""

AVBRUTT = ENDT - {Tilstand.FULLFOERT}
"""Ended without the responsibility having moved: the payload is destroyed, the sender keeps it."""


class Hendelse(StrEnum):
    """What can happen to a row. `M_` is a message from the other side; the rest is people, the
    clock and the register."""

    KLARGJOER = "klargjoer"
    SEND = "send"
    TREKK = "trekk"
    SAMTYKKE_TRUKKET = "samtykkeTrukket"
    SPERR = "sperr"
    FRIST = "frist"
    FEIL = "feil"
    TILDEL = "tildel"
    AKSEPTER = "aksepter"
    AVVIS = "avvis"
    IMPORTERT = "importert"
    UFORSTAATT = "uforstaatt"
    """A package that was taken for readable is not: from before it was asked, or by an older
    version of the gateway than the one that took it."""
    FORSTAATT = "forstaatt"
    """The gateway was renewed, and reads the package now."""
    PAPIR = "papir"
    """A person has read the log in the PDF beside it, or got it on paper, and says so."""
    MANUELT_MOTTATT = "manueltMottatt"

    M_KVITTERT = "m_kvittert"
    M_TILDELING = "m_tildeling"
    M_AKSEPT = "m_aksept"
    M_AVVISNING = "m_avvisning"
    M_FULLFOERT = "m_fullfoert"
    M_IKKE_FORSTAATT = "m_ikkeForstaatt"
    M_SKADET = "m_skadet"
    M_TILBUD = "m_tilbud"
    M_PAKKE = "m_pakke"
    M_AKSEPTBEKREFTELSE = "m_akseptbekreftelse"
    M_TILBAKETREKKING = "m_tilbaketrekking"
    M_UTLOEPT = "m_utloept"


class Vakt(StrEnum):
    """Questions a transition may ask. Answered by `vakter.py` from facts, at the moment of commit.

    A guard that cannot be answered is answered no.
    """

    GRUNNLAG = "grunnlag"
    """Target, reason, receiver and selection are chosen; the initiator may (R-017, R-130..132)."""
    SAMTYKKE = "samtykke"
    """Valid, archived consent for this type, receiver and selection (R-119, I2)."""
    VERN = "vern"
    """Nobody in the family is protected, and the register has said so now (C-4)."""
    MOTTAKER = "mottaker"
    """The receiver is known and takes part."""
    ARKIVERT = "arkivert"
    """The snapshot of this very version is verifiably archived (B-06, R-153)."""
    UENDRET = "uendret"
    """What was sent is still what stands: nobody takes over an older log than the one there is."""
    HEL = "hel"
    """What came is what the offer promised, byte for byte."""
    NOEKKEL = "noekkel"
    """The key the sender gives at the switch opens what came; else it is asked for again."""
    FORSTAATT = "forstaatt"
    """What the key opens holds, and this gateway can read the log in it."""
    PERSON = "person"
    """A registered relay holder, strongly signed in, and not too near the family (R-036)."""
    RAPPORT = "rapport"
    """The log stands in the receiver's system and was read back whole."""
    FULLMAKT = "fullmakt"
    """Who decides may: the holder, or the leader of the unit (R-012, R-017)."""


class Effekt(StrEnum):
    """What follows a transition, in the same transaction or queued by it."""

    SEND_TILBUD = "send:tilbud"
    SEND_PAKKE = "send:pakke"
    SEND_TILDELING = "send:tildeling"
    SEND_AKSEPT = "send:aksept"
    SEND_AKSEPTBEKREFTELSE = "send:akseptbekreftelse"
    SEND_AVVISNING = "send:avvisning"
    SEND_TILBAKETREKKING = "send:tilbaketrekking"
    SEND_UTLOEPT = "send:utloept"
    SEND_FULLFOERT = "send:fullfoert"
    SEND_IKKE_FORSTAATT = "send:ikkeForstaatt"
    LAG_NYTTELAST = "lagNyttelast"
    OEDELEGG_NYTTELAST = "oedeleggNyttelast"
    LAAS_OPP = "laasOpp"
    IMPORTER = "importer"
    STENG_LOGG = "stengLogg"
    VARSLE_LEDER = "varsleLeder"
    VARSLE_FAMILIE = "varsleFamilie"
