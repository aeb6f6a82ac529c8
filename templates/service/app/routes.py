"""The endpoints; ``hot.py`` has the one for a single record."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from runtime.selection import version_names

from .bodies import read_body
from .problems import Problem
from .serving import Serving, serving_of

router = APIRouter()


@router.post("/predict/batch", summary="Answer several raw records in order")
async def predict_batch(request: Request) -> Response:
    """Answer `{"records": [...]}`; one faulty record and none is answered."""
    serving = _serving(request)
    body = await read_body(request.scope["headers"], request.receive, request.app.state.settings)
    answer = await serving.predict_batch(body, request.state.request_id)
    return Response(answer, media_type="application/json")


@router.get("/health/live", summary="Say that the process runs")
async def live() -> dict[str, str]:
    """Answer while the process runs, whether or not a model serves."""
    return {"status": "live"}


@router.get("/health/ready", summary="Say whether a verified model serves")
async def ready(request: Request) -> dict[str, object]:
    """Answer 200 once the model is verified and loaded, else 503 with the reason."""
    if request.app.state.draining.is_on:
        raise Problem(503, "The service is about to end; send requests elsewhere.")
    return {"status": "ready", "model": _serving(request).model}


@router.get("/version", summary="Say which version serves, and what it is")
async def version(request: Request) -> JSONResponse:
    """Return the facts of the version that serves."""
    manifest = _serving(request).predictor.version.manifest
    content = {
        "name": manifest.name,
        "version": manifest.version,
        "artifact_digest": manifest.artifact_digest,
        "run_key": manifest.run_key,
        "task": manifest.task,
        "classes": manifest.classes,
        "target": manifest.target,
        "metrics": manifest.metrics,
        "kernel": manifest.kernel,
        "available": version_names(request.app.state.settings.folder),
    }
    return JSONResponse(content)


@router.get("/schema", summary="Say what a raw record looks like")
async def schema(request: Request) -> JSONResponse:
    """Return the columns with their types, categories, ranges and examples."""
    return JSONResponse(_serving(request).predictor.version.schema.to_mapping())


@router.get("/metrics", summary="Metrics for Prometheus", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Return the counters in Prometheus' text format."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _serving(request: Request) -> Serving:
    return serving_of(request.app.state)
