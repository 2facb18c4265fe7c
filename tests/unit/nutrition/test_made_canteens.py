"""What the planner is measured by: made canteens are real ones, cooks keep the rules, peers solve the same program."""

import json
from pathlib import Path

import numpy as np

from benchmarks.by_hand import composed
from benchmarks.canteens import made_canteen, problem_of, read_canteen
from benchmarks.peers import ask
from benchmarks.plan_province import Task, problems
from services.nutrition.planning.checking import check_choice
from services.nutrition.planning.figures import choice_of
from services.nutrition.planning.grain import fine
from services.nutrition.planning.model import model_of
from services.nutrition.planning.relaxation import relaxation_of
from tests.unit.nutrition.problems import a_random_problem, every_menu, least_objective


def test_a_canteen_from_a_file_is_the_one_that_was_written(tmp_path: Path) -> None:
    """A made canteen, written to a file and read again, is the same problem."""
    canteen, path = made_canteen(3), tmp_path / "canteen.json"
    path.write_text(json.dumps(canteen, ensure_ascii=False), encoding="utf-8")
    made, read = problem_of(canteen), problem_of(read_canteen(path))
    assert np.array_equal(made.plates.cost_mfen, read.plates.cost_mfen)
    assert np.array_equal(made.allowed, read.allowed)
    assert made.requirement == read.requirement


def test_a_week_made_by_hand_keeps_every_rule() -> None:
    """The cook the planner is compared with is an honest one: the checker finds nothing wrong with her week."""
    made = 0
    for seed in range(5):
        problem = problem_of(made_canteen(seed))
        week = composed(problem, problem.plates.cost_mfen.astype(np.float64))
        if week is not None:
            made += 1
            assert check_choice(problem, week) == []
            assert all(dish >= 0 for slot, dish in zip(problem.slots, week.dishes, strict=True) if not slot.optional)
    assert made >= 3, "who minds nothing but money now and then has no dish left on Friday; mostly there is one"


def test_a_peer_solves_the_problem_itself() -> None:
    """What a peer is given is the whole problem: the menu it takes keeps the rules and is the best there is."""
    problem = a_random_problem(2015, dishes=6, days=2, meals=1)
    menus = every_menu(problem, at_most=2000)
    model = model_of(problem)
    program = relaxation_of(model, fine(model))
    answer = ask("CP-SAT", program, 300.0)
    assert menus
    assert answer.taken is not None
    dishes = np.full(len(problem.slots), -1)
    dishes[program.place[answer.taken]] = program.dish[answer.taken]
    menu = choice_of(model, np.where(dishes == len(problem.rating), -1, dishes))
    assert check_choice(problem, menu) == []
    assert menu.objective < 1.001 * least_objective(problem, menus)


def test_no_two_schools_of_a_province_are_alike() -> None:
    """Schools of one class share dishes, days and rules; each has prices of its own."""
    schools = list(problems(Task(1, 4, 3, ((0, 0), (0, 10), (1, 10)))))
    assert all(np.array_equal(school.allowed, schools[0].allowed) for school in schools)
    assert len({school.plates.cost_mfen.tobytes() for school in schools}) == 3
