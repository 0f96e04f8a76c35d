"""What each message says, made from the row as it stands after the step that sends it."""

import base64
import json

from pydantic import ValidationError

from gateway.effects.transferring.pakking import Nyttelast
from gateway.effects.transferring.post import Utkast
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Lager
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.overfoering.grunnlag import Grunnlag
from schemas.overfoering import meldinger as m
from schemas.overfoering.hode import Verdi
from schemas.overfoering.koder import (
    VERSJON,
    Avvisningsgrunn,
    Begrunnelse,
    Innlogging,
    Maaltype,
    Meldingstype,
    Rettet,
    Uforstaatt,
)

T = Meldingstype


def speaker(verk: Overfoeringsverk, nyttelast: Nyttelast | None = None) -> Lager:
    """Makes contents; `nyttelast` is what an offer offers."""

    def make(rad: Rad, kind: Meldingstype) -> Utkast:
        if kind is T.PAKKE:
            assert nyttelast is not None
            return Utkast(
                m.Pakke(innhold_sha256=nyttelast.sha256, innhold_stoerrelse=len(nyttelast.laast)),
                nyttelast.laast,
            )
        if kind is T.TILBUD:
            assert nyttelast is not None
            return Utkast(_offer(rad, nyttelast))
        return Utkast(_plain(verk, rad, kind))

    return make


def unsayable(valgt: Grunnlag, gruppe: str) -> str:
    """The wish that an offer has no way of saying, or an empty string: told when it is wished."""
    sample = {
        "maaltype": valgt.maaltype, "begrunnelse": valgt.begrunnelse, "rettet": valgt.rettet,
        "virksomhet": valgt.enhet.orgnr, "person": valgt.person or None, "gruppe": gruppe or None,
        "antall_oppmerksomheter": max(len(valgt.utvalg), 1), "frist": "2000-01-01T00:00:00Z",
        "grunnlag": {
            "samtykke_id": valgt.samtykke or None, "arkivert": True,
            "foresatte_informert": valgt.informert or None, "familien_hoert": valgt.hoert or None,
        },
        "innhold_sha256": "0" * 64, "innhold_stoerrelse": 1,
    }  # fmt: skip
    try:
        m.Tilbud.model_validate(sample)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return ".".join(str(part) for part in first["loc"])
    return ""


def _offer(rad: Rad, nyttelast: Nyttelast) -> m.Tilbud:
    told = json.loads(rad.lukket.grunnlag or "{}")
    return m.Tilbud(
        maaltype=Maaltype(rad.verdi["maaltype"]),
        begrunnelse=Begrunnelse(rad.verdi["begrunnelse"]),
        virksomhet=rad.lukket.virksomhet,
        rettet=Rettet(rad.lukket.rettet),
        person=rad.lukket.person or None,
        antall_oppmerksomheter=int(rad.verdi["antall"]),
        frist=rad.lukket.tilbudsfrist,
        grunnlag=m.Grunnlag(
            samtykke_id=rad.verdi["samtykke"] or None,
            bevis_sha256=told.get("bevis") or None,
            arkivert=True,
            foresatte_informert=rad.lukket.informert or None,
            familien_hoert=rad.lukket.hoert or None,
        ),
        innhold_sha256=nyttelast.sha256,
        innhold_stoerrelse=len(nyttelast.laast),
        gruppe=rad.verdi["gruppe"] or None,
    )


def _plain(verk: Overfoeringsverk, rad: Rad, kind: Meldingstype) -> Verdi:
    lukket = rad.lukket
    match kind:
        case T.TILDELING:
            return m.Tildeling(tildelt=verk.stamp())
        case T.AKSEPT:
            return m.Aksept(
                aksept_id=rad.verdi["aksept_id"],
                akseptert=lukket.akseptert,
                innlogging=Innlogging(lukket.innlogging),
            )
        case T.AKSEPTBEKREFTELSE:
            key = verk.arkiv.store.get(rad.verdi["noekkel"])
            return m.Akseptbekreftelse(
                aksept_id=rad.verdi["aksept_id"],
                byttet=lukket.byttet,
                noekkel=base64.b64encode(key).decode("ascii"),
            )
        case T.AVVISNING:
            return m.Avvisning(grunn=Avvisningsgrunn(lukket.grunn or "manuell"))
        case T.UTLOEPT:
            return m.Utloept(frist=lukket.tilbudsfrist or None)
        case T.IKKE_FORSTAATT:
            return m.IkkeForstaatt(
                aksept_id=rad.verdi["aksept_id"],
                innhold_sha256=rad.verdi["nyttelast_sha"],
                grunn=Uforstaatt(lukket.uforstaatt or Uforstaatt.AAPNES_IKKE),
                forstaar=VERSJON,
            )
        case T.FULLFOERT:
            return m.Fullfoert.model_validate_json(lukket.rapport)
        case _:
            return m.Tilbaketrekking()
