"""Conexus' sections: every key of every record with its canonical field or its reason."""

from mappings.codec import SAME, TEXTS, list_of
from mappings.conexus_companion import koder, strukturer
from mappings.henvisning import NUMBER, PERSON, reference
from mappings.row import Row, Structure
from mappings.section import Section
from schemas.conexus_companion import logg as wire

UNIT = reference("virksomhet")
CONCERN = reference("oppmerksomhet")
CONSENT = reference("samtykke")
FILE = reference("fil")
MEETING = reference("mote")
MEASURE = reference("tiltak")


def _identity(key: str, *fields: str) -> Structure:
    return Structure(
        "identitet", {key: f"{fields[0]}.id"}, strukturer.read_id, strukturer.write_id, fields[1:]
    )


BARN = Section(
    "barn",
    "barn",
    wire.Barn,
    "Person",
    rows=(
        Row("fodselsnummer", "Person.identifikatorer", NUMBER),
        Row("navn", "Person.navn"),
        Row("fodselsdag", "Person.foedselsdato"),
        Row("type", "Hovedperson.type", koder.BARNTYPE),
        Row("loggerInn", "Hovedperson.logger_inn"),
    ),
    structures=(_identity("personId", "Person", "Hovedperson.person"),),
)
VIRKSOMHETER = Section(
    "virksomheter",
    "virksomheter",
    wire.Virksomhet,
    "Virksomhet",
    rows=(
        Row("navn", "Virksomhet.navn"),
        Row("organisasjonsnummer", "Virksomhet.orgnr"),
        Row("type", "Virksomhet.type", koder.VIRKSOMHET),
        Row("lederPersonId", "Virksomhet.leder", PERSON),
    ),
    structures=(_identity("virksomhetId", "Virksomhet"),),
)
ANSATTE = Section(
    "ansatte",
    "ansatte",
    wire.Ansatt,
    "Person",
    rows=(
        Row("fodselsnummer", "Person.identifikatorer", NUMBER),
        Row("navn", "Person.navn"),
        Row("epost", "Person.epost"),
        Row("mobil", "Person.mobil"),
        Row("ekstern", "Person.ekstern"),
        Row("virksomhetId", "Deltakelse.virksomhet", UNIT),
    ),
    structures=(_identity("personId", "Person", "Deltakelse.person", "Deltakelse.id"),),
    second="Deltakelse",
)
FORESATTE = Section(
    "foresatte",
    "foresatte",
    wire.Foresatt,
    "Person",
    rows=(
        Row("fodselsnummer", "Person.identifikatorer", NUMBER),
        Row("navn", "Person.navn"),
        Row("epost", "Person.epost"),
        Row("mobil", "Person.mobil"),
    ),
    structures=(_identity("personId", "Person", "Deltakelse.person", "Deltakelse.id"),),
    second="Deltakelse",
)
LESETILGANGER = Section(
    "lesetilganger",
    "lesetilganger",
    wire.Lesetilgang,
    "Lesetilgang",
    rows=(
        Row("personId", "Lesetilgang.person", PERSON),
        Row("omfang", "Lesetilgang.omfang", koder.OMFANG),
        Row("samtykkeId", "Lesetilgang.samtykke", CONSENT),
        Row("fra", "Lesetilgang.fra"),
        Row("til", "Lesetilgang.til"),
    ),
    structures=(
        _identity("lesetilgangId", "Lesetilgang"),
        Structure(
            "oppmerksomheter",
            {"oppmerksomheter": "Lesetilgang.oppmerksomheter"},
            strukturer.read_concerns,
            strukturer.write_concerns,
        ),
    ),
)
SAMTYKKER = Section(
    "samtykker",
    "samtykker",
    wire.Samtykke,
    "Samtykke",
    rows=(
        Row("gjelder", "Samtykke.omfang", koder.GJELDER),
        Row("skjema", "Samtykke.mal"),
        Row("filId", "Samtykke.fil", FILE),
        Row("lastetOpp", "Samtykke.opprettet"),
        Row("lastetOppAv", "Samtykke.opprettet_av", PERSON),
        Row("utloper", "Samtykke.gyldig_til"),
        Row("trukket", "Samtykke.trukket"),
        Row("trukketAv", "Samtykke.trukket_av", PERSON),
    ),
    structures=(
        _identity("samtykkeId", "Samtykke"),
        Structure(
            "underskrifter",
            {
                "signertAv": "Samtykke.signatarer",
                "signertDato": "Samtykke.gyldig_fra",
                "erstattetAv": "Samtykke.status",
            },
            strukturer.read_signatures,
            strukturer.write_signatures,
            ("Signatar.person", "Signatar.status"),
        ),
        Structure(
            "mottakere",
            {"mottakere": "Samtykke.mottakere"},
            strukturer.read_receivers,
            strukturer.write_receivers,
            ("Mottaker.virksomhet",),
        ),
        Structure(
            "oppmerksomheter",
            {"oppmerksomheter": "Samtykke.oppmerksomheter"},
            strukturer.read_concerns,
            strukturer.write_concerns,
        ),
    ),
)
EVALUERING = Section(
    "evaluering",
    "oppmerksomheter.tiltak.evaluering",
    wire.Evaluering,
    "Evaluering",
    rows=(
        Row("farge", "Evaluering.farge", koder.FARGE),
        Row("virket", "Evaluering.virket", koder.VIRKET),
        Row("tekst", "Evaluering.tekst"),
        Row("dato", "Evaluering.dato"),
        Row("moteId", "Evaluering.moete", MEETING),
        Row("familienEnig", "Evaluering.familien_enig"),
        Row("veienVidere", "Evaluering.utfall", koder.UTFALL),
        Row("opprettet", "Evaluering.opprettet"),
        Row("opprettetAv", "Evaluering.opprettet_av", PERSON),
    ),
    structures=(_identity("evalueringId", "Evaluering"),),
)
TILTAK = Section(
    "tiltak",
    "oppmerksomheter.tiltak",
    wire.Tiltak,
    "Tiltak",
    rows=(
        Row("arena", "Tiltak.arena", koder.ARENA),
        Row("aktor", "Tiltak.aktoer", PERSON),
        Row("startdato", "Tiltak.startdato"),
        Row("frist", "Tiltak.frist"),
        Row("status", "Tiltak.status", koder.TILTAK),
        Row("erstattetAv", "Tiltak.erstattet_av", MEASURE),
        Row("opprettet", "Tiltak.opprettet"),
        Row("opprettetAv", "Tiltak.opprettet_av", PERSON),
        Row("endret", "Tiltak.endret"),
    ),
    structures=(
        _identity("tiltakId", "Tiltak"),
        Structure(
            "tiltakstekst",
            {"tekst": "Tiltak.tittel"},
            strukturer.read_measure,
            strukturer.write_text,
            ("Tiltak.beskrivelse",),
        ),
        Structure(
            "vist ansvarlig (R-074)",
            {"vistAnsvarlig": "Tiltak.aktoer"},
            strukturer.read_measure,
            strukturer.write_shown,
            ("Tiltak.feilregistrert",),
        ),
    ),
    children={"evaluering": "Tiltak.evaluering"},
)
MAAL = Section(
    "maal",
    "oppmerksomheter.maal",
    wire.Maal,
    "Maal",
    rows=(Row("kjennetegn", "Maal.tittel"), Row("delmaal", "Maal.delmaal", TEXTS)),
)
OPPMERKSOMHETER = Section(
    "oppmerksomheter",
    "oppmerksomheter",
    wire.Oppmerksomhet,
    "Oppmerksomhet",
    rows=(
        Row("kategori", "Oppmerksomhet.kategori", koder.KATEGORI),
        Row("status", "Oppmerksomhet.status", koder.OPPMERKSOMHET),
        Row("opprettholdendeFaktorer", "Oppmerksomhet.opprettholdende_faktorer"),
        Row("opprettet", "Oppmerksomhet.opprettet"),
        Row("opprettetAv", "Oppmerksomhet.opprettet_av", PERSON),
        Row("endret", "Oppmerksomhet.endret"),
    ),
    structures=(
        _identity("oppmerksomhetId", "Oppmerksomhet", "Maal.id"),
        Structure(
            "ett mål per oppmerksomhet (D-2)",
            {"tekst": "Oppmerksomhet.tekst"},
            strukturer.read_part,
            strukturer.write_part,
        ),
    ),
    children={"maal": "Oppmerksomhet.maal", "tiltak": "Maal.tiltak"},
    second="Maal",
)
MOTER = Section(
    "moter",
    "moter",
    wire.Mote,
    "Moete",
    rows=(
        Row("tittel", "Moete.tittel"),
        Row("dato", "Moete.dato"),
        Row("type", "Moete.type", koder.MOETETYPE),
        Row("form", "Moete.form", koder.MOETEFORM),
        Row("deltakere", "Moete.deltakere", list_of(PERSON)),
    ),
    structures=(_identity("moteId", "Moete"),),
)
LYSGLIMT = Section(
    "lysglimt",
    "lysglimt",
    wire.Lysglimt,
    "Lysglimt",
    rows=(
        Row("forfatter", "Lysglimt.forfatter", PERSON),
        Row("forfatterRolle", "Lysglimt.rolle", koder.FORFATTERROLLE),
        Row("tid", "Lysglimt.tid"),
        Row("tekst", "Lysglimt.tekst"),
    ),
    structures=(_identity("lysglimtId", "Lysglimt"),),
)
NOTATER = Section(
    "notater",
    "notater",
    wire.Notat,
    "Notat",
    rows=(
        Row("tekst", "Notat.tekst"),
        Row("dato", "Notat.dato"),
        Row("forfatter", "Notat.forfatter", PERSON),
        Row("oppmerksomhetId", "Notat.oppmerksomhet", CONCERN),
    ),
    structures=(
        _identity("notatId", "Notat"),
        Structure(
            "ett vedlegg", {"filId": "Notat.vedlegg"}, strukturer.read_file, strukturer.write_file
        ),
    ),
)
FILER = Section(
    "filer",
    "filer",
    wire.Fil,
    "Dokument",
    rows=(
        Row("filnavn", "Dokument.filnavn"),
        Row("medietype", "Dokument.medietype"),
        Row("storrelse", "Dokument.stoerrelse"),
        Row("sha256", "Dokument.sha256"),
    ),
    structures=(_identity("filId", "Dokument"),),
)
OVERFORINGER = Section(
    "overforinger",
    "overforinger",
    wire.Overforing,
    "Overfoering",
    rows=(
        Row("type", "Overfoering.maaltype", koder.OVERFORING),
        Row("begrunnelse", "Overfoering.begrunnelse"),
        Row("fraPersonId", "Overfoering.fra_person", PERSON),
        Row("fraVirksomhetId", "Overfoering.fra_virksomhet", UNIT),
        Row("tilPersonId", "Overfoering.mottaker_person", PERSON),
        Row("tilVirksomhetId", "Overfoering.mottaker_virksomhet", UNIT),
        Row("sendt", "Overfoering.sendt"),
        Row("akseptert", "Overfoering.akseptert"),
    ),
    structures=(_identity("overforingId", "Overfoering"),),
)
LOGG = Section(
    "logg",
    "",
    wire.Logg,
    "Stafettlogg",
    rows=(
        Row("status", "Stafettlogg.status", koder.STATUS),
        Row("passivAarsak", "Stafettlogg.status_aarsak", koder.AARSAK),
        Row("nivaa", "Stafettlogg.nivaa", SAME),
        Row("opprettet", "Stafettlogg.opprettet"),
        Row("opprettetAv", "Stafettlogg.opprettet_av", PERSON),
        Row("sistOppdatert", "Stafettlogg.sist_oppdatert"),
        Row("virksomhetId", "Stafettlogg.ansvarlig_virksomhet", UNIT),
    ),
    structures=(
        Structure(
            "logg-id",
            {"loggId": "Stafettlogg.id", "eksternNokkel": "Stafettlogg.id"},
            strukturer.read_key,
            strukturer.write_key,
        ),
        Structure(
            "stafettholder",
            {"stafettholder": "Stafettlogg.stafettholder"},
            strukturer.read_holder,
            strukturer.write_holder,
        ),
    ),
    children={
        "barn": "Stafettlogg.hovedperson",
        "virksomheter": "Stafettlogg.virksomheter",
        "ansatte": "Stafettlogg.personer",
        "foresatte": "Stafettlogg.deltakelser",
        "lesetilganger": "Stafettlogg.lesetilganger",
        "samtykker": "Stafettlogg.samtykker",
        "oppmerksomheter": "Stafettlogg.oppmerksomheter",
        "moter": "Stafettlogg.moeter",
        "lysglimt": "Stafettlogg.lysglimt",
        "notater": "Stafettlogg.notater",
        "filer": "Stafettlogg.dokumenter",
        "overforinger": "Stafettlogg.overfoeringer",
    },
)

SECTIONS = (
    LOGG,
    BARN,
    VIRKSOMHETER,
    ANSATTE,
    FORESATTE,
    LESETILGANGER,
    SAMTYKKER,
    OPPMERKSOMHETER,
    MAAL,
    TILTAK,
    EVALUERING,
    MOTER,
    LYSGLIMT,
    NOTATER,
    FILER,
    OVERFORINGER,
)
