"""A table shows what a system wrote as it stands, brackets included."""

from gateway.cli.console import Speaker


def test_brackets_are_shown_and_never_read_as_markup(capsys):
    """A ref like a closing tag neither breaks the table nor disappears from it."""
    Speaker(as_json=False).table(("ref", "sted"), [("[/x]", "maal[red]")], "rows")
    told = capsys.readouterr().out
    assert "[/x]" in told
    assert "maal[red]" in told
