"""Why a field has no row, and what a derived or carried leaf means: codes with bokmål words.

These codes are public: they stand in the books and in the report. Values never do.
"""

REASONS = {
    "INGEN_PLASS": "Systemet har ikke dette feltet; verdien ligger i den forseglede kopien.",
    "BARE_GATEWAY": "Opplysning om kilde og avledning som bare finnes i gatewayen.",
    "FOLKEREGISTERET": "Hentes fra Folkeregisteret, aldri fra en logg.",
    "GATEWAY_EIER": "Hører til gatewayens egen protokoll, ikke til leverandørens logg.",
    "REGNES_UT": "Regnes ut av andre felt når loggen leses.",
    "SYSTEMETS_EGET": "Systemets eget felt; tas vare på ordrett for veien hjem.",
    "UKJENT_FELT": "Felt uten rad i tabellen; tatt vare på ordrett.",
    "UFORKLART": "Feltet er ikke gjort rede for.",
    "SOM_NAVN": "Enheten står med navn, ikke som egen oppføring.",
    "GRUPPERT": "Personene står gruppert som barn, ansatte og foresatte.",
    "SOM_NOTAT": "Skrevet av som notat.",
    "SOM_MELDING": "Står som melding.",
    "ROLLE_AV_OPPGAVE": "Rollen følger av oppgaven i loggen.",
    "R-041": "Deltakeren inviteres på nytt; invitert er ikke aktiv.",
    "R-074": "Tiltak i hjemmet er de foresattes ansvar.",
    "FRIST_FRA_MAAL": "Fristen er målets frist, fordi tiltaket ikke hadde egen.",
    "TID_OMSKREVET": "Det samme tidspunktet, skrevet slik kontrakten sier.",
    "SIST_SIGNERT": "Datoen for den siste underskriften.",
    "TITTEL_OG_BESKRIVELSE": "Tittel og beskrivelse står i én tekst.",
    "NIVAA_I_TITTEL": "Nivået er ikke et felt her; det skrives i tittelen på neste referat.",
    "LESETILGANG_KREVER_SAMTYKKE": "Lesetilgang til deler av loggen finnes ikke her.",
    "INGEN_OPPGAVE": "Personen har ingen oppgave i loggen og blir ikke deltaker.",
    "SAMTYKKE_UTLOEPER": "Utløpsdatoen finnes ikke som felt; følg den opp for hånd.",
    "SAMTYKKE_IKKE_FULLFOERT": "Samtykket er ikke fullt signert og skrives uten underskrifter.",
    "MAALANSVARLIG": "Målet har ingen ansvarlig her; avtal hvem som følger det opp.",
    "DELTAKELSE_AVSLUTTET": "Deltakelsen er avsluttet og gir ikke ny tilgang.",
    "BARE_PDF": "Bare PDF kan lastes opp her; filen ligger i arkivpakken.",
    "FLERE_VEDLEGG": "Notatet tar bare ett vedlegg; resten ligger i arkivpakken.",
    "KODE_UTEN_MOTPART": "Koden har ingen motpart her; feltet står tomt til noen velger.",
    "HENVISNING_UTEN_MOTPART": "Personen eller tingen det vises til, finnes ikke her.",
    "OPPRETTET_ULIK": "Oppmerksomhet og mål har ulik dato; målets gjelder her.",
    "UKJENT_KODE": "Koden er ukjent og tas vare på ordrett.",
    "ANNET_SYSTEMS_NOKKEL": "Nøkkelen er et annet systems; vår egen står der i målet.",
    "BLOKK_ENDRET": "Teksten er endret for hånd, og noe av den har ikke eget felt.",
    "PERSON_TO_GANGER": "Personen står flere ganger; det som avviker, tas vare på ordrett.",
}
"""Code to words. `gateway` texts in other languages are keyed by the same codes."""
