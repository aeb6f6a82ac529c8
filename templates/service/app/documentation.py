"""The OpenAPI document, with the record's fields and examples from the version's schema."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from runtime.schema import Column, Schema

from .serving import Serving

_JSON_TYPES: dict[str, list[str]] = {
    "number": ["number"],
    "integer": ["integer"],
    "boolean": ["boolean"],
    "text": ["string"],
    "datetime": ["string"],
    "mixed": ["string", "number", "boolean"],
}
_LISTED_CATEGORIES = 20


def describe_app(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the version that serves."""
    serving: Serving | None = app.state.serving
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    document["paths"] = {"/predict": {"post": _single_record()}, **document["paths"]}
    _describe_problems(document)
    if serving is None:
        return document
    version = serving.predictor.version
    document["info"]["title"] = version.manifest.name
    document["info"]["version"] = version.manifest.version
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(_schemas(version.schema))
    example = version.schema.example()
    paths = document["paths"]
    _describe(paths["/predict"]["post"], "Record", example, "Answer")
    _describe(paths["/predict/batch"]["post"], "Batch", {"records": [example]}, "BatchAnswer")
    return document


def _single_record() -> dict[str, Any]:
    """Return the description of the route that ``hot.py`` answers beside the framework's own."""
    return {
        "summary": "Answer one raw record",
        "description": "Answer one record, a JSON object named as the columns of the table the notebook loaded.",
        "operationId": "predict_predict_post",
        "responses": {"200": {"description": "Successful Response"}},
    }


def record_schema(schema: Schema) -> dict[str, Any]:
    """Return the JSON Schema of one raw record."""
    return {
        "type": "object",
        "properties": {column.name: _property(column) for column in schema.columns},
        "required": [column.name for column in schema.columns],
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    kind = column.kind
    if kind == "category":
        texts = all(isinstance(category, str) for category in column.categories or ())
        kind = "text" if texts else "mixed"
    types = [*_JSON_TYPES[kind], *(["null"] if column.nullable else [])]
    entry: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    if column.examples:
        entry["examples"] = list(column.examples)
    if column.kind == "datetime":
        entry["format"] = "date-time"
    # Other values are answered too, with a warning: so they are described, not forbidden.
    seen = _seen(column)
    if seen:
        entry["description"] = f"Training saw {seen}."
    return entry


def _seen(column: Column) -> str:
    if column.categories:
        listed = ", ".join(str(category) for category in column.categories[:_LISTED_CATEGORIES])
        more = len(column.categories) - _LISTED_CATEGORIES
        return f"{listed} and {more} more" if more > 0 else listed
    return "" if column.minimum is None else f"{column.minimum} to {column.maximum}"


def _schemas(schema: Schema) -> dict[str, Any]:
    texts = {"type": "object", "additionalProperties": {"type": "string"}}
    probabilities = {"type": ["object", "null"], "additionalProperties": {"type": "number"}}
    shared = {"model": texts, "request_id": {"type": "string"}}
    return {
        "Record": record_schema(schema),
        "Batch": _object(
            {"records": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}}
        ),
        "Answer": _object(
            {
                "prediction": {},
                "probabilities": probabilities,
                **shared,
                "warnings": {"type": "array", "items": texts},
            }
        ),
        "BatchAnswer": _object(
            {
                "predictions": {"type": "array", "items": {}},
                "probabilities": {"type": ["array", "null"], "items": probabilities},
                **shared,
                "warnings": {"type": "array", "items": {"type": "object"}},
            }
        ),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _describe(operation: dict[str, Any], takes: str, example: object, gives: str) -> None:
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{takes}"},
                "example": example,
            }
        },
    }
    operation["responses"]["200"]["content"] = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{gives}"}}
    }


def _describe_problems(document: dict[str, Any]) -> None:
    errors = {
        "type": "array",
        "items": _object({"field": {"type": "string"}, "reason": {"type": "string"}}),
    }
    problem = _object(
        {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": errors,
            "request_id": {"type": "string"},
        }
    )
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = problem
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {
                "description": "A problem (RFC 9457).",
                "content": content,
            }
