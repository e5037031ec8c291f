"""The search for short plans: its moves keep plans whole, its answers are in time and best."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.schedule.jobshop_draws import best_by_trying, draw_shop

from reclad.errors import ScheduleError
from reclad.schedule import _tabu_kernels as kernels
from reclad.schedule import jobshop_search
from reclad.schedule.jobshop import check_plan, least_makespan, makespan_of, read_job_shop
from reclad.schedule.jobshop_dispatch import dispatch
from reclad.schedule.jobshop_exact import has_solver, prove
from reclad.schedule.jobshop_pool import SIZE, Pool, ShopArrays
from reclad.schedule.jobshop_search import solve_job_shop

HERE = Path(__file__).parent

needs_solver = pytest.mark.skipif(
    not has_solver(),
    reason="NOT PROVEN: OR-Tools is not installed (pip install 'reclad[schedule]')",
)


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    """Compile before anything is timed."""
    solve_job_shop(read_job_shop(HERE / "Mk04.fjs"), seconds=0.1)
    arrays = ShopArrays(draw_shop(Random(0), 2, 2, 2))
    search(arrays, start_of(arrays), steps=1)
    arrays.starts(start_of(arrays))


def start_of(arrays: ShopArrays, seed: int = 0) -> np.ndarray:
    return arrays.from_steps(dispatch(arrays.shop, Random(seed)))


def search(arrays: ShopArrays, plan: np.ndarray, steps: int, seed: int = 0) -> int:
    """Least makespan met; plan goes on."""
    state = np.array([0, arrays.starts(plan)[0], 0])
    kernels.walk(
        *(arrays.duration, arrays.previous, arrays.following, plan, plan.copy()),
        *(np.zeros(arrays.duration.shape, np.int64), state, steps, 10**9, 0, seed),
    )
    return int(state[kernels.BEST])


@pytest.mark.parametrize("seed", range(8))
def test_every_move_leaves_a_plan_that_can_be_worked(seed: int) -> None:
    arrays = ShopArrays(draw_shop(Random(seed), jobs=6, operations=5, machines=4))
    plan = start_of(arrays, seed)
    for step in range(60):
        search(arrays, plan, steps=1, seed=step)
        steps = arrays.steps(plan)
        assert check_plan(arrays.shop, steps) == ()
        assert makespan_of(steps) == arrays.starts(plan)[0]
        assert (arrays.from_steps(steps) == plan).all()


@pytest.mark.parametrize("seed", range(6))
def test_no_place_outside_the_ones_looked_at_is_better(seed: int) -> None:
    arrays = ShopArrays(draw_shop(Random(seed), jobs=5, operations=4, machines=3))
    plan = start_of(arrays, seed)
    count = arrays.job.size
    ways, free = np.empty((2, count), np.int64), np.empty((2, count), np.int64)
    order, row = np.empty(count, np.int64), np.empty(count, np.int64)
    kernels.measure(arrays.duration, arrays.previous, arrays.following, plan, ways, order)
    span = arrays.duration[np.arange(count), plan[kernels.MACHINE]]
    for v in range(count):
        for machine in np.flatnonzero(arrays.duration[v] >= 0):
            trial = plan.copy()
            first = np.full(arrays.shop.machines, -1)
            alone = np.flatnonzero(trial[kernels.BEFORE] < 0)
            first[trial[kernels.MACHINE, alone]] = alone
            kernels._take_out(v, trial, first)
            kernels._ways_without(
                v, arrays.previous, arrays.following, trial, span, ways, order, free
            )
            length, low, high = kernels._places(v, machine, trial, first, span, free, row)
            makespans = []
            for place in range(length + 1):
                put, begin = trial.copy(), first.copy()
                kernels._put(v, machine, row[place - 1] if place else -1, put, begin)
                makespans.append(arrays.starts(put)[0])
            inside = makespans[low : high + 1]
            assert min(inside) > 0, "a ring"
            assert min(inside) == min(one for one in makespans if one > 0)


@pytest.mark.parametrize("seed", range(10))
def test_a_small_shop_is_planned_as_well_as_by_trying_every_plan(seed: int) -> None:
    shop = draw_shop(Random(seed), jobs=3, operations=3, machines=2)
    best = best_by_trying(shop)
    solved = solve_job_shop(shop, seconds=0.4)
    assert solved.makespan == best
    assert solved.lower_bound <= best


def test_operations_that_wait_for_each_other_in_a_ring_are_told() -> None:
    arrays = ShopArrays(draw_shop(Random(1), jobs=1, operations=1, machines=1))
    arrays.previous, arrays.following = np.array([-1, 0]), np.array([1, -1])
    arrays.job, arrays.duration = np.zeros(2, int), np.ones((2, 1), np.int64)
    assert arrays.starts(np.array([[0, 0], [1, -1], [-1, 0]]))[0] == -1


def test_a_child_has_each_job_from_one_of_its_parents() -> None:
    arrays = ShopArrays(draw_shop(Random(3), jobs=14, operations=8, machines=5))
    pool = Pool(arrays)
    for seed in range(60):
        plan = start_of(arrays, seed)
        pool.add(arrays.starts(plan)[0], plan)
    assert len(pool.plans) == SIZE
    for seed in range(20):
        child = pool.begin(Random(seed))
        assert check_plan(arrays.shop, arrays.steps(child)) == ()
        for j in range(14):
            mine = arrays.job == j
            assert any(
                (child[kernels.MACHINE, mine] == plan[kernels.MACHINE, mine]).all()
                for _, plan in pool.plans
            )


class Fixed(Random):
    """Chance that always falls the same way."""

    def __init__(self, parents: list, value: float) -> None:
        super().__init__(0)
        self.parents, self.value = parents, value

    def sample(self, *_: object) -> list:
        return self.parents

    def random(self) -> float:
        return self.value


def test_a_child_that_takes_all_jobs_from_one_parent_is_that_parent() -> None:
    arrays = ShopArrays(draw_shop(Random(4), jobs=9, operations=6, machines=4))
    one, other = ((0, start_of(arrays, seed)) for seed in range(2))
    pool = Pool(arrays, [one, other] * SIZE)
    assert (pool.begin(Fixed([one, other], 0.1)) == one[1]).all()
    assert (pool.begin(Fixed([one, other], 0.9)) == other[1]).all()


def test_a_long_walk_always_finds_a_longest_way_to_shorten() -> None:
    arrays = ShopArrays(draw_shop(Random(6), jobs=9, operations=6, machines=4))
    plan = start_of(arrays)
    state = np.array([0, arrays.starts(plan)[0], 0])
    kernels.walk(
        *(arrays.duration, arrays.previous, arrays.following, plan, plan.copy()),
        *(np.zeros(arrays.duration.shape, np.int64), state, 500, 10**9, 0, 1),
    )
    assert state[kernels.CLOCK] == 500
    assert state[kernels.IDLE] < 500
    assert check_plan(arrays.shop, arrays.steps(plan)) == ()


def test_the_pool_keeps_better_plans_and_none_twice() -> None:
    arrays = ShopArrays(draw_shop(Random(5), jobs=14, operations=8, machines=5))
    pool = Pool(arrays)
    for seed in range(60):
        plan = start_of(arrays, seed)
        pool.add(arrays.starts(plan)[0], plan)
        pool.add(arrays.starts(plan)[0], plan.copy())
    best = min(arrays.starts(start_of(arrays, seed))[0] for seed in range(60))
    assert min(makespan for makespan, _ in pool.plans) == best
    assert len({plan.tobytes() for _, plan in pool.plans}) == len(pool.plans)


@pytest.mark.slow
def test_published_instances_reach_their_best_known_makespan() -> None:
    # Best known as collected with the files: Mk01 40, Mk04 60; both are proven where there is
    # a solver to prove them.
    for name, known in (("Mk01", 40), ("Mk04", 60)):
        solved = solve_job_shop(read_job_shop(HERE / f"{name}.fjs"), seconds=8.0)
        assert known <= solved.makespan <= known + 1
        assert solved.lower_bound <= known
        if has_solver():
            assert solved.proven


@pytest.mark.slow
def test_the_answer_is_in_time() -> None:
    shop = draw_shop(Random(0), jobs=40, operations=20, machines=12)
    for seconds in (0.2, 1.5):
        begun = time.monotonic()
        solved = solve_job_shop(shop, seconds=seconds)
        assert time.monotonic() - begun < seconds + 1.0
        assert solved.makespan < makespan_of(dispatch(shop))
        assert check_plan(shop, solved.plan) == ()


def test_a_plan_proven_at_once_needs_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = draw_shop(Random(0), jobs=1, operations=4, machines=2)
    monkeypatch.setattr(jobshop_search, "_run", None)
    solved = solve_job_shop(shop, seconds=60.0)
    assert solved.proven
    assert solved.makespan == least_makespan(shop)


def test_without_the_solver_the_tabu_search_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools", None)
    monkeypatch.setattr(jobshop_search, "prove", None)
    shop = read_job_shop(HERE / "Mk04.fjs")
    assert not has_solver()
    assert solve_job_shop(shop, seconds=0.5).makespan < makespan_of(dispatch(shop))


def test_a_fault_in_a_thread_is_raised_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr("reclad.schedule.jobshop_pool.breed", fail)
    begun = time.monotonic()
    with pytest.raises(ValueError, match="broken"):
        solve_job_shop(read_job_shop(HERE / "Mk04.fjs"), seconds=60.0)
    assert time.monotonic() - begun < 5.0


def test_a_plan_that_fails_the_check_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobshop_search, "dispatch", lambda shop: dispatch(shop)[1:])
    with pytest.raises(ScheduleError, match=r"job \d+ operation 1 is not planned"):
        solve_job_shop(draw_shop(Random(2), 1, 3, 1), seconds=0.1)


def test_whoever_interrupts_leaves_no_search_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(jobshop_search.time, "sleep", interrupt)
    before = threading.active_count()
    shop = read_job_shop(HERE / "Mk04.fjs")
    race = jobshop_search.Race(shop, dispatch(shop), 0)
    with pytest.raises(KeyboardInterrupt):
        jobshop_search._run(race, 0, time.monotonic() + 60.0, 60.0)
    assert race.stop.is_set()
    assert threading.active_count() <= before


@pytest.mark.slow
@needs_solver
@pytest.mark.parametrize("seed", range(4))
def test_the_solver_finds_and_proves_what_trying_every_plan_finds(seed: int) -> None:
    shop = draw_shop(Random(seed), jobs=3, operations=3, machines=2)
    plans, bounds = [], [0]
    hint = dispatch(shop) if seed % 2 else []
    prove(shop, seconds=20.0, seed=0, workers=1, hint=hint, found=plans.append,
          bounded=bounds.append)  # fmt: skip
    assert all(check_plan(shop, plan) == () for plan in plans)
    assert makespan_of(plans[-1]) == max(bounds) == best_by_trying(shop)


@pytest.mark.slow
@needs_solver
def test_the_solver_ends_when_others_say_so() -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    begun = time.monotonic()
    prove(draw_shop(Random(0), 30, 12, 8), seconds=60.0, seed=0, workers=1, stop=stop)
    assert time.monotonic() - begun < 10.0


@pytest.mark.slow
def test_ctrl_c_ends_the_process_at_once_and_without_a_crash() -> None:
    code = (
        "import signal, sys\nfrom pathlib import Path\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # even where it was ignored
        "from reclad.schedule.jobshop_search import solve_job_shop\n"
        "from reclad.schedule.jobshop import read_job_shop\n"
        "shop = read_job_shop(Path(sys.argv[1]))\n"
        "try:\n    solve_job_shop(shop, seconds=60.0)\n"
        "except KeyboardInterrupt:\n    print('stopped')\n"
    )
    hard = HERE.parents[1] / "benchmarks" / "instances" / "Mk10.fjs"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(hard)], stdout=subprocess.PIPE, text=True
    )
    time.sleep(4.0)  # into the solver's turn, if there is a solver
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=10.0)
    assert process.returncode == 0
    assert out == "stopped\n"
