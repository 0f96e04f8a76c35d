"""The report says for each case what was promised, done, expected and what came, in both languages;
every fault and step has its words; the program's exit says how it went."""

import http.server
import json
import re
import string
import sys
import threading
from pathlib import Path

import pytest

from tests.samsvar import __main__ as program
from tests.samsvar import dialog, fjern, tekst
from tests.samsvar.dialog import STEG, Brudd, Portfeil
from tests.samsvar.feil import Feil
from tests.samsvar.port import Moete, Motpart, Port, Staar
from tests.samsvar.proever import all_of_them, chosen
from tests.samsvar.rapport import Rapport, Utfall

HERE = Path(__file__).parent
CASE = next(one for one in all_of_them() if one["navn"] == "mottaker-annen-hovedversjon")
FAULT = Brudd(CASE["navn"], 2, CASE["steg"][1], Feil("ikke_stille", sagt=["kvittering (to: tatt)"]))


def test_a_breach_is_told_whole():
    """As the README shows it."""
    text = Rapport([Utfall(CASE, 1.0, FAULT)], [], 2.0).text()
    shown = (HERE / "README.md").read_text("utf-8").split("## The report")[1].split("```")[1]
    assert shown.strip() in text
    assert "0 of 1 cases hold, in 2 seconds" in text
    assert text.rstrip().endswith("The gateway does not conform.")


def test_the_same_as_json_and_in_bokmaal():
    """The words are the same ones."""
    told = json.loads(Rapport([Utfall(CASE, 1.0, FAULT)], [Feil("null", type="tilbud")], 2.0,
                              "nb").json())  # fmt: skip
    assert (told["holder"], told["uleste"]) == (False, ["Den skrev null i tilbud (3)"])
    (one,) = told["proever"]
    assert one["lovet"] == CASE["viser"]["nb"]
    assert (one["resultat"], one["steg"], one["kom"]) == (
        "brudd",
        2,
        "Den sa: kvittering (to: tatt)",
    )
    assert one["ventet"] == "Porten skal ikke si noe"
    assert len(one["gjort"]) == 1


def test_a_port_that_fails_says_nothing_of_the_gateway():
    """Neither conforming nor not."""
    fault = Portfeil(1, CASE["steg"][0], "OSError: away")
    report = Rapport([Utfall(CASE, 1.0, fault)], [], 2.0)
    assert not report.holds
    assert "PORT FAILED: mottaker-annen-hovedversjon" in report.text()
    assert "does not conform" not in report.text()


def test_only_what_was_played_and_read_holds():
    """Nothing played is nothing known; what could not be read is a breach."""
    good = Utfall(CASE, 1.0)
    assert Rapport([good], [], 1.0).holds
    assert not Rapport([], [], 1.0).holds
    assert not Rapport([good], [Feil("bom")], 1.0).holds


def test_every_fault_and_step_has_words():
    """Each code that is raised, with the same holes in both languages; each step of each case."""
    raised = set()
    for path in HERE.glob("*.py"):
        if not path.name.startswith("test_"):
            raised |= set(re.findall(r'Feil\(\s*"(\w+)"', path.read_text("utf-8")))
    assert raised == set(tekst.FEIL)
    for table in (tekst.FEIL, tekst.STEG, tekst.ORD):
        for english, norwegian in table.values():
            assert _holes(english) == _holes(norwegian)
    assert set(tekst.STEG) == set(STEG)
    for case in all_of_them():
        for steg in case["steg"]:
            kind = next(one for one in STEG if one in steg)
            assert all(tekst.steg(steg, kind, language) for language in tekst.LANGUAGES)


def _holes(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


PORT = """
import json, sys
for line in sys.stdin:
    told = json.loads(line)
    answer = {
        "open": lambda: {"orgnr": "899100107", "url": "https://127.0.0.1:1", "sertifikater": "",
                         "enhet": told["side"], "person": str(len(told["logger"]))},
        "start": lambda: {"overfoering": "o", "logg": "l", "ord": ["a"]},
        "stands": lambda: {"tilstand": "MOTTATT", "ansvarlig": "oss", "kode": None},
        "proof": lambda: {"svar": "BEVIS_LIKT"},
        "withdraw": lambda: {"error": "no such button"},
    }.get(told["do"], dict)()
    print(json.dumps(answer), flush=True)
"""


def test_a_port_in_another_language(tmp_path):
    """Each call is a request, and an error is told."""
    (tmp_path / "port.py").write_text(PORT)
    port: Port = fjern.in_program(f"{sys.executable} {tmp_path / 'port.py'}")
    other = Motpart("899300319", "9908", "899301315", "p", "https://127.0.0.1:2", "PEM")
    oss = port.open(Moete("mottaker", tmp_path, (other, other), 0, (b'{"id": "x"}',)))
    assert (oss.orgnr, oss.enhet, oss.person) == ("899100107", "mottaker", "1")
    assert port.start().ord == ("a",)
    port.accept("o")
    assert port.stands("o").kode is None
    assert port.proof("o", tmp_path) == "BEVIS_LIKT"
    with pytest.raises(RuntimeError, match="no such button"):
        port.withdraw("o")
    port.close()


def test_a_port_at_an_address():
    """Each call is a POST."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"tilstand": "MOTTATT", "ansvarlig": "oss"}')

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        port = fjern.at_address(f"http://127.0.0.1:{server.server_address[1]}")
        assert port.stands("o") == Staar("MOTTATT", "oss", None)
        server.shutdown()
        thread.join(5)
    assert asked == [{"do": "stands", "overfoering": "o"}]


def test_a_key_is_never_repeated():
    """Neither the one that came nor the one that was expected."""
    fault = dialog._another("noekkel", "hemmelig1", "hemmelig2")
    assert "hemmelig" not in tekst.feil(fault, "en")


def test_the_programs_words(tmp_path, capsys):
    """Cases are listed without a port; a file without open_port is told."""
    assert program.main(["--list", "--only", "*-god-vei"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 2
    # Also with the rest of the line as it was typed to play them.
    assert program.main(["--list", "--port", "mine.py", "--only", "*-god-vei"]) == 0
    assert capsys.readouterr().out == out
    with pytest.raises(SystemExit):
        program.main([])
    assert "--port" in capsys.readouterr().err
    assert [one["navn"] for one in chosen("avgiver", ["*-god-vei"])] == ["avgiver-god-vei"]
    (tmp_path / "empty.py").write_text("")
    with pytest.raises(SystemExit, match="open_port"):
        program.main(["--port", str(tmp_path / "empty.py")])
    with pytest.raises(SystemExit, match="no such"):
        program.main(["--port", str(tmp_path / "away.py")])
