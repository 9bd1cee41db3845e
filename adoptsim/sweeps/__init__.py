"""Sweeps: the same scenario asked many times, with practices, parameters or the organisation varied."""
