"""The drawn people: a data set that is made, so that fdc runs without photos."""
