"""The sender's table (rules.md E-2). The sender is responsible in every state before AKSEPTERT.

AKSEPTERT is the one atomic switch: it is entered only on the receiver's signed acceptance, with
the consent and the address protection asked a third time in the same transaction. From the
moment a row has ended without it, every later acceptance is answered with a refusal, so the
receiver is never left believing.
"""

from gateway.overfoering.tabell import Regel, Tabell
from gateway.overfoering.tilstand import Effekt, Hendelse, Tilstand, Vakt

_T, _H, _V, _E = Tilstand, Hendelse, Vakt, Effekt

_LUKK = (_E.OEDELEGG_NYTTELAST, _E.VARSLE_LEDER)
_TREKK = (Regel(_T.TRUKKET, (_E.SEND_TILBAKETREKKING, *_LUKK), kode="TRUKKET"),)
_SAMTYKKE = (Regel(_T.TRUKKET, (_E.SEND_TILBAKETREKKING, *_LUKK), kode="SAMTYKKE_TRUKKET"),)
# The withdrawal a receiver sees is the same word whatever the reason: the marking is secret (C-4).
_SPERR = (Regel(_T.SPERRET, (_E.SEND_TILBAKETREKKING, *_LUKK), kode="MANUELL"),)
_FRIST = (Regel(_T.UTLOEPT, (_E.SEND_UTLOEPT, *_LUKK), kode="UTLOEPT"),)
_FEIL = (Regel(_T.FEILET, (_E.SEND_TILBAKETREKKING, *_LUKK), kode="FEILET"),)

_AKSEPT = (
    Regel(
        _T.AKSEPTERT,
        (_E.SEND_AKSEPTBEKREFTELSE,),
        krever=(_V.VERN, _V.SAMTYKKE, _V.UENDRET),
    ),
    # Protection comes first: what is held is a person's, and its reason is not told.
    Regel(_T.SPERRET, (_E.SEND_TILBAKETREKKING, *_LUKK), mangler=(_V.VERN,), kode="MANUELL"),
    Regel(
        _T.TRUKKET,
        (_E.SEND_TILBAKETREKKING, *_LUKK),
        krever=(_V.VERN,),
        mangler=(_V.SAMTYKKE,),
        kode="SAMTYKKE_TRUKKET",
    ),
    # Somebody wrote in the log after it was sent: the next attempt carries that too.
    Regel(
        _T.FEILET,
        (_E.SEND_TILBAKETREKKING, *_LUKK),
        krever=(_V.VERN, _V.SAMTYKKE),
        mangler=(_V.UENDRET,),
        kode="INNHOLD_ENDRET",
    ),
)

_KLARGJOER = (
    Regel(
        _T.KLAR,
        krever=(_V.FULLMAKT, _V.GRUNNLAG, _V.MOTTAKER, _V.VERN, _V.SAMTYKKE, _V.ARKIVERT),
    ),
    Regel(_T.SPERRET, _LUKK, krever=(_V.GRUNNLAG,), mangler=(_V.VERN,), kode="MANUELL"),
    Regel(
        _T.SAMTYKKE_AVVENTES,
        krever=(_V.FULLMAKT, _V.GRUNNLAG, _V.MOTTAKER, _V.VERN),
        mangler=(_V.SAMTYKKE,),
        kode="SAMTYKKE_MANGLER",
    ),
)

_SEND = (
    Regel(
        _T.SENDT,
        (_E.LAG_NYTTELAST, _E.SEND_TILBUD, _E.SEND_PAKKE),
        # What was ready may have been written in since, or closed.
        krever=(_V.FULLMAKT, _V.GRUNNLAG, _V.MOTTAKER, _V.VERN, _V.SAMTYKKE, _V.ARKIVERT),
    ),
    Regel(_T.SPERRET, _LUKK, mangler=(_V.VERN,), kode="MANUELL"),
    Regel(
        _T.SAMTYKKE_AVVENTES,
        krever=(_V.VERN,),
        mangler=(_V.SAMTYKKE,),
        kode="SAMTYKKE_MANGLER",
    ),
)

_FOER = (_T.UTKAST, _T.SAMTYKKE_AVVENTES, _T.KLAR)
_UNDERVEIS = (_T.SENDT, _T.MOTTATT, _T.TILDELT)
_STILLE_TREKK = (Regel(_T.TRUKKET, (_E.OEDELEGG_NYTTELAST,), kode="TRUKKET"),)
_STILLE_SAMTYKKE = (Regel(_T.TRUKKET, _LUKK, kode="SAMTYKKE_TRUKKET"),)
_STILLE_SPERR = (Regel(_T.SPERRET, _LUKK, kode="MANUELL"),)

AVGIVER: Tabell = {
    **{(s, _H.KLARGJOER): _KLARGJOER for s in (_T.UTKAST, _T.SAMTYKKE_AVVENTES)},
    (_T.KLAR, _H.SEND): _SEND,
    # Nothing has left: nobody outside needs to be told.
    **{(s, _H.TREKK): _STILLE_TREKK for s in _FOER},
    **{(s, _H.SAMTYKKE_TRUKKET): _STILLE_SAMTYKKE for s in _FOER},
    **{(s, _H.SPERR): _STILLE_SPERR for s in _FOER},
    # On its way.
    **{(s, _H.TREKK): _TREKK for s in _UNDERVEIS},
    **{(s, _H.SAMTYKKE_TRUKKET): _SAMTYKKE for s in _UNDERVEIS},
    **{(s, _H.SPERR): _SPERR for s in _UNDERVEIS},
    **{(s, _H.FRIST): _FRIST for s in _UNDERVEIS},
    **{(s, _H.FEIL): _FEIL for s in _UNDERVEIS},
    **{(s, _H.M_SKADET): _FEIL for s in _UNDERVEIS},
    (_T.SENDT, _H.M_KVITTERT): (Regel(_T.MOTTATT),),
    **{(s, _H.M_TILDELING): (Regel(_T.TILDELT),) for s in (_T.SENDT, _T.MOTTATT)},
    **{(s, _H.M_AKSEPT): _AKSEPT for s in _UNDERVEIS},
    **{(s, _H.M_AVVISNING): (Regel(_T.AVVIST, _LUKK, kode="AVVIST"),) for s in _UNDERVEIS},
    **{(s, _H.M_UTLOEPT): (Regel(_T.UTLOEPT, _LUKK, kode="UTLOEPT"),) for s in _UNDERVEIS},
    # A signed receipt on paper is the acceptance of the manual channel (R-134, B-25).
    (_T.SENDT, _H.MANUELT_MOTTATT): (
        Regel(
            _T.FULLFOERT,
            (_E.STENG_LOGG, _E.OEDELEGG_NYTTELAST, _E.VARSLE_FAMILIE),
            krever=(_V.FULLMAKT, _V.VERN, _V.SAMTYKKE),
        ),
    ),
    # After the switch: say it again as often as it is asked; nothing takes it back.
    (_T.AKSEPTERT, _H.M_AKSEPT): (Regel(_T.AKSEPTERT, (_E.SEND_AKSEPTBEKREFTELSE,)),),
    **{
        (s, _H.M_FULLFOERT): (
            Regel(_T.FULLFOERT, (_E.STENG_LOGG, _E.OEDELEGG_NYTTELAST, _E.VARSLE_FAMILIE)),
        )
        for s in (_T.AKSEPTERT, _T.IKKE_FORSTAATT)
    },
    # They have taken over, and cannot read it: our log stays open and the key stays here until
    # they can, or a person there has it from the PDF or from one of ours.
    (_T.AKSEPTERT, _H.M_IKKE_FORSTAATT): (
        Regel(_T.IKKE_FORSTAATT, (_E.VARSLE_LEDER,), kode="PAKKE_IKKE_FORSTAATT"),
    ),
    (_T.IKKE_FORSTAATT, _H.M_AKSEPT): (
        Regel(_T.IKKE_FORSTAATT, (_E.SEND_AKSEPTBEKREFTELSE,), kode="PAKKE_IKKE_FORSTAATT"),
    ),
    # Ended without the switch: an acceptance that comes late is refused, every time.
    **{
        (s, _H.M_AKSEPT): (Regel(s, (_E.SEND_TILBAKETREKKING,)),)
        for s in (_T.AVVIST, _T.TRUKKET, _T.FEILET, _T.SPERRET)
    },
    (_T.UTLOEPT, _H.M_AKSEPT): (Regel(_T.UTLOEPT, (_E.SEND_UTLOEPT,)),),
    (_T.SPERRET, _H.TREKK): (Regel(_T.TRUKKET, kode="TRUKKET"),),
    **{
        (s, _H.SPERR): (Regel(_T.SPERRET, kode="MANUELL"),)
        for s in (_T.AVVIST, _T.UTLOEPT, _T.FEILET)
    },
}
"""Every transition of the sender. A pair that is not here changes nothing."""
