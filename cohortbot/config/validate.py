"""From plain values to the schema's frozen blocks; pydantic's errors become faults in our words."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cohortbot.config.faults import Fault, shown, unknown_key
from cohortbot.config.kinds import Surroundings
from cohortbot.config.schema import blocks_under, is_secret

Block = TypeVar("Block", bound=BaseModel)

# A default that could not be made because the key it is made from is faulty: that one is told already.
_FOLLOWS_FROM_ANOTHER = "default_factory_not_called"


def validate(model: type[Block], plain: object, surroundings: Surroundings | None) -> Block | list[Fault]:
    """The block, or every fault in it, their paths counted from the block.

    Without surroundings (settings from chat) nothing is looked up in the environment or in files.
    """
    try:
        return model.model_validate(plain, context=surroundings)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return [_fault(model, each) for each in details if each["type"] != _FOLLOWS_FROM_ANOTHER]


def _fault(model: type[BaseModel], error: ErrorDetails) -> Fault:
    path, loc, given = _path(error["loc"]), error["loc"], error["input"]
    match error["type"]:
        case "missing":
            return Fault(path, None, f"is missing: {_meaning(model, loc)}")
        case "extra_forbidden":
            return unknown_key(path, str(loc[-1]), _model_at(model, loc[:-1]).model_fields)
        case "model_type":
            return Fault(
                path, None, f"is not a block of keys ({', '.join(_model_at(model, loc).model_fields)})"
            )
        case "value_error":
            showable = isinstance(given, str) and not _is_secret(model, loc)
            return Fault(path, shown(given) if showable else None, _sentence(error))
    if given is None:
        return Fault(path, None, f"is empty; {_expected(error)} was expected")
    if isinstance(given, list | dict):
        kind = "list" if isinstance(given, list) else "block of keys"
        return Fault(path, None, f"is a {kind}; {_expected(error)} was expected")
    return Fault(path, shown(given), f"is not {_expected(error)}")


# By pydantic's type of error. Secrets never come here: their reader takes any value and raises ValueError.
_EXPECTED = {
    "string_type": "one text",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a number",
    "tuple_type": "a list ([one, two])",
    "path_type": "a path",
}


def _expected(error: ErrorDetails) -> str:
    """What would be right, after "is not"."""
    context = error.get("ctx", {})
    match error["type"]:
        case "literal_error":
            return str(context["expected"]).replace("'", "")
        case "greater_than_equal":
            return f"{context['ge']:g} or more"
        case "greater_than":
            return f"more than {context['gt']:g}"
        case "less_than_equal":
            return f"{context['le']:g} or less"
    return _EXPECTED.get(error["type"], error["msg"])


def _sentence(error: ErrorDetails) -> str:
    """The words of the reader in kinds.py, secret.py or schema.py that refused the value."""
    return str(error["ctx"]["error"])


def _is_secret(model: type[BaseModel], loc: tuple[int | str, ...]) -> bool:
    return is_secret(_model_at(model, loc[:-1]), str(loc[-1]))


def _meaning(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    field = _model_at(model, loc[:-1]).model_fields[str(loc[-1])]
    return field.description or "it is required"


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """The block that a key or a list's item stands in: the last block on the way."""
    for key in loc:
        model = blocks_under(model).get(str(key), model)
    return model


def _path(loc: tuple[int | str, ...]) -> str:
    path = ""
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")
