"""Lets the cases that schemathesis makes up reach real objects, and counts what comes of them."""

import datetime
import json
import os
import random
import uuid
import zoneinfo

import schemathesis

THINGS = json.loads(os.environ["CASEWORK_THINGS"])
SEEN = open(os.environ["CASEWORK_SEEN"], "a", buffering=1, encoding="utf-8")
CHANCE = random.Random(7)

TODAY = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/London")).date()
# Another date than any task has, or it would not be a new one.
LATER = TODAY + datetime.timedelta(days=45)

# What is right for fields that name nothing.
WORDS = {
    "answer": ["We have decided"],
    "body": ["Good morning"],
    "closedFrom": ["", str(TODAY)],
    "closedTo": ["", str(LATER)],
    "complainant": ["Avery"],
    "completedOn": [str(TODAY)],
    "decidedOn": [str(TODAY)],
    "dueFrom": ["", str(TODAY)],
    "dueOn": [str(LATER)],
    "dueTo": ["", str(LATER)],
    "instructions": ["Send them all"],
    "message": ["The records are lost"],
    "name": ["Sam"],
    "openedFrom": ["", str(TODAY)],
    "openedTo": ["", str(LATER)],
    "pageSize": [1, 25],
    "pageToken": [""],
    "reason": ["It was a mistake"],
    "representative": [""],
    "setTask.documentId": [""],
    "staffDetails": [{}],
    "subject": ["Damp"],
    "summary": ["There was maladministration"],
    "title": ["Send the records"],
    "uploadDocument.name": ["letter.txt"],
}
RIGHT = WORDS | THINGS["values"]

# A session that can be ended, until it was: its id, and the cookie that it is asked with.
SPARE = dict(THINGS["spareSession"])

# The version of each object as it was last seen.
VERSIONS = dict(THINGS["versions"])


def known(operation, name):
    """What is right for a field: for one operation, or for all that have it."""
    if name == "requestId":
        return str(uuid.uuid4())
    if operation == "createSubAccount" and name == "username":
        return f"{uuid.uuid4()}@landlord.example"
    return CHANCE.choice(RIGHT.get(f"{operation}.{name}", RIGHT.get(name, [None])))


def fill_in(operation, values, often):
    if not isinstance(values, dict):
        return
    for name in list(values):
        right = known(operation, name)
        if right is not None and CHANCE.random() < often:
            values[name] = right


def see(value):
    """Remembers the versions of whatever is in an answer."""
    if isinstance(value, dict):
        if "id" in value and "version" in value:
            VERSIONS[value["id"]] = value["version"]
        for part in value.values():
            see(part)
    elif isinstance(value, list):
        for part in value:
            see(part)


def cookie(operation, roles):
    sessions = THINGS["sessions"]
    if operation == "endSession":
        return "__Host-session=of-nobody"
    able = [sessions[role] for role in roles if role in sessions]
    return CHANCE.choice(able) if able else THINGS["login"]


@schemathesis.hook
def before_call(context, case, kwargs):
    described = case.operation.definition.raw
    operation = described["operationId"]
    # Half of the cases are right in all that is known of, so that what they name is reached; the others are as they were made up, more or less.
    often = 1.0 if CHANCE.random() < 0.5 else 0.4
    for values in (case.path_parameters, case.query, case.body):
        fill_in(operation, values, often)
    if operation == "revokeSession" and case.path_parameters:
        # What was learnt from answers may be the session that all of this is asked with.
        case.path_parameters["sessionId"] = SPARE["id"] if SPARE else str(uuid.uuid4())
    if operation == "uploadDocument" and often == 1.0:
        case.body = b"Dear Sir or Madam,\n"
    if isinstance(case.body, dict) and "version" in case.body and often == 1.0:
        named = [VERSIONS[it] for it in (case.path_parameters or {}).values() if it in VERSIONS]
        case.body["version"] = named[0] if named else VERSIONS.get(THINGS["landlordId"], "1")
    # Schemas don't say that one of the two must be there.
    if often == 1.0 and not (isinstance(case.body, dict) and "requestId" in case.body):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    # Without them every change is refused before it is read, which has tests of its own.
    case.headers["Origin"] = THINGS["origin"]
    case.headers["X-Requested-With"] = "schemathesis"
    case.headers["Cookie"] = cookie(operation, described.get("x-roles", []))
    if operation == "revokeSession" and SPARE:
        case.headers["Cookie"] = SPARE["cookie"]


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.definition.raw["operationId"]
    SEEN.write(f"{operation} {response.status_code}\n")
    if operation == "revokeSession" and response.status_code < 300:
        SPARE.clear()
    if response.headers.get("content-type", [""])[0] == "application/json":
        see(json.loads(response.content))
