"""The guide of the contract file: what an implementer needs, in the order of the work.

It says in words what no schema can: order, forms that are kept, lag, idempotency.
"""

from connectors.visma_samspill.parts import PARTS, PLAN_HISTORY
from connectors.visma_samspill.proposal.codes import table

_GUIDE = """\
Four operations are documented by the vendor (`x-provenance: documented`): three lists and the form
that makes an empty plan; their paths, field names and codes are ours. No vendor documents an
interface for the content of a plan. The rest is a proposal (`assumed`): what the gateway calls and
what it relies on, so that a vendor can implement it, correct it or confirm it. Whoever has
implemented what stands here, and nothing more, can be used by the gateway. The gateway sends,
requires and reads nothing that is not declared here, and a recorder in our test suite holds every
call against this file.

# In one page

1. Fetch a token (`token.fetch`), and ask what it is for (`tenant.read`).
2. Read: the listing (`plan.list`), then each plan: its own fields (`plan.read`), its seven parts
   (`part.list.*`) and the bytes of its documents (`content.read`). A reading is whole when the plan
   and all parts were answered with the same `Content-Version`. What changes meanwhile is told by
   the feed (`change.list`).
3. Make: look for the plan by its reference, then by its person (`plan.search`); only when nothing
   shows, send the form (`plan.create`), once; then search for what it made.
4. Fill it, in this order: the plan's own fields, participants (the lead first), documents and their
   content, consents, goals, activities, calendar, messages. What refers to another resource comes
   after it. A plan that is to be inactive and has no consent in force is made inactive before its
   content comes. Then take away what is not to be there, in the opposite order, put each part in
   order (`part.order.*`), and at last set the plan's status.
5. Everything written is read back: the plan is compared with what was sent, and **every document is
   fetched and held against its hash**. It counts as stored only then.

`x-worked-example` lists the operations in an order in which their examples can be played against an
empty system; `change.list/begin` is the example `begin` of an operation that has several. Ids, page
tokens and the server's own times are taken from its answers. Where an example is bytes, its text is
the bytes in ISO 8859-1.

# What is free

What is not said here is the server's own choice, and no more is meant by an example than what it
shows. Above all:

- Where several refusals fit, any of them may be answered, with any of the places. `place` is for
  people and is not read by the gateway: it may be empty, or name the member that holds the one that
  is wrong. It names an unknown member only when that is a plain identifier (ASCII letters, digits
  and `_`), for another name may itself be a value.
- What the gateway never sends may be taken or refused as the server likes: a query parameter twice,
  a query where none is declared (on the token's address too), `1.0` for a whole number, an `X-`
  header on an operation that does not have it.
- How a token is given fewer rights, and which mails are sent without `X-Notify: none`, are the
  product's own.
- **Signing and the first login happen in the product**, and not by this interface. They show in
  `status` of a consent, a signer and a participant, and the content version grows.

# HTTP, encodings and sizes

- HTTPS, HTTP/1.1 or newer. JSON is UTF-8 (`application/json`, with or without `charset=utf-8`),
  without a byte order mark, each member once; a JSON body in another media type answers 415.
  Answers may be gzip where `Accept-Encoding` asks for it; requests are never compressed, and one
  with a body has `Content-Length`. Redirects are not followed. Cookies are not kept.
- A request may be 64 MiB. An answer must be less than what the municipality has configured, 32 MiB
  unless it says otherwise, unpacked.
- A text is kept **exactly as it was sent**: nothing is trimmed, no line break is rewritten, no
  letter is normalised (NFC and NFD stay apart), and no character is refused but half a surrogate
  pair (INVALID_FIELD or INVALID_JSON). What is longer than the schema says is refused
  (INVALID_FIELD) and never cut. The bytes of a document are kept bit for bit.
- An unknown query parameter of a listing is refused (INVALID_QUERY), and another value than
  declared of a header that is declared (INVALID_HEADER). Headers that are not declared, a proxy's
  X-Forwarded-For among them, are passed over. A path that is not here answers 404 NOT_FOUND, a
  method that is not here 405 METHOD_NOT_ALLOWED; the gateway calls neither.
- An answer that has not come whole within what the municipality has configured, 30 seconds unless
  it says otherwise, is taken for lost.
- No person's number stands in an address, a header or an error; the search carries it in its body.
  The gateway sends no address in which eleven digits stand alone (no letter or digit beside them),
  so **no id or page token has them**: the server sees to it for what it makes.

# Token

OAuth 2.0 client credentials in the Visma Connect pattern; the address of the token is agreed apart
and need not be on this server. `tenant_id` is the municipality: a token is good for one. Every
other call carries `Authorization: Bearer <token>`. A 401 costs one new token and one repetition of
the call; a second 401 stops the work (`plan.create` is never repeated). `expires_in` may be left
out: then a token is used until a 401, for five minutes at most.

# Rights

`tenant.read` tells them in `rights`: `read`, `write` (as a user does), `import` (with `X-Import:
historical`), `delete` (inactive plans). To read, `read` is required; to write, `import` or `write`.
More may stand there.

# Ids, references and times

**The server assigns all ids**: of plans, resources, comments and persons. Ids are texts of 1 to 80
characters (letters, digits and `-._~`, so that they stand in an address as they are), compared
whole, without meaning, and never used again. The client sends no id when it makes something. A new
comment has to have a `commentId`, and carries one the activity does not have (`tmp:` and something,
each its own); the server replaces it. `externalReference` is the sender's own, kept as it is and
not unique by rule: it is how a resource is found again. References between resources are ids of the
same plan (UNKNOWN_REFERENCE otherwise).

The role ids role-planansvarleg (the plan lead), role-foresatt (guardian) and role-tenesteytar
(service provider) are relied on; the other ids of the three lists are per-customer data.

A time is `YYYY-MM-DDTHH:MM:SS`, with up to six decimals when wanted, and `Z` or an offset
`+HH:MM`/`-HH:MM`; a date is `YYYY-MM-DD`. Both exist: no month 13, no 30 February (the pattern lets
29 February pass in any year; the rule does not), no hour 24, no leap second. What is written in
another form is refused (INVALID_FIELD, with the field). **The form is kept**: what was sent as
`10:00:00Z` is given back as `10:00:00Z`, and not as `11:00:00+01:00`.

# Members, known and unknown

Every member of a shape is there in an answer, `null` where it has no value. `part.create.*` takes
all members that can be written; `part.update.*` and `plan.update` any of them, and leave the rest.
An update names one at least (INVALID_FIELD). A list or an object inside a resource (comments,
signers, role history, `mainPerson`) is sent whole, with every member of its shape (INVALID_FIELD);
`mainPerson.personId` is not used. The server's own members (ids, `version`, `personId`) are refused
as unknown ones are, with any header. A resource may hold members this contract does not know (a
newer version of the product): they are given out like the others. A write that is to keep them says
`X-Keep-Unknown: yes` beside `X-Import: historical`; without it they are refused (UNKNOWN_FIELD). A
`part.update.*` that does not name them leaves them; `null` is how one is emptied, and is then its
value. Unknown members keep their value, whatever it is (of numbers the value, not the spelling: `1`
and `1.0` are one). In listings and facts unknown members are passed over.

# Versions: two kinds

- **Each resource has its own `version`**, and so have the plan's own fields. It grows by one with
  every write of that resource, also one that changes nothing. `part.update.*` and `part.delete.*`
  name the resource's version in `If-Match`, `plan.update` the plan's own `version`.
- **The content version** is of the plan with all in it: the header `Content-Version`, and
  `contentVersion` in listings. It is on **every answer about a plan that says it was done**, reads
  too (not after `plan.delete`; on a refusal it is not read), and grows by one with every write of
  plan, part or content, and with every change somebody makes in the product. `plan.delete` names it
  in `If-Match`.

`If-Match` has the number in quotes. 412 VERSION_CONFLICT: another version stands. 428
IF_MATCH_REQUIRED: none was named. **409 is a rule of the product**, never a stale version.
`part.create.*`, `part.order.*` and `content.write` name no version.

# Whose work it is: X-Change-Id and X-Change-Base

A write may name the piece of work it belongs to in `X-Change-Id`. The product keeps the last one
with the plan, and at which content version that work began: the version before its first write.
Both are on every answer about the plan. A write with another id, with none, or by a person in the
product, ends it: then `X-Change-Id` is that other one or absent, and the first work, if it comes
back, **begins anew** at the version that stands. So work that was cut can go on, and an edit in
between is seen. A product that does not keep this leaves the headers out. The client then asks that
the content version has grown by its own writes and no more; and work that was cut is **not gone on
with**: what stands is taken for somebody else's, and a person sees it.

# The form, and what it made

`plan.create` makes accounts for the persons, gives the plan lead a lasting right to make plans, and
mails invitations unless `X-Notify: none`. **It is not idempotent and no plan id comes back**: sent
twice it makes two plans. The client sends it a single time, whatever is answered, and finds the
plan with `plan.search` by the person and the plan type: it is the one with no `externalReference`
and with `createdBy` **the client id of the token**. The first thing written to it is its
`externalReference`. The plan awaits consent, has content version 1, and has the lead and the
guardians of the form as participants, each invited, with the names and numbers of the form.
**Nothing else is filled in**, also where a person has an account that knows more: no other part has
anything, `shortName`, `unitName`, `description`, `initiator` and `photoDocumentId`, every
`externalReference`, and the participants' `email`, `mobile`, `unitName` and `accessUntil` are null,
`lifeAreas` and `subjectPlans` empty. A plan with more is taken for one somebody has written in, and
a person sees it. What the form does not say and a shape requires (`mainPerson.kind`,
`untilPlanDeleted`) has any value the product likes; the import writes it.

# What lags, and what never does

`plan.search` and `plan.list` may be behind a write; a read by id never is. How far behind is said
in `visibleWithinSeconds`: within so many seconds a plan that was made, or a reference that was set,
is found by search and stands in the listing. Until then "not found" does not mean "not there". A
plan that was sent and does not show is looked for that long, or as long as the municipality has
configured (`seen_within`, 120 seconds unless it says otherwise) when that is longer; then a person
is asked. Left out, the municipality's figure alone counts.

# The search

By `externalReference`, or by `mainPersonNationalId` and `planTypeId`; whole values, nothing else,
and no paging. Each row has the plan's id, content version, reference and maker. Deleted plans do
not show.

# Listings and parts

In the order the plans were made, oldest first; a part in the order its resources stand. The order
does not change while a listing is read, so a plan made meanwhile comes last. Without `pageToken` it
begins at the start. The last page has `nextPageToken: null`, and only that one. A token is opaque
and good for at least a day. `totalCount` is as far behind as the listing itself. The client holds
what it was given against it, and calls the work unfinished where they differ, where a plan comes
twice, or where a token comes again.

# The change feed

- **It begins now**: without `pageToken` the answer is an empty page whose `nextPageToken` is the
  cursor of now. Nothing that happened before is told.
- With one: each plan that was made, changed (itself, a part or a content) or deleted after it,
  **once, by its newest change**, in the order of those changes. One that changes again comes again,
  after that cursor.
- A deleted plan has `status: "deleted"`. `totalCount` is not read.
- `nextPageToken` is never null. The end is reached when the page is empty; an empty page gives back
  the cursor it was asked with. A cursor is good for at least 30 days.

# Documents and their content

`part.create.documents` makes the metadata, with `size` and `sha256`; `content.write` sends the
bytes, which must be those (HASH_MISMATCH). Until they have come `content.read` answers 404
NO_CONTENT. `content.write` may be repeated. A `part.update.documents` with a new `sha256` drops the
old bytes: they are sent anew; a new `size` alone drops nothing. What the metadata says tells
nothing of whether the bytes came, so the client fetches them.

# Consent, participants and roles

- Content needs a consent in force (`status: valid`): without one, only the lead, guardians and
  consents can be made or changed (CONSENT_REQUIRED). An import may bring all participants and
  documents first, for the consent needs them as signers and evidence, and content into an inactive
  plan.
- A consent becomes valid by signing. An import may write it valid when it shows the signatures and
  the evidence: one signer at least and every one `signed`, and `evidenceDocumentId` or a `text`
  that is not blank (CONSENT_NOT_SIGNED, CONSENT_WITHOUT_EVIDENCE).
- A plan becomes active only with a consent in force. Its `status` does not follow the consent: when
  that is withdrawn or runs out, the plan stays active, and takes no content, until somebody sets
  it. An inactive plan takes nothing but by import (PLAN_INACTIVE). Only an inactive plan can be
  deleted: the two others answer PLAN_ACTIVE.
- These two rules are about `part.create.*` and `part.update.*`. Deletions, orders, `content.write`
  and `plan.update` are not held to them.
- A participant is `invited` until the first login in this system, whatever an import says; `ended`
  is taken at its word, also for the lead, who keeps the role; one who is taken back is `invited`.
  Outside an import one who is not active is not made responsible nor sent a message
  (PARTICIPANT_NOT_ACTIVE).
- Participants with the same `nationalId` are one person with one `personId`, in every plan; one
  without a number is a person of their own. With another `nationalId` a participant has that
  number's `personId`.
- A change of role outside an import ends the current interval of `roleHistory` and begins another.
  In an import the history is what is sent, and stays as it is when none is sent.
- **Exactly one plan lead.** Giving role-planansvarleg to a participant takes it from the one who
  had it, who becomes role-tenesteytar and whose `version` grows by one, in the same write (the
  content version grows by one in all); their history as above. It cannot be left with nobody
  (LEAD_REQUIRED).
- What another resource refers to is not deleted (IN_USE).

# What an import lets through

`X-Import: historical` lets a write carry what the server else writes itself, and it is kept as it
was sent; and a consent signed elsewhere, content in an inactive plan, and a responsible participant
who has not logged in. `X-Notify: none` sends no mail. What the server else writes:

@history@

Without the header these may be null or empty only (HISTORY_NEEDS_IMPORT), and the server writes
them: times with now, `createdBy` and `uploadedBy` with the client id of the token, `roleHistory`
with the one role. What has not happened (`activatedAt`, `withdrawnAt`, `withdrawnBy`, `updatedAt`
before a change) is null. A later write leaves them, but for `updatedAt` and a change of role.

# Refusals

The body of 400, 404, 409, 412, 415, 422 and 428 is `Error`: `code` and `place`, both always there.
The codes an operation can answer stand with it. The bodies of 401, 413, 429, 500 and 503, and of a
403 where no code is declared, are not read, for a proxy may have written them. 429 and 503 mean
that nothing was done, and may say `Retry-After`. Nothing is changed by any refusal.

# Answers with and without a body

A write answers the resource as it stands, with its id and version. Besides what is declared with
each operation the client takes an empty 201 with `Location`, and an empty 204 after an update, if
`Content-Version` is there: then it reads the part. Of the answer to `plan.create` it reads the
status alone.

# Codes of fields

`x-codes` lists the codes a field takes, `x-codes-open` whether the list is open. A code that is not
on the list is read and kept as it came, and shown to a person; in a closed list a new one is agreed
first. Written, a code is refused only where the schema has an `enum`, a participant's role and an
affiliation only when they are not in their list: history has codes of older versions, and an import
keeps them.

# What we ask, and why

- **Texts are kept exactly**, because what was written is compared with what stands, and a record of
  a child that was trimmed is another record.
- **History is imported.** It says who did what and when, so it asks for a right of its own
  (`import`), given to one client for as long as the work lasts. The product's audit log goes on
  saying what it knows itself: which client imported, and when.
- **`externalReference` comes back as it was sent.** The server's ids are its own; this is how a
  resource is known again. The gateway's are visible ASCII: of a plan a UUID, of a resource UUIDs
  with a letter each, at most 120 characters.
- **The content version is on every answer**, for only so are eight calls one reading.
- **A metadata record comes before its bytes**, so the bytes' address is the server's. One without
  bytes is repaired by the same work, and is no error meanwhile.
- **What is put comes back in one answer.** So of the limits for a request and an answer the smaller
  one counts, and a municipality with larger documents raises the one it has configured.
- **Page tokens are kept** a day for a listing that is read with pauses, 30 days for the feed, which
  may wait that long while the work is stopped and people look.

# Codes of refusals

"""


def _history() -> str:
    """What the server writes itself, as a table in Markdown."""
    rows = [("the plan itself", PLAN_HISTORY), *((part.name, part.history) for part in PARTS)]
    lines = [f"| {name} | {', '.join(members) or '-'} |" for name, members in rows]
    return "\n".join(["| of | members |", "|---|---|", *lines])


GUIDE = _GUIDE.replace("@history@", _history()) + table()

WHOLE = {
    "token.fetch": "A token for one municipality.",
    "tenant.read": "Whom the token is valid for, what it may do, how much is stored, and how far "
    "searches are behind.",
    "planTypes.list": "The plan types of the municipality.",
    "roles.list": "The roles a participant can have.",
    "affiliations.list": "The affiliations a plan can have.",
    "plan.list": "All plans of the municipality, page by page, oldest first. May be behind.",
    "change.list": "Plans made, changed or deleted since a cursor; without one, where now is.",
    "plan.search": "Plans by reference, or by person and type. May be behind.",
    "plan.create": "The documented form. Not idempotent, and no plan id comes back.",
    "plan.read": "The plan's own fields, never behind a write.",
    "plan.update": "Change the plan's own fields; `mainPerson` is sent whole. `If-Match` is the "
    "plan's own `version`.",
    "plan.delete": "Delete an inactive plan with all its parts. `If-Match` is the content version. "
    "The gateway calls it only when every archive verifiably holds the plan.",
    "content.read": "The bytes of one document, exactly as they were put.",
    "content.write": "The bytes of one document: those its metadata names.",
}
OF_PART = {
    "create": "Add one of the plan's {part}.",
    "list": "The plan's {part}, page by page, in their order.",
    "update": "Change one of the plan's {part}. `If-Match` is its `version`.",
    "order": "Put all of the plan's {part} in an order. Names each once.",
    "delete": "Delete one of the plan's {part}. `If-Match` is its `version`.",
}
"""What each operation is, in a sentence or two."""
