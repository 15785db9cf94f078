"""See, evaluate, gradient-check and descend activation functions, right to the last bit."""

__version__ = "0.1.0"
