"""The design system keeps its promises: colours that can be read, components that escape."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from hustings import design

TOKENS = (design.STATIC / "design" / "tokens.css").read_text("utf-8")
COMPONENTS = sorted(path.stem for path in (design.TEMPLATES / "components").glob("*.html"))

# As election software gives them, after Wikipedia's index of parties of the United Kingdom
# (looked up in public repositories on 24 November 2026).
PARTIES = {
    "Labour": "#e4003b",
    "Conservative": "#0087dc",
    "Reform UK": "#12b6cf",
    "Liberal Democrats": "#faa61a",
    "Green": "#02a95b",
    "SNP": "#fdf38e",
    "Plaid Cymru": "#005b54",
    "UKIP": "#70147a",
    "DUP": "#d46a4c",
    "Sinn Féin": "#326760",
    "SDLP": "#2aa82c",
    "Alliance": "#f6cb2f",
    "UUP": "#48a5ee",
    "TUV": "#0c3a6a",
}

Rgb = tuple[float, float, float]


def rgb(colour: str) -> Rgb:
    """Return the sRGB channels of #rrggbb, from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2, "relative luminance")."""
    red, green, blue = map(linear, rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def distance(one: str, other: str) -> float:
    """Return the distance in CIELAB (CIE 1976): about 2 is just noticeable."""

    def lab(colour: str) -> Rgb:
        red, green, blue = map(linear, rgb(colour))
        # sRGB to XYZ over the D65 white, as IEC 61966-2-1 gives it.
        x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
        y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089

        def f(t: float) -> float:
            return t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29

        return 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))

    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


def colours(selector: str) -> dict[str, str]:
    block = re.search(re.escape(selector) + r"\s*\{(.*?)\n\s*\}", TOKENS, re.DOTALL)
    assert block, f"tokens.css has no block {selector}"
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6,8});", block[1]))


THEMES = {
    "light": colours(":root"),
    "dark": colours('[data-theme="dark"]'),
}


@pytest.fixture(params=sorted(THEMES))
def theme(request: pytest.FixtureRequest) -> dict[str, str]:
    return THEMES[request.param]


def test_the_formula_agrees_with_the_extremes_wcag_names():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    # "#767676 on white" is the usual example of a grey that just meets 4.5:1.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#777777", "#ffffff") < 4.5


@pytest.mark.parametrize("ground", ["paper", "wash", "sunken"])
@pytest.mark.parametrize("text", ["ink", "soft", "accent"])
def test_text_reaches_the_enhanced_contrast_on_every_ground(theme, text, ground):
    """WCAG 2.2, 1.4.6: 7:1, so that it can be read in sunlight."""
    assert contrast(theme[text], theme[ground]) >= 7


@pytest.mark.parametrize("state", ["good", "care", "bad"])
def test_what_states_say_reaches_the_enhanced_contrast(theme, state):
    for ground in (f"{state}-wash", "paper"):
        assert contrast(theme[state], theme[ground]) >= 7
    assert contrast(theme["ink"], theme[f"{state}-wash"]) >= 7


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("accent", "accent-wash"),
        ("accent-strong", "accent-wash"),
        ("ink", "accent-wash"),
        ("soft", "accent-wash"),
        ("paper", "ink"),
    ],
)
def test_text_on_the_accent_reaches_the_enhanced_contrast(theme, text, ground):
    assert contrast(theme[text], theme[ground]) >= 7


@pytest.mark.parametrize("edge", ["edge", "good-edge", "care-edge", "bad-edge", "accent"])
def test_borders_that_mean_something_reach_three_to_one(theme, edge):
    """WCAG 2.2, 1.4.11: what shows a control or its state."""
    for ground in ("paper", "wash"):
        assert contrast(theme[edge], theme[ground]) >= 3


@pytest.mark.parametrize(("one", "other"), list(pairwise(["pic-1", "pic-2", "pic-5"])))
def test_neighbours_in_a_picture_differ_in_lightness(theme, one, other):
    assert contrast(theme[one], theme[other]) >= 1.4


def test_the_accent_is_no_partys_colour():
    for party, colour in PARTIES.items():
        for name, theme in THEMES.items():
            assert distance(theme["accent"], colour) > 25, f"{name} accent is near {party}"


def test_night_is_the_same_whether_the_system_or_the_page_asks_for_it():
    by_system = colours(':root:not([data-theme="light"])')
    assert by_system == THEMES["dark"]
    assert set(by_system) == set(THEMES["light"])


def test_every_custom_property_that_is_used_is_set():
    sheets = "\n".join(p.read_text("utf-8") for p in (design.STATIC / "design").glob("*.css"))
    used = set(re.findall(r"var\(--([\w-]+)\)", sheets))
    assert used - set(re.findall(r"--([\w-]+):", sheets)) == set()


def test_the_sheets_fetch_nothing():
    for path in (design.STATIC / "design").glob("*.css"):
        sheet = path.read_text("utf-8")
        assert "url(" not in sheet, path.name
        assert "@import" not in sheet, path.name


def test_the_joined_sheet_can_stand_inside_a_page():
    joined = design.stylesheet()
    assert "</" not in joined
    assert joined.index("--paper: #ffffff") < joined.index("@media print")


NASTY = "<script>alert('&\"')</script>"

# One call of every component with hostile text wherever text is taken.
CALLS = {
    "badge": "badge(x, 'good', 'tick')",
    "breadcrumb": "breadcrumb([{'label': x, 'href': x}], x, label=x)",
    "button": "button(x, href=x) ~ button(x, name=x, value=x)",
    "card": "card(x, href=x, eyebrow=x)",
    "downloads": "downloads([{'label': x, 'href': x, 'note': x}], label=x)",
    "empty": "empty(x)",
    "error_summary": "error_summary([{'field': x, 'text': x}, {'field': none, 'text': x}], x)",
    "facts": "facts([{'term': x, 'value': x, 'note': x}])",
    "field": (
        "field(x, x, value=x, help=x, error=x, attrs={'data-x': x})"
        "~ field(x, x, 'textarea', value=x)"
        "~ field(x, x, 'checkbox', help=x)"
        "~ field(x, x, 'radios', options=[{'value': x, 'label': x, 'help': x}])"
        "~ field(x, x, 'select', options=[{'value': x, 'label': x}])"
    ),
    "icon": "icon('good')",
    "notice": "notice(x, 'care')",
    "progress": "progress(x, x, x, value=x)",
    "stage_table": (
        "stage_table(x, x, [{'label': x, 'note': x}],"
        " [{'name': x, 'outcome': x, 'state': 'elected',"
        "   'cells': [{'votes': x, 'change': x, 'state': 'excluded'}, none]}],"
        " note=x)"
    ),
    "strip": "strip([{'label': x, 'href': x, 'note': x}, {'label': x}], current=1, label=x)",
    "table": "table(x, x, [{'label': x}, {'label': x, 'n': true}], [[x, x]], note=x)",
    "wordmark": "wordmark()",
}


class Elements(HTMLParser):
    """Every start tag of a piece of HTML, with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def component(name: str, call: str, **context: object) -> str:
    source = f"{{% from 'components/{name}.html' import {name} %}}{{{{ {call} }}}}"
    return design.build_environment().from_string(source).render(**context)


def test_every_component_is_tried():
    assert sorted(CALLS) == COMPONENTS


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_escapes_what_it_is_given(name):
    html = component(name, CALLS[name], x=NASTY)
    for tag, attributes in Elements(html).found:
        assert tag != "script"
        assert not [a for a in attributes if a == "style" or a.startswith("on")]
    if "x" in CALLS[name]:
        assert NASTY not in html


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_needs_no_inline_style_or_script(name):
    for tag, attributes in Elements(component(name, CALLS[name], x="x")).found:
        assert tag not in {"script", "style"}
        assert not [a for a in attributes if a == "style" or a.startswith("on")]


def test_a_fields_help_and_error_are_tied_to_it():
    html = component("field", "field('seats', 'Seats', help='How many.', error='At least 1.')")
    [attributes] = [a for tag, a in Elements(html).found if tag == "input"]
    ids = {a["id"] for _, a in Elements(html).found if "id" in a}
    assert attributes["aria-invalid"] == "true"
    assert set((attributes["aria-describedby"] or "").split()) == {"seats-help", "seats-error"}
    assert {"seats", "seats-help", "seats-error"} <= ids


@pytest.mark.parametrize("kind", ["text", "file", "textarea", "select"])
def test_a_field_is_required_unless_it_is_optional_or_says_otherwise(kind):
    tags = {"text": "input", "file": "input"}
    for arguments, required in (
        ("", True),
        (", optional=true", False),
        (", required=false", False),
        (", optional=true, required=true", True),
    ):
        html = component("field", f"field('f', 'F', kind='{kind}'{arguments})")
        [attributes] = [a for tag, a in Elements(html).found if tag == tags.get(kind, kind)]
        assert ("required" in attributes) is required, arguments


def test_a_step_without_an_address_is_no_link():
    html = component("strip", "strip([{'label': 'Vote', 'note': 'Not here yet'}])")
    assert [tag for tag, _ in Elements(html).found if tag == "a"] == []


def test_a_table_names_its_rows_and_columns():
    for name in ("table", "stage_table"):
        found = Elements(component(name, CALLS[name], x="x")).found
        heads = [attributes for tag, attributes in found if tag == "th"]
        assert {a.get("scope") for a in heads} == {"col", "row"}
        assert "caption" in [tag for tag, _ in found]
        [region] = [a for _, a in found if a.get("role") == "region"]
        assert region["tabindex"] == "0"
        assert region["aria-labelledby"] in {a.get("id") for _, a in found}


def test_a_name_that_was_not_given_is_an_error():
    with pytest.raises(UndefinedError):
        design.build_environment().from_string("{{ nobody }}").render()


def test_escaping_cannot_be_turned_off():
    environment = design.build_environment(autoescape=False)
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_a_rendered_page_is_markup_and_its_policy_lets_in_its_own_style_only():
    page = design.render("page.html")
    assert isinstance(page, Markup)
    [policy] = [
        a["content"] for tag, a in Elements(page).found if a.get("http-equiv") and tag == "meta"
    ]
    assert policy == f"default-src 'none'; style-src {design.stylesheet_digest()}"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("12345.67890", "12,345.67890"),
        ("-1391.52427", "−1,391.52427"),
        ("+0.5", "+0.5"),
        (1234567, "1,234,567"),
        ("1/3", "1/3"),
        ("", ""),
    ],
)
def test_grouping_thousands_keeps_every_digit(number, written):
    assert design.build_environment().filters["grouped"](number) == written
