"""See, evaluate, gradient-check and descend activation functions, right to the last bit.

>>> import actcli
>>> gelu = actcli.resolve("gelu")
>>> gelu([-1.0, 0.0, 1.0]), gelu([1.0], order=1)
>>> assert actcli.gradcheck(gelu).ok

The names below are loaded when they are first used; importing actcli loads nothing.
"""

TYPE_CHECKING = False  # typing itself would cost more than all the rest
if TYPE_CHECKING:
    from typing import Any

    from actcli.activations import ACTIVATIONS, Activation
    from actcli.auditing import AuditSettings, audit
    from actcli.checking import Check, Settings, gradcheck
    from actcli.descent import descend
    from actcli.differences import DIFFERENCES, Difference
    from actcli.errors import ActcliError, InputError, OutputError, UnknownNameError
    from actcli.function import Function
    from actcli.objectives import OBJECTIVES, Objective
    from actcli.optimizers import OPTIMIZERS, Optimizer
    from actcli.target import resolve

__version__ = "0.4.0"

_HOME = {
    "ACTIVATIONS": "activations",
    "Activation": "activations",
    "ActcliError": "errors",
    "AuditSettings": "auditing",
    "Check": "checking",
    "DIFFERENCES": "differences",
    "Difference": "differences",
    "Function": "function",
    "InputError": "errors",
    "OBJECTIVES": "objectives",
    "OPTIMIZERS": "optimizers",
    "Objective": "objectives",
    "Optimizer": "optimizers",
    "OutputError": "errors",
    "Settings": "checking",
    "UnknownNameError": "errors",
    "audit": "auditing",
    "descend": "descent",
    "gradcheck": "checking",
    "resolve": "target",
}

__all__ = [
    "ACTIVATIONS",
    "DIFFERENCES",
    "OBJECTIVES",
    "OPTIMIZERS",
    "ActcliError",
    "Activation",
    "AuditSettings",
    "Check",
    "Difference",
    "Function",
    "InputError",
    "Objective",
    "Optimizer",
    "OutputError",
    "Settings",
    "UnknownNameError",
    "__version__",
    "audit",
    "descend",
    "gradcheck",
    "resolve",
]


def __getattr__(name: str) -> "Any":
    if name in _HOME:
        import importlib  # noqa: PLC0415  # of no use to who only wants the version

        return getattr(importlib.import_module(f"actcli.{_HOME[name]}"), name)
    raise AttributeError(f"module 'actcli' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
