"""Screening over HTTP with Flask. `request.get_data()` is the raw body; `request.json` keeps one of two equal keys."""

from datetime import UTC, datetime

from flask import Flask, Response, jsonify, request

from ketascreen import PatientProfile, ProfileError, Screener

app = Flask(__name__)
screener = Screener.default(time_zone="Europe/Berlin")  # one for all threads


@app.errorhandler(ProfileError)
def refused(error: ProfileError) -> tuple[Response, int]:
    problems = [
        {"code": one.code, "pointer": one.pointer, "message": one.message, "hint": one.hint}
        for one in error.diagnostics
    ]
    return jsonify(problems=problems), 422


@app.post("/screen")
def screen() -> Response:
    profile = PatientProfile.model_validate_json(request.get_data())
    verdict = screener.screen(profile, as_of=datetime.now(UTC))
    return Response(verdict.model_dump_json(), mimetype="application/json")
