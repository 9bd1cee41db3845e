"""The commands, one module a group: they read arguments, call, and print.

What is heavy (numpy, numba, pandas, matplotlib) is imported inside the command that needs it, so that
``adoptsim --help`` and a mistyped option answer at once. This is the reason for every import inside a function here.
"""
