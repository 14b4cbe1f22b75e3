"""Takes a page's pictures, and finds what a machine can see of what a person would refuse."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps
from django.db import models
from django.urls import resolve
from playwright.sync_api import ConsoleMessage, Page, Response
from playwright.sync_api import Error as PlaywrightError

from crm_inbox.profiles import Profile

FOLDER = Path(__file__).resolve().parents[3] / ".build" / "pictures"
SIZES = {1440: 900, 390: 844}
THEMES = ("light", "dark")
LANGUAGES = ("en", "pl")
# Twice as many pictures, to be looked at; what a machine sees is the same.
EVERY_THEME = os.environ.get("PICTURES") == "all"
_FLAWS = (Path(__file__).parent / "flaws.js").read_text(encoding="utf-8")
_TEXTS = (Path(__file__).parent / "texts.js").read_text(encoding="utf-8")
# How high the picture has to be: a dialog stands in the middle of the screen, not of the page. And
# colours change at once, else a page would be pictured half way.
_READY = """() => {
  if (!document.adoptedStyleSheets.length) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { transition: none !important }");
    document.adoptedStyleSheets.push(sheet);
  }
  const asks = document.querySelector("dialog:modal, .dialog:popover-open, #rail:popover-open");
  return asks ? innerHeight : document.documentElement.scrollHeight;
}"""
_TALLEST = 1_800
_SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;]?\s[^\W\d_]{2,}[,:;]?\s[^\W\d_]{2,}")
# What a page puts around a text, or for its end.
_AROUND = " –<>:…·“”„"  # noqa: RUF001


@dataclass(frozen=True)
class Picture:
    """A page: where it is, and what a person does there before it is looked at."""

    name: str
    path: str
    prepare: Callable[[Page], object] = lambda page: None
    status: int = 200
    sizes: tuple[int, ...] = tuple(SIZES)


@dataclass
class Camera:
    page: Page
    flaws: list[str] = field(default_factory=list)
    # Names of the addresses that were pictured.
    visited: set[str] = field(default_factory=set)
    _at: str = ""
    _own: str = ""
    _texts: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._flaw(f"script: {error}"))
        self.page.on("response", self._answered)
        self._wire = self.page.context.new_cdp_session(self.page)

    def take(self, pictures: list[Picture]) -> None:
        """Each page in both languages and sizes, and in both themes or in one of them."""
        for language in LANGUAGES:
            Profile.objects.update(language=language)
            # For whoever is not signed in.
            cookie = {"name": "django_language", "value": language}
            cookie |= {"domain": "localhost", "path": "/"}
            self.page.context.add_cookies([cookie])  # type: ignore[list-item]
            for picture in pictures:
                self._take(picture, language)

    def _take(self, picture: Picture, language: str) -> None:
        self._at, self._own = f"{picture.name} {language}", picture.path
        width = picture.sizes[0]
        self.page.set_viewport_size({"width": width, "height": SIZES[width]})
        answer = self.page.goto(picture.path)
        if answer is None or answer.status != picture.status:
            self._flaw(f"answers {answer and answer.status}")
        path = urlsplit(self.page.url).path
        if picture.status != 404:
            self._note(urlsplit(picture.path).path, path)
        try:
            picture.prepare(self.page)
        except PlaywrightError as error:
            self._flaw(f"cannot be prepared: {error}")
        for size in picture.sizes:
            self._shoot(picture.name, size, language)
        self._texts[f"{picture.name} {language}"] = set(self.page.evaluate(_TEXTS))

    def _note(self, path: str, got: str) -> None:
        found = resolve(got)
        if found.url_name != resolve(path).url_name:
            self._flaw(f"leads to {got}")
        if found.url_name and not found.namespace:
            self.visited.add(found.url_name)

    def _shoot(self, name: str, width: int, language: str) -> None:
        self.page.set_viewport_size({"width": width, "height": SIZES[width]})
        for flaw in self.page.evaluate(_FLAWS):
            self._flaw(f"{width}: {flaw}")
        height = min(self.page.evaluate(_READY), _TALLEST)
        if height > SIZES[width]:
            self.page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES if EVERY_THEME else (_theme(width, language),):
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            # Faster by a half than Playwright's own.
            shot = self._wire.send("Page.captureScreenshot", {"optimizeForSpeed": True})
            file = FOLDER / f"{name}.{width}.{theme}.{language}.png"
            file.write_bytes(base64.b64decode(shot["data"]))

    def untranslated(self) -> Iterator[str]:
        """Sentences that read the same in both languages, and are none of the mailbox's."""
        data = " ".join(_data())
        for name in {key.partition(" ")[0] for key in self._texts}:
            same = self._texts[f"{name} en"] & self._texts[f"{name} pl"]
            for text in sorted(same):
                if _SENTENCE.search(text) and text.strip(_AROUND) not in data:
                    yield f"{name}: “{text}” reads the same in Polish"

    def _heard(self, said: ConsoleMessage) -> None:
        # The page that is asked for may be one that is refused.
        if said.type == "error" and "Failed to load resource" not in said.text:
            self._flaw(f"console: {said.text}")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400 and urlsplit(answer.url).path != urlsplit(self._own).path:
            self._flaw(f"{answer.status} for {answer.url}")

    def _flaw(self, said: str) -> None:
        self.flaws.append(f"{self._at}: {said}")


def _theme(width: int, language: str) -> str:
    """Of four pictures of a page two are dark: one of each size, one of each language."""
    return THEMES[(width == min(SIZES)) ^ (language == LANGUAGES[0])]


def _data() -> Iterator[str]:
    """Every text in the database, as a page shows it."""
    for model in apps.get_models():
        fields = [
            one.name
            for one in model._meta.concrete_fields
            if isinstance(one, models.CharField | models.TextField | models.JSONField)
        ]
        if fields and model._meta.managed:
            for row in model._default_manager.values_list(*fields):
                yield re.sub(r"\s+", " ", " ".join(str(value) for value in row))
