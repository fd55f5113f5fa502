# EvalPlus' tests: the program's results on many inputs must be those of the reference solution. Limits, tolerance and the
# tasks with rules of their own are facts of EvalPlus 0.3.1 (eval/__init__.py, eval/_special_oracle.py, data/mbpp.py).
import copy
import math
import time

import wire
from outcomes import Ended, Wrong
from shown import shown

NOT_NONE = {"check_str", "text_match_three", "text_starta_endb"}
SAME_SET = {"similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum",
            "intersection_array", "find_dissimilar", "Diff"}


def run(judge, program, function):
    """Runs the groups of inputs one after the other until one fails."""
    job = judge.job
    limits = job["limits"]
    is_mbpp = job["dataset"] == "mbpp"
    solution = trusted(lambda: loaded(job["reference"])[job["entry_point"]])
    comparison = Comparison(job["entry_point"], is_mbpp, job["atol"])
    judge.more["tests"] = sum(len(group["inputs"]) for group in job["groups"])
    judge.more["groups"] = {}
    for group in job["groups"]:
        inputs = trusted(lambda: typed(job["task_id"], group["inputs"]) if is_mbpp else group["inputs"])
        # The tolerance that the first floating-point result sets holds for the rest of its group.
        comparison.start()
        for number, arguments in enumerate(inputs):
            judge.test = number
            began = time.process_time()
            expected = trusted(lambda: solution(*copy.deepcopy(arguments)))
            seconds = time.process_time() - began
            if wire.is_too_large(expected):
                # Right results that fill the memory cannot be brought here; the result says how many were left out.
                judge.more["skipped"] = judge.more.get("skipped", 0) + 1
                continue
            budget = max(limits["input_min_s"], limits["input_factor"] * seconds)
            judge.clock.allow(budget)
            try:
                # A copy: what a program makes of its arguments must not decide whether its result is right.
                got = function(*copy.deepcopy(arguments))
                is_right = comparison.holds(arguments, got, expected)
            except (Ended, Wrong) as end:
                judge.more["groups"][group["name"]] = False
                end.facts.update(group=group["name"], input=shown(arguments))
                raise
            except MemoryError:
                raise
            except BaseException as error:
                judge.more["groups"][group["name"]] = False
                end = judge.failure(error)
                end.facts.update(group=group["name"], input=shown(arguments))
                raise end from None
            if not is_right:
                judge.more["groups"][group["name"]] = False
                raise Wrong(group=group["name"], input=shown(arguments), expected=shown(expected), got=shown(got))
        judge.more["groups"][group["name"]] = True


def loaded(source):
    names = {}
    exec(compile(source, "<reference>", "exec"), names)
    return names


def trusted(work):
    """What the data set's own code gives; when that fails, no program is to blame."""
    try:
        return work()
    except Exception as error:
        raise Ended("harness_error", message=f"the reference solution fails: {type(error).__name__}: {error}") from None


class Comparison:
    """Whether a result is right."""

    def __init__(self, entry_point, is_mbpp, tolerance):
        self.entry_point = entry_point
        self.is_mbpp = is_mbpp
        self.given = tolerance

    def start(self):
        self.tolerance = self.given

    def holds(self, arguments, got, expected):
        name = self.entry_point
        is_equal = bool(got == expected)
        if self.is_mbpp:
            if name == "are_equivalent":
                is_equal = True
            elif name == "sum_div":
                is_equal = is_equal or got == 0
            elif name == "surface_Area":
                is_equal = is_equal or abs(got - pyramid(*arguments)) <= self.tolerance
            elif name == "digit_distance_nums":
                is_equal = is_equal or got == digit_distance(*arguments)
            elif name in SAME_SET:
                is_equal = set(got) == set(expected)
            elif name in NOT_NONE:
                wanted = expected is not None
                is_equal = got == wanted if isinstance(got, bool) else wanted == (got is not None)
        elif name == "find_zero":
            coefficients = arguments[0]
            return abs(sum(c * math.pow(got, i) for i, c in enumerate(coefficients))) <= self.tolerance
        if self.tolerance == 0 and is_floats(expected):
            self.tolerance = 1e-6
        if is_equal or self.tolerance == 0:
            return is_equal
        if type(got) is not type(expected):
            return False
        if isinstance(expected, (list, tuple)) and len(got) != len(expected):
            return False
        return is_close(got, expected, self.tolerance)


def is_floats(value):
    if isinstance(value, float):
        return True
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(part, float) for part in value)


def is_close(got, expected, tolerance):
    """numpy.allclose with rtol=1e-07: sequences part by part, of one shape; anything but numbers differs."""
    if isinstance(expected, (list, tuple)):
        return isinstance(got, (list, tuple)) and len(got) == len(expected) and all(
            is_close(left, right, tolerance) for left, right in zip(got, expected))
    if not isinstance(got, (int, float, complex)) or not isinstance(expected, (int, float, complex)):
        return False
    if got == expected:
        return True
    difference = abs(got - expected)
    return math.isfinite(difference) and difference <= tolerance + 1e-07 * abs(expected)


def pyramid(base, height):
    """The surface of a square pyramid, rounded."""
    return round(base ** 2 + 2 * base * math.sqrt((base / 2) ** 2 + height ** 2))


def digit_distance(left, right):
    """The sum of the differences of the digits, the shorter number filled with zeros."""
    left, right = str(left), str(right)
    size = max(len(left), len(right))
    return sum(abs(int(a) - int(b)) for a, b in zip(left.zfill(size), right.zfill(size)))


# Which arguments JSON has turned into lists: task numbers by what they were.
TUPLES = {2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809}
LISTS_OF_TUPLES = {63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780}
FIRST_OF_TUPLES = {75, 413, 444, 753}
SECOND_TUPLE = {106, 750}
FIRST_TUPLE = {250, 405, 446, 617, 720, 763, 808, 307}
TUPLES_OF_TUPLES = {259, 401, 445}
ALL_TUPLES = {580, 615, 791}


def typed(task, inputs):
    """The arguments with the types that they have in MBPP+'s source."""
    number = int(str(task).split("/")[-1])
    if number in TUPLES:
        return [[tuple(part) for part in one] for one in inputs]
    if number in LISTS_OF_TUPLES:
        return [[[tuple(part) for part in parts] for parts in one] for one in inputs]
    if number in FIRST_OF_TUPLES:
        return [[[tuple(part) for part in one[0]], one[1]] for one in inputs]
    if number in SECOND_TUPLE:
        return [[one[0], tuple(one[1])] for one in inputs]
    if number in FIRST_TUPLE:
        return [[tuple(one[0]), *one[1:]] for one in inputs]
    if number in TUPLES_OF_TUPLES:
        return [[tuple(tuple(part) for part in parts) for parts in one] for one in inputs]
    if number in ALL_TUPLES:
        return [deep_tuple(one) for one in inputs]
    if number == 115:
        return [[[set(part) if isinstance(part, list) and part else {} for part in one[0]]] for one in inputs]
    if number == 124:
        return [(float(one[0]), complex(one[1])) for one in inputs]
    if number == 252:
        return [[complex(one[0])] for one in inputs]
    if number == 278:
        return [[tuple(tuple(part) if isinstance(part, list) else part for part in one[0])] for one in inputs]
    if number == 722:
        return [[{key: tuple(value) for key, value in one[0].items()}, *one[1:]] for one in inputs]
    return inputs


def deep_tuple(value):
    return tuple(deep_tuple(part) for part in value) if isinstance(value, list) else value
