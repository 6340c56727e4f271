"""Photo to crop: detection, background, alignment, the recipe, the networks' weights."""
