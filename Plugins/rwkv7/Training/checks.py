"""Verdicts on generated answers: programs are run, instructions are checked one by one."""

import json
import re
import subprocess
import sys
from typing import Any

TIMEOUT_SECONDS = 5


def runs(program: str) -> bool:
    """Whether a program ends well, in an interpreter of its own."""
    try:
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-c", program],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def follows(instruction: str, arguments: dict[str, Any], response: str) -> bool:
    """Whether a response follows an instruction, named by IFEval's id."""
    text = response.strip()
    match instruction:
        case "change_case:english_capital":
            return text.isupper()
        case "change_case:english_lowercase":
            return text.islower()
        case "punctuation:no_comma":
            return "," not in text
        case "demo:exact_words":
            return len(text.split()) == arguments["num_words"]
        case "length_constraints:number_words":
            return _compares(len(text.split()), arguments["relation"], arguments["num_words"])
        case "detectable_format:number_bullet_lists":
            stars = re.findall(r"^\s*\*[^\*].*$", text, flags=re.MULTILINE)
            dashes = re.findall(r"^\s*-.*$", text, flags=re.MULTILINE)
            return len(stars) + len(dashes) == arguments["num_bullets"]
        case "detectable_format:title":
            titles = re.findall(r"<<[^\n]+>>", text)
            return any(title.lstrip("<").rstrip(">").strip() for title in titles)
        case "detectable_format:constrained_response":
            return any(f"My answer is {word}." in text for word in ("yes", "no", "maybe"))
        case "detectable_format:json_format":
            return _is_json(text)
        case "detectable_content:postscript":
            return re.search(r"\s*p\.\s?s\..*$", text.lower(), flags=re.MULTILINE) is not None
        case "keywords:existence":
            return all(re.search(word, text, re.IGNORECASE) for word in arguments["keywords"])
        case "keywords:forbidden_words":
            words = arguments["forbidden_words"]
            return not any(re.search(rf"\b{word}\b", text, re.IGNORECASE) for word in words)
        case "startend:end_checker":
            return text.strip('"').lower().endswith(arguments["end_phrase"].strip().lower())
        case "startend:quotation":
            return len(text) > 1 and text[0] == text[-1] == '"'
        case "combination:two_responses":
            parts = [part.strip() for part in text.split("******")]
            return len(parts) == 2 and all(parts) and parts[0] != parts[1]
    raise ValueError(f"no check for the instruction {instruction}")


def _compares(count: int, relation: str, limit: int) -> bool:
    return count >= limit if relation == "at least" else count < limit


def _is_json(text: str) -> bool:
    for fence in ("```json", "```"):
        text = text.removeprefix(fence)
    try:
        json.loads(text.removesuffix("```").strip())
    except ValueError:
        return False
    return True
