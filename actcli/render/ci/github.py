"""Workflow commands of GitHub Actions: annotations beside the code."""

from collections.abc import Iterator

from actcli.errors import printable
from actcli.render._spec import Format, Screen
from actcli.suite import Case, Suite


def _github(suite: Suite, _: Screen) -> Iterator[str]:
    """Write an error for each failure, a warning for what was not tested, notices of notes and the whole."""
    for case in suite.cases:
        for failure in case.failures:
            yield _command("error", f"{suite.name} {case.name}: {case.verdict}", failure, case)
        if case.skipped:
            yield _command("warning", f"{suite.name} {case.name}", case.skipped, case)
        for note in case.notes:
            yield _command("notice", f"{suite.name} {case.name}", note, case)
    conditions = ", ".join(f"{key} {value}" for key, value in suite.properties.items())
    yield _command("notice", f"actcli {suite.name}", f"{suite.summary} ({conditions})", None)


def _command(kind: str, title: str, message: str, case: Case | None) -> str:
    place = {"file": case.file, "line": str(case.line or "")} if case else {}
    given = {**place, "title": title}
    texts = ",".join(f"{key}={_property(value)}" for key, value in given.items() if value)
    return f"::{kind} {texts}::{_data(message)}\n"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


GITHUB = Format(name="github", summary="annotations in GitHub Actions", render=_github)
