"""Activation functions: one family a file, each a record of formula, implementation and facts."""
