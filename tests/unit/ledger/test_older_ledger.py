"""A ledger from before messages remembered when they last went out is brought forward."""

from pathlib import Path

from alembic import command
from alembic.config import Config

import gateway.ledger
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare

HERE = Path(gateway.ledger.__file__).parent / "migrations"
OLD = {
    "tenant": "899100107", "side": "avgiver", "retning": "ut", "melding_id": "m",
    "overfoering_id": "o", "forsoek": 1, "type": "tilbud", "nr": 1, "sha": "", "forrige": "",
    "pakke": "p", "tilstand": "sendt", "forsoekt": 1, "neste": "n", "transport_id": "t",
    "kode": "", "tid": "n",
}  # fmt: skip


def test_a_message_under_way_is_still_there(tmp_path):
    """Its row is kept, and says that nobody knows when it went."""
    database = Database("", tmp_path)
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(HERE / "ledger"))
    with database.main.begin() as connection:
        config.attributes.update(
            connection=connection, metadata=t.meta, version_table="gw_version_ledger"
        )
        command.upgrade(config, "ledger_0004")
        names = ", ".join(OLD)
        connection.exec_driver_sql(
            f"insert into gw_overfoeringsmelding ({names}) values ({', '.join('?' * len(OLD))})",
            tuple(OLD.values()),
        )
    prepare(database, KeyRing({"k1": b"t" * 32}))
    with database.look() as connection:
        row = connection.execute(x.melding.select()).one()
    assert dict(row._mapping) == {**OLD, "sist": ""}
    database.close()
