"""Pictures of functions, planes, descents and graphs, from the numbers that the library computes."""
