"""Results as pictures. Draws what lower floors return; computes no science and simulates nothing."""
