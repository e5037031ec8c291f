"""The page as a whole: one safe, complete, repeatable file in two languages."""

from __future__ import annotations

import dataclasses
import json
import re
import string
import subprocess
import sys
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest
from fake_view import fake_journal, fake_plate, fake_view

from reclad.errors import RecladError
from reclad.record import ComparisonView, Words, render_report, say
from reclad.record.names import LIMITS, WHY, explain_limit, name_limit
from reclad.record.words import read_catalogue

VOID = {"meta", "br", "img", "link", "input", "hr"}
# texts that reach say() through a variable
INDIRECT = (
    r'"((?:Preliminary|Qualified|Refused): [^"]+|highest allowed|preheat asked|Time from [^"]+)"'
)
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)> & {{ 7*7 }}"


class Outline(HTMLParser):
    """Collects elements, checks that every one is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(fake_view())


@pytest.mark.parametrize("job", [fake_view, fake_journal, fake_plate])
def test_every_element_is_closed_and_every_id_is_unique(job: object) -> None:
    outline = Outline(render_report(job()))
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert outline.wrong == []
    assert outline.open == []
    assert len(ids) == len(set(ids))


def test_the_page_loads_nothing_from_anywhere(page: str) -> None:
    loading = {"src", "href", "srcset", "poster", "action", "xlink:href"}
    outline = Outline(page)
    assert not [tag for tag, attrs in outline.elements if loading & attrs.keys()]
    assert not {"link", "iframe", "img", "object"} & {tag for tag, _ in outline.elements}
    assert not re.findall(r"@import|url\((?!#)", page)
    assert set(re.findall(r"https?://[^\"'\s<]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page


def test_the_page_is_small_enough_to_mail(page: str) -> None:
    assert len(page.encode()) < 1_500_000


def test_each_text_stands_in_both_languages(page: str) -> None:
    classes = [str(attrs.get("class", "")).split() for _, attrs in Outline(page).elements]
    english = sum("en" in names for names in classes)
    chinese = sum("zh" in names for names in classes)
    gaps = page.count('<span class="en"> </span>')
    assert english - gaps == chinese > 200


def test_each_shape_is_told_in_its_own_words() -> None:
    own = {
        fake_view: ("Wall", "bore dashed", "The pipe’s surface laid flat", "Turns per layer",
                    "A0: scribed mark", "N is the turn", "Radius along the part", "angle 0.0005"),
        fake_journal: ("Diameter (solid)", "Beyond a shoulder", "The shaft’s surface laid flat",
                       "Clean and mask", "about 5 mm above the shoulder"),
        fake_plate: ("Thickness", "clad zone hatched", "The tracks from above", "Tracks per layer",
                     "X0, Y0: nozzle", "plate’s underside", "N is the track",
                     "two opposite corners",
                     "four corners", "Surface height along the plate", "across 0.4"),
    }  # fmt: skip
    pages = {job: render_report(job()) for job in own}
    for job, texts in own.items():
        for text in texts:
            assert text in pages[job], text
    for text in own[fake_view]:
        assert text not in pages[fake_plate], text
    for text in ("Wall", "bore dashed", "pipe’s", *own[fake_plate][1:]):
        assert text not in pages[fake_journal], text
    for text in own[fake_journal] + own[fake_plate]:
        assert text not in pages[fake_view], text


def test_the_view_in_space_is_left_out_for_a_plate(page: str) -> None:
    plate = render_report(fake_plate())
    for mark in ('id="space"', 'id="path-data"', "The same program in space", "only-still"):
        assert mark in page.partition("</style>")[2]
        body = plate.partition("</style>")[2].rpartition("<script>")[0]
        assert mark not in body


def test_every_text_the_room_uses_has_chinese() -> None:
    room = resources.files("reclad.record")
    template = (room / "templates" / "report.html.j2").read_text(encoding="utf-8")
    used = set(re.findall(r'\bt\("([^"]+)"', template))
    for shape in ("pipe", "shaft", "plate"):
        used |= {name_limit(limit, shape) for limit in LIMITS}
        used |= {explain_limit(limit, shape) for limit in WHY}
    used |= set(re.findall(r'section\(\d+, "([^"]+)"', template))
    used |= set(re.findall(r'figure\(drawings\.\w+, "([^"]+)"', template))
    used |= set(re.findall(r'call step\("([^"]+)"', template))
    for module in room.iterdir():
        if module.name.endswith(".py"):
            code = module.read_text(encoding="utf-8")
            used |= set(re.findall(r'\bsay\(\s*"([^"]+)"', code))
            used |= set(re.findall(INDIRECT, code))
    assert len(used) > 130
    assert used - read_catalogue().keys() == set()


def test_chinese_texts_are_chinese_and_keep_every_placeholder() -> None:
    def holes(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}

    for english, chinese in read_catalogue().items():
        assert holes(english) == holes(chinese), english
        bare = re.sub(r"\{\w+\}|\s", "", english)
        assert not bare or re.search("[\u4e00-\u9fff]|→", chinese), english
        # half-width punctuation next to a Chinese character is a typing error
        assert not re.search("[\u4e00-\u9fff][,;:()]|[,;()][\u4e00-\u9fff]", chinese), chinese


def test_a_text_without_chinese_is_refused() -> None:
    with pytest.raises(RecladError, match=r"no Chinese.*words\.toml"):
        say("never translated")


def test_words_fill_each_language_with_its_own_words() -> None:
    filled = say("The limit that decides: {name} ({chance}).", name=say("Dilution"), chance="43 %")
    assert filled.en == "The limit that decides: Dilution (43 %)."
    assert filled.zh == "起决定作用的限值：稀释率（43 %）。"


def test_hostile_names_are_shown_not_run() -> None:
    view = fake_view(HOSTILE)
    head = dataclasses.replace(view.head, customer=HOSTILE, date=HOSTILE)
    setup = dataclasses.replace(view.setup, resume_command=HOSTILE, powder_lot=HOSTILE)
    program = dataclasses.replace(view.program, file_name=HOSTILE, errors=(Words(HOSTILE, "x"),))
    page = render_report(dataclasses.replace(view, head=head, setup=setup, program=program))
    outline = Outline(page)
    assert outline.wrong == []
    tags = [tag for tag, _ in outline.elements]
    assert tags.count("script") == 2
    assert "img" not in tags
    assert not [a for _, attrs in outline.elements for a in attrs if a.startswith("on")]
    assert "{{ 7*7 }}" in page
    assert page.count("&lt;script&gt;alert") >= 6


def test_hostile_words_in_a_figure_are_escaped() -> None:
    view = fake_view()
    bad = Words("<b>&", "<i>&")
    limits = ((bad, view.window.limits[0][1]),)
    page = render_report(
        dataclasses.replace(view, window=dataclasses.replace(view.window, limits=limits))
    )
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;" in page


def test_the_same_view_gives_the_same_bytes() -> None:
    assert render_report(fake_view()) == render_report(fake_view())


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_process() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); from fake_view import fake_view; "
        "from reclad.record import render_report; "
        "print(hashlib.sha256(render_report(fake_view()).encode()).hexdigest())"
    )
    folder = str(Path(__file__).parent)
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, folder],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_the_first_language_is_the_one_asked_for() -> None:
    assert '<html lang="zh-CN" class="show-zh"' in render_report(fake_view(language="zh"))
    assert '<html lang="en" class="show-en"' in render_report(fake_view(language="en"))


def test_the_verdict_box_is_calm_only_when_trials_and_chance_agree() -> None:
    view = fake_view()
    for status, probability, calm in (
        ("preliminary", 0.95, False),
        ("qualified", 0.5, False),
        ("refused", 0.95, False),
        ("qualified", 0.95, True),
    ):
        verdict = dataclasses.replace(view.verdict, status=status, probability=probability)
        page = render_report(dataclasses.replace(view, verdict=verdict))
        assert ('class="verdict"' in page) is calm, status
        assert ('class="verdict short"' in page) is not calm, status


def test_the_head_says_how_sure_which_limit_decides_and_what_would_help(page: str) -> None:
    box = page[page.index('class="verdict') : page.index('class="proof"')]
    assert "Chance that all limits hold: 41\u00a0% (asked: 90\u00a0%)." in box
    assert "The limit that decides: Dilution (43\u00a0%)." in box
    assert "→ about 78\u00a0%" in box


def test_a_program_nobody_refereed_says_so_and_why(page: str) -> None:
    assert "not refereed: the interpreter rs274 is not installed" in page
    view = fake_view()
    program = dataclasses.replace(
        view.program, referee="rs274 2.9.3", referee_agrees=False, not_refereed=None
    )
    other = render_report(dataclasses.replace(view, program=program))
    assert "not refereed" not in other
    assert re.search(r"rs274 2\.9\.3 · <span class=\"warn\"><span[^>]*>does not agree", other)


def test_linter_errors_and_a_failed_comparison_are_in_the_warning_colour() -> None:
    view = fake_view()
    program = dataclasses.replace(
        view.program,
        errors=(Words("line 9: beam without motion", "第 9 行：出光无运动"),),
        comparison=ComparisonView(False, 2e-3, 0.0, 0.0, 0.0, 0.0),
    )
    page = render_report(dataclasses.replace(view, program=program))
    assert "1 findings that stop the program" in page
    assert "axial 2000\u00a0um" not in page
    assert "axial 2000\u00a0µm" in page
    assert re.search(r'<span class="warn"><span[^>]*>does not agree', page)


def test_without_a_free_choice_nothing_speaks_of_one() -> None:
    view = fake_view()
    page = render_report(
        dataclasses.replace(
            view,
            free_choice=None,
            verdict=dataclasses.replace(view.verdict, free_probability=None),
            window=dataclasses.replace(view.window, free=None),
            limits=tuple(dataclasses.replace(r, free_probability=None) for r in view.limits),
        )
    )
    assert "ree choice" not in page
    assert "ree-mark" not in page.split("</style>")[1]


def test_an_expired_weighing_is_called_out_only_when_expired(page: str) -> None:
    assert "Run out: weigh again first." in page
    view = fake_view()
    fresh = dataclasses.replace(view.setup, weighing_expired=False)
    assert "weigh again first" not in render_report(dataclasses.replace(view, setup=fresh))


def test_the_only_script_allowed_is_ours(page: str) -> None:
    import base64
    import hashlib

    script = page.rsplit("<script>", 1)[1].rsplit("</script>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    data = page.partition('id="path-data">')[2].partition("</script>")[0]
    assert len(json.loads(data)["lines"]) == 3
