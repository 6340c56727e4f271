"""A model folder to answers: what a packaged model carries, and nothing more."""
