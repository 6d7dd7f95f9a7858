"""Screening over HTTP with FastAPI.

The profile is read from the raw body: FastAPI's own reader keeps the last of two equal keys, and makes numbers floats.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from ketascreen import PatientProfile, ProfileError, Screener, Verdict

app = FastAPI()
screener = Screener.default(time_zone="Europe/Berlin")  # one for all threads

PROFILE = {"content": {"application/json": {"schema": PatientProfile.model_json_schema()}}, "required": True}
REFUSED: dict[int | str, dict[str, Any]] = {
    422: {"description": "Each problem: code, pointer, message, hint; no answer."}
}


async def profile_in(request: Request) -> PatientProfile:
    return PatientProfile.model_validate_json(await request.body())


@app.exception_handler(ProfileError)
async def refused(_request: Request, error: ProfileError) -> JSONResponse:
    problems = [
        {"code": one.code, "pointer": one.pointer, "message": one.message, "hint": one.hint}
        for one in error.diagnostics
    ]
    return JSONResponse({"problems": problems}, status_code=422)


@app.post("/screen", openapi_extra={"requestBody": PROFILE}, responses=REFUSED)
def screen(profile: Annotated[PatientProfile, Depends(profile_in)]) -> Verdict:  # not async: FastAPI uses a thread
    return screener.screen(profile, as_of=datetime.now(UTC))
