"""Who may call what in identity (decision 43). Users and clients are the business of the whole province: whoever may
give a role could give any, so an administrator of single counties may not."""

from shared.auth.access import PROVINCE, WHOLE_PROVINCE, Access, open_to_all, rule
from shared.auth.principal import Role

_ADMINISTRATORS = {Role.ADMINISTRATOR}

access = Access(
    rules=[
        # Whoever signs in has no token yet; clients bring their secrets.
        open_to_all("GET /.well-known/openid-configuration"),
        open_to_all("GET /jwks"),
        open_to_all("GET /authorize"),
        open_to_all("POST /sign-in"),
        open_to_all("GET /sign-out"),
        open_to_all("POST /sign-out"),
        open_to_all("GET /password"),
        open_to_all("POST /password"),
        # Whoever is signed in here is known by a cookie, and says the present password.
        open_to_all("GET /own-password"),
        open_to_all("POST /own-password"),
        open_to_all("POST /token"),
        open_to_all("POST /revoke"),
        rule("GET /userinfo", set(Role), PROVINCE),
        # Of samples there are none outside the demo.
        open_to_all("GET /samples"),
        open_to_all("POST /samples/{login}/token"),
        rule("GET /users", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("POST /users", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("GET /users/{user_id}", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("PUT /users/{user_id}/rights", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("POST /users/{user_id}/lock", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("POST /users/{user_id}/unlock", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("POST /users/{user_id}/links", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("GET /clients", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("GET /clients/{client_id}", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("PUT /clients/{client_id}", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("POST /clients/{client_id}/secret", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("POST /clients/{client_id}/lock", _ADMINISTRATORS, WHOLE_PROVINCE),
        rule("POST /clients/{client_id}/unlock", _ADMINISTRATORS, WHOLE_PROVINCE),
    ],
)
