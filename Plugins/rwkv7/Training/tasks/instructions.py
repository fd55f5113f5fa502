"""Instructions that a program can check, in the wording of IFEval, about twelve topics."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tasks.sample import Sample, sample

PROMPT = "User: {question}\n\nAssistant:"

TOPICS = {
    "cat": (["small", "soft", "quick"], ["likes to sleep", "can see at night"]),
    "dog": (["happy", "loud", "strong"], ["likes to run", "can find the road"]),
    "sun": (["big", "hot", "bright"], ["gives us light", "can dry the rain"]),
    "moon": (["round", "bright", "cold"], ["gives us light", "can move the sea"]),
    "sea": (["deep", "cold", "blue"], ["likes to move", "can be loud"]),
    "river": (["long", "quick", "deep"], ["likes to run", "can find the sea"]),
    "tree": (["tall", "green", "strong"], ["likes the rain", "can grow tall"]),
    "bread": (["warm", "soft", "good"], ["can be sweet", "gives us food"]),
    "house": (["warm", "old", "quiet"], ["can be big", "likes to sleep"]),
    "road": (["long", "old", "quiet"], ["can be wet", "likes the sun"]),
    "song": (["sweet", "loud", "happy"], ["can be long", "gives us joy"]),
    "rain": (["cold", "wet", "gray"], ["can be loud", "gives us water"]),
}
ADJECTIVES = sorted({adjective for adjectives, _ in TOPICS.values() for adjective in adjectives})
CLOSINGS = [
    "Any other questions?",
    "Is there anything else I can help with?",
    "That is all.",
    "Thank you.",
]

Check = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class InstructionProblem:
    """A question, an answer that follows all its instructions, and how to check any answer.

    ``checks`` has IFEval's instruction ids with their arguments; ``demo:exact_words`` is our own.
    """

    question: str
    response: str
    checks: list[Check]


@dataclass(frozen=True)
class _Topic:
    """What can be said about a topic; ``avoids_commas`` makes the opening do without."""

    name: str
    adjectives: list[str]
    abilities: list[str]
    avoids_commas: bool

    @property
    def facts(self) -> list[str]:
        return [f"The {self.name} is {word}." for word in self.adjectives] + [
            f"The {self.name} {ability}." for ability in self.abilities
        ]

    @property
    def opening(self) -> str:
        first, second, third = self.adjectives
        if self.avoids_commas:
            return f"The {self.name} is {first} and {second}."
        return f"The {self.name} is {first}, {second} and {third}."

    @property
    def description(self) -> str:
        return f"{self.opening} {self.facts[3]}"


@dataclass(frozen=True)
class _Draft:
    """A kind's demand and answer; ``base`` replaces the question that it is added to."""

    response: str
    checks: list[Check] = field(default_factory=list)
    demand: str = ""
    base: str | None = None
    takes_style: bool = True


def draw(rng: random.Random) -> InstructionProblem:
    """A problem at random."""
    name = rng.choice(list(TOPICS))
    base = rng.choice(
        [f"Describe the {name}.", f"Tell me about the {name}.", f"Write about the {name}."]
    )
    kind = rng.choices(list(KINDS), [weight for _, weight in KINDS.values()])[0]
    weights = (0.15, 0.3, 0.25, 0.3) if kind == "plain" else (0.6, 0.12, 0.1, 0.18)
    style = rng.choices(["", "capitals", "lowercase", "no comma"], weights)[0]
    adjectives, abilities = TOPICS[name]
    topic = _Topic(name, adjectives, abilities, avoids_commas=style == "no comma")
    draft = KINDS[kind][0](rng, topic)
    styled = _styled(draft, style if draft.takes_style else "")
    parts = [draft.base or base, styled.demand, draft.demand]
    if rng.random() >= 0.5:
        parts[1], parts[2] = parts[2], parts[1]
    question = " ".join(part for part in parts if part)
    return InstructionProblem(question, styled.response, draft.checks + styled.checks)


def answer(problem: InstructionProblem) -> Sample:
    """The problem with its answer."""
    return sample(PROMPT.format(question=problem.question), f" {problem.response}")


def _styled(draft: _Draft, style: str) -> _Draft:
    match style:
        case "capitals":
            return _Draft(
                draft.response.upper(),
                [("change_case:english_capital", {})],
                "Your entire response should be in English, and in all capital letters.",
            )
        case "lowercase":
            return _Draft(
                draft.response.lower(),
                [("change_case:english_lowercase", {})],
                "Your entire response should be in English, and in all lowercase letters. "
                "No capital letters are allowed.",
            )
        case "no comma":
            return _Draft(
                draft.response,
                [("punctuation:no_comma", {})],
                "In your entire response, refrain from the use of any commas.",
            )
    return _Draft(draft.response)


def _plain(rng: random.Random, topic: _Topic) -> _Draft:
    return _Draft(topic.description)


def _exact(rng: random.Random, topic: _Topic) -> _Draft:
    count = rng.randint(1, 8)
    name, (first, second, third) = topic.name, topic.adjectives
    responses = [
        first,
        f"{first} {name}",
        f"{first} {second} {name}",
        f"the {first} {second} {name}",
        f"the {name} is {first} today",
        f"the {first} {name} is {second} today",
        f"the {first} {name} is {second} and {third}",
        f"the {first} {name} is {second} and {third} today",
    ]
    noun = "words" if count > 1 else "word"
    return _Draft(
        responses[count - 1],
        [("demo:exact_words", {"num_words": count})],
        base=f"Write exactly {count} {noun} about the {name}.",
    )


def _bullets(rng: random.Random, topic: _Topic) -> _Draft:
    count = rng.randint(1, 5)
    return _Draft(
        "\n".join(f"* {fact}" for fact in topic.facts[:count]),
        [("detectable_format:number_bullet_lists", {"num_bullets": count})],
        f"Your answer must contain exactly {count} bullet points. Use the markdown bullet points "
        "such as:\n* This is point 1. \n* This is point 2",
    )


def _title(rng: random.Random, topic: _Topic) -> _Draft:
    return _Draft(
        f"<<The {topic.name}>>\n{topic.description}",
        [("detectable_format:title", {})],
        "Your answer must contain a title, wrapped in double angular brackets, "
        "such as <<poem of joy>>.",
    )


def _options(rng: random.Random, topic: _Topic) -> _Draft:
    if rng.random() < 0.5:
        adjective = rng.choice(topic.adjectives)
    else:
        adjective = rng.choice([word for word in ADJECTIVES if word not in topic.adjectives])
    return _Draft(
        f"My answer is {'yes' if adjective in topic.adjectives else 'no'}.",
        [("detectable_format:constrained_response", {})],
        "Answer with one of the following options: "
        "('My answer is yes.', 'My answer is no.', 'My answer is maybe.')",
        base=f"Is the {topic.name} {adjective}?",
        takes_style=False,
    )


def _at_least(rng: random.Random, topic: _Topic) -> _Draft:
    count = rng.choice([5, 10, 15, 20])
    pool = [
        topic.opening,
        *topic.facts[3:],
        f"I like the {topic.name}.",
        f"We like the {topic.name}.",
    ]
    said: list[str] = []
    while len(" ".join(said).split()) < count:
        said.append(pool[len(said)])
    return _Draft(
        " ".join(said),
        [("length_constraints:number_words", {"relation": "at least", "num_words": count})],
        f"Answer with at least {count} words.",
    )


def _less_than(rng: random.Random, topic: _Topic) -> _Draft:
    count = rng.choice([3, 5, 8, 10])
    first, second, _ = topic.adjectives
    longer = f"The {topic.name} is {first} and {second}."
    responses = {3: f"{first.capitalize()} {topic.name}.", 5: topic.facts[0]}
    return _Draft(
        responses.get(count, longer),
        [("length_constraints:number_words", {"relation": "less than", "num_words": count})],
        f"Answer with less than {count} words.",
    )


def _keywords(rng: random.Random, topic: _Topic) -> _Draft:
    words = rng.sample([word for word in TOPICS if word != topic.name], rng.randint(1, 2))
    return _Draft(
        f"{topic.opening} The {topic.name} likes the {' and the '.join(words)}.",
        [("keywords:existence", {"keywords": words})],
        f"Include keywords {words!r} in the response.",
    )


def _forbidden(rng: random.Random, topic: _Topic) -> _Draft:
    word = rng.choice(topic.adjectives)
    first, second = (adjective for adjective in topic.adjectives if adjective != word)
    return _Draft(
        f"The {topic.name} is {first} and {second}.",
        [("keywords:forbidden_words", {"forbidden_words": [word]})],
        f"Do not include keywords {[word]!r} in the response.",
    )


def _ending(rng: random.Random, topic: _Topic) -> _Draft:
    if rng.random() < 0.4:
        phrase = rng.choice(CLOSINGS)
    else:
        phrase = " ".join(rng.sample(ADJECTIVES + list(TOPICS), rng.randint(1, 3)))
    stop = "" if phrase[-1] in ".?" else "."
    return _Draft(
        f"{topic.description} {phrase}",
        [("startend:end_checker", {"end_phrase": phrase})],
        f"Finish your response with this exact phrase {phrase}{stop} "
        "No other words should follow this phrase.",
    )


def _quotation(rng: random.Random, topic: _Topic) -> _Draft:
    return _Draft(
        f'"{topic.description}"',
        [("startend:quotation", {})],
        "Wrap your entire response with double quotation marks.",
    )


def _postscript(rng: random.Random, topic: _Topic) -> _Draft:
    return _Draft(
        f"{topic.description}\nP.S. I like the {topic.name}.",
        [("detectable_content:postscript", {"postscript_marker": "P.S."})],
        "At the end of your response, please explicitly add a postscript starting with P.S.",
    )


def _two_responses(rng: random.Random, topic: _Topic) -> _Draft:
    return _Draft(
        f"{topic.opening}\n******\n{topic.facts[3]}",
        [("combination:two_responses", {})],
        "Give two different responses. Responses and only responses should be separated by "
        "6 asterisk symbols: ******.",
    )


def _json(rng: random.Random, topic: _Topic) -> _Draft:
    return _Draft(
        f'{{"{topic.name}": "{topic.adjectives[0]}"}}',
        [("detectable_format:json_format", {})],
        "Entire output should be wrapped in JSON format. You can use markdown ticks such as ```.",
        takes_style=False,
    )


KINDS: dict[str, tuple[Callable[[random.Random, _Topic], _Draft], float]] = {
    "plain": (_plain, 1.0),
    "exact": (_exact, 1.5),
    "bullets": (_bullets, 1.2),
    "title": (_title, 0.8),
    "options": (_options, 1.0),
    "at least": (_at_least, 1.3),
    "less than": (_less_than, 1.0),
    "keywords": (_keywords, 1.2),
    "forbidden": (_forbidden, 1.0),
    "ending": (_ending, 1.8),
    "quotation": (_quotation, 0.8),
    "postscript": (_postscript, 0.7),
    "two responses": (_two_responses, 0.7),
    "json": (_json, 0.6),
}
