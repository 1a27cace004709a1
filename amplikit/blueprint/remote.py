"""What answers a field from outside of the tables: functions, HTTP, AI services.

Source: the function, http and predictions transformers of both versions; the names of
data sources are FunctionResourceIDs, HttpResourceIDs and PredictionsResourceIDs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "DataSourceKind",
    "FunctionCall",
    "HttpCall",
    "PredictionsAction",
    "PredictionsCall",
    "RemoteCall",
]

_ENVIRONMENT = re.compile(r"-?_?\$\{[^}]*\}")
_NO_NAME = re.compile(r"^[^_A-Za-z]+|[^_0-9A-Za-z]")


class DataSourceKind(StrEnum):
    """AppSync's types of data sources that are no tables."""

    LAMBDA = "AWS_LAMBDA"
    HTTP = "HTTP"


class PredictionsAction(StrEnum):
    """``actions:`` of ``@predictions``."""

    IDENTIFY_TEXT = "identifyText"
    IDENTIFY_LABELS = "identifyLabels"
    CONVERT_TEXT_TO_SPEECH = "convertTextToSpeech"
    TRANSLATE_TEXT = "translateText"


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A Lambda function; ``name`` may hold ``${env}``. ``event``: nobody waits for it.

    The payload has typeName, fieldName, arguments, identity, source, request, and in
    ``prev`` what the function before it answered.
    """

    name: str
    region: str | None = None
    account_id: str | None = None
    event: bool = False

    @property
    def kind(self) -> DataSourceKind:
        """The type of its data source."""
        return DataSourceKind.LAMBDA

    @property
    def data_source(self) -> str:
        """The data source's name, without the environment."""
        words = (_pascal(self.name), _pascal(self.region or ""), self.account_id or "")
        return f"{''.join(words)}LambdaDataSource"

    @property
    def function(self) -> str:
        """The pipeline function's name."""
        return f"Invoke{self.data_source}"


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request; ``:name`` in ``path`` is argument ``params.name``.

    ``required`` are arguments that the query or the body must have. The path keeps its
    query string.
    """

    method: str
    origin: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    required: tuple[str, ...] = ()

    @property
    def kind(self) -> DataSourceKind:
        """The type of its data source."""
        return DataSourceKind.HTTP

    @property
    def data_source(self) -> str:
        """The data source's name: the letters and digits of the origin."""
        return f"{_NO_NAME.sub('', self.origin)}DataSource"

    @property
    def function(self) -> str:
        """The pipeline function's name, before that of the field."""
        return self.data_source


@dataclass(frozen=True, slots=True)
class PredictionsCall:
    """One action of an AI service; its input stands under its name in ``input``."""

    action: PredictionsAction

    @property
    def kind(self) -> DataSourceKind:
        """The type of its data source; speech alone needs a function."""
        speech = self.action is PredictionsAction.CONVERT_TEXT_TO_SPEECH
        return DataSourceKind.LAMBDA if speech else DataSourceKind.HTTP

    @property
    def data_source(self) -> str:
        """The data source's name, one for each service."""
        match self.action:
            case PredictionsAction.CONVERT_TEXT_TO_SPEECH:
                return "LambdaDataSource"
            case PredictionsAction.TRANSLATE_TEXT:
                return "TranslateDataSource"
            case PredictionsAction.IDENTIFY_TEXT | PredictionsAction.IDENTIFY_LABELS:
                return "RekognitionDataSource"

    @property
    def function(self) -> str:
        """The pipeline function's name."""
        return f"{self.action}Function"

    @property
    def service(self) -> str:
        """The AI service that does it."""
        match self.action:
            case PredictionsAction.CONVERT_TEXT_TO_SPEECH:
                return "Amazon Polly"
            case PredictionsAction.TRANSLATE_TEXT:
                return "Amazon Translate"
            case PredictionsAction.IDENTIFY_TEXT | PredictionsAction.IDENTIFY_LABELS:
                return "Amazon Rekognition"


RemoteCall = FunctionCall | HttpCall | PredictionsCall


def _pascal(text: str) -> str:
    words = _NO_NAME.sub("|", _ENVIRONMENT.sub("", text)).split("|")
    return "".join(word[:1].upper() + word[1:] for word in words)
