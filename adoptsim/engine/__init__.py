"""What happens, day by day: arrays, keyed draws, and the compiled order of the rules."""
