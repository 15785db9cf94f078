"""Waves, by their formulas: sine, cosine, and sinc, which fades."""

from actcli.activations._spec import Activation, Parameter

SIN = Activation(
    name="sin",
    summary="A sine wave of angular frequency omega: draws fine detail (siren: omega=30)",
    formula="sin(omega*x)",
    parameters={"omega": Parameter("1")},
    aliases=("siren",),
    spellings={"torch": "sin", "jax": "numpy.sin", "keras": "ops.sin", "onnx": "Sin"},
    source="Sitzmann et al. 2020, Implicit neural representations with periodic activation functions "
    "(arXiv:2006.09661)",
)

COS = Activation(
    name="cos",
    summary="A cosine wave of angular frequency omega, even and 1 at 0",
    formula="cos(omega*x)",
    parameters={"omega": Parameter("1")},
    spellings={"torch": "cos", "jax": "numpy.cos", "keras": "ops.cos", "onnx": "Cos"},
    source="NIST DLMF 4.14.2; Rahimi & Recht 2007, Random features for large-scale kernel machines",
)

SINC = Activation(
    name="sinc",
    summary="A wave that fades like 1/x, 1 at 0: the ideal low-pass filter (omega=pi is the normalised one)",
    # at 0 stands Taylor's polynomial, whose first two derivatives are the function's
    formula="where(x == 0, 1 - (omega*x)**2/6, sin(omega*x)/(omega*x))",
    # the derivative's terms cancel near 0; the series, broken off, is right in 21 digits, derivatives too
    stable="where(abs(omega*x) < 1, 1 - (omega*x)**2/6*(1 - (omega*x)**2/20*(1 - (omega*x)**2/42*"
    "(1 - (omega*x)**2/72*(1 - (omega*x)**2/110*(1 - (omega*x)**2/156*(1 - (omega*x)**2/210*"
    "(1 - (omega*x)**2/272*(1 - (omega*x)**2/342*(1 - (omega*x)**2/420*(1 - (omega*x)**2/506)))))))))), "
    "sin(omega*x)/(omega*x))",
    parameters={"omega": Parameter("1", "(0, inf)")},
    spellings={"torch": "sinc", "jax": "numpy.sinc", "keras": "ops.sinc"},
    source="Woodward & Davies 1952, Information theory and inverse probability in telecommunication",
)
