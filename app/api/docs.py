"""`/docs`: the reference in a browser, from files of our own, so that it works without a network."""

import base64
import hashlib
import re
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
    page = get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json",
        title="counterclaim: HTTP reference",
        swagger_js_url=f"{root}/docs/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/docs/swagger-ui.css",
        swagger_favicon_url=f"{root}/docs/favicon-32x32.png",
    )
    page.headers["Content-Security-Policy"] = policy(bytes(page.body).decode())
    return page


def policy(page: str) -> str:
    """What the page may run and load: our files, and the script that stands in it, by its digest.

    >>> policy("<script>go()</script>").split("; ")[1]
    "script-src 'self' 'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='"
    """
    inside = [hashlib.sha256(script.encode()).digest() for script in re.findall(r"<script>(.*?)</script>", page, re.S)]
    allowed = "".join(f" 'sha256-{base64.b64encode(each).decode()}'" for each in inside)
    # Swagger UI writes styles into its elements, and has its icons as data.
    return (
        f"default-src 'self'; script-src 'self'{allowed}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@router.get("/docs/{name}")
def docs_file(name: str) -> FileResponse:
    """One of the page's files, by name."""
    if name not in FILES:
        raise RequestProblem(404, f"there is no file {name!r}")
    return FileResponse(FOLDER / name, media_type=FILES[name], headers={"Cache-Control": "public, max-age=86400"})
