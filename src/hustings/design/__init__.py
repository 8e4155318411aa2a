"""The design system: one style sheet and one set of components, for the site and for files.

Nothing here knows Django: `hustings count --html` makes its page with the same templates,
styles and pictures as the site does. Every template escapes what it is given.
"""

from hustings.design.environment import (
    STATIC,
    TEMPLATES,
    build_environment,
    render,
    stylesheet,
    stylesheet_digest,
)

__all__ = [
    "STATIC",
    "TEMPLATES",
    "build_environment",
    "render",
    "stylesheet",
    "stylesheet_digest",
]
