"""Bytes of a photo to upright pixels, and what one look at its file tells."""
