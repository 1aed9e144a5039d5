"""`/docs`: the reference in a browser, from files of our own, so that it works without a network."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, HTMLResponse

from app.api.problems import RequestProblem

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "static" / "swagger-ui"
FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
"""What the page loads. Swagger UI 5.35.0, Apache-2.0, as npm's `swagger-ui-dist` carries it; licences beside it."""


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Swagger UI over `/openapi.json`."""
    root = request.scope.get("root_path", "")
    return get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json",
        title="counterclaim: HTTP reference",
        swagger_js_url=f"{root}/docs/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/docs/swagger-ui.css",
        swagger_favicon_url=f"{root}/docs/favicon-32x32.png",
    )


@router.get("/docs/{name}")
def docs_file(name: str) -> FileResponse:
    """One of the page's files, by name."""
    if name not in FILES:
        raise RequestProblem(404, f"there is no file {name!r}")
    return FileResponse(FOLDER / name, media_type=FILES[name], headers={"Cache-Control": "public, max-age=86400"})
