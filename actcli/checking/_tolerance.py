"""How far apart the stated and the measured slope may be."""

import numpy as np

from actcli.checking._settings import Settings
from actcli.differences._spec import Array, Estimate

_SAFETY = 4  # estimated errors that a difference may amount to


def allowed(stated: Array, measured: Estimate, own: Array, settings: Settings) -> Array:
    """Return the given tolerance, or else what truncation and rounding may explain."""
    size = np.where(np.isfinite(measured.value), np.abs(measured.value), 0.0)
    if settings.has_tolerance:
        return np.asarray((settings.atol or 0.0) + (settings.rtol or 0.0) * size)
    eps, smallest = settings.precision
    rounding = eps * np.where(np.isfinite(stated), np.abs(stated), 0.0) + eps * size + smallest + own
    return np.asarray(_SAFETY * (measured.error + rounding))
