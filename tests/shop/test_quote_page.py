"""The page a customer is handed: both languages, nothing of the shop's own cost, never written over
somebody's own file."""

from __future__ import annotations

import ast
import csv
import datetime
import io
import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from guessed_posterior import guess_posterior
from reclad.errors import FileError
from reclad.job import Trial, read_material, read_service
from reclad.lab import Origin, SavedPosterior, observe
from reclad.record import Estimate, say
from reclad.record.names import DAMAGES
from reclad.record.offer import render_offer
from reclad.record.risk import words_of
from reclad.record.words import read_catalogue
from reclad.risk import assess
from reclad.risk.said import Said
from reclad.shop import Asked, quote_job, read_planned, read_prices, write_quote
from reclad.shop.money import amount
from reclad.shop.offer import EXCLUDED, LOWERS, SHAPES, VERDICTS, view_of
from reclad.shop.planned import Coupon, Restriction
from short_pipe import planned_folder

DAY = datetime.date(2026, 11, 27)
CHROMIUM = Path("/usr/bin/chromium")
INTERNAL = ("margin", "overhead", "labour", "break", "earn", "利润", "成本", "人工")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, short_job_text: str, short_plan: Any) -> Any:
    where = tmp_path_factory.mktemp("quoted")
    return read_planned(planned_folder(where, short_job_text, short_plan))


@pytest.fixture(scope="module")
def quote(planned: Any) -> Any:
    return quote_job(planned, read_prices("desert-shop"), Asked(), DAY)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    folder = tmp_path / "job"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def worst(planned: Any) -> Any:
    """A quote that fills its page: nine kinds of damage in sour service, all orders named, a coupon
    that leaves reasons open, trials under an agreement, a post-heat and a deductible."""
    job = planned.job
    job = job.model_copy(
        update={
            "serving": read_service("sour"),
            "clad": read_material("WC60-NiCrBSi40"),
            "preheat": 473.15,
            "customer": job.customer.model_copy(
                update={
                    "name": "Far Desert Drilling and Workover Company, north base",
                    "order": "2026-11-0412 / 7",
                    "part_number": "DP-5-1950-G105-0412-B",
                    "drawing": "DD-4711-02 sheet 3 rev C",
                }
            ),
            "tolerances": job.tolerances.model_copy(update={"bow": 1e-5, "shortening": 1e-5}),
            "treatment": job.treatment.model_copy(
                update={"post_heat": 913.15, "post_heat_time": 7200.0}
            ),
        }
    )
    risk = assess(replace(planned.laid, job=job, stops=3))
    assert len(risk.modes) == len(DAMAGES)
    later = replace(planned, job=job, risk=replace(risk, verdict="coupon first"), coupon=None)
    now = replace(
        later,
        coupon=Coupon(99, 256, later),
        restricted=Restriction("university-beads-2026-spring.csv", "for this pipe alone"),
    )
    prices = read_prices("desert-shop")
    borne = prices.liability.deductible.model_copy(update={"value": amount(2000.0, "CNY")})
    shared = prices.model_copy(
        update={"liability": prices.liability.model_copy(update={"deductible": borne})}
    )
    return quoted(now, shared, new_part=amount(9000.0, "CNY"))


@pytest.fixture(scope="module")
def unmarked(worst: Any) -> Any:
    """The same without an agreement on its trials."""
    return replace(worst, planned=replace(worst.planned, restricted=None))


@pytest.fixture(scope="module")
def refused(worst: Any) -> Any:
    """The same, not offered."""
    risk = replace(worst.planned.risk, verdict="refuse")
    return replace(worst, planned=replace(worst.planned, risk=risk, coupon=None), shown=None)


def halves(page: str) -> tuple[str, str]:
    """The Chinese and the English page."""
    chinese, english = re.findall(r"<section lang=[^>]+>(.*?)</section>", page, re.DOTALL)
    return chinese, english


# --- what it says ---


def test_each_language_has_a_page_of_its_own(quote: Any) -> None:
    chinese, english = halves(render_offer(view_of(quote)))
    assert not re.search("[\u4e00-\u9fff]", english)
    for words in (
        "激光熔覆修复报价单",
        "母材",
        "未熔合",
        "损失由谁承担",
        "不包含",
        "有效期至 2026-12-27",
    ):
        assert words in chinese
    for words in ("Parent metal", "Lack of fusion", "Who bears damage", "Valid until 2026-12-27"):
        assert words in english
    for page in (chinese, english):
        assert f"{quote.shown.price.expected:,.0f} CNY" in page
        assert "42CrMo4" in page
        assert "IN625" in page


def test_the_customer_sees_nothing_of_the_shops_own_cost(quote: Any) -> None:
    page = render_offer(view_of(quote))
    told = " ".join(halves(page)).lower()
    for word in INTERNAL:
        assert word not in told
    for one in (quote, quote.shown):
        for name, line in one.cost.sheet.lines.items():
            if line.expected > 100:  # smaller ones may stand there by chance
                assert f"{line.expected:,.0f}" not in page, name
        for internal in (one.cost.sheet.total, one.cost.undamaged, one.margin):
            assert f"{internal.expected:,.0f}" not in page


def test_the_page_offers_the_price_after_the_coupon_and_none_before(quote: Any) -> None:
    view = view_of(quote)
    page = render_offer(view)
    chinese, english = halves(page)
    chance = f"{100 * quote.planned.coupon.chance:.0f} %"
    assert "holds only once it has shown the beads as planned" in english
    assert f"the chance that it does is {chance}" in english
    assert "No offer before the coupon;" in english
    assert "试块之前不予报价" in chinese
    assert f"{quote.price.expected:,.0f} CNY" not in page
    assert view.price == f"{quote.shown.price.expected:,.0f} CNY"
    assert view.loss.mid == quote.shown.planned.risk.loss.middle
    assert view.before[1].mid == quote.planned.risk.loss.middle
    assert "Any of them, before the coupon" in english
    assert "No trials of these metals" in english  # the coupon is not clad yet


def test_where_few_draws_keep_the_limits_one_price_stands_and_why(planned: Any) -> None:
    few = replace(planned, coupon=Coupon(7, 256, None))
    told = quoted(few, read_prices("desert-shop"))
    page = render_offer(view_of(told))
    _, english = halves(page)
    assert "Only 7 of 256 draws of the process model keep every limit" in english
    assert f"{told.price.expected:,.0f} CNY" in english
    assert "Any of them, before the coupon" not in english


def test_what_is_open_after_the_coupon_stands_on_the_page(quote: Any) -> None:
    later = quote.planned.coupon.shown
    assert later.risk.verdict == "coupon first"
    chinese, english = halves(render_offer(view_of(quote)))
    for reason in later.risk.reasons:
        assert words_of(reason).en in english
        assert words_of(reason).zh in chinese
    assert "Still open after the coupon: the part is lost with a chance of" in english
    assert "试块合格之后仍存在的问题：" in chinese
    fine = replace(later, risk=replace(later.risk, verdict="accept", reasons=()))
    coupon = replace(quote.planned.coupon, shown=fine)
    accepted = replace(quote, planned=replace(quote.planned, coupon=coupon))
    assert view_of(accepted).still is None


def test_a_repair_that_a_coupon_would_not_save_says_why(planned: Any) -> None:
    why = Said("no trials of these metals and settings stand behind the procedure")
    later = planned.coupon.shown
    lost = replace(later, risk=replace(later.risk, verdict="refuse", reasons=(why,)))
    told = quoted(
        replace(planned, coupon=replace(planned.coupon, shown=lost)), read_prices("desert-shop")
    )
    assert told.shown is None
    assert view_of(told).still.en == f"Still open after the coupon: {why}."


def test_trials_under_an_agreement_mark_the_quote(planned: Any, quote: Any, job: Path) -> None:
    assert view_of(quote).restricted is None
    assert 'class="mark"' not in render_offer(view_of(quote))
    marked = replace(planned, restricted=Restriction("lab.csv", "for this pipe alone"))
    told, folder = write_quote(quoted(marked, read_prices("desert-shop")), job)
    assert told["restricted"] == {"trials": "lab.csv", "agreement": "for this pipe alone"}
    chinese, english = halves((folder / "quote.html").read_text("utf-8"))
    assert "Restricted: the trials &#34;lab.csv&#34; behind this quote" in english
    assert "使用受限" in chinese
    assert "for this pipe alone" not in english  # the terms are the shop's with its laboratory


def test_a_plan_learned_from_restricted_trials_is_read_with_their_mark(
    tmp_path: Path, short_job_text: str, short_plan: Any
) -> None:
    trial = Trial.model_validate(
        {
            "id": "a", "origin": "measured", "power": "2 kW", "travel_speed": "10 mm/s",
            "feed_rate": "20 g/min", "spot": "3 mm", "spot_definition": "1/e2",
            "stand_off": "15 mm", "parent": "42CrMo4", "powder": "IN625", "width": "3 mm",
        }
    )  # fmt: skip
    posterior = guess_posterior(observe([trial]), narrow=0.1)
    found = []
    for restricted in (True, False):
        origin = Origin(trials="lab.csv", restricted=restricted, agreement="this pipe",
                        used=("a",), set_aside={}, digest="0")  # fmt: skip
        learned = SavedPosterior(posterior, origin)
        plan = type(short_plan)(**(vars(short_plan) | {"learned": learned}))
        where = tmp_path / str(restricted)
        where.mkdir()
        found.append(read_planned(planned_folder(where, short_job_text, plan)).restricted)
    assert found == [Restriction("lab.csv", "this pipe"), None]


def test_hardness_is_inspected_where_a_limit_binds(quote: Any, worst: Any) -> None:
    plain = " ".join(words.en for words in view_of(quote).inspection)
    assert "hardness beside" not in plain
    assert "hardness of the clad" not in plain
    told = [words.en for words in view_of(worst).inspection]
    assert "hardness beside the clad, at most 250 HV, 22 HRC" in told
    assert not any("hardness of the clad" in line for line in told)  # no steel


def test_an_accepted_repair_has_one_price_and_no_coupon(planned: Any) -> None:
    risk = replace(planned.risk, verdict="accept")
    told = quoted(replace(planned, risk=risk, coupon=None), read_prices("desert-shop"))
    view = view_of(told)
    assert (view.wait, view.before) == (None, None)
    assert view.price == f"{told.price.expected:,.0f} CNY"
    page = halves(render_offer(view))[1]
    for words in LOWERS.values():
        page = page.replace(words, "")
    assert "coupon" not in page


def test_every_damage_stands_with_its_chance_and_what_lowers_it(quote: Any) -> None:
    chinese, english = halves(render_offer(view_of(quote)))
    assert len(quote.planned.risk.modes) >= 5
    for mode in quote.planned.risk.modes:
        assert DAMAGES[mode.name] in english
        assert say(DAMAGES[mode.name]).zh in chinese
        assert LOWERS[mode.name] in english
    risk = quote.planned.risk
    told = f"{100 * risk.loss.middle:.2g}\N{NO-BREAK SPACE}% ({100 * risk.loss.low:.2g}–"
    assert told in english


def test_a_chance_is_never_nought_nor_certain(quote: Any) -> None:
    view = replace(view_of(quote), loss=Estimate(0.0, 0.0, 0.5), damage=Estimate(0.2, 0.995, 1.0))
    page = render_offer(view)
    assert "&lt;0.1\N{NO-BREAK SPACE}% (&lt;0.1–50)" in page
    assert "&gt;99\N{NO-BREAK SPACE}% (20–&gt;99)" in page


def test_a_comparison_of_draws_is_never_certain(quote: Any) -> None:
    sure = replace(quote, shown=None, carbon=replace(quote.carbon, chance=1.0))
    assert "with a chance of > 99 %" in view_of(sure).against_note.en
    never = replace(quote, shown=None, carbon=replace(quote.carbon, chance=0.0))
    assert "with a chance of < 1 %" in view_of(never).against_note.en


def test_hostile_names_are_shown_not_run(quote: Any) -> None:
    page = render_offer(replace(view_of(quote), job_name="<script>alert(1)</script>"))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_terms_follow_the_contract(planned: Any) -> None:
    prices = read_prices("desert-shop")
    plain = " ".join(words.en for words in view_of(quoted(planned, prices)).terms)
    assert "the shop pays up to 50,000 CNY" in plain
    assert "counted at" not in plain
    liability = prices.liability
    borne = liability.deductible.model_copy(update={"value": amount(2000.0, "CNY")})
    shared = prices.model_copy(
        update={"liability": liability.model_copy(update={"deductible": borne})}
    )
    told = view_of(quoted(planned, shared, new_part=amount(9000.0, "CNY"))).terms
    lines = " ".join(words.en for words in told)
    assert "the customer bears the first 2,000 CNY" in lines
    assert "counted at 9,000 CNY" in lines


def quoted(planned: Any, prices: Any, **asked: Any) -> Any:
    return quote_job(planned, prices, Asked(**asked), DAY)


def test_service_and_heat_are_told(planned: Any) -> None:
    from reclad.job import read_service

    job = planned.job.model_copy(
        update={
            "serving": read_service("sour"),
            "preheat": 473.15,
            "treatment": planned.job.treatment.model_copy(update={"post_heat": 913.15}),
        }
    )
    view = view_of(quoted(replace(planned, job=job), read_prices("desert-shop")))
    told = {
        fact.label.en: getattr(fact.text, "en", fact.text).replace("\N{NO-BREAK SPACE}", " ")
        for fact in view.part
    }
    assert told["Service"] == "sour: hardness at most 250 HV, 22 HRC"
    assert told["Preheat"] == "200 °C; post-heat 640 °C"
    assert "hardness beside the clad, at most 250 HV, 22 HRC" in [w.en for w in view.inspection]


def test_every_text_of_the_page_has_chinese() -> None:
    shipped = resources.files("reclad")
    template = (shipped / "record" / "templates" / "quote.html.j2").read_text("utf-8")
    used = set(re.findall(r'\bt\(lang, "([^"]+)"', template))
    assert len(used) > 20
    used |= {*EXCLUDED, *LOWERS.values(), *SHAPES.values(), *VERDICTS.values()}
    code = ast.parse((shipped / "shop" / "offer.py").read_text("utf-8"))
    used |= {
        node.args[0].value
        for node in ast.walk(code)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "say"
        and isinstance(node.args[0], ast.Constant)
    }
    assert used - read_catalogue().keys() == set()
    assert LOWERS.keys() == DAMAGES.keys()


# --- its files ---


def test_the_same_quote_gives_the_same_bytes(quote: Any, job: Path, tmp_path: Path) -> None:
    write_quote(quote, job)
    before = {p.name: p.read_bytes() for p in (job / "quote").iterdir()}
    assert before.keys() == {"quote.html", "costs.csv", "quote.json"}
    write_quote(quote, job)
    assert {p.name: p.read_bytes() for p in (job / "quote").iterdir()} == before


def test_the_sheet_adds_up(quote: Any, job: Path) -> None:
    told, folder = write_quote(quote, job)
    rows = list(csv.DictReader(io.StringIO((folder / "costs.csv").read_text("utf-8"))))
    costs = {
        row["what"]: float(row["expected"]) for row in rows if row["what"].startswith("cost: ")
    }
    total = costs.pop("cost: total")
    assert sum(costs.values()) == pytest.approx(total, rel=1e-4)
    assert total == pytest.approx(told["costs"]["total"]["expected"], rel=1e-4)
    assert {row["unit"] for row in rows if row["what"].startswith("cost: ")} == {"CNY"}
    assert json.loads((folder / "quote.json").read_text("utf-8")) == told


def test_a_page_changed_by_hand_is_kept_unless_given_up(
    quote: Any, planned: Any, job: Path
) -> None:
    _, folder = write_quote(quote, job)
    (folder / "quote.html").write_text("my own words", "utf-8")
    (folder / "notes.txt").write_text("call them", "utf-8")
    other = quoted(planned, read_prices("desert-shop"), price=amount(9000.0, "CNY"))
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(FileError, match=r"quote\.html: was changed after it was written"):
        write_quote(other, job)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    write_quote(other, job, replace=True)
    assert "9,000 CNY" in (folder / "quote.html").read_text("utf-8")
    assert (folder / "notes.txt").read_text("utf-8") == "call them"


def test_another_price_replaces_an_untouched_quote(quote: Any, planned: Any, job: Path) -> None:
    write_quote(quote, job)
    other = quoted(planned, read_prices("desert-shop"), price=amount(9000.0, "CNY"))
    told, folder = write_quote(other, job)
    assert told["price"] == {"amount": 9000.0, "asked_by_shop": True}
    assert "9,000 CNY" in (folder / "quote.html").read_text("utf-8")


@pytest.mark.parametrize("replace_it", [False, True])
@pytest.mark.parametrize("name", ["quote.html", "costs.csv", "quote.json"])
def test_somebody_elses_file_is_never_overwritten(
    quote: Any, job: Path, name: str, replace_it: bool
) -> None:
    (job / "quote").mkdir()
    (job / "quote" / name).write_text("{}", "utf-8")
    with pytest.raises(FileError, match="move it elsewhere"):
        write_quote(quote, job, replace=replace_it)
    assert [p.name for p in (job / "quote").iterdir()] == [name]
    assert (job / "quote" / name).read_text("utf-8") == "{}"


def test_a_file_where_the_folder_belongs_is_left_alone(quote: Any, job: Path) -> None:
    (job / "quote").write_text("the customer asked for a quote", "utf-8")
    with pytest.raises(FileError, match="cannot be written"):
        write_quote(quote, job)
    assert (job / "quote").read_text("utf-8") == "the customer asked for a quote"


# --- on paper ---


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("which", ["quote", "worst", "unmarked", "refused"])
def test_each_language_fits_on_one_sheet_of_paper(
    which: str, request: pytest.FixtureRequest, job: Path
) -> None:
    quote = request.getfixturevalue(which)
    if not CHROMIUM.exists():
        pytest.skip("NOT RUN: Chromium is missing")
    api = pytest.importorskip("playwright.sync_api", reason="NOT RUN: playwright is missing")
    _, folder = write_quote(quote, job)
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 900, "height": 1200})
        page.goto((folder / "quote.html").as_uri())
        page.emulate_media(media="print")
        heights = page.evaluate(
            "[...document.querySelectorAll('section')].map(s => s.scrollHeight / 96 * 25.4)"
        )
        wide = page.evaluate("document.documentElement.scrollWidth")
        printed = page.pdf(prefer_css_page_size=True)
        chromium.close()
    assert all(height <= 297.2 for height in heights), heights
    assert wide <= 900
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2


def test_a_refused_repair_is_given_no_price_but_its_reason(planned: Any, quote: Any) -> None:
    why = Said("no trials of these metals and settings stand behind the procedure")
    risk = replace(planned.risk, verdict="refuse", reasons=(why,))
    refused = replace(quote, planned=replace(planned, risk=risk, coupon=None), shown=None)
    chinese, english = halves(render_offer(view_of(refused)))
    assert "No offer" in english
    assert "Why: no trials of these metals" in english
    assert "不予报价" in chinese
    for page in (chinese, english):
        assert "CNY</p>" not in page
        assert 'class="sign"' not in page
    assert "Valid until" not in english
    assert "CNY</p>" in halves(render_offer(view_of(quote)))[1]


def test_a_refused_repair_names_no_terms_of_an_offer(planned: Any, quote: Any) -> None:
    risk = replace(planned.risk, verdict="refuse", reasons=(Said("nothing more"),))
    refused = replace(quote, planned=replace(planned, risk=risk, coupon=None), shown=None)
    for page in halves(render_offer(view_of(refused))):
        for words in ("Who bears damage", "Inspection included", "at no charge", "损失由谁承担"):
            assert words not in page
    assert "Who bears damage" in halves(render_offer(view_of(quote)))[1]
