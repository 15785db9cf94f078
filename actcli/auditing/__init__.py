"""Audits: code against its formula in arbitrary precision, in ulps of the correctly rounded result."""

from actcli.auditing._audit import ORDERS, Audit, AuditSettings, Subject, audit
from actcli.auditing._exhaustive import Progress, exhaust, exhaustive
from actcli.auditing._score import Special, Tally, Worst
from actcli.auditing._truth import crew

__all__ = [
    "ORDERS",
    "Audit",
    "AuditSettings",
    "Progress",
    "Special",
    "Subject",
    "Tally",
    "Worst",
    "audit",
    "crew",
    "exhaust",
    "exhaustive",
]
