"""The description of the service: FastAPI's, with every error as the problem that it is."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.examples import EXAMPLES
from app.api.problems import MEDIA_TYPE, Problem, title

TAGS = [
    {"name": "articles", "description": "What the corpus is made of."},
    {"name": "jobs", "description": "Batches of articles that outlive the request that brought them."},
    {"name": "claims", "description": "What the articles claim."},
    {"name": "contradictions", "description": "How the claims stand to each other."},
    {"name": "disputes", "description": "The questions on which the claims clash."},
    {"name": "reviews", "description": "What people say of the contradictions."},
    {"name": "watches", "description": "Saved queries that tell what matches them, by webhook or when asked."},
    {"name": "models", "description": "Questions to the models that store nothing."},
    {"name": "service", "description": "The service itself."},
]

BODY_ERRORS = (400, 413, 415)


def install(app: FastAPI) -> None:
    """Makes `/openapi.json` state what the service really answers."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(
                get_openapi(
                    title=app.title,
                    version=app.version,
                    summary=app.summary,
                    routes=app.routes,
                    tags=app.openapi_tags,
                )
            )
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _with_problems(schema: dict[str, Any]) -> dict[str, Any]:
    components = schema["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components.update(problem.pop("$defs", {}))
    components["Problem"] = problem
    for name, example in EXAMPLES.items():
        components[name]["example"] = example
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            stated = operation["responses"]
            # What a route states the shape of is kept; FastAPI's own 422 is none of them.
            own = {status for status, each in stated.items() if "content" in each and "HTTPValidation" not in str(each)}
            for status in set(map(str, _errors(method, path, operation))) - own:
                stated[status] = {"description": title(int(status)), "content": content}
    return schema


def _errors(method: str, path: str, operation: dict[str, Any]) -> list[int]:
    """The errors that an operation can answer with.

    >>> _errors("get", "/healthz", {})
    [422, 500]
    """
    declared = [int(status) for status in operation.get("responses", {}) if status >= "400"]
    statuses = [*declared, 422, 500]
    if "security" in operation:
        statuses.extend((401, 403))
    if "{" in path:
        statuses.append(404)
    if "requestBody" in operation:
        statuses.extend(BODY_ERRORS)
    if path != "/healthz":
        statuses.append(503)
    if method != "get":
        statuses.append(507)
    if method != "get" or path == "/v1/why":
        statuses.append(504)
    return sorted(set(statuses))
