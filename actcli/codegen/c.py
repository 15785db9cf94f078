"""C99, with math.h."""

import math
import re
from collections.abc import Sequence

from actcli.codegen._spec import Form, Function, Language, Piece
from actcli.formula._operation import COMPARISON, POWER, PRODUCT, SIGN, SUM

_words = re.compile(r"[A-Za-z_]\w*", re.ASCII).findall
_LOOSEST = COMPARISON - 1
_DROPS_NAN = (" ? ", "fmin(", " > 0.0) - (")  # what makes a number of nan, as joined pieces do
_BINARY = {
    **{
        sign: Form(f"{{0}} {sign} {{1}}", COMPARISON, (SUM, SUM))
        for sign in ("<", "<=", ">", ">=", "==", "!=")
    },
    "add": Form("{0} + {1}", SUM, (SUM, PRODUCT)),
    "sub": Form("{0} - {1}", SUM, (SUM, PRODUCT)),
    "mul": Form("{0}*{1}", PRODUCT, (PRODUCT, SIGN)),
    "div": Form("{0}/{1}", PRODUCT, (PRODUCT, SIGN)),
    "neg": Form("-{0}", SIGN, (POWER,)),  # --x would be a decrement
    "where": Form("{0} ? {1} : {2}", _LOOSEST),
    "sign": Form("(({0} > 0.0) - ({0} < 0.0))", operands=(SUM,)),
    "max": Form("({0} >= {1} ? {0} : {1})", operands=(SUM, SUM)),
    "min": Form("({0} <= {1} ? {0} : {1})", operands=(SUM, SUM)),
    "clip": Form("fmin(fmax({0}, {1}), {2})"),
    "abs": Form("fabs({0})"),
}


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else "INFINITY" if value > 0 else "-INFINITY"


def _form(name: str, pieces: Sequence[Piece]) -> Form:
    return _BINARY.get(name) or Form(f"{name}({', '.join(f'{{{k}}}' for k in range(len(pieces)))})")


def _function(function: Function) -> str:
    arguments = ", ".join(f"double {name}" for name in (function.variable, *function.parameters))
    lines = [f"    const double {name} = {text};" for name, text in function.lines]
    lines.append(f"    return {function.result.text};")
    if function.joined or any(mark in line for mark in _DROPS_NAN for line in lines):
        lines.insert(0, f"    if (isnan({function.variable})) return {function.variable};")
    used = set(_words(" ".join(lines)))
    unused = [f"    (void) {name};" for name in function.parameters if name not in used]
    return "\n".join([f"double {function.name}({arguments})", "{", *unused, *lines, "}"])


def _file(header: Sequence[str], functions: Sequence[str]) -> str:
    comment = "\n".join(f" * {line}".rstrip() for line in header).replace("*/", "* /")
    return "\n\n".join([f"/*\n{comment}\n */", "#include <math.h>", *functions]) + "\n"


C = Language(name="c", summary="C99, with math.h", number=_number, form=_form, function=_function, file=_file)
