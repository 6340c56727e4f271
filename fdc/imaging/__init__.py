"""Bytes of a photo to upright pixels, and what is found in its file."""
