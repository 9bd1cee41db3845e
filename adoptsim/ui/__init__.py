"""The browser: draws what lower floors return, holds what somebody is trying out, and computes no science."""
