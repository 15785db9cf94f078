"""What holds for every test."""

from hypothesis import settings

# How long an example takes depends on who else uses the machine; what must be quick says so itself.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
