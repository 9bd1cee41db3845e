"""The workshop: a room that predicts, decides and finds out why; served on the trainer's machine, computes no science."""
