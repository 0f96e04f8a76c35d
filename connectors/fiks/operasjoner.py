"""What every use of the Fiks platform calls, and where it is documented. No I/O."""

from gateway.ports.connector import Operation, Provenance

SOURCE = (
    "developers.fiks.ks.no, Fiks IO; ks-no/fiks-io-client-dotnet (cbe76983), "
    "ks-no/fiks-io-send-klient (5ff0b557)"
)

KATALOG = "fiksio.katalog"
LOOKUP = "fiksio.lookup"
DOKUMENTLAGER = "fiksio.dokumentlager"

TRANSPORT: tuple[Operation, ...] = (
    Operation(
        "maskinporten.token",
        "POST {token_url}",
        Provenance.DOCUMENTED,
        "docs.digdir.no, Maskinporten; ks-no/fiks-maskinporten (ec09b419)",
    ),
    Operation(KATALOG, "GET /fiks-io/katalog/api/v1/kontoer/{id}", Provenance.DOCUMENTED, SOURCE),
    Operation(
        "fiksio.send",
        "POST /fiks-io/api/v1/send",
        Provenance.DOCUMENTED,
        SOURCE,
        "accepted is not received; not idempotent, a second send is a second message",
    ),
    Operation(
        "fiksio.mottak",
        "AMQP fiksio.konto.{id}",
        Provenance.DOCUMENTED,
        "ks-no/fiks-io-client-dotnet (cbe76983), Amqp; ks-no/fiks-io-klient-java (9491aa29)",
        "an acknowledged message is gone from the queue",
    ),
    Operation(
        DOKUMENTLAGER,
        "GET /dokumentlager/nedlasting/{id}",
        Provenance.DOCUMENTED,
        "ks-no/fiks-dokumentlager-klient (466cdda2)",
    ),
)

OPPSLAG = Operation(
    LOOKUP,
    "GET /fiks-io/katalog/api/v1/lookup",
    Provenance.DOCUMENTED,
    "developers.fiks.ks.no, Fiks IO, Kontokatalogen",
    "the address holds the organisation's number, as the platform has it",
)
"""For protocols that find the receiver by its organisation."""
