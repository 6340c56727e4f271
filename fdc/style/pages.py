"""How every page is written: one HTML file in one language that needs no other file."""

from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from fdc.locale import Language, text
from fdc.style import palette


def render(template: Path, language: Language, **values: Any) -> str:
    """Writes a page.

    Args:
        template: A Jinja template that extends `page.html.jinja`; it says a sentence of the locale
            with `t(key, …)`, and asks with `has(key)` whether there is one.
        language: Of the page.
        **values: For the template; text is escaped, and what is not given is an error.

    Returns:
        The HTML.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([template.parent, Path(__file__).parent]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(count="{:,}".format, percent="{:.1%}".format, drawing=Markup)
    return environment.get_template(template.name).render(
        t=partial(text, language=language), language=language, palette=palette, **values
    )
