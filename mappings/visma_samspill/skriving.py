"""Canonical to Samspill: a log as the resources of one plan, its ids temporary until then."""

from typing import Any

from mappings.visma_samspill import rader, ressurser, skriving_deltakere, strukturer
from mappings.visma_samspill.lysglimt import family
from mappings.visma_samspill.lysglimt import write as write_glimpse
from mappings.visma_samspill.skriving_innhold import write_concerns
from mappings.writing import Writing
from schemas.stafettlogg.logg import Stafettlogg

_WRITE_PLAN = rader.PLAN.writer()
_WRITE_SUBJECT = rader.SUBJECT_PLANS.writer()
_WRITE_SIGNER = rader.SIGNERS.writer()
_WRITE_LISTED = rader.LISTED.writer()
_SIGNER, _LISTED = rader.SIGNERS.template.copy, rader.LISTED.template.copy
_MESSAGES = (
    (ressurser.REFERAT, "referater"),
    (ressurser.INNKALLING, "innkallinger"),
    (ressurser.MELDING, "meldinger"),
    (ressurser.LYSGLIMT, "lysglimt"),
    (ressurser.NOTAT, "notater"),
)


def write_logg(logg: Stafettlogg, writing: Writing) -> dict[str, Any]:
    """The bundle of one plan, keys in sorted order at every level."""
    values = logg.__dict__
    identity = strukturer.identity
    known = writing.known
    units: dict[Any, Any] = {None: None}
    documents: dict[Any, Any] = {None: None}
    events: dict[Any, Any] = {None: None}
    known["enhet"], known["dokument"], known["hendelse"] = units, documents, events
    for unit in values["virksomheter"]:
        if unit.navn is not None:
            units[unit.id] = unit.navn
    for document in values["dokumenter"]:
        documents[document.id] = identity(document.__dict__, writing)
    for event in (*values["moeter"], *values["kalender"]):
        events[event.id] = identity(event.__dict__, writing)
    participants = skriving_deltakere.write(logg, writing)
    goals, activities = write_concerns(logg, participants, writing)
    _remarks(values, writing)
    bundle = {
        "activities": activities,
        "calendar": [ressurser.MOETE.write(m.__dict__, writing) for m in values["moeter"]]
        + [ressurser.KALENDER.write(k.__dict__, writing) for k in values["kalender"]],
        "consents": [_consent(s.__dict__, writing) for s in values["samtykker"]],
        "documents": [ressurser.DOKUMENT.write(d.__dict__, writing) for d in values["dokumenter"]],
        "goals": goals,
        "messages": _messages(values, participants, writing),
        "participants": participants,
        "plan": _plan(values, writing),
    }
    if values["raa"] is not None:
        return writing.restore_plan(bundle, values)
    return bundle


def _plan(values: dict[str, Any], writing: Writing) -> dict[str, Any]:
    plan = rader.PLAN.start()
    _WRITE_PLAN(values, plan, writing)
    wire_id = plan["planId"] = strukturer.identity(values, writing)
    native = values["kildesystem"] is writing.native and values["kilde_id"] is not None
    follows = native and values["id"] == writing.ids.canonical("logg", wire_id)
    plan["externalReference"] = None if follows else values["id"]
    if plan["planTypeId"] is None:
        plan["planTypeId"] = "pt-stafettlogg"
    plan["organisationNumber"] = writing.tenant
    areas, subjects = values["livsomraader"], values["fagplaner"]
    plan["lifeAreas"] = [area.kode for area in areas] if areas else []
    plan["subjectPlans"] = [_subject(f.__dict__, writing) for f in subjects] if subjects else []
    plan["mainPerson"] = skriving_deltakere.write_main(values["hovedperson"], writing)
    plan["version"] = 1
    return plan


def _subject(entity: dict[str, Any], writing: Writing) -> dict[str, Any]:
    record = rader.SUBJECT_PLANS.start()
    _WRITE_SUBJECT(entity, record, writing)
    record["subjectPlanId"] = strukturer.identity(entity, writing)
    return record if entity["raa"] is None else writing.restore(record, entity)


def _consent(entity: dict[str, Any], writing: Writing) -> dict[str, Any]:
    record = ressurser.SAMTYKKE.start(entity, writing)
    signers, participants = [], writing.known["deltaker"]
    for signer in entity["signatarer"]:
        person = signer.person
        if person not in participants and not person.startswith(writing.prefix):
            writing.placeholder("HENVISNING_UTEN_MOTPART", entity, "signatarer")
            continue
        row = _SIGNER()
        _WRITE_SIGNER(signer.__dict__, row, writing)
        signers.append(row)
    record["signers"] = signers
    listed = []
    for receiver in entity["mottakere"]:
        row = _LISTED()
        _WRITE_LISTED(receiver.__dict__, row, writing)
        listed.append(row)
    record["listedParticipants"] = listed
    if entity["gyldig_til"] is not None:
        writing.manual("SAMTYKKE_UTLOEPER", entity, "gyldig_til")
    return record if entity["raa"] is None else writing.restore(record, entity)


def _messages(
    values: dict[str, Any], participants: list[dict[str, Any]], writing: Writing
) -> list[dict[str, Any]]:
    found = []
    to = family(participants) if values["lysglimt"] else []
    for ressurs, name in _MESSAGES:
        for entity in values[name]:
            below = entity.__dict__
            record = ressurs.start(below, writing)
            if ressurs is ressurser.LYSGLIMT:
                write_glimpse(record, to)
            if record["kind"] is None:
                record["kind"] = "message"
            if below["avledet"]:
                writing.derived(below["avledet_regel"], below, "tekst")
            found.append(ressurs.end(below, record, writing))
    return found


def _remarks(values: dict[str, Any], writing: Writing) -> None:
    """What a person must do because Samspill has no field for it."""
    if values["kildesystem"] is writing.native:
        return
    if values["nivaa"] is not None:
        writing.manual("NIVAA_I_TITTEL", values, "nivaa")
    for access in values["lesetilganger"]:
        writing.manual("LESETILGANG_KREVER_SAMTYKKE", access.__dict__)
