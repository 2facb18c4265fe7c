"""The tree of refusals. A refusal names the field and the rule, and is answered as RFC 9457 problem+json.

DomainError                 422  a rule of the field was broken
├── Unauthorized            401  nobody known asks
├── Forbidden               403  the caller may not do this
├── NotFound                404  no such thing
├── Conflict                409  it clashes with what is there
│   ├── AlreadyDone         409  it was done before, differently
│   └── StaleVersion        412  somebody changed it in between
├── TooManyRequests         429  more requests than one may send in a minute
├── MissingDependency       503  something we need has not arrived yet (events are parked, requests may retry)
└── Overloaded              503  a bounded queue is full
"""


class DomainError(Exception):
    """A rule was broken; nothing was changed.

    `rule` is a stable machine-readable name, `field` the place in the input (dotted) where one can be named.
    """

    status = 422
    title = "Rule broken"

    def __init__(self, rule: str, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.rule = rule
        self.detail = detail
        self.field = field


class NotFound(DomainError):
    """The thing named does not exist."""

    status = 404
    title = "Not found"

    def __init__(self, what: str, key: object, *, field: str | None = None) -> None:
        super().__init__(f"unknown-{what}", f"there is no {what.replace('-', ' ')} {key}", field=field)


class Conflict(DomainError):
    """The request clashes with the present state."""

    status = 409
    title = "Conflict"


class AlreadyDone(Conflict):
    """It was done before; a second, different answer is not taken."""

    title = "Already done"


class StaleVersion(Conflict):
    """The version the caller read is no longer the present one."""

    status = 412
    title = "Stale version"

    def __init__(self, expected: int, present: int) -> None:
        detail = f"you read version {expected}, the present version is {present}"
        super().__init__("stale-version", detail, field="If-Match")


class MissingDependency(DomainError):
    """Something this needs from another service has not arrived yet."""

    status = 503
    title = "Not here yet"

    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"missing-{what}", f"{what.replace('-', ' ')} {key} has not arrived yet")


class Overloaded(DomainError):
    """A bounded queue is full; try again later."""

    status = 503
    title = "Overloaded"


class Unauthorized(DomainError):
    """Nobody known asks: there is no token, or it is not one of ours. `told` is sent as `WWW-Authenticate`."""

    status = 401
    title = "Not signed in"

    def __init__(self, rule: str, detail: str, told: str = "Bearer") -> None:
        super().__init__(rule, detail, field="Authorization")
        self.told = told


class Forbidden(DomainError):
    """The caller is known and may not do this."""

    status = 403
    title = "Not allowed"


class TooManyRequests(DomainError):
    """More requests than one may send in a minute; in `wait_s` seconds they are counted anew."""

    status = 429
    title = "Too many requests"

    def __init__(self, detail: str, wait_s: int) -> None:
        super().__init__("too-many-requests", detail)
        self.wait_s = wait_s
