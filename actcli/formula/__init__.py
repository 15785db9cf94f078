"""The formula language: text to values, by a whitelist; nothing a formula contains is ever executed."""

from actcli.formula.evaluate import evaluate

__all__ = ["evaluate"]
