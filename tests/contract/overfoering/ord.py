"""What each field of the protocol means, in both languages of the specification."""

FELT: dict[str, dict[str, tuple[str, str]]] = {
    "hode": {
        "protokoll": ("Alltid dette ordet.", "Always this word."),
        "versjon": (
            "`hoved.del`. Annen hovedversjon avvises; ukjente felt i nyere delversjon leses forbi.",
            "`major.minor`. Another major is refused; unknown fields of a newer minor are ignored.",
        ),
        "meldingId": (
            "Meldingens egen id, den samme i hver gjentakelse.",
            "The message's own id, the same at every resend.",
        ),
        "overfoeringId": (
            "Overføringens id, den samme hos begge og i alle forsøk. Laget av avgiver.",
            "The hand-over's id, the same at both sides and in all attempts. Made by the sender.",
        ),
        "forsoek": ("Forsøket, fra 1.", "The attempt, from 1."),
        "type": ("Meldingstypen.", "The message type."),
        "side": (
            "Hvilken side av overføringen som taler.",
            "Which side of the hand-over speaks.",
        ),
        "fra": (
            "Avsenderens organisasjonsnummer; må være den som har signert.",
            "The speaker's organisation number; must be whoever signed.",
        ),
        "til": ("Den meldingen er til.", "Whom the message is for."),
        "sendt": ("Når meldingen ble skrevet.", "When the message was written."),
        "nr": (
            "Løpenummer i denne retningen og dette forsøket, fra 1. 0 bare i `kvittering`.",
            "Number in this direction and attempt, from 1. 0 in `kvittering` only.",
        ),
        "forrige": (
            "SHA-256 av forrige melding i samme retning, slik den ble signert; 64 nuller først.",
            "SHA-256 of the message before it in this direction, as signed; 64 zeroes at first.",
        ),
        "sett": (
            "Høyeste `nr` avsenderen har tatt fra den andre.",
            "The highest `nr` the speaker has taken from the other side.",
        ),
    },
    "tilbud": {
        "maaltype": ("Hvilket mål, kapittel 2.", "Which target, chapter 2."),
        "begrunnelse": ("Hvorfor, som kode.", "Why, as a code."),
        "virksomhet": ("Mottakende virksomhet.", "The receiving unit."),
        "rettet": (
            "Til virksomhetens leder, eller til en navngitt person.",
            "To the unit's leader, or to a named person.",
        ),
        "person": (
            "Mottakers egen referanse til personen. Aldri navn eller nummer.",
            "The receiver's own reference of the person. Never a name or a number.",
        ),
        "antallOppmerksomheter": (
            "Hvor mange oppmerksomheter pakken har.",
            "How many concerns the package holds.",
        ),
        "frist": ("Når noen må ha akseptert.", "When somebody must have accepted."),
        "grunnlag": ("Hva avgiver går god for.", "What the sender vouches for."),
        "innholdSha256": (
            "SHA-256 av `innhold.laast`, slik den vil komme.",
            "SHA-256 of `innhold.laast`, as it will come.",
        ),
        "innholdStoerrelse": ("Byte i `innhold.laast`.", "Bytes of `innhold.laast`."),
        "gruppe": (
            "Overføringer en saksbehandler holder sammen (søsken). Kobler aldri tilstander.",
            "Hand-overs a worker keeps together (siblings). Never couples states.",
        ),
    },
    "grunnlag": {
        "samtykkeId": ("Samtykkets id hos avgiver.", "The consent's id at the sender."),
        "bevisSha256": ("SHA-256 av det signerte skjemaet.", "SHA-256 of the signed form."),
        "arkivert": (
            "Samtykke og uttak er arkivert hos avgiver.",
            "Consent and snapshot are archived at the sender.",
        ),
        "foresatteInformert": ("Når foresatte ble informert.", "When the guardians were told."),
        "familienHoert": (
            "Når familien ble hørt om hvem som tar over.",
            "When the family was heard on who takes over.",
        ),
    },
    "pakke": {
        "innholdSha256": (
            "SHA-256 av filen `innhold.laast` i samme konvolutt.",
            "SHA-256 of the file `innhold.laast` in the same envelope.",
        ),
        "innholdStoerrelse": ("Byte i filen.", "Bytes of the file."),
    },
    "tildeling": {"tildelt": ("Når lederen pekte ut noen.", "When the leader named somebody.")},
    "aksept": {
        "akseptId": (
            "Lagret hos mottaker før meldingen sendes; endres aldri.",
            "Stored at the receiver before the message is sent; never changes.",
        ),
        "akseptert": ("Når personen aksepterte.", "When the person accepted."),
        "innlogging": (
            "Innloggingens styrke; bare `hoey` kan akseptere.",
            "Strength of the sign-in; only `hoey` may accept.",
        ),
        "rolle": ("Rollen det ble akseptert i.", "The role it was accepted in."),
    },
    "akseptbekreftelse": {
        "akseptId": ("Aksepten som bekreftes.", "The acceptance that is confirmed."),
        "byttet": (
            "Øyeblikket ansvaret flyttet seg. Begge sider bruker dette.",
            "The instant the responsibility moved. Both sides use this one.",
        ),
        "noekkel": (
            "Nøkkelen til `innhold.laast`, 32 byte, base64.",
            "The key of `innhold.laast`, 32 bytes, base64.",
        ),
    },
    "avvisning": {
        "grunn": (
            "Hvorfor ikke. `manuell` sier aldri hvorfor.",
            "Why not. `manuell` never says why.",
        )
    },
    "tilbaketrekking": {},
    "utloept": {"frist": ("Fristen som gikk ut.", "The deadline that passed.")},
    "fullfoert": {
        "akseptId": ("Aksepten det gjelder.", "The acceptance it is about."),
        "innholdSha256": (
            "SHA-256 av `innhold.laast` som ble åpnet.",
            "SHA-256 of the `innhold.laast` that was opened.",
        ),
        "importert": (
            "Når loggen sto i mottakers fagsystem og var lest tilbake.",
            "When the log stood in the receiver's system and had been read back.",
        ),
        "linjer": ("Antall av hvert slag, sendt og tilbakelest.", "Counts of each kind."),
        "avvik": ("Blader som ble lest tilbake annerledes.", "Leaves that read back otherwise."),
        "mangler": (
            "Blader mottakers fagsystem ikke har plass til.",
            "Leaves the receiver's system cannot hold.",
        ),
        "utfall": (
            "Fra 1.1: `skrevet` av porten, eller lest av et menneske på `papir`. Mangler det, er"
            " det `skrevet`.",
            "Since 1.1: written by the gateway (`skrevet`), or read by a person (`papir`). Absent"
            " is `skrevet`.",
        ),
    },
    "ikkeForstaatt": {
        "akseptId": ("Aksepten det gjelder.", "The acceptance."),
        "innholdSha256": ("SHA-256 av `innhold.laast`.", "SHA-256 of `innhold.laast`."),
        "grunn": (
            "`aapnesIkke`: låsen åpner, men konvolutten, filene eller manifestet holder ikke."
            " `ukjentVersjon`: en annen hovedversjon. `ugyldig`: loggen eller manifestet følger"
            " ikke skjemaet.",
            "`aapnesIkke`: the lock opens, but the envelope, the files or the manifest do not hold."
            " `ukjentVersjon`: another major. `ugyldig`: the log or the manifest does not follow"
            " the schema.",
        ),
        "forstaar": (
            "Den nyeste versjonen mottaker kan.",
            "The newest version the receiver knows.",
        ),
    },
    "linje": {
        "slag": ("Hva som telles.", "What is counted."),
        "sendt": ("I pakken.", "In the package."),
        "staar": ("I mottakers fagsystem etterpå.", "In the receiver's system afterwards."),
    },
    "etterspoersel": {
        "virksomhet": ("Virksomheten som spør.", "The unit that asks."),
        "referanse": (
            "Den spørrende virksomhetens eget saksord. Aldri noe om et barn.",
            "The asking unit's own word for the case. Never anything of a child.",
        ),
    },
    "kvittering": {
        "gjelder": ("`meldingId` det kvitteres for.", "The `meldingId` the receipt is for."),
        "gjelderType": ("Dens type.", "Its type."),
        "resultat": ("Hva det ble av den, kapittel 4.6.", "What became of it, chapter 4.6."),
        "altMottatt": (
            "Tilbud og pakke er begge her, hele; kapittel 4.6. Bare fra mottaker.",
            "Offer and package are both here, whole; chapter 4.6. From the receiver only.",
        ),
        "kode": ("Offentlig kode når resultatet er `avvist`.", "Public code of an `avvist`."),
        "hodeInn": (
            "Hodet av kjeden av meldinger avsenderen av kvitteringen har tatt, til første hull.",
            "The head of the chain of messages the receipt's sender has taken, to the first gap.",
        ),
    },
    "manifest": {
        "overfoeringId": ("Som i hodet.", "As in the head."),
        "forsoek": ("Som i hodet.", "As in the head."),
        "fra": ("Avgivers organisasjonsnummer.", "The sender's organisation number."),
        "til": ("Mottakers organisasjonsnummer.", "The receiver's organisation number."),
        "versjon": (
            "Fra 1.1: den eldste delversjonen som har alle felt som er brukt i pakken, også i"
            " loggen. Mangler den, er det 1.0.",
            "Since 1.1: the oldest minor that has every member used in the package, the log too."
            " Absent is 1.0.",
        ),
        "laget": ("Når pakken ble laget.", "When the package was made."),
        "loggId": ("Loggens id, som den beholder.", "The log's id, which it keeps."),
        "oppmerksomheter": ("Id-ene som ble valgt.", "The chosen ids."),
        "skjema": (
            "Filnavn til identifikator for skjemaet filen følger.",
            "File name to the identifier of the schema it follows.",
        ),
        "filer": (
            "Hver fil i pakken bortsett fra denne.",
            "Every file of the package but this one.",
        ),
        "utelatt": (
            "Hvor mye av hvert slag som ble igjen, og koden for hvorfor.",
            "How many of each kind stayed, and the code of why.",
        ),
    },
    "pakkefil": {
        "filnavn": ("Navnet, uten innhold.", "The name, free of content."),
        "rolle": ("Hva filen er.", "What the file is."),
        "mediaType": ("Medietypen.", "The media type."),
        "sha256": ("SHA-256 av filen.", "SHA-256 of the file."),
        "stoerrelse": ("Byte.", "Bytes."),
        "gjelder": ("Dokumentets id i loggen.", "The document's id in the log."),
    },
    "utelatt": {
        "slag": ("Slaget.", "The kind."),
        "antall": ("Hvor mange.", "How many."),
        "kode": (
            "`IKKE_VALGT` eller `MINIMERT`.",
            "`IKKE_VALGT` (not chosen) or `MINIMERT` (not needed).",
        ),
    },
    "ekko": {
        "protokoll": ("Alltid dette ordet.", "Always this word."),
        "fra": (
            "Den som taler; må være den som har signert.",
            "Who speaks; must be whoever signed.",
        ),
        "til": ("Den det er til.", "Whom it is for."),
        "sendt": ("Når det ble skrevet.", "When it was written."),
        "ord": (
            "16 tilfeldige byte, nye for hvert spørsmål; svarets er spørsmålets.",
            "16 random bytes, new for each question; the answer's are the question's.",
        ),
        "kode": ("Hva som er galt, i et svar.", "What is wrong, in an answer."),
    },
}
