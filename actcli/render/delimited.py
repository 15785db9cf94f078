"""Rows of cells with a separator: plain, tsv, csv."""

import io
from collections.abc import Iterator

from actcli.render._spec import Format, Screen, rows, text_of
from actcli.report import Report


def _plain(report: Report, _: Screen) -> Iterator[str]:
    for chunk in rows(report, text_of):
        yield "".join("\t".join(row) + "\n" for row in chunk)


def _tsv(report: Report, screen: Screen) -> Iterator[str]:
    yield "\t".join(report.columns) + "\n"
    yield from _plain(report, screen)


def _csv(report: Report, _: Screen) -> Iterator[str]:
    yield _csv_lines([tuple(report.columns)])
    for chunk in rows(report, text_of):
        yield _csv_lines(chunk)


def _csv_lines(lines: list[tuple[str, ...]]) -> str:
    import csv

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


PLAIN = Format(
    name="plain", summary="one row a line, tabs between, no header", render=_plain, suffixes=(".txt",)
)
TSV = Format(name="tsv", summary="tabs between, with a header", render=_tsv, suffixes=(".tsv",))
CSV = Format(name="csv", summary="commas between, with a header", render=_csv, suffixes=(".csv",))
