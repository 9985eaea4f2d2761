"""Lets the cases that schemathesis makes up reach real objects, and counts what comes of them."""

import collections
import datetime
import json
import os
import random
import uuid
import zoneinfo

import requests
import schemathesis
import schemathesis.core

THINGS = json.loads(os.environ["CASEWORK_THINGS"])
SEEN = open(os.environ["CASEWORK_SEEN"], "a", buffering=1, encoding="utf-8")
# Each operation has its own luck, and its own turns: a new one among them must not change what is made up for the others.
CHANCES = {}
TURNS = collections.Counter()

TODAY = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/London")).date()
# Another date than any task has, or it would not be a new one.
LATER = TODAY + datetime.timedelta(days=45)

# The quarter that ended last.
QUARTER = f"{TODAY.year - 1}-Q4" if TODAY.month < 4 else f"{TODAY.year}-Q{(TODAY.month - 1) // 3}"

# What is right for fields that name nothing.
WORDS = {
    "about": ["What happens next"],
    "answer": ["We have decided"],
    "answerUnable.decision": ["UNABLE_DECISION_NEW_DATE"],
    "body": ["Good morning"],
    "calledOn": [str(TODAY)],
    "closedFrom": ["", str(TODAY)],
    "closedTo": ["", str(LATER)],
    "complainant": ["Avery"],
    "completedOn": [str(TODAY)],
    "decidedOn": [str(TODAY)],
    "factors": [
        {
            "severity": "SEVERITY_SERIOUS",
            "goingOnSince": "2025-01-15",
            "circumstances": "CIRCUMSTANCES_AT_RISK",
            "newFactors": "The damp has spread",
        }
    ],
    "dueFrom": ["", str(TODAY)],
    "dueOn": [str(LATER)],
    "dueTo": ["", str(LATER)],
    "giveUpdate.address": [""],
    "giveUpdate.channel": ["CHANNEL_POST"],
    "giveUpdate.expectedOn": [""],
    "giveUpdate.paragraph": [""],
    "givenOn": [str(TODAY)],
    "instructions": ["Send them all"],
    "message": ["The records are lost"],
    "name": ["Sam"],
    "openedFrom": ["", str(TODAY)],
    "openedTo": ["", str(LATER)],
    "note": ["Nobody was at home"],
    "pageSize": [1, 25],
    "pageToken": [""],
    "promiseCallback.dueOn": [""],
    "quarter": [QUARTER],
    "reason": ["It was a mistake"],
    # Without an answer the call stays owed, and can be recorded again.
    "recordCall.answered": [False],
    "representative": [""],
    "setParagraph.key": ["delay"],
    "setTask.documentId": [""],
    "staffDetails": [{}],
    "subject": ["Damp"],
    "summary": ["There was maladministration"],
    "told": ["The risk was assessed afresh"],
    "title": ["Send the records"],
    "uploadDocument.category": ["DOCUMENT_CATEGORY_EVIDENCE"],
    "uploadDocument.name": ["letter.txt"],
    "words": ["We have not finished yet"],
}
RIGHT = WORDS | THINGS["values"]

# A session that can be ended, until it was: its id, and the cookie that it is asked with.
SPARE = dict(THINGS["spareSession"])

# The version of each object as it was last seen.
VERSIONS = dict(THINGS["versions"])


def chance(operation):
    return CHANCES.setdefault(operation, random.Random(operation))


def known(operation, name):
    """What is right for a field: for one operation, or for all that have it."""
    if name == "requestId":
        return str(uuid.uuid4())
    if operation == "createSubAccount" and name == "username":
        return f"{uuid.uuid4()}@landlord.example"
    return chance(operation).choice(RIGHT.get(f"{operation}.{name}", RIGHT.get(name, [None])))


def fill_in(operation, values, often):
    if not isinstance(values, dict):
        return
    for name in list(values):
        right = known(operation, name)
        if right is not None and chance(operation).random() < often:
            values[name] = right


def has_body(case):
    return not isinstance(case.body, schemathesis.core.NotSet)


def named(schema, document):
    """What a schema names, or itself."""
    for part in [schema, *schema.get("allOf", [])]:
        if "$ref" in part:
            return named(document["components"]["schemas"][part["$ref"].rsplit("/", 1)[-1]], document)
    return schema


def whole(operation, schema, document):
    """A body that is right in all that is known of, and has nothing else: what a program that means it would send."""
    made = {}
    for name, part in named(schema, document).get("properties", {}).items():
        right = "" if name == "version" else known(operation, name)
        if right is None and (choices := named(part, document).get("enum")):
            right = chance(operation).choice(choices)
        if right is not None:
            made[name] = right
    return made


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


def cookie(operation, roles, often):
    sessions = THINGS["sessions"]
    if operation == "endSession":
        return "__Host-session=of-nobody"
    able = [sessions[role] for role in roles if role in sessions]
    if not able:
        return THINGS["login"]
    others = [sessions[role] for role in sessions if role not in roles]
    # Now and then somebody asks who may not.
    if others and often < 1.0 and chance(operation).random() < 0.3:
        return chance(operation).choice(others)
    return chance(operation).choice(able)


def is_forbidden(case):
    """Whether somebody asked who may not."""
    roles = case.operation.definition.raw.get("x-roles", [])
    return any(case.headers["Cookie"] == session and role not in roles for role, session in THINGS["sessions"].items() if roles)


def version_of(case):
    """The version of what a change is of: whoever changes a thing reads it first, if it can be read alone."""
    address = THINGS["origin"] + case.formatted_path.split(":")[0]
    answer = requests.get(address, headers={"Cookie": case.headers["Cookie"]}, timeout=10)
    if answer.status_code == 200:
        see(answer.json())
    versions = [VERSIONS[it] for it in (case.path_parameters or {}).values() if it in VERSIONS]
    return versions[0] if versions else VERSIONS.get(THINGS["landlordId"], "1")


@schemathesis.hook
def before_call(context, case, kwargs):
    described = case.operation.definition.raw
    operation = described["operationId"]
    # Every other case is right in all that is known of, so that what it names is reached; the rest are as they were made up, more or less.
    asked_for = case.method.lower() == case.operation.method.lower() and ("requestBody" not in described or has_body(case))
    TURNS[operation] += asked_for
    often = 1.0 if asked_for and TURNS[operation] % 2 else 0.4
    for values in (case.path_parameters, case.query, case.body):
        fill_in(operation, values, often)
    if often == 1.0 and isinstance(case.body, dict):
        sent = described["requestBody"]["content"]["application/json"]["schema"]
        case.body = whole(operation, sent, case.operation.schema.raw_schema)
    if operation == "revokeSession" and case.path_parameters:
        # What was learnt from answers may be the session that all of this is asked with.
        case.path_parameters["sessionId"] = SPARE["id"] if SPARE else str(uuid.uuid4())
    if operation == "uploadDocument" and often == 1.0:
        case.body = b"Dear Sir or Madam,\n"
    # Without them every change is refused before it is read, which has tests of its own.
    case.headers["Origin"] = THINGS["origin"]
    case.headers["X-Requested-With"] = "schemathesis"
    case.headers["Cookie"] = cookie(operation, described.get("x-roles", []), often)
    if operation == "revokeSession" and SPARE:
        case.headers["Cookie"] = SPARE["cookie"]
    if often == 1.0 and isinstance(case.body, dict) and "version" in case.body:
        case.body["version"] = version_of(case)
    # Schemas don't say that one of the two must be there.
    if often == 1.0 and not (isinstance(case.body, dict) and "requestId" in case.body):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.definition.raw["operationId"]
    SEEN.write(f"{operation} {response.status_code}{' forbidden' if is_forbidden(case) else ''}\n")
    if operation == "revokeSession" and response.status_code < 300:
        SPARE.clear()
    if response.headers.get("content-type", [""])[0] == "application/json":
        see(json.loads(response.content))
