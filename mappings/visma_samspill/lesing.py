"""Samspill to canonical: the resources of one plan become one log."""

from typing import Any

from mappings.entitetsbygger import build, template
from mappings.identitet import derived, is_uuid
from mappings.reading import Reading
from mappings.visma_samspill import lesing_deltakere, nivaa, rader, ressurser, strukturer
from mappings.visma_samspill.henvisninger import UNIT
from mappings.visma_samspill.lesing_dialog import read_calendar, read_messages
from mappings.visma_samspill.lesing_innhold import read_concerns
from mappings.visma_samspill.referanse import parse
from schemas.stafettlogg.innhold import Fagplan, Livsomraade
from schemas.stafettlogg.kodeverk import Kildesystem, Samtykkeform
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Virksomhet
from schemas.stafettlogg.samtykke import Mottaker, Signatar

_NATIVE = Kildesystem.SAMSPILL
_LOGG = template(Stafettlogg, kildesystem=_NATIVE)
_FAGPLAN = template(Fagplan, kildesystem=_NATIVE)
_LIVSOMRAADE = template(Livsomraade, kildesystem=_NATIVE, avledet=True, avledet_regel="R-084")
_VIRKSOMHET = template(Virksomhet, kildesystem=_NATIVE, avledet=True, avledet_regel="SOM_NAVN")
_SIGNATAR, _MOTTAKER = template(Signatar), template(Mottaker)
_READ_LOGG = rader.PLAN.reader()
_READ_FAGPLAN = rader.SUBJECT_PLANS.reader()
_READ_SIGNER = rader.SIGNERS.reader()
_READ_LISTED = rader.LISTED.reader()
_COVERS = ("opprette", "dele")
_LETTERS = {"dokument": ("f",), "hendelse": ("mo", "ka")}


def read_logg(bundle: dict[str, Any], reading: Reading) -> Stafettlogg:
    """The canonical log. Raises Rejected("DOBBEL_ID")."""
    plan = bundle["plan"]
    values = _LOGG.copy()
    logg_id = values["id"] = _logg_id(plan, reading)
    kept, reading.leftover = reading.leftover, None
    values["kilde_id"] = plan["planId"]
    lesing_deltakere.learn(bundle, reading)
    reading.known["enhet"] = {None: None}
    lists = (
        ("dokument", bundle["documents"], "documentId"),
        ("hendelse", bundle["calendar"], "eventId"),
    )
    reading.learn(lists)
    for kind, records, key in lists:
        for record in records:
            if record["externalReference"] is not None:
                _refer(record, key, reading.known[kind], _LETTERS[kind])
    if plan["unitName"] is not None:
        UNIT.decode(plan["unitName"], reading, "unitName")
    lesing_deltakere.read(bundle, values, reading, logg_id)
    orders: dict[str, Any] = {}
    values["oppmerksomheter"], values["kommentarer"] = read_concerns(bundle, reading, orders)
    read_messages(bundle, values, reading, orders)
    read_calendar(bundle, values, reading, orders)
    values["samtykker"] = _consents(bundle["consents"], reading)
    values["dokumenter"] = tuple(
        [ressurser.DOKUMENT.read(record, reading) for record in bundle["documents"]]
    )
    values["fagplaner"] = _subject_plans(plan["subjectPlans"], reading)
    values["livsomraader"] = _life_areas(plan["lifeAreas"], logg_id)
    _read_level(values)
    reading.leftover = kept
    _READ_LOGG(plan, values, reading)
    _leave(plan, reading)
    reading.orders.update(orders)
    values["virksomheter"] = _units(reading)
    if reading.leftover or reading.orders or len(plan) != len(rader.PLAN.keys):
        values["raa"] = reading.residue(plan, rader.PLAN.keys)
    reading.trace.append(("plan", plan, logg_id, ""))
    reading.trace.append(("bundle", bundle, logg_id, ""))
    return build(Stafettlogg, values)


def _logg_id(plan: dict[str, Any], reading: Reading) -> str:
    reference = plan["externalReference"]
    if reference is not None:
        if is_uuid(reference):
            return str(reference)
        reading.leave("externalReference", None, reference, strukturer.FOREIGN)
    return reading.ids.canonical("logg", plan["planId"])


def _refer(
    record: dict[str, Any], key: str, known: dict[str, str], letters: tuple[str, ...]
) -> None:
    names = parse(record["externalReference"])
    for letter in letters:
        if letter in names:
            known[record[key]] = names[letter][0]


def _leave(plan: dict[str, Any], reading: Reading) -> None:
    """The vendor's own keys, kept when they are not what we would write."""
    if plan["organisationNumber"] != reading.ids.tenant:
        reading.leave("organisationNumber", reading.ids.tenant, plan["organisationNumber"])
    if plan["affiliationId"] is not None:
        reading.leave("affiliationId", None, plan["affiliationId"])
    strukturer.read_version(plan, reading)


def _read_level(values: dict[str, Any]) -> None:
    minutes = [(m.tid, m.tittel) for m in values["referater"]]
    if minutes:
        values["nivaa"] = nivaa.latest(minutes)
        values["nivaa_historikk"] = nivaa.history(minutes)


def _units(reading: Reading) -> tuple[Virksomhet, ...]:
    """A unit is only a name here; one entity for each name."""
    found = []
    for name, unit in reading.known["enhet"].items():
        if name is None:
            continue
        values = _VIRKSOMHET.copy()
        values["id"], values["navn"] = unit, name
        found.append(build(Virksomhet, values))
    return tuple(found)


def _subject_plans(records: list[dict[str, Any]], reading: Reading) -> tuple[Fagplan, ...]:
    found = []
    for record in records:
        values = _FAGPLAN.copy()
        values["kilde_id"] = vendor = record["subjectPlanId"]
        bare = vendor.removeprefix(strukturer.TEMPORARY)
        values["id"] = reading.ids.canonical("fagplan", bare)
        _READ_FAGPLAN(record, values, reading)
        if len(record) != len(rader.SUBJECT_PLANS.keys):
            values["raa"] = reading.residue(record, rader.SUBJECT_PLANS.keys)
        reading.trace.append(("subjectPlans", record, values["id"], ""))
        found.append(build(Fagplan, values))
    return tuple(found)


def _life_areas(codes: list[str], logg_id: str) -> tuple[Livsomraade, ...]:
    found = []
    for index, code in enumerate(codes):
        values = _LIVSOMRAADE.copy()
        values["id"], values["kode"] = derived(logg_id, "livsomraade", str(index)), code
        found.append(build(Livsomraade, values))
    return tuple(found)


def _consents(records: list[dict[str, Any]], reading: Reading) -> tuple[Any, ...]:
    found = []
    reading.alone(records, "consentId")
    for record in records:
        values = ressurser.SAMTYKKE.values(record, reading)
        values["omfang"] = _COVERS
        values["form"] = Samtykkeform.ELEKTRONISK
        values["signatarer"] = _nested(record, "signers", Signatar, values["id"], reading)
        values["mottakere"] = _nested(record, "listedParticipants", Mottaker, values["id"], reading)
        found.append(ressurser.SAMTYKKE.finish(record, values, reading))
    return tuple(found)


def _nested(
    record: dict[str, Any], key: str, cls: type[Any], owner: str, reading: Reading
) -> tuple[Any, ...]:
    signer = cls is Signatar
    section, read = (rader.SIGNERS, _READ_SIGNER) if signer else (rader.LISTED, _READ_LISTED)
    fresh, keys = (_SIGNATAR if signer else _MOTTAKER).copy, section.keys
    outer, reading.leftover = reading.leftover, None
    found, own = [], {}
    for index, row in enumerate(record[key]):
        values = fresh()
        read(row, values, reading)
        if reading.leftover or len(row) != len(keys):
            own[index] = reading.residue_of(row, keys)
        reading.trace.append((key, row, owner, ""))
        found.append(build(cls, values))
    if own:
        reading.leave_rows(key, record[key], own, keys, section.named)
    reading.leftover = outer
    return tuple(found)
