"""Every stored code string is pinned: renaming one must be a decision, not an accident."""

from importlib import import_module
from typing import Any

import pytest

from mappings.codec import Codec
from mappings.identitet import Identities
from mappings.reading import Reading
from mappings.writing import Writing
from schemas.stafettlogg.kodeverk import Kildesystem

PINNED = {
    "conexus_companion.STATUS": "OPPRETTET=VENTER_SAMTYKKE AKTIV=AKTIV PASSIV=PASSIV",
    "conexus_companion.AARSAK": "MAAL_NAADD=maalNaadd SAMTYKKE_TRUKKET=samtykkeTrukket "
    "KOORDINATOR=koordinator FLYTTET=flyttet OENSKE=oenske UBRUKT=ubrukt",
    "conexus_companion.BARNTYPE": "BARN=barn UNGDOM=ungdom GRAVID=gravid UFOEDT=ufoedt",
    "conexus_companion.VIRKSOMHET": "SKOLE=skole VIDEREGAAENDE=videregaaende "
    "BARNEHAGE=barnehage HELSESTASJON=helsestasjon PPT=ppt BARNEVERN=barnevern",
    "conexus_companion.OMFANG": "HELE=hele DELER=deler",
    "conexus_companion.KATEGORI": "SPRAAK=SPRAAK MOTORIKK=MOTORIKK TRIVSEL=TRIVSEL "
    "FRAVAER=FRAVAER ADFERD=ADFERD SKOLEMILJOE=SKOLEMILJOE",
    "conexus_companion.OPPMERKSOMHET": "AKTIV=aktiv AVSLUTTET=avsluttet",
    "conexus_companion.ARENA": "TJENESTE=tjeneste HJEM=hjem BARN=barn",
    "conexus_companion.TILTAK": "AKTIV=aktiv EVALUERT=evaluert FEILREGISTRERT=feilregistrert "
    "AVSLUTTET=avsluttet",
    "conexus_companion.FARGE": "GRONN=groenn",
    "conexus_companion.VIRKET": "JA=ja DELVIS=delvis NEI=nei UKJENT=ukjent",
    "conexus_companion.UTFALL": "AVSLUTT=avslutt VIDEREFOR=viderefoerNivaa NYTT_NIVA=nyttNivaa",
    "conexus_companion.MOETETYPE": "OPPSTART=oppstart EVALUERING=evaluering "
    "SAMARBEID=samarbeid ANNET=annet",
    "conexus_companion.MOETEFORM": "FYSISK=fysisk TELEFON=telefon",
    "conexus_companion.FORFATTERROLLE": "STAFETTHOLDER=stafettholder AKTOR=aktoer "
    "FORESATT=foresatt BARN=hovedperson",
    "conexus_companion.OVERFORING": "SAMME_VIRKSOMHET=sammeVirksomhet "
    "ANNEN_VIRKSOMHET=annenVirksomhetSammeKommune ANNEN_KOMMUNE=annenKommune",
    "visma_samspill.PLANTYPE": "pt-stafettlogg=stafettlogg pt-ip=individuellPlan",
    "visma_samspill.STATUS": "awaitingConsent=VENTER_SAMTYKKE active=AKTIV inactive=PASSIV",
    "visma_samspill.KIND": "child=barn youth=ungdom pregnant=gravid unborn=ufoedt",
    "visma_samspill.ROLLE": "role-planansvarleg=stafettholder role-tenesteytar=aktoer "
    "role-foresatt=foresatt role-planeigar=hovedperson role-koordinator=koordinator",
    "visma_samspill.DELTAKER": "invited=invitert active=aktiv ended=avsluttet",
    "visma_samspill.SAMTYKKE": "draft=UTKAST sent=SENDT partlySigned=DELVIS_SIGNERT "
    "valid=GYLDIG expired=UTLOEPT withdrawn=TRUKKET replaced=ERSTATTET refused=AVSLAATT",
    "visma_samspill.SIGNATUR": "notSent=ikkeSendt sent=sendt signed=signert refused=avslaatt",
    "visma_samspill.SETTING": "home=hjem school=barnehageSkole other=andre leisure=fritid",
    "visma_samspill.GOAL": "active=aktiv ended=avsluttet",
    "visma_samspill.MELDING": "message=melding",
}
LISTS = {
    "conexus_companion.GJELDER": "OPPRETTE=opprette DELE=dele LESETILGANG=lesetilgang "
    "OVERFORE_VIRKSOMHET=overfoereVirksomhet OVERFORE_KOMMUNE=overfoereKommune "
    "GJENAPNE=gjenaapne"
}


def _table(name: str) -> Codec:
    system, _, table = name.partition(".")
    found: Codec = getattr(import_module(f"mappings.{system}.koder"), table)
    return found


def _systems() -> dict[str, Any]:
    return {
        s: import_module(f"mappings.{s}.koder") for s in ("conexus_companion", "visma_samspill")
    }


@pytest.mark.parametrize("name", PINNED)
def test_codes_are_pinned(name: str) -> None:
    """The table holds exactly these pairs, both ways."""
    table = _table(name)
    pairs = dict(pair.split("=") for pair in PINNED[name].split())
    assert {k: str(v) for k, v in (table.there or {}).items() if k is not None} == pairs
    assert {str(k): v for k, v in (table.back or {}).items() if k is not None} == {
        canonical: wire for wire, canonical in pairs.items()
    }


def test_every_table_is_pinned() -> None:
    """No table is outside the pins."""
    tables = {
        f"{system}.{name}"
        for system, module in _systems().items()
        for name, value in vars(module).items()
        if isinstance(value, Codec)
    }
    assert tables == {*PINNED, *LISTS}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_codes_are_pinned(name: str) -> None:
    """A list of codes keeps its order and each pair."""
    pairs = dict(pair.split("=") for pair in LISTS[name].split())
    reading = Reading(Identities("conexus", "1"))
    writing = Writing(Kildesystem.CONEXUS, "1")
    read = _table(name).decode(list(pairs), reading, "gjelder")
    assert read == tuple(pairs.values())
    assert _table(name).encode(read, writing, {"id": "x"}, "omfang") == list(pairs)


def test_an_unknown_code_is_kept_and_goes_home() -> None:
    """An open list keeps the code with its system; another system leaves it unset and says so."""
    reading = Reading(Identities("conexus", "1"))
    kept = _table("conexus_companion.FARGE").decode("LILLA", reading, "farge")
    assert kept == "conexus:LILLA"
    home = Writing(Kildesystem.CONEXUS, "1")
    assert _table("conexus_companion.FARGE").encode(kept, home, {"id": "x"}, "farge") == "LILLA"
    away = Writing(Kildesystem.SAMSPILL, "1")
    assert _table("visma_samspill.ROLLE").encode("conexus:X", away, {"id": "x"}, "rolle") is None
    assert [(r.code, r.entity, r.field) for r in away.remarks] == [
        ("KODE_UTEN_MOTPART", "x", "rolle")
    ]
