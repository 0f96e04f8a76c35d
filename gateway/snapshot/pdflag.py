"""Layers of a PDF that may be off: by the file's own word, by where it is shown, or by each other.

It only asks whether something can be hidden, never what is: what is off somewhere is told.
Source: ISO 32000-1, 8.11. Must only run in the worker process.
"""

from typing import Any

from gateway.snapshot.pdfobjekt import Pdf

_STATES = (("View", "ViewState"), ("Print", "PrintState"), ("Export", "ExportState"))


def off(pdf: Pdf, root: Any) -> bool:
    """True when a layer is off, or is off on a screen, on paper or in a copy."""
    layers = pdf.of(root, "OCProperties")
    shown = pdf.of(layers, "D")
    if pdf.get(shown.get("OFF")) or pdf.get(shown.get("BaseState")) == "OFF":
        return True
    if not pdf.get(shown.get("AS")):
        return False
    groups = (pdf.get(one) for one in pdf.of(layers, "OCGs", list))
    return any(_off_somewhere(pdf, one) for one in groups if isinstance(one, dict))


def of_others(pdf: Pdf, told: dict[str, Any]) -> bool:
    """True for what is shown when other layers are not."""
    if pdf.get(told.get("Type")) != "OCMD":
        return False
    return "VE" in told or pdf.get(told.get("P")) in ("AllOff", "AnyOff")


def _off_somewhere(pdf: Pdf, group: dict[str, Any]) -> bool:
    usage = pdf.of(group, "Usage")
    if pdf.of(usage, "Zoom"):
        return True
    return any(pdf.get(pdf.of(usage, where).get(state)) == "OFF" for where, state in _STATES)
