"""Colours of scenarios side by side: told apart also by who sees no red, no green or no blue, and by their dashes."""

COLOURS = ("#062f29", "#0072b2", "#9b3400", "#00a66f", "#721a69", "#95940b")
DASHES = ("", "", "7 4", "2 4", "10 3 2 3", "5 2")
