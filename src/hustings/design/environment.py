"""How the templates are read and the style sheets joined: once, the same for site and file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hustings.design import words

PACKAGE: Final = Path(__file__).parent
TEMPLATES: Final = PACKAGE / "templates"
STATIC: Final = PACKAGE / "static"

SHEETS: Final = ("tokens.css", "base.css", "components.css", "sheet.css", "print.css")
"""In the order in which they must be read: paper has the last word."""


def build_environment(**options: Any) -> Environment:
    """Return a Jinja2 environment in which a template can't forget to escape.

    A name that was not given is an error, not an empty string: a result page with a
    hole in it must never reach a reader. `options` go to Jinja2 (the site passes its
    loader); escaping and strictness can't be turned off by them.
    """
    options.setdefault("loader", PackageLoader("hustings.design", "templates"))
    options.update(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment = Environment(**options)  # noqa: S701  autoescape is on, two lines above
    environment.filters["grouped"] = words.grouped
    environment.globals["stylesheet"] = stylesheet_markup
    environment.globals["stylesheet_digest"] = stylesheet_digest
    return environment


def render(template: str, **context: Any) -> Markup:
    """Render a template of this package; what comes back may stand in another one."""
    return Markup(_environment().get_template(template).render(**context))  # noqa: S704


@cache
def stylesheet() -> str:
    """Return all style sheets as one, for pages that carry their style inside."""
    folder = files("hustings.design") / "static" / "design"
    sheets = (folder / name for name in SHEETS)
    return "\n".join(sheet.read_text("utf-8") for sheet in sheets if sheet.is_file())


def stylesheet_markup() -> Markup:
    """Return the style sheet as it stands inside <style>, where escaping would break it."""
    text = stylesheet()
    if "</" in text:
        raise ValueError("a style sheet must not contain '</': it would end the element early")
    return Markup(text)  # noqa: S704  our own files, checked above


@cache
def stylesheet_digest() -> str:
    """Return the source expression that lets exactly this style sheet into a page's own CSP."""
    digest = hashlib.sha256(stylesheet().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _environment() -> Environment:
    return build_environment()
