"""``@predictions``: a query that AWS's AI services answer, action after action.

The actions read their images from the project's storage, which this compiler takes for
granted.

Source: graphql-predictions-transformer (v1), amplify-graphql-predictions-transformer
(v2).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from graphql import ListValueNode, OperationType

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.remote import PredictionsAction, PredictionsCall
from amplikit.compiler.naming import upper_first
from amplikit.compiler.rejection import rejection
from amplikit.compiler.remote_fields import (
    input_name_problems,
    resolved_twice_problems,
    with_calls,
)
from amplikit.compiler.sdl import Argument, Definition, OutputField
from amplikit.compiler.use import Directive
from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse

__all__ = ["PREDICTIONS"]

SDL = """
directive @predictions(actions: [PredictionsActions!]!) on FIELD_DEFINITION
enum PredictionsActions {
  identifyText
  identifyLabels
  convertTextToSpeech
  translateText
}
"""

_IMAGE = ("key",)
_INPUTS = {
    PredictionsAction.IDENTIFY_TEXT: _IMAGE,
    PredictionsAction.IDENTIFY_LABELS: _IMAGE,
    PredictionsAction.TRANSLATE_TEXT: ("sourceLanguage", "targetLanguage"),
    PredictionsAction.CONVERT_TEXT_TO_SPEECH: ("voiceID",),
}
_NEXT = {
    PredictionsAction.IDENTIFY_TEXT: (PredictionsAction.TRANSLATE_TEXT,),
    PredictionsAction.IDENTIFY_LABELS: (
        PredictionsAction.TRANSLATE_TEXT,
        PredictionsAction.CONVERT_TEXT_TO_SPEECH,
    ),
    PredictionsAction.TRANSLATE_TEXT: (PredictionsAction.CONVERT_TEXT_TO_SPEECH,),
    PredictionsAction.CONVERT_TEXT_TO_SPEECH: (),
}


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @predictions."""
    if use.field is None:
        return
    if use.type_name != draft.document.roots.get(OperationType.QUERY):
        yield rejection(
            "predictions-not-on-query",
            message=f"'{use.place}' has @predictions, but is no query.",
            hint="Move the field to Query.",
            where=use.where,
            amplify="@predictions directive only works under Query operations.",
        )
    yield from _action_problems(use, draft)
    yield from resolved_twice_problems(use, use.field, ("function", "http"))
    yield from input_name_problems(use, draft, (_input_name(use),))


def _action_problems(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield the actions that cannot go on with what the one before answers.

    v1 means to look at the order, and lets every order through.
    """
    second = draft.options.transformer is Transformer.V2
    actions = _actions(use)
    if not second and not isinstance(use.value("actions"), ListValueNode):
        yield rejection(
            "predictions-not-a-list",
            message=f"The action of '{use.place}' stands without brackets.",
            hint=f"Write actions: [{', '.join(actions)}].",
            where=use.where_of("actions"),
            amplify="actions.forEach is not a function",
            kind="TypeError",
        )
    if not actions:
        text = "@predictions directive requires at least one action."
        yield Problem(
            "predictions-without-action",
            f"@predictions on '{use.place}' names no action.",
            "Name an action, e.g. translateText.",
            use.where_of("actions"),
            amplify=AmplifyError("InvalidDirectiveError", text) if second else None,
        )
    for number, (before, action) in enumerate(pairwise(actions), start=1):
        if action in _NEXT[before] or not (second or action in actions[:number]):
            continue
        text = f"{action} is not supported in this context!"
        yield Problem(
            "predictions-action-order",
            f"'{action}' cannot follow '{before}' on '{use.place}'.",
            "Order them: identify, then translate, then speak; each once.",
            use.where_of_item("actions", number),
            amplify=AmplifyError("InvalidDirectiveError", text) if second else None,
        )


def _actions(use: DirectiveUse) -> tuple[PredictionsAction, ...]:
    return tuple(map(PredictionsAction, use.texts("actions") or ()))


def _input_name(use: DirectiveUse, action: str = "") -> str:
    name = use.place.rpartition(".")[2]
    return f"{upper_first(name)}{upper_first(action)}Input"


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Let the services answer the query, and give it one input for all actions."""
    field, actions = use.field, _actions(use)
    if field is None:
        return draft
    inputs = [
        _action_input(use, action, first=number == 0)
        for number, action in enumerate(actions)
    ]
    whole = Definition(
        _input_name(use),
        "input",
        inputs=tuple(
            Argument(action, f"{made.name}!")
            for action, made in zip(actions, inputs, strict=True)
        ),
    )
    # What the reader declares for an action stands.
    made = (one for one in inputs if one.name not in draft.document.types)
    remade = OutputField(
        field.name.value, _result(actions), (Argument("input", f"{whole.name}!"),)
    )
    draft = draft.with_remade_field(use.place, remade, (*made, whole))
    calls = tuple(map(PredictionsCall, actions))
    services = dict.fromkeys(call.service for call in calls)
    warning = Problem(
        "not-run-locally",
        f"'{use.place}' needs {' and '.join(services)}, which amplikit does not run.",
        "Answer the field by @function to run it here.",
        use.where,
        "warning",
    )
    return with_calls(use, draft, field, calls).with_warning(warning)


def _action_input(
    use: DirectiveUse, action: PredictionsAction, *, first: bool
) -> Definition:
    """Return what an action needs; only the first is given the text itself."""
    text = ("text",) if first and _INPUTS[action] is not _IMAGE else ()
    inputs = tuple(Argument(name, "String!") for name in (*_INPUTS[action], *text))
    return Definition(_input_name(use, action), "input", inputs=inputs)


def _result(actions: tuple[PredictionsAction, ...]) -> str:
    """Return the query's type: labels are many, unless they are spoken."""
    many = False
    for action in actions:
        if action is PredictionsAction.IDENTIFY_LABELS:
            many = True
        elif action is PredictionsAction.CONVERT_TEXT_TO_SPEECH:
            many = False
    return "[String]" if many else "String"


PREDICTIONS = Directive("predictions", SDL, check, apply)
