"""Photo to crop: decoding, background, detection, alignment, the recipe, the store, weights."""
