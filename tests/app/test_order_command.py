"""`reclad order` and `reclad shop`: orders in, on, done and out, and how they refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from reclad.app import order as commands
from reclad.app.door import run
from reclad.orders import Route, Step

ASKED = ("--due", "2026-12-20")


@pytest.fixture
def shop_shell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Any]:
    """Runs the commands of this module in a shop's own folder."""
    monkeypatch.setenv("RECLAD_DEBUG", "1")
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    commands.add_commands(app)

    def call(*words: object, code: int = 0) -> str:
        capsys.readouterr()
        found = run(lambda: app([str(word) for word in words]))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        assert found == code, printed.err
        return printed.out if code == 0 else printed.err

    monkeypatch.chdir(tmp_path)
    call("shop", "new", "ours")
    monkeypatch.chdir(tmp_path / "ours")
    return call


@pytest.fixture
def planned_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any folder is a planned job of three steps."""

    def route(job: Path, *_: object) -> Route:
        steps = (
            Step("receive", 30, 0.5, 0.0, skill="receive"),
            Step("clad", 70, 0.3, 0.05, "cladder", "x-axial-4kw", "IN625", "clad IN625", 90),
            Step("certificate", 20, 0.3, 0.0, skill="certificate"),
        )
        return Route("repair", job, steps, "turn", "0" * 64, "1" * 64, "IN625", 0.25)

    monkeypatch.setattr("reclad.orders.routing.route_repair", route)


@pytest.mark.slow
@pytest.mark.usefixtures("planned_jobs")
def test_an_order_goes_through_the_shop(shop_shell: Callable) -> None:
    out = shop_shell("order", "add", "jobs/pipe", *ASKED, "--customer", "Mine 2", "--weight", "2")
    assert out.startswith("pipe: open, due 2026-12-20, weight 2\n")
    assert "customer  Mine 2" in out
    assert "250 g of IN625" in out
    assert "pipe.1 receive, ready" in shop_shell("order", "list")
    shop_shell("order", "start", "pipe.1", "--person", "operator 1")
    shop_shell("order", "done", "pipe.1")
    assert "customer looks" in shop_shell("order", "hold", "pipe.2", "--reason", "customer looks")
    err = shop_shell("order", "start", "pipe.2", code=1)
    assert 'pipe.2 cannot start: it is on hold ("customer looks"); release it first' in err
    shop_shell("order", "release", "pipe.2")
    shop_shell("shop", "powder", "IN625", "L77", "20 kg")
    shop_shell("order", "done", "pipe.2", "--lot", "L77")
    assert "19.750" in shop_shell("shop", "powder")
    assert shop_shell("order", "done", "pipe.3").startswith("pipe: done")
    assert "no orders" in shop_shell("order", "list")
    assert "pipe" in shop_shell("order", "list", "--all")


@pytest.mark.usefixtures("planned_jobs")
def test_json_says_the_same(shop_shell: Callable) -> None:
    told = json.loads(shop_shell("order", "add", "jobs/pipe", *ASKED, "--rush", "--json"))
    assert told == json.loads(shop_shell("order", "show", "pipe", "--json"))
    assert [told] == json.loads(shop_shell("order", "list", "--json"))
    assert (told["due"], told["rush"], told["state"]) == ("2026-12-20", True, "open")
    assert told["operations"][1]["name"] == "pipe.2"
    shop = json.loads(shop_shell("shop", "check", "--json"))
    assert shop["shop"]["steps"]["receive"]["time"]["value"] == "30 min"
    assert len(shop["assumed"]) > 20


@pytest.mark.usefixtures("planned_jobs")
def test_orders_go_out_and_come_in(shop_shell: Callable) -> None:
    shop_shell("order", "add", "jobs/pipe", *ASKED)
    shop_shell("order", "export", "out.csv")
    assert "0 added, 0 changed, 1 the same, 0 refused" in shop_shell("order", "import", "out.csv")
    shop_shell("order", "export", "steps.csv", "--steps")
    assert Path("steps.csv").read_bytes().count(b"\r\n") == 4
    Path("in.csv").write_text("due,job\n2026-12-24,jobs/a\nsoon,jobs/b\n")
    err = shop_shell("order", "import", "in.csv", code=1)
    assert "in.csv: 1 rows refused; correct them and import again" in err
    assert "a.1" in shop_shell("order", "list")
    assert "exists already" in shop_shell("order", "export", "out.csv", code=1)


@pytest.mark.slow
def test_a_planned_job_is_entered_and_its_new_plan_taken_over(
    shop_shell: Callable, short_planned: Path
) -> None:
    out = shop_shell("order", "add", short_planned, *ASKED, "--number", "pipe-0412")
    assert "clad" in out
    assert "cladder" in out
    assert "CHANGED" not in out
    with (short_planned / "job.toml").open("a") as file:
        file.write("# looked at again\n")
    assert "job.toml has changed; run `reclad order replan pipe-0412`" in shop_shell(
        "order", "show", "pipe-0412"
    )
    assert "was made before job.toml changed" in shop_shell("order", "replan", "pipe-0412", code=1)


def test_a_drawing_is_an_order_too(shop_shell: Callable) -> None:
    ezdxf = pytest.importorskip("ezdxf", reason="drawings need the package ezdxf")
    document = ezdxf.new()
    document.header["$INSUNITS"] = 4
    document.modelspace().add_circle((0, 0), 100)
    document.saveas("flange.dxf")
    sheet = ("--material", "S355", "--thickness", "6 mm")
    out = shop_shell("order", "add", "flange.dxf", *ASKED, *sheet, "--pieces", "4")
    assert "flange.1" in out
    assert "laser-cutter" in out
    assert "needs --material" in shop_shell("order", "add", "flange.dxf", *ASKED, code=2)
    assert "is a drawing, which has no plan" in shop_shell("order", "replan", "flange", code=1)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("order", "show", "x"), 1, 'no order "x"; the order book is empty'),
        (("order", "add", "jobs/none", *ASKED), 1, "no such job folder"),
        (("order", "add", "jobs/none", "--due", "soon"), 1, 'due "soon": no day'),
        (("order", "add", "jobs/none", *ASKED, "--finish", "trun"), 1, 'did you mean "turn"?'),
        (("order", "list", "--shop", "no.toml"), 1, "reclad shop new NAME"),
        (("order", "list", "--db", "x"), 1, "no database URL"),
        (("shop", "powder", "IN625"), 2, "give powder, lot and mass"),
        (("shop", "powder", "IN625", "L1", "20"), 1, "has no unit"),
        (("shop", "new", "a/b"), 1, "one plain name is wanted"),
    ],
)
def test_a_mistake_is_one_line(shop_shell: Callable, words: tuple, code: int, says: str) -> None:
    err = shop_shell(*words, code=code)
    assert says in err
    if code == 1:
        assert len([line for line in err.splitlines() if not line.startswith("  ")]) == 1


def test_commands_are_named_in_one_line_each(shop_shell: Callable, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for group in ("order", "shop"):
        listed = shop_shell(group, "--help").split("Commands:")[1].strip().splitlines()
        assert not [line for line in listed if "..." in line or line[2:3] == " "]


def test_the_commands_load_no_database_until_they_run() -> None:
    code = (
        "import sys, typer; from reclad.app.order import add_commands; add_commands(typer.Typer());"
        "print([m for m in ('sqlalchemy', 'alembic', 'ezdxf', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
