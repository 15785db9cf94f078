"""The formula language: text to graph, its values, derivatives and texts; nothing is ever executed."""

MOST_DERIVATIVES = 9
