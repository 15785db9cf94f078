"""JSON: a strict list of objects keyed by the column names, or one object a line."""

from collections.abc import Iterator

from actcli.render._spec import Format, Screen, is_finite, is_number, rows, text_of
from actcli.report import Cell, Report


def _json(report: Report, screen: Screen) -> Iterator[str]:
    opening = "[\n  "
    for objects in _objects(report):
        yield opening + ",\n  ".join(objects)
        opening = ",\n  "
    yield "\n]\n" if report.length else "[]\n"


def _jsonl(report: Report, _: Screen) -> Iterator[str]:
    for objects in _objects(report):
        yield "".join(line + "\n" for line in objects)


def _objects(report: Report) -> Iterator[list[str]]:
    template = "{" + ", ".join(_text(name).replace("%", "%%") + ": %s" for name in report.columns) + "}"
    for chunk in rows(report, _value):
        yield [template % row for row in chunk]


def _value(cell: Cell) -> str:
    if is_finite(cell):
        return text_of(cell)
    if is_number(cell):  # JSON has no inf and nan: readers drop or change them
        return _text(text_of(cell))
    return _text(cell)


def _text(cell: Cell) -> str:
    import json  # of no use to other formats

    return json.dumps(cell)


JSON = Format(name="json", summary="a list of objects", render=_json, suffixes=(".json",))
JSONL = Format(name="jsonl", summary="one object a line", render=_jsonl, suffixes=(".jsonl", ".ndjson"))
