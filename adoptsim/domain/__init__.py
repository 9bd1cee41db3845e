"""What is simulated and by which rules: pure data and functions; no clock, no input or output, no framework."""
