"""The guide of the contract file: what an implementer needs, in the order of the work.

It says in words what no schema can: order, forms that are kept, lag, idempotency.
"""

from connectors.conexus_companion.kontrakt.koder import table

_GUIDE = """\
This is a proposal. No vendor documents an interface for the content of a log; this file says what
the gateway calls and what it relies on, so that a vendor can implement it, correct it or confirm
it. Whoever has implemented what stands here, and nothing more, can be used by the gateway. The
gateway sends, requires and reads nothing that is not declared here, and a recorder in our test
suite holds every call against this file.

# In one page

1. Fetch a token (`token.hent`), and ask what it is for (`kommune.les`).
2. Read: the listing (`stafettlogger.list`), then each log (`stafettlogg.les`) and each of its files
   (`fil.les`). What changes meanwhile is told by the feed (`endringer.les`).
3. Write: **files first** (`fil.skriv`), then the log that names them (`stafettlogg.importer`). An
   import of a log whose files are not all there is refused (`FIL_MANGLER`).
4. Change: files the log will name and that are not there first, then the whole log
   (`stafettlogg.oppdater`) with `If-Match`.
5. Everything written is read back: the log is compared with what was sent, and **every file is
   fetched and held against its hash**. A file counts as stored only then.

`x-worked-example` lists the operations in an order in which their examples can be played against an
empty system; `endringer.les/begin` is the example `begin` of an operation that has several. Ids,
versions, cursors and times that the server decides are taken from its answers. Where an example is
bytes, its text is the bytes in ISO 8859-1.

# What is free

What is not said here is the server's own choice, and no more is meant by an example than what it
shows. Above all:

- Where several refusals fit, any of them may be answered, with any of the places. `sted` is for
  people and is not read by the gateway: it may be empty. It names an unknown member only when that
  is a plain identifier (ASCII letters, digits and `_`), for another name may itself be a value.
- What the gateway never sends may be taken or refused as the server likes: a query parameter twice,
  a query on the token's address, `1.0` for a whole number, JSON under another media type.
- How a token is given fewer rights, and which mails are sent when `Varsling` does not suppress
  them, are the product's own.
- `stafettlogg.opprett`, `stafettlogg.endre` and `overforinger.les` show the product as its users
  know it. The gateway does not call them, and they need not be there.

# HTTP, encodings and sizes

- HTTPS, HTTP/1.1 or newer. JSON is UTF-8 (`application/json`, with or without `charset=utf-8`),
  without a byte order mark, each member once. Answers may be gzip where `Accept-Encoding` asks for
  it; requests are never compressed, and one with a body has `Content-Length`. Redirects are not
  followed. Cookies are not kept.
- A request may be 64 MiB. An answer must be less than what the municipality has configured, 32 MiB
  unless it says otherwise, unpacked.
- A text is kept **exactly as it was sent**: nothing is trimmed, no line break is rewritten, no
  letter is normalised (NFC and NFD stay apart), and no character is refused but half a surrogate
  pair (`UGYLDIG_TEKST`). What is longer than the schema says is refused (`UGYLDIG_DOKUMENT`) and
  never cut. The bytes of a file are kept bit for bit.
- An unknown query parameter, or another value than declared, is refused (`UKJENT_PARAMETER`).
  Request headers that are not declared are passed over. A path that is not here, or with an id over
  80 characters, answers 404 `UKJENT_STI`, a method that is not here 405 `UKJENT_METODE`; the
  gateway calls neither.
- An answer that has not come whole within what the municipality has configured, 30 seconds unless
  it says otherwise, is taken for lost.
- No person's number stands in an address, a header or an error. The gateway sends no address in
  which eleven digits stand alone (no letter or digit beside them), so **no id, key or cursor has
  them**: the server sees to it for what it makes, the gateway for what it sends.

# Token

OAuth 2.0 client credentials; the address of the token is agreed apart and need not be on this
server. `tenant_id` is the municipality: a token is good for one. Every other call carries
`Authorization: Bearer <token>`. A 401 costs one new token and one repetition of the call; a second
401 stops the work. `expires_in` may be left out: then a token is used until a 401 (for five minutes
at most before a new one is fetched).

# Rights

`kommune.les` tells them in `rettigheter`: `les` (read), `import` (the import operations), `skriv`
(ordinary creation and editing), `slett` (delete passive logs). To read, `les` is required; to
write, `import` or `skriv`. More may stand there.

# Ids and times

Ids are texts of 1 to 80 characters, compared whole, without meaning. `loggId` is unique in the
municipality, and free again when its log is deleted. The ids of concerns, measures (of all concerns
together), meetings, bright moments, notes, files, consents, reading accesses and hand-overs are
unique in the log, each among its kind (`DUPLISERT_ID`); those of persons, units and evaluations are
not asked about. An import keeps all ids it is sent. **References are not checked**: history names
persons, units and files that are gone, and they are kept as they came.

A time is `YYYY-MM-DDTHH:MM:SS`, with up to six decimals when wanted, and `Z` or an offset
`+HH:MM`/`-HH:MM`; a date is `YYYY-MM-DD`. Both exist: no month 13, no 30 February (the pattern lets
29 February pass in any year; the rule does not), no hour 24, no leap second. What is written in
another form is refused (`UGYLDIG_DOKUMENT`, with the place). **The form is kept**: what was sent as
`10:00:00Z` is given back as `10:00:00Z`, and not as `11:00:00+01:00`.

# Documents, and members nobody knows

A log is one nested document. Every member of the schema is there, `null` where it has no value; a
missing member is an error (`UGYLDIG_DOKUMENT`, as is a body that is no object), never a silent
null. Lists keep their order. A document may hold members this contract does not know (a newer
version of the product): they are given out like the others. An import that is to keep them says
`bevarUkjente=ja` (the gateway always does); without it they are refused. They keep their value,
whatever it is (of numbers the value, not the spelling: `1` and `1.0` are one). They go away like
any other member: an update that leaves them out takes them away. In the short answers (listings,
facts, receipts) unknown members are passed over.

# Versions

A version is the `ETag` header, and `etag` in listings and receipts: the same text, in the header in
quotes. It is opaque, and another one after every change. A change names the version it was made
from in `If-Match`: 412 `ENDRET` when another version stands, 428 `MANGLER_VERSJON` when none is
named. Whatever is not the version that stands, in quotes, is another version: `*`, a weak tag and
one without quotes too. 409 is never a stale version: it is a key or an id that is taken. A write
that changes nothing may keep the version.

# Writing once

`stafettlogg.importer` is idempotent by `Idempotency-Key`. The same key with the same body, byte for
byte, answers 200 with where the log stands **now**, and makes nothing. The same key with another
body, or when the log it made has been deleted since, answers 409 `NOKKEL_BRUKT`. A `loggId` or an
`eksternNokkel` that another log has answers 409 `ID_OPPTATT` or `NOKKEL_OPPTATT`. A repetition is
known before it is refused as a taken id; a refused request leaves its key unused; nothing but the
body is compared. So a creation whose answer was lost may be sent again, and a log is never made
twice. `stafettlogg.oppdater` repeated after a lost answer meets 412, and the log is read.

# What lags, and what never does

The look-up by key and the listing may be behind a write; a read by `loggId` never is. How far
behind is said in `synligInnenSekunder`: within so many seconds a log that was made is found by its
key and stands in the listing. Until then "not found" does not mean "not there". A log that was sent
and does not show is looked for that long, or as long as the municipality has configured
(`seen_within`, 120 seconds unless it says otherwise) when that is longer; then a person is asked.
Left out or null, the municipality's figure alone counts.

# The listing

In the order the logs were made, oldest first; the order does not change, so a log made while the
listing is read comes last. `antall` is the number of all logs, on every page, as far behind as the
listing itself. Without `markor` it begins at the start. The last page has `nesteMarkor: null`, and
only that one. A `markor` is opaque and good for at least a day. The client holds what it was given
against `antall`, and calls the work unfinished where they differ, where a log comes twice, or where
a `markor` comes again.

# The change feed

- **It begins now**: without `markor` the answer is an empty page whose `nesteMarkor` is the cursor
  of now. Nothing that happened before is told.
- With a cursor: each log that was made, changed or deleted after it, **once, by its newest
  change**, in the order of those changes. A log that changes again comes again, after that cursor.
- A deleted log has `status: "SLETTET"`, `sistOppdatert: null` and any `etag`. `antall` is not read.
- `nesteMarkor` is never null. The end is reached when the page is empty; an empty page gives back
  the cursor it was asked with. A cursor is good for at least 30 days. One that is not known any
  more answers 400 `UGYLDIG_MARKOR`, and never an empty page.

# Files

The bytes are put to `/stafettlogger/{id}/filer/{filId}` under the `loggId` the log **will** have,
before the log is there. They show when a log names them with their digest; before that `fil.les`
answers 404. The same bytes twice change nothing. What no log names may be thrown away after a day.
A new `sha256` in a log's `filer` means new bytes: they are put first, and when the log that names
them is stored the old ones are dropped. A log that is deleted takes its files with it; bytes under
its id that it did not name may go too, or stay their day.

The log decides what a file is: `Content-Type` at `fil.skriv` need not be kept. A `storrelse` that
is not the number of the bytes may be kept or refused (`UGYLDIG_DOKUMENT`), and is not put right.

# What an import lets through

The import operations store a log with its history, as it was: who made what and when, ids,
statuses, evaluations, measures past their eight hours, and consents with their signers and dates
(the evidence is the signed form, a file). Nobody is mailed when `Varsling: undertrykk` is sent. The
rules of entry below hold for an import as well, but a breach is let through when the sender has
declared it in `kjenteAvvik`, as the rule and what breaks it.

| rule | breach | where | declared with `enhet` |
|---|---|---|---|
| R-003 | concerns, meetings, bright moments or notes while OPPRETTET | every write | log |
| R-071 | two measures AKTIV for one aktør in a concern | every write | measure, concern, log |
| R-076 | a concern without a measure | every write | concern, log |
| R-091 | a note's file that is not a PDF | every write | note, file, log |
| R-076 | a new concern, and a goal with neither sign nor steps | `stafettlogg.endre` | - |
| R-077 | a measure's text changed, or the measure gone | `stafettlogg.endre` | - |
| R-078 | an evaluation changed or gone, also with its measure | `stafettlogg.endre` | - |

Any unit of the last column covers its breach (of R-071 any of the measures). R-071: a measure
without aktør is nobody's, and the concern's status does not matter. R-077: from eight hours after
`opprettet`, and never where that is null. R-091: by `medietype` (`application/pdf`), not by the
bytes; a note that names a file the log does not have may be taken for a breach.

Accounts: an import makes no login for anybody. Whoever is named in a log is invited by the
product's own routine, and has not logged in before they do.

# Refusals

The body of 400, 404, 409, 412, 422 and 428 is `Feil`: `kode` and `sted`, both always there. The
codes an operation can answer stand with it. The bodies of 401, 403, 413, 429, 500 and 503 are not
read, for a proxy may have written them. 429 and 503 mean that nothing was done, and may say
`Retry-After`. Nothing is changed by any refusal.

# Answers with and without a body

A write answers `Treff`, where the log stands and its version, and the same version in `ETag`.
Besides what is declared with each operation the client takes an empty 201 or 204 with `ETag`, or
with neither: then it reads the log.

# Codes of fields

`x-codes` lists the codes a field takes, `x-codes-open` whether the list is open. A code that is not
on the list is read and kept as it came, and shown to a person; in a closed list a new one is agreed
first. Written, a code is refused only where the schema has an `enum`: history has codes of older
versions, and an import keeps them.

# What we ask, and why

- **The sender chooses the ids.** So a log whose creation was not answered is found again, and a log
  that comes home is itself. The gateway's own are UUIDs (of a concern two with a `.` between), and
  a log that comes home has the ids this product gave it. A server need not take other characters in
  an id than these.
- **Texts are kept exactly**, because what was written is compared with what stands, and a record of
  a child that was trimmed is another record.
- **History is imported.** It says who did what and when, so it asks for a right of its own
  (`import`), given to one client for as long as the work lasts. The product's audit log goes on
  saying what it knows itself: which client imported, and when.
- **Files come first**, so that no log is ever there without them. They cost a day's space at most.
- **What is put comes back in one answer.** So of the limits for a request and an answer the smaller
  one counts, and a municipality with larger files raises the one it has configured.
- **Markers and keys are kept** a day for a listing that is read with pauses, 30 days for the feed
  and for `Idempotency-Key`: a creation nobody has answered for may wait that long for a person.

# Codes of refusals

"""
GUIDE = _GUIDE + table()

WORDS = {
    "token.hent": "A token for one municipality.",
    "kommune.les": "Whom the token is valid for, what it may do, how much is stored, and how far "
    "searches are behind.",
    "stafettlogger.list": "All logs of the municipality, page by page, oldest first.",
    "endringer.les": "Logs made, changed or deleted since a cursor; without one, where now is.",
    "stafettlogg.les": "One log, whole, never behind a write.",
    "stafettlogg.finn": "Logs that carry an external key. May be behind a write.",
    "stafettlogg.importer": "A log with its whole history. Files first. Idempotent by "
    "`Idempotency-Key`.",
    "stafettlogg.oppdater": "The whole log replaced, with its history. What is not sent is taken "
    "away.",
    "stafettlogg.opprett": "A log made as by a user: the server gives the id and "
    "`sistOppdatert`, and guardians are mailed unless `Varsling: undertrykk`. `filer` is empty, "
    "for there is no address for the bytes yet (`FIL_MANGLER`). Not idempotent; the gateway does "
    "not call it.",
    "stafettlogg.endre": "A log edited as by a user, with the rules of editing; the server sets "
    "`sistOppdatert`. The gateway does not call it.",
    "fil.les": "The bytes of one file, exactly as they were put.",
    "fil.skriv": "The bytes of one file, before the log that names it. The media type sent is "
    "what the log will say in `medietype`.",
    "overforinger.les": "The hand-overs of a log: the same as in the log. The gateway does not "
    "call it.",
    "stafettlogg.slett": "Delete a passive log (R-157) with its files. The gateway calls it only "
    "when every archive verifiably holds the log.",
}
"""What each operation is, in a sentence or two."""
