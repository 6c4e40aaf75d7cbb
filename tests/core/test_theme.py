"""Every theme a creator can choose gives readable pages, light and dark."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.theme import DEFAULT, PRESETS, TEXT_CONTRAST, Theme, check, contrast, theme_css

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def variants(css: str) -> list[dict[str, str]]:
    """The custom properties of each :root block: light, then dark."""
    return [dict(re.findall(r"--([a-z-]+):([^;}]+)", block)) for block in css.split("@media")]


def test_contrast_is_the_ratio_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_pass_their_own_check(name: str) -> None:
    assert check(PRESETS[name]) == []


def test_pale_text_and_accent_are_reported_at_their_fields() -> None:
    found = check(Theme("#ffffff", "#ffffff", "#aaaaaa", "#eeeeee"))
    assert [field for field, _, _ in found] == ["text", "text", "accent", "accent"]
    assert all(message and ratio < TEXT_CONTRAST for _, message, ratio in found)


@pytest.mark.parametrize("bad", ["red", "#fff", "#12345g", "#123456;}", "", "#ABCDEF"])
def test_only_plain_hexadecimal_colours_are_taken(bad: str) -> None:
    with pytest.raises(ValueError, match="accent"):
        Theme("#ffffff", "#ffffff", "#000000", bad)


def test_unknown_fonts_and_corners_are_refused() -> None:
    with pytest.raises(ValueError, match="font"):
        Theme("#ffffff", "#ffffff", "#000000", "#000000", font="Comic Sans")  # type: ignore[arg-type]  # what a form may send
    with pytest.raises(ValueError, match="radius"):
        Theme("#ffffff", "#ffffff", "#000000", "#000000", radius="9px")  # type: ignore[arg-type]  # what a form may send


@given(colours, colours, colours)
@settings(max_examples=60, deadline=None)
def test_what_is_derived_is_readable_in_light_and_dark(
    background: str, text: str, accent: str
) -> None:
    # Cards as a creator would pair them: those that can carry text along with the background.
    surface = (
        "#ffffff"
        if contrast(background, "#000000") > contrast(background, "#ffffff")
        else "#000000"
    )
    for properties in variants(theme_css(Theme(background, surface, text, accent))):
        grounds = [properties["bg"], properties["surface"]]
        for name in ("text", "muted", "accent-text", "warn", "bad", "good"):
            for ground in grounds:
                assert contrast(properties[name], ground) >= TEXT_CONTRAST, name
        assert contrast(properties["on-accent"], properties["accent"]) >= TEXT_CONTRAST


def test_the_stylesheet_is_small_and_names_both_surroundings() -> None:
    css = theme_css(DEFAULT)
    assert len(css) < 1400
    assert css.count(":root{") == 2
    assert "prefers-color-scheme:dark" in css


def test_a_dark_theme_stays_as_chosen_in_light_surroundings() -> None:
    light, dark = variants(theme_css(PRESETS["night"]))
    assert light["bg"] == dark["bg"] == PRESETS["night"].background
