"""The endpoints."""

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from runtime.selection import version_names

from .bodies import read_body
from .problems import Problem
from .serving import Serving

router = APIRouter()


@router.post("/predict", summary="Answer one raw record")
async def predict(request: Request) -> Response:
    """Answer one record, a JSON object named as the columns of the table the notebook loaded."""
    serving = _serving(request)
    body = await read_body(request, request.app.state.settings)
    return _json(await run_in_threadpool(serving.predict, body, request.state.request_id))


@router.post("/predict/batch", summary="Answer several raw records in order")
async def predict_batch(request: Request) -> Response:
    """Answer `{"records": [...]}`; one faulty record and none is answered."""
    serving = _serving(request)
    body = await read_body(request, request.app.state.settings)
    return _json(await run_in_threadpool(serving.predict_batch, body, request.state.request_id))


@router.get("/health/live", summary="Say that the process runs")
async def live() -> dict[str, str]:
    """Answer while the process runs, whether or not a model serves."""
    return {"status": "live"}


@router.get("/health/ready", summary="Say whether a verified model serves")
async def ready(request: Request) -> dict[str, object]:
    """Answer 200 once the model is verified and loaded, else 503 with the reason."""
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
    serving: Serving | None = request.app.state.serving
    if serving is None:
        detail = "No model serves: its files did not pass verification; see the service's log."
        raise Problem(503, detail, headers={"Retry-After": "30"})
    return serving


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
