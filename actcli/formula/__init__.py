"""The formula language: text to graph, its values, its derivatives and its texts; nothing is ever executed."""
