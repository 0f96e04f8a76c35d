"""A document that does not hold is told by place, and nothing of it hangs on to the error."""

import pytest

from gateway import app
from gateway.errors import Rejected


@pytest.mark.parametrize("system", ["conexus_companion", "visma_samspill"])
@pytest.mark.parametrize("body", [b'{"status": "Kanari"}', b'{"a": "Kanari", ', b'"Kanari"'])
def test_nothing_of_a_broken_document_follows_the_error(system, body):
    """Neither text, cause nor context quotes what was read."""
    with pytest.raises(Rejected, match="WIRE_UGYLDIG") as caught:
        app.mapping(system).parse(body)
    assert "Kanari" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
