"""A readable block of labelled lines before a free text, written so that it parses back exactly.

    Oppmerksomhet: Ella strever med lekser.
    Delmål: Ella finner frem bøkene.

    Her følger den frie teksten.

A line break inside a value continues with two spaces on the next line. People may edit the text;
then whatever still reads as a block is read as one, and the rest is free text. No I/O, no codes.
"""

Pairs = list[tuple[str, str]]


def write(lines: list[str], rest: str | None, labels: frozenset[str]) -> str | None:
    """The block and the free text; None when both are empty. A line is `label: value`."""
    if not lines:
        if rest is not None and (rest.startswith("\n\n") or parse(rest, labels)[0]):
            return f"\n\n{rest}"
        return rest
    head = "\n".join(lines)
    if head.count("\n") >= len(lines):
        head = "\n".join([line.replace("\n", "\n  ") for line in lines])
    return head if rest is None else f"{head}\n\n{rest}"


def parse(text: str | None, labels: frozenset[str]) -> tuple[Pairs, str | None]:
    """The pairs and the free text; no pairs when the text does not begin with a block."""
    if text is None:
        return [], None
    if text.startswith("\n\n"):
        return [], text[2:]
    head, separator, rest = text.partition("\n\n")
    pairs: Pairs = []
    for line in head.split("\n"):
        label, colon, value = line.partition(": ")
        if pairs and line.startswith("  "):
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}\n{line[2:]}")
        elif colon and label in labels:
            pairs.append((label, value))
        else:
            return [], text
    return pairs, rest if separator else None
