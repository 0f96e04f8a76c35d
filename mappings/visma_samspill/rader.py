"""Samspill's sections for plan, participants, consents, goals, activities, calendar, documents."""

from mappings.codec import SAME
from mappings.henvisning import NUMBER
from mappings.row import Row, Structure
from mappings.section import Section
from mappings.visma_samspill import evalueringstekst, koder, maalblokk, strukturer, tiltaksblokk
from mappings.visma_samspill.henvisninger import CREATOR, DOCUMENT, PARTICIPANT, UNIT
from schemas.visma_samspill import plan as wire

VERSION = {"version": "SYSTEMETS_EGET"}


def identity(key: str, kind: str, *also: str) -> Structure:
    """The id of a resource and our reference to it."""
    return Structure(
        "externalReference",
        {key: f"{kind}.id", "externalReference": f"{kind}.id"},
        strukturer.read_id,
        strukturer.write_id,
        also,
    )


MAIN = Section(
    "mainPerson",
    "plan.mainPerson",
    wire.MainPerson,
    "Person",
    rows=(
        Row("nationalId", "Person.identifikatorer", NUMBER),
        Row("name", "Person.navn"),
        Row("kind", "Hovedperson.type", koder.KIND),
        Row("willLogIn", "Hovedperson.logger_inn"),
    ),
    structures=(
        Structure(
            "konto",
            {"personId": "Person.id"},
            strukturer.read_id,
            strukturer.identity,
            ("Hovedperson.person",),
        ),
    ),
)
SUBJECT_PLANS = Section(
    "subjectPlans",
    "plan.subjectPlans",
    wire.SubjectPlan,
    "Fagplan",
    rows=(
        Row("title", "Fagplan.tittel"),
        Row("type", "Fagplan.type"),
        Row("reference", "Fagplan.ref"),
    ),
    structures=(
        Structure(
            "fagplan-id", {"subjectPlanId": "Fagplan.id"}, strukturer.read_id, strukturer.identity
        ),
    ),
)
PLAN = Section(
    "plan",
    "plan",
    wire.Plan,
    "Stafettlogg",
    rows=(
        Row("planTypeId", "Stafettlogg.plantype", koder.PLANTYPE),
        Row("shortName", "Stafettlogg.kortnavn"),
        Row("planTemplate", "Stafettlogg.planmal"),
        Row("unitName", "Stafettlogg.ansvarlig_virksomhet", UNIT),
        Row("status", "Stafettlogg.status", koder.STATUS),
        Row("description", "Stafettlogg.om_meg"),
        Row("initiator", "Stafettlogg.initiativtaker"),
        Row("photoDocumentId", "Stafettlogg.bilde", DOCUMENT),
        Row("createdAt", "Stafettlogg.opprettet"),
        Row("createdBy", "Stafettlogg.opprettet_av", CREATOR),
        Row("updatedAt", "Stafettlogg.sist_oppdatert"),
    ),
    structures=(
        identity("planId", "Stafettlogg"),
        Structure(
            "livsområder",
            {"lifeAreas": "Livsomraade.kode"},
            strukturer.read_version,
            strukturer.identity,
            ("Stafettlogg.livsomraader", "Livsomraade.id"),
        ),
    ),
    children={
        "mainPerson": "Stafettlogg.hovedperson",
        "subjectPlans": "Stafettlogg.fagplaner",
    },
    own={**VERSION, "organisationNumber": "SYSTEMETS_EGET", "affiliationId": "SYSTEMETS_EGET"},
)
ROLE_HISTORY = Section(
    "roleHistory",
    "participants.roleHistory",
    wire.RoleChange,
    "Rolleskifte",
    rows=(
        Row("roleId", "Rolleskifte.rolle", koder.ROLLE),
        Row("since", "Rolleskifte.fra"),
        Row("until", "Rolleskifte.til"),
    ),
    within="Deltakelse.rollehistorikk",
    named=("roleId", "since"),
)
PARTICIPANTS = Section(
    "participants",
    "participants",
    wire.Participant,
    "Person",
    rows=(
        Row("nationalId", "Person.identifikatorer", NUMBER),
        Row("name", "Person.navn"),
        Row("email", "Person.epost"),
        Row("mobile", "Person.mobil"),
        Row("roleId", "Deltakelse.rolle", koder.ROLLE),
        Row("unitName", "Deltakelse.virksomhet", UNIT),
        Row("status", "Deltakelse.status", koder.DELTAKER),
        Row("accessUntil", "Deltakelse.tilgang_til"),
        Row("untilPlanDeleted", "Deltakelse.til_plan_slettes"),
        Row("invitedAt", "Deltakelse.opprettet"),
        Row("activatedAt", "Deltakelse.fra"),
    ),
    structures=(
        Structure(
            "externalReference",
            {
                "participantId": "Deltakelse.id",
                "externalReference": "Deltakelse.id",
                "personId": "Person.id",
            },
            strukturer.read_id,
            strukturer.write_id,
            ("Deltakelse.person", "Stafettlogg.stafettholder", "Stafettlogg.personer"),
        ),
    ),
    children={"roleHistory": "Deltakelse.rollehistorikk"},
    own=VERSION,
    second="Deltakelse",
)
SIGNERS = Section(
    "signers",
    "consents.signers",
    wire.Signer,
    "Signatar",
    rows=(
        Row("participantId", "Signatar.person", PARTICIPANT),
        Row("status", "Signatar.status", koder.SIGNATUR),
        Row("signedAt", "Signatar.tid"),
        Row("method", "Signatar.metode"),
    ),
    within="Samtykke.signatarer",
    named=("participantId",),
)
LISTED = Section(
    "listedParticipants",
    "consents.listedParticipants",
    wire.ListedParticipant,
    "Mottaker",
    rows=(
        Row("name", "Mottaker.person"),
        Row("unitName", "Mottaker.virksomhet"),
        Row("roleId", "Mottaker.rolle", koder.ROLLE),
    ),
    within="Samtykke.mottakere",
)
CONSENTS = Section(
    "consents",
    "consents",
    wire.Consent,
    "Samtykke",
    rows=(
        Row("template", "Samtykke.mal"),
        Row("text", "Samtykke.tekst_signert"),
        Row("status", "Samtykke.status", koder.SAMTYKKE),
        Row("evidenceDocumentId", "Samtykke.fil", DOCUMENT),
        Row("withdrawnAt", "Samtykke.trukket"),
        Row("withdrawnBy", "Samtykke.trukket_av", CREATOR),
        Row("createdAt", "Samtykke.opprettet"),
        Row("createdBy", "Samtykke.opprettet_av", CREATOR),
    ),
    structures=(identity("consentId", "Samtykke"),),
    children={"signers": "Samtykke.signatarer", "listedParticipants": "Samtykke.mottakere"},
    own={**VERSION, "sentAt": "SYSTEMETS_EGET"},
)
GOALS = Section(
    "goals",
    "goals",
    wire.Goal,
    "Maal",
    rows=(
        Row("dueDate", "Maal.frist"),
        Row("responsibleParticipantId", "Maal.ansvarlig", PARTICIPANT),
        Row("lifeAreaId", "Maal.livsomraade"),
        Row("goalTemplateId", "Maal.mal_id"),
        Row("setting", "Maal.arena", koder.SETTING),
        Row("state", "Maal.status", koder.GOAL),
        Row("createdAt", "Maal.opprettet", SAME),
        Row("createdBy", "Maal.opprettet_av", CREATOR),
        Row("updatedAt", "Maal.endret"),
    ),
    structures=(
        Structure(
            "externalReference (D-2)",
            {"goalId": "Maal.id", "externalReference": "Maal.id"},
            strukturer.read_goal,
            strukturer.write_native,
            (
                "Oppmerksomhet.id",
                "Oppmerksomhet.maal",
                "Stafettlogg.oppmerksomheter",
                "Oppmerksomhet.opprettet",
                "Oppmerksomhet.opprettet_av",
                "Oppmerksomhet.endret",
            ),
        ),
        Structure(
            "oppmerksomhet som blokk i målet",
            {"title": "Maal.tittel", "description": "Maal.beskrivelse"},
            maalblokk.read,
            maalblokk.write,
            (
                "Maal.delmaal",
                "Oppmerksomhet.tekst",
                "Oppmerksomhet.kategori",
                "Oppmerksomhet.opprettholdende_faktorer",
                "Oppmerksomhet.hjemmel_ved_opprettelse",
                "Oppmerksomhet.status",
            ),
        ),
    ),
    own=VERSION,
)
ACTIVITIES = Section(
    "activities",
    "activities",
    wire.Activity,
    "Tiltak",
    rows=(
        Row("activityTemplateId", "Tiltak.aktivitetsmal"),
        Row("createdAt", "Tiltak.opprettet"),
        Row("createdBy", "Tiltak.opprettet_av", CREATOR),
        Row("updatedAt", "Tiltak.endret"),
    ),
    structures=(
        Structure(
            "externalReference (R-072)",
            {
                "activityId": "Tiltak.id",
                "externalReference": "Tiltak.id",
                "responsibleParticipantIds": "Tiltak.aktoer",
                "goalId": "Maal.tiltak",
            },
            strukturer.split_ids,
            strukturer.write_id,
            ("Tiltak.del_av",),
        ),
        Structure(
            "tiltak som aktivitet",
            {
                "title": "Tiltak.tittel",
                "description": "Tiltak.beskrivelse",
                "when": "Tiltak.naar",
                "state": "Tiltak.status",
            },
            tiltaksblokk.read,
            tiltaksblokk.write,
            ("Tiltak.frist", "Tiltak.startdato", "Tiltak.arena", "Tiltak.feilregistrert"),
        ),
    ),
    children={"comments": "Stafettlogg.kommentarer"},
    own=VERSION,
)
COMMENTS = Section(
    "comments",
    "activities.comments",
    wire.Comment,
    "Kommentar",
    rows=(
        Row("authorParticipantId", "Kommentar.forfatter", PARTICIPANT),
        Row("at", "Kommentar.tid"),
        Row("text", "Kommentar.tekst"),
    ),
    structures=(identity("commentId", "Kommentar", "Kommentar.paa"),),
)
EVALUATIONS = Section(
    "evaluations",
    "activities.comments",
    wire.Comment,
    "Evaluering",
    rows=(
        Row("authorParticipantId", "Evaluering.opprettet_av", PARTICIPANT),
        Row("at", "Evaluering.opprettet"),
    ),
    structures=(
        identity("commentId", "Evaluering", "Tiltak.evaluering"),
        Structure(
            "evaluering som kommentar (R-087)",
            {"text": "Evaluering.tekst"},
            evalueringstekst.read,
            evalueringstekst.write,
            (
                "Evaluering.farge",
                "Evaluering.virket",
                "Evaluering.dato",
                "Evaluering.familien_enig",
                "Evaluering.utfall",
            ),
        ),
    ),
)
DOCUMENTS = Section(
    "documents",
    "documents",
    wire.Document,
    "Dokument",
    rows=(
        Row("title", "Dokument.tittel"),
        Row("fileName", "Dokument.filnavn"),
        Row("mediaType", "Dokument.medietype"),
        Row("size", "Dokument.stoerrelse"),
        Row("sha256", "Dokument.sha256"),
        Row("category", "Dokument.type"),
        Row("uploadedAt", "Dokument.opprettet"),
        Row("uploadedBy", "Dokument.opprettet_av", CREATOR),
    ),
    structures=(identity("documentId", "Dokument", "Stafettlogg.dokumenter"),),
    own=VERSION,
)
BUNDLE = Section(
    "bundle",
    "",
    wire.Bundle,
    "Stafettlogg",
    children={
        "plan": "Stafettlogg.id",
        "participants": "Stafettlogg.deltakelser",
        "consents": "Stafettlogg.samtykker",
        "goals": "Stafettlogg.oppmerksomheter",
        "activities": "Maal.tiltak",
        "messages": "Stafettlogg.meldinger",
        "calendar": "Stafettlogg.kalender",
        "documents": "Stafettlogg.dokumenter",
    },
)
