"""The verbs that a person runs, each a short composition of fdc."""
