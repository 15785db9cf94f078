"""JUnit's XML, which every CI system reads."""

from collections.abc import Iterator

from actcli.errors import printable
from actcli.render._spec import Format, Screen
from actcli.suite import Case, Suite


def _junit(suite: Suite, _: Screen) -> Iterator[str]:
    cases, name = suite.cases, _attribute(f"actcli {suite.name}")
    failed, skipped = sum(bool(c.failures) for c in cases), sum(bool(c.skipped) for c in cases)
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="{skipped}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    yield f"  <testsuite name={name} {counts}>\n    <properties>\n"
    for key, value in suite.properties.items():
        yield f"      <property name={_attribute(key)} value={_attribute(value)}/>\n"
    yield "    </properties>\n"
    yield from (line for case in cases for line in _case(case, suite.name))
    yield f"    <system-out>{_text(suite.summary)}</system-out>\n  </testsuite>\n</testsuites>\n"


def _case(case: Case, command: str) -> Iterator[str]:
    place = f" file={_attribute(case.file)}" * bool(case.file) + f' line="{case.line}"' * bool(case.line)
    start = f"    <testcase classname={_attribute(command)} name={_attribute(case.name)}{place}"
    if not (case.failures or case.skipped):
        yield f"{start}/>\n"
        return
    yield f"{start}>\n"
    if case.failures:
        says = "type={} message={}".format(*map(_attribute, (case.verdict, case.failures[0])))
        lines = "\n".join(case.failures)
        yield f"      <failure {says}>{_text(lines)}</failure>\n"
    else:
        yield f"      <skipped message={_attribute(case.skipped)}/>\n"
    yield "    </testcase>\n"


def _text(text: str) -> str:
    """Write text so that no sign of it is XML's; what XML forbids is escaped as everywhere."""
    text = "\n".join(map(printable, text.split("\n")))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return '"' + _text(text).replace('"', "&quot;").replace("\n", "&#10;") + '"'


JUNIT = Format(name="junit", summary="JUnit's XML", render=_junit, suffixes=(".xml",))
