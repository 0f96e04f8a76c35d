"""The receiver's table (rules.md E-2). The receiver is responsible from the sender's switch.

Before that it holds the offer (reason, unit, number of concerns) and a sealed payload whose key
the sender keeps. AKSEPT_AVVENTES is a promise: a person has accepted, and only the sender's
answer ends the wait. No clock and no register takes the row out of it (I3), for the sender may
have switched already.
"""

from gateway.overfoering.tabell import Regel, Tabell
from gateway.overfoering.tilstand import Effekt, Hendelse, Tilstand, Vakt

_T, _H, _V, _E = Tilstand, Hendelse, Vakt, Effekt

_LUKK = (_E.OEDELEGG_NYTTELAST, _E.VARSLE_LEDER)
_AAPEN = (_T.MOTTATT, _T.TILDELT)
_TIDLIG = (_T.TILBUDT, _T.PAKKET)
_TRUKKET = (Regel(_T.TRUKKET, _LUKK, kode="TRUKKET"),)
_M_UTLOEPT = (Regel(_T.UTLOEPT, _LUKK, kode="UTLOEPT"),)
_KODE = "PAKKE_IKKE_FORSTAATT"
_UFORSTAATT = (_E.SEND_IKKE_FORSTAATT, _E.VARSLE_LEDER)
_ALT_HER = (
    Regel(_T.MOTTATT, (_E.VARSLE_LEDER,), krever=(_V.HEL,)),
    Regel(_T.FEILET, (_E.OEDELEGG_NYTTELAST,), mangler=(_V.HEL,), kode="SKADET"),
)

MOTTAKER: Tabell = {
    (_T.INGEN, _H.M_TILBUD): (Regel(_T.TILBUDT),),
    (_T.INGEN, _H.M_PAKKE): (Regel(_T.PAKKET),),
    # The end may come before the beginning: remember it, so that a late offer opens nothing.
    (_T.INGEN, _H.M_TILBAKETREKKING): (Regel(_T.TRUKKET, kode="TRUKKET"),),
    (_T.INGEN, _H.M_UTLOEPT): (Regel(_T.UTLOEPT, kode="UTLOEPT"),),
    (_T.TILBUDT, _H.M_PAKKE): _ALT_HER,
    (_T.PAKKET, _H.M_TILBUD): _ALT_HER,
    **{(s, _H.M_TILBAKETREKKING): _TRUKKET for s in (*_TIDLIG, *_AAPEN, _T.AKSEPT_AVVENTES)},
    **{(s, _H.M_UTLOEPT): _M_UTLOEPT for s in (*_TIDLIG, *_AAPEN, _T.AKSEPT_AVVENTES)},
    **{
        (s, _H.FRIST): (Regel(_T.UTLOEPT, (_E.SEND_UTLOEPT, *_LUKK), kode="UTLOEPT"),)
        for s in (*_TIDLIG, *_AAPEN)
    },
    (_T.AKSEPT_AVVENTES, _H.FRIST): (
        Regel(_T.AKSEPT_AVVENTES, (_E.SEND_AKSEPT, _E.VARSLE_LEDER), kode="VENTER_BEKREFTELSE"),
    ),
    # To the sender it is a rejection like any other: the marking is secret (C-4).
    **{
        (s, _H.SPERR): (Regel(_T.SPERRET, (_E.SEND_AVVISNING, *_LUKK), kode="MANUELL"),)
        for s in (*_TIDLIG, *_AAPEN)
    },
    **{
        (s, _H.TILDEL): (
            Regel(_T.TILDELT, (_E.SEND_TILDELING,), krever=(_V.FULLMAKT, _V.MOTTAKER)),
        )
        for s in _AAPEN
    },
    **{
        (s, _H.AKSEPTER): (Regel(_T.AKSEPT_AVVENTES, (_E.SEND_AKSEPT,), krever=(_V.PERSON,)),)
        for s in _AAPEN
    },
    **{
        (s, _H.AVVIS): (
            Regel(_T.AVVIST, (_E.SEND_AVVISNING, *_LUKK), krever=(_V.FULLMAKT,), kode="AVVIST"),
        )
        for s in _AAPEN
    },
    (_T.AKSEPT_AVVENTES, _H.M_AKSEPTBEKREFTELSE): (
        Regel(_T.AKSEPTERT, (_E.LAAS_OPP, _E.IMPORTER), krever=(_V.NOEKKEL, _V.FORSTAATT)),
        # The sender has switched, so it is ours; it is told that we cannot read what it sent, and
        # keeps its log open until we can, or a person has it from the PDF.
        Regel(
            _T.IKKE_FORSTAATT,
            (_E.LAAS_OPP, *_UFORSTAATT),
            krever=(_V.NOEKKEL,),
            mangler=(_V.FORSTAATT,),
            kode=_KODE,
        ),
        # The promise stands and is said again, and every answer to it brings the key.
        Regel(
            _T.AKSEPT_AVVENTES,
            (_E.VARSLE_LEDER,),
            mangler=(_V.NOEKKEL,),
            kode="NOEKKEL_AAPNER_IKKE",
        ),
    ),
    (_T.AKSEPTERT, _H.IMPORTERT): (
        Regel(
            _T.FULLFOERT,
            (_E.SEND_FULLFOERT, _E.OEDELEGG_NYTTELAST, _E.VARSLE_FAMILIE),
            krever=(_V.RAPPORT,),
        ),
    ),
    (_T.AKSEPTERT, _H.UFORSTAATT): (Regel(_T.IKKE_FORSTAATT, _UFORSTAATT, kode=_KODE),),
    (_T.IKKE_FORSTAATT, _H.FORSTAATT): (Regel(_T.AKSEPTERT, (_E.IMPORTER,)),),
    (_T.IKKE_FORSTAATT, _H.M_AKSEPTBEKREFTELSE): (
        Regel(_T.IKKE_FORSTAATT, (_E.SEND_IKKE_FORSTAATT,), kode=_KODE),
    ),
    # What a person has read, a person puts in the system, and tells the family.
    (_T.IKKE_FORSTAATT, _H.PAPIR): (
        Regel(
            _T.FULLFOERT,
            (_E.SEND_FULLFOERT, _E.OEDELEGG_NYTTELAST, _E.VARSLE_LEDER),
            krever=(_V.FULLMAKT,),
            kode="TATT_PAA_PAPIR",
        ),
    ),
    (_T.IKKE_FORSTAATT, _H.TILDEL): (
        Regel(_T.IKKE_FORSTAATT, krever=(_V.FULLMAKT, _V.MOTTAKER), kode=_KODE),
    ),
    # Another holder may be named while the log is being set up (habilitet, illness).
    (_T.AKSEPTERT, _H.TILDEL): (
        Regel(_T.AKSEPTERT, (_E.IMPORTER,), krever=(_V.FULLMAKT, _V.MOTTAKER)),
    ),
    (_T.FULLFOERT, _H.M_AKSEPTBEKREFTELSE): (Regel(_T.FULLFOERT, (_E.SEND_FULLFOERT,)),),
    # Ended here: an offer that still comes is answered with how it ended.
    **{
        (s, h): (Regel(s, (_E.SEND_AVVISNING,)),)
        for s in (_T.AVVIST, _T.SPERRET)
        for h in (_H.M_TILBUD, _H.M_PAKKE)
    },
    **{
        (_T.UTLOEPT, h): (Regel(_T.UTLOEPT, (_E.SEND_UTLOEPT,)),) for h in (_H.M_TILBUD, _H.M_PAKKE)
    },
}
"""Every transition of the receiver. A pair that is not here changes nothing."""
