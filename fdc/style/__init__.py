"""How figures and pages look: one palette, one sheet, one way to draw."""
