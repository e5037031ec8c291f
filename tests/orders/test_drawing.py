"""A drawing is measured for the cutter: lengths against hand calculations, pierces, its unit."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from reclad.errors import FileError, JobError, ShopError
from reclad.orders import read_drawing, route_cutting
from reclad.orders.cutting import cutting_time

ezdxf = pytest.importorskip("ezdxf", reason="drawings need the package ezdxf")


@pytest.fixture
def draw(tmp_path: Path):
    """Writes a drawing in mm (unit code 4) that `make` fills, and gives its path."""

    def write(make, code: int | None = 4) -> Path:
        document = ezdxf.new("R2010")
        document.header["$INSUNITS"] = code or 0
        make(document, document.modelspace())
        path = tmp_path / "part.dxf"
        document.saveas(path)
        return path

    return write


def square(space, side: float = 100.0, x: float = 0.0) -> None:
    corners = [(x, 0), (x + side, 0), (x + side, side), (x, side)]
    for one, two in zip(corners, [*corners[1:], corners[0]], strict=True):
        space.add_line(one, two)


def test_four_lines_are_one_contour_of_their_length(draw) -> None:
    found = read_drawing(draw(lambda _, space: square(space)))
    assert found.cut_length == pytest.approx(0.4)
    assert (found.pierces, found.rapid_length) == (1, 0.0)
    assert found.skipped == {}


def test_circles_arcs_and_bulges_have_the_length_of_their_curve(draw) -> None:
    def make(_, space) -> None:
        space.add_circle((0, 0), 10)
        space.add_arc((100, 0), 20, 350, 80)  # over 0 degrees: a quarter
        space.add_lwpolyline([(200, 0, 1.0), (220, 0, 0.0)], format="xyb")  # a half circle
        space.add_lwpolyline([(300, 0, 1.0), (320, 0, 1.0)], format="xyb", close=True)  # a circle

    found = read_drawing(draw(make))
    mm = 2 * math.pi * 10 + math.pi / 2 * 20 + math.pi * 10 + 2 * math.pi * 10
    assert found.cut_length == pytest.approx(1e-3 * mm, rel=1e-9)
    assert found.pierces == 4


def test_an_ellipse_and_a_spline_are_followed_closely(draw) -> None:
    def make(_, space) -> None:
        space.add_ellipse((0, 0), major_axis=(30, 0), ratio=0.5)
        space.add_spline(fit_points=None).control_points = [
            (100, 0, 0), (100, 40, 0), (140, 40, 0), (140, 0, 0)
        ]  # fmt: skip

    path = draw(make)
    found = read_drawing(path)
    # Ramanujan's second formula, good to 1e-5 at this ratio; the Bezier curve by 20,000 chords.
    h = (30 - 15) ** 2 / (30 + 15) ** 2
    ellipse = math.pi * 45 * (1 + 3 * h / (10 + math.sqrt(4 - 3 * h)))

    def at(t):
        x = 100 * (1 - t) ** 3 + 300 * t * (1 - t) ** 2 + 420 * t**2 * (1 - t) + 140 * t**3
        return x, 120 * t * (1 - t) ** 2 + 120 * t**2 * (1 - t)

    points = [at(n / 20000) for n in range(20001)]
    bezier = sum(math.dist(a, b) for a, b in pairwise(points))
    spline = [e for e in ezdxf.readfile(path).modelspace() if e.dxftype() == "SPLINE"]
    assert len(spline) == 1
    assert found.cut_length == pytest.approx(1e-3 * (ellipse + bezier), rel=5e-4)
    assert found.pierces == 2


def test_blocks_are_cut_wherever_they_are_inserted(draw) -> None:
    def make(document, space) -> None:
        inner = document.blocks.new("HOLE")
        inner.add_circle((0, 0), 5)
        outer = document.blocks.new("PLATE")
        square(outer)
        outer.add_blockref("HOLE", (20, 20))
        space.add_blockref("PLATE", (0, 0), dxfattribs={"xscale": 2, "yscale": 2, "rotation": 30})
        rows = {"row_count": 2, "column_count": 3, "row_spacing": 30, "column_spacing": 30}
        space.add_blockref("HOLE", (500, 0), dxfattribs=rows)

    found = read_drawing(draw(make))
    assert found.cut_length == pytest.approx(1e-3 * (800 + 2 * math.pi * 10 + 6 * 2 * math.pi * 5))
    assert found.pierces == 2 + 6


def test_lines_that_branch_are_begun_more_than_once(draw) -> None:
    def make(_, space) -> None:
        square(space)
        space.add_line((0, 0), (100, 100))  # both diagonals: four corners of three lines
        space.add_line((100, 0), (0, 100))
        space.add_line((300, 0), (310, 0))
        space.add_line((310.02, 0), (320, 0))  # a gap below the tolerance
        space.add_line((330, 0), (340, 0))

    assert read_drawing(draw(make)).pierces == 2 + 1 + 1


def test_the_way_between_cuts_goes_to_the_nearest_one(draw) -> None:
    def make(_, space) -> None:
        for x in (0, 300, 100, 200):
            space.add_line((x, 0), (x, 0.5))

    assert read_drawing(draw(make)).rapid_length == pytest.approx(0.3, rel=0.01)


def test_what_is_not_cut_is_told_and_hidden_layers_are_passed_over(draw) -> None:
    def make(document, space) -> None:
        square(space)
        space.add_text("S355 6 mm")
        space.add_point((5, 5))
        document.layers.add("NOTES").off()
        document.layers.add("OLD").freeze()
        space.add_line((0, 0), (999, 0), dxfattribs={"layer": "notes"})
        space.add_line((0, 0), (999, 0), dxfattribs={"layer": "OLD"})

    found = read_drawing(draw(make))
    assert found.cut_length == pytest.approx(0.4)
    assert found.skipped == {"POINT": 1, "TEXT": 1}


@pytest.mark.parametrize(
    ("code", "unit", "metres"),
    [(4, "", 0.4), (1, "", 10.16), (6, "", 400.0), (5, "", 4.0), (0, "mm", 0.4), (1, "mm", 0.4)],
)
def test_the_unit_is_that_of_the_header_or_as_told(draw, code, unit, metres) -> None:
    path = draw(lambda _, space: square(space), code)
    assert read_drawing(path, unit).cut_length == pytest.approx(metres)


def broken_file(path: Path, what: str) -> Path:
    if what == "none":
        return path / "none.dxf"
    made = path / "x.dxf"
    made.write_bytes({"text": b"not a drawing\n", "bytes": bytes(range(256)) * 9}[what])
    return made


@pytest.mark.parametrize("what", ["none", "text", "bytes"])
def test_what_is_no_drawing_is_refused_in_one_line(tmp_path: Path, what: str) -> None:
    with pytest.raises(FileError) as refused:
        read_drawing(broken_file(tmp_path, what))
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("code", "unit", "says"),
    [
        (0, "", "states no unit; give --unit mm or --unit inch"),
        (13, "", "has the unit code 13, which no cutter uses"),
        (4, "furlong", 'unit "furlong": is none of mm, cm'),
    ],
)
def test_a_unit_is_never_guessed(draw, code, unit, says) -> None:
    with pytest.raises(FileError, match=re.escape(says)):
        read_drawing(draw(lambda _, space: square(space), code), unit)


def test_a_drawing_with_nothing_to_cut_is_refused(draw) -> None:
    with pytest.raises(FileError, match="has nothing to cut"):
        read_drawing(draw(lambda _, space: space.add_text("empty")))


def test_blocks_that_hold_themselves_are_refused(draw) -> None:
    def make(document, space) -> None:
        block = document.blocks.new("LOOP")
        square(block)
        block.add_blockref("LOOP", (1, 1))
        space.add_blockref("LOOP", (0, 0))

    with pytest.raises(FileError):
        read_drawing(draw(make))


def test_the_time_is_set_up_cut_pierces_and_way_between(shop, draw) -> None:
    drawing = SimpleNamespace(cut_length=10.0, pierces=8, rapid_length=2.0)
    row = shop.cutting.table[0]  # 2 m/min, 0.5 s a pierce; 15 min set-up, rapid 30 m/min
    assert cutting_time(drawing, shop.cutting, row) == pytest.approx(900 + 300 + 4 + 4)
    assert cutting_time(drawing, shop.cutting, row, 3) == pytest.approx(900 + 3 * 308)


def test_an_order_may_be_a_drawing_without_a_clad(shop, draw, book) -> None:
    from order_books import DUE, NOW

    from reclad.orders import NewOrder, read_problem

    path = draw(lambda _, space: square(space))
    route = route_cutting(path, shop, "s355", 0.006, 10)
    assert [step.process for step in route.steps] == ["cut"]
    # 15 min + 10 x (0.4 m at 2 m/min + 0.5 s)
    assert route.steps[0].minutes == math.ceil((900 + 10 * (12 + 0.5)) / 60)
    made = book.add(route, NewOrder(DUE), NOW)
    assert (made.number, made.kind, made.powder) == ("part", "cut", "")
    task = read_problem(book.orders(), shop, NOW).task["part.1"]
    assert (task.modes[0].machine, task.skill) == ("cutter", "cut")


@pytest.mark.parametrize(
    ("material", "thickness", "pieces", "kind", "says"),
    [
        ("S355", 0.008, 1, JobError, 'no line for "S355" of 8 mm; known: S355 6 mm, S355 12 mm'),
        ("Al", 0.006, 1, JobError, 'no line for "Al" of 6 mm'),
        ("S355", 0.006, 0, ShopError, "--pieces 0: lies outside 1 to 100000"),
    ],
)
def test_a_sheet_the_table_does_not_know_is_named(
    shop, draw, material, thickness, pieces, kind, says
) -> None:
    path = draw(lambda _, space: square(space))
    with pytest.raises(kind, match=re.escape(says)):
        route_cutting(path, shop, material, thickness, pieces)
